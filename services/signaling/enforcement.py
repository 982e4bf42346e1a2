"""Has media nodes enforce what hosts decide: what a session's media may send, what is turned off, who is let in."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from services.common.errors import DeadlineExceeded, DomainError, SessionGone, Unavailable
from services.signaling.clients import MediaClient
from services.signaling.core.audience import Audience
from services.signaling.core.rights import Rights, publish_state, taken_away, within
from services.signaling.metrics import Metrics
from services.signaling.session import Session
from services.signaling.sessions import Sessions
from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.signaling.v1 import record_pb2

log: Final = logging.getLogger(__name__)

# A node that does not answer for that long is dead: its sessions reconnect, with their rights as they are then. Or
# it is only cut off from here, so it is tried again for as long as there is the session.
TRIES: Final = 10
RETRY_S: Final = 0.5


class Enforcement:
    """One node call at a time for each session, so that the last decision is the one that holds."""

    def __init__(self, media: MediaClient, sessions: Sessions, metrics: Metrics) -> None:
        self._media = media
        self._sessions = sessions
        self._metrics = metrics
        sessions.on_kept = self.again

    async def admit(
        self,
        session: Session,
        place: record_pb2.MediaPlace,
        rights: Rights,
        publish: media_session_pb2.PublishState | None,
    ) -> media_pb2.UpdatePermissionsResponse:
        """Opens the gates of the session's media at `place`. Raises what the node answers.

        `publish`: what it sends from now on; None leaves that as it is.
        """
        async with session.permitting:
            session.granted = None
            wanted = None if publish is None else within(publish, rights)
            answer = await self._media.permit(session.record, place, rights, publish=wanted)
            session.granted = rights
            return answer

    async def admit_or_move(
        self, session: Session, rights: Rights, publish: media_session_pb2.PublishState | None
    ) -> media_pb2.UpdatePermissionsResponse:
        """The same; where the media is gone, the client is told to open it anew, and is in the meeting meanwhile."""
        try:
            return await self.admit(session, session.record.media, rights, publish)
        except (SessionGone, Unavailable, DeadlineExceeded) as error:
            log.warning("in the meeting without media: %s", error.message, extra={"node": session.record.media.node_id})
            asyncio.get_running_loop().call_soon(lambda: session.move_media(urgent=True))
            return media_pb2.UpdatePermissionsResponse()

    def settle(self, session: Session, rights: Rights) -> None:
        """The session's rights are these now."""
        session.stopping |= taken_away(session.rights, rights)
        session.rights = rights
        if session.audience is not Audience.WAITING and session.granted != rights:
            self._begin(session)

    def stop(self, session: Session, sources: frozenset[str]) -> None:
        """Turns these off, once."""
        session.stopping |= sources
        if session.audience is not Audience.WAITING:
            self._begin(session)

    def again(self, session: Session) -> None:
        """Begins anew where it was given up. Called from time to time for each session."""
        told = session.granted == session.rights and not session.stopping
        if session.record.entered and session.audience is not Audience.WAITING and not session.letting_in and not told:
            self._begin(session)

    def _begin(self, session: Session) -> None:
        if not session.settling:
            session.settling = True
            self._sessions.in_background(self._settle(session))

    async def _settle(self, session: Session) -> None:
        try:
            for _ in range(TRIES):
                if session.gone or await self._tell(session):
                    return
                await asyncio.sleep(RETRY_S)
            self._metrics.enforced("given_up")
            log.error("a media node was not told what hosts decided", extra={"node": session.record.media.node_id})
        finally:
            session.settling = False

    async def _tell(self, session: Session) -> bool:
        """Whether the node knows all that is decided."""
        async with session.permitting:
            while session.granted != session.rights or session.stopping:
                rights, sources = session.rights, session.stopping
                session.stopping = frozenset()
                try:
                    await self._media.permit(session.record, session.record.media, rights, stop=publish_state(sources))
                except SessionGone:
                    # What takes its place is admitted with the rights as they are then.
                    session.granted = rights
                    self._metrics.enforced("session_gone")
                    return True
                except DomainError:
                    self._metrics.enforced("failed")
                    session.stopping |= sources
                    return False
                session.granted = rights
                self._metrics.enforced("told")
        return True
