"""What happens in a meeting, from one Watch of the roster to every client here."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from collections.abc import Sequence
from typing import Final

from services.common import rpc_client
from services.common.errors import DomainError, LobbyDenied, MeetingCancelled, MeetingEnded, Removed, SessionGone
from services.common.tenancy import tenant_scope
from services.signaling.clients import RosterClient
from services.signaling.core.audience import Audience, audience_of, hearers, open_to_all, seen_by
from services.signaling.core.news import News
from services.signaling.core.rights import Rights, rights_of, stopped_by
from services.signaling.core.view import MeetingView
from services.signaling.enforcement import Enforcement
from services.signaling.metrics import Metrics
from services.signaling.session import Meeting, Session
from services.signaling.sessions import Sessions
from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import moderation_pb2, participant_pb2
from sipulung.signaling.v1 import client_pb2

log: Final = logging.getLogger(__name__)

FIRST_BACKOFF_S: Final = 0.2
LONGEST_BACKOFF_S: Final = 3.0


# A participant, and the meeting that they are in.
Seen = tuple[participant_pb2.Participant, participant_pb2.Snapshot]


class Feed:
    """One meeting's Watch, opened again whenever it breaks."""

    def __init__(
        self, meeting: Meeting, roster: RosterClient, sessions: Sessions, enforcement: Enforcement, metrics: Metrics
    ) -> None:
        self.view: MeetingView | None = None
        self._meeting = meeting
        self._roster = roster
        self._sessions = sessions
        self._enforcement = enforcement
        self._metrics = metrics
        self._first = asyncio.Event()
        # Whoever came first happened to begin it: it goes on for the others, so it is no part of that one's trace.
        self._task = asyncio.create_task(self._follow(), context=contextvars.Context())

    def stop(self) -> None:
        self._task.cancel()

    async def first_view(self, timeout_s: float) -> MeetingView | None:
        """The view as soon as there is one, or None."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._first.wait()
        except TimeoutError:
            return None
        return self.view

    async def _follow(self) -> None:
        with tenant_scope(self._meeting[0]):
            await self._run()

    async def _run(self) -> None:
        backoff = FIRST_BACKOFF_S
        while True:
            try:
                if await self._watch():
                    backoff = FIRST_BACKOFF_S
            except DomainError as error:
                log.warning("watch of the roster broke: %s", error.message, extra={"meeting": self._meeting[1]})
            except Exception:
                log.exception("watch of the roster failed", extra={"meeting": self._meeting[1]})
            # Many feeds break at the same moment when the roster goes; they should not come back at the same one.
            await asyncio.sleep(backoff * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)
            backoff = min(backoff * 2, LONGEST_BACKOFF_S)

    async def _watch(self) -> bool:
        """Follows one stream to its end. Returns whether anything came."""
        tenant, meeting = self._meeting
        request = participant_pb2.WatchRequest(tenant_id=tenant, meeting_id=meeting)
        came = False
        async for response in rpc_client.stream(
            self._roster.participants.Watch, request, token=self._roster.service_token()
        ):
            came = True
            if response.HasField("snapshot"):
                self._snapshot(response.snapshot)
            elif not self._events(response.events):
                log.info("events of the roster are missing: watching anew", extra={"meeting": meeting})
                break
        return came

    def _snapshot(self, snapshot: participant_pb2.Snapshot) -> None:
        before, self.view = self.view, MeetingView(snapshot)
        self._first.set()
        if self.view.ended():
            self._end()
            return
        # Who entered by Join has a snapshot already, so the first view is news only to those whose snapshot is older.
        # After a break everybody gets it: the numbers of a roster that lost its state start anew.
        behind = [s for s in self._entered() if before is not None or s.sequence < snapshot.sequence]
        for session in behind:
            session.sequence = snapshot.sequence
        for session in self._entered():
            self.place(session)
        whole = client_pb2.ServerMessage(snapshot=snapshot).SerializeToString() if open_to_all(snapshot) else b""
        for session in behind:
            if whole and session.audience is not Audience.WAITING:
                if session.connection is not None:
                    session.connection.send_payload(whole)
            else:
                self._tell_whole(session)
        if before is not None:
            for session in self._entered():
                if not self.view.has(session.record.participant_id):
                    self._sessions.rejoin(session)

    def _events(self, events: Sequence[participant_pb2.RosterEvent]) -> bool:
        """Takes in what came together, and tells everybody by one write. False: some before it are missing."""
        view = self.view
        if view is None:
            return False
        news = News()
        for event in events:
            if event.sequence <= view.sequence:
                continue
            least, also = hearers(event, view.waits)
            if not view.apply(event):
                self._tell(news)
                return False
            news.add(event, least, also)
            concerned = self._concerned(event)
            if event.WhichOneof("event") == "updated" or (concerned and self._hears_otherwise(concerned)):
                # It, and what came before it, they still hear as those who they were.
                self._tell(news)
                news = News()
            self._follow_up(event, concerned)
        self._tell(news)
        return True

    def _tell(self, news: News) -> None:
        if not news:
            return
        last, sent = news.last, 0
        for session in self._entered():
            if session.sequence >= last:
                continue
            octets = news.octets(session.audience, session.record.participant_id, session.sequence)
            session.sequence = last
            if session.connection is not None and session.connection.send_frame(octets):
                sent += len(octets)
        # Once for all of them: a counter's lock and views cost as much as a write.
        self._metrics.told(len(news), sent)

    def _hears_otherwise(self, session: Session) -> bool:
        """Whether their participant belongs to another audience now."""
        person = self.view.person(session.record.participant_id) if self.view is not None else None
        return person is not None and audience_of(person) is not session.audience

    def _concerned(self, event: participant_pb2.RosterEvent) -> Session | None:
        """The session of whom the event tells how they are now."""
        kind = event.WhichOneof("event")
        if kind != "joined" and kind != "changed":
            return None
        person = event.joined if kind == "joined" else event.changed
        session = self._sessions.find(*self._meeting, person.participant_id)
        return session if session is not None and session.record.entered else None

    def _follow_up(self, event: participant_pb2.RosterEvent, concerned: Session | None) -> None:
        """What an event means to the sessions here, but for their being told."""
        kind = event.WhichOneof("event")
        if kind == "ended":
            self._end()
        elif kind == "left":
            self._left(event.left)
        elif kind == "updated":
            for session in self._entered():
                self.place(session)
        elif kind == "moderated":
            self._stop(event.moderated)
        elif concerned is not None:
            self._moved(concerned)

    def place(self, session: Session) -> bool:
        """What the session hears and may send follows from its participant as they are now. True: they were let in
        from the lobby, or another audience's view of the meeting is theirs now."""
        view = self.view
        person = view.person(session.record.participant_id) if view is not None else None
        # Where the roster's answer was ahead of its events, they tell of what is over.
        if view is None or person is None or view.sequence < session.sequence:
            return False
        before, session.audience = session.audience, audience_of(person)
        rights = rights_of(person.role, view.settings)
        if session.audience is Audience.WAITING:
            session.record.untold = True
        elif session.record.untold and session.let_in is None:
            self.let_in(session, rights, (person, view.snapshot()))
            return False
        self._enforcement.settle(session, rights)
        return session.audience is not before

    def _moved(self, session: Session) -> None:
        if self.place(session):
            # A new co-host sees who waits and what was said to hosts; a former one does not any more.
            self._tell_whole(session)

    def _tell_whole(self, session: Session) -> None:
        if self.view is not None:
            snapshot = seen_by(self.view.snapshot(), session.record.participant_id, session.audience)
            session.sequence = snapshot.sequence
            session.send(client_pb2.ServerMessage(snapshot=snapshot))

    def newest(self, known: Seen) -> Seen | None:
        """That, or the same of the view where it is ahead: events up to it were fanned out already. None: they left."""
        person, whole = known
        if self.view is None or self.view.sequence <= whole.sequence:
            return known
        now = self.view.person(person.participant_id)
        return (now, self.view.snapshot()) if now is not None and self.view.has(person.participant_id) else None

    def let_in(self, session: Session, rights: Rights, known: Seen) -> None:
        """A host admitted who waited: their media goes in, and they get what Enter would have answered."""
        session.rights = rights
        if not session.letting_in:
            session.letting_in = True
            # What was decided of those in the meeting while they waited. A mute that comes with the admission, before
            # the task begins, holds.
            session.stopping = frozenset()
            self._sessions.in_background(self._let_in(session, known))

    async def _let_in(self, session: Session, known: Seen) -> None:
        try:
            admitted = await self._enforcement.admit_or_move(session, session.rights, session.publish)
        finally:
            session.letting_in = False
        newest = self.newest(known)
        if session.gone or newest is None:
            return
        person, whole = newest
        if session.connected:
            snapshot = seen_by(whole, person.participant_id, session.audience)
            session.sequence = snapshot.sequence
            session.send(client_pb2.ServerMessage(admitted=entered(person, snapshot, admitted)))
            session.record.untold = False
            self._sessions.in_background(self._sessions.save(session))
        else:
            session.let_in = admitted
        # Where something was decided meanwhile.
        self._enforcement.settle(session, session.rights)

    def _stop(self, told: moderation_pb2.Moderated) -> None:
        if sources := stopped_by(told.act):
            for participant_id in told.affected:
                session = self._sessions.find(*self._meeting, participant_id)
                if session is not None and session.record.entered:
                    self._enforcement.stop(session, sources)

    def _end(self) -> None:
        why = why_over(self.view)
        for session in self._sessions.of_meeting(self._meeting):
            if not session.ending:
                self._sessions.end_soon(session, why, media_session_pb2.CLOSING_REASON_ENDED)

    def _left(self, left: participant_pb2.Left) -> None:
        session = self._sessions.find(*self._meeting, left.participant_id)
        if session is None:
            self._left_elsewhere(left)
        if session is None or not session.record.entered or session.ending:
            return
        if left.reason == participant_pb2.LEAVE_REASON_REMOVED:
            error: DomainError = Removed("a host removed the participant")
            self._sessions.end_soon(session, error, media_session_pb2.CLOSING_REASON_REMOVED)
        elif left.reason == participant_pb2.LEAVE_REASON_DENIED:
            error = LobbyDenied("a host did not admit the participant")
            self._sessions.end_soon(session, error, media_session_pb2.CLOSING_REASON_REMOVED)
        elif session.leaving:
            return
        elif left.reason == participant_pb2.LEAVE_REASON_MEETING_ENDED:
            self._sessions.in_background(self._over(session))
        elif left.reason == participant_pb2.LEAVE_REASON_LEFT:
            error = SessionGone("the participant left on another connection")
            self._sessions.end_soon(session, error, media_session_pb2.CLOSING_REASON_UNSPECIFIED)
        else:
            self._sessions.rejoin(session)

    async def _over(self, session: Session) -> None:
        """Begins when the events that came with it are taken in: the last says whether the meeting was called off."""
        await self._sessions.end(session, why_over(self.view), media_session_pb2.CLOSING_REASON_ENDED)

    def _left_elsewhere(self, left: participant_pb2.Left) -> None:
        """Another replica has their session, or none has."""
        if left.reason == participant_pb2.LEAVE_REASON_MEETING_ENDED:
            reason = media_session_pb2.CLOSING_REASON_ENDED
        elif left.reason in (participant_pb2.LEAVE_REASON_REMOVED, participant_pb2.LEAVE_REASON_DENIED):
            reason = media_session_pb2.CLOSING_REASON_REMOVED
        else:
            return
        self._sessions.in_background(self._sessions.media.close_unheld(self._meeting, left.participant_id, reason))

    def may_have(self, session: Session) -> bool:
        """Whether its participant is in the meeting or in its lobby, or nobody here knows yet."""
        if self.view is None or self.view.sequence < session.sequence:
            return True
        return self.view.has(session.record.participant_id) and not self.view.ended()

    def _entered(self) -> list[Session]:
        return [session for session in self._sessions.of_meeting(self._meeting) if session.record.entered]


