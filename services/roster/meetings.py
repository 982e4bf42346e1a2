"""The way of every change: decide on the newest state, write it if nobody was first, tell everybody, note it down."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from weakref import WeakValueDictionary

from services.common import subjects
from services.common.bus import Bus
from services.common.errors import DomainError, NotFound, Unavailable
from services.common.telemetry import traceparent
from services.roster import codec
from services.roster.core.change import Change
from services.roster.core.state import MeetingState
from services.roster.feeds import Feeds
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from services.roster.metrics import RosterMetrics
from services.roster.store import RosterStore
from sipulung.roster.v1 import participant_pb2

# States kept in memory so that a change is one round trip to Redis. An old one costs two more, never a fault.
MAX_CACHED = 2000
# Replicas that change one meeting at the same time take turns; ten times behind somebody else is no chance any more.
_TRIES = 10

Command = Callable[[MeetingState, int], Change]


class Meetings:
    """All meetings of the instance, as one replica sees them."""

    def __init__(
        self, store: RosterStore, bus: Bus, ledger: Ledger, metrics: RosterMetrics, now_ms: Callable[[], int]
    ) -> None:
        self._store = store
        self._bus = bus
        self._ledger = ledger
        self._metrics = metrics
        self._now_ms = now_ms
        self._cache: OrderedDict[MeetingRef, MeetingState] = OrderedDict()
        self._locks: WeakValueDictionary[MeetingRef, asyncio.Lock] = WeakValueDictionary()
        self.feeds = Feeds(self.snapshot, now_ms, metrics)

    async def load(self, ref: MeetingRef) -> MeetingState:
        """The meeting as the store has it now. Raises NotFound."""
        try:
            state = await self._store.load(ref)
        except NotFound:
            self._cache.pop(ref, None)
            raise
        self._keep(ref, state)
        return state

    def cached(self, ref: MeetingRef, sequence: int | None = None) -> MeetingState | None:
        """What is in memory, if it is of that sequence."""
        state = self._cache.get(ref)
        return state if state is not None and sequence in (None, state.sequence) else None

    async def current(self, refs: Sequence[MeetingRef]) -> dict[MeetingRef, MeetingState]:
        """Several meetings as they are now; those that do not exist are left out."""
        states: dict[MeetingRef, MeetingState] = {}
        for ref, sequence in zip(refs, await self._store.sequences(refs), strict=True):
            if sequence is not None:
                states[ref] = self.cached(ref, sequence) or await self.load(ref)
        return states

    async def snapshot(self, ref: MeetingRef) -> participant_pb2.Snapshot:
        """The whole meeting as it is now. Raises NotFound."""
        return await self.snapshot_of(ref, await self.load(ref))

    async def snapshot_of(self, ref: MeetingRef, state: MeetingState) -> participant_pb2.Snapshot:
        """The whole meeting in a state that was loaded or written just now."""
        return codec.snapshot_of(state, await self._store.chat(ref), self._now_ms())

    async def run(self, ref: MeetingRef, command: Command, *, fsync: bool = False) -> Change:
        """Does the command. Raises what it raises, NotFound, and Unavailable when others are always first.

        The state in memory may be old, so a refusal and a "nothing to do" count only when it was not.
        """
        started = time.perf_counter()
        lock = self._locks.setdefault(ref, asyncio.Lock())
        async with lock:
            state, fresh = self._cache.get(ref), False
            for attempt in range(_TRIES):
                if state is None:
                    state, fresh = await self.load(ref), True
                try:
                    change = command(state, self._now_ms())
                except DomainError:
                    if fresh:
                        raise
                    state = None
                    continue
                if change.empty:
                    if fresh:
                        return change
                    state = None
                    continue
                try:
                    written = await self._store.commit(ref, change, fsync=fsync)
                except BaseException:
                    # It may have been written: the next command has to look.
                    self._cache.pop(ref, None)
                    raise
                if written:
                    self._keep(ref, change.state)
                    await self._tell(ref, change, started)
                    return change
                self._metrics.conflicts.add(1)
                state = None
                if attempt > 1:
                    await asyncio.sleep(random.uniform(0, 0.002 * attempt))  # noqa: S311 - spreads tries, hides nothing
        raise Unavailable("the meeting is being changed by too many at once")

    async def hear(self, _: str, event: participant_pb2.RosterEvent) -> None:
        """An event of another replica, from NATS. Our own are delivered without that way."""
        self.feeds.deliver(codec.ref_of(event), event)

    def forget(self) -> None:
        """The store was away and may have lost its newest writes: nothing in memory counts."""
        self._cache.clear()
        self.feeds.invalidate()

    def _keep(self, ref: MeetingRef, state: MeetingState) -> None:
        self._cache[ref] = state
        self._cache.move_to_end(ref)
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)

    async def _tell(self, ref: MeetingRef, change: Change, started: float) -> None:
        trace = traceparent()
        told = [codec.event_of(event, change.state, trace) for event in change.events]
        for _, event in told:
            self.feeds.deliver(ref, event)
        self._metrics.latency.record(time.perf_counter() - started)
        self._metrics.count(ref.tenant_id, change.events)
        for name, event in told:
            await self._bus.publish(subjects.roster_event(ref.tenant_id, ref.meeting_id, name), event)
        if change.attendance:
            self._ledger.kick(Outbox(ref.tenant_id, ref.meeting_id))
        if change.audit:
            self._ledger.kick(Outbox(ref.tenant_id, None))
