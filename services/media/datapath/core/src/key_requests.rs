//! When to ask a publisher for a key frame: requests of all receivers merged, at a rate that the slowest can bear.

use crate::time::Instant;
use std::time::Duration;

const CAMERA_INTERVAL: Duration = Duration::from_millis(500);
/// A screen's key frame fills a slow link for seconds; asking again before it has passed only makes another (SCREEN-FACTS).
const SCREEN_INTERVAL: Duration = Duration::from_millis(1500);
const LONGEST_INTERVAL: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub struct KeyRequests {
    screen: bool,
    wanted: bool,
    asked: Option<Instant>,
    /// Bytes of the last whole key frame, and of the one that arrives now.
    size: usize,
    arriving: Option<(u32, usize)>,
}

impl KeyRequests {
    #[must_use]
    pub fn new(screen: bool) -> Self {
        KeyRequests { screen, wanted: false, asked: None, size: 0, arriving: None }
    }

    pub fn want(&mut self) {
        self.wanted = true;
    }

    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// Nobody waits any more.
    pub fn withdraw(&mut self) {
        self.wanted = false;
    }

    /// Each packet of the stream; the first of a key frame fulfils what was wanted.
    pub fn packet(&mut self, timestamp: u32, bytes: usize, begins_key_frame: bool) {
        match &mut self.arriving {
            Some((of, size)) if *of == timestamp => *size += bytes,
            _ => {
                if let Some((_, size)) = self.arriving.take() {
                    self.size = size;
                }
                if begins_key_frame {
                    self.arriving = Some((timestamp, bytes));
                }
            }
        }
        if begins_key_frame {
            self.wanted = false;
        }
    }

    /// `slowest`: what the slowest receiver's link carries, bit/s. True: ask now.
    pub fn due(&mut self, now: Instant, slowest: Option<u64>) -> bool {
        if !self.wanted || self.asked.is_some_and(|asked| now.since(asked) < self.interval(slowest)) {
            return false;
        }
        self.asked = Some(now);
        true
    }

    fn interval(&self, slowest: Option<u64>) -> Duration {
        if !self.screen {
            return CAMERA_INTERVAL;
        }
        let passing = slowest.map_or(Duration::ZERO, |rate| {
            Duration::from_millis((2 * self.size as u64 * 8 * 1000).checked_div(rate).unwrap_or(u64::MAX / 2))
        });
        SCREEN_INTERVAL.max(passing).min(LONGEST_INTERVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_merged_and_repeated_until_a_key_frame_comes() {
        let mut requests = KeyRequests::new(false);
        assert!(!requests.due(Instant(0), None));
        requests.want();
        requests.want();
        assert!(requests.due(Instant(0), None));
        assert!(!requests.due(Instant::from_millis(499), None));
        assert!(requests.due(Instant::from_millis(500), None));
        requests.packet(1, 100, true);
        assert!(!requests.due(Instant::from_millis(2000), None));
        requests.want();
        assert!(requests.is_wanted());
        requests.withdraw();
        assert!(!requests.is_wanted());
    }

    #[test]
    fn a_screen_waits_until_its_key_frame_has_passed_the_slowest_link() {
        let mut requests = KeyRequests::new(true);
        requests.packet(1, 40_000, true);
        requests.packet(1, 40_000, false);
        requests.packet(2, 1000, false);
        requests.want();
        assert!(requests.due(Instant(0), Some(160_000)));
        requests.want();
        assert!(!requests.due(Instant::from_millis(7999), Some(160_000)));
        assert!(requests.due(Instant::from_millis(8000), Some(160_000)));
        assert!(!requests.due(Instant::from_millis(9499), Some(100_000_000)));
        assert!(requests.due(Instant::from_millis(9500), Some(100_000_000)));
        assert!(!requests.due(Instant::from_millis(29_499), Some(0)));
        assert!(requests.due(Instant::from_millis(29_500), Some(0)));
    }
}
