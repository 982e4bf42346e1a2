"""From the outboxes in Redis to the append-only streams (services/common/chain_writer.py), and what is read of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from weakref import WeakValueDictionary

from services.common import record_chain as chain
from services.common import subjects
from services.common.bus import Bus
from services.common.cancellation import heed_cancellation
from services.common.chain_writer import Chain, ChainWriter
from services.common.errors import DomainError, TooLarge, Unavailable
from services.common.ids import MeetingId, TenantId
from services.common.store import STORE_TROUBLE
from services.common.tenancy import tenant_scope
from services.roster.keys import Outbox
from services.roster.metrics import RosterMetrics
from services.roster.store import RosterStore
from sipulung.roster.v1 import attendance_pb2, office_pb2

_BATCH = 100
# Outboxes that are emptied at the same time.
_AT_ONCE = 8
# Of the records of a month: about 960,000 of them, at the 208 bytes that those of bench/attendance_seed.py have.
_MONTH_BYTES = 192 * 1024 * 1024
_log = logging.getLogger(__name__)


class Ledger:
    """Appends what waits. Nobody waits for it but who reads a log."""

    def __init__(self, store: RosterStore, bus: Bus, metrics: RosterMetrics) -> None:
        self._store = store
        self._bus = bus
        self._metrics = metrics
        self._chains = ChainWriter(bus)
        self._waiting: set[Outbox] = set()
        self._running: dict[Outbox, asyncio.Task[None]] = {}
        self._locks: WeakValueDictionary[Outbox, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def kick(self, box: Outbox) -> None:
        """Something waits in this outbox. Does nothing while NATS is away: the sweep kicks again."""
        if not self._bus.connected:
            return
        self._waiting.add(box)
        if box not in self._running:
            self._running[box] = asyncio.create_task(self._work(box))

    async def records(self, box: Outbox, since_ms: int = 0) -> list[attendance_pb2.AttendanceRecord]:
        """The attendance records of a meeting, after those that wait were appended. Raises Unavailable.

        With `since_ms` (Unix milliseconds) only those that were stored from then on.
        """
        await self.drain(box)
        stream = self._bus.read_stream(box.stream, box.subject, attendance_pb2.AttendanceRecord, since_ms)
        return [record async for record in stream]

    async def serialised(self, box: Outbox, since_ms: int, until_ms: int) -> list[bytes]:
        """A meeting's records that were stored in that time, to be parsed elsewhere than in the event loop.

        Those that wait are appended first. Raises Unavailable.
        """
        await self.drain(box)
        batches = self._bus.read_since(box.stream, box.subject, since_ms, until_ms)
        return [data async for batch, _ in batches for _, data in batch]

    async def office_records(self, box: Outbox) -> list[office_pb2.OfficeRecord]:
        """The same for a day's office hours."""
        await self.drain(box)
        return [record async for record in self._bus.read_stream(box.stream, box.subject, office_pb2.OfficeRecord)]

    def forget(self, box: Outbox) -> None:
        """Records of this chain were deleted: its head has to be read again."""
        self._chains.forget(box.subject)

    async def month(
        self,
        tenant_id: TenantId,
        since_ms: int,
        until_ms: int,
        waiting: Iterable[Outbox],
        wanted: Callable[[set[MeetingId]], Awaitable[set[MeetingId]]],
        tick: Callable[[int, int], None],
    ) -> dict[MeetingId, list[bytes]]:
        """A tenant's attendance records that were stored in that time, serialised, by meeting and in order.

        Those that wait are appended first. `wanted` says which of some meetings to keep. `tick` is told how many were
        read, of how many. Raises Unavailable, and TooLarge for more than a report can hold.
        """
        for box in waiting:
            await self.drain(box)
        found: dict[MeetingId, list[bytes]] = {}
        known: set[MeetingId] = set()
        read = size = 0
        subject = subjects.attendance(tenant_id, "*")
        async for batch, left in self._bus.read_since(subjects.ATTENDANCE_STREAM, subject, since_ms, until_ms):
            parts = [(MeetingId(name.rpartition(".")[2]), data) for name, data in batch]
            if new := {meeting_id for meeting_id, _ in parts} - known:
                known |= new
                found.update({meeting_id: [] for meeting_id in await wanted(new)})
            for meeting_id, data in parts:
                if meeting_id in found:
                    found[meeting_id].append(data)
                    size += len(data)
            read += len(batch)
            if size > _MONTH_BYTES:
                raise TooLarge("the month has more records than a report can hold: choose a smaller scope")
            tick(read, read + left)
        return found

    async def drain(self, box: Outbox) -> None:
        """Appends all that waits. Raises Unavailable."""
        # As long as somebody holds it or waits for it, it is the same lock for all.
        lock = self._locks.setdefault(box, asyncio.Lock())
        async with lock:
            await self._chains.drain(
                Chain(box.stream, box.subject, _kind(box)),
                lambda: self._store.entries(box, _BATCH),
                lambda entry: self._store.cross_off(box, entry),
                lambda _: self._metrics.recorded.add(1, {"tenant": box.tenant_id}),
            )

    async def close(self) -> None:
        """Ends the work; what waits is done by another replica, or after the next start."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _work(self, box: Outbox) -> None:
        try:
            with tenant_scope(box.tenant_id):
                while box in self._waiting:
                    self._waiting.discard(box)
                    async with self._slots:
                        await self.drain(box)
        except (DomainError, *STORE_TROUBLE) as error:
            _log.warning("records wait", extra={"log": box.subject, "error": repr(error)})
        finally:
            self._running.pop(box, None)


def _kind(box: Outbox) -> type[chain.Record]:
    if box.day:
        return office_pb2.OfficeRecord
    return attendance_pb2.AuditRecord if box.meeting_id is None else attendance_pb2.AttendanceRecord


async def keep_streams(bus: Bus, streams: dict[str, str], replicas: int, purgeable: Collection[str] = ()) -> None:
    """Makes the streams or brings them up to date, trying until NATS lets us."""
    for name, subject in streams.items():
        while True:
            try:
                await bus.ensure_stream(name, [subject], replicas=replicas, purgeable=name in purgeable)
                break
            except Unavailable as error:
                heed_cancellation()
                _log.warning("stream is not there yet", extra={"stream": name, "error": repr(error)})
                await asyncio.sleep(1)
