//! SRTP and SRTCP (RFC 3711, RFC 7714): protect in the buffer that is sent, unprotect in the buffer that was received.
//!
//! Roll-over counters: of what is sent they are the caller's, who knows each stream's whole index; of what is received they are
//! kept here per SSRC, and move only after authentication.

use crate::ids::Ssrc;
use crate::key_derivation::{derive, Label};
use crate::replay::ReplayWindow;
use crate::rtp::Header;
use crate::sequence::Unwrapper;
use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce, UnboundKey, AES_128_GCM, AES_256_GCM};
use aws_lc_rs::cipher::{EncryptingKey, EncryptionContext, UnboundCipherKey, AES_128};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use rustc_hash::FxHashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    AeadAes256Gcm,
    AeadAes128Gcm,
    Aes128CmSha1_80,
}

impl Profile {
    #[must_use]
    pub fn from_name(name: &str) -> Option<Profile> {
        Some(match name {
            "AEAD_AES_256_GCM" => Profile::AeadAes256Gcm,
            "AEAD_AES_128_GCM" => Profile::AeadAes128Gcm,
            "AES128_CM_SHA1_80" => Profile::Aes128CmSha1_80,
            _ => return None,
        })
    }

    #[must_use]
    pub fn key_length(self) -> usize {
        match self {
            Profile::AeadAes256Gcm => 32,
            _ => 16,
        }
    }

    #[must_use]
    pub fn salt_length(self) -> usize {
        match self {
            Profile::Aes128CmSha1_80 => 14,
            _ => 12,
        }
    }

    fn tag_length(self) -> usize {
        match self {
            Profile::Aes128CmSha1_80 => 10,
            _ => 16,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Truncated,
    Replayed,
    Authentication,
}

/// One direction's master key and salt.
#[derive(Clone, PartialEq, Eq)]
pub struct Master {
    pub profile: Profile,
    pub key: Vec<u8>,
    pub salt: Vec<u8>,
}

// One a direction of a transport: a box would save less than it costs each packet.
#[allow(clippy::large_enum_variant)]
enum Cipher {
    Gcm { key: LessSafeKey, salt: [u8; 12] },
    CmSha1 { key: EncryptingKey, salt: [u8; 14], authentication: hmac::Key },
}

const INVARIANT: &str = "the buffers have the lengths that the algorithm wants";

impl Cipher {
    fn new(master: &Master, key: Label, authentication: Label, salt: Label) -> Option<Cipher> {
        let take = |label, length| derive(&master.key, &master.salt, label, length);
        let session_key = take(key, master.profile.key_length())?;
        let session_salt = take(salt, master.profile.salt_length())?;
        Some(match master.profile {
            Profile::Aes128CmSha1_80 => Cipher::CmSha1 {
                key: EncryptingKey::ctr(UnboundCipherKey::new(&AES_128, &session_key).ok()?).ok()?,
                salt: session_salt.try_into().ok()?,
                authentication: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &take(authentication, 20)?),
            },
            gcm => {
                let algorithm = if gcm == Profile::AeadAes256Gcm { &AES_256_GCM } else { &AES_128_GCM };
                Cipher::Gcm {
                    key: LessSafeKey::new(UnboundKey::new(algorithm, &session_key).ok()?),
                    salt: session_salt.try_into().ok()?,
                }
            }
        })
    }
}

/// RFC 7714 §8.1 for RTP (index: 48 bits of ROC and sequence number) and §9.1 for RTCP (index: 31 bits).
fn gcm_nonce(salt: &[u8; 12], ssrc: Ssrc, index: u64) -> Nonce {
    let mut nonce = *salt;
    for (place, byte) in nonce[2..6].iter_mut().zip(ssrc.0.to_be_bytes()) {
        *place ^= byte;
    }
    for (place, byte) in nonce[6..12].iter_mut().zip(&index.to_be_bytes()[2..]) {
        *place ^= byte;
    }
    Nonce::assume_unique_for_key(nonce)
}

/// RFC 3711 §4.1.1.
fn counter_mode(key: &EncryptingKey, salt: &[u8; 14], ssrc: Ssrc, index: u64, bytes: &mut [u8]) {
    let mut iv = [0; 16];
    iv[..14].copy_from_slice(salt);
    for (place, byte) in iv[4..8].iter_mut().zip(ssrc.0.to_be_bytes()) {
        *place ^= byte;
    }
    for (place, byte) in iv[8..14].iter_mut().zip(&index.to_be_bytes()[2..]) {
        *place ^= byte;
    }
    key.less_safe_encrypt(bytes, EncryptionContext::Iv128(FixedLength::from(iv))).expect(INVARIANT);
}

fn sha1_tag(key: &hmac::Key, parts: [&[u8]; 2]) -> [u8; 10] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    let mut tag = [0; 10];
    tag.copy_from_slice(&context.sign().as_ref()[..10]);
    tag
}

