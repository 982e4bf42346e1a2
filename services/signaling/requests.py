"""What each request of a client does, and what it is answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, cast

from opentelemetry import trace

from services.common.bus import Bus
from services.common.errors import (
    DeadlineExceeded,
    DomainError,
    PermissionDenied,
    SessionGone,
    Unauthenticated,
    Unavailable,
)
from services.common.ids import new_id
from services.common.telemetry import Telemetry
from services.common.tenancy import ParticipantPrincipal, tenant_scope
from services.common.tokens import TokenVerifier
from services.signaling.browser_span import record_browser_join
from services.signaling.clients import MediaClient, RosterClient
from services.signaling.connection import Connection
from services.signaling.core import resume
from services.signaling.core.audience import Audience, audience_of, seen_by
from services.signaling.core.connection import Request, State, after, after_resume, state_now
from services.signaling.core.opening import refuse_unless_open
from services.signaling.core.rights import rights_of
from services.signaling.enforcement import Enforcement
from services.signaling.entering import Entering
from services.signaling.feed import Feeds, entered
from services.signaling.media_nodes import MediaNodes
from services.signaling.moderation_requests import moderation_requests
from services.signaling.poll_requests import poll_requests
from services.signaling.session import Session
from services.signaling.sessions import Sessions
from services.signaling.store import Store
from sipulung.common.v1 import common_pb2
from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import moderation_pb2, participant_pb2
from sipulung.signaling.v1 import client_pb2, record_pb2

log: Final = logging.getLogger(__name__)

# Make before break: the old media session goes when the new one carries media, or after that.
BREAK_AFTER_S: Final = 10.0
BREAK_CHECK_S: Final = 0.5
# The roster is told of somebody who left for that long; after that their absence tells it.
LEAVE_RETRIES: Final = 10
LEAVE_RETRY_S: Final = 2.0
END_FOR_ALL: Final = moderation_pb2.HostAct(end_for_all=moderation_pb2.EndForAll())


@dataclass
class Client:
    """A connection and the session that it opened or resumed."""

    connection: Connection
    state: State = State.CONNECTED
    session: Session | None = None


class Requests:
    """Carries out the requests of all clients. Each raises DomainError for what cannot be done."""

    def __init__(
        self,
        *,
        verifier: TokenVerifier,
        keys_ready: Callable[[], bool],
        store: Store,
        roster: RosterClient,
        media: MediaClient,
        nodes: MediaNodes,
        sessions: Sessions,
        feeds: Feeds,
        enforcement: Enforcement,
        bus: Bus,
        telemetry: Telemetry,
        preview_s: int,
    ) -> None:
        self._verifier = verifier
        self._keys_ready = keys_ready
        self._store = store
        self._roster = roster
        self._media = media
        self._nodes = nodes
        self._sessions = sessions
        self._feeds = feeds
        self._enforcement = enforcement
        self._bus = bus
        self._telemetry = telemetry
        self._preview_s = preview_s
        self._entering = entering = Entering(roster, media, sessions, feeds, enforcement)
        # Those that need a session.
        self._of_session: dict[
            Request, Callable[[Session, client_pb2.ClientMessage], Awaitable[client_pb2.ServerMessage]]
        ] = {
            Request.ENTER: entering.enter,
            Request.NEGOTIATE: self._negotiate,
            Request.RECONNECT: self._reconnect,
            Request.RAISE_HAND: self._raise_hand,
            Request.SAY: self._say,
            Request.LEAVE: self._leave,
            Request.END_MEETING: self._end_meeting,
            Request.TIMINGS: self._timings,
            **poll_requests(roster),
            **moderation_requests(roster),
        }

    async def carry_out(
        self, client: Client, kind: Request, message: client_pb2.ClientMessage
    ) -> client_pb2.ServerMessage:
        """The answer, without its request_id. Nothing is awaited between the change of state and the return, so that an
        answer goes out before any event that follows it."""
        if kind is Request.OPEN:
            following = after(client.state, kind)
            answer = await self._open(client, message.open)
            client.state = following
            return answer
        if kind is Request.RESUME:
            after_resume(client.state, entered=False)
            return await self._resume(client, message.resume)
        session = client.session
        waiting = session is not None and session.audience is Audience.WAITING
        if kind is Request.MODERATE and message.moderate.HasField("end_for_all"):
            kind = Request.END_MEETING
        following = after(state_now(client.state, waiting=waiting), kind)
        if kind is Request.PING:
            return client_pb2.ServerMessage(pong=client_pb2.Pong(server_time_ms=_now_ms()))
        if session is None:
            raise AssertionError("every state but CONNECTED has a session")
        trace.get_current_span().set_attribute("tenant", session.record.tenant_id)
        with tenant_scope(session.record.tenant_id):
            return await self._of(session, client, kind, message, following)

    async def _of(
        self, session: Session, client: Client, kind: Request, message: client_pb2.ClientMessage, following: State
    ) -> client_pb2.ServerMessage:
        async with session.lock:
            if session.gone:
                raise SessionGone("the session is over")
            answer = await self._of_session[kind](session, message)
            client.state = following
            return answer

    async def _open(self, client: Client, request: client_pb2.Open) -> client_pb2.ServerMessage:
        try:
            principal = await self._verifier.verify_fresh(request.join_token)
        except Unauthenticated:
            if not self._keys_ready():
                raise Unavailable("the keys of tokens are not known yet") from None
            raise
        if not isinstance(principal, ParticipantPrincipal):
            raise PermissionDenied("an access token is no join token")
        trace.get_current_span().set_attribute("tenant", principal.tenant_id)
        with tenant_scope(principal.tenant_id):
            return await self._open_as(client, request, principal)

    async def _open_as(
        self, client: Client, request: client_pb2.Open, principal: ParticipantPrincipal
    ) -> client_pb2.ServerMessage:
        tenant, meeting_id = principal.tenant_id, principal.meeting_id
        layout = request.layout if request.HasField("layout") else None
        opening = asyncio.create_task(
            self._nodes.open(tenant, meeting_id, request.offer_sdp, layout, request.join_token)
        )
        try:
            meeting = await self._roster.get_meeting(meeting_id, request.join_token)
            refuse_unless_open(meeting, principal.role, _now_ms())
            place, answer_sdp = await opening
        except Exception:
            self._sessions.in_background(self._undo_open(principal, opening))
            raise
        now_ms = _now_ms()
        record = record_pb2.SessionRecord(
            session_id=new_id(),
            tenant_id=tenant,
            meeting_id=meeting_id,
            participant_id=principal.participant_id,
            role=cast("common_pb2.MeetingRole.ValueType", principal.role),
            name=principal.name,
            account_id=principal.account_id,
            opened_at_ms=now_ms,
            preview_until_ms=now_ms + self._preview_s * 1000,
            media=place,
        )
        token = self._new_resume_key(record, request.join_token, now_ms)
        session = Session(record, request.join_token, new_id(), client.connection)
        try:
            before = await self._store.take(record, session.attachment_id)
        except Unavailable:
            self._sessions.in_background(self._undo_open(principal, opening))
            raise
        client.session = session
        self._replace_here(session)
        if before is not None:
            self._sessions.in_background(self._sessions.replaced(before, session))
        await self._announce(session)
        return client_pb2.ServerMessage(
            opened=client_pb2.Opened(
                session_id=record.session_id,
                resume_token=str(token),
                answer_sdp=answer_sdp,
                participant_id=record.participant_id,
                role=record.role,
                meeting_title=meeting.title,
                present=meeting.present,
                preview_expires_in_s=self._preview_s,
                media_session_id=place.media_session_id,
            )
        )

    async def _undo_open(
        self, principal: ParticipantPrincipal, opening: asyncio.Task[tuple[record_pb2.MediaPlace, str]]
    ) -> None:
        """The session is not to be: its media is closed when it was opened already."""
        try:
            place, _ = await opening
        except DomainError:
            return
        record = record_pb2.SessionRecord(tenant_id=principal.tenant_id, meeting_id=principal.meeting_id)
        await self._sessions.media.close(record, place, media_session_pb2.CLOSING_REASON_EXPIRED)

    async def _resume(self, client: Client, request: client_pb2.Resume) -> client_pb2.ServerMessage:
        token = resume.parse_token(request.resume_token)
        now_ms = _now_ms()
        stored = await self._store.load(token.tenant_id, token.meeting_id, token.participant_id)
        if stored is None:
            raise SessionGone("no such session")
        record, attachment = stored
        join_token = resume.unseal(record, request.session_id, token, now_ms)
        if not record.entered and record.preview_until_ms <= now_ms:
            raise SessionGone("the preview is over")
        here = self._sessions.find(record.tenant_id, record.meeting_id, record.participant_id)
        if here is not None and here.attachment_id == attachment and here.record.session_id == record.session_id:
            return await self._resume_here(client, here, request.session_id, token)
        new_token = self._new_resume_key(record, join_token, now_ms)
        # Without a connection until the client has its answer: where that is a refusal, nobody may ever come back.
        session = Session(record, join_token, new_id(), None, detached_at=time.monotonic())
        if not await self._store.attach(record, session.attachment_id, attachment):
            raise Unavailable("the session was just resumed elsewhere")
        self._nodes.assume(record.media)
        self._replace_here(session)
        await self._announce(session)
        async with session.lock:
            return await self._continue(client, session, new_token)

    async def _resume_here(
        self, client: Client, session: Session, session_id: str, token: resume.ResumeToken
    ) -> client_pb2.ServerMessage:
        """The session is at this replica, which knows it better than Redis does. A request of it that is under way
        ends first."""
        async with session.lock:
            if session.gone:
                raise SessionGone("the session is over")
            now_ms = _now_ms()
            resume.unseal(session.record, session_id, token, now_ms)
            new_token = self._new_resume_key(session.record, session.join_token, now_ms)
            await self._sessions.save(session)
            if session.gone:
                raise SessionGone("the session is over")
            return await self._continue(client, session, new_token)

    async def _continue(self, client: Client, session: Session, token: resume.ResumeToken) -> client_pb2.ServerMessage:
        """The answer to a resume: what the client missed is in the snapshot. Under the session's lock."""
        found: tuple[participant_pb2.Participant, participant_pb2.Snapshot] | None = None
        if session.record.entered:
            found = await self._entering.found(session)
        if session.gone:
            raise SessionGone("the session is over")
        client.state = after_resume(client.state, entered=session.record.entered)
        client.session = session
        self._sessions.attach(session, client.connection)
        snapshot: participant_pb2.Snapshot | None = None
        if found is not None:
            person, whole = found
            session.audience = audience_of(person)
            snapshot = seen_by(whole, person.participant_id, session.audience)
            session.sequence = snapshot.sequence
            rights = rights_of(person.role, snapshot.meeting.settings)
            if session.audience is Audience.WAITING:
                session.record.untold = True
            elif session.let_in is not None:
                told = client_pb2.ServerMessage(admitted=entered(person, snapshot, session.let_in))
                session.let_in, session.record.untold = None, False
                self._sessions.in_background(self._sessions.save(session))
                # After the answer, like all events.
                asyncio.get_running_loop().call_soon(session.send, told)
            elif session.record.untold:
                # They were let in while another replica, or none, held the session.
                self._feeds.feed(session.meeting).let_in(session, rights, found)
            self._enforcement.settle(session, rights)
        if session.media_moved or self._nodes.lost(session.record.media):
            # After the answer: a client handles events of a session only once it has it.
            asyncio.get_running_loop().call_soon(lambda: session.move_media(urgent=True))
        return client_pb2.ServerMessage(resumed=client_pb2.Resumed(resume_token=str(token), snapshot=snapshot))

    async def _negotiate(self, session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        request = message.negotiate
        if request.media_session_id != session.record.media.media_session_id:
            raise SessionGone("that media session is not the current one")
        try:
            answer = await self._media.negotiate(session.record.media, request.offer_sdp, session.join_token)
        except SessionGone:
            session.move_media(urgent=True)
            raise
        return client_pb2.ServerMessage(negotiated=client_pb2.Negotiated(answer_sdp=answer))

    async def _reconnect(self, session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        request, record = message.reconnect, session.record
        layout = request.layout if request.HasField("layout") else None
        session.media_moved = False
        try:
            place, answer_sdp = await self._nodes.open(
                record.tenant_id, record.meeting_id, request.offer_sdp, layout, session.join_token
            )
        except DomainError:
            session.media_moved = True
            raise
        admitted = media_pb2.UpdatePermissionsResponse()
        session.publish = request.publish
        try:
            if record.entered and session.audience is not Audience.WAITING and not session.gone:
                admitted = await self._enforcement.admit(session, place, session.rights, session.publish)
            if session.gone:
                # They were removed meanwhile, which closed the media that they had before.
                raise SessionGone("the session is over")
        except DomainError:
            session.media_moved = True
            self._sessions.in_background(
                self._sessions.media.close(record, place, media_session_pb2.CLOSING_REASON_EXPIRED)
            )
            raise
        old = record_pb2.MediaPlace()
        old.CopyFrom(record.media)
        record.media.CopyFrom(place)
        if record.entered:
            # What was decided meanwhile.
            self._enforcement.settle(session, session.rights)
        self._sessions.in_background(self._break(record, old, place))
        await self._sessions.save(session)
        return client_pb2.ServerMessage(
            reconnected=client_pb2.Reconnected(
                answer_sdp=answer_sdp,
                media_session_id=place.media_session_id,
                assignments=admitted.assignments,
                media_states=admitted.media_states,
            )
        )

    async def _break(
        self, record: record_pb2.SessionRecord, old: record_pb2.MediaPlace, new: record_pb2.MediaPlace
    ) -> None:
        """Closes the old media session once the new one is connected, or after BREAK_AFTER_S."""
        deadline = time.monotonic() + BREAK_AFTER_S
        while time.monotonic() < deadline:
            await asyncio.sleep(BREAK_CHECK_S)
            with contextlib.suppress(DomainError):
                if await self._media.connected(record, new):
                    break
        if not self._nodes.lost(old):
            await self._sessions.media.close(record, old, media_session_pb2.CLOSING_REASON_UNSPECIFIED)

    async def _raise_hand(self, session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        await self._roster.raise_hand(session.meeting, message.raise_hand.raised, session.join_token)
        return _done()

    async def _say(self, session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        said = message.say
        request = participant_pb2.SayRequest(text=said.text, client_line_id=said.client_line_id, to_hosts=said.to_hosts)
        await self._roster.say(session.meeting, request, session.join_token)
        return _done()

    async def _leave(self, session: Session, _message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        if session.record.entered:
            session.leaving = True
            try:
                await self._roster.leave(session.join_token)
            except (Unavailable, DeadlineExceeded):
                # Nobody is kept in a meeting because the roster is away.
                self._sessions.in_background(self._leave_later(session.join_token))
            except DomainError as error:
                log.info("the roster refused a leave: %s", error.message)
        await self._sessions.end(session, None, media_session_pb2.CLOSING_REASON_UNSPECIFIED)
        return _done()

    async def _leave_later(self, join_token: str) -> None:
        for _ in range(LEAVE_RETRIES):
            await asyncio.sleep(LEAVE_RETRY_S)
            try:
                await self._roster.leave(join_token)
            except (Unavailable, DeadlineExceeded):
                continue
            except DomainError:
                return
            return

    async def _end_meeting(self, session: Session, _message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        session.ending = True
        try:
            await self._roster.moderate(END_FOR_ALL, session.join_token)
        except DomainError:
            session.ending = False
            raise
        # This session ends here, after its answer; the others by the roster's event.
        await self._sessions.end(session, None, media_session_pb2.CLOSING_REASON_ENDED)
        return _done()

    async def _timings(self, _session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        record_browser_join(self._telemetry, message.timings, message.trace, _now_ms())
        return _done()

    def _new_resume_key(self, record: record_pb2.SessionRecord, join_token: str, now_ms: int) -> resume.ResumeToken:
        token = resume.make_token(
            record.tenant_id, record.meeting_id, record.participant_id, secrets.token_bytes(resume.SECRET_BYTES)
        )
        resume.replace_key(record, resume.seal(token, join_token), now_ms)
        return token

    def _replace_here(self, session: Session) -> None:
        """The session takes the participant's place at this replica."""
        before = self._sessions.add(session)
        if before is not None:
            self._sessions.close_replaced(before)

    async def _announce(self, session: Session) -> None:
        """Other replicas let go of the participant's older session."""
        record = session.record
        await self._bus.publish(
            taken_subject(record.tenant_id, record.meeting_id),
            record_pb2.SessionTaken(
                tenant_id=record.tenant_id,
                meeting_id=record.meeting_id,
                participant_id=record.participant_id,
                session_id=record.session_id,
                attachment_id=session.attachment_id,
            ),
        )


def taken_subject(tenant: str, meeting: str) -> str:
    """Where a replica tells that it holds a session now; "*" for all."""
    return f"sipulung.tenant.{tenant}.meeting.{meeting}.signaling.taken"


def _done() -> client_pb2.ServerMessage:
    return client_pb2.ServerMessage(done=client_pb2.Done())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
