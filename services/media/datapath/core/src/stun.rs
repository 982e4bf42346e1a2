//! STUN for an ICE-lite agent (RFC 8489, RFC 8445 §7.3): binding requests in, binding responses out.

use aws_lc_rs::hmac;
use std::net::{IpAddr, SocketAddr};

const MAGIC: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_ERROR: u16 = 0x0111;
const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const ERROR_CODE: u16 = 0x0009;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
const ICE_CONTROLLED: u16 = 0x8029;

pub type TransactionId = [u8; 12];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Malformed,
    NoRequest,
    NoUser,
    NoIntegrity,
}

/// A binding request whose form is right; nothing in it may be believed before [`Request::verify`].
#[derive(Debug, PartialEq, Eq)]
pub struct Request<'a> {
    pub transaction: TransactionId,
    /// The part of USERNAME before the colon: the ufrag of the agent asked.
    pub local_ufrag: &'a [u8],
    pub remote_ufrag: &'a [u8],
    pub use_candidate: bool,
    pub priority: u32,
    /// The peer says that it is controlled too: a role conflict, as this agent is lite (RFC 8445 §7.3.1.1).
    pub controlled: bool,
    integrity_at: usize,
    bytes: &'a [u8],
}

impl<'a> Request<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Request<'a>, Refusal> {
        let head: &[u8; 20] = bytes.first_chunk().ok_or(Refusal::Malformed)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if head[4..8] != MAGIC || length % 4 != 0 || bytes.len() != 20 + length {
            return Err(Refusal::Malformed);
        }
        if kind != BINDING_REQUEST {
            return Err(Refusal::NoRequest);
        }
        let mut transaction = [0; 12];
        transaction.copy_from_slice(&head[8..20]);
        let (mut user, mut use_candidate, mut priority, mut controlled, mut integrity_at) = (None, false, 0, false, None);
        let mut at = 20;
        while at < bytes.len() {
            let attribute: &[u8; 4] = bytes[at..].first_chunk().ok_or(Refusal::Malformed)?;
            let (kind, length) =
                (u16::from_be_bytes([attribute[0], attribute[1]]), usize::from(u16::from_be_bytes([attribute[2], attribute[3]])));
            let value = bytes.get(at + 4..at + 4 + length).ok_or(Refusal::Malformed)?;
            match kind {
                FINGERPRINT => {
                    let right = at + 8 == bytes.len() && value == fingerprint(&bytes[..at]);
                    if !right {
                        return Err(Refusal::Malformed);
                    }
                }
                // RFC 8489 §14.5: what follows the integrity, but the fingerprint, is not protected and so ignored.
                _ if integrity_at.is_some() => {}
                MESSAGE_INTEGRITY if length == 20 => integrity_at = Some(at),
                USERNAME => user = Some(value),
                USE_CANDIDATE => use_candidate = true,
                ICE_CONTROLLED => controlled = true,
                PRIORITY => priority = value.try_into().map(u32::from_be_bytes).map_err(|_| Refusal::Malformed)?,
                _ => {}
            }
            at += 4 + length.next_multiple_of(4);
        }
        let user = user.ok_or(Refusal::NoUser)?;
        let colon = user.iter().position(|byte| *byte == b':').ok_or(Refusal::NoUser)?;
        Ok(Request {
            transaction,
            local_ufrag: &user[..colon],
            remote_ufrag: &user[colon + 1..],
            use_candidate,
            priority,
            controlled,
            integrity_at: integrity_at.ok_or(Refusal::NoIntegrity)?,
            bytes,
        })
    }

    /// The HMAC covers all before the attribute, with the length as if it were the last (RFC 8489 §14.5).
    #[must_use]
    pub fn verify(&self, key: &Key) -> bool {
        let at = self.integrity_at;
        let mut covered = [0; 1500];
        let Some(covered) = covered.get_mut(..at) else {
            return false;
        };
        covered.copy_from_slice(&self.bytes[..at]);
        covered[2..4].copy_from_slice(&((at + 24 - 20) as u16).to_be_bytes());
        hmac::verify(&key.0, covered, &self.bytes[at + 4..at + 24]).is_ok()
    }
}

