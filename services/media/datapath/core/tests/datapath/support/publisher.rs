//! One encoder of a client: a microphone, or one layer of a camera or screen, with the repair stream beside it.

use super::payload::{self, Numbers, Tag};
use sipulung_datapath_core::codec::PayloadType;
use sipulung_datapath_core::extensions::Writer;
use sipulung_datapath_core::ids::{Ssrc, TrackId};
use sipulung_datapath_core::rtcp::report::SenderReport;
use sipulung_datapath_core::rtp::fixed_header;
use sipulung_datapath_core::time::{Instant, Ntp};
use std::collections::HashMap;
use std::time::Duration;

/// A browser stops naming a stream once it is reported; here after so many packets.
const NAMED: u32 = 40;

#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub at: Instant,
    pub tag: Tag,
}

/// What is to be protected: the packet, the length of its header, and its SSRC and whole index.
pub struct Packet {
    pub bytes: Vec<u8>,
    pub header_length: usize,
    pub ssrc: u32,
    pub index: u64,
    pub transport_cc: u16,
}

struct Stored {
    timestamp: u32,
    marker: bool,
    payload: Vec<u8>,
}

pub struct Encoder {
    pub track: TrackId,
    pub mid: String,
    pub rid: Option<&'static str>,
    pub ssrc: u32,
    pub rtx_ssrc: u32,
    pub types: PayloadType,
    pub on: bool,
    pub interval: Duration,
    /// Packets of a frame, and of a key frame.
    pub packets: u16,
    pub key_packets: u16,
    pub size: usize,
    pub wide: bool,
    /// −dBov; 127 is silence. None: no level extension.
    pub level: Option<u8>,
    pub key_next: bool,
    pub picture: u16,
    pub sequence: u64,
    pub frames: Vec<Frame>,
    pub key_requests: Vec<Instant>,
    pub nacked: usize,
    tl0: u8,
    frame: u32,
    /// What RTP time was at time zero.
    epoch: u32,
    rtx_index: u64,
    named: u32,
    next_at: Instant,
    stored: HashMap<u16, Stored>,
    sent: (u32, u32),
}

impl Encoder {
    pub fn new(track: TrackId, mid: &str, rid: Option<&'static str>, ssrc: u32, types: PayloadType) -> Encoder {
        let audio = types.codec.is_audio();
        Encoder {
            track,
            mid: mid.into(),
            rid,
            ssrc,
            rtx_ssrc: ssrc + 500_000,
            types,
            on: true,
            interval: Duration::from_millis(if audio { 20 } else { 40 }),
            packets: if audio { 1 } else { 3 },
            key_packets: if audio { 1 } else { 8 },
            size: if audio { 80 } else { 1000 },
            wide: true,
            level: audio.then_some(30),
            key_next: true,
            picture: (ssrc.wrapping_mul(7919) & 0x7fff) as u16,
            sequence: u64::from(ssrc.wrapping_mul(104_729) & 0x7fff),
            frames: Vec::new(),
            key_requests: Vec::new(),
            nacked: 0,
            tl0: ssrc as u8,
            frame: 0,
            epoch: ssrc.wrapping_mul(2_654_435_761),
            rtx_index: u64::from(ssrc & 0x7ff),
            named: 0,
            next_at: Instant::ZERO,
            stored: HashMap::new(),
            sent: (0, 0),
        }
    }

    /// The RTP time of a moment: captured and encoded at once.
    pub fn timestamp_at(&self, at: Instant) -> u32 {
        let ticks = u128::from(at.micros()) * u128::from(self.types.codec.clock_rate()) / 1_000_000;
        self.epoch.wrapping_add(ticks as u32)
    }

    /// The packets of the frame that is due, if one is.
    pub fn due(&mut self, now: Instant, transport_cc: &mut u16) -> Vec<Packet> {
        if !self.on || now < self.next_at {
            return Vec::new();
        }
        self.next_at = now + self.interval;
        let key = std::mem::take(&mut self.key_next) && !self.types.codec.is_audio();
        let packets = if key { self.key_packets } else { self.packets };
        let timestamp = self.timestamp_at(now);
        let tag = Tag { source: self.ssrc, frame: self.frame, packet: 0, packets, key };
        self.frames.push(Frame { at: now, tag });
        let numbers = Numbers { picture: self.picture, wide: self.wide, tl0: self.tl0 };
        let made = (0..packets)
            .map(|packet| {
                let payload = payload::write(self.types.codec, Tag { packet, ..tag }, numbers, self.size);
                self.packet(timestamp, packet + 1 == packets, payload, transport_cc)
            })
            .collect();
        self.frame += 1;
        self.picture = (self.picture + 1) & if self.wide { 0x7fff } else { 0x7f };
        self.tl0 = self.tl0.wrapping_add(1);
        made
    }

