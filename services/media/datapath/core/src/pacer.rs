//! When the packets that wait for a destination leave: voice and control at once, video when its frame is whole or after a moment,
//! because many segments in one send cost the kernel little more than one (MEDIA-FACTS: 3.0 µs one by one, 0.6–0.9 with GSO).
//!
//! The seam for a full pacer: it would hold back by rate and priority what it now only holds together.

use crate::time::Instant;
use std::time::Duration;

const LONGEST_WAIT: Duration = Duration::from_micros(1500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Now,
    /// More of the same frame follows.
    Burst,
}

#[derive(Default)]
pub struct Pacer {
    due: Option<Instant>,
}

impl Pacer {
    pub fn queued(&mut self, now: Instant, urgency: Urgency) {
        let due = match urgency {
            Urgency::Now => now,
            Urgency::Burst => now + LONGEST_WAIT,
        };
        self.due = Some(self.due.map_or(due, |known| known.min(due)));
    }

    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    pub fn left(&mut self) {
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voice_takes_waiting_video_along() {
        let mut pacer = Pacer::default();
        pacer.queued(Instant(100), Urgency::Burst);
        pacer.queued(Instant(300), Urgency::Burst);
        assert_eq!(pacer.due(), Some(Instant(1600)));
        pacer.queued(Instant(400), Urgency::Now);
        assert_eq!(pacer.due(), Some(Instant(400)));
        pacer.left();
        assert_eq!(pacer.due(), None);
    }
}
