//! The path of a packet, top to bottom: sorted, matched to a transport, verified, read, and offered to whoever shows it.

mod commands;
mod feedback;
mod timers;

use crate::codec::{meaning, Meaning};
use crate::counters::{Counter, Counters};
use crate::demux::{self, Kind, Refusal};
use crate::event::Event;
use crate::extensions::{self, AudioLevel, Values};
use crate::ice::Nomination;
use crate::ids::{LayerIndex, Path, RoomId, Ssrc, TrackId, TransportId};
use crate::keyframe::begins_key_frame;
use crate::layers::Source;
use crate::nack::Arrival;
use crate::reception::Reception;
use crate::room::Room;
use crate::rtp::Header;
use crate::sequence::Unwrapper;
use crate::speakers::is_talk;
use crate::time::{Instant, Ntp};
use crate::track::Track;
use crate::transport::{Forwarded, MediaPacket, Role, Transport, MOST_SSRCS};
use crate::{srtp, stun, vp8};
use rustc_hash::FxHashMap;
use std::time::Duration;

/// The node as a sender of feedback; transports are told apart by their keys.
const NODE_SSRC: Ssrc = Ssrc(1);

#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// After this without anything authenticated a transport is `Silent`.
    pub silent_timeout: Duration,
    /// The node's wall clock when the monotonic one stood at zero.
    pub ntp_at_zero: Ntp,
}

pub struct Datapath {
    config: Config,
    counters: Counters,
    rooms: FxHashMap<RoomId, Room>,
    transports: FxHashMap<TransportId, Transport>,
    tracks: FxHashMap<TrackId, Track>,
    by_ufrag: FxHashMap<String, TransportId>,
    by_path: FxHashMap<Path, TransportId>,
    events: Vec<Event>,
    /// Datagrams that do not wait: STUN answers and DTLS records.
    immediate: Vec<(Path, Vec<u8>)>,
    timers: timers::Timers,
}

/// What may leave now for one address: datagrams back to back, and where each ends.
pub struct Ready<'a> {
    pub path: Path,
    pub bytes: &'a [u8],
    pub ends: &'a [u32],
}

impl Datapath {
    #[must_use]
    pub fn new(config: Config) -> Self {
        Datapath {
            config,
            counters: Counters::default(),
            rooms: FxHashMap::default(),
            transports: FxHashMap::default(),
            tracks: FxHashMap::default(),
            by_ufrag: FxHashMap::default(),
            by_path: FxHashMap::default(),
            events: Vec::new(),
            immediate: Vec::new(),
            timers: timers::Timers::default(),
        }
    }

    pub fn counters_mut(&mut self) -> &mut Counters {
        &mut self.counters
    }

    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    #[must_use]
    pub fn transport(&self, transport: TransportId) -> Option<&Transport> {
        self.transports.get(&transport)
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub fn take_immediate(&mut self) -> Vec<(Path, Vec<u8>)> {
        std::mem::take(&mut self.immediate)
    }

    /// What is due. Followed by [`Datapath::sent`] with the same time.
    pub fn ready(&self, now: Instant) -> impl Iterator<Item = Ready<'_>> {
        self.transports.values().filter_map(move |transport| {
            let due = transport.pacer.due().is_some_and(|due| due <= now);
            let path = transport.ice.nominated().filter(|_| due)?;
            Some(Ready { path, bytes: &transport.outbox.bytes, ends: &transport.outbox.ends })
        })
    }

    pub fn sent(&mut self, now: Instant) {
        for transport in self.transports.values_mut() {
            if transport.pacer.due().is_some_and(|due| due <= now) {
                transport.outbox.clear();
                transport.pacer.left();
            }
        }
    }