def why_over(view: MeetingView | None) -> DomainError:
    """What somebody is told for whom the meeting is over: ended, or called off before it took place."""
    if view is not None and view.cancelled():
        return MeetingCancelled("the meeting was called off")
    return MeetingEnded("the meeting was ended")


def entered(
    person: participant_pb2.Participant,
    snapshot: participant_pb2.Snapshot,
    admitted: media_pb2.UpdatePermissionsResponse,
) -> client_pb2.Entered:
    """What somebody is told who is in the meeting from now on, or waits."""
    return client_pb2.Entered(
        participant=person,
        snapshot=snapshot,
        assignments=admitted.assignments,
        media_states=admitted.media_states,
        speakers=admitted.speakers,
    )


class Feeds:
    """The feeds of all meetings that have a session here."""

    def __init__(self, roster: RosterClient, sessions: Sessions, enforcement: Enforcement, metrics: Metrics) -> None:
        self._roster = roster
        self._sessions = sessions
        self._enforcement = enforcement
        self._metrics = metrics
        self._feeds: dict[Meeting, Feed] = {}
        sessions.in_meeting = self._has

    def on_meeting(self, meeting: Meeting, present: bool) -> None:
        """The first session of a meeting came, or the last one went."""
        if present:
            self._feeds[meeting] = Feed(meeting, self._roster, self._sessions, self._enforcement, self._metrics)
        else:
            self._feeds.pop(meeting).stop()

    def feed(self, meeting: Meeting) -> Feed:
        """The feed of a meeting that has a session here."""
        return self._feeds[meeting]

    def _has(self, session: Session) -> bool:
        # With the last session of a meeting its feed is gone.
        feed = self._feeds.get(session.meeting)
        return feed is not None and feed.may_have(session)

    def stop(self) -> None:
        for feed in self._feeds.values():
            feed.stop()
