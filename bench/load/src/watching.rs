//! One video slot as a subscriber gets it: what came, what is missing, and what is asked for again, as browsers do.

use sipulung_datapath_core::ids::Ssrc;
use sipulung_datapath_core::rtcp::feedback::write_nack;
use sipulung_datapath_core::rtcp::report::Block;
use sipulung_datapath_core::sequence::Unwrapper;
use sipulung_datapath_core::time::{Instant, Ntp};
use std::collections::BTreeMap;
use std::time::Duration;

const RETRY: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(1);

struct Missing {
    since: Instant,
    asked: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    New,
    Known,
}

pub struct Watching {
    pub ssrc: Ssrc,
    pub rtx_ssrc: Ssrc,
    numbers: Option<Unwrapper>,
    first: u64,
    missing: BTreeMap<u64, Missing>,
    received: u64,
    reported: (u64, u64),
    sender_report: Option<(u32, Instant)>,
}

impl Watching {
    pub fn new(ssrc: u32, rtx_ssrc: u32) -> Watching {
        Watching {
            ssrc: Ssrc(ssrc),
            rtx_ssrc: Ssrc(rtx_ssrc),
            numbers: None,
            first: 0,
            missing: BTreeMap::new(),
            received: 0,
            reported: (0, 0),
            sender_report: None,
        }
    }

    /// A packet of the stream itself.
    pub fn media(&mut self, now: Instant, sequence: u16) -> Arrival {
        self.received += 1;
        let Some(numbers) = &mut self.numbers else {
            self.numbers = Some(Unwrapper::new(sequence));
            self.first = (1 << 16) + u64::from(sequence);
            return Arrival::New;
        };
        let before = numbers.highest();
        let number = numbers.advance(sequence);
        for missing in before + 1..number {
            self.missing.insert(missing, Missing { since: now, asked: None });
        }
        if number > before || self.missing.remove(&number).is_some() {
            Arrival::New
        } else {
            Arrival::Known
        }
    }

    /// The packet that a repair packet holds (RFC 4588).
    pub fn repaired(&mut self, original: u16) -> Arrival {
        let number = self.numbers.map(|numbers| numbers.peek(original));
        match number.and_then(|number| self.missing.remove(&number)) {
            Some(_) => Arrival::New,
            None => Arrival::Known,
        }
    }

    /// Gives up what is missing for too long; returns how many.
    pub fn give_up(&mut self, now: Instant) -> u64 {
        let before = self.missing.len();
        self.missing.retain(|_, missing| now.since(missing.since) < PATIENCE);
        (before - self.missing.len()) as u64
    }

    /// Writes a NACK for what is due; returns for how many packets.
    pub fn ask(&mut self, now: Instant, own: Ssrc, buffer: &mut Vec<u8>) -> u64 {
        let mut due = Vec::new();
        for (number, missing) in &mut self.missing {
            if missing.asked.is_none_or(|asked| now.since(asked) >= RETRY) {
                missing.asked = Some(now);
                due.push(*number as u16);
            }
        }
        if !due.is_empty() {
            write_nack(buffer, own, self.ssrc, &due);
        }
        due.len() as u64
    }

    pub fn sender_report(&mut self, now: Instant, ntp: Ntp) {
        self.sender_report = Some((ntp.compact(), now));
    }

    /// How the stream arrived since the last block; None before its first packet. Repaired packets count as lost, as they do
    /// for browsers.
    pub fn block(&mut self, now: Instant) -> Option<Block> {
        let highest = self.numbers?.highest();
        let expected = highest - self.first + 1;
        let (expected_before, received_before) = std::mem::replace(&mut self.reported, (expected, self.received));
        let interval = expected - expected_before;
        let lost = interval.saturating_sub(self.received - received_before);
        let (last_report, delay) =
            self.sender_report.map_or((0, 0), |(ntp, at)| (ntp, now.since(at).as_micros() * 65536 / 1_000_000));
        Some(Block {
            ssrc: self.ssrc,
            fraction_lost: (lost * 256).checked_div(interval).unwrap_or(0).min(255) as u8,
            cumulative_lost: (expected as i64 - self.received as i64) as i32,
            highest_sequence: (highest - (1 << 16)) as u32,
            jitter: 0,
            last_report,
            delay: delay as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn what_is_missing_is_asked_for_again_and_given_up_in_the_end() {
        let mut watching = Watching::new(1, 2);
        assert_eq!(watching.media(at(0), 65_534), Arrival::New);
        assert_eq!(watching.media(at(0), 1), Arrival::New);
        let mut buffer = Vec::new();
        assert_eq!(watching.ask(at(0), Ssrc(9), &mut buffer), 2);
        assert_eq!(watching.ask(at(10), Ssrc(9), &mut buffer), 0);
        assert_eq!(watching.repaired(65_535), Arrival::New);
        assert_eq!(watching.repaired(65_535), Arrival::Known);
        assert_eq!(watching.ask(at(60), Ssrc(9), &mut buffer), 1);
        assert_eq!(watching.give_up(at(999)), 0);
        assert_eq!(watching.give_up(at(1000)), 1);
        assert_eq!(watching.media(at(1000), 0), Arrival::Known);
    }

    #[test]
    fn blocks_count_losses_since_the_one_before() {
        let mut watching = Watching::new(1, 2);
        assert_eq!(watching.block(at(0)), None);
        for sequence in [10, 11, 13, 14] {
            watching.media(at(0), sequence);
        }
        let block = watching.block(at(0)).unwrap();
        assert_eq!((block.fraction_lost, block.cumulative_lost, block.highest_sequence), (51, 1, 14));
        watching.media(at(0), 15);
        watching.sender_report(at(500), Ntp(0));
        let block = watching.block(at(1000)).unwrap();
        assert_eq!((block.fraction_lost, block.cumulative_lost, block.delay), (0, 1, 32768));
    }
}