/// Protects what is sent.
pub struct Sender {
    master: Master,
    rtp: Cipher,
    rtcp: Cipher,
    rtcp_index: u32,
}

impl Sender {
    /// None: key or salt have the wrong length for the profile.
    #[must_use]
    pub fn new(master: Master) -> Option<Sender> {
        if master.key.len() != master.profile.key_length() || master.salt.len() != master.profile.salt_length() {
            return None;
        }
        Some(Sender {
            rtp: Cipher::new(&master, Label::RtpKey, Label::RtpAuthentication, Label::RtpSalt)?,
            rtcp: Cipher::new(&master, Label::RtcpKey, Label::RtcpAuthentication, Label::RtcpSalt)?,
            rtcp_index: 0,
            master,
        })
    }

    /// Whether this context was made from `master`: a second one would begin its RTCP index anew and so use a nonce twice.
    #[must_use]
    pub fn is_from(&self, master: &Master) -> bool {
        self.master == *master
    }

    /// Encrypts the packet that stands in `buffer` from `start` and has a header of `header_length` bytes, and appends the tag.
    /// `index` is its sequence number with all roll-overs; the caller never uses one twice with other bytes.
    pub fn protect_rtp(&self, buffer: &mut Vec<u8>, start: usize, header_length: usize, ssrc: Ssrc, index: u64) {
        match &self.rtp {
            Cipher::Gcm { key, salt } => {
                let (header, payload) = buffer[start..].split_at_mut(header_length);
                let tag =
                    key.seal_in_place_separate_tag(gcm_nonce(salt, ssrc, index), Aad::from(&*header), payload).expect(INVARIANT);
                buffer.extend_from_slice(tag.as_ref());
            }
            Cipher::CmSha1 { key, salt, authentication } => {
                counter_mode(key, salt, ssrc, index, &mut buffer[start + header_length..]);
                let roc = ((index >> 16) as u32).to_be_bytes();
                let tag = sha1_tag(authentication, [&buffer[start..], &roc]);
                buffer.extend_from_slice(&tag);
            }
        }
    }

    /// Encrypts the RTCP packet that stands in `buffer` from `start`, and appends tag and index.
    pub fn protect_rtcp(&mut self, buffer: &mut Vec<u8>, start: usize) {
        let index = self.rtcp_index & 0x7fff_ffff;
        self.rtcp_index = self.rtcp_index.wrapping_add(1);
        let ssrc = rtcp_ssrc(&buffer[start..]).expect("the caller built a packet with a sender");
        let trailer = (index | 0x8000_0000).to_be_bytes();
        match &self.rtcp {
            Cipher::Gcm { key, salt } => {
                let (header, body) = buffer[start..].split_at_mut(8);
                let aad = [header, &trailer[..]].concat();
                let tag = key
                    .seal_in_place_separate_tag(gcm_nonce(salt, ssrc, u64::from(index)), Aad::from(aad), body)
                    .expect(INVARIANT);
                buffer.extend_from_slice(tag.as_ref());
                buffer.extend_from_slice(&trailer);
            }
            Cipher::CmSha1 { key, salt, authentication } => {
                counter_mode(key, salt, ssrc, u64::from(index), &mut buffer[start + 8..]);
                buffer.extend_from_slice(&trailer);
                let tag = sha1_tag(authentication, [&buffer[start..], &[]]);
                buffer.extend_from_slice(&tag);
            }
        }
    }
}

fn rtcp_ssrc(packet: &[u8]) -> Option<Ssrc> {
    packet.get(4..8)?.try_into().ok().map(|bytes| Ssrc(u32::from_be_bytes(bytes)))
}

struct Stream {
    index: Unwrapper,
    window: ReplayWindow,
}

/// Unprotects what is received.
pub struct Receiver {
    profile: Profile,
    rtp: Cipher,
    rtcp: Cipher,
    streams: FxHashMap<Ssrc, Stream>,
    rtcp_windows: FxHashMap<Ssrc, ReplayWindow>,
}

/// Streams that are remembered over the life of a connection, 150 bytes each.
const MOST_STREAMS: usize = 512;

/// Senders of RTCP that are told apart by their replay windows; one more empties the list of those seen first.
const MOST_RTCP_SENDERS: usize = 64;

impl Receiver {
    /// None: key or salt have the wrong length for the profile.
    #[must_use]
    pub fn new(master: &Master) -> Option<Receiver> {
        if master.key.len() != master.profile.key_length() || master.salt.len() != master.profile.salt_length() {
            return None;
        }
        Some(Receiver {
            profile: master.profile,
            rtp: Cipher::new(master, Label::RtpKey, Label::RtpAuthentication, Label::RtpSalt)?,
            rtcp: Cipher::new(master, Label::RtcpKey, Label::RtcpAuthentication, Label::RtcpSalt)?,
            streams: FxHashMap::default(),
            rtcp_windows: FxHashMap::default(),
        })
    }

