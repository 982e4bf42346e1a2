//! What a subscriber's connection can carry: the receiver's own estimate (REMB), cut when it reports loss.
//!
//! The seam for a full estimator: it would take the same reports, and the times of what was sent, and answer `available` too.

use crate::bitrate::BitrateMeter;
use crate::time::Instant;
use std::time::Duration;

const START: u64 = 1_500_000;
const LOWEST: u64 = 30_000;
const LOSS_INTERVAL: Duration = Duration::from_millis(500);
const REPORT_INTERVAL: Duration = Duration::from_millis(500);

pub struct Estimator {
    start: u64,
    remb: Option<u64>,
    /// The cap from loss, while there is one.
    loss_cap: Option<u64>,
    loss_at: Instant,
    loss_per_mille: u16,
    round_trip: Option<Duration>,
    sent: BitrateMeter,
    reported: Option<(u64, u16)>,
    reported_at: Instant,
    heard: bool,
}

impl Default for Estimator {
    fn default() -> Self {
        Estimator {
            start: START,
            remb: None,
            loss_cap: None,
            loss_at: Instant::ZERO,
            loss_per_mille: 0,
            round_trip: None,
            sent: BitrateMeter::default(),
            reported: None,
            reported_at: Instant::ZERO,
            heard: false,
        }
    }
}

impl Estimator {
    pub fn set_start(&mut self, bitrate: u64) {
        self.start = bitrate;
    }

    pub fn sent(&mut self, now: Instant, bytes: usize) {
        self.sent.add(now, bytes);
    }

    pub fn remb(&mut self, bitrate: u64) {
        self.remb = Some(bitrate);
        self.heard = true;
    }

    /// `lost` of 256, over all streams of one report.
    pub fn loss(&mut self, now: Instant, lost: u32) {
        self.heard = true;
        self.loss_per_mille = ((u32::from(self.loss_per_mille) + lost * 1000 / 256) / 2) as u16;
        if now.since(self.loss_at) < LOSS_INTERVAL {
            return;
        }
        self.loss_at = now;
        // The rule of Google's loss-based controller: above 10 % fall by half the loss, below 2 % rise by 8 %
        // (draft-ietf-rmcat-gcc-02 §6).
        let rate = self.sent.rate(now);
        if self.loss_per_mille > 100 && rate > 0 {
            let kept = rate * (2000 - u64::from(self.loss_per_mille)) / 2000;
            self.loss_cap = Some(kept.max(LOWEST));
        } else if self.loss_per_mille < 20 {
            let ceiling = self.remb.unwrap_or(self.start);
            self.loss_cap = self.loss_cap.map(|cap| cap * 108 / 100).filter(|cap| *cap < ceiling);
        }
    }

    pub fn round_trip_measured(&mut self, measured: Duration) {
        self.round_trip = Some(self.round_trip.map_or(measured, |known| (known * 7 + measured) / 8));
    }

    /// 100 ms until one was measured.
    #[must_use]
    pub fn round_trip(&self) -> Duration {
        self.round_trip.unwrap_or(Duration::from_millis(100))
    }

    #[must_use]
    pub fn available(&self) -> u64 {
        self.remb.unwrap_or(self.start).min(self.loss_cap.unwrap_or(u64::MAX)).max(LOWEST)
    }

    /// (bit/s, loss per mille, round trip in ms), when it changed by more than 2 % and not more often than twice a second.
    pub fn report(&mut self, now: Instant) -> Option<(u64, u16, u32)> {
        if !self.heard || (self.reported.is_some() && now.since(self.reported_at) < REPORT_INTERVAL) {
            return None;
        }
        let current = (self.available(), self.loss_per_mille);
        let near = |known: &(u64, u16)| known.0.abs_diff(current.0) * 50 <= known.0 && known.1.abs_diff(current.1) < 10;
        if self.reported.as_ref().is_some_and(near) {
            return None;
        }
        self.reported = Some(current);
        self.reported_at = now;
        Some((current.0, current.1, self.round_trip.map_or(0, |time| time.as_millis() as u32)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remb_counts_until_loss_cuts_it_and_loss_recovers() {
        let mut estimator = Estimator::default();
        estimator.set_start(500_000);
        assert_eq!(estimator.available(), 500_000);
        assert_eq!(estimator.report(Instant(0)), None);
        estimator.remb(1_000_000);
        for step in 0..20 {
            estimator.sent(Instant::from_millis(step * 100), 10_000);
        }
        estimator.loss(Instant::from_millis(2000), 128);
        estimator.loss(Instant::from_millis(2600), 128);
        assert!(estimator.available() < 800_000);
        for step in 0..60 {
            estimator.loss(Instant::from_millis(3000 + step * 600), 0);
        }
        assert_eq!(estimator.available(), 1_000_000);
    }

    #[test]
    fn reports_only_changes() {
        let mut estimator = Estimator::default();
        estimator.remb(1_000_000);
        estimator.round_trip_measured(Duration::from_millis(80));
        assert_eq!(estimator.report(Instant(0)), Some((1_000_000, 0, 80)));
        estimator.remb(1_010_000);
        assert_eq!(estimator.report(Instant::from_millis(600)), None);
        estimator.remb(2_000_000);
        assert_eq!(estimator.report(Instant::from_millis(400)), None);
        assert!(estimator.report(Instant::from_millis(600)).is_some());
    }
}
