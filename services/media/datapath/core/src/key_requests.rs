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
    /// The last key frame: its timestamp, its bytes so far, and when it began to arrive for somebody.
    latest: Option<(u32, usize)>,
    began: Option<Instant>,
    /// Bytes of the one before.
    former: usize,
}

impl KeyRequests {
    #[must_use]
    pub fn new(screen: bool) -> Self {
        KeyRequests { screen, wanted: false, asked: None, latest: None, began: None, former: 0 }
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

    /// Each packet of the stream, in any order; the first of a key frame fulfils what was wanted. `watched`: somebody gets it.
    pub fn packet(&mut self, now: Instant, timestamp: u32, bytes: usize, begins_key_frame: bool, watched: bool) {
        match &mut self.latest {
            Some((of, size)) if *of == timestamp => *size += bytes,
            latest if begins_key_frame => self.former = latest.replace((timestamp, bytes)).map_or(0, |(_, size)| size),
            _ => {}
        }
        if begins_key_frame {
            self.wanted = false;
            if watched {
                self.began = Some(now);
            }
        }
    }

    /// `slowest`: what the slowest receiver's link carries, bit/s. True: ask now.
    pub fn due(&mut self, now: Instant, slowest: Option<u64>) -> bool {
        // A key frame that came unasked fills a slow link just so.
        let last = if self.screen { self.asked.max(self.began) } else { self.asked };
        if !self.wanted || last.is_some_and(|last| now.since(last) < self.interval(slowest)) {
            return false;
        }
        self.asked = Some(now);
        true
    }

    fn interval(&self, slowest: Option<u64>) -> Duration {
        if !self.screen {
            return CAMERA_INTERVAL;
        }
        let size = self.latest.map_or(0, |(_, size)| size).max(self.former) as u64;
        let passing = slowest.map_or(Duration::ZERO, |rate| {
            Duration::from_millis((2 * size * 8 * 1000).checked_div(rate).unwrap_or(u64::MAX / 2))
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
        requests.packet(Instant::from_millis(600), 1, 100, true, true);
        assert!(!requests.due(Instant::from_millis(2000), None));
        requests.want();
        assert!(requests.is_wanted());
        requests.withdraw();
        assert!(!requests.is_wanted());
    }

    #[test]
    fn a_screen_waits_until_its_key_frame_has_passed_the_slowest_link() {
        let mut requests = KeyRequests::new(true);
        requests.packet(Instant(0), 1, 40_000, true, false);
        requests.packet(Instant(0), 2, 1000, false, false);
        requests.packet(Instant(0), 1, 40_000, false, false);
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
    #[test]
    fn a_screen_s_key_frame_that_came_unasked_has_to_pass_too() {
        let mut requests = KeyRequests::new(true);
        requests.packet(Instant::from_millis(1000), 1, 80_000, true, true);
        requests.want();
        assert!(!requests.due(Instant::from_millis(2499), None));
        assert!(!requests.due(Instant::from_millis(8999), Some(160_000)));
        assert!(requests.due(Instant::from_millis(9000), Some(160_000)));
        // A small one begins to arrive: what counts until it is whole is the one before.
        requests.packet(Instant::from_millis(9100), 2, 100, true, true);
        requests.want();
        assert!(!requests.due(Instant::from_millis(17_099), Some(160_000)));
        assert!(requests.due(Instant::from_millis(17_100), Some(160_000)));
    }
}
