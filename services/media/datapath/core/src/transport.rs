//! One connection: its address, keys, what it sends, what it receives, and what waits to be sent to it.

use crate::codec::Codec;
use crate::counters::{Counter, Counters};
use crate::estimator::Estimator;
use crate::extensions::{Extensions, Values, Writer};
use crate::ice::Ice;
use crate::ids::{LayerIndex, RoomId, SlotIndex, Ssrc, TrackId, TransportId};
use crate::layers::Source;
use crate::outbox::Outbox;
use crate::pacer::{Pacer, Urgency};
use crate::rewrite::{FrameNumbers, Offsets, Start};
use crate::rtcp::report::SenderReport;
use crate::rtp::{fixed_header, Header};
use crate::slot::Slot;
use crate::srtp::{Receiver, Sender};
use crate::sync::{ClockOffset, StreamClock};
use crate::time::{Instant, Ntp};
use crate::twcc::TransportFeedback;
use crate::voices::Voices;
use crate::{demux, vp8};
use rustc_hash::FxHashMap;
use std::time::Duration;

/// SSRCs that one transport may bring: 3 camera layers, a screen, two sounds, each with its repair stream, a few times over.
pub const MOST_SSRCS: usize = 64;
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const PACKETS_WITH_MID: u8 = 100;

/// The transports with something in their outboxes, each once.
pub type Waiting = Vec<TransportId>;

/// What a received SSRC stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    pub track: TrackId,
    pub layer: LayerIndex,
    /// It repairs the layer (RFC 4588).
    pub rtx: bool,
}

/// A packet of a publisher, decrypted and read, as it is offered to slots.
#[derive(Clone, Copy)]
pub struct MediaPacket<'a> {
    pub source: Source,
    /// Extended.
    pub sequence: u64,
    /// Since this one every packet was offered; of sound that begins again after silence was left out, its first.
    pub offered_since: u64,
    pub header: &'a Header,
    pub values: Values<'a>,
    pub payload: &'a [u8],
    pub codec: Codec,
    pub begins: bool,
    pub vp8: Option<vp8::Descriptor>,
    pub clock: Option<StreamClock>,
    pub offset: ClockOffset,
}

