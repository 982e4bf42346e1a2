"""Media sessions that are over are closed at their nodes, and tried again where a node cannot be asked."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

from services.common.errors import DomainError, SessionGone, Unavailable
from services.signaling.clients import MediaClient
from services.signaling.metrics import Metrics
from services.signaling.session import Meeting
from services.signaling.store import Store
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.signaling.v1 import record_pb2

log: Final = logging.getLogger(__name__)

# When a media session that could not be closed is tried again: its node may only be cut off from here for a while.
AGAIN_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0, 15.0, 15.0)
# A replica that holds a session which is over has ended it by then.
HOLDER_S: Final = 1.0

_Reason: TypeAlias = media_session_pb2.ClosingReason.ValueType


class MediaClosing:
    """Closes media sessions, whoever held the sessions that they belonged to."""

    def __init__(
        self,
        store: Store,
        media: MediaClient,
        metrics: Metrics,
        in_background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._store = store
        self._media = media
        self._metrics = metrics
        self._in_background = in_background

    async def close(self, record: record_pb2.SessionRecord, place: record_pb2.MediaPlace, reason: _Reason) -> None:
        """Closes a media session. A node that cannot be asked is asked again in the background, also when the session
        is gone: who was removed and does not hang up would go on hearing and speaking there."""
        at = record_pb2.MediaPlace()
        at.CopyFrom(place)
        if not await self._closed(record, at, reason):
            self._in_background(self._close_later(record, at, reason))

    async def close_unheld(self, meeting: Meeting, participant_id: str, reason: _Reason) -> None:
        """Closes the media of somebody who was put out of the meeting while no replica held their session, because
        theirs died: its record says where it is. A session that is held ends there, and its record is dropped, before
        we look."""
        now_ms = time.time_ns() // 1_000_000
        await asyncio.sleep(HOLDER_S)
        try:
            stored = await self._store.load(*meeting, participant_id)
            # What was opened since then is another session.
            if stored is not None and stored[0].entered and stored[0].opened_at_ms <= now_ms:
                record, attachment_id = stored
                await self.close(record, record.media, reason)
                await self._store.drop(record, attachment_id)
        except Unavailable:
            log.warning("nobody knows where the media of somebody is who was put out", extra={"meeting": meeting[1]})

    async def _closed(self, record: record_pb2.SessionRecord, place: record_pb2.MediaPlace, reason: _Reason) -> bool:
        """Tries it once. A node that does not know the session (any more) has closed it."""
        try:
            await self._media.close_session(record, place, reason)
        except SessionGone:
            return True
        except DomainError as error:
            log.info("media session not closed: %s", error.message, extra={"node": place.node_id})
            return False
        return True

    async def _close_later(
        self, record: record_pb2.SessionRecord, place: record_pb2.MediaPlace, reason: _Reason
    ) -> None:
        for wait_s in AGAIN_S:
            # What many sessions of one node wait for should not come at the same moment.
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)
            if await self._closed(record, place, reason):
                return
        self._metrics.enforced("close_given_up")
        log.error("a media session was not closed", extra={"node": place.node_id})
