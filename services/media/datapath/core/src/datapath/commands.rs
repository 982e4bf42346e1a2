//! What the caller commands, applied in order. A handle that is not known is counted, never an error: it may just have gone.

use super::Datapath;
use crate::command::Command;
use crate::counters::Counter;
use crate::ice::Ice;
use crate::ids::{LayerIndex, SlotIndex, TrackId, TransportId};
use crate::layers::Listener;
use crate::slot::{Kind, Slot, SlotDescription};
use crate::srtp::{Master, Receiver, Sender};
use crate::time::Instant;
use crate::track::{self, Track, TrackDescription};
use crate::transport::Transport;
use rustc_hash::FxHashSet;

impl Datapath {
    pub fn apply(&mut self, now: Instant, command: Command) {
        let known = match command {
            Command::AddRoom(room) => {
                self.rooms.entry(room).or_default();
                Some(())
            }
            Command::RemoveRoom(room) => self.rooms.remove(&room).map(|room| {
                for transport in room.transports {
                    self.remove_transport(transport);
                }
            }),
            Command::AddTransport { transport, room, local_ufrag, local_pwd, remote_ufrag } => {
                self.remove_transport(transport);
                self.rooms.get_mut(&room).map(|members| {
                    members.transports.push(transport);
                    self.by_ufrag.insert(local_ufrag.clone(), transport);
                    let ice = Ice::new(local_ufrag, &local_pwd, remote_ufrag);
                    self.transports.insert(transport, Transport::new(now, transport, room, ice));
                })
            }
            Command::RestartIce { transport, local_ufrag, local_pwd, remote_ufrag } => {
                self.transports.get_mut(&transport).map(|known| {
                    self.by_ufrag.remove(&known.ice.local_ufrag);
                    self.by_ufrag.insert(local_ufrag.clone(), transport);
                    known.ice.restart(local_ufrag, &local_pwd, remote_ufrag);
                })
            }
            Command::RemoveTransport(transport) => self.remove_transport(transport),
            Command::SendDatagram { transport, data } => {
                self.transports.get(&transport).map(|known| match known.ice.answerable() {
                    Some(path) => self.immediate.push((path, data)),
                    None => self.counters.count(Counter::DropNotConnected),
                })
            }
            Command::SetKeys { transport, local, remote } => self.set_keys(now, transport, local, &remote),
            Command::SetAdmitted { transport, admitted } => self.set_admitted(now, transport, admitted),
            Command::AddTrack { transport, track, description } => self.add_track(transport, track, description),
            Command::RemoveTrack(track) => self.remove_track(track),
            Command::SetTrackEnabled { track, enabled } => self.set_track_enabled(now, track, enabled),
            Command::SetSlots { transport, slots } => self.set_slots(transport, slots),
            Command::AssignVideo { transport, slot, track, layer } => self.assign_video(now, transport, slot, track, layer),
            Command::PairAudio { transport, slot, track } => self.pair_audio(transport, slot, track),
            Command::DenyAudio { transport, tracks } => {
                self.transports.get_mut(&transport).map(|known| known.voices.deny(tracks))
            }
            Command::SetCap { transport, bitrate } => {
                self.transports.get_mut(&transport).map(|known| known.estimator.set_start(bitrate))
            }
        };
        if known.is_none() {
            self.counters.count(Counter::CommandUnknownHandle);
        }
    }

    fn set_keys(&mut self, now: Instant, id: TransportId, local: Master, remote: &Master) -> Option<()> {
        let transport = self.transports.get_mut(&id)?;
        let could_send = transport.can_send();
        // The same keys again would begin the indices anew, and use nonces twice.
        if transport.sender.as_ref().is_some_and(|sender| sender.is_from(&local)) {
            return Some(());
        }
        match (Sender::new(local), Receiver::new(remote)) {
            (Some(sender), Some(receiver)) => {
                transport.sender = Some(sender);
                transport.receiver = Some(receiver);
            }
            _ => self.counters.count(Counter::CommandRefused),
        }
        if !could_send {
            self.begin_slots(now, id);
        }
        Some(())
    }