    fn packet(&mut self, timestamp: u32, marker: bool, payload: Vec<u8>, transport_cc: &mut u16) -> Packet {
        let (index, number) = (self.sequence, *transport_cc);
        self.sequence += 1;
        self.sent = (self.sent.0 + 1, self.sent.1 + payload.len() as u32);
        let (bytes, header_length) = self.written(false, index as u16, timestamp, marker, &[], &payload, transport_cc);
        self.stored.insert(index as u16, Stored { timestamp, marker, payload });
        Packet { bytes, header_length, ssrc: self.ssrc, index, transport_cc: number }
    }

    /// Padding alone, as a browser probes with: of the main stream.
    pub fn padding(&mut self, now: Instant, transport_cc: &mut u16) -> Packet {
        let timestamp = self.timestamp_at(now);
        let mut packet = self.packet(timestamp, false, Vec::new(), transport_cc);
        packet.bytes[0] |= 0x20;
        packet.bytes.extend_from_slice(&[0; 99]);
        packet.bytes.push(100);
        packet
    }

    /// The answer to a NACK (RFC 4588 §4).
    pub fn again(&mut self, sequence: u16, transport_cc: &mut u16) -> Option<Packet> {
        let stored = self.stored.get(&sequence)?;
        let (timestamp, marker, payload) = (stored.timestamp, stored.marker, stored.payload.clone());
        let (index, number) = (self.rtx_index, *transport_cc);
        self.rtx_index += 1;
        let original = sequence.to_be_bytes();
        let (bytes, header_length) = self.written(true, index as u16, timestamp, marker, &original, &payload, transport_cc);
        Some(Packet { bytes, header_length, ssrc: self.rtx_ssrc, index, transport_cc: number })
    }

    #[allow(clippy::too_many_arguments)] // Each is one part of a packet.
    fn written(
        &mut self,
        rtx: bool,
        sequence: u16,
        timestamp: u32,
        marker: bool,
        original: &[u8],
        payload: &[u8],
        transport_cc: &mut u16,
    ) -> (Vec<u8>, usize) {
        let (ssrc, pt) = match (rtx, self.types.rtx) {
            (true, Some(pt)) => (self.rtx_ssrc, pt),
            _ => (self.ssrc, self.types.pt),
        };
        let mut bytes = fixed_header(true, marker, pt, sequence, timestamp, Ssrc(ssrc)).to_vec();
        let mut writer = Writer::new(&mut bytes, false);
        writer.element(5, &transport_cc.to_be_bytes());
        *transport_cc = transport_cc.wrapping_add(1);
        if self.named < NAMED || rtx {
            self.named += 1;
            writer.element(1, self.mid.as_bytes());
            if let Some(rid) = self.rid {
                writer.element(if rtx { 3 } else { 2 }, rid.as_bytes());
            }
        }
        if let Some(level) = self.level {
            writer.element(4, &[level]);
        }
        writer.finish();
        let header_length = bytes.len();
        bytes.extend_from_slice(original);
        bytes.extend_from_slice(payload);
        (bytes, header_length)
    }

    /// With the client's own clock, which differs from the node's.
    pub fn report(&self, now: Instant, ntp: Ntp) -> SenderReport {
        SenderReport { ssrc: Ssrc(self.ssrc), ntp, rtp: self.timestamp_at(now), packets: self.sent.0, bytes: self.sent.1 }
    }

    /// The encoder starts anew under another SSRC.
    pub fn restart(&mut self, ssrc: u32) {
        let (interval, level, wide, size) = (self.interval, self.level, self.wide, self.size);
        let fresh = Encoder::new(self.track, &self.mid.clone(), self.rid, ssrc, self.types);
        *self = Encoder { interval, level, wide, size, next_at: self.next_at, ..fresh };
    }
}
