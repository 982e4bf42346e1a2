//! Time as the caller tells it: microseconds on one monotonic scale, and its place in the NTP era.

use std::ops::{Add, Sub};
use std::time::Duration;

/// Microseconds since an origin that the caller chose. Never read from a clock in this crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

impl Instant {
    pub const ZERO: Instant = Instant(0);

    #[must_use]
    pub fn from_millis(millis: u64) -> Self {
        Instant(millis * 1000)
    }

    #[must_use]
    pub fn micros(self) -> u64 {
        self.0
    }

    #[must_use]
    pub fn millis(self) -> u64 {
        self.0 / 1000
    }

    /// Zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Instant) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// The 24 bits of abs-send-time: seconds in 6.18 fixed point (<http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time>).
    #[must_use]
    pub fn abs_send_time(self) -> [u8; 3] {
        let fixed = ((u128::from(self.0) << 18) / 1_000_000) as u32;
        let [_, high, middle, low] = fixed.to_be_bytes();
        [high, middle, low]
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    fn add(self, span: Duration) -> Instant {
        Instant(self.0 + span.as_micros() as u64)
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;
    fn sub(self, span: Duration) -> Instant {
        Instant(self.0.saturating_sub(span.as_micros() as u64))
    }
}

/// NTP time in microseconds since 1900: only differences and the conversion to 32.32 fixed point are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ntp(pub i64);

impl Ntp {
    /// From the 64 bits of a sender report (RFC 3550 §6.4.1).
    #[must_use]
    pub fn from_fixed(fixed: u64) -> Self {
        let seconds = (fixed >> 32) as i64;
        let fraction = ((fixed & 0xffff_ffff) * 1_000_000) >> 32;
        Ntp(seconds * 1_000_000 + fraction as i64)
    }

    #[must_use]
    pub fn to_fixed(self) -> u64 {
        let micros = self.0.max(0) as u64;
        let seconds = (micros / 1_000_000) & 0xffff_ffff;
        (seconds << 32) | (((micros % 1_000_000) << 32) / 1_000_000)
    }

    /// The middle 32 bits, as reports echo them (LSR).
    #[must_use]
    pub fn compact(self) -> u32 {
        (self.to_fixed() >> 16) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ntp_survives_the_fixed_point_form_within_a_microsecond() {
        let time = Ntp(3_990_000_000_123_456);
        assert!((Ntp::from_fixed(time.to_fixed()).0 - time.0).abs() <= 1);
    }

    #[test]
    fn abs_send_time_wraps_after_64_seconds() {
        assert_eq!(Instant::from_millis(500).abs_send_time(), [0x02, 0, 0]);
        assert_eq!(Instant::from_millis(64_500).abs_send_time(), [0x02, 0, 0]);
    }

    #[test]
    fn since_a_later_time_is_zero() {
        assert_eq!(Instant(1).since(Instant(5)), Duration::ZERO);
    }
}