/// The short-term credential of an ICE agent.
pub struct Key(hmac::Key);

impl Key {
    #[must_use]
    pub fn new(password: &str) -> Self {
        Key(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()))
    }
}

fn fingerprint(bytes: &[u8]) -> [u8; 4] {
    (crc32fast::hash(bytes) ^ 0x5354_554E).to_be_bytes()
}

/// The CRC covers the header with the length that counts the fingerprint itself (RFC 8489 §14.7).
fn append_attribute(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend_from_slice(&kind.to_be_bytes());
    message.extend_from_slice(&(value.len() as u16).to_be_bytes());
    message.extend_from_slice(value);
    message.resize(message.len().next_multiple_of(4), 0);
}

fn set_length(message: &mut [u8], pending: usize) {
    let length = (message.len() - 20 + pending) as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
}

fn start(kind: u16, transaction: &TransactionId) -> Vec<u8> {
    let mut message = Vec::with_capacity(96);
    message.extend_from_slice(&kind.to_be_bytes());
    message.extend_from_slice(&[0, 0]);
    message.extend_from_slice(&MAGIC);
    message.extend_from_slice(transaction);
    message
}

fn seal(mut message: Vec<u8>, key: &Key) -> Vec<u8> {
    set_length(&mut message, 24);
    let tag = hmac::sign(&key.0, &message);
    append_attribute(&mut message, MESSAGE_INTEGRITY, tag.as_ref());
    set_length(&mut message, 8);
    let check = fingerprint(&message);
    append_attribute(&mut message, FINGERPRINT, &check);
    message
}

/// The answer to a verified request that came from `source`.
#[must_use]
pub fn success(transaction: &TransactionId, source: SocketAddr, key: &Key) -> Vec<u8> {
    let mut message = start(BINDING_SUCCESS, transaction);
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC);
    mask[4..].copy_from_slice(transaction);
    let port = source.port() ^ 0x2112;
    let mut value = vec![0, 1];
    value.extend_from_slice(&port.to_be_bytes());
    match source.ip().to_canonical() {
        IpAddr::V4(ip) => value.extend(ip.octets().iter().zip(mask).map(|(byte, mask)| byte ^ mask)),
        IpAddr::V6(ip) => {
            value[1] = 2;
            value.extend(ip.octets().iter().zip(mask).map(|(byte, mask)| byte ^ mask));
        }
    }
    append_attribute(&mut message, XOR_MAPPED_ADDRESS, &value);
    seal(message, key)
}

/// 487 Role Conflict (RFC 8445 §7.3.1.1).
#[must_use]
pub fn role_conflict(transaction: &TransactionId, key: &Key) -> Vec<u8> {
    let mut message = start(BINDING_ERROR, transaction);
    append_attribute(&mut message, ERROR_CODE, b"\0\0\x04\x57Role Conflict");
    seal(message, key)
}

