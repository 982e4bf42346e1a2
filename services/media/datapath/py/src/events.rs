//! The core's events as Python's objects.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use sipulung_datapath_core::Event;

#[pyclass(frozen, get_all, module = "sipulung_datapath")]
pub struct Datagram {
    transport: u32,
    data: Py<PyBytes>,
}

#[pyclass(frozen, get_all, module = "sipulung_datapath")]
pub struct Connected {
    transport: u32,
    address: String,
    protocol: &'static str,
    changed: bool,
}

#[pyclass(frozen, get_all, module = "sipulung_datapath")]
pub struct Silent {
    transport: u32,
}

#[pyclass(frozen, get_all, module = "sipulung_datapath")]
pub struct Speakers {
    room: u32,
    tracks: Py<PyTuple>,
}

#[pyclass(frozen, get_all, module = "sipulung_datapath")]
pub struct LayersChanged {
    track: u32,
    bitrates: Py<PyTuple>,
}

#[pyclass(frozen, get_all, module = "sipulung_datapath")]
pub struct Available {
    transport: u32,
    bitrate: u64,
    loss_per_mille: u16,
    rtt_ms: u32,
}

#[pyclass(frozen, get_all, module = "sipulung_datapath")]
pub struct CodecMissing {
    transport: u32,
    slot: u16,
    codec: &'static str,
}

pub fn to_python(py: Python<'_>, event: Event) -> PyResult<Py<PyAny>> {
    Ok(match event {
        Event::Datagram { transport, data } => {
            Py::new(py, Datagram { transport: transport.0, data: PyBytes::new(py, &data).unbind() })?.into_any()
        }
        Event::Connected { transport, path, changed } => {
            let (address, protocol) = (path.address().to_string(), path.protocol());
            Py::new(py, Connected { transport: transport.0, address, protocol, changed })?.into_any()
        }
        Event::Silent { transport } => Py::new(py, Silent { transport: transport.0 })?.into_any(),
        Event::Speakers { room, tracks } => {
            let tracks = PyTuple::new(py, tracks.iter().map(|track| track.0))?.unbind();
            Py::new(py, Speakers { room: room.0, tracks })?.into_any()
        }
        Event::LayersChanged { track, bitrates } => {
            Py::new(py, LayersChanged { track: track.0, bitrates: PyTuple::new(py, bitrates)?.unbind() })?.into_any()
        }
        Event::Available { transport, bitrate, loss_per_mille, rtt_ms } => {
            Py::new(py, Available { transport: transport.0, bitrate, loss_per_mille, rtt_ms })?.into_any()
        }
        Event::CodecMissing { transport, slot, codec } => {
            Py::new(py, CodecMissing { transport: transport.0, slot: slot.0, codec: codec.name() })?.into_any()
        }
    })
}
