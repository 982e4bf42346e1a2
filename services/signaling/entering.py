"""How a session gets into its meeting, or into the lobby: the roster admits the person, the node their media."""

from __future__ import annotations

import asyncio
from typing import Final

from services.common.errors import (
    DomainError,
    LobbyDenied,
    MeetingCancelled,
    MeetingEnded,
    Removed,
    SessionGone,
    Unavailable,
)
from services.signaling.clients import MediaClient, RosterClient
from services.signaling.core.audience import Audience, audience_of, seen_by
from services.signaling.core.rights import rights_of
from services.signaling.enforcement import Enforcement
from services.signaling.feed import Feeds, Seen, entered, why_over
from services.signaling.session import Session
from services.signaling.sessions import Sessions
from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import participant_pb2
from sipulung.signaling.v1 import client_pb2, record_pb2

# How long a resume waits for the roster to say who is in the meeting.
VIEW_S: Final = 4.0
# How often the roster is asked to let somebody in who is gone again before they are in.
TRIES: Final = 3


class Entering:
    """Both methods are called under the session's lock."""

    def __init__(
        self, roster: RosterClient, media: MediaClient, sessions: Sessions, feeds: Feeds, enforcement: Enforcement
    ) -> None:
        self._roster = roster
        self._media = media
        self._sessions = sessions
        self._feeds = feeds
        self._enforcement = enforcement

    async def found(self, session: Session) -> Seen:
        """The participant, and the meeting as it is now. Whom the roster gave up meanwhile enters again.

        Whom it refuses for good is not forwarded any longer: where no replica held the session when that was decided,
        nobody has told its node.
        """
        try:
            return await self._find(session)
        except (Removed, LobbyDenied) as error:
            self._refused(session, error, media_session_pb2.CLOSING_REASON_REMOVED)
            raise
        except (MeetingEnded, MeetingCancelled) as error:
            self._refused(session, error, media_session_pb2.CLOSING_REASON_ENDED)
            raise

    def _refused(self, session: Session, error: DomainError, reason: media_session_pb2.ClosingReason.ValueType) -> None:
        # A session that is gone was ended already, or is at another replica.
        if not session.gone:
            self._sessions.end_soon(session, error, reason)

    async def _find(self, session: Session) -> Seen:
        view = await self._feeds.feed(session.meeting).first_view(VIEW_S)
        if view is not None and view.ended():
            raise why_over(view)
        person = view.person(session.record.participant_id) if view is not None else None
        if view is not None and person is not None:
            return person, view.snapshot()
        joined = await self._roster.join(session.join_token)
        return self._newest(session, joined) or (joined.participant, joined.snapshot)

    async def enter(self, session: Session, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        """Also for somebody who entered already and was not told: the roster knows them by their token."""
        record = session.record
        session.publish = message.enter.publish
        (person, whole), admitted = await self._get_in(session)
        if admitted is not None:
            # This answer says all that the one which they were to get when they are back would have.
            session.let_in = None
        # From the last look at who is there to the answer nothing is awaited, so no event slips in before.
        self._sessions.on_presence()
        if admitted is None:
            # Where a host was faster than we, the lobby is left by the usual way, right after the answer.
            session.audience = Audience.WAITING
            asyncio.get_running_loop().call_soon(self._feeds.feed(session.meeting).place, session)
        else:
            session.audience = audience_of(person)
            self._enforcement.settle(session, rights_of(person.role, whole.meeting.settings))
        snapshot = seen_by(whole, record.participant_id, session.audience)
        session.sequence = snapshot.sequence
        answer = entered(person, snapshot, admitted or media_pb2.UpdatePermissionsResponse())
        return client_pb2.ServerMessage(entered=answer)

    async def _get_in(self, session: Session) -> tuple[Seen, media_pb2.UpdatePermissionsResponse | None]:
        """In the roster, at the node and in the store. None of the node: they wait in the lobby."""
        for _ in range(TRIES):
            joined, admitted = await self._join_and_admit(session)
            stored = record_pb2.SessionRecord()
            stored.CopyFrom(session.record)
            stored.entered = True
            stored.preview_until_ms = 0
            stored.untold = admitted is None
            await self._sessions.save(session, stored)
            if session.gone:
                # Another replica has it now, and with the last one of a meeting its feed goes.
                raise SessionGone("the session is over")
            if newest := self._newest(session, joined):
                session.record.CopyFrom(stored)
                # Who waits does so by the roster's answer, whatever has become of it since.
                return (joined.participant, joined.snapshot) if admitted is None else newest, admitted
            # A host was faster: removed, or denied. Asked again, the roster says so.
            if admitted is not None:
                await self._unadmit(session)
        raise Unavailable("the roster does not know yet who is in the meeting")

    async def _join_and_admit(
        self, session: Session
    ) -> tuple[participant_pb2.JoinResponse, media_pb2.UpdatePermissionsResponse | None]:
        """The roster first: of somebody whom it refuses or makes wait nothing is forwarded, not for a moment."""
        joined = await self._roster.join(session.join_token)
        if joined.participant.presence == participant_pb2.PRESENCE_WAITING:
            return joined, None
        session.rights = rights_of(joined.participant.role, joined.snapshot.meeting.settings)
        return joined, await self._enforcement.admit_or_move(session, session.rights, session.publish)

    def _newest(self, session: Session, joined: participant_pb2.JoinResponse) -> Seen | None:
        """What the roster answered, or what has become of it since; None: they are not in the meeting any more."""
        return self._feeds.feed(session.meeting).newest((joined.participant, joined.snapshot))

    async def _unadmit(self, session: Session) -> None:
        record = session.record
        session.granted = None
        try:
            await self._media.permit(record, record.media, None)
        except DomainError:
            # Not set back: nobody who was not admitted may be heard.
            await self._sessions.media.close(record, record.media, media_session_pb2.CLOSING_REASON_REMOVED)
