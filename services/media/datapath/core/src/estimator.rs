//! What a subscriber's connection can carry: cut when the receiver's own estimate (REMB) falls below what is sent, or it reports loss.
//!
//! A REMB alone is no ceiling. It follows what arrives (at most 1.5 times that, and 8 % more a second,
//! draft-ietf-rmcat-gcc-02 §5.5), so that beside a lone voice it says 70 kbit/s on any network. Only its fall tells that a
//! queue grew; from then on it is followed until it is back.
//!
//! The seam for a full estimator: it would take the same reports, and the times of what was sent, and answer `available` too.

use crate::bitrate::BitrateMeter;
use crate::time::Instant;
use std::time::Duration;

const START: u64 = 1_500_000;
const LOWEST: u64 = 30_000;
/// No link is faster than that; a REMB may say 2^63.
const HIGHEST: u64 = 10_000_000_000;
/// Per cent: a receiver that notices a queue falls to 85 % of what arrives (draft-ietf-rmcat-gcc-02 §5.5); less is noise.
const FALL: u64 = 97;
const LOSS_INTERVAL: Duration = Duration::from_millis(500);
const REPORT_INTERVAL: Duration = Duration::from_millis(500);

pub struct Estimator {
    start: u64,
    /// The last one.
    remb: Option<u64>,
    /// Since a REMB told of congestion.
    congested: Option<u64>,
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
            congested: None,
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
        self.start = bitrate.min(HIGHEST);
    }

    pub fn sent(&mut self, now: Instant, bytes: usize) {
        self.sent.add(now, bytes);
    }

    pub fn remb(&mut self, now: Instant, bitrate: u64) {
        let bitrate = bitrate.min(HIGHEST);
        let before = self.remb.replace(bitrate);
        self.heard = true;
        let fell = before.is_some_and(|before| bitrate * 100 < before * FALL);
        if fell && bitrate < self.sent.rate(now) {
            self.congested = Some(bitrate);
        } else {
            self.congested = self.congested.map(|cap| cap.max(bitrate)).filter(|cap| *cap < self.start);
        }
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
            let ceiling = self.uncut();
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
        self.uncut().min(self.loss_cap.unwrap_or(u64::MAX)).max(LOWEST)
    }

    /// Without regard to loss.
    fn uncut(&self) -> u64 {
        self.congested.unwrap_or_else(|| self.start.max(self.remb.unwrap_or(0)))
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

    /// Sends `bitrate` for a second that ends at `until` ms.
    fn flow(estimator: &mut Estimator, until: u64, bitrate: usize) {
        (0..10).for_each(|slice| estimator.sent(Instant::from_millis(until - 950 + slice * 100), bitrate / 80));
    }

    #[test]
    fn an_absurd_remb_is_bounded() {
        let mut estimator = Estimator::default();
        estimator.remb(Instant(0), u64::MAX);
        assert_eq!(estimator.report(Instant(0)), Some((HIGHEST, 0, 0)));
        flow(&mut estimator, 1000, 1_000_000);
        estimator.remb(Instant::from_millis(1000), 0);
        assert_eq!(estimator.report(Instant::from_millis(1000)), Some((LOWEST, 0, 0)));
    }

    #[test]
    fn a_low_remb_beside_a_lone_voice_is_no_ceiling() {
        let mut estimator = Estimator::default();
        flow(&mut estimator, 1000, 40_000);
        [60_000, 71_000, 69_000].into_iter().for_each(|bitrate| estimator.remb(Instant::from_millis(1000), bitrate));
        assert_eq!(estimator.available(), START);
        // Nor when more is sent than it has grown to yet.
        flow(&mut estimator, 2000, 700_000);
        estimator.remb(Instant::from_millis(2000), 75_000);
        assert_eq!(estimator.available(), START);
    }

    #[test]
    fn a_remb_that_falls_below_what_is_sent_is_followed_until_it_is_back() {
        let mut estimator = Estimator::default();
        flow(&mut estimator, 1000, 1_000_000);
        estimator.remb(Instant::from_millis(900), 1_200_000);
        estimator.remb(Instant::from_millis(1000), 600_000);
        assert_eq!(estimator.available(), 600_000);
        flow(&mut estimator, 2000, 500_000);
        estimator.remb(Instant::from_millis(1900), 700_000);
        estimator.remb(Instant::from_millis(2000), 690_000);
        assert_eq!(estimator.available(), 700_000);
        estimator.remb(Instant::from_millis(3000), 1_600_000);
        assert_eq!(estimator.available(), 1_600_000);
        estimator.remb(Instant::from_millis(4000), 100_000);
        assert_eq!(estimator.available(), START);
    }

    #[test]
    fn loss_cuts_and_recovers() {
        let mut estimator = Estimator::default();
        estimator.set_start(500_000);
        assert_eq!(estimator.available(), 500_000);
        assert_eq!(estimator.report(Instant(0)), None);
        estimator.remb(Instant(0), 1_000_000);
        flow(&mut estimator, 2000, 800_000);
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
        estimator.remb(Instant(0), 1_600_000);
        estimator.round_trip_measured(Duration::from_millis(80));
        assert_eq!(estimator.report(Instant(0)), Some((1_600_000, 0, 80)));
        estimator.remb(Instant(0), 1_610_000);
        assert_eq!(estimator.report(Instant::from_millis(600)), None);
        estimator.remb(Instant(0), 2_000_000);
        assert_eq!(estimator.report(Instant::from_millis(400)), None);
        assert!(estimator.report(Instant::from_millis(600)).is_some());
    }
}
