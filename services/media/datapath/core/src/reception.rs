//! How one stream of a publisher arrives (RFC 3550 appendix A.3, A.8), for receiver reports to it.

use crate::ids::Ssrc;
use crate::rtcp::report::{Block, SenderReport};
use crate::sequence::timestamp_distance;
use crate::time::Instant;

#[derive(Clone, Debug)]
pub struct Reception {
    first: u64,
    highest: u64,
    received: u64,
    expected_before: u64,
    received_before: u64,
    /// RTP time of the last packet, and its arrival in ticks of the same clock.
    last: Option<(u32, u32)>,
    jitter: f64,
    last_report: Option<(u32, Instant)>,
}

impl Reception {
    #[must_use]
    pub fn new(first: u64) -> Self {
        Reception {
            first,
            highest: first,
            received: 0,
            expected_before: 0,
            received_before: 0,
            last: None,
            jitter: 0.0,
            last_report: None,
        }
    }

    pub fn received(&mut self, now: Instant, sequence: u64, timestamp: u32, clock_rate: u32) {
        self.received += 1;
        self.first = self.first.min(sequence);
        self.highest = self.highest.max(sequence);
        let arrival = (u128::from(now.micros()) * u128::from(clock_rate) / 1_000_000) as u32;
        if let Some((last_timestamp, last_arrival)) = self.last {
            let transit = timestamp_distance(arrival.wrapping_sub(last_arrival), timestamp.wrapping_sub(last_timestamp));
            self.jitter += (f64::from(transit.unsigned_abs().min(clock_rate)) - self.jitter) / 16.0;
        }
        self.last = Some((timestamp, arrival));
    }

    pub fn sender_report(&mut self, now: Instant, report: &SenderReport) {
        self.last_report = Some((report.ntp.compact(), now));
    }

    pub fn block(&mut self, now: Instant, ssrc: Ssrc) -> Block {
        let expected = self.highest - self.first + 1;
        let (expected_now, received_now) = (expected - self.expected_before, self.received.saturating_sub(self.received_before));
        let lost_now = expected_now.saturating_sub(received_now);
        self.expected_before = expected;
        self.received_before = self.received;
        let delay = |at: Instant| (now.since(at).as_micros() * 65_536 / 1_000_000) as u32;
        Block {
            ssrc,
            fraction_lost: (lost_now * 256).checked_div(expected_now).unwrap_or(0).min(255) as u8,
            cumulative_lost: (expected as i64 - self.received as i64) as i32,
            // The unwrapper counts from one turn up.
            highest_sequence: self.highest.wrapping_sub(1 << 16) as u32,
            jitter: self.jitter as u32,
            last_report: self.last_report.map_or(0, |(compact, _)| compact),
            delay: self.last_report.map_or(0, |(_, at)| delay(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Ntp;

    #[test]
    fn loss_is_of_the_interval_and_jitter_of_an_even_stream_is_zero() {
        let mut reception = Reception::new(70_000);
        for step in 0..20u32 {
            if step % 4 != 3 {
                reception.received(Instant::from_millis(u64::from(step) * 20), 70_000 + u64::from(step), step * 960, 48_000);
            }
        }
        let block = reception.block(Instant::from_millis(400), Ssrc(1));
        assert_eq!((block.cumulative_lost, block.fraction_lost, block.jitter), (4, 53, 0));
        assert_eq!(block.highest_sequence, 70_018 - 65_536);
        assert_eq!(reception.block(Instant::from_millis(500), Ssrc(1)).fraction_lost, 0);
    }

    #[test]
    fn the_last_report_is_echoed_with_its_delay() {
        let mut reception = Reception::new(70_000);
        let report = SenderReport { ssrc: Ssrc(1), ntp: Ntp(1_000_000), rtp: 0, packets: 0, bytes: 0 };
        reception.sender_report(Instant::from_millis(1000), &report);
        let block = reception.block(Instant::from_millis(1500), Ssrc(1));
        assert_eq!((block.last_report, block.delay), (1 << 16, 32_768));
    }
}
