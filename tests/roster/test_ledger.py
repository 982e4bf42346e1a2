"""What the ledger promises while it is stopped, and when many ask for the same log at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

from services.common import record_chain as chain
from services.common.bus import Bus
from services.common.errors import Unavailable
from services.common.ids import MeetingId, TenantId
from services.common.telemetry import Telemetry
from services.roster import codec
from services.roster.core.change import AuditNote
from services.roster.keys import Outbox
from services.roster.ledger import Ledger, keep_streams
from services.roster.metrics import RosterMetrics
from services.roster.store import RosterStore
from sipulung.roster.v1 import attendance_pb2

BOX = Outbox(TenantId("luwu"), MeetingId("8123456789"))


class Stream:
    """JetStream and the outbox in front of it, both slow."""

    def __init__(self, *entries: chain.Record) -> None:
        self.waiting = [entry.SerializeToString(deterministic=True) for entry in entries]
        self.stored: list[chain.Record] = []
        self.readers = self.most_readers = 0
        self.loses_cancellation = False
        self.connected = True

    async def entries(self, _box: Outbox, _limit: int) -> list[bytes]:
        self.readers += 1
        self.most_readers = max(self.most_readers, self.readers)
        await asyncio.sleep(0)
        self.readers -= 1
        return list(self.waiting)

    async def cross_off(self, _box: Outbox, entry: bytes) -> None:
        self.waiting.remove(entry)

    async def last_record(self, *_: object) -> None:
        await asyncio.sleep(0)

    async def record(self, _subject: str, record: Any, _id: str, *, after: int | None = None) -> int:
        assert after == len(self.stored)
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            # As wait_for of Python 3.11 does when the answer comes at the same time.
            if not self.loses_cancellation:
                raise
        self.stored.append(record)
        return len(self.stored)

    async def read_stream(self, *_: object) -> AsyncIterator[chain.Record]:
        for record in self.stored:
            yield record


def entry(number: int) -> attendance_pb2.AttendanceRecord:
    return attendance_pb2.AttendanceRecord(at_ms=number)


def ledger(stream: Stream) -> Ledger:
    return Ledger(cast(RosterStore, stream), cast(Bus, stream), RosterMetrics(Telemetry("roster")))


async def test_one_reader_empties_an_outbox_while_the_others_wait() -> None:
    """Also those who come when the first is done and the second has not begun yet."""
    stream = Stream(*map(entry, range(5)))
    made = ledger(stream)
    readers = [asyncio.create_task(made.records(BOX)) for _ in range(3)]

    async def come_later(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await made.records(BOX)

    await asyncio.gather(*readers, *(come_later(turns) for turns in range(60)))
    assert stream.most_readers == 1
    assert [record.number for record in stream.stored] == [1, 2, 3, 4, 5]


async def test_what_a_host_did_twice_is_written_twice() -> None:
    """While a clock that was set back catches up, all notes have the same time."""
    note = AuditNote(1, "participant:a", "meeting.mute", "meeting:8123456789", "Ani: Budi (b)")
    box = Outbox(BOX.tenant_id, None)
    stream = Stream(*(codec.audit_entry(note, box.tenant_id) for _ in range(3)))
    await ledger(stream).drain(box)
    assert [record.number for record in stream.stored] == [1, 2, 3]
    assert chain.intact(stream.stored)


async def test_a_lost_cancellation_ends_the_work_at_the_next_record() -> None:
    stream = Stream(*map(entry, range(50)))
    stream.loses_cancellation = True
    made = ledger(stream)
    made.kick(BOX)
    while not stream.stored:  # noqa: ASYNC110 - turn by turn
        await asyncio.sleep(0)
    await made.close()
    assert len(stream.stored) < 5
    assert len(stream.waiting) + len(stream.stored) == 50


async def test_streams_are_not_tried_for_ever_by_a_process_that_ends() -> None:
    begun = asyncio.Event()

    class Refusing:
        async def ensure_stream(self, *_: object, **__: object) -> None:
            begun.set()
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                # The refusal came at the same time.
                raise Unavailable("no JetStream") from None

    task = asyncio.create_task(keep_streams(cast(Bus, Refusing()), {"A": "a.>"}, 1))
    await begun.wait()
    task.cancel()
    await asyncio.wait({task}, timeout=30)
    assert task.cancelled()
