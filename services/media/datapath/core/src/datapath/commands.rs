//! What the caller commands, applied in order. A handle that is not known is counted, never an error: it may just have gone.

use super::Datapath;
use crate::command::Command;
use crate::counters::Counter;
use crate::event::Event;
use crate::ice::Ice;
use crate::ids::{LayerIndex, SlotIndex, TrackId, TransportId};
use crate::layers::Listener;
use crate::slot::{Kind, Slot, SlotDescription};
use crate::srtp::{Master, Receiver, Sender};
use crate::time::Instant;
use crate::track::{Track, TrackDescription};
use crate::transport::Transport;

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
                self.rooms.get_mut(&room).map(|members| {
                    members.transports.retain(|known| *known != transport);
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
                self.transports.get(&transport).map(|known| match known.ice.nominated() {
                    Some(path) => self.immediate.push((path, data)),
                    None => self.counters.count(Counter::DropNotConnected),
                })
            }
            Command::SetKeys { transport, local, remote } => self.set_keys(transport, local, &remote),
            Command::SetAdmitted { transport, admitted } => self.set_admitted(transport, admitted),
            Command::AddTrack { transport, track, description } => self.add_track(transport, track, description),
            Command::RemoveTrack(track) => self.remove_track(track),
            Command::SetTrackEnabled { track, enabled } => self.set_track_enabled(track, enabled),
            Command::SetSlots { transport, slots } => self.set_slots(transport, slots),
            Command::AssignVideo { transport, slot, track, layer } => self.assign_video(now, transport, slot, track, layer),
            Command::PairAudio { transport, slot, track } => {
                self.transports.get_mut(&transport).map(|known| known.voices.pair(slot, track))
            }
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

    fn set_keys(&mut self, transport: TransportId, local: Master, remote: &Master) -> Option<()> {
        let transport = self.transports.get_mut(&transport)?;
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
        Some(())
    }

    fn set_admitted(&mut self, transport: TransportId, admitted: bool) -> Option<()> {
        let known = self.transports.get_mut(&transport)?;
        known.admitted = admitted;
        if !admitted {
            let tracks = known.tracks.clone();
            let room = known.room;
            if let Some(room) = self.rooms.get_mut(&room) {
                tracks.iter().for_each(|track| room.speakers.remove(*track));
            }
        }
        Some(())
    }

    pub(super) fn remove_transport(&mut self, transport: TransportId) -> Option<()> {
        for track in self.transports.get(&transport)?.tracks.clone() {
            self.remove_track(track);
        }
        let removed = self.transports.remove(&transport)?;
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
            let receiver = &mut owner.receiver;
            owner.roles.retain(|ssrc, role| {
                let stays = role.track != track;
                if let (false, Some(receiver)) = (stays, receiver.as_mut()) {
                    receiver.forget(*ssrc);
                }
                stays
            });
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

    fn set_track_enabled(&mut self, track: TrackId, enabled: bool) -> Option<()> {
        let known = self.tracks.get_mut(&track)?;
        let again = enabled && !known.enabled;
        known.enabled = enabled;
        if again {
            // What came while it was off was not forwarded: decoders need a new beginning.
            known.layers.iter_mut().filter(|layer| !layer.listeners.is_empty()).for_each(|layer| layer.key_requests.want());
        }
        let room = self.transports.get(&known.transport).map(|owner| owner.room);
        if let (false, Some(room)) = (enabled, room.and_then(|room| self.rooms.get_mut(&room))) {
            room.speakers.remove(track);
        }
        Some(())
    }

    fn set_slots(&mut self, transport: TransportId, slots: Vec<SlotDescription>) -> Option<()> {
        let known = self.transports.get_mut(&transport)?;
        let kept = known.slots.len();
        for (slot, description) in known.slots.iter_mut().zip(&slots) {
            if slot.description.ssrc == description.ssrc && slot.description.kind == description.kind {
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

    fn assign_video(
        &mut self,
        now: Instant,
        transport: TransportId,
        index: SlotIndex,
        track: Option<TrackId>,
        layer: LayerIndex,
    ) -> Option<()> {
        let slot = self.transports.get_mut(&transport)?.slots.get_mut(usize::from(index.0))?;
        if slot.description.kind != Kind::Video {
            self.counters.count(Counter::CommandRefused);
            return Some(());
        }
        let listener = Listener { transport, slot: index };
        let before = slot.wanted;
        let wanted = track.map(|track| (track, layer));
        let current = slot.current.map(|source| (source.track, source.layer));
        slot.wanted = wanted;
        slot.codec_missing = None;
        // A layer of the same track flows on until the new one's key frame; another person's picture ends at once.
        let keeps = matches!((current, wanted), (Some((old, _)), Some((new, _))) if old == new);
        if !keeps {
            slot.current = None;
        }
        let kept = current.filter(|_| keeps);
        for (track, layer) in before.into_iter().chain(current) {
            if Some((track, layer)) != wanted && Some((track, layer)) != kept {
                self.unlisten(track, layer, listener);
            }
        }
        let Some((track, layer)) = wanted else { return Some(()) };
        let Some(arriving) = self.tracks.get_mut(&track).and_then(|track| track.layers.get_mut(usize::from(layer.0))) else {
            self.counters.count(Counter::CommandUnknownHandle);
            return Some(());
        };
        arriving.listen(listener);
        if kept != wanted {
            arriving.key_requests.want();
            self.request_key_frames(now, track);
        }
        Some(())
    }

    pub(super) fn unlisten(&mut self, track: TrackId, layer: LayerIndex, listener: Listener) {
        if let Some(layer) = self.tracks.get_mut(&track).and_then(|track| track.layers.get_mut(usize::from(layer.0))) {
            layer.unlisten(listener);
        }
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.events.push(event);
    }
}
