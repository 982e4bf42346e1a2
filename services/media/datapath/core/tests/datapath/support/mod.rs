//! Clients, links and the world they live in. Nothing here reads a clock or real randomness.

pub mod client;
pub mod link;
pub mod payload;
pub mod publisher;
pub mod stream;
pub mod world;

use sipulung_datapath_core::codec::{Codec, PayloadType};
use sipulung_datapath_core::extensions::Extensions;

/// The ids that all m-lines of these tests negotiate.
pub const IDS: Extensions = Extensions {
    mid: Some(1),
    rid: Some(2),
    repaired_rid: Some(3),
    audio_level: Some(4),
    transport_cc: Some(5),
    abs_send_time: Some(6),
    abs_capture_time: Some(7),
    video_orientation: Some(8),
    dependency_descriptor: None,
};

pub const OPUS: PayloadType = PayloadType { codec: Codec::Opus, pt: 109, rtx: None };
pub const VP8: PayloadType = PayloadType { codec: Codec::Vp8, pt: 96, rtx: Some(97) };
pub const H264: PayloadType = PayloadType { codec: Codec::H264, pt: 98, rtx: Some(99) };
pub const AV1: PayloadType = PayloadType { codec: Codec::Av1, pt: 45, rtx: Some(46) };

/// Subscribers negotiate other numbers than publishers do.
pub const HEARD_AS: [PayloadType; 1] = [PayloadType { codec: Codec::Opus, pt: 111, rtx: None }];
pub const SEEN_AS: [PayloadType; 2] =
    [PayloadType { codec: Codec::Vp8, pt: 100, rtx: Some(101) }, PayloadType { codec: Codec::H264, pt: 102, rtx: Some(103) }];
