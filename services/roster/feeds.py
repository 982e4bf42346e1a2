"""Watch: a snapshot, then every event in order, then a new snapshot whenever an event may have been missed.

An event goes out at once, those that follow it within a moment together: what several replicas did at the same time,
and what no replica of signaling gathered before (services/common/rpc_gather.py).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from services.common.errors import DomainError
from services.common.store import STORE_TROUBLE
from services.roster.core.ordering import PATIENCE_MS, EventOrder
from services.roster.keys import MeetingRef
from services.roster.metrics import RosterMetrics
from sipulung.roster.v1 import participant_pb2

# Events that wait for one watcher. Whoever is slower than that gets a snapshot instead.
MAX_QUEUED = 1000
# What follows an event within that time is told together. People have to hear within 200 ms, of which what they do may
# have waited 100 ms before it came here (services/signaling/clients.py).
GATHER_S = 0.05
# Of 8 kB at most each (a line of chat), far below what a message of gRPC may have.
MAX_TOGETHER = 100
_RETRY_S = 0.5
_log = logging.getLogger(__name__)

SnapshotSource = Callable[[MeetingRef], Awaitable[participant_pb2.Snapshot]]


class Watcher:
    """One Watch stream. Events come in by `push`, in any order and more than once."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._queue: deque[participant_pb2.RosterEvent] = deque()
        self._wake = asyncio.Event()
        self._order: EventOrder[participant_pb2.RosterEvent] = EventOrder(0)
        self._expected = 0
        self._told_at = float("-inf")
        self.stale = True
        self.closed = False

    def push(self, event: participant_pb2.RosterEvent) -> None:
        """An event of the meeting."""
        if len(self._queue) >= MAX_QUEUED:
            self._queue.clear()
            self.stale = True
        if _hands_over(event):
            # What was said in the occurrence before is still in what they know.
            self.stale = True
        self._queue.append(event)
        self._wake.set()

    def invalidate(self) -> None:
        """Events may have been missed."""
        self.stale = True
        self._wake.set()

    def compare(self, sequence: int) -> None:
        """The meeting's sequence as the store has it now: who has not come so far a second later missed something."""
        if self._order.last < self._expected:
            self.invalidate()
        self._expected = sequence

    def close(self) -> None:
        """Ends the stream."""
        self.closed = True
        self._wake.set()

    def started(self, snapshot: participant_pb2.Snapshot) -> participant_pb2.WatchResponse:
        """Goes on from a snapshot that was loaded after `stale` was cleared."""
        self._order.restart(snapshot.sequence)
        self._expected = snapshot.sequence
        return participant_pb2.WatchResponse(snapshot=snapshot)

    async def next(self) -> list[participant_pb2.RosterEvent]:
        """The events that are due; returns with none when it is time to look at `stale` and `closed`."""
        if not self._queue:
            patience = PATIENCE_MS / 1000 if self._order.waiting else None
            # Not wait_for, which loses a cancellation that comes together with an event.
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._wake.wait()
        await self._gather()
        self._wake.clear()
        due: list[participant_pb2.RosterEvent] = []
        while self._queue and len(due) < MAX_TOGETHER:
            event = self._queue.popleft()
            due += self._order.accept(event.sequence, event, self._now_ms())
        if due:
            self._told_at = time.monotonic()
        elif self._order.is_missing(self._now_ms()):
            self.stale = True
        return due

    async def _gather(self) -> None:
        """Waits for what may be told together, unless there is more than that, or the stream ends."""
        rest_s = self._told_at + GATHER_S - time.monotonic()
        if rest_s > 0 and len(self._queue) < MAX_TOGETHER and not (self.stale or self.closed):
            await asyncio.sleep(rest_s)


def _hands_over(event: participant_pb2.RosterEvent) -> bool:
    """Whether an occurrence gives way to the next while people are inside: a meeting is told of at the moment that one
    begins or ends only then (core/span.py)."""
    meeting = event.updated
    return event.HasField("updated") and event.at_ms in (meeting.started_at_ms, meeting.occurrence_ended_at_ms)


class Feeds:
    """The Watch streams of this replica, by meeting."""

    def __init__(self, load: SnapshotSource, now_ms: Callable[[], int], metrics: RosterMetrics) -> None:
        self._load = load
        self._now_ms = now_ms
        self._metrics = metrics
        self._watchers: dict[MeetingRef, set[Watcher]] = {}
        self._closed = False

    async def watch(self, ref: MeetingRef) -> AsyncIterator[participant_pb2.WatchResponse]:
        """The stream. Raises NotFound, and what the store raises, before the first snapshot."""
        watcher = Watcher(self._now_ms)
        # Before the snapshot is loaded, so that no event falls between the two.
        self._watchers.setdefault(ref, set()).add(watcher)
        self._metrics.watchers.add(1)
        try:
            watcher.stale = False
            yield watcher.started(await self._load(ref))
            while not (watcher.closed or self._closed):
                if watcher.stale:
                    watcher.stale = False
                    self._metrics.resyncs.add(1)
                    yield watcher.started(await self._load_again(ref))
                if events := await watcher.next():
                    yield participant_pb2.WatchResponse(events=events)
        finally:
            self._metrics.watchers.add(-1)
            others = self._watchers[ref]
            others.discard(watcher)
            if not others:
                del self._watchers[ref]

    def deliver(self, ref: MeetingRef, event: participant_pb2.RosterEvent) -> None:
        """To everybody here who watches the meeting."""
        for watcher in self._watchers.get(ref, ()):
            watcher.push(event)

    def compare(self, ref: MeetingRef, sequence: int) -> None:
        """Finds out who missed events that nobody told us of."""
        for watcher in self._watchers.get(ref, ()):
            watcher.compare(sequence)

    def invalidate(self) -> None:
        """NATS or the store was away: everybody gets a snapshot."""
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.invalidate()

    def close(self) -> None:
        """Ends all streams: clients go to another replica."""
        self._closed = True
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.close()

    async def _load_again(self, ref: MeetingRef) -> participant_pb2.Snapshot:
        while True:
            try:
                return await self._load(ref)
            except (DomainError, *STORE_TROUBLE) as error:
                _log.warning("no snapshot yet", extra={"meeting": ref.meeting_id, "error": repr(error)})
                await asyncio.sleep(_RETRY_S)
