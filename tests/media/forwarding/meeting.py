"""A room without packets or sockets: what it tells the packet path and each client is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sipulung_datapath import Event, Slot, SrtpProfile, Track, TransportStats

from services.media.core.capacity import Capacity
from services.media.core.faces import Tile
from services.media.core.sdp.answer import ReceiveSlot, SentTrack
from services.media.core.sdp.roles import SourceKind
from services.media.core.session_state import Happening
from services.media.forwarding.room import Room
from services.media.forwarding.session import SOURCES, Permissions, PublishedTrack, Session, SessionHome
from sipulung.media.v1 import session_pb2

ALL = Permissions(audio=True, video=True, screen=True)
_PLENTY = 50_000_000
_FREE = 3


@dataclass
class RecordingPath:
    """Every command, in order; and what follows from them."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)
    # (transport, slot index) → (track, layer), and → track of the paired voice.
    video: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    paired: dict[tuple[int, int], int] = field(default_factory=dict)
    enabled: dict[int, bool] = field(default_factory=dict)
    denied: dict[int, tuple[int, ...]] = field(default_factory=dict)
    event_fd: int = -1

    def poll_events(self) -> list[Event]:
        return []

    def add_room(self, room: int) -> None:
        self.calls.append(("add_room", room))

    def remove_room(self, room: int) -> None:
        self.calls.append(("remove_room", room))

    def add_transport(self, transport: int, room: int, local_ufrag: str, local_pwd: str, remote_ufrag: str) -> None:
        self.calls.append(("add_transport", transport, room))

    def restart_ice(self, transport: int, local_ufrag: str, local_pwd: str, remote_ufrag: str) -> None:
        self.calls.append(("restart_ice", transport))

    def remove_transport(self, transport: int) -> None:
        self.calls.append(("remove_transport", transport))

    def send_datagram(self, transport: int, data: bytes) -> None:
        self.calls.append(("send_datagram", transport, data))

    def set_keys(
        self,
        transport: int,
        profile: SrtpProfile,
        local_key: bytes,
        local_salt: bytes,
        remote_key: bytes,
        remote_salt: bytes,
    ) -> None:
        self.calls.append(("set_keys", transport, profile))

    def set_admitted(self, transport: int, admitted: bool) -> None:
        self.calls.append(("set_admitted", transport, admitted))

    def add_track(self, transport: int, track: int, description: Track) -> None:
        self.calls.append(("add_track", transport, track))

    def remove_track(self, track: int) -> None:
        self.calls.append(("remove_track", track))

    def set_track_enabled(self, track: int, enabled: bool) -> None:
        self.calls.append(("set_track_enabled", track, enabled))
        self.enabled[track] = enabled

    def set_slots(self, transport: int, slots: Sequence[Slot]) -> None:
        self.calls.append(("set_slots", transport, len(slots)))

    def assign_video(self, transport: int, slot: int, track: int | None, layer: int = 0) -> None:
        self.calls.append(("assign_video", transport, slot, track, layer))
        if track is None:
            del self.video[transport, slot]
        else:
            self.video[transport, slot] = (track, layer)

    def pair_audio(self, transport: int, slot: int, track: int | None) -> None:
        self.calls.append(("pair_audio", transport, slot, track))
        if track is None:
            del self.paired[transport, slot]
        else:
            self.paired[transport, slot] = track

    def deny_audio(self, transport: int, tracks: Sequence[int]) -> None:
        self.calls.append(("deny_audio", transport, tuple(tracks)))
        self.denied[transport] = tuple(tracks)

    def set_cap(self, transport: int, bitrate: int) -> None:
        self.calls.append(("set_cap", transport, bitrate))

    def stats(self) -> dict[str, int]:
        return {}

    def transport_stats(self, transports: Sequence[int]) -> list[TransportStats]:
        return []


@dataclass
class Mouth:
    """A session's connection: what was said on it. While `stuck`, the client does not read."""

    messages: list[session_pb2.NodeToClient] = field(default_factory=list)
    stuck: bool = False
    open: bool = True

    def send(self, message: bytes) -> bool:
        if not self.stuck:
            self.messages.append(session_pb2.NodeToClient.FromString(message))
        return not self.stuck


