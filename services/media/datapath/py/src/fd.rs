//! An event file descriptor: readable from `raise` to `lower`.

use rustix::event::{eventfd, EventfdFlags};
use rustix::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

pub struct EventFd(OwnedFd);

impl EventFd {
    pub fn new() -> std::io::Result<EventFd> {
        Ok(EventFd(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?))
    }

    pub fn raise(&self) {
        // It only fails when it stands at 2^64 − 2: it is readable then.
        let _ = io::write(&self.0, &1u64.to_ne_bytes());
    }

    pub fn lower(&self) {
        // It only fails when it was not raised.
        let _ = io::read(&self.0, &mut [0u8; 8]);
    }

    pub fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl AsFd for EventFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
