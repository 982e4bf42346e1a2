"""A participant's session at this replica: it outlives its connections."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from services.common.errors import DomainError
from services.signaling.connection import Connection
from services.signaling.core.audience import Audience
from services.signaling.core.rights import Rights
from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.signaling.v1 import client_pb2, record_pb2, signaling_pb2

# Tenant and meeting.
Meeting = tuple[str, str]


@dataclass(eq=False)
class Session:
    """State of one session. `lock` is held while a request of it is carried out."""

    record: record_pb2.SessionRecord
    join_token: str
    attachment_id: str
    connection: Connection | None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    # The number of the last roster event that the client was told.
    sequence: int = 0
    # Monotonic time since when there is no connection.
    detached_at: float | None = None
    # The host is ending the meeting by this session: the answer comes before the end does.
    ending: bool = False
    # The participant leaves by this session.
    leaving: bool = False
    # The client was told to reconnect its media, and has not done so yet.
    media_moved: bool = False
    gone: bool = False
    # What the client is told. Whoever is in no meeting yet is told nothing.
    audience: Audience = Audience.WAITING
    # What its media may send, and what its node was told of it; None: nothing, or nobody here knows.
    rights: Rights = field(default_factory=Rights)
    granted: Rights | None = None
    # What its node has yet to turn off.
    stopping: frozenset[str] = frozenset()
    settling: bool = False
    # Held while its node is told.
    permitting: asyncio.Lock = field(default_factory=asyncio.Lock)
    # What the client wants to send when it is let in from the lobby; None: it told another replica.
    publish: media_session_pb2.PublishState | None = None
    # They were let in while they had no connection: what the node answered, which they are told when they are back.
    let_in: media_pb2.UpdatePermissionsResponse | None = None
    # Their node is being told that they are let in.
    letting_in: bool = False

    @property
    def meeting(self) -> Meeting:
        """Which one it belongs to."""
        return self.record.tenant_id, self.record.meeting_id

    @property
    def connected(self) -> bool:
        """Whether there is a live connection."""
        return self.connection is not None and self.connection.open

    def send(self, message: client_pb2.ServerMessage) -> None:
        """Sends to the client if it is connected."""
        if self.connection is not None:
            self.connection.send(message)

    def close(self, error: DomainError, *, may_resume: bool) -> None:
        """Closes the connection, if there is one."""
        if self.connection is not None:
            self.connection.close(error, may_resume=may_resume)

    def move_media(self, *, urgent: bool) -> None:
        """Tells the client to reconnect its media; when it has no connection, it is told as soon as it resumes."""
        self.media_moved = True
        self.send(client_pb2.ServerMessage(media_moved=client_pb2.MediaMoved(urgent=urgent)))

    def describe(self) -> signaling_pb2.Session:
        """For operators."""
        record = self.record
        return signaling_pb2.Session(
            session_id=record.session_id,
            tenant_id=record.tenant_id,
            meeting_id=record.meeting_id,
            participant_id=record.participant_id,
            media_node_id=record.media.node_id,
            entered=record.entered,
            opened_at_ms=record.opened_at_ms,
        )
