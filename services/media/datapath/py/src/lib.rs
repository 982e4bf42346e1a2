//! The Python module `sipulung_datapath`: conversions, and the thread with its sockets around `sipulung-datapath-core`.
//!
//! `worker.rs` is the thread: it waits, feeds the core, sends what the core has ready. Python talks to it through `mailbox.rs` only.

mod clock;
mod descriptions;
mod events;
mod fd;
mod frames;
mod mailbox;
mod python;
mod sender;
mod tcp;
mod udp;
mod worker;

use pyo3::prelude::*;

#[pymodule]
mod sipulung_datapath {
    #[pymodule_export]
    use crate::descriptions::{Extensions, PayloadType, Slot, Track};
    #[pymodule_export]
    use crate::events::{Available, CodecMissing, Connected, Datagram, LayersChanged, Silent, Speakers};
    #[pymodule_export]
    use crate::python::{Datapath, TransportStats};
}
