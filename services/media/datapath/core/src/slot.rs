//! One receive m-line of a subscriber: an unbroken stream, whatever fills it.

use crate::codec::{Codec, PayloadType};
use crate::extensions::Extensions;
use crate::history::History;
use crate::ids::{LayerIndex, Ssrc, TrackId};
use crate::layers::Source;
use crate::rewrite::{Offsets, Rewriter};
use crate::sync::{ClockOffset, StreamClock};
use crate::time::Instant;
use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Video,
}

#[derive(Clone, Debug)]
pub struct SlotDescription {
    pub kind: Kind,
    pub mid: String,
    pub ssrc: Ssrc,
    pub payload_types: Vec<PayloadType>,
    pub extensions: Extensions,
    pub rtx_ssrc: Option<Ssrc>,
    pub paired: bool,
}

/// A stretch of one source that was sent, for retransmissions.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    pub number: u32,
    pub source: Source,
    pub offsets: Offsets,
}

const MOST_SEGMENTS: usize = 8;

pub struct Slot {
    pub description: SlotDescription,
    /// What flows.
    pub current: Option<Source>,
    /// What is to flow from its next key frame on; what flows goes on until then.
    pub wanted: Option<(TrackId, LayerIndex)>,
    pub rewriter: Rewriter,
    pub history: History,
    pub segments: VecDeque<Sent>,
    pub rtx_index: u64,
    pub packets: u32,
    pub bytes: u32,
    pub last_sent: Instant,
    pub clock: Option<StreamClock>,
    pub offset: ClockOffset,
    pub reported_at: Option<Instant>,
    /// Packets with the mid written so far: the SDP names the SSRC, so the first ones are enough (RFC 8843 §9.2).
    pub mids_written: u8,
    pub codec_missing: Option<Codec>,
}

impl Slot {
    #[must_use]
    pub fn new(description: SlotDescription) -> Self {
        let seed = description.ssrc.0.wrapping_mul(0x9E37_79B1);
        Slot {
            description,
            current: None,
            wanted: None,
            rewriter: Rewriter::new(seed),
            history: History::default(),
            segments: VecDeque::new(),
            rtx_index: u64::from(seed >> 17),
            packets: 0,
            bytes: 0,
            last_sent: Instant::ZERO,
            clock: None,
            offset: ClockOffset::default(),
            reported_at: None,
            mids_written: 0,
            codec_missing: None,
        }
    }

    #[must_use]
    pub fn payload_type(&self, codec: Codec) -> Option<PayloadType> {
        self.description.payload_types.iter().copied().find(|known| known.codec == codec)
    }

    #[must_use]
    pub fn shows(&self, track: TrackId, layer: LayerIndex) -> bool {
        self.current.is_some_and(|source| source.track == track && source.layer == layer)
    }

    /// The timestamp that the stream sent so far gives to a moment of another source, by the sender reports of both: so that the
    /// slot's own reports stay on one line, whoever is seen or heard.
    #[must_use]
    pub fn timestamp_of(&self, clock: Option<StreamClock>, offset: ClockOffset, timestamp: u32) -> Option<u32> {
        let moment = offset.to_node(clock?.ntp_at(timestamp))?;
        let here = self.clock?.rtp_at(self.offset.to_publisher(moment)?);
        Some(here.wrapping_add(self.rewriter.offsets().timestamp))
    }

    pub fn begin_segment(&mut self, source: Source) {
        let number = self.segments.back().map_or(0, |last| last.number.wrapping_add(1));
        if self.segments.len() == MOST_SEGMENTS {
            self.segments.pop_front();
        }
        self.segments.push_back(Sent { number, source, offsets: self.rewriter.offsets() });
        self.current = Some(source);
    }
}