/// A request as a controlling agent sends it: for tests and load generators.
#[must_use]
pub fn request(
    transaction: &TransactionId,
    local_ufrag: &str,
    remote_ufrag: &str,
    priority: u32,
    nominate: bool,
    key: &Key,
) -> Vec<u8> {
    let mut message = start(BINDING_REQUEST, transaction);
    append_attribute(&mut message, USERNAME, format!("{remote_ufrag}:{local_ufrag}").as_bytes());
    append_attribute(&mut message, PRIORITY, &priority.to_be_bytes());
    // ICE-CONTROLLING with a fixed tie breaker: a lite agent never compares it.
    append_attribute(&mut message, 0x802A, &[7; 8]);
    if nominate {
        append_attribute(&mut message, USE_CANDIDATE, &[]);
    }
    seal(message, key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 5769 §2.1: the sample request.
    const SAMPLE_REQUEST: &[u8] = b"\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
\x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\
\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\
\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\x80\x28\x00\x04\xe5\x7a\x3b\xcf";

    #[test]
    fn rfc_5769_sample_request() {
        let request = Request::parse(SAMPLE_REQUEST).unwrap();
        assert_eq!((request.local_ufrag, request.remote_ufrag), (&b"evtj"[..], &b"h6vY"[..]));
        assert_eq!(request.priority, 0x6e00_01ff);
        assert!(request.controlled && !request.use_candidate);
        assert!(request.verify(&Key::new("VOkJxbRl1RmTxUk/WvJxBt")));
        assert!(!request.verify(&Key::new("VOkJxbRl1RmTxUk/WvJxBT")));
    }

    #[test]
    fn rfc_5769_sample_ipv4_and_ipv6_responses_carry_the_same_address_attribute() {
        let transaction = *b"\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae";
        let key = Key::new("VOkJxbRl1RmTxUk/WvJxBt");
        let four = success(&transaction, "192.0.2.1:32853".parse().unwrap(), &key);
        assert_eq!(four[20..32], *b"\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43");
        let six = success(&transaction, "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().unwrap(), &key);
        assert_eq!(
            six[20..44],
            *b"\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"
        );
    }

    #[test]
    fn a_request_of_our_own_is_read_back() {
        let key = Key::new("secret");
        let bytes = request(&[1; 12], "them", "us", 5, true, &key);
        let request = Request::parse(&bytes).unwrap();
        assert!(request.use_candidate && request.verify(&key));
        assert_eq!((request.local_ufrag, request.remote_ufrag), (&b"us"[..], &b"them"[..]));
    }

    #[test]
    fn without_integrity_wrong_length_wrong_fingerprint_and_responses() {
        let key = Key::new("secret");
        let good = request(&[1; 12], "them", "us", 5, true, &key);
        let mut bare = good[..good.len() - 32].to_vec();
        set_length(&mut bare, 0);
        assert_eq!(Request::parse(&bare), Err(Refusal::NoIntegrity));
        assert_eq!(Request::parse(&good[..good.len() - 4]), Err(Refusal::Malformed));
        let mut wrong = good.clone();
        *wrong.last_mut().unwrap() ^= 1;
        assert_eq!(Request::parse(&wrong), Err(Refusal::Malformed));
        let response = success(&[1; 12], "127.0.0.1:1".parse().unwrap(), &key);
        assert_eq!(Request::parse(&response), Err(Refusal::NoRequest));
        assert_eq!(Request::parse(&seal(start(BINDING_REQUEST, &[1; 12]), &key)), Err(Refusal::NoUser));
        assert_eq!(role_conflict(&[1; 12], &key)[..2], [1, 0x11]);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(mut bytes: Vec<u8>, valid_head: bool) {
            if valid_head && bytes.len() >= 20 {
                let length = (bytes.len() - 20) as u16;
                bytes[..2].copy_from_slice(&[0, 1]);
                bytes[2..4].copy_from_slice(&length.to_be_bytes());
                bytes[4..8].copy_from_slice(&MAGIC);
            }
            if let Ok(request) = Request::parse(&bytes) {
                let _ = request.verify(&Key::new("x"));
            }
        }

        #[test]
        fn changed_requests_are_refused(position in 0usize..96, flip in 1u8..=255) {
            let key = Key::new("secret");
            let mut bytes = request(&[1; 12], "them", "us", 5, true, &key);
            // Under another type the fingerprint is an attribute behind the integrity, which is ignored (RFC 8489 §14.5).
            let type_of_fingerprint = bytes.len() - 8..bytes.len() - 6;
            let position = position % bytes.len();
            prop_assume!(!type_of_fingerprint.contains(&position));
            bytes[position] ^= flip;
            prop_assert!(!Request::parse(&bytes).is_ok_and(|request| request.verify(&key)));
        }
    }
}
