"""All rooms and sessions of this process. Decides alone: it needs nobody to go on."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import DecodeError
from sipulung_datapath import Available, CodecMissing, Connected, Datagram, Event, LayersChanged, Silent, Speakers

from services.common.errors import Conflict, DomainError, InvalidField, OfferRefused, SessionGone, Unavailable
from services.common.validation import validate
from services.media.core.capacity import Capacity
from services.media.core.faces import Tile
from services.media.core.sdp.answer import Answer, Capabilities, SessionParameters, write_answer
from services.media.core.sdp.offer import Offer, read_offer
from services.media.core.sdp.refusal import SdpRefused
from services.media.core.session_state import Happening, lifetime_ms
from services.media.forwarding import descriptions, viewing
from services.media.forwarding.limits import Limits
from services.media.forwarding.packet_path import PacketPath
from services.media.forwarding.room import Room
from services.media.forwarding.session import SOURCES, Permissions, PublishedTrack, Session
from services.media.transports.connection import Connection
from services.media.transports.dtls import NodeCertificate, SrtpKeys
from sipulung.media.v1 import session_pb2

_log = logging.getLogger(__name__)
# A layout of 32 tiles has less than 4 kB.
_MAX_MESSAGE_BYTES: Final = 16_384
_UNKNOWN: Final = "no such session on this node"
# What a Closing message needs to arrive before the connection ends.
_LAST_WORDS_S: Final = 0.3


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose session: nobody else may see it."""

    tenant: str
    meeting: str
    participant: str


