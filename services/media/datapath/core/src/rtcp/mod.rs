//! RTCP: compound packets read one by one, and what the node writes.

pub mod feedback;
pub mod report;

use crate::ids::Ssrc;

pub const SENDER_REPORT: u8 = 200;
pub const RECEIVER_REPORT: u8 = 201;
pub const TRANSPORT_FEEDBACK: u8 = 205;
pub const PAYLOAD_FEEDBACK: u8 = 206;

/// One packet of a compound (RFC 3550 §6.1): `count` is the five bits after version and padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    pub count: u8,
    pub kind: u8,
    /// After the 4-byte header, padding removed.
    pub body: &'a [u8],
}

/// The packets of a compound, reduced-size ones too (RFC 5506). The last item is an error where the compound is malformed.
pub fn packets(mut rest: &[u8]) -> impl Iterator<Item = Result<Packet<'_>, Malformed>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let next = split(rest);
        rest = next.map_or(&[], |(_, tail)| tail);
        Some(next.map(|(packet, _)| packet).ok_or(Malformed))
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

fn split(bytes: &[u8]) -> Option<(Packet<'_>, &[u8])> {
    let head: &[u8; 4] = bytes.first_chunk()?;
    if head[0] >> 6 != 2 {
        return None;
    }
    let end = 4 + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
    let mut body = bytes.get(4..end)?;
    if head[0] & 0x20 != 0 {
        let padding = usize::from(*body.last()?);
        body = &body[..body.len().checked_sub(padding)?];
    }
    Some((Packet { count: head[0] & 31, kind: head[1], body }, &bytes[end..]))
}

/// Begins a packet; [`finish`] writes its length.
fn begin(buffer: &mut Vec<u8>, count: u8, kind: u8) -> usize {
    let start = buffer.len();
    buffer.extend_from_slice(&[0x80 | count & 31, kind, 0, 0]);
    start
}

fn finish(buffer: &mut [u8], start: usize) {
    let words = (buffer.len() - start) / 4 - 1;
    buffer[start + 2..start + 4].copy_from_slice(&(words as u16).to_be_bytes());
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

fn ssrc(bytes: &[u8], at: usize) -> Option<Ssrc> {
    word(bytes, at).map(Ssrc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_compound_with_padding_and_a_truncated_end() {
        let bytes = [0x81, 200, 0, 0, 0xa2, 201, 0, 2, 1, 2, 3, 4, 0, 0, 0, 4, 0x80, 200, 0, 9];
        let read: Vec<_> = packets(&bytes).collect();
        assert_eq!(read[0], Ok(Packet { count: 1, kind: 200, body: &[] }));
        assert_eq!(read[1], Ok(Packet { count: 2, kind: 201, body: &[1, 2, 3, 4] }));
        assert_eq!(read[2..], [Err(Malformed)]);
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes: Vec<u8>, kind in 200u8..207) {
            let mut framed = vec![0x81, kind, 0, (bytes.len() / 4) as u8];
            framed.extend_from_slice(&bytes);
            for packet in packets(&bytes).chain(packets(&framed)).flatten() {
                let _ = report::SenderReport::parse(&packet);
                let _ = report::blocks(&packet).count();
                let _ = feedback::read(&packet);
            }
        }
    }
}
