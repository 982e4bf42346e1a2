//! A way for datagrams: delayed, jittered (and so reordered), lost and duplicated, all by one seed.

use sipulung_datapath_core::time::Instant;
use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn per_mille(&mut self, chance: u64) -> bool {
        self.below(1000) < chance
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub delay: Duration,
    pub jitter: Duration,
    pub lost_per_mille: u64,
    pub twice_per_mille: u64,
}

impl Link {
    pub const CLEAN: Link =
        Link { delay: Duration::from_millis(5), jitter: Duration::ZERO, lost_per_mille: 0, twice_per_mille: 0 };

    /// When a datagram that leaves now arrives: never, once or twice.
    pub fn carry(&self, random: &mut Random, now: Instant) -> Vec<Instant> {
        let copies = 1 + u64::from(random.per_mille(self.twice_per_mille));
        let mut arrivals = Vec::new();
        for _ in 0..copies {
            let jitter = Duration::from_micros(random.below(self.jitter.as_micros() as u64 + 1));
            if !random.per_mille(self.lost_per_mille) {
                arrivals.push(now + self.delay + jitter);
            }
        }
        arrivals
    }
}