@dataclass
class Seat:
    """A session, and what its client heard."""

    meeting: Meeting
    session: Session
    mouth: Mouth

    def handle(self, source: SourceKind) -> int:
        return self.session.tracks[source].handle

    def shown(self) -> dict[int, str]:
        return {slot: shown.participant for slot, shown in self.session.shown.items()}

    def flowing(self) -> dict[int, tuple[int, int]]:
        """What the packet path sends: track and layer by video slot."""
        path, slots = self.meeting.path, self.session.video_slots
        found = {slot: path.video.get((self.session.handle, index)) for slot, index in slots.items()}
        return {slot: flows for slot, flows in found.items() if flows is not None}

    def voices(self) -> dict[int, int]:
        """The paired track of each video slot."""
        path, slots = self.meeting.path, self.session.audio_slots
        found = {slot: path.paired.get((self.session.handle, index)) for slot, index in slots.items()}
        return {slot: track for slot, track in found.items() if track is not None}

    def heard(self, body: str) -> list[Any]:
        """All messages of a kind since the last call of any."""
        found = [getattr(message, body) for message in self.mouth.messages if message.WhichOneof("body") == body]
        self.mouth.messages.clear()
        return found

    def causes(self) -> dict[int, int]:
        return {slot: int(shown.paused) for slot, shown in self.session.shown.items() if shown.paused}

    def show(
        self, *heights: int, saving: int = session_pb2.DATA_SAVING_OFF, pinned: dict[int, str] | None = None
    ) -> None:
        people = pinned or {}
        self.session.layout_number += 1
        self.session.tiles = tuple(Tile(slot, height, people.get(slot, "")) for slot, height in enumerate(heights))
        self.session.saving = saving
        self.meeting.room.stale([self.session])
        self.meeting.settle()

    def publish(self, *sources: SourceKind) -> None:
        """These are on, all others off."""
        self.session.publish = {source: source in sources for source in SOURCES}
        self.meeting.room.refresh(self.session.participant)
        self.meeting.settle()

    def permit(self, permissions: Permissions) -> None:
        self.session.permissions = permissions
        self.meeting.room.refresh(self.session.participant)
        self.meeting.settle()

    def happen(self, *happenings: Happening) -> None:
        for happening in happenings:
            self.session.happen(happening, self.meeting.now_ms)
        self.meeting.room.refresh(self.session.participant)
        self.meeting.room.stale([self.session])
        self.meeting.settle()

    def connect(self) -> None:
        self.happen(Happening.PAIR, Happening.SECURED)

    def admit(self) -> None:
        self.session.admitted = True
        self.meeting.room.admit(self.session)
        self.meeting.settle()

    def leave(self) -> None:
        self.session.admitted = False
        self.meeting.room.remove(self.session)
        self.meeting.settle()

    def measured(self, source: SourceKind, *bitrates: int) -> None:
        self.meeting.room.layers_changed(self.session.tracks[source], bitrates)
        self.meeting.settle()


class Meeting:
    """A room with a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.path = RecordingPath()
        self.now_ms = 1_000_000
        self.flushes = 0
        self._scheduled: list[Callable[[], None]] = []
        self._handles = 100
        self.room = Room("luwu", "8123456789", 1, self.path, self._scheduled.append, lambda: self.now_ms)

    def settle(self) -> None:
        """A turn of the event loop, and those that follow from it."""
        while self._scheduled:
            self.flushes += 1
            self._scheduled.pop(0)()

    def passes(self, milliseconds: int) -> None:
        """Time, with the node's tick each second."""
        for _ in range(milliseconds // 1000):
            self.now_ms += 1000
            self.room.ask()
        self.now_ms += milliseconds % 1000
        self.settle()

    def speak(self, *seats: Seat) -> None:
        """They are loud now, the first one most."""
        tracks = tuple(seat.handle("microphone") for seat in seats)
        self.room.spoke_now(tracks, tuple(seat.session.participant for seat in seats))
        self.settle()

    def preview(self, participant: str, faces: int = 4, estimate: int = _PLENTY) -> Seat:
        """A session that waits for admission."""
        mouth = Mouth()
        session = Session(
            cast(SessionHome, None),
            f"{participant}{self._handle()}",
            participant,
            self.room,
            self._handle(),
            seed=b"",
            ufrag="",
            pwd="",
            capacity=Capacity(estimate),
        )
        session.connection = cast(Any, mouth)
        session.since_ms, session.permissions = self.now_ms, ALL
        for source in SOURCES:
            rids = ("q", "h", "f") if source == "camera" else ()
            sent = SentTrack(source, source, (), {}, rids, ())
            session.tracks[source] = PublishedTrack(self._handle(), session, sent)
        for index in range(_FREE):
            session.slots.append(ReceiveSlot("audio", index, True, f"f{index}", (), {}, 1, None))
        for index in range(faces + 1):
            session.audio_slots[index] = len(session.slots)
            session.slots.append(ReceiveSlot("audio", index, False, f"a{index}", (), {}, 1, None))
            session.video_slots[index] = len(session.slots)
            session.slots.append(ReceiveSlot("video", index, False, f"v{index}", (), {}, 1, None))
        self.room.add(session)
        return Seat(self, session, mouth)

    def enter(self, participant: str, *sources: SourceKind, faces: int = 4, estimate: int = _PLENTY) -> Seat:
        """A session that is connected, admitted, and sends these."""
        seat = self.preview(participant, faces, estimate)
        seat.session.publish = {source: source in sources for source in SOURCES}
        seat.connect()
        seat.admit()
        return seat

    def _handle(self) -> int:
        self._handles += 1
        return self._handles
