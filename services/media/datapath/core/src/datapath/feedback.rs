//! RTCP that comes: reports of publishers, reports and requests of subscribers.

use super::{with_cached, Datapath, NODE_SSRC};
use crate::counters::Counter;
use crate::history::Lookup;
use crate::ids::{Path, SlotIndex, Ssrc, TrackId, TransportId};
use crate::rtcp::feedback::{self, Feedback};
use crate::rtcp::report::{blocks, SenderReport};
use crate::rtcp::{packets, Packet, SENDER_REPORT};
use crate::srtp;
use crate::sync::StreamClock;
use crate::time::{Instant, Ntp};
use std::time::Duration;

/// The round trip is what the peer says; at zero each NACK would be answered however often it comes.
const SHORTEST_ROUND_TRIP: Duration = Duration::from_millis(10);

impl Datapath {
    pub(super) fn rtcp(&mut self, now: Instant, path: Path, datagram: &mut [u8]) -> Result<(), Counter> {
        self.counters.count(Counter::RtcpReceived);
        let id = *self.by_path.get(&path).ok_or(Counter::DropUnknownAddress)?;
        let transport = self.transports.get_mut(&id).ok_or(Counter::DropUnknownAddress)?;
        let receiver = transport.receiver.as_mut().ok_or(Counter::DropNoKeys)?;
        let length = receiver.unprotect_rtcp(datagram).map_err(|refusal| match refusal {
            srtp::Refusal::Truncated => Counter::DropTruncated,
            srtp::Refusal::Replayed => Counter::DropReplayed,
            srtp::Refusal::Authentication => Counter::DropSrtcpAuthentication,
        })?;
        transport.traffic.packets_received += 1;
        transport.traffic.bytes_received += length as u64;
        self.heard(now, id);
        for packet in packets(&datagram[..length]) {
            let packet = packet.map_err(|_| Counter::DropMalformedRtcp)?;
            if packet.kind == SENDER_REPORT {
                self.sender_report(now, id, &packet);
            }
            self.report_blocks(now, id, &packet);
            match feedback::read(&packet) {
                Some(Feedback::Nack { media, sequences }) => self.nacked(now, id, media, &sequences),
                Some(Feedback::KeyFrameRequest { media }) => self.key_frame_requested(now, id, media),
                Some(Feedback::Remb { bitrate }) => {
                    if let Some(transport) = self.transports.get_mut(&id) {
                        transport.estimator.remb(now, bitrate);
                    }
                }
                None => {}
            }
        }
        Ok(())
    }

    pub(super) fn ntp(&self, now: Instant) -> Ntp {
        Ntp(self.config.ntp_at_zero.0 + now.micros() as i64)
    }

    fn sender_report(&mut self, now: Instant, id: TransportId, packet: &Packet) {
        let node = self.ntp(now);
        let Some(report) = SenderReport::parse(packet) else { return };
        let Some(transport) = self.transports.get_mut(&id) else { return };
        let Some(role) = transport.roles.get(&report.ssrc).copied().filter(|role| !role.rtx) else { return };
        let Some(track) = self.tracks.get_mut(&role.track) else { return };
        let Some(rate) = track.description.payload_types.first().map(|types| types.codec.clock_rate()) else { return };
        let layer = track.layers.get_mut(usize::from(role.layer.0)).filter(|layer| layer.ssrc == Some(report.ssrc));
        let Some(layer) = layer else { return };
        transport.offset.report(node, report.ntp);
        layer.clock = Some(StreamClock::new(&report, rate));
        if let Some(reception) = &mut layer.reception {
            reception.sender_report(now, &report);
        }
    }

    fn report_blocks(&mut self, now: Instant, id: TransportId, packet: &Packet) {
        let compact = self.ntp(now).compact();
        let Some(transport) = self.transports.get_mut(&id) else { return };
        let (mut lost, mut count) = (0, 0);
        for block in blocks(packet) {
            if transport.slot_of(block.ssrc).is_none() {
                continue;
            }
            lost += u32::from(block.fraction_lost);
            count += 1;
            if block.last_report != 0 {
                // RFC 3550 §6.4.1: A − LSR − DLSR, in 1/65536 s. A negative one is a peer's fault.
                let ticks = compact.wrapping_sub(block.last_report).wrapping_sub(block.delay);
                if ticks < 30 << 16 {
                    transport.estimator.round_trip_measured(Duration::from_micros((u64::from(ticks) * 1_000_000) >> 16));
                }
            }
        }
        if let Some(average) = u32::checked_div(lost, count) {
            transport.estimator.loss(now, average);
        }
    }

    fn nacked(&mut self, now: Instant, id: TransportId, media: Ssrc, sequences: &[u16]) {
        self.counters.count(Counter::NacksReceived);
        let Some(index) = self.transports.get(&id).and_then(|transport| transport.slot_of(media)) else { return };
        for sequence in sequences {
            match self.send_again(now, id, index, *sequence) {
                Ok(()) => self.counters.count(Counter::RtxSent),
                Err(counter) => self.counters.count(counter),
            }
        }
    }

    fn send_again(&mut self, now: Instant, id: TransportId, index: SlotIndex, sequence: u16) -> Result<(), Counter> {
        let transport = self.transports.get_mut(&id).filter(|transport| transport.can_send()).ok_or(Counter::DropNotAdmitted)?;
        let round_trip = transport.estimator.round_trip().clamp(SHORTEST_ROUND_TRIP, Duration::from_secs(1));
        let slot = &mut transport.slots[usize::from(index.0)];
        let (sent, source, segment) = match slot.history.take(now, sequence, round_trip) {
            Lookup::Found { sent, source, segment } => (sent, source, segment),
            Lookup::TooSoon => return Err(Counter::DropNackTooSoon),
            Lookup::Unknown => return Err(Counter::DropNackNotCached),
        };
        let segment = *slot.segments.iter().find(|known| known.number == segment).ok_or(Counter::DropNackNotCached)?;
        let track = self.tracks.get(&segment.source.track).ok_or(Counter::DropNackNotCached)?;
        let (offset, waiting) = (slot.offset, &mut self.waiting);
        with_cached(track, segment.source, source, offset, |media| {
            transport.retransmit(now, index, sent, segment.offsets, media, waiting)
        })?
    }

    fn key_frame_requested(&mut self, now: Instant, id: TransportId, media: Ssrc) {
        self.counters.count(Counter::KeyRequestsReceived);
        let Some(transport) = self.transports.get(&id) else { return };
        let Some(slot) = transport.slot_of(media).and_then(|index| transport.slots.get(usize::from(index.0))) else { return };
        let Some(source) = slot.current else { return };
        self.want_key_frame(now, source.track, source.layer);
    }

    /// Asks the publisher for what is wanted of a track and due.
    pub(super) fn request_key_frames(&mut self, now: Instant, track: TrackId) {
        let Some(track) = self.tracks.get_mut(&track).filter(|track| track.enabled) else { return };
        for layer in track.layers.iter_mut().filter(|layer| layer.key_requests.is_wanted()) {
            let Some(ssrc) = layer.ssrc else { continue };
            let rates = layer.listeners.iter().filter_map(|listener| self.transports.get(&listener.transport));
            let slowest = rates.map(|transport| transport.estimator.available()).min();
            if layer.key_requests.due(now, slowest) {
                if let Some(publisher) = self.transports.get_mut(&track.transport) {
                    if publisher.write_rtcp(now, &mut self.waiting, |buffer| feedback::write_pli(buffer, NODE_SSRC, ssrc)) {
                        self.counters.count(Counter::KeyRequestsSent);
                    }
                }
            }
        }
    }
}
