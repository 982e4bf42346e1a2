//! The path of a packet, top to bottom: sorted, matched to a transport, verified, read, and offered to whoever shows it.

mod commands;
mod connection;
mod feedback;
mod reading;
mod timers;

use crate::codec::{meaning, Meaning};
use crate::counters::{Counter, Counters};
use crate::demux::{self, Kind, Refusal};
use crate::event::Event;
use crate::extensions::AudioLevel;
use crate::ids::{LayerIndex, Path, RoomId, Ssrc, TrackId, TransportId};
use crate::keyframe::wants_parameters;
use crate::layers::{Listener, Source};
use crate::nack::Arrival;
use crate::reception::Reception;
use crate::room::Room;
use crate::rtp::Header;
use crate::sequence::Unwrapper;
use crate::speakers::is_talk;
use crate::srtp;
use crate::time::{Instant, Ntp};
use crate::track::{self, Track};
use crate::transport::{Forwarded, MediaPacket, Role, Transport, Waiting, MOST_SSRCS};
use crate::voices::Offer;
use reading::{identify, read_media, read_values, with_cached, Context};
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
    waiting: Waiting,
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
            waiting: Waiting::new(),
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
        self.waiting.iter().filter_map(move |id| {
            let transport = self.transports.get(id)?;
            let due = transport.pacer.due().is_some_and(|due| due <= now);
            let path = transport.ice.nominated().filter(|_| due)?;
            Some(Ready { path, bytes: &transport.outbox.bytes, ends: &transport.outbox.ends })
        })
    }

    pub fn sent(&mut self, now: Instant) {
        let Datapath { transports, waiting, counters, .. } = self;
        waiting.retain(|id| {
            let Some(transport) = transports.get_mut(id) else { return false };
            if transport.pacer.due().is_some_and(|due| due > now) {
                return true;
            }
            if transport.ice.nominated().is_none() {
                counters.add(Counter::DropNotConnected, transport.outbox.ends.len() as u64);
            }
            transport.outbox.clear();
            transport.pacer.left();
            false
        });
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
        if let Some(sequence) = read_values(&transport.extensions, &header, packet).transport_cc {
            transport.feedback.received(now, sequence);
        }
        self.timers.media(now);
        self.heard(now, id);
        if known.is_none() {
            self.learn(id, header.ssrc, role)?;
        }
        let payload = header.payload(packet).ok_or(Counter::DropMalformedRtp)?;
        let packet = &packet[..payload.end];
        if role.rtx {
            return self.repaired(now, id, role, &header, packet);
        }
        self.media(now, id, role, &header, packet, false)
    }

    /// An authenticated SSRC that was not known. Before admission too: a browser names a stream only in its first packets.
    fn learn(&mut self, id: TransportId, ssrc: Ssrc, role: Role) -> Result<(), Counter> {
        let transport = self.transports.get_mut(&id).ok_or(Counter::DropUnknownAddress)?;
        if transport.roles.len() >= MOST_SSRCS {
            let tracks = &self.tracks;
            transport.roles.retain(|ssrc, role| {
                let layer = tracks.get(&role.track).and_then(|track| track.layers.get(usize::from(role.layer.0)));
                layer.is_some_and(|layer| *if role.rtx { &layer.rtx } else { &layer.ssrc } == Some(*ssrc))
            });
            if transport.roles.len() >= MOST_SSRCS {
                return Err(Counter::DropTooManySsrcs);
            }
        }
        transport.roles.insert(ssrc, role);
        if let Some(receiver) = transport.receiver.as_mut() {
            receiver.shed(|ssrc| transport.roles.contains_key(&ssrc));
        }
        let layer = self.tracks.get_mut(&role.track).and_then(|track| track.layers.get_mut(usize::from(role.layer.0)));
        if let Some(layer) = layer {
            if role.rtx {
                layer.rtx = Some(ssrc);
            } else {
                layer.bind(ssrc);
            }
        }
        Ok(())
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
        let sequence = u16::from_be_bytes([*high, *low]);
        // A repair of what was not missed yet may be of a former SSRC, and would lead the numbers astray.
        if layer.sequence.is_none_or(|unwrapper| unwrapper.peek(sequence) > unwrapper.highest()) {
            return Err(Counter::DropRepairAhead);
        }
        let Some(Meaning::Rtx { repaired }) = meaning(&track.description.payload_types, header.pt) else {
            return Err(Counter::DropUnknownPayloadType);
        };
        let original = [&packet[..header.length], &packet[header.length + 2..]].concat();
        let header = Header { pt: repaired, ssrc, sequence, padding: false, ..header.clone() };
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
        let publisher = self.transports.get(&id).ok_or(Counter::DropUnknownAddress)?;
        let (offset, admitted) = (publisher.offset, publisher.admitted);
        let track = self.tracks.get_mut(&role.track).ok_or(Counter::DropUnknownSsrc)?;
        let Some(Meaning::Media(codec)) = meaning(&track.description.payload_types, header.pt) else {
            return Err(Counter::DropUnknownPayloadType);
        };
        let layer = track.layers.get_mut(usize::from(role.layer.0)).ok_or(Counter::DropUnknownSsrc)?;
        if layer.is_late(now, header.ssrc) {
            return Err(Counter::DropFormerSsrc);
        }
        layer.bind(header.ssrc);
        let sequence = layer.sequence.get_or_insert_with(|| Unwrapper::new(header.sequence)).advance(header.sequence);
        if !layer.seen.admits(sequence) {
            return Err(Counter::DropDuplicate);
        }
        layer.seen.record(sequence);
        layer.arrived = Some(now);
        let reception = layer.reception.get_or_insert_with(|| Reception::new(sequence));
        if !repaired {
            reception.received(now, sequence, header.timestamp, codec.clock_rate());
        }
        if !codec.is_audio() && layer.nacks.received(now, sequence) == Arrival::Broken && !layer.listeners.is_empty() {
            layer.key_requests.want();
        }
        layer.rate.add(now, packet.len());
        if !admitted {
            return Err(Counter::DropNotAdmitted);
        }
        if !track.enabled {
            return Err(Counter::DropTrackDisabled);
        }
        let source = Source { publisher: id, track: role.track, layer: role.layer, ssrc: header.ssrc };
        let context = Context { source, sequence, codec, clock: layer.clock, offset };
        let mut media = read_media(context, &track.description.extensions, header, packet)?;
        if media.payload.is_empty() {
            self.counters.count(Counter::PaddingReceived);
        } else {
            layer.last_packet = Some(now);
        }
        if codec.is_audio() {
            return self.voice(now, media);
        }
        let watched = !layer.listeners.is_empty();
        layer.key_requests.packet(now, header.timestamp, media.payload.len(), media.begins, watched);
        if !watched {
            return Ok(());
        }
        layer.cache.insert(now, sequence, header, packet);
        if media.begins && !layer.can_begin_at(sequence, wants_parameters(codec, media.payload)) {
            media.begins = false;
            layer.key_requests.want();
        }
        let highest = layer.sequence.map_or(sequence, |unwrapper| unwrapper.highest());
        let mut switched = Vec::new();
        for listener in &track.layers[usize::from(role.layer.0)].listeners {
            let Some(subscriber) = self.transports.get_mut(&listener.transport) else { continue };
            let before = subscriber.slots.get(usize::from(listener.slot.0)).and_then(|slot| slot.current);
            match subscriber.forward(now, listener.slot, &media, &mut self.counters, &mut self.waiting) {
                Forwarded::Sent if before != Some(source) => {
                    switched.extend(before.map(|before| (before, *listener)));
                    // The first packet of the key frame came late, and what came behind it is due as well.
                    for later in sequence + 1..=highest {
                        let (counters, waiting) = (&mut self.counters, &mut self.waiting);
                        let _missing = with_cached(track, source, later, offset, |media| {
                            subscriber.forward(now, listener.slot, media, counters, waiting)
                        });
                    }
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

    /// A packet of sound: to everybody else in the room who has a slot for it, if it is among the three loudest voices, or is the
    /// sound of a shared screen.
    fn voice(&mut self, now: Instant, mut media: MediaPacket) -> Result<(), Counter> {
        let room = self.transports.get(&media.source.publisher).map(|transport| transport.room);
        let room = room.and_then(|room| self.rooms.get_mut(&room)).ok_or(Counter::DropUnknownSsrc)?;
        let track = self.tracks.get_mut(&media.source.track).ok_or(Counter::DropUnknownSsrc)?;
        // Without a level the size tells: Opus without voice (DTX) makes packets of a few bytes.
        let assumed = AudioLevel { voice: media.payload.len() > 10, level: if media.payload.len() > 10 { 40 } else { 127 } };
        let level = media.values.audio_level.unwrap_or(assumed);
        let yields = track.description.kind == track::Kind::Sound;
        let (heard, talks) = if yields {
            (track.sounds(now, level), Track::is_audible(level))
        } else {
            (room.speakers.packet(now, media.source.track, level), is_talk(level))
        };
        let layer = track.layers.get_mut(usize::from(media.source.layer.0)).ok_or(Counter::DropUnknownSsrc)?;
        if !heard {
            layer.heard_since = None;
            return Ok(());
        }
        media.offered_since = *layer.heard_since.get_or_insert(media.sequence);
        let offer = Offer { track: media.source.track, talks, yields };
        for id in &room.transports {
            if *id == media.source.publisher {
                continue;
            }
            let Some(subscriber) = self.transports.get_mut(id).filter(|subscriber| subscriber.can_send()) else { continue };
            let Some(routed) = subscriber.voices.route(now, offer) else {
                self.counters.count(Counter::DropNoAudioSlot);
                continue;
            };
            if let Some(filled) = subscriber.slots.get_mut(usize::from(routed.slot.0)) {
                filled.wanted = Some((media.source.track, LayerIndex(0)));
                if routed.fresh {
                    filled.current = None;
                }
            }
            match subscriber.forward(now, routed.slot, &media, &mut self.counters, &mut self.waiting) {
                Forwarded::Dropped(counter) => self.counters.count(counter),
                Forwarded::CodecMissing => {
                    self.events.push(Event::CodecMissing { transport: *id, slot: routed.slot, codec: media.codec });
                }
                Forwarded::Sent | Forwarded::NotShown => {}
            }
        }
        Ok(())
    }

    /// What a track sends from now on is new to those who watch it: they go on with its next key frame.
    fn cut(&mut self, id: TrackId) {
        let Some(track) = self.tracks.get_mut(&id) else { return };
        for (index, layer) in track.layers.iter_mut().enumerate() {
            layer.heard_since = None;
            let shown = (id, LayerIndex(index as u8));
            let transports = &mut self.transports;
            layer.listeners.retain(|listener: &Listener| {
                let slots = transports.get_mut(&listener.transport).map(|transport| &mut transport.slots);
                let Some(slot) = slots.and_then(|slots| slots.get_mut(usize::from(listener.slot.0))) else { return false };
                slot.current = slot.current.filter(|source| source.track != id);
                slot.wanted == Some(shown)
            });
        }
    }

    fn unlisten(&mut self, track: TrackId, layer: LayerIndex, listener: Listener) {
        if let Some(layer) = self.tracks.get_mut(&track).and_then(|track| track.layers.get_mut(usize::from(layer.0))) {
            layer.unlisten(listener);
        }
    }

    fn want_key_frame(&mut self, now: Instant, track: TrackId, layer: LayerIndex) {
        if let Some(layer) = self.tracks.get_mut(&track).and_then(|track| track.layers.get_mut(usize::from(layer.0))) {
            layer.key_requests.want();
            self.request_key_frames(now, track);
        }
    }
}