    /// Forgets streams that are not known any more, once there are too many. Not sooner: a stream that comes back goes on with its
    /// roll-over counter, and its old packets stay refused.
    pub fn shed(&mut self, known: impl Fn(Ssrc) -> bool) {
        if self.streams.len() > MOST_STREAMS {
            self.streams.retain(|ssrc, _| known(*ssrc));
        }
    }

    /// Decrypts in place; returns the packet's length without the tag.
    pub fn unprotect_rtp(&mut self, header: &Header, packet: &mut [u8]) -> Result<usize, Refusal> {
        let end = packet.len().checked_sub(self.profile.tag_length()).ok_or(Refusal::Truncated)?;
        if end < header.length {
            return Err(Refusal::Truncated);
        }
        let stream = self.streams.get(&header.ssrc);
        // The unwrapper begins one turn up, where ROC is 0; one below it, before a wrap, is no index of SRTP.
        let turned = stream.map_or((1 << 16) + u64::from(header.sequence), |stream| stream.index.peek(header.sequence));
        let index = turned.checked_sub(1 << 16).ok_or(Refusal::Replayed)?;
        if stream.is_some_and(|stream| !stream.window.admits(index)) {
            return Err(Refusal::Replayed);
        }
        match &self.rtp {
            Cipher::Gcm { key, salt } => {
                let (aad, body) = packet.split_at_mut(header.length);
                open(key, gcm_nonce(salt, header.ssrc, index), aad, body)?;
            }
            Cipher::CmSha1 { key, salt, authentication } => {
                let (covered, tag) = packet.split_at_mut(end);
                let expected = sha1_tag(authentication, [covered, &((index >> 16) as u32).to_be_bytes()]);
                verify_slices_are_equal(&expected, tag).map_err(|_| Refusal::Authentication)?;
                counter_mode(key, salt, header.ssrc, index, &mut covered[header.length..]);
            }
        }
        let stream = self
            .streams
            .entry(header.ssrc)
            .or_insert_with(|| Stream { index: Unwrapper::new(header.sequence), window: ReplayWindow::default() });
        stream.index.advance(header.sequence);
        stream.window.record(index);
        Ok(end)
    }

    /// Decrypts in place; returns the packet's length without index and tag.
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Refusal> {
        let trailer_length = 4 + self.profile.tag_length();
        let end = packet.len().checked_sub(trailer_length).filter(|end| *end >= 8).ok_or(Refusal::Truncated)?;
        let ssrc = rtcp_ssrc(packet).ok_or(Refusal::Truncated)?;
        let trailer_at = match self.profile {
            Profile::Aes128CmSha1_80 => end,
            _ => packet.len() - 4,
        };
        let trailer: [u8; 4] = *packet[trailer_at..].first_chunk().ok_or(Refusal::Truncated)?;
        let (encrypted, index) = (trailer[0] & 0x80 != 0, u32::from_be_bytes(trailer) & 0x7fff_ffff);
        let window = self.rtcp_windows.get(&ssrc);
        if window.is_some_and(|window| !window.admits(u64::from(index))) {
            return Err(Refusal::Replayed);
        }
        match &self.rtcp {
            Cipher::Gcm { key, salt } => {
                // RFC 7714 §9.3 allows packets that are only authenticated; no browser sends them.
                if !encrypted {
                    return Err(Refusal::Authentication);
                }
                let (protected, _) = packet.split_at_mut(trailer_at);
                let (header, body) = protected.split_at_mut(8);
                let aad = [header, &trailer[..]].concat();
                open(key, gcm_nonce(salt, ssrc, u64::from(index)), &aad, body)?;
            }
            Cipher::CmSha1 { key, salt, authentication } => {
                let (covered, tag) = packet.split_at_mut(end + 4);
                verify_slices_are_equal(&sha1_tag(authentication, [covered, &[]]), tag).map_err(|_| Refusal::Authentication)?;
                if encrypted {
                    counter_mode(key, salt, ssrc, u64::from(index), &mut covered[8..end]);
                }
            }
        }
        if self.rtcp_windows.len() >= MOST_RTCP_SENDERS && !self.rtcp_windows.contains_key(&ssrc) {
            self.rtcp_windows.clear();
        }
        self.rtcp_windows.entry(ssrc).or_default().record(u64::from(index));
        Ok(end)
    }
}

fn open(key: &LessSafeKey, nonce: Nonce, aad: &[u8], body: &mut [u8]) -> Result<(), Refusal> {
    let at = body.len().checked_sub(16).ok_or(Refusal::Truncated)?;
    let (text, tag) = body.split_at_mut(at);
    key.open_in_place_separate_tag(nonce, Aad::from(aad), tag, text).map_err(|_| Refusal::Authentication)?;
    Ok(())
}

#[cfg(test)]
mod tests;
