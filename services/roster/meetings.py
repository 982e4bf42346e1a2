"""The way of every change: decide on the newest state, write it if nobody was first, tell everybody, note it down."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from services.common import subjects
from services.common.bus import Bus
from services.common.errors import NotFound
from services.roster import codec
from services.roster.core.change import Change
from services.roster.core.state import MeetingState
from services.roster.feeds import Feeds
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from services.roster.metrics import RosterMetrics
from services.roster.store import RosterStore
from services.roster.turns import Command, Round, Turn, Turns, next_round
from sipulung.roster.v1 import participant_pb2

# States kept in memory so that a change is one round trip to Redis. An old one costs two more, never a fault.
MAX_CACHED = 2000
# Replicas that change one meeting at the same time take turns; ten times behind somebody else is no chance any more.
_TRIES = 10


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
        self._turns = Turns(self._carry_out)
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
        """Does the command. Raises what it raises, NotFound, and Unavailable when others are always first."""
        return await self._turns.take(ref, command, fsync=fsync)

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

    async def _carry_out(self, ref: MeetingRef, waiting: list[Turn]) -> None:
        """What waits for its turn in one meeting: what came while the store wrote is written together, in one go."""
        state, fresh, behind = self._cache.get(ref), False, 0
        while waiting:
            if state is None:
                state, fresh = await self.load(ref), True
            round_ = next_round(state, waiting, self._now_ms(), fresh=fresh)
            if round_.whole is None:
                # All were answered, or the first of them needs the newest state.
                state = None if waiting else state
                continue
            try:
                written = await self._write(ref, round_, round_.whole)
            except Exception as error:  # Those whom it concerns hear of it; the next ones have their turn.
                _refuse(round_, error)
                state = None
                continue
            if written:
                # Others may have been there since: an fsync takes its time, and so may telling them.
                state, fresh, behind = self._cache.get(ref), False, 0
                continue
            self._metrics.conflicts.add(1)
            state, behind = None, behind + 1
            waiting[:0] = [turn for turn, _ in round_.turns if turn.again(_TRIES)]
            if behind > 1:
                await asyncio.sleep(random.uniform(0, 0.002 * behind))  # noqa: S311 - spreads tries, hides nothing

    async def _write(self, ref: MeetingRef, round_: Round, whole: Change) -> bool:
        """Writes what a round changes, and tells it. False when another replica was first."""
        try:
            written = await self._store.commit(ref, whole, fsync=round_.fsync)
        except BaseException:
            # It may have been written: the next command has to look.
            self._cache.pop(ref, None)
            raise
        if written:
            self._keep(ref, whole.state)
            await self._tell(ref, round_)
            if whole.attendance:
                self._ledger.kick(Outbox(ref.tenant_id, ref.meeting_id))
            if whole.audit:
                self._ledger.kick(Outbox(ref.tenant_id, None))
        return written

    async def _tell(self, ref: MeetingRef, round_: Round) -> None:
        """Everybody here, in order, and those who asked; then other replicas, which may take a moment."""
        told = []
        for turn, change in round_.turns:
            for event in change.events:
                name, message = codec.event_of(event, change.state, turn.trace)
                self.feeds.deliver(ref, message)
                told.append((name, message))
            self._metrics.latency.record(time.perf_counter() - turn.started)
            self._metrics.count(ref.tenant_id, change.events)
            turn.succeed(change)
        for name, message in told:
            await self._bus.publish(subjects.roster_event(ref.tenant_id, ref.meeting_id, name), message, message.trace)


def _refuse(round_: Round, error: Exception) -> None:
    for turn, _ in round_.turns:
        turn.fail(error)
