"""One session: one client's connection, what it sends, and what it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from services.media.core.capacity import Capacity
from services.media.core.faces import Tile
from services.media.core.sdp.answer import ReceiveSlot, SentTrack
from services.media.core.sdp.roles import SourceKind
from services.media.core.session_state import Happening, State, step
from services.media.forwarding.message_rate import MessageRate
from services.media.transports.connection import Connection
from services.media.transports.dtls import SrtpKeys
from sipulung.media.v1 import session_pb2

if TYPE_CHECKING:
    from services.media.forwarding.room import Room

SOURCES: tuple[SourceKind, ...] = ("microphone", "camera", "screen", "screen_audio")


@dataclass(slots=True)
class PublishedTrack:
    """A track of a session's in the packet path. `bitrates` is bit/s by layer, as last reported."""

    handle: int
    session: Session
    sent: SentTrack
    bitrates: tuple[int, ...] = ()
    enabled: bool = False

    @property
    def layers(self) -> int:
        return max(1, len(self.sent.rids))


@dataclass(frozen=True, slots=True)
class Shown:
    """What fills a video slot: `layer` −1 is nothing for now, because of `paused`."""

    participant: str
    source: session_pb2.Source.ValueType
    track: int
    layer: int
    # How many layers the allocation would pay for: what the publisher is asked for.
    wanted: int
    paused: session_pb2.PauseCause.ValueType = session_pb2.PAUSE_CAUSE_UNSPECIFIED


@dataclass(frozen=True, slots=True)
class Permissions:
    audio: bool = False
    video: bool = False
    screen: bool = False


class SessionHome(Protocol):
    """The node, as a session uses it."""

    def secured(self, session: Session, keys: SrtpKeys) -> None: ...
    def channel_open(self, session: Session) -> None: ...
    def received(self, session: Session, message: bytes) -> None: ...
    def ended(self, session: Session) -> None: ...


@dataclass(slots=True, eq=False)
class Session:
    """State only; the node and the room act on it. Implements ConnectionOwner."""

    home: SessionHome
    session_id: str
    participant: str
    room: Room
    handle: int
    seed: bytes
    ufrag: str
    pwd: str
    capacity: Capacity
    remote_ice: tuple[str, str] = ("", "")
    fingerprints: tuple[object, ...] = ()
    mids: tuple[str, ...] = ()
    version: int = 1
    state: State = State.OPENING
    since_ms: int = 0
    admitted: bool = False
    permissions: Permissions = Permissions()
    publish: dict[SourceKind, bool] = field(default_factory=lambda: dict.fromkeys(SOURCES, False))
    tracks: dict[SourceKind, PublishedTrack] = field(default_factory=dict)
    # Slots in the order of the packet path; the maps lead from the client's numbers to that order.
    slots: list[ReceiveSlot] = field(default_factory=list)
    video_slots: dict[int, int] = field(default_factory=dict)
    audio_slots: dict[int, int] = field(default_factory=dict)
    connection: Connection = field(init=False)
    messages: MessageRate = field(default_factory=MessageRate)
    # Layout.
    layout_number: int = 0
    tiles: tuple[Tile, ...] = ()
    saving: int = session_pb2.DATA_SAVING_OFF
    # Shown.
    faces: dict[int, str] = field(default_factory=dict)
    shown: dict[int, Shown] = field(default_factory=dict)
    pairs: dict[int, int] = field(default_factory=dict)
    undecodable: set[tuple[int, int]] = field(default_factory=set)
    denied: tuple[int, ...] = ()
    limitation: int = 0
    # Told.
    told_assignments: bytes = b""
    told_quality: tuple[int, int] = (0, 0)
    # Something was left out because the client did not read: it is told everything again.
    behind: bool = False
    closing: bool = False

    def happen(self, happening: Happening, now_ms: int) -> bool:
        """Take a step of the state machine; True when the state changed."""
        before, self.state = self.state, step(self.state, happening)
        if self.state is not before:
            self.since_ms = now_ms
        return self.state is not before

    @property
    def carries(self) -> bool:
        """Media flows."""
        return self.state is State.CONNECTED

    @property
    def effective(self) -> dict[SourceKind, bool]:
        """What the client publishes, as far as it may."""
        may = self.permissions
        allowed = {"microphone": may.audio, "camera": may.video, "screen": may.screen, "screen_audio": may.screen}
        return {
            source: self.admitted and self.publish[source] and allowed[source] and source in self.tracks
            for source in SOURCES
        }

    def tell(self, message: session_pb2.NodeToClient) -> bool:
        return self.tell_encoded(message.SerializeToString())

    def tell_encoded(self, message: bytes) -> bool:
        """False: the channel is not open yet, or the client does not read."""
        sent = self.connection.send(message)
        self.behind = self.behind or (not sent and self.connection.open)
        return sent

    # ConnectionOwner.
    def secured(self, keys: SrtpKeys) -> None:
        self.home.secured(self, keys)

    def channel_open(self) -> None:
        self.home.channel_open(self)

    def received(self, message: bytes) -> None:
        self.home.received(self, message)

    def ended(self) -> None:
        self.home.ended(self)