    /// One datagram, decrypted in place.
    pub fn receive(&mut self, now: Instant, path: Path, datagram: &mut [u8]) {
        self.counters.count(Counter::PacketsReceived);
        self.counters.add(Counter::BytesReceived, datagram.len() as u64);
        let dropped = match demux::kind(datagram) {
            Kind::Rtp => self.rtp(now, path, datagram),
            Kind::Rtcp => self.rtcp(now, path, datagram),
            Kind::Stun => self.stun(now, path, datagram),
            Kind::Dtls => self.dtls(path, datagram),
            Kind::Refused(refusal) => Err(match refusal {
                Refusal::Empty => Counter::DropEmpty,
                Refusal::Oversized => Counter::DropOversized,
                Refusal::Truncated => Counter::DropTruncated,
                Refusal::UnknownFirstByte => Counter::DropUnknownFirstByte,
            }),
        };
        if let Err(counter) = dropped {
            self.counters.count(counter);
        }
    }

    /// Something broke while a datagram of this path was handled: its transport is taken out, the others go on.
    pub fn abandon(&mut self, path: Path) {
        self.counters.count(Counter::Panic);
        if let Some(transport) = self.by_path.get(&path).copied() {
            self.events.push(Event::Silent { transport });
            self.remove_transport(transport);
        }
    }

    /// Whether a check of one of the transports passed over this path.
    #[must_use]
    pub fn knows(&self, path: Path) -> bool {
        self.by_path.contains_key(&path)
    }

    /// A TCP connection has closed.
    pub fn path_lost(&mut self, path: Path) {
        if let Some(transport) = self.by_path.remove(&path).and_then(|id| self.transports.get_mut(&id)) {
            transport.ice.lost(path);
            transport.outbox.clear();
            transport.pacer.left();
        }
    }

    fn stun(&mut self, now: Instant, path: Path, datagram: &[u8]) -> Result<(), Counter> {
        self.counters.count(Counter::StunReceived);
        let request = stun::Request::parse(datagram).map_err(|refusal| match refusal {
            stun::Refusal::Malformed => Counter::DropMalformedStun,
            stun::Refusal::NoRequest => Counter::DropStunNoRequest,
            stun::Refusal::NoUser => Counter::DropStunUnknownUser,
            stun::Refusal::NoIntegrity => Counter::DropStunWithoutIntegrity,
        })?;
        let user = std::str::from_utf8(request.local_ufrag).map_err(|_| Counter::DropStunUnknownUser)?;
        let id = *self.by_ufrag.get(user).ok_or(Counter::DropStunUnknownUser)?;
        let transport = self.transports.get_mut(&id).ok_or(Counter::DropStunUnknownUser)?;
        if !request.verify(&transport.ice.key) {
            return Err(Counter::DropStunWrongIntegrity);
        }
        if request.remote_ufrag != transport.ice.remote_ufrag.as_bytes() {
            return Err(Counter::DropStunUnknownUser);
        }
        if transport.ice.is_replay(&request.transaction, path) {
            return Err(Counter::DropStunReplayed);
        }
        if request.controlled {
            self.immediate.push((path, stun::role_conflict(&request.transaction, &transport.ice.key)));
            return Ok(());
        }
        self.immediate.push((path, stun::success(&request.transaction, path.address(), &transport.ice.key)));
        if let Some(removed) = transport.ice.checked(request.transaction, path) {
            self.by_path.remove(&removed);
        }
        if let Some(before) = self.by_path.insert(path, id).filter(|before| *before != id) {
            // The address belonged to another connection before: a port that was reused.
            if let Some(other) = self.transports.get_mut(&before) {
                other.ice.lost(path);
            }
        }
        if request.use_candidate {
            self.nominate(id, path);
        }
        self.heard(now, id);
        Ok(())
    }

    fn nominate(&mut self, id: TransportId, path: Path) {
        let Some(transport) = self.transports.get_mut(&id) else { return };
        let nomination = transport.ice.nominate(path);
        if nomination == Nomination::Unchanged {
            return;
        }
        let changed = nomination == Nomination::Changed;
        if changed {
            self.counters.count(Counter::AddressChanges);
        }
        transport.silent = false;
        self.events.push(Event::Connected { transport: id, path, changed });
    }

