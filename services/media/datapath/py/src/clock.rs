//! The clocks: the only place that reads them.

use rustix::time::{clock_gettime, ClockId};
use sipulung_datapath_core::time::{Instant, Ntp};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// From 1900 to 1970 (RFC 5905 §6).
const NTP_BEFORE_UNIX: Duration = Duration::from_secs(2_208_988_800);

/// A monotonic clock that began when it was made.
pub struct Clock {
    origin: std::time::Instant,
}

impl Clock {
    /// The clock, and the wall clock's time at its zero.
    pub fn start() -> (Clock, Ntp) {
        let origin = std::time::Instant::now();
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (Clock { origin }, Ntp((unix + NTP_BEFORE_UNIX).as_micros() as i64))
    }

    pub fn now(&self) -> Instant {
        Instant(self.origin.elapsed().as_micros() as u64)
    }
}

/// What the calling thread has used of a processor, ns.
pub fn thread_cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
