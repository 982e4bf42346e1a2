//! The one clock: as the packet path counts time, and as DTLS does.

use sipulung_datapath_core::time::{Instant, Ntp};
use std::time::Duration;

#[derive(Clone, Copy)]
pub struct Clock {
    start: std::time::Instant,
}

impl Clock {
    pub fn start() -> Clock {
        Clock { start: std::time::Instant::now() }
    }

    pub fn now(&self) -> Instant {
        Instant(self.start.elapsed().as_micros() as u64)
    }

    pub fn system(&self, at: Instant) -> std::time::Instant {
        self.start + Duration::from_micros(at.micros())
    }

    /// Of sender reports: any era will do, as long as it goes on evenly.
    pub fn ntp(&self, at: Instant) -> Ntp {
        Ntp(4_000_000_000_000_000 + at.micros() as i64)
    }
}
