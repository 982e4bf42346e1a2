//! Sender reports of a publisher, mapped to the node's time: what keeps lips and voice together across rewritten streams.

use crate::rtcp::report::SenderReport;
use crate::time::Ntp;

/// A step of the publisher's clock, rather than jitter.
const STEP_MICROS: i64 = 500_000;
/// How much one report may move the offset: streams that share it must not drift apart audibly.
const SLEW_MICROS: i64 = 500;

/// The node's clock minus the publisher's, shortest way included. One for all streams of a transport, which keeps them in step.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClockOffset(Option<i64>);

impl ClockOffset {
    pub fn report(&mut self, node: Ntp, publisher: Ntp) {
        let measured = node.0.saturating_sub(publisher.0);
        self.0 = Some(match self.0 {
            Some(known) if measured.saturating_sub(known).abs() < STEP_MICROS => {
                known + (measured - known).clamp(-SLEW_MICROS, SLEW_MICROS / 8)
            }
            _ => measured,
        });
    }

    #[must_use]
    pub fn to_publisher(&self, node: Ntp) -> Option<Ntp> {
        self.0.map(|offset| Ntp(node.0.saturating_sub(offset)))
    }

    #[must_use]
    pub fn to_node(&self, publisher: Ntp) -> Option<Ntp> {
        self.0.map(|offset| Ntp(publisher.0.saturating_add(offset)))
    }
}

/// Which RTP time of a stream is which time of its publisher, from its last sender report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamClock {
    ntp: Ntp,
    rtp: u32,
    rate: u32,
}

impl StreamClock {
    #[must_use]
    pub fn new(report: &SenderReport, rate: u32) -> Self {
        StreamClock { ntp: report.ntp, rtp: report.rtp, rate }
    }

    #[must_use]
    pub fn rtp_at(&self, ntp: Ntp) -> u32 {
        let ticks = i128::from(ntp.0 - self.ntp.0) * i128::from(self.rate) / 1_000_000;
        self.rtp.wrapping_add(ticks as u32)
    }

    #[must_use]
    pub fn ntp_at(&self, rtp: u32) -> Ntp {
        let ticks = i64::from(crate::sequence::timestamp_distance(rtp, self.rtp));
        Ntp(self.ntp.0 + ticks * 1_000_000 / i64::from(self.rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Ssrc;

    #[test]
    fn rtp_and_ntp_are_inverse() {
        let report = SenderReport { ssrc: Ssrc(1), ntp: Ntp(5_000_000), rtp: u32::MAX, packets: 0, bytes: 0 };
        let clock = StreamClock::new(&report, 90_000);
        assert_eq!(clock.rtp_at(Ntp(6_000_000)), 89_999);
        assert_eq!(clock.ntp_at(89_999), Ntp(6_000_000));
        assert_eq!(clock.rtp_at(Ntp(4_000_000)), u32::MAX - 90_000);
    }

    #[test]
    fn jitter_moves_the_offset_slowly_and_a_step_at_once() {
        let mut offset = ClockOffset::default();
        assert_eq!(offset.to_publisher(Ntp(0)), None);
        offset.report(Ntp(1000), Ntp(0));
        offset.report(Ntp(200_000), Ntp(0));
        assert_eq!(offset.to_publisher(Ntp(1062)), Some(Ntp(0)));
        offset.report(Ntp(10_000_000), Ntp(0));
        assert_eq!(offset.to_publisher(Ntp(10_000_000)), Some(Ntp(0)));
        assert_eq!(offset.to_node(Ntp(0)), Some(Ntp(10_000_000)));
    }
}
