"""What is too old goes, on time and only then; it is said, and what is left is still whole."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from services.common import record_chain as chain
from services.common.ids import AccountId
from services.common.tenancy import AccountPrincipal
from services.roster import keys
from services.roster.accesses import Reading
from services.roster.core.change import AuditNote
from services.roster.deletions import Deletion, gone, left
from services.roster.keys import Outbox
from services.roster.office_store import OfficeStore
from services.roster.retention import ACTION, BY
from services.roster.spoken import Spoken
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import office_pb2, personal_pb2
from tests.roster.conftest import Stores
from tests.roster.support.archive import DAY, HOUR, NOW, Archive, E, J, L, S, opened
from tests.roster.support.client import eventually


@pytest.fixture
async def archive(stores: Stores) -> AsyncIterator[Archive]:
    async with opened(stores) as made:
        yield made


async def test_a_meeting_goes_when_it_is_too_old_and_not_a_day_before(archive: Archive) -> None:
    old = await archive.meeting((30 * DAY, S), (30 * DAY - 1, J), (30 * DAY - 2, L), (30 * DAY - 3, E))
    young = await archive.meeting((5 * DAY, S), (5 * DAY, J), (5 * DAY, L), (5 * DAY, E))
    before = await archive.log(old)
    assert await archive.retention.sweep()
    assert await archive.log(old) == before
    # 30 whole local days are kept: at the beginning of the next one it goes.
    archive.now_ms += 14 * 3_600_000
    assert await archive.retention.sweep()
    assert await archive.log(old) == before
    archive.now_ms += DAY
    assert await archive.retention.sweep()
    remains = await archive.log(old)
    assert [record.kind for record in remains] == [E]
    assert not any(record.account_id for record in remains)
    deletion = await archive.deletions.of(old)
    assert deletion is not None
    assert (deletion.last_number, deletion.head, deletion.occurrences) == (3, before[2].hash, 1)
    assert (deletion.last_day, deletion.at_ms) == ("2026-10-25", archive.now_ms)
    assert chain.intact(remains, gone(deletion))
    assert len(await archive.log(young)) == 4
    assert await archive.deletions.of(young) is None
    assert await archive.said() == [
        (f"meeting:{old.meeting_id}", f"3 records, up to 2026-10-25, head {before[2].hash.hex()}")
    ]


async def test_it_is_done_once_a_day_by_whoever_comes_first(archive: Archive) -> None:
    ref = await archive.meeting((40 * DAY, S), (40 * DAY, J), (40 * DAY, L), (40 * DAY, E))
    other = archive.another()
    await archive.redis.set(keys.RETENTION_LOCK, "somebody else", ex=60)
    assert await archive.retention.sweep()
    assert len(await archive.log(ref)) == 4
    await archive.redis.delete(keys.RETENTION_LOCK)
    assert await archive.retention.sweep()
    assert await other.sweep()
    assert len(await archive.log(ref)) == 1
    assert len(await archive.said()) == 1
    assert await archive.redis.get(keys.RETENTION_LOCK) is None


async def test_a_shorter_time_counts_at_the_next_look(archive: Archive) -> None:
    ref = await archive.meeting((20 * DAY, S), (20 * DAY, J), (20 * DAY, L), (20 * DAY, E))
    await archive.retention.sweep()
    assert len(await archive.log(ref)) == 4
    archive.days = 10
    await archive.retention.sweep()
    assert len(await archive.log(ref)) == 1
    # 0 is the instance's default.
    archive.days = 0
    kept = await archive.meeting((700 * DAY, S), (700 * DAY, J), (700 * DAY, L), (700 * DAY, E))
    await archive.retention.sweep()
    assert len(await archive.log(kept)) == 4


async def test_a_series_loses_its_old_occurrences_and_goes_on(archive: Archive) -> None:
    ref = await archive.meeting(
        (50 * DAY, S), (50 * DAY, J), (50 * DAY, E), (40 * DAY, S), (40 * DAY, J), (40 * DAY, E), (DAY, S), (DAY, J)
    )
    await archive.retention.sweep()
    remains = await archive.log(ref)
    assert [(record.number, record.kind) for record in remains] == [(6, E), (7, S), (8, J)]
    await archive.goes_on(ref, (0, L), (0, E))
    remains = await archive.log(ref)
    deletion = await archive.deletions.of(ref)
    assert chain.intact(remains, gone(deletion))
    assert deletion is not None
    assert deletion.occurrences == 2
    archive.now_ms += 40 * DAY
    await archive.retention.sweep()
    remains, deletion = await archive.log(ref), await archive.deletions.of(ref)
    assert deletion is not None
    assert (deletion.occurrences, [record.number for record in remains]) == (3, [10])
    assert chain.intact(remains, gone(deletion))
    assert len(await archive.said()) == 2


async def test_one_that_was_never_ended_goes_whole_and_may_begin_anew(archive: Archive) -> None:
    ref = await archive.meeting((40 * DAY, S), (40 * DAY, J), (40 * DAY, L))
    await archive.retention.sweep()
    assert await archive.log(ref) == []
    await archive.goes_on(ref, (0, S), (0, J))
    remains = await archive.log(ref)
    assert [record.number for record in remains] == [1, 2]
    assert chain.intact(remains, gone(await archive.deletions.of(ref)))


async def test_a_deletion_that_was_interrupted_is_done_and_not_told_twice(archive: Archive) -> None:
    ref = await archive.meeting((40 * DAY, S), (40 * DAY, J), (40 * DAY, L), (40 * DAY, E))
    await archive.retention.sweep()
    (said,) = await archive.said()
    # As if the process had died between the word and the deed.
    again = await archive.meeting((40 * DAY, S), (40 * DAY, J), (40 * DAY, L), (40 * DAY, E))
    records = await archive.log(again)
    deletion = await archive.deletions.of(ref)
    assert deletion is not None
    deletion.head = records[2].hash
    await archive.redis.hset(keys.deleted(archive.tenant), again.meeting_id, deletion.SerializeToString())
    assert chain.intact(records, gone(deletion))
    await archive.redis.delete(keys.retained(archive.tenant))
    await archive.retention.sweep()
    assert len(await archive.log(again)) == 1
    assert await archive.said() == [said]


async def test_what_follows_an_interrupted_deletion_counts_each_occurrence_once(archive: Archive) -> None:
    """As where the stream refuses to be purged: the next day one more occurrence has to go."""
    ref = await archive.meeting(
        (31 * DAY, S), (31 * DAY, J), (31 * DAY, L), (31 * DAY, E), (30 * DAY, S), (30 * DAY, J), (30 * DAY, E)
    )
    whole = await archive.log(ref)
    first = Deletion(at_ms=NOW, last_number=3, head=whole[2].hash, occurrences=1, last_day="2026-10-24")
    note = AuditNote(NOW, BY, ACTION, f"meeting:{ref.meeting_id}", "3 records")
    await archive.deletions.note(ref, first, note)
    await archive.retention.sweep()
    kept = await archive.log(ref)
    assert [record.number for record in kept] == [4, 5, 6, 7]
    assert len(await archive.said()) == 1
    archive.now_ms += DAY
    # Again it is said and not done.
    second = Deletion(at_ms=NOW, last_number=6, head=whole[5].hash, occurrences=2, last_day="2026-10-25")
    await archive.deletions.note(ref, second, note)
    assert left(await archive.log(ref), second) == whole[6:]
    archive.now_ms += DAY
    await archive.retention.sweep()
    deletion = await archive.deletions.of(ref)
    assert deletion is not None
    assert (deletion.occurrences, deletion.last_number) == (2, 6)
    assert await archive.log(ref) == whole[6:]
    assert chain.intact(whole[6:], gone(deletion))


async def test_an_interrupted_deletion_and_one_more_occurrence_that_is_too_old(archive: Archive) -> None:
    ref = await archive.meeting(
        (40 * DAY, S), (40 * DAY, J), (40 * DAY, L), (40 * DAY, E), (39 * DAY, S), (39 * DAY, J), (39 * DAY, E)
    )
    whole = await archive.log(ref)
    first = Deletion(at_ms=NOW, last_number=3, head=whole[2].hash, occurrences=1, last_day="2026-10-15")
    await archive.deletions.note(ref, first, AuditNote(NOW, BY, ACTION, f"meeting:{ref.meeting_id}", "3 records"))
    await archive.retention.sweep()
    deletion = await archive.deletions.of(ref)
    assert deletion is not None
    assert (deletion.occurrences, deletion.last_number, deletion.head) == (2, 6, whole[5].hash)
    assert [record.number for record in await archive.log(ref)] == [7]


async def test_a_tenant_with_a_fault_keeps_no_other_waiting(archive: Archive) -> None:
    ref = await archive.meeting((40 * DAY, S), (40 * DAY, J), (40 * DAY, L), (40 * DAY, E))
    # Comes first.
    await archive.redis.sadd(keys.TENANTS, "aaaa")
    archive.zones["aaaa"] = "Asia/Nowhere"
    assert not await archive.retention.sweep()
    assert len(await archive.log(ref)) == 1


async def test_office_days_and_looks_go_too(archive: Archive) -> None:
    for ago, day in ((40, "20261015"), (1, "20261123")):
        entry = office_pb2.OfficeRecord(
            tenant_id=archive.tenant, day=day, account_id="budi", at_ms=NOW - ago * DAY, client_id="c"
        )
        await archive.write(Outbox.office(archive.tenant, day), entry)
    who = AccountPrincipal(archive.tenant, AccountId("ani"), common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT, "Ani")
    for ago in (40, 1):
        archive.now_ms = NOW - ago * DAY
        what = Reading(personal_pb2.ACCESS_KIND_OFFICE, "", "Luwu", f"{ago}", f"{ago}")
        await archive.accesses.note(who, archive.tenant, ["budi"], what)
    archive.now_ms = NOW
    (old,) = await archive.ledger.office_records(Outbox.office(archive.tenant, "20261015"))
    spoken = Spoken(archive.redis, OfficeStore(archive.redis, archive.bus, archive.ledger))
    assert sorted(await spoken.of(archive.tenant, AccountId("budi"))) == ["20261015", "20261123"]
    await archive.retention.sweep()
    assert list(await spoken.of(archive.tenant, AccountId("budi"))) == ["20261123"]
    assert await OfficeStore(archive.redis, archive.bus, archive.ledger).days(archive.tenant) == ["20261123"]
    # Who has a file of that day checked is told so.
    deletion = await archive.deletions.of_day(archive.tenant, "20261015")
    assert deletion is not None
    assert (deletion.last_number, deletion.head, deletion.last_day) == (1, old.hash, "2026-10-15")
    assert await archive.deletions.of_day(archive.tenant, "20261123") is None
    looks, _ = await archive.accesses.of(archive.tenant, AccountId("budi"), 10, "")
    assert [one.from_day for one in looks] == ["1"]
    assert await archive.said() == [
        ("office:20261015", f"1 records, up to 20261015, head {old.hash.hex()}"),
        ("accesses", "1 entries, up to 2026-10-24"),
    ]


async def test_an_office_day_whose_deletion_was_interrupted_is_not_told_twice(archive: Archive) -> None:
    entry = office_pb2.OfficeRecord(
        tenant_id=archive.tenant, day="20261015", account_id="budi", at_ms=NOW - 40 * DAY, client_id="c"
    )
    box = Outbox.office(archive.tenant, "20261015")
    await archive.write(box, entry)
    (old,) = await archive.ledger.office_records(box)
    said = f"1 records, up to 20261015, head {old.hash.hex()}"
    deletion = Deletion(at_ms=NOW, last_number=1, head=old.hash, last_day="2026-10-15")
    note = AuditNote(NOW, BY, ACTION, "office:20261015", said)
    # As if the process had died between the word and the deed.
    await archive.deletions.note_day(archive.tenant, "20261015", deletion, note)
    await archive.retention.sweep()
    assert await archive.ledger.office_records(box) == []
    assert await archive.said() == [("office:20261015", said)]


async def test_the_index_of_meetings_forgets_with_the_log(archive: Archive) -> None:
    for ago in (40, 2):
        await archive.meeting((ago * DAY, S), (ago * DAY, J), (ago * DAY, L), (ago * DAY, E))
    joins = await archive.attended.joins(archive.tenant, [AccountId("budi")], 0, NOW + 1)
    assert len(joins[AccountId("budi")]) == 2
    await archive.retention.sweep()
    joins = await archive.attended.joins(archive.tenant, [AccountId("budi")], 0, NOW + 1)
    assert len(joins[AccountId("budi")]) == 1


@pytest.mark.parametrize(("ahead_ms", "deletes"), [(1000 * DAY, False), (-1000 * DAY, False), (10 * HOUR, True)])
async def test_by_a_clock_that_is_years_ahead_nothing_is_deleted(
    archive: Archive, caplog: pytest.LogCaptureFixture, ahead_ms: int, deletes: bool
) -> None:
    archive.now_ms = int(time.time() * 1000)
    ref = await archive.meeting((40 * DAY, S), (40 * DAY, J), (40 * DAY, L), (40 * DAY, E))
    archive.now_ms += ahead_ms
    task = asyncio.create_task(archive.retention.run())

    async def looked() -> bool:
        return await archive.deletions.of(ref) is not None or "is not that of its store" in caplog.text

    await eventually(looked)
    task.cancel()
    assert (await archive.deletions.of(ref) is not None) is deletes
    assert ("is not that of its store" in caplog.text) is not deletes