    fn set_admitted(&mut self, now: Instant, id: TransportId, admitted: bool) -> Option<()> {
        let known = self.transports.get_mut(&id)?;
        if std::mem::replace(&mut known.admitted, admitted) == admitted {
            return Some(());
        }
        let tracks = known.tracks.clone();
        if !admitted {
            tracks.into_iter().for_each(|track| self.end_track(track));
            self.end_slots(id);
        } else {
            tracks.into_iter().for_each(|track| self.begin_track(now, track));
            self.begin_slots(now, id);
        }
        Some(())
    }

    /// Nothing of the track is sent on for now.
    fn end_track(&mut self, track: TrackId) {
        self.cut(track);
        let owner = self.tracks.get(&track).and_then(|known| self.transports.get(&known.transport));
        if let Some(room) = owner.and_then(|owner| self.rooms.get_mut(&owner.room)) {
            room.speakers.remove(track);
        }
    }

    /// The track is sent on from now on: what came before was not, so decoders need a new beginning.
    fn begin_track(&mut self, now: Instant, track: TrackId) {
        if let Some(known) = self.tracks.get_mut(&track) {
            known.layers.iter_mut().filter(|layer| !layer.listeners.is_empty()).for_each(|layer| layer.key_requests.want());
            self.request_key_frames(now, track);
        }
    }

    pub(super) fn remove_transport(&mut self, transport: TransportId) -> Option<()> {
        for track in self.transports.get(&transport)?.tracks.clone() {
            self.remove_track(track);
        }
        let removed = self.transports.remove(&transport)?;
        self.waiting.retain(|waiting| *waiting != transport);
        for (index, slot) in removed.slots.iter().enumerate() {
            let listener = Listener { transport, slot: SlotIndex(index as u16) };
            let sources = slot.current.map(|source| (source.track, source.layer)).into_iter().chain(slot.wanted);
            sources.for_each(|(track, layer)| self.unlisten(track, layer, listener));
        }
        if self.by_ufrag.get(&removed.ice.local_ufrag) == Some(&transport) {
            self.by_ufrag.remove(&removed.ice.local_ufrag);
        }
        for path in removed.ice.paths() {
            if self.by_path.get(path) == Some(&transport) {
                self.by_path.remove(path);
            }
        }
        if let Some(room) = self.rooms.get_mut(&removed.room) {
            room.transports.retain(|known| *known != transport);
        }
        Some(())
    }

    fn add_track(&mut self, transport: TransportId, track: TrackId, description: TrackDescription) -> Option<()> {
        if self.tracks.contains_key(&track) {
            self.counters.count(Counter::CommandRefused);
            return Some(());
        }
        let owner = self.transports.get_mut(&transport)?;
        owner.extensions.merge(&description.extensions);
        owner.declared.extend(description.ssrcs.iter().map(|ssrc| (*ssrc, track)));
        owner.tracks.push(track);
        self.tracks.insert(track, Track::new(track, transport, description));
        Some(())
    }

    fn remove_track(&mut self, track: TrackId) -> Option<()> {
        let removed = self.tracks.remove(&track)?;
        if let Some(owner) = self.transports.get_mut(&removed.transport) {
            owner.tracks.retain(|known| *known != track);
            owner.declared.retain(|_, known| *known != track);
            owner.roles.retain(|_, role| role.track != track);
            if let Some(room) = self.rooms.get_mut(&owner.room) {
                room.speakers.remove(track);
                for member in &room.transports {
                    if let Some(member) = self.transports.get_mut(member) {
                        member.voices.forget(track);
                    }
                }
            }
        }
        for listener in removed.layers.iter().flat_map(|layer| &layer.listeners) {
            let slot =
                self.transports.get_mut(&listener.transport).and_then(|known| known.slots.get_mut(usize::from(listener.slot.0)));
            if let Some(slot) = slot {
                slot.current = slot.current.filter(|source| source.track != track);
                slot.wanted = slot.wanted.filter(|(wanted, _)| *wanted != track);
            }
        }
        Some(())
    }

    fn set_track_enabled(&mut self, now: Instant, track: TrackId, enabled: bool) -> Option<()> {
        let known = self.tracks.get_mut(&track)?;
        match (std::mem::replace(&mut known.enabled, enabled), enabled) {
            (false, true) => self.begin_track(now, track),
            (true, false) => self.end_track(track),
            _ => {}
        }
        Some(())
    }