impl MediaPacket<'_> {
    fn frame_numbers(&self) -> FrameNumbers {
        FrameNumbers {
            picture_id: self.vp8.and_then(|vp8| vp8.picture_id).map_or(0, |(id, _)| id),
            tl0_index: self.vp8.and_then(|vp8| vp8.tl0_index).map_or(0, |(index, _)| index),
            frame_number: self.values.dependency_descriptor.map_or(0, |bytes| u16::from_be_bytes([bytes[1], bytes[2]])),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forwarded {
    Sent,
    /// The slot shows something else.
    NotShown,
    Dropped(Counter),
    /// Told once per codec.
    CodecMissing,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    pub packets_received: u64,
    pub packets_sent: u64,
    pub bytes_received: u64,
    pub bytes_sent: u64,
}

pub struct Transport {
    pub id: TransportId,
    pub room: RoomId,
    pub ice: Ice,
    pub sender: Option<Sender>,
    pub receiver: Option<Receiver>,
    pub admitted: bool,
    pub tracks: Vec<TrackId>,
    pub extensions: Extensions,
    pub roles: FxHashMap<Ssrc, Role>,
    pub declared: FxHashMap<Ssrc, TrackId>,
    pub slots: Vec<Slot>,
    pub voices: Voices,
    pub feedback: TransportFeedback,
    pub offset: ClockOffset,
    pub estimator: Estimator,
    pub pacer: Pacer,
    pub outbox: Outbox,
    pub traffic: Traffic,
    pub heard: Instant,
    /// It had an address at some time.
    pub connected: bool,
    pub silent: bool,
}

impl Transport {
    #[must_use]
    pub fn new(now: Instant, id: TransportId, room: RoomId, ice: Ice) -> Self {
        Transport {
            id,
            room,
            ice,
            sender: None,
            receiver: None,
            admitted: false,
            tracks: Vec::new(),
            extensions: Extensions::default(),
            roles: FxHashMap::default(),
            declared: FxHashMap::default(),
            slots: Vec::new(),
            voices: Voices::default(),
            feedback: TransportFeedback::default(),
            offset: ClockOffset::default(),
            estimator: Estimator::default(),
            pacer: Pacer::default(),
            outbox: Outbox::default(),
            traffic: Traffic::default(),
            heard: now,
            connected: false,
            silent: false,
        }
    }

    #[must_use]
    pub fn can_send(&self) -> bool {
        self.admitted && !self.silent && self.sender.is_some() && self.ice.nominated().is_some()
    }

    /// A packet for one slot: switches to its source if it is wanted and a decoder can begin with it, numbers it, writes it.
    pub fn forward(
        &mut self,
        now: Instant,
        index: SlotIndex,
        packet: &MediaPacket,
        counters: &mut Counters,
        waiting: &mut Waiting,
    ) -> Forwarded {
        if !self.can_send() {
            return Forwarded::Dropped(Counter::DropNotAdmitted);
        }
        let Some(slot) = self.slots.get_mut(usize::from(index.0)) else { return Forwarded::NotShown };
        if slot.current != Some(packet.source) {
            if slot.wanted != Some((packet.source.track, packet.source.layer)) || !packet.begins {
                return Forwarded::NotShown;
            }
            if slot.payload_type(packet.codec).is_none() {
                return missing(slot, packet.codec);
            }
            let rate = packet.codec.clock_rate();
            let elapsed = now.since(slot.last_sent).min(Duration::from_secs(3600));
            let aligned = slot.timestamp_of(packet.clock, packet.offset, packet.header.timestamp);
            slot.rewriter.switch(Start {
                sequence: packet.sequence,
                timestamp: packet.header.timestamp,
                frame: packet.frame_numbers(),
                elapsed: (elapsed.as_micros() * u128::from(rate) / 1_000_000) as u32,
                aligned,
                clock_rate: rate,
            });
            slot.begin_segment(packet.source);
            counters.count(Counter::LayerSwitches);
        } else {
            slot.rewriter.go_on(packet.offered_since, packet.sequence);
        }
        let Some(types) = slot.payload_type(packet.codec) else { return missing(slot, packet.codec) };
        if packet.payload.is_empty() && slot.rewriter.leave_out(packet.sequence) {
            return Forwarded::NotShown;
        }
        let frame = Some(packet.frame_numbers()).filter(|_| !packet.payload.is_empty());
        let Some(sent) = slot.rewriter.place(packet.sequence, packet.header.timestamp, frame) else {
            return Forwarded::Dropped(Counter::DropBeforeSwitch);
        };
        let video = !packet.codec.is_audio();
        if video {
            slot.history.record(sent, packet.sequence, slot.segments.back().map_or(0, |segment| segment.number));
        }
        slot.clock = packet.clock;
        slot.offset = packet.offset;
        slot.last_sent = now;
        slot.packets = slot.packets.wrapping_add(1);
        slot.bytes = slot.bytes.wrapping_add(packet.payload.len() as u32);
        let offsets = slot.rewriter.offsets();
        let out = Out { ssrc: slot.description.ssrc, pt: types.pt, index: sent, original: None, offsets };
        // A talk spurt after a change of speaker begins with the marker (RFC 3551 §4.1), as the source set it.
        let urgency = if video && !packet.header.marker { Urgency::Burst } else { Urgency::Now };
        if self.write(now, index, &out, packet, urgency, waiting) {
            counters.count(Counter::RtpForwarded);
            Forwarded::Sent
        } else {
            Forwarded::Dropped(Counter::DropTooLargeToForward)
        }
    }

    /// Sends a cached packet again on the repair stream: never changed bytes under a number that was used.
    pub fn retransmit(
        &mut self,
        now: Instant,
        index: SlotIndex,
        sent: u64,
        offsets: Offsets,
        packet: &MediaPacket,
        waiting: &mut Waiting,
    ) -> Result<(), Counter> {
        let slot = &mut self.slots[usize::from(index.0)];
        let rtx = slot.payload_type(packet.codec).and_then(|types| types.rtx);
        let (Some(pt), Some(ssrc)) = (rtx, slot.description.rtx_ssrc) else { return Err(Counter::DropNackWithoutRtx) };
        let out = Out { ssrc, pt, index: slot.rtx_index, original: Some(sent as u16), offsets };
        slot.rtx_index += 1;
        if self.write(now, index, &out, packet, Urgency::Now, waiting) {
            Ok(())
        } else {
            Err(Counter::DropTooLargeToForward)
        }
    }

    fn write(
        &mut self,
        now: Instant,
        index: SlotIndex,
        out: &Out,
        packet: &MediaPacket,
        urgency: Urgency,
        waiting: &mut Waiting,
    ) -> bool {
        let Some(sender) = &self.sender else { return false };
        let slot = &mut self.slots[usize::from(index.0)];
        let ids = &slot.description.extensions;
        let buffer = &mut self.outbox.bytes;
        let start = buffer.len();
        let values = &packet.values;
        let timestamp = packet.header.timestamp.wrapping_add(out.offsets.timestamp);
        buffer.extend_from_slice(&fixed_header(true, packet.header.marker, out.pt, out.index as u16, timestamp, out.ssrc));
        let descriptor = ids.dependency_descriptor.zip(values.dependency_descriptor);
        let mid = ids.mid.filter(|_| slot.mids_written < PACKETS_WITH_MID);
        let two_byte =
            descriptor.is_some_and(|(_, value)| value.len() > 16) || slot.description.mid.len() > 16 || needs_two_bytes(ids);
        let mut writer = Writer::new(buffer, two_byte);
        if let Some(id) = ids.abs_send_time {
            writer.element(id, &now.abs_send_time());
        }
        if let Some(id) = mid {
            writer.element(id, slot.description.mid.as_bytes());
            slot.mids_written += 1;
        }
        if let Some((id, level)) = ids.audio_level.zip(values.audio_level) {
            writer.element(id, &[u8::from(level.voice) << 7 | level.level]);
        }
        if let Some((id, orientation)) = ids.video_orientation.zip(values.video_orientation) {
            writer.element(id, &[orientation]);
        }
        if let Some((id, time)) = ids.abs_capture_time.zip(values.abs_capture_time) {
            writer.element(id, time);
        }
        if let Some((id, value)) = descriptor {
            let mut value = value.to_vec();
            let number = u16::from_be_bytes([value[1], value[2]]).wrapping_add(out.offsets.frame.frame_number);
            value[1..3].copy_from_slice(&number.to_be_bytes());
            writer.element(id, &value);
        }
        if !writer.finish() {
            buffer[start] &= !0x10;
        }
        let header_length = buffer.len() - start;
        if let Some(original) = out.original {
            buffer.extend_from_slice(&original.to_be_bytes());
        }
        let payload_start = buffer.len();
        buffer.extend_from_slice(packet.payload);
        if let Some(vp8) = &packet.vp8 {
            vp8.rewrite(&mut buffer[payload_start..], out.offsets.frame.picture_id, out.offsets.frame.tl0_index);
        }
        if buffer.len() - start + 16 > demux::LARGEST {
            buffer.truncate(start);
            return false;
        }
        sender.protect_rtp(buffer, start, header_length, out.ssrc, out.index);
        self.seal(now, urgency, waiting);
        true
    }

    /// Writes one RTCP datagram. False: there is nobody to send it to yet.
    pub fn write_rtcp(&mut self, now: Instant, waiting: &mut Waiting, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        if self.ice.nominated().is_none() {
            return false;
        }
        let Some(sender) = &mut self.sender else { return false };
        let start = self.outbox.bytes.len();
        write(&mut self.outbox.bytes);
        if self.outbox.bytes.len() < start + 8 {
            self.outbox.bytes.truncate(start);
            return false;
        }
        sender.protect_rtcp(&mut self.outbox.bytes, start);
        self.seal(now, Urgency::Now, waiting);
        true
    }

    fn seal(&mut self, now: Instant, urgency: Urgency, waiting: &mut Waiting) {
        if self.pacer.due().is_none() {
            waiting.push(self.id);
        }
        let length = self.outbox.seal();
        self.estimator.sent(now, length);
        self.traffic.packets_sent += 1;
        self.traffic.bytes_sent += length as u64;
        self.pacer.queued(now, urgency);
    }

    /// A sender report for each slot that sent something since the last, at most one a second (RFC 3550 §6.4.1), its source's
    /// clock mapped to the node's, which all slots share.
    pub fn report_slots(&mut self, now: Instant, node: Ntp, waiting: &mut Waiting) {
        let mut reports = Vec::new();
        for slot in &mut self.slots {
            let due = slot.reported_at.is_none_or(|at| now.since(at) >= REPORT_INTERVAL && slot.last_sent > at);
            let (Some(clock), Some(publisher), true) =
                (slot.clock, slot.offset.to_publisher(node), due && slot.current.is_some())
            else {
                continue;
            };
            slot.reported_at = Some(now);
            reports.push(SenderReport {
                ssrc: slot.description.ssrc,
                ntp: node,
                rtp: clock.rtp_at(publisher).wrapping_add(slot.rewriter.offsets().timestamp),
                packets: slot.packets,
                bytes: slot.bytes,
            });
        }
        for chunk in reports.chunks(16) {
            self.write_rtcp(now, waiting, |buffer| chunk.iter().for_each(|report| report.write(buffer)));
        }
    }

    #[must_use]
    pub fn slot_of(&self, ssrc: Ssrc) -> Option<SlotIndex> {
        self.slots.iter().position(|slot| slot.description.ssrc == ssrc).map(|index| SlotIndex(index as u16))
    }
}

/// The numbers under which a packet is sent.
struct Out {
    ssrc: Ssrc,
    pt: u8,
    index: u64,
    /// The number that a repair packet repairs.
    original: Option<u16>,
    offsets: Offsets,
}

fn needs_two_bytes(ids: &Extensions) -> bool {
    [ids.mid, ids.audio_level, ids.abs_send_time, ids.abs_capture_time, ids.video_orientation, ids.dependency_descriptor]
        .into_iter()
        .flatten()
        .any(|id| id > 14)
}

fn missing(slot: &mut Slot, codec: Codec) -> Forwarded {
    if slot.codec_missing == Some(codec) {
        return Forwarded::Dropped(Counter::DropCodecMissing);
    }
    slot.codec_missing = Some(codec);
    Forwarded::CodecMissing
}
