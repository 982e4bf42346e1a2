//! Which packets of a publisher's stream are missing, and when to ask for them (again).

use crate::time::Instant;
use std::collections::BTreeMap;
use std::time::Duration;

/// Asking for more than this at once would only add to what broke the link; the decoder needs a key frame.
const MOST_MISSING: u64 = 256;
const MOST_TRIES: u8 = 10;
const OLDEST: Duration = Duration::from_secs(3);
/// Reordered packets come within this.
const REORDERING: Duration = Duration::from_millis(5);
const SHORTEST_RETRY: Duration = Duration::from_millis(30);

struct Missing {
    since: Instant,
    asked: Option<Instant>,
    tries: u8,
}

#[derive(Default)]
pub struct NackGenerator {
    highest: Option<u64>,
    missing: BTreeMap<u64, Missing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    Expected,
    /// More is missing than can be asked for: only a key frame helps.
    Broken,
}

impl NackGenerator {
    pub fn received(&mut self, now: Instant, sequence: u64) -> Arrival {
        let Some(highest) = self.highest else {
            self.highest = Some(sequence);
            return Arrival::Expected;
        };
        if sequence <= highest {
            self.missing.remove(&sequence);
            return Arrival::Expected;
        }
        self.highest = Some(sequence);
        let gap = sequence - highest - 1;
        if gap + self.missing.len() as u64 > MOST_MISSING {
            self.missing.clear();
            return Arrival::Broken;
        }
        for lost in highest + 1..sequence {
            self.missing.insert(lost, Missing { since: now, asked: None, tries: 0 });
        }
        Arrival::Expected
    }

    /// What to ask for now. A round trip has to pass before a second try.
    pub fn due(&mut self, now: Instant, round_trip: Duration) -> Vec<u16> {
        self.missing.retain(|_, missing| missing.tries < MOST_TRIES && now.since(missing.since) < OLDEST);
        let retry = (round_trip * 5 / 4).max(SHORTEST_RETRY);
        let mut due = Vec::new();
        for (sequence, missing) in &mut self.missing {
            let ready = match missing.asked {
                None => now.since(missing.since) >= REORDERING,
                Some(asked) => now.since(asked) >= retry,
            };
            if ready {
                missing.asked = Some(now);
                missing.tries += 1;
                due.push(*sequence as u16);
            }
        }
        due
    }

    #[must_use]
    pub fn misses(&self, sequence: u64) -> bool {
        self.missing.contains_key(&sequence)
    }

    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.missing.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(100);

    #[test]
    fn asked_after_the_reordering_time_and_again_after_a_round_trip() {
        let mut nacks = NackGenerator::default();
        nacks.received(Instant(0), 10);
        nacks.received(Instant(0), 13);
        assert!(nacks.due(Instant::from_millis(4), RTT).is_empty());
        assert_eq!(nacks.due(Instant::from_millis(5), RTT), [11, 12]);
        nacks.received(Instant::from_millis(50), 11);
        assert!(nacks.misses(12) && !nacks.misses(11));
        assert!(nacks.due(Instant::from_millis(129), RTT).is_empty());
        assert_eq!(nacks.due(Instant::from_millis(130), RTT), [12]);
        nacks.received(Instant::from_millis(140), 12);
        assert!(!nacks.is_waiting());
    }

    #[test]
    fn gives_up_after_tries_and_time() {
        let mut nacks = NackGenerator::default();
        nacks.received(Instant(0), 1);
        nacks.received(Instant(0), 3);
        let asked = (0..10_000).step_by(10).filter(|millis| !nacks.due(Instant::from_millis(*millis), RTT).is_empty()).count();
        assert_eq!(asked, usize::from(MOST_TRIES));
    }

    #[test]
    fn a_gap_too_wide_breaks_it() {
        let mut nacks = NackGenerator::default();
        nacks.received(Instant(0), 1);
        assert_eq!(nacks.received(Instant(0), 1000), Arrival::Broken);
        assert!(!nacks.is_waiting());
    }
}
