//! Feedback messages: NACK (RFC 4585 §6.2.1), PLI (§6.3.1), FIR (RFC 5104 §4.3.1), REMB (draft-alvestrand-rmcat-remb-03).

use super::{begin, finish, ssrc, word, Packet, PAYLOAD_FEEDBACK, TRANSPORT_FEEDBACK};
use crate::ids::Ssrc;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    Nack {
        media: Ssrc,
        sequences: Vec<u16>,
    },
    /// PLI or FIR.
    KeyFrameRequest {
        media: Ssrc,
    },
    /// bit/s.
    Remb {
        bitrate: u64,
    },
}

/// A NACK that asks for more is cut: no receiver needs more at once.
const MOST_NACKED: usize = 512;

/// None: another message, or a malformed one.
#[must_use]
pub fn read(packet: &Packet) -> Option<Feedback> {
    let media = ssrc(packet.body, 4)?;
    let information = packet.body.get(8..)?;
    match (packet.kind, packet.count) {
        (TRANSPORT_FEEDBACK, 1) => {
            let mut sequences = Vec::new();
            for item in information.chunks_exact(4) {
                let (first, mask) = (u16::from_be_bytes([item[0], item[1]]), u16::from_be_bytes([item[2], item[3]]));
                sequences.push(first);
                sequences.extend((0..16).filter(|bit| mask >> bit & 1 == 1).map(|bit| first.wrapping_add(bit + 1)));
                if sequences.len() >= MOST_NACKED {
                    break;
                }
            }
            Some(Feedback::Nack { media, sequences })
        }
        (PAYLOAD_FEEDBACK, 1) => Some(Feedback::KeyFrameRequest { media }),
        (PAYLOAD_FEEDBACK, 4) => ssrc(information, 0).map(|media| Feedback::KeyFrameRequest { media }),
        (PAYLOAD_FEEDBACK, 15) if information.starts_with(b"REMB") => {
            let packed = word(information, 4)?;
            let (exponent, mantissa) = (packed >> 18 & 63, u64::from(packed & 0x3_ffff));
            let bitrate = mantissa.checked_shl(exponent).filter(|value| value >> exponent == mantissa)?;
            Some(Feedback::Remb { bitrate })
        }
        _ => None,
    }
}

/// `sequences` in rising order.
pub fn write_nack(buffer: &mut Vec<u8>, sender: Ssrc, media: Ssrc, sequences: &[u16]) {
    let start = begin(buffer, 1, TRANSPORT_FEEDBACK);
    buffer.extend_from_slice(&sender.0.to_be_bytes());
    buffer.extend_from_slice(&media.0.to_be_bytes());
    let mut rest = sequences;
    while let Some((&first, tail)) = rest.split_first() {
        let mut mask = 0u16;
        let taken = tail.iter().take_while(|sequence| (1..=16).contains(&sequence.wrapping_sub(first))).count();
        for sequence in &tail[..taken] {
            mask |= 1 << (sequence.wrapping_sub(first) - 1);
        }
        rest = &tail[taken..];
        buffer.extend_from_slice(&first.to_be_bytes());
        buffer.extend_from_slice(&mask.to_be_bytes());
    }
    finish(buffer, start);
}

pub fn write_pli(buffer: &mut Vec<u8>, sender: Ssrc, media: Ssrc) {
    let start = begin(buffer, 1, PAYLOAD_FEEDBACK);
    buffer.extend_from_slice(&sender.0.to_be_bytes());
    buffer.extend_from_slice(&media.0.to_be_bytes());
    finish(buffer, start);
}

/// For tests and load generators: the node itself sends none.
pub fn write_remb(buffer: &mut Vec<u8>, sender: Ssrc, media: &[Ssrc], bitrate: u64) {
    let exponent = (64 - bitrate.leading_zeros()).saturating_sub(18);
    let start = begin(buffer, 15, PAYLOAD_FEEDBACK);
    buffer.extend_from_slice(&sender.0.to_be_bytes());
    buffer.extend_from_slice(&[0; 4]);
    buffer.extend_from_slice(b"REMB");
    let packed = (media.len() as u32) << 24 | exponent << 18 | (bitrate >> exponent) as u32;
    buffer.extend_from_slice(&packed.to_be_bytes());
    for ssrc in media {
        buffer.extend_from_slice(&ssrc.0.to_be_bytes());
    }
    finish(buffer, start);
}

/// A transport-wide feedback message around a body that [`crate::twcc`] built, padded to 32 bits.
pub fn write_transport_feedback(buffer: &mut Vec<u8>, sender: Ssrc, media: Ssrc, body: &[u8]) {
    let start = begin(buffer, 15, TRANSPORT_FEEDBACK);
    buffer.extend_from_slice(&sender.0.to_be_bytes());
    buffer.extend_from_slice(&media.0.to_be_bytes());
    buffer.extend_from_slice(body);
    let padding = (4 - body.len() % 4) % 4;
    if padding > 0 {
        buffer[start] |= 0x20;
        buffer.resize(buffer.len() + padding - 1, 0);
        buffer.push(padding as u8);
    }
    finish(buffer, start);
}

#[cfg(test)]
mod tests {
    use super::super::packets;
    use super::*;

    fn round_trip(write: impl FnOnce(&mut Vec<u8>)) -> Option<Feedback> {
        let mut buffer = Vec::new();
        write(&mut buffer);
        let packet = packets(&buffer).next().unwrap().unwrap();
        read(&packet)
    }

    #[test]
    fn nack_across_the_wrap() {
        let sequences = vec![65_530, 65_535, 10, 11, 300];
        let read = round_trip(|buffer| write_nack(buffer, Ssrc(1), Ssrc(2), &sequences));
        assert_eq!(read, Some(Feedback::Nack { media: Ssrc(2), sequences }));
    }

    #[test]
    fn pli_fir_and_remb() {
        assert_eq!(round_trip(|buffer| write_pli(buffer, Ssrc(1), Ssrc(2))), Some(Feedback::KeyFrameRequest { media: Ssrc(2) }));
        let fir = Packet { count: 4, kind: 206, body: &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0, 0, 0] };
        assert_eq!(read(&fir), Some(Feedback::KeyFrameRequest { media: Ssrc(7) }));
        let remb = round_trip(|buffer| write_remb(buffer, Ssrc(1), &[Ssrc(2)], 2_500_000));
        assert!(matches!(remb, Some(Feedback::Remb { bitrate }) if bitrate.abs_diff(2_500_000) < 20));
    }

    #[test]
    fn short_and_overflowing_remb() {
        let short = Packet { count: 15, kind: 206, body: b"\0\0\0\x01\0\0\0\0REMB" };
        assert_eq!(read(&short), None);
        let huge = Packet { count: 15, kind: 206, body: b"\0\0\0\x01\0\0\0\0REMB\x01\xff\xff\xff" };
        assert_eq!(read(&huge), None);
        assert_eq!(read(&Packet { count: 1, kind: 205, body: &[0; 7] }), None);
    }

    #[test]
    fn a_nack_of_thousands_is_cut() {
        let body = vec![0xff; 8 + 4 * 350];
        let Some(Feedback::Nack { sequences, .. }) = read(&Packet { count: 1, kind: 205, body: &body }) else { panic!() };
        assert!(sequences.len() < MOST_NACKED + 17);
    }
}
