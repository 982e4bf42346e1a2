//! Sender and receiver reports (RFC 3550 §6.4).

use super::{begin, finish, ssrc, word, Packet, RECEIVER_REPORT, SENDER_REPORT};
use crate::ids::Ssrc;
use crate::time::Ntp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderReport {
    pub ssrc: Ssrc,
    pub ntp: Ntp,
    pub rtp: u32,
    pub packets: u32,
    pub bytes: u32,
}

impl SenderReport {
    #[must_use]
    pub fn parse(packet: &Packet) -> Option<SenderReport> {
        if packet.kind != SENDER_REPORT {
            return None;
        }
        let fixed = u64::from(word(packet.body, 4)?) << 32 | u64::from(word(packet.body, 8)?);
        Some(SenderReport {
            ssrc: ssrc(packet.body, 0)?,
            ntp: Ntp::from_fixed(fixed),
            rtp: word(packet.body, 12)?,
            packets: word(packet.body, 16)?,
            bytes: word(packet.body, 20)?,
        })
    }

    pub fn write(&self, buffer: &mut Vec<u8>) {
        let start = begin(buffer, 0, SENDER_REPORT);
        buffer.extend_from_slice(&self.ssrc.0.to_be_bytes());
        buffer.extend_from_slice(&self.ntp.to_fixed().to_be_bytes());
        buffer.extend_from_slice(&self.rtp.to_be_bytes());
        buffer.extend_from_slice(&self.packets.to_be_bytes());
        buffer.extend_from_slice(&self.bytes.to_be_bytes());
        finish(buffer, start);
    }
}

/// A report block (RFC 3550 §6.4.1): how one stream arrives at the reporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub ssrc: Ssrc,
    /// Of 256.
    pub fraction_lost: u8,
    /// 24 bits, signed.
    pub cumulative_lost: i32,
    pub highest_sequence: u32,
    /// In ticks of the stream's clock.
    pub jitter: u32,
    /// The middle 32 bits of the last sender report's NTP time; 0: none came.
    pub last_report: u32,
    /// Since then, in 1/65536 s.
    pub delay: u32,
}

/// The blocks of a sender or receiver report; a truncated one ends them.
pub fn blocks<'a>(packet: &Packet<'a>) -> impl Iterator<Item = Block> + 'a {
    let (skip, count) = match packet.kind {
        SENDER_REPORT => (24, packet.count),
        RECEIVER_REPORT => (4, packet.count),
        _ => (0, 0),
    };
    let body = packet.body.get(skip..).unwrap_or(&[]);
    body.chunks_exact(24).take(usize::from(count)).map_while(|block| {
        let loss = word(block, 4)?;
        Some(Block {
            ssrc: ssrc(block, 0)?,
            fraction_lost: (loss >> 24) as u8,
            cumulative_lost: ((loss << 8) as i32) >> 8,
            highest_sequence: word(block, 8)?,
            jitter: word(block, 12)?,
            last_report: word(block, 16)?,
            delay: word(block, 20)?,
        })
    })
}

/// At most 31 blocks fit a receiver report.
pub fn write_receiver_report(buffer: &mut Vec<u8>, sender: Ssrc, blocks: &[Block]) {
    let blocks = &blocks[..blocks.len().min(31)];
    let start = begin(buffer, blocks.len() as u8, RECEIVER_REPORT);
    buffer.extend_from_slice(&sender.0.to_be_bytes());
    for block in blocks {
        let lost = block.cumulative_lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        buffer.extend_from_slice(&block.ssrc.0.to_be_bytes());
        buffer.extend_from_slice(&(u32::from(block.fraction_lost) << 24 | lost).to_be_bytes());
        for value in [block.highest_sequence, block.jitter, block.last_report, block.delay] {
            buffer.extend_from_slice(&value.to_be_bytes());
        }
    }
    finish(buffer, start);
}

#[cfg(test)]
mod tests {
    use super::super::packets;
    use super::*;

    #[test]
    fn a_sender_report_is_read_back() {
        let report = SenderReport { ssrc: Ssrc(5), ntp: Ntp(4_000_000_000_000_000), rtp: 7, packets: 8, bytes: 9 };
        let mut buffer = Vec::new();
        report.write(&mut buffer);
        let read = SenderReport::parse(&packets(&buffer).next().unwrap().unwrap()).unwrap();
        assert_eq!((read.ssrc, read.rtp, read.packets, read.bytes), (Ssrc(5), 7, 8, 9));
        assert!((read.ntp.0 - report.ntp.0).abs() <= 1);
    }

    #[test]
    fn receiver_report_blocks_are_read_back() {
        let block = Block {
            ssrc: Ssrc(5),
            fraction_lost: 128,
            cumulative_lost: -3,
            highest_sequence: 70_000,
            jitter: 4,
            last_report: 5,
            delay: 6,
        };
        let mut buffer = Vec::new();
        write_receiver_report(&mut buffer, Ssrc(1), &[block, block]);
        let packet = packets(&buffer).next().unwrap().unwrap();
        assert_eq!(blocks(&packet).collect::<Vec<_>>(), [block, block]);
        assert_eq!(SenderReport::parse(&packet), None);
    }
}
