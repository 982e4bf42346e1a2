"""What the audit log has of each person: an index in Redis, and the stream AUDIT behind it.

Both services append to the log, so the index is made from the log alone: it is brought up to the log's end before it is
read, and every hour. For each person it has the numbers of the records in the stream, in a list, which takes 6 bytes of
Redis for each. What is pushed to the lists and how far the log has been read are written by one script: where Redis was
restarted and lost its newest writes, both are lost together, and read again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, NamedTuple, cast
from weakref import WeakValueDictionary

from redis.asyncio import Redis

from services.common import subjects
from services.common.bus import Bus, Stored
from services.common.ids import AccountId, TenantId
from services.roster import keys, scripts
from services.roster.core.own_audit import concerned
from services.roster.keys import Outbox
from services.roster.ledger import Ledger
from sipulung.roster.v1 import attendance_pb2

Record = attendance_pb2.AuditRecord
_READS_AT_ONCE: Final = 16
# Between two turns for others: a record takes some 10 microseconds.
_PARSED_AT_ONCE: Final = 100
_LISTS_AT_ONCE: Final = 500
_log = logging.getLogger(__name__)


class _Mark(NamedTuple):
    """The stream that was read, and its record up to which it was. As it stands in Redis, "" for nothing."""

    text: str
    incarnation: str
    sequence: int


class Audited:
    """Every method may raise what the store raises, and Unavailable while NATS is away."""

    def __init__(self, redis: Redis, bus: Bus, ledger: Ledger) -> None:
        self._redis = redis
        self._bus = bus
        self._ledger = ledger
        self._learn = redis.register_script(scripts.LEARN_AUDITED)
        self._forget = redis.register_script(scripts.FORGET_AUDITED)
        self._page = redis.register_script(scripts.PAGE_AUDITED)
        self._locks: WeakValueDictionary[TenantId, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(_READS_AT_ONCE)

    async def of(
        self, tenant_id: TenantId, account_id: AccountId, page_size: int, before: int
    ) -> tuple[list[Record], int]:
        """Records of that account, those that were stored last first, and the next page's `before` (0: there is none).

        `before` is a sequence of the stream, 0 for the first page. Roster's own records are there at once, auth's
        within a second.
        """
        if not before:
            await self._ledger.drain(Outbox(tenant_id, None))
            await self.complete(tenant_id)
        key = keys.audited(tenant_id, account_id)
        while True:
            entries = [int(one) for one in await self._page(keys=[key], args=[before, page_size + 1])]
            following = entries[-page_size] if len(entries) > page_size else 0
            chosen = entries[-page_size:]
            read = await asyncio.gather(*(self._record(sequence) for sequence in reversed(chosen)))
            # A log that was restored from a backup may have another record there.
            found = [
                record
                for record in read
                if record is not None and record.tenant_id == tenant_id and account_id in concerned(record)
            ]
            # What retention is deleting at this moment is in the list still.
            if found or not following:
                return found, following
            before = following

    async def complete(self, tenant_id: TenantId) -> None:
        """Sees to it that the index holds all that the log has."""
        lock = self._locks.setdefault(tenant_id, asyncio.Lock())
        async with lock:
            state = await self._bus.stream_state(subjects.AUDIT_STREAM)
            mark = await self._known(tenant_id)
            if mark.text and (mark.incarnation != state.incarnation or mark.sequence > state.last_sequence):
                _log.warning("the audit log is another one: its index is made anew", extra={"mark": mark.text})
                mark = await self._begin_anew(tenant_id, mark)
            while mark.sequence < state.last_sequence and not await self._read_on(tenant_id, mark, state.incarnation):
                # Another replica is at it too, and may stop at any moment: on from where it is.
                mark = await self._known(tenant_id)

    async def forget(self, tenant_id: TenantId) -> None:
        """Drops what the log does not have any more, of everybody who ever had an account."""
        state = await self._bus.stream_state(subjects.AUDIT_STREAM)
        first = await self._bus.first_sequence(subjects.AUDIT_STREAM, subjects.audit_of(tenant_id))
        # Where nothing is left: what is stored from now on comes after that.
        kept = first or state.last_sequence + 1
        lists = [key async for key in self._lists(tenant_id)]
        for begin in range(0, len(lists), _LISTS_AT_ONCE):
            pipe = self._redis.pipeline(transaction=False)
            for key in lists[begin : begin + _LISTS_AT_ONCE]:
                await self._forget(keys=[key], args=[kept], client=pipe)
            await pipe.execute()

    async def _read_on(self, tenant_id: TenantId, mark: _Mark, incarnation: str) -> bool:
        """False when another replica was first with what follows the mark."""
        count = 0
        stream = self._bus.read_from(subjects.AUDIT_STREAM, subjects.audit_of(tenant_id), mark.sequence + 1)
        async with aclosing(stream):
            async for batch in stream:
                text = f"{incarnation} {batch[-1].sequence}"
                found = await _by_account(batch)
                pushed = await self._learn(
                    keys=[keys.audited_known(tenant_id), *(keys.audited(tenant_id, one) for one in found)],
                    args=[mark.text, text, *(" ".join(map(str, numbers)) for numbers in found.values())],
                )
                if not pushed:
                    return False
                mark = _Mark(text, incarnation, batch[-1].sequence)
                count += len(batch)
        _log.debug("the index of the audit log was completed", extra={"records": count, "mark": mark.text})
        return True

    async def _begin_anew(self, tenant_id: TenantId, mark: _Mark) -> _Mark:
        lists = [key async for key in self._lists(tenant_id)]
        args = [mark.text, "", *("" for _ in lists)]
        await self._learn(keys=[keys.audited_known(tenant_id), *lists], args=args)
        return await self._known(tenant_id)

    async def _known(self, tenant_id: TenantId) -> _Mark:
        found = cast(bytes | None, await self._redis.get(keys.audited_known(tenant_id)))
        text = (found or b"").decode()
        incarnation, _, sequence = text.rpartition(" ")
        return _Mark(text, incarnation, int(sequence or 0))

    async def _record(self, sequence: int) -> Record | None:
        async with self._slots:
            return await self._bus.record_at(subjects.AUDIT_STREAM, sequence, Record)

    def _lists(self, tenant_id: TenantId) -> Any:
        return self._redis.scan_iter(match=keys.audited(tenant_id, AccountId("*")), count=500)


async def _by_account(batch: Sequence[Stored]) -> Mapping[AccountId, list[int]]:
    found: dict[AccountId, list[int]] = {}
    for place, stored in enumerate(batch):
        if place % _PARSED_AT_ONCE == 0:
            await asyncio.sleep(0)
        for account_id in concerned(Record.FromString(stored.data)):
            found.setdefault(account_id, []).append(stored.sequence)
    return found
