"""The sessions of this replica: found by meeting, participant and media node; kept, replaced, detached and ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

from services.common.errors import DomainError, PreviewExpired, Replaced, SessionGone, Unavailable
from services.signaling.clients import MediaClient
from services.signaling.connection import Connection
from services.signaling.media_closing import MediaClosing
from services.signaling.metrics import Metrics
from services.signaling.session import Meeting, Session
from services.signaling.store import Store
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.signaling.v1 import record_pb2

log: Final = logging.getLogger(__name__)

# Records are written again that often; they must last longer than that (config: at least 5 s of resume time on top).
KEEP_EVERY_S: Final = 10.0
SWEEP_EVERY_S: Final = 0.5
# A client whose connection was closed for it to resume gets that long.
REJOIN_S: Final = 20.0


class Sessions:
    """All sessions that this replica holds, each under its meeting and participant."""

    def __init__(self, store: Store, media: MediaClient, metrics: Metrics, resume_s: int) -> None:
        self._store = store
        self.media = MediaClosing(store, media, metrics, self.in_background)
        self._metrics = metrics
        self._resume_s = resume_s
        self._meetings: dict[Meeting, dict[str, Session]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        # Set by the wiring: what has to follow when sessions come, go, or change their connection.
        self.on_meeting: Callable[[Meeting, bool], None] = lambda _meeting, _present: None
        self.on_presence: Callable[[], None] = lambda: None
        # Set by the feeds: whether the participant may still be in the meeting, or in its lobby.
        self.in_meeting: Callable[[Session], bool] = lambda _session: False
        # Set by enforcement: looks from time to time at whether a session's node knows all that is decided.
        self.on_kept: Callable[[Session], None] = lambda _session: None

    def add(self, session: Session) -> Session | None:
        """Makes it the participant's session here; returns the one that it replaces."""
        people = self._meetings.get(session.meeting)
        if people is None:
            people = self._meetings[session.meeting] = {}
            self.on_meeting(session.meeting, True)
        before = people.get(session.record.participant_id)
        people[session.record.participant_id] = session
        if before is None:
            self._metrics.session(1)
        else:
            before.gone = True
        self.on_presence()
        return before

    def forget(self, session: Session) -> None:
        """The session is no more at this replica."""
        session.gone = True
        people = self._meetings.get(session.meeting, {})
        if people.get(session.record.participant_id) is session:
            del people[session.record.participant_id]
            self._metrics.session(-1)
            if not people:
                del self._meetings[session.meeting]
                self.on_meeting(session.meeting, False)
            self.on_presence()

    def find(self, tenant: str, meeting: str, participant: str) -> Session | None:
        return self._meetings.get((tenant, meeting), {}).get(participant)

    def of_meeting(self, meeting: Meeting) -> list[Session]:
        return list(self._meetings.get(meeting, {}).values())

    def meetings(self) -> list[Meeting]:
        return list(self._meetings)

    def __iter__(self) -> Iterator[Session]:
        return iter([session for people in self._meetings.values() for session in people.values()])

    def attach(self, session: Session, connection: Connection) -> None:
        """Gives the session a new connection; the one before is closed."""
        before, session.connection, session.detached_at = session.connection, connection, None
        if before is not None and before is not connection:
            before.close(Replaced("the session was resumed on another connection"), may_resume=False)
        self.on_presence()

    def detach(self, session: Session, connection: Connection) -> None:
        """The connection is gone; the session waits for another one."""
        if session.connection is connection and not session.gone:
            session.connection = None
            session.detached_at = time.monotonic()
            self.on_presence()
            # From now on the record lasts for the resume time only.
            self.in_background(self._keep(session))

    async def replaced(self, old: record_pb2.SessionRecord, new: Session) -> None:
        """`old` was the participant's session before `new`, here or at another replica: its media ends."""
        if old.session_id != new.record.session_id:
            await self.media.close(old, old.media, media_session_pb2.CLOSING_REASON_UNSPECIFIED)

    def taken(self, event: record_pb2.SessionTaken) -> None:
        """Another replica holds the participant's session now."""
        session = self.find(event.tenant_id, event.meeting_id, event.participant_id)
        if session is not None and session.attachment_id != event.attachment_id:
            self._let_go(session)

    async def end(
        self,
        session: Session,
        error: DomainError | None,
        reason: media_session_pb2.ClosingReason.ValueType,
        *,
        may_resume: bool = False,
    ) -> None:
        """Ends the session: the client is told, its media is closed, the record is dropped."""
        self.forget(session)
        if error is not None:
            session.close(error, may_resume=may_resume)
        await asyncio.gather(self.media.close(session.record, session.record.media, reason), self._drop(session))

    def end_soon(
        self, session: Session, error: DomainError | None, reason: media_session_pb2.ClosingReason.ValueType
    ) -> None:
        """The same from where nothing can be awaited."""
        self.in_background(self.end(session, error, reason))

    def rejoin(self, session: Session) -> None:
        """The roster does not know the participant (any more): a client that is still there resumes, which enters
        again."""
        if session.connected:
            session.close(SessionGone("the roster does not know the participant any more"), may_resume=True)
        elif session.detached_at is not None and time.monotonic() - session.detached_at > REJOIN_S:
            self.end_soon(session, None, media_session_pb2.CLOSING_REASON_EXPIRED)

    async def save(self, session: Session, record: record_pb2.SessionRecord | None = None) -> None:
        """Writes the record, or what it is about to become. When Redis is away, keep_forever does it later."""
        await self._keep(session, record)

    async def keep_forever(self) -> None:
        """Runs as a task: writes records and placements again while they are in use."""
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            await self.keep()

    async def keep(self) -> None:
        """One round of that."""
        for session in self:
            if session.connected or self._stays(session):
                await self._keep(session)
            if not session.gone:
                self.on_kept(session)
        with contextlib.suppress(Unavailable):
            await self._store.keep_placements(self.meetings())

    async def sweep_forever(self) -> None:
        """Runs as a task: ends what nobody came back to."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            self.sweep(time.monotonic(), time.time_ns() // 1_000_000)

    def sweep(self, now: float, now_ms: int) -> None:
        """Ends previews that took too long, and sessions without a connection whose participant is not in the meeting
        any more. A request in progress goes first."""
        for session in self:
            if session.lock.locked():
                continue
            record = session.record
            if not record.entered and record.preview_until_ms <= now_ms:
                self.end_soon(
                    session, PreviewExpired("the preview was left idle"), media_session_pb2.CLOSING_REASON_EXPIRED
                )
            elif self._given_up(session, now):
                # Nobody would tell its node any more what hosts decide, so its media ends as well.
                self.end_soon(session, None, media_session_pb2.CLOSING_REASON_EXPIRED)

    def in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs something whose end nobody waits for, until it is done or the service stops."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def stop(self, timeout_s: float = 1.0) -> None:
        """Gives what runs in the background that long, then cancels it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_s)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work failed", exc_info=error)

    def close_replaced(self, session: Session) -> None:
        """Another session or attachment has taken its place."""
        session.close(Replaced("the same participant connected elsewhere"), may_resume=False)

    def _stays(self, session: Session) -> bool:
        """Whether the session goes on without a connection, however long that takes: the roster decides whether the
        participant has left, and until then their media may go on."""
        return session.record.entered and self.in_meeting(session)

    def _given_up(self, session: Session, now: float) -> bool:
        late = session.detached_at is not None and now - session.detached_at > self._resume_s
        return late and not self._stays(session)

    def _let_go(self, session: Session) -> None:
        self.forget(session)
        self.close_replaced(session)

    async def _keep(self, session: Session, record: record_pb2.SessionRecord | None = None) -> None:
        if session.gone:
            return
        try:
            mine = await self._store.keep(record or session.record, session.attachment_id)
        except Unavailable:
            return
        if not mine and not session.gone:
            self._let_go(session)

    async def _drop(self, session: Session) -> None:
        try:
            await self._store.drop(session.record, session.attachment_id)
        except Unavailable:
            log.info("session record not dropped: it expires", extra={"session": session.record.session_id})