    /// Something authenticated came.
    fn heard(&mut self, now: Instant, id: TransportId) {
        let Some(transport) = self.transports.get_mut(&id) else { return };
        transport.heard = now;
        if transport.silent {
            if let Some(path) = transport.ice.nominated() {
                transport.silent = false;
                self.events.push(Event::Connected { transport: id, path, changed: false });
            }
        }
    }

    fn dtls(&mut self, path: Path, datagram: &[u8]) -> Result<(), Counter> {
        self.counters.count(Counter::DtlsReceived);
        let transport = *self.by_path.get(&path).ok_or(Counter::DropUnknownAddress)?;
        self.events.push(Event::Datagram { transport, data: datagram.to_vec() });
        Ok(())
    }

    fn rtp(&mut self, now: Instant, path: Path, datagram: &mut [u8]) -> Result<(), Counter> {
        self.counters.count(Counter::RtpReceived);
        let id = *self.by_path.get(&path).ok_or(Counter::DropUnknownAddress)?;
        let transport = self.transports.get_mut(&id).ok_or(Counter::DropUnknownAddress)?;
        let header = Header::parse(datagram).ok_or(Counter::DropMalformedRtp)?;
        let known = transport.roles.get(&header.ssrc).copied();
        let role = match known {
            Some(role) => role,
            None => identify(transport, &self.tracks, &header, datagram)?,
        };
        let receiver = transport.receiver.as_mut().ok_or(Counter::DropNoKeys)?;
        let length = receiver.unprotect_rtp(&header, datagram).map_err(|refusal| match refusal {
            srtp::Refusal::Truncated => Counter::DropTruncated,
            srtp::Refusal::Replayed => Counter::DropReplayed,
            srtp::Refusal::Authentication => Counter::DropSrtpAuthentication,
        })?;
        let packet = &datagram[..length];
        transport.traffic.packets_received += 1;
        transport.traffic.bytes_received += length as u64;
        let values = read_values(&transport.extensions, &header, packet);
        if let Some(sequence) = values.transport_cc {
            transport.feedback.received(now, sequence);
        }
        let admitted = transport.admitted;
        self.timers.media(now);
        self.heard(now, id);
        if known.is_none() {
            self.learn(id, header.ssrc, role);
        }
        if !admitted {
            return Err(Counter::DropNotAdmitted);
        }
        let payload = header.payload(packet).ok_or(Counter::DropMalformedRtp)?;
        let packet = &packet[..payload.end];
        if role.rtx {
            return self.repaired(now, id, role, &header, packet);
        }
        self.media(now, id, role, &header, packet, false)
    }

    fn learn(&mut self, id: TransportId, ssrc: Ssrc, role: Role) {
        let Some(transport) = self.transports.get_mut(&id) else { return };
        transport.roles.insert(ssrc, role);
        if role.rtx {
            return;
        }
        let layer = self.tracks.get_mut(&role.track).and_then(|track| track.layers.get_mut(usize::from(role.layer.0)));
        if let Some(before) = layer.and_then(|layer| layer.bind(ssrc)) {
            transport.roles.remove(&before);
            if let Some(receiver) = transport.receiver.as_mut() {
                receiver.forget(before);
            }
        }
    }

    /// A packet of a repair stream (RFC 4588 §4): the original number, then the original payload.
    fn repaired(&mut self, now: Instant, id: TransportId, role: Role, header: &Header, packet: &[u8]) -> Result<(), Counter> {
        self.counters.count(Counter::RtxReceived);
        let Some([high, low]) = packet[header.length..].first_chunk() else {
            // Padding for probing.
            self.counters.count(Counter::PaddingReceived);
            return Ok(());
        };
        let track = self.tracks.get(&role.track).ok_or(Counter::DropUnknownSsrc)?;
        let layer = track.layers.get(usize::from(role.layer.0)).ok_or(Counter::DropUnknownSsrc)?;
        let ssrc = layer.ssrc.ok_or(Counter::DropUnknownSsrc)?;
        let Some(Meaning::Rtx { repaired }) = meaning(&track.description.payload_types, header.pt) else {
            return Err(Counter::DropUnknownPayloadType);
        };
        let original = [&packet[..header.length], &packet[header.length + 2..]].concat();
        let header = Header { pt: repaired, ssrc, sequence: u16::from_be_bytes([*high, *low]), padding: false, ..header.clone() };
        self.media(now, id, role, &header, &original, true)
    }

