//! How many bits per second flow, over the last second, in slices of 100 ms.

use crate::time::Instant;

const SLICE_MICROS: u64 = 100_000;
const SLICES: usize = 10;

#[derive(Clone, Debug, Default)]
pub struct BitrateMeter {
    slices: [u32; SLICES],
    /// The number of the newest slice since time zero.
    newest: u64,
    sum: u64,
}

impl BitrateMeter {
    pub fn add(&mut self, now: Instant, bytes: usize) {
        self.advance(now);
        self.slices[(self.newest % SLICES as u64) as usize] += bytes as u32;
        self.sum += bytes as u64;
    }

    /// bit/s.
    pub fn rate(&mut self, now: Instant) -> u64 {
        self.advance(now);
        self.sum * 8
    }

    fn advance(&mut self, now: Instant) {
        let slice = now.micros() / SLICE_MICROS;
        let passed = slice.saturating_sub(self.newest).min(SLICES as u64);
        for step in 0..passed {
            let place = &mut self.slices[((slice - step) % SLICES as u64) as usize];
            self.sum -= u64::from(*place);
            *place = 0;
        }
        self.newest = self.newest.max(slice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_flow_and_its_end() {
        let mut meter = BitrateMeter::default();
        for millis in (0..2000).step_by(10) {
            meter.add(Instant::from_millis(millis), 125);
        }
        assert_eq!(meter.rate(Instant::from_millis(1999)), 100_000);
        assert_eq!(meter.rate(Instant::from_millis(2550)), 40_000);
        assert_eq!(meter.rate(Instant::from_millis(9000)), 0);
    }
}
