//! How a transport gets and keeps an address: checks, nominations, silence, and what follows for the slots it fills.

use super::Datapath;
use crate::counters::Counter;
use crate::event::Event;
use crate::ice::Nomination;
use crate::ids::{Path, SlotIndex, TransportId};
use crate::layers::Listener;
use crate::slot::Kind;
use crate::stun;
use crate::time::Instant;

impl Datapath {
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
        if let Some(id) = self.by_path.remove(&path) {
            self.lose(id, path);
        }
    }

    /// The path is not the transport's any more.
    fn lose(&mut self, id: TransportId, path: Path) {
        let Some(transport) = self.transports.get_mut(&id) else { return };
        let carried = transport.ice.nominated() == Some(path);
        transport.ice.lost(path);
        if carried {
            self.counters.add(Counter::DropNotConnected, transport.outbox.ends.len() as u64);
            transport.outbox.clear();
            transport.pacer.left();
            self.waiting.retain(|waiting| *waiting != id);
            self.end_slots(id);
        }
    }

    pub(super) fn stun(&mut self, now: Instant, path: Path, datagram: &[u8]) -> Result<(), Counter> {
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
            self.lose(before, path);
        }
        if request.use_candidate {
            self.nominate(now, id, path);
        }
        self.heard(now, id);
        Ok(())
    }

    fn nominate(&mut self, now: Instant, id: TransportId, path: Path) {
        let Some(transport) = self.transports.get_mut(&id) else { return };
        let could_send = transport.can_send();
        let nomination = transport.ice.nominate(path);
        if nomination == Nomination::Unchanged {
            return;
        }
        let changed = nomination == Nomination::Changed;
        if changed {
            self.counters.count(Counter::AddressChanges);
        }
        transport.connected = true;
        transport.silent = false;
        self.events.push(Event::Connected { transport: id, path, changed });
        if !could_send {
            self.begin_slots(now, id);
        }
    }

    /// Something authenticated came.
    pub(super) fn heard(&mut self, now: Instant, id: TransportId) {
        let Some(transport) = self.transports.get_mut(&id) else { return };
        transport.heard = now;
        if transport.silent {
            if let Some(path) = transport.ice.nominated() {
                transport.silent = false;
                self.events.push(Event::Connected { transport: id, path, changed: false });
                self.begin_slots(now, id);
            }
        }
    }

    pub(super) fn dtls(&mut self, path: Path, datagram: &[u8]) -> Result<(), Counter> {
        self.counters.count(Counter::DtlsReceived);
        let transport = *self.by_path.get(&path).ok_or(Counter::DropUnknownAddress)?;
        self.events.push(Event::Datagram { transport, data: datagram.to_vec() });
        Ok(())
    }

    /// Nothing reaches the transport for now. Its slots will begin anew, or what it misses would look like a long loss.
    pub(super) fn end_slots(&mut self, id: TransportId) {
        let Some(transport) = self.transports.get_mut(&id) else { return };
        let mut left = Vec::new();
        for (index, slot) in transport.slots.iter_mut().enumerate() {
            let ended = slot.current.take().map(|source| (source.track, source.layer));
            if slot.description.kind == Kind::Video && ended != slot.wanted {
                left.extend(ended.map(|ended| (ended, Listener { transport: id, slot: SlotIndex(index as u16) })));
            }
        }
        for ((track, layer), listener) in left {
            self.unlisten(track, layer, listener);
        }
    }

    /// It can be sent to from now on, if nothing else is missing: what it shows needs a key frame.
    pub(super) fn begin_slots(&mut self, now: Instant, id: TransportId) {
        let Some(transport) = self.transports.get(&id).filter(|transport| transport.can_send()) else { return };
        let video = transport.slots.iter().filter(|slot| slot.description.kind == Kind::Video && slot.current.is_none());
        let wanted: Vec<_> = video.filter_map(|slot| slot.wanted).collect();
        for (track, layer) in wanted {
            self.want_key_frame(now, track, layer);
        }
    }
}