    /// `packet` without padding; `header` says what it is, also where a repair packet's own bytes say otherwise.
    fn media(
        &mut self,
        now: Instant,
        id: TransportId,
        role: Role,
        header: &Header,
        packet: &[u8],
        repaired: bool,
    ) -> Result<(), Counter> {
        let offset = self.transports.get(&id).map(|transport| transport.offset).unwrap_or_default();
        let track = self.tracks.get_mut(&role.track).ok_or(Counter::DropUnknownSsrc)?;
        let Some(Meaning::Media(codec)) = meaning(&track.description.payload_types, header.pt) else {
            return Err(Counter::DropUnknownPayloadType);
        };
        let layer = track.layers.get_mut(usize::from(role.layer.0)).ok_or(Counter::DropUnknownSsrc)?;
        let sequence = layer.sequence.get_or_insert_with(|| Unwrapper::new(header.sequence)).advance(header.sequence);
        if !layer.seen.admits(sequence) {
            return Err(Counter::DropDuplicate);
        }
        layer.seen.record(sequence);
        let reception = layer.reception.get_or_insert_with(|| Reception::new(sequence));
        if !repaired {
            reception.received(now, sequence, header.timestamp, codec.clock_rate());
        }
        if !codec.is_audio() && layer.nacks.received(now, sequence) == Arrival::Broken && !layer.listeners.is_empty() {
            layer.key_requests.want();
        }
        layer.rate.add(now, packet.len());
        if !track.enabled {
            return Err(Counter::DropTrackDisabled);
        }
        let payload = &packet[header.length..];
        if payload.is_empty() {
            self.counters.count(Counter::PaddingReceived);
        } else {
            layer.last_packet = Some(now);
        }
        let values = read_values(&track.description.extensions, header, packet);
        let source = Source { publisher: id, track: role.track, layer: role.layer, ssrc: header.ssrc };
        let media = read_media(source, sequence, header, values, payload, codec, layer.clock, offset)?;
        if codec.is_audio() {
            return self.voice(now, &media);
        }
        layer.key_requests.packet(header.timestamp, payload.len(), media.begins);
        if layer.listeners.is_empty() {
            return Ok(());
        }
        layer.cache.insert(now, sequence, &as_received(header, packet));
        let mut switched = Vec::new();
        for listener in &layer.listeners {
            let Some(subscriber) = self.transports.get_mut(&listener.transport) else { continue };
            let before = subscriber.slots.get(usize::from(listener.slot.0)).and_then(|slot| slot.current);
            match subscriber.forward(now, listener.slot, &media, &mut self.counters) {
                Forwarded::Sent if before != Some(source) => {
                    switched.extend(before.map(|before| (before, *listener)));
                }
                Forwarded::Sent | Forwarded::NotShown => {}
                Forwarded::Dropped(counter) => self.counters.count(counter),
                Forwarded::CodecMissing => {
                    self.events.push(Event::CodecMissing { transport: listener.transport, slot: listener.slot, codec })
                }
            }
        }
        for (before, listener) in switched {
            if (before.track, before.layer) != (source.track, source.layer) {
                self.unlisten(before.track, before.layer, listener);
            }
        }
        Ok(())
    }

