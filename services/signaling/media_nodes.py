"""Placement of meetings on media nodes, and what happens when a node dies, restarts or drains."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from services.common.errors import DeadlineExceeded, DomainError, NoMediaNode, Unavailable
from services.common.ids import new_id
from services.signaling.clients import MediaClient
from services.signaling.core.nodes import DEAD_AFTER_S, Change, NodeTable
from services.signaling.metrics import Metrics
from services.signaling.sessions import Sessions
from services.signaling.store import Store
from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.signaling.v1 import record_pb2

log: Final = logging.getLogger(__name__)

PROBE_EVERY_S: Final = 0.5
# A node that refuses connections twice in a row is dead; one that only hangs gets DEAD_AFTER_S.
REFUSALS: Final = 2
# A node that is just being started again by its supervisor.
RETRY_AFTER_S: Final = 0.3
ATTEMPTS: Final = 3
# Nodes report every second.
FIRST_REPORTS_S: Final = 1.5


class MediaNodes:
    """The one place that knows which node a meeting is on."""

    def __init__(
        self,
        store: Store,
        client: MediaClient,
        sessions: Sessions,
        metrics: Metrics,
        bus_connected: Callable[[], bool],
    ) -> None:
        self._store = store
        self._client = client
        self._sessions = sessions
        self._metrics = metrics
        self._bus_connected = bus_connected
        self.table = NodeTable()
        self._refusals: dict[str, int] = {}
        self._started_at = time.monotonic()

    async def on_load(self, _subject: str, load: media_pb2.NodeLoad) -> None:
        """A node's report came in."""
        change = self.table.heard(load, time.monotonic())
        self._refusals.pop(load.node_id, None)
        if change is not Change.NONE:
            log.info("media node %s: %s", load.node_id, change.value, extra={"node": load.node_id})
        if change is Change.RESTARTED:
            self._move(load.node_id, "restarted", urgent=True, surviving_boot=load.boot_id)
        elif change is Change.DRAINING:
            self._move(load.node_id, "draining", urgent=False)

    async def open(
        self, tenant: str, meeting: str, offer: str, layout: media_session_pb2.LayoutRequest | None, join_token: str
    ) -> tuple[record_pb2.MediaPlace, str]:
        """Opens a media session on the meeting's node; a node that is dead is replaced for the whole meeting.

        Returns the place and the answer's SDP. Raises NoMediaNode, Unavailable, and what the node says of the offer.
        """
        failed: frozenset[str] = frozenset()
        for attempt in range(ATTEMPTS):
            placement = await self._placement(tenant, meeting, failed)
            load = self.table.load(placement.node_id)
            place = record_pb2.MediaPlace(
                node_id=placement.node_id,
                grpc_address=load.grpc_address if load and load.grpc_address else placement.grpc_address,
                media_session_id=new_id(),
                boot_id=load.boot_id if load else "",
            )
            try:
                answer = await self._client.open_session(
                    place.grpc_address, place.media_session_id, offer, layout, join_token
                )
            except (Unavailable, DeadlineExceeded) as error:
                log.warning("media node does not answer: %s", error.message, extra={"node": place.node_id})
                if self._silent(place.node_id):
                    failed |= {place.node_id}
                    self._bury(place.node_id)
                elif attempt + 1 < ATTEMPTS:
                    await asyncio.sleep(RETRY_AFTER_S)
                continue
            self.table.opened(place.node_id)
            return place, answer
        raise Unavailable("no media node answers")

    def assume(self, place: record_pb2.MediaPlace) -> None:
        """A resumed session has its media there: the node is watched even if it was never heard of here."""
        self.table.assume(place.node_id, place.grpc_address, place.boot_id, time.monotonic())

    def lost(self, place: record_pb2.MediaPlace) -> bool:
        """Whether the media of a session with that place is known to be gone."""
        load = self.table.load(place.node_id)
        return not self.table.alive(place.node_id) or (
            load is not None and bool(place.boot_id) and load.boot_id != place.boot_id
        )

    async def watch_forever(self) -> None:
        """Runs as a task: asks nodes that are overdue, and moves the sessions of those that are dead."""
        while True:
            await asyncio.sleep(PROBE_EVERY_S)
            await asyncio.gather(*(self._ask(load) for load in self.table.suspects(time.monotonic())))

    def move(self, *, node_id: str = "", tenant: str = "", meeting: str = "") -> int:
        """Tells clients to reconnect, at an operator's wish. Empty: any. Returns how many were told."""
        moved = 0
        for session in self._sessions:
            record = session.record
            wanted = (node_id, record.media.node_id), (tenant, record.tenant_id), (meeting, record.meeting_id)
            if all(not want or want == have for want, have in wanted):
                session.move_media(urgent=False)
                self._metrics.moved("operator")
                moved += 1
        return moved

    async def _placement(self, tenant: str, meeting: str, failed: frozenset[str]) -> record_pb2.Placement:
        current = await self._store.placement(tenant, meeting)
        if current is not None and current.node_id not in failed and self.table.usable(current.node_id):
            return current
        load = self._choose(failed)
        while load is None and time.monotonic() - self._started_at < FIRST_REPORTS_S:
            # Just started: the nodes were not heard yet.
            await asyncio.sleep(0.05)
            load = self._choose(failed)
        if load is None:
            raise NoMediaNode("no live media node takes new sessions")
        wanted = record_pb2.Placement(node_id=load.node_id, grpc_address=load.grpc_address)
        placed = await self._store.move(tenant, meeting, current, wanted)
        if current is not None:
            # A meeting is on one node: whoever is still on the old one follows.
            for session in self._sessions.of_meeting((tenant, meeting)):
                if session.record.media.node_id == current.node_id and not session.media_moved:
                    session.move_media(urgent=not self.table.alive(current.node_id))
                    self._metrics.moved("meeting_moved")
        return placed

    def _choose(self, excluding: frozenset[str]) -> media_pb2.NodeLoad | None:
        return self.table.choose(time.monotonic(), reports_arrive=self._bus_connected(), excluding=excluding)

    async def _ask(self, load: media_pb2.NodeLoad) -> None:
        node_id = load.node_id
        try:
            answer = await self._client.probe(load.grpc_address)
        except Unavailable:
            self._refusals[node_id] = self._refusals.get(node_id, 0) + 1
            if self._refusals[node_id] >= REFUSALS:
                self._bury(node_id)
        except DomainError as error:
            if self.table.silence(node_id, time.monotonic()) > DEAD_AFTER_S:
                log.warning("media node hangs: %s", error.message, extra={"node": node_id})
                self._bury(node_id)
        else:
            # It lives, and only the bus does not carry its reports.
            self._refusals.pop(node_id, None)
            if answer.node_id == node_id:
                answer.grpc_address = answer.grpc_address or load.grpc_address
                await self.on_load("", answer)

    def _silent(self, node_id: str) -> bool:
        """Whether a failed call is enough to give the node up: its reports are overdue, or there can be none."""
        overdue = any(load.node_id == node_id for load in self.table.suspects(time.monotonic()))
        return overdue or not self._bus_connected() or not self.table.alive(node_id) or self.table.load(node_id) is None

    def _bury(self, node_id: str) -> None:
        if self.table.bury(node_id):
            log.error("media node is dead", extra={"node": node_id})
            self._refusals.pop(node_id, None)
            self._move(node_id, "dead", urgent=True)

    def _move(self, node_id: str, reason: str, *, urgent: bool, surviving_boot: str = "") -> None:
        for session in self._sessions:
            place = session.record.media
            if place.node_id == node_id and not (surviving_boot and place.boot_id == surviving_boot):
                session.move_media(urgent=urgent)
                self._metrics.moved(reason)
