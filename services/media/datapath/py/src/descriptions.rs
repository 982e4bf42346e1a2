//! What Python describes tracks and slots with.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sipulung_datapath_core::codec::{self, Codec};
use sipulung_datapath_core::extensions;
use sipulung_datapath_core::ids::Ssrc;
use sipulung_datapath_core::slot::{self, SlotDescription};
use sipulung_datapath_core::track::{self, TrackDescription};

/// RFC 8285 §4.3: two-byte headers have ids to 255, of which 15 is none (§4.2).
const LARGEST_ID: i64 = 255;
const LARGEST_PT: i64 = 127;
const MOST_LAYERS: usize = 8;
const LONGEST_TOKEN: usize = 32;

/// `value` as a number of the wanted type, or a ValueError that names it.
pub fn number<T: TryFrom<i64>>(name: &str, value: i64, largest: i64) -> PyResult<T> {
    let fitting = T::try_from(value).ok().filter(|_| (0..=largest).contains(&value));
    fitting.ok_or_else(|| PyValueError::new_err(format!("{name} is {value}: allowed is 0 to {largest}")))
}

fn token(name: &str, value: String) -> PyResult<String> {
    if value.is_empty() || value.len() > LONGEST_TOKEN {
        return Err(PyValueError::new_err(format!("{name} has {} bytes: allowed are 1 to {LONGEST_TOKEN}", value.len())));
    }
    Ok(value)
}

fn ssrc(name: &str, value: i64) -> PyResult<Ssrc> {
    number(name, value, i64::from(u32::MAX)).map(Ssrc)
}

fn choice<T>(name: &str, value: &str, allowed: &str, found: Option<T>) -> PyResult<T> {
    found.ok_or_else(|| PyValueError::new_err(format!("{name} is '{value}': allowed is {allowed}")))
}

#[pyclass(frozen, module = "sipulung_datapath")]
pub struct PayloadType(codec::PayloadType);

#[pymethods]
impl PayloadType {
    #[new]
    #[pyo3(signature = (codec, pt, rtx=None))]
    fn new(codec: &str, pt: i64, rtx: Option<i64>) -> PyResult<Self> {
        let codec = choice("codec", codec, "opus, vp8, vp9, h264, av1", Codec::from_name(codec))?;
        let rtx = rtx.map(|rtx| number("rtx", rtx, LARGEST_PT)).transpose()?;
        Ok(PayloadType(codec::PayloadType { codec, pt: number("pt", pt, LARGEST_PT)?, rtx }))
    }
}

#[pyclass(frozen, module = "sipulung_datapath")]
pub struct Extensions(extensions::Extensions);

#[pymethods]
impl Extensions {
    #[new]
    #[pyo3(signature = (
        mid=None, rid=None, repaired_rid=None, audio_level=None, transport_cc=None, abs_send_time=None,
        abs_capture_time=None, video_orientation=None, dependency_descriptor=None,
    ))]
    #[allow(clippy::too_many_arguments)] // Python calls them by name.
    fn new(
        mid: Option<i64>,
        rid: Option<i64>,
        repaired_rid: Option<i64>,
        audio_level: Option<i64>,
        transport_cc: Option<i64>,
        abs_send_time: Option<i64>,
        abs_capture_time: Option<i64>,
        video_orientation: Option<i64>,
        dependency_descriptor: Option<i64>,
    ) -> PyResult<Self> {
        let id = |name: &str, value: Option<i64>| match value {
            Some(0) => Err(PyValueError::new_err(format!("{name} is 0: allowed is 1 to {LARGEST_ID}"))),
            value => value.map(|value| number(name, value, LARGEST_ID)).transpose(),
        };
        Ok(Extensions(extensions::Extensions {
            mid: id("mid", mid)?,
            rid: id("rid", rid)?,
            repaired_rid: id("repaired_rid", repaired_rid)?,
            audio_level: id("audio_level", audio_level)?,
            transport_cc: id("transport_cc", transport_cc)?,
            abs_send_time: id("abs_send_time", abs_send_time)?,
            abs_capture_time: id("abs_capture_time", abs_capture_time)?,
            video_orientation: id("video_orientation", video_orientation)?,
            dependency_descriptor: id("dependency_descriptor", dependency_descriptor)?,
        }))
    }
}

fn payload_types(types: &[PyRef<'_, PayloadType>]) -> PyResult<Vec<codec::PayloadType>> {
    if types.is_empty() {
        return Err(PyValueError::new_err("payload_types is empty: allowed is one or more"));
    }
    Ok(types.iter().map(|known| known.0).collect())
}

#[pyclass(frozen, module = "sipulung_datapath")]
pub struct Track(pub TrackDescription);

#[pymethods]
impl Track {
    #[new]
    #[pyo3(signature = (mid, kind, payload_types, extensions, rids=Vec::new(), ssrcs=Vec::new()))]
    fn new(
        mid: String,
        kind: &str,
        payload_types: Vec<PyRef<'_, PayloadType>>,
        extensions: PyRef<'_, Extensions>,
        rids: Vec<String>,
        ssrcs: Vec<i64>,
    ) -> PyResult<Self> {
        let found = match kind {
            "audio" => Some(track::Kind::Audio),
            "camera" => Some(track::Kind::Camera),
            "screen" => Some(track::Kind::Screen),
            "sound" => Some(track::Kind::Sound),
            _ => None,
        };
        if rids.len() > MOST_LAYERS {
            return Err(PyValueError::new_err(format!("rids has {} layers: allowed are {MOST_LAYERS}", rids.len())));
        }
        Ok(Track(TrackDescription {
            mid: token("mid", mid)?,
            kind: choice("kind", kind, "audio, camera, screen, sound", found)?,
            payload_types: self::payload_types(&payload_types)?,
            extensions: extensions.0,
            rids: rids.into_iter().map(|rid| token("rids", rid)).collect::<PyResult<_>>()?,
            ssrcs: ssrcs.into_iter().map(|value| ssrc("ssrcs", value)).collect::<PyResult<_>>()?,
        }))
    }
}

#[pyclass(frozen, module = "sipulung_datapath")]
pub struct Slot(pub SlotDescription);

#[pymethods]
impl Slot {
    #[new]
    #[pyo3(signature = (kind, mid, ssrc, payload_types, extensions, rtx_ssrc=None, paired=false))]
    fn new(
        kind: &str,
        mid: String,
        ssrc: i64,
        payload_types: Vec<PyRef<'_, PayloadType>>,
        extensions: PyRef<'_, Extensions>,
        rtx_ssrc: Option<i64>,
        paired: bool,
    ) -> PyResult<Self> {
        let found = match kind {
            "audio" => Some(slot::Kind::Audio),
            "video" => Some(slot::Kind::Video),
            _ => None,
        };
        Ok(Slot(SlotDescription {
            kind: choice("kind", kind, "audio, video", found)?,
            mid: token("mid", mid)?,
            ssrc: self::ssrc("ssrc", ssrc)?,
            payload_types: self::payload_types(&payload_types)?,
            extensions: extensions.0,
            rtx_ssrc: rtx_ssrc.map(|value| self::ssrc("rtx_ssrc", value)).transpose()?,
            paired,
        }))
    }
}