    fn set_slots(&mut self, transport: TransportId, slots: Vec<SlotDescription>) -> Option<()> {
        let known = self.transports.get_mut(&transport)?;
        // Two streams under one SSRC would use the same nonces for different bytes.
        let ssrcs: Vec<_> = slots.iter().flat_map(|slot| [Some(slot.ssrc), slot.rtx_ssrc]).flatten().collect();
        if ssrcs.iter().collect::<FxHashSet<_>>().len() < ssrcs.len() {
            self.counters.count(Counter::CommandRefused);
            return Some(());
        }
        let kept = known.slots.len();
        for (slot, description) in known.slots.iter_mut().zip(&slots) {
            let identity = |of: &SlotDescription| (of.kind, of.ssrc, of.rtx_ssrc, of.paired);
            if identity(&slot.description) == identity(description) {
                slot.description = description.clone();
                slot.codec_missing = None;
            } else {
                self.counters.count(Counter::CommandRefused);
            }
        }
        for (index, description) in slots.into_iter().enumerate().skip(kept) {
            if description.kind == Kind::Audio && !description.paired {
                known.voices.add_free(SlotIndex(index as u16));
            }
            known.slots.push(Slot::new(description));
        }
        Some(())
    }

    fn pair_audio(&mut self, transport: TransportId, slot: SlotIndex, track: Option<TrackId>) -> Option<()> {
        let known = self.transports.get_mut(&transport)?;
        let description = &known.slots.get(usize::from(slot.0))?.description;
        if description.kind != Kind::Audio || !description.paired {
            self.counters.count(Counter::CommandRefused);
            return Some(());
        }
        let found = track.filter(|track| self.tracks.contains_key(track));
        known.voices.pair(slot, found);
        (found == track).then_some(())
    }

    /// A track that is not known, or not in the room, empties the slot: what it showed is not what the caller wants shown.
    fn assign_video(
        &mut self,
        now: Instant,
        transport: TransportId,
        index: SlotIndex,
        track: Option<TrackId>,
        layer: LayerIndex,
    ) -> Option<()> {
        let subscriber = self.transports.get(&transport)?;
        if subscriber.slots.get(usize::from(index.0))?.description.kind != Kind::Video {
            self.counters.count(Counter::CommandRefused);
            return Some(());
        }
        let Some(id) = track else {
            self.fill(now, transport, index, None);
            return Some(());
        };
        let Some(known) = self.tracks.get(&id) else {
            self.fill(now, transport, index, None);
            return None;
        };
        let room = self.transports.get(&known.transport).map(|publisher| publisher.room);
        let allowed = room == Some(subscriber.room)
            && matches!(known.description.kind, track::Kind::Camera | track::Kind::Screen)
            && usize::from(layer.0) < known.layers.len();
        if !allowed {
            self.counters.count(Counter::CommandRefused);
        }
        self.fill(now, transport, index, allowed.then_some((id, layer)));
        Some(())
    }

    fn fill(&mut self, now: Instant, transport: TransportId, index: SlotIndex, wanted: Option<(TrackId, LayerIndex)>) {
        let slot = self.transports.get_mut(&transport).and_then(|known| known.slots.get_mut(usize::from(index.0)));
        let Some(slot) = slot else { return };
        let listener = Listener { transport, slot: index };
        let current = slot.current.map(|source| (source.track, source.layer));
        let before = std::mem::replace(&mut slot.wanted, wanted);
        slot.codec_missing = None;
        // A layer of the same track flows on until the new one's key frame; another person's picture ends at once.
        let kept = current.filter(|(old, _)| wanted.is_some_and(|(new, _)| *old == new));
        if kept.is_none() {
            slot.current = None;
        }
        for (track, layer) in before.into_iter().chain(current) {
            if Some((track, layer)) != wanted && Some((track, layer)) != kept {
                self.unlisten(track, layer, listener);
            }
        }
        let Some((track, layer)) = wanted else { return };
        if let Some(arriving) = self.tracks.get_mut(&track).and_then(|track| track.layers.get_mut(usize::from(layer.0))) {
            arriving.listen(listener);
        }
        if kept != wanted {
            self.want_key_frame(now, track, layer);
        }
    }
}
