//! RTP packets (RFC 3550 §5.1): parsed as ranges of the bytes they stand in.

use crate::ids::Ssrc;
use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    pub marker: bool,
    pub pt: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: Ssrc,
    pub padding: bool,
    /// Profile and place of the extension block's elements.
    pub extension: Option<(u16, Range<usize>)>,
    /// Length of all of it; the payload begins here.
    pub length: usize,
}

impl Header {
    /// None: not version 2, or shorter than its own lengths say.
    #[must_use]
    pub fn parse(packet: &[u8]) -> Option<Header> {
        let fixed: &[u8; 12] = packet.first_chunk()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let mut length = 12 + 4 * usize::from(fixed[0] & 15);
        let mut extension = None;
        if fixed[0] & 0x10 != 0 {
            let [profile_high, profile_low, words_high, words_low]: [u8; 4] = *packet.get(length..)?.first_chunk()?;
            let start = length + 4;
            length = start + 4 * usize::from(u16::from_be_bytes([words_high, words_low]));
            extension = Some((u16::from_be_bytes([profile_high, profile_low]), start..length));
        }
        (length <= packet.len()).then(|| Header {
            marker: fixed[1] & 0x80 != 0,
            pt: fixed[1] & 0x7f,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: Ssrc(u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]])),
            padding: fixed[0] & 0x20 != 0,
            extension,
            length,
        })
    }

    /// Makes the fixed header of `packet` say what this one says; CSRCs and extension stay as they stand there.
    pub fn write_over(&self, packet: &mut [u8]) {
        packet[0] = packet[0] & !0x20 | u8::from(self.padding) << 5;
        let extended = packet[0] & 0x10 != 0;
        packet[1..12]
            .copy_from_slice(&fixed_header(extended, self.marker, self.pt, self.sequence, self.timestamp, self.ssrc)[1..]);
    }

    /// The payload of a decrypted packet, without its padding. None: more padding than payload (RFC 3550 §5.1).
    #[must_use]
    pub fn payload(&self, packet: &[u8]) -> Option<Range<usize>> {
        let end = packet.len();
        if !self.padding {
            return Some(self.length..end);
        }
        let padding = usize::from(*packet.get(self.length..)?.last()?);
        (padding > 0 && self.length + padding <= end).then(|| self.length..end - padding)
    }
}

/// The first 12 bytes of a packet to send.
#[must_use]
pub fn fixed_header(extension: bool, marker: bool, pt: u8, sequence: u16, timestamp: u32, ssrc: Ssrc) -> [u8; 12] {
    let mut header = [0; 12];
    header[0] = 0x80 | if extension { 0x10 } else { 0 };
    header[1] = u8::from(marker) << 7 | pt & 0x7f;
    header[2..4].copy_from_slice(&sequence.to_be_bytes());
    header[4..8].copy_from_slice(&timestamp.to_be_bytes());
    header[8..12].copy_from_slice(&ssrc.0.to_be_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn header_with_csrc_extension_and_padding() {
        let mut packet = fixed_header(true, true, 96, 7, 90, Ssrc(5)).to_vec();
        packet[0] |= 0x20 | 1;
        packet.extend_from_slice(&[0, 0, 0, 9]);
        packet.extend_from_slice(&[0xBE, 0xDE, 0, 1, 0x10, b'0', 0, 0]);
        packet.extend_from_slice(&[1, 2, 3, 0, 2]);
        let header = Header::parse(&packet).unwrap();
        assert_eq!((header.pt, header.sequence, header.timestamp, header.ssrc, header.marker), (96, 7, 90, Ssrc(5), true));
        assert_eq!(header.extension, Some((0xBEDE, 20..24)));
        assert_eq!(header.payload(&packet), Some(24..27));
    }

    #[test]
    fn truncated_wrong_version_and_wrong_padding() {
        let packet = fixed_header(false, false, 96, 7, 90, Ssrc(5));
        assert_eq!(Header::parse(&packet[..11]), None);
        let mut other = packet;
        other[0] = 0x40;
        assert_eq!(Header::parse(&other), None);
        other[0] = 0x82;
        assert_eq!(Header::parse(&other), None);
        other[0] = 0x90;
        assert_eq!(Header::parse(&other), None);
        other[0] = 0xa0;
        let header = Header::parse(&other).unwrap();
        assert_eq!(header.payload(&other), None);
        let too_much = [&other[..], &[1, 9]].concat();
        assert_eq!(header.payload(&too_much), None);
        let none = [&other[..], &[1, 0]].concat();
        assert_eq!(header.payload(&none), None);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(bytes: Vec<u8>) {
            if let Some(header) = Header::parse(&bytes) {
                let _ = header.payload(&bytes);
            }
        }
    }
}
