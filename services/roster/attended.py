"""Which meetings a person attended and when they were in them: an index in Redis, and the attendance log behind it.

The index is written together with each join. It is made again from the log where Redis lost it, and completed where
Redis was restarted and may have lost its newest writes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakValueDictionary

from redis.asyncio import Redis

from services.common import subjects
from services.common.bus import Bus
from services.common.errors import Unavailable
from services.common.ids import AccountId, MeetingId, TenantId
from services.roster import codec, keys
from services.roster.core.meeting_times import MeetingTimes, times_by_account
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from sipulung.roster.v1 import attendance_pb2

# Whoever joined longer ago than this and is in the meeting without a rejoin is not found: no meeting lasts that long.
LOOK_BACK_MS = 24 * 3600 * 1000
# What was read of a log counts for so long: long where nobody of it is in the meeting any more.
_RUNNING_S, _OVER_S = 5.0, 120.0
_MAX_READ = 2000
_READS_AT_ONCE = 8
# How often it is looked whether Redis was restarted, and how often a mark of completeness is dated anew.
_LOOK_S = 10.0
_MARK_EVERY_MS = 3600 * 1000
# Records are stored after they happened; a restart is noticed later still.
_OVERLAP_MS = 600 * 1000
_LEARN_BATCH = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Read:
    """A log as it was read at a moment of the monotonic clock."""

    at_s: float
    lasts_s: float
    times: Mapping[str, MeetingTimes]


class Attended:
    """Every method may raise what the store raises, and Unavailable while NATS is needed and away."""

    def __init__(self, redis: Redis, bus: Bus, ledger: Ledger, now_ms: Callable[[], int]) -> None:
        self._redis = redis
        self._bus = bus
        self._ledger = ledger
        self._now_ms = now_ms
        self._reads: OrderedDict[tuple[MeetingRef, int], _Read] = OrderedDict()
        self._locks: WeakValueDictionary[MeetingRef, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(_READS_AT_ONCE)
        # When this process last saw that a tenant's index is complete (monotonic clock).
        self._looked_s: dict[TenantId, float] = {}

    async def joins(
        self, tenant_id: TenantId, accounts: Sequence[AccountId], from_ms: int, to_ms: int
    ) -> dict[AccountId, list[tuple[MeetingId, int]]]:
        """The meetings that each of the accounts joined at or after `from_ms` and before `to_ms`, and when; by time."""
        await self._complete(tenant_id)
        pipe = self._redis.pipeline(transaction=False)
        for account_id in accounts:
            pipe.zrangebyscore(keys.attended(tenant_id, account_id), from_ms, f"({to_ms}")
        found: dict[AccountId, list[tuple[MeetingId, int]]] = {}
        for account_id, entries in zip(accounts, await pipe.execute() if accounts else (), strict=True):
            parts = [entry.decode().partition(":") for entry in entries]
            found[account_id] = [(MeetingId(meeting_id), int(joined_at_ms)) for meeting_id, _, joined_at_ms in parts]
        return found

    async def times(
        self, tenant_id: TenantId, accounts: Sequence[AccountId], from_ms: int, to_ms: int
    ) -> dict[AccountId, list[tuple[MeetingId, MeetingTimes]]]:
        """When each of the accounts was in which meeting; what lies before or after the two may be among it."""
        since_ms = from_ms - LOOK_BACK_MS
        joins = await self.joins(tenant_id, accounts, since_ms, to_ms)
        wanted = sorted({meeting_id for joined in joins.values() for meeting_id, _ in joined})
        read = await asyncio.gather(*(self._of(MeetingRef(tenant_id, meeting_id), since_ms) for meeting_id in wanted))
        times = dict(zip(wanted, read, strict=True))
        return {
            account_id: [
                (meeting_id, times[meeting_id][account_id])
                for meeting_id in dict.fromkeys(meeting_id for meeting_id, _ in joined)
                if account_id in times[meeting_id]
            ]
            for account_id, joined in joins.items()
        }

    async def forget(self, tenant_id: TenantId, accounts: Sequence[AccountId], before_ms: int) -> None:
        """Drops what was joined before: for when the log itself is not kept any longer."""
        pipe = self._redis.pipeline(transaction=False)
        for account_id in accounts:
            pipe.zremrangebyscore(keys.attended(tenant_id, account_id), "-inf", f"({before_ms}")
        await pipe.execute()

    async def _of(self, ref: MeetingRef, since_ms: int) -> Mapping[str, MeetingTimes]:
        key = (ref, since_ms)
        # One reader of a log at a time: the others find what it read.
        lock = self._locks.setdefault(ref, asyncio.Lock())
        async with lock, self._slots:
            known = self._reads.get(key)
            if known is not None and time.monotonic() < known.at_s + known.lasts_s:
                return known.times
            try:
                records = await self._ledger.records(Outbox(ref.tenant_id, ref.meeting_id), since_ms)
            except Unavailable:
                # What was true a minute ago says more than nothing.
                if known is None:
                    raise
                _log.warning("an older state of the log is shown", extra={"meeting": ref.meeting_id})
                return known.times
            times = times_by_account(records)
            lasts_s = _RUNNING_S if any(one.since_ms for one in times.values()) else _OVER_S
            if not records or self._now_ms() < records[-1].at_ms + LOOK_BACK_MS:
                # Whoever left today may join again.
                lasts_s = _RUNNING_S
            self._reads[key] = _Read(time.monotonic(), lasts_s, times)
            self._reads.move_to_end(key)
            if len(self._reads) > _MAX_READ:
                self._reads.popitem(last=False)
            return times

    async def _complete(self, tenant_id: TenantId) -> None:
        """Sees to it that the index holds all that the log has."""
        if time.monotonic() < self._looked_s.get(tenant_id, float("-inf")) + _LOOK_S:
            return
        run = str((await self._redis.info("server"))["run_id"])
        marked = cast(bytes | None, await self._redis.get(keys.attended_known(tenant_id)))
        marked_run, _, marked_ms = (marked or b":0").decode().partition(":")
        now_ms = self._now_ms()
        if marked_run != run:
            await self._learn(tenant_id, max(int(marked_ms) - _OVERLAP_MS, 0))
        if marked_run != run or now_ms - int(marked_ms) > _MARK_EVERY_MS:
            await self._redis.set(keys.attended_known(tenant_id), f"{run}:{now_ms}")
        self._looked_s[tenant_id] = time.monotonic()

    async def _learn(self, tenant_id: TenantId, since_ms: int) -> None:
        subject = subjects.attendance(tenant_id, "*")
        stream = self._bus.read_stream(subjects.ATTENDANCE_STREAM, subject, attendance_pb2.AttendanceRecord, since_ms)
        found: dict[str, dict[str, int]] = {}
        count = 0
        async for record in stream:
            if record.kind == attendance_pb2.ATTENDANCE_KIND_JOINED and record.account_id:
                entry = codec.attended_entry(MeetingId(record.meeting_id), record.at_ms)
                found.setdefault(record.account_id, {})[entry] = record.at_ms
                count += 1
                if count % _LEARN_BATCH == 0:
                    await self._write(tenant_id, found)
                    found = {}
        await self._write(tenant_id, found)
        _log.info("the index of attended meetings was made from the log", extra={"joins": count, "since_ms": since_ms})

    async def _write(self, tenant_id: TenantId, found: Mapping[str, Mapping[str, int]]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for account_id, entries in found.items():
            pipe.zadd(keys.attended(tenant_id, AccountId(account_id)), cast(Any, entries))
        await pipe.execute()
