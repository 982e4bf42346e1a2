//! What a slot sent lately, so that a NACK finds the packet of the source. Allocated on use.

use crate::time::Instant;
use std::time::Duration;

const CAPACITY: usize = 512;

#[derive(Clone, Copy)]
struct Entry {
    sent: u64,
    source: u64,
    segment: u32,
    resent: Option<Instant>,
}

#[derive(Default)]
pub struct History {
    entries: Vec<Option<Entry>>,
    highest: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    Found {
        sent: u64,
        source: u64,
        segment: u32,
    },
    /// It was sent again within the round trip.
    TooSoon,
    Unknown,
}

impl History {
    pub fn record(&mut self, sent: u64, source: u64, segment: u32) {
        if self.entries.is_empty() {
            self.entries.resize(CAPACITY, None);
        }
        self.highest = self.highest.max(sent);
        self.entries[sent as usize % CAPACITY] = Some(Entry { sent, source, segment, resent: None });
    }

    /// For sending it again: the same number counts as asked only once per `round_trip`.
    pub fn take(&mut self, now: Instant, sequence: u16, round_trip: Duration) -> Lookup {
        let behind = (self.highest as u16).wrapping_sub(sequence);
        let Some(sent) = self.highest.checked_sub(u64::from(behind)) else { return Lookup::Unknown };
        match self.entries.get_mut(sent as usize % CAPACITY) {
            Some(Some(entry)) if entry.sent == sent => {
                if entry.resent.is_some_and(|at| now.since(at) < round_trip) {
                    return Lookup::TooSoon;
                }
                entry.resent = Some(now);
                Lookup::Found { sent, source: entry.source, segment: entry.segment }
            }
            _ => Lookup::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_once_per_round_trip_until_pushed_out() {
        let mut history = History::default();
        let rtt = Duration::from_millis(50);
        assert_eq!(history.take(Instant(0), 3, rtt), Lookup::Unknown);
        for sent in 65_500..66_000u64 {
            history.record(sent, sent + 7, 1);
        }
        let sequence = 65_990u64 as u16;
        let found = Lookup::Found { sent: 65_990, source: 65_997, segment: 1 };
        assert_eq!(history.take(Instant::from_millis(1), sequence, rtt), found);
        assert_eq!(history.take(Instant::from_millis(40), sequence, rtt), Lookup::TooSoon);
        assert_eq!(history.take(Instant::from_millis(60), sequence, rtt), found);
        assert_eq!(history.take(Instant(0), 65_400, rtt), Lookup::Unknown);
        assert_eq!(history.take(Instant(0), (66_000u64 as u16).wrapping_add(5), rtt), Lookup::Unknown);
    }
}