    /// A packet of a microphone: to everybody else in the room who has a slot for it, if it is among the loudest.
    fn voice(&mut self, now: Instant, media: &MediaPacket) -> Result<(), Counter> {
        let room = self.transports.get(&media.source.publisher).map(|transport| transport.room);
        let room = room.and_then(|room| self.rooms.get_mut(&room)).ok_or(Counter::DropUnknownSsrc)?;
        // Without a level the size tells: Opus without voice (DTX) makes packets of a few bytes.
        let assumed = AudioLevel { voice: media.payload.len() > 10, level: if media.payload.len() > 10 { 40 } else { 127 } };
        let level = media.values.audio_level.unwrap_or(assumed);
        if !room.speakers.packet(now, media.source.track, level) {
            return Ok(());
        }
        for id in &room.transports {
            if *id == media.source.publisher {
                continue;
            }
            let Some(subscriber) = self.transports.get_mut(id).filter(|subscriber| subscriber.can_send()) else { continue };
            let Some(slot) = subscriber.voices.route(now, media.source.track, is_talk(level)) else {
                self.counters.count(Counter::DropNoAudioSlot);
                continue;
            };
            if let Some(filled) = subscriber.slots.get_mut(usize::from(slot.0)) {
                filled.wanted = Some((media.source.track, LayerIndex(0)));
            }
            match subscriber.forward(now, slot, media, &mut self.counters) {
                Forwarded::Dropped(counter) => self.counters.count(counter),
                Forwarded::CodecMissing => {
                    self.events.push(Event::CodecMissing { transport: *id, slot, codec: media.codec });
                }
                Forwarded::Sent | Forwarded::NotShown => {}
            }
        }
        Ok(())
    }
}

fn read_values<'a>(ids: &extensions::Extensions, header: &Header, packet: &'a [u8]) -> Values<'a> {
    match &header.extension {
        Some((profile, range)) => extensions::read(ids, *profile, &packet[range.clone()]),
        None => Values::default(),
    }
}

#[allow(clippy::too_many_arguments)] // Each is one field of what is made.
fn read_media<'a>(
    source: Source,
    sequence: u64,
    header: &'a Header,
    values: Values<'a>,
    payload: &'a [u8],
    codec: crate::codec::Codec,
    clock: Option<crate::sync::StreamClock>,
    offset: crate::sync::ClockOffset,
) -> Result<MediaPacket<'a>, Counter> {
    let is_vp8 = codec == crate::codec::Codec::Vp8 && !payload.is_empty();
    let vp8 = if is_vp8 { Some(vp8::parse(payload).ok_or(Counter::DropUnreadablePayload)?) } else { None };
    let begins = begins_key_frame(codec, payload, values.dependency_descriptor);
    Ok(MediaPacket { source, sequence, header, values, payload, codec, begins, vp8, clock, offset })
}

/// The bytes that [`Header::parse`] reads as `header`: of a repair packet they are not the ones that came.
fn as_received(header: &Header, packet: &[u8]) -> Vec<u8> {
    let mut bytes = packet.to_vec();
    bytes[0] &= !0x20;
    bytes[1] = u8::from(header.marker) << 7 | header.pt;
    bytes[2..4].copy_from_slice(&header.sequence.to_be_bytes());
    bytes[8..12].copy_from_slice(&header.ssrc.0.to_be_bytes());
    bytes
}

/// Which track and layer an unknown SSRC belongs to: declared in the SDP, or told by its mid and rid (RFC 8843 §9.2, RFC 8852).
/// Nothing is believed before the packet is authenticated.
fn identify(transport: &Transport, tracks: &FxHashMap<TrackId, Track>, header: &Header, packet: &[u8]) -> Result<Role, Counter> {
    let values = read_values(&transport.extensions, header, packet);
    let track = match (transport.declared.get(&header.ssrc), values.mid) {
        (Some(track), _) => tracks.get(track),
        (None, Some(mid)) => {
            transport.tracks.iter().filter_map(|id| tracks.get(id)).find(|track| track.description.mid.as_bytes() == mid)
        }
        (None, None) => None,
    }
    .ok_or(Counter::DropUnknownSsrc)?;
    let rtx = match meaning(&track.description.payload_types, header.pt) {
        Some(Meaning::Media(_)) => false,
        Some(Meaning::Rtx { .. }) => true,
        None => return Err(Counter::DropUnknownPayloadType),
    };
    let layer =
        track.layer_of(if rtx { values.repaired_rid.or(values.rid) } else { values.rid }).ok_or(Counter::DropUnknownSsrc)?;
    if transport.roles.len() >= MOST_SSRCS {
        return Err(Counter::DropTooManySsrcs);
    }
    Ok(Role { track: track.id, layer, rtx })
}