class MediaNode:
    """Call `start` in the event loop.

    `on_presence` hears of rooms whose connected participants changed, and who was lost.
    """

    def __init__(
        self,
        path: PacketPath,
        capabilities: Capabilities,
        certificate: NodeCertificate,
        limits: Limits,
        on_presence: Callable[[Room, list[str]], None],
    ) -> None:
        self._path, self._capabilities, self._certificate, self._limits = path, capabilities, certificate, limits
        self._on_presence = on_presence
        self.rooms: dict[tuple[str, str], Room] = {}
        self.sessions: dict[str, Session] = {}
        self.draining = False
        self._refused: Counter[str] = Counter()
        self._by_handle: dict[int, Session] = {}
        self._tracks: dict[int, PublishedTrack] = {}
        self._rooms_by_handle: dict[int, Room] = {}
        self._next_handle = 1
        self._ends: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._path.event_fd, self.take_events)

    async def stop(self) -> None:
        """End every session."""
        for session in list(self.sessions.values()):
            self._remove(session)
        if self._ends:
            await asyncio.wait(self._ends, timeout=1)
        self._loop.remove_reader(self._path.event_fd)

    def refusals(self) -> Counter[str]:
        """How much of what clients sent was not taken since the start, by name."""
        found = Counter(offer=0, message=0, dtls_record=0, sctp_packet=0)
        found.update(self._refused)
        for session in self.sessions.values():
            found.update(session.connection.refusals)
        return found

    def now(self) -> int:
        return int(self._loop.time() * 1000)

    # Requests.

    def open(self, owner: Owner, session_id: str, offer_sdp: str, layout: session_pb2.LayoutRequest | None) -> str:
        """The answer. Raises OfferRefused, InvalidField, Conflict, Unavailable."""
        if session_id in self.sessions:
            raise Conflict("a session of that id exists")
        if self.draining:
            raise Unavailable("this node takes no new sessions: it is about to stop")
        room = self.rooms.get((owner.tenant, owner.meeting))
        oldest = self._makes_room(room, owner.participant)
        parameters = SessionParameters(secrets.token_hex(8), secrets.token_hex(16), secrets.token_bytes(16))
        offer, answer = self._answer(offer_sdp, parameters, ())
        tiles = _tiles(layout) if layout is not None else ()
        if oldest is not None:
            self._remove(oldest)
            room = self.rooms.get((owner.tenant, owner.meeting))
        if room is None:
            room = self._add_room(owner)
        session = Session(
            self,
            session_id,
            owner.participant,
            room,
            self._handle(),
            parameters.seed,
            parameters.ufrag,
            parameters.pwd,
            Capacity(self._limits.start_rate),
        )
        session.remote_ice, session.fingerprints = (offer.ufrag, offer.pwd), offer.fingerprints
        session.since_ms = self.now()
        if layout is not None:
            self._set_layout(session, layout, tiles)
        session.connection = Connection(
            session, self._certificate, lambda data: self._path.send_datagram(session.handle, data)
        )
        self.sessions[session_id] = self._by_handle[session.handle] = session
        room.add(session)
        self._path.add_transport(session.handle, room.handle, parameters.ufrag, parameters.pwd, offer.ufrag)
        self._path.set_cap(session.handle, self._limits.start_rate)
        self._take(session, offer, answer)
        session.connection.start(offer.fingerprints, answer.sctp_port, answer.max_message_size)
        return answer.sdp

    def _makes_room(self, room: Room | None, participant: str) -> Session | None:
        """Which session ends so that another of the participant's can be opened. Raises Unavailable.

        Always their own oldest: a client that lost its network several times must be able to come back, to a full
        node or meeting as well.
        """
        mine = [s for s in room.sessions.values() if s.participant == participant] if room is not None else []
        node_full = len(self.sessions) >= self._limits.sessions
        meeting_full = room is not None and len(room.sessions) >= self._limits.per_meeting
        if mine and (node_full or meeting_full or len(mine) >= self._limits.per_participant):
            return mine[0]
        if node_full:
            raise Unavailable("this node takes no new sessions")
        if meeting_full:
            raise Unavailable("the meeting has no more sessions on this node")
        return None

    def negotiate(self, owner: Owner, session_id: str, offer_sdp: str) -> str:
        """The answer to a later offer. Raises OfferRefused, SessionGone."""
        session = self.find(session_id, owner.tenant, owner.meeting)
        if session.participant != owner.participant:
            raise SessionGone(_UNKNOWN)
        try:
            offer = read_offer(offer_sdp)
        except SdpRefused as refused:
            self._refused["offer"] += 1
            raise OfferRefused(str(refused)) from None
        if offer.fingerprints != session.fingerprints:
            self._refused["offer"] += 1
            raise OfferRefused("a=fingerprint changed: open a new session")
        restart = (offer.ufrag, offer.pwd) != session.remote_ice
        ufrag, pwd = (secrets.token_hex(8), secrets.token_hex(16)) if restart else (session.ufrag, session.pwd)
        parameters = SessionParameters(ufrag, pwd, session.seed, session.version + 1)
        try:
            answer = write_answer(offer, self._capabilities, parameters, session.mids)
        except SdpRefused as refused:
            self._refused["offer"] += 1
            raise OfferRefused(str(refused)) from None
        session.version += 1
        if restart:
            session.ufrag, session.pwd, session.remote_ice = ufrag, pwd, (offer.ufrag, offer.pwd)
            self._path.restart_ice(session.handle, ufrag, pwd, offer.ufrag)
        self._take(session, offer, answer)
        session.room.refresh(session.participant)
        session.room.stale([session])
        return answer.sdp

    def permit(
        self,
        session: Session,
        admitted: bool,
        permissions: Permissions,
        publish: session_pb2.PublishState | None,
        stop: session_pb2.PublishState,
    ) -> tuple[session_pb2.Assignments, session_pb2.MediaStates, session_pb2.Speakers]:
        """What the session may do from now on, and what it is shown at once."""
        session.permissions = permissions
        if publish is not None:
            session.room.publish(session, publish)
        session.room.stop(session, stop)
        if admitted != session.admitted:
            session.admitted = admitted
            self._path.set_admitted(session.handle, admitted)
            session.since_ms = self.now()
            if admitted:
                session.room.admit(session)
            else:
                session.room.dismiss(session)
        else:
            session.room.refresh(session.participant)
        session.room.flush()
        self._tell_presence(session.room, [])
        if not admitted:
            return session_pb2.Assignments(), session_pb2.MediaStates(whole=True), session_pb2.Speakers()
        room = session.room
        return viewing.assignments(session), room.states_message(), room.speakers_message()

    def find(self, session_id: str, tenant: str, meeting: str) -> Session:
        """Raises SessionGone, also for a session of another tenant or meeting: the two look alike."""
        session = self.sessions.get(session_id)
        if session is None or session.closing or (session.room.tenant, session.room.meeting) != (tenant, meeting):
            raise SessionGone(_UNKNOWN)
        return session

    def close(self, session: Session, reason: session_pb2.ClosingReason.ValueType) -> None:
        """Say why, and end it a moment later."""
        if session.closing:
            return
        session.closing = True
        session.room.dismiss(session)
        session.admitted = False
        self._path.set_admitted(session.handle, False)
        told = reason and session.tell(session_pb2.NodeToClient(closing=session_pb2.Closing(reason=reason)))
        self._loop.call_later(_LAST_WORDS_S if told else 0, self._remove, session)

    def drain(self, deadline_ms: int) -> int:
        """Take no new sessions and tell every client to move; how many there are."""
        self.draining = True
        closing = session_pb2.Closing(reason=session_pb2.CLOSING_REASON_DRAIN, deadline_ms=deadline_ms)
        for session in self.sessions.values():
            session.tell(session_pb2.NodeToClient(closing=closing))
        return len(self.sessions)

    def tick(self) -> None:
        """Once a second: what waits for time to pass."""
        now = self.now()
        for session in list(self.sessions.values()):
            lifetime = lifetime_ms(session.state, session.admitted, self._limits.preview_ms)
            if lifetime is not None and now - session.since_ms >= lifetime:
                _log.info("session expired", extra={"session": session.session_id, "state": session.state.name})
                self.close(session, session_pb2.CLOSING_REASON_EXPIRED)
                continue
            if session.behind:
                session.room.tell_everything(session)
            if session.carries and session.admitted and session.limitation > 1 and session.capacity.dare(now):
                session.room.stale([session])
        for room in self.rooms.values():
            room.ask()

    # What the packet path reports.

    def take_events(self) -> None:
        rooms: dict[int, Room] = {}
        for event in self._path.poll_events():
            try:
                self._take_event(event, rooms)
            except Exception:
                # One session's trouble is not the others': their events are in the same batch.
                _log.exception("event not handled", extra={"event": type(event).__name__})
        for room in rooms.values():
            self._tell_presence(room, [])

    def _take_event(self, event: Event, rooms: dict[int, Room]) -> None:
        match event:
            case Datagram():
                if (session := self._by_handle.get(event.transport)) is not None:
                    session.connection.ice.feed(event.data)
            case LayersChanged():
                if (track := self._tracks.get(event.track)) is not None:
                    track.session.room.layers_changed(track, event.bitrates)
            case Available():
                if (session := self._by_handle.get(event.transport)) is not None:
                    session.capacity.report(event.bitrate, event.loss_per_mille, self.now())
                    session.room.stale([session])
            case Speakers():
                self._speakers(event)
            case Connected() | Silent():
                if (session := self._by_handle.get(event.transport)) is not None:
                    self._reachable(session, isinstance(event, Connected))
                    rooms[session.room.handle] = session.room
            case CodecMissing():
                if (session := self._by_handle.get(event.transport)) is not None:
                    self._undecodable(session, event.slot)

    def _speakers(self, event: Speakers) -> None:
        room = self._rooms_by_handle.get(event.room)
        if room is None:
            return
        tracks = [track for handle in event.tracks if (track := self._tracks.get(handle)) is not None]
        people = [track.session.participant for track in tracks]
        room.spoke_now(event.tracks, tuple(dict.fromkeys(people)))

    def _reachable(self, session: Session, reachable: bool) -> None:
        changed = session.happen(Happening.PAIR if reachable else Happening.SILENCE, self.now())
        if changed and session.admitted:
            session.room.presence_changed = True
            session.room.refresh(session.participant)
            # Somebody who moved to another connection is not lost with the one before.
            if not reachable and session.participant not in session.room.connected():
                self._tell_presence(session.room, [session.participant])

    def _undecodable(self, session: Session, index: int) -> None:
        for slot, shown in session.shown.items():
            if session.video_slots[slot] == index:
                session.undecodable.add((slot, shown.track))
                session.room.stale([session])

    # SessionHome: what the connection reports.

    def secured(self, session: Session, keys: SrtpKeys) -> None:
        self._path.set_keys(
            session.handle, keys.profile, keys.local_key, keys.local_salt, keys.remote_key, keys.remote_salt
        )
        session.happen(Happening.SECURED, self.now())
        session.room.stale([session])
        if session.admitted:
            session.room.presence_changed = True
            session.room.refresh(session.participant)
            self._tell_presence(session.room, [])

    def channel_open(self, session: Session) -> None:
        session.room.tell_everything(session)
        if self.draining:
            closing = session_pb2.Closing(reason=session_pb2.CLOSING_REASON_DRAIN)
            session.tell(session_pb2.NodeToClient(closing=closing))

    def received(self, session: Session, message: bytes) -> None:
        """A message on the data channel. What is wrong with it goes back as `Refused`."""
        try:
            self._obey(session, message)
        except DomainError as error:
            self._refused["message"] += 1
            refused = session_pb2.Refused(field=error.field, message=error.message)
            session.tell(session_pb2.NodeToClient(refused=refused))

    def ended(self, session: Session) -> None:
        self._loop.call_soon(self._remove, session)

    def _obey(self, session: Session, encoded: bytes) -> None:
        if not session.messages.take(self.now()):
            raise InvalidField("", "too many messages: allowed are 20 a second")
        if len(encoded) > _MAX_MESSAGE_BYTES:
            raise InvalidField("", f"too long: allowed are {_MAX_MESSAGE_BYTES} bytes")
        try:
            message = session_pb2.ClientToNode.FromString(encoded)
        except DecodeError:
            raise InvalidField("", "no ClientToNode message") from None
        validate(message)
        match message.WhichOneof("body"):
            case "layout":
                if message.layout.number >= session.layout_number:
                    self._set_layout(session, message.layout, _tiles(message.layout))
                    session.room.stale([session])
            case "publish":
                session.room.publish(session, message.publish)
                session.room.refresh(session.participant)
            case "report":
                _log.debug(
                    "client report", extra={"session": session.session_id, "frozen_ms": message.report.frozen_ms}
                )
            case None:
                raise InvalidField("body", "one of layout, publish, report")

    def _set_layout(self, session: Session, layout: session_pb2.LayoutRequest, tiles: tuple[Tile, ...]) -> None:
        session.layout_number, session.tiles = layout.number, tiles
        session.saving = layout.data_saving or session_pb2.DATA_SAVING_OFF

    # Making and ending.

    def _handle(self) -> int:
        self._next_handle += 1
        return self._next_handle

    def _answer(self, sdp: str, parameters: SessionParameters, answered: tuple[str, ...]) -> tuple[Offer, Answer]:
        try:
            offer = read_offer(sdp)
            return offer, write_answer(offer, self._capabilities, parameters, answered)
        except SdpRefused as refused:
            self._refused["offer"] += 1
            raise OfferRefused(str(refused)) from None

    def _add_room(self, owner: Owner) -> Room:
        room = Room(owner.tenant, owner.meeting, self._handle(), self._path, self._loop.call_soon, self.now)
        self.rooms[owner.tenant, owner.meeting] = self._rooms_by_handle[room.handle] = room
        self._path.add_room(room.handle)
        return room

    def _take(self, session: Session, offer: Offer, answer: Answer) -> None:
        """Tell the packet path what an answer added."""
        session.mids = tuple(media.mid for media in offer.media)
        for sent in answer.tracks:
            if sent.source not in session.tracks:
                track = PublishedTrack(self._handle(), session, sent)
                session.tracks[sent.source] = self._tracks[track.handle] = track
                self._path.add_track(session.handle, track.handle, descriptions.track(sent))
                self._path.set_track_enabled(track.handle, False)
        known = {slot.mid for slot in session.slots}
        added = [slot for slot in answer.slots if slot.mid not in known]
        for slot in added:
            index = len(session.slots)
            session.slots.append(slot)
            if slot.kind == "video":
                session.video_slots[slot.index] = index
            elif not slot.free:
                session.audio_slots[slot.index] = index
        if added:
            self._path.set_slots(session.handle, [descriptions.slot(slot) for slot in session.slots])

    def _remove(self, session: Session) -> None:
        if self.sessions.get(session.session_id) is not session:
            return
        del self.sessions[session.session_id], self._by_handle[session.handle]
        self._refused.update(session.connection.refusals)
        was_carrying = session.carries and session.admitted
        session.happen(Happening.END, self.now())
        room = session.room
        room.remove(session)
        for source in SOURCES:
            if source in session.tracks:
                del self._tracks[session.tracks[source].handle]
        lost = [session.participant] if was_carrying and session.participant not in room.members else []
        self._tell_presence(room, lost)
        if not room.sessions:
            del self.rooms[room.tenant, room.meeting], self._rooms_by_handle[room.handle]
        task = asyncio.create_task(self._end(session, last=not room.sessions))
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    async def _end(self, session: Session, last: bool) -> None:
        # The goodbye goes first: the packet path lets a transport go at once, and with a room all that are in it.
        await session.connection.close()
        self._path.remove_transport(session.handle)
        if last:
            self._path.remove_room(session.room.handle)

    def _tell_presence(self, room: Room, lost: list[str]) -> None:
        if room.presence_changed or lost:
            room.presence_changed = False
            self._on_presence(room, lost)


def _tiles(layout: session_pb2.LayoutRequest) -> tuple[Tile, ...]:
    """Raises InvalidField when a slot or a pinned participant is named twice."""
    slots: set[int] = set()
    pinned: set[str] = set()
    for position, tile in enumerate(layout.tiles):
        if tile.slot in slots:
            raise InvalidField(f"layout.tiles[{position}].slot", "each slot once")
        if tile.participant_id in pinned:
            raise InvalidField(f"layout.tiles[{position}].participant_id", "each participant once")
        slots.add(tile.slot)
        pinned.update([tile.participant_id] if tile.participant_id and tile.slot else [])
    return tuple(Tile(tile.slot, tile.height, tile.participant_id) for tile in layout.tiles)
