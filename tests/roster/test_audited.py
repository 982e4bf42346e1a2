"""What the audit log has of each person: an index that is made from the log, whatever Redis loses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.common import subjects
from services.common.ids import AccountId, TenantId, new_id
from services.roster import keys
from services.roster.audited import Audited
from tests.roster.conftest import Stores
from tests.roster.support.archive import Archive, opened

BUDI, ANI = AccountId("budi"), AccountId("ani")
SIGN_IN = "session.sign_in"


@pytest.fixture
async def archive(stores: Stores) -> AsyncIterator[Archive]:
    async with opened(stores) as made:
        yield made


async def signs_in(archive: Archive, account_id: AccountId = BUDI) -> None:
    await archive.noted_by_auth(0, f"account:{account_id}", SIGN_IN, f"account:{account_id}")


async def seen(archive: Archive, account_id: AccountId, page_size: int = 50, before: int = 0) -> list[str]:
    records, _ = await archive.audited.of(archive.tenant, account_id, page_size, before)
    return [f"{record.action} {record.number}" for record in records]


async def length(archive: Archive, account_id: AccountId) -> int:
    return int(await archive.redis.llen(keys.audited(archive.tenant, account_id)))


async def known(archive: Archive) -> str:
    found = await archive.redis.get(keys.audited_known(archive.tenant))
    assert isinstance(found, bytes)
    return found.decode()


async def test_both_services_records_by_person_the_last_stored_first(archive: Archive) -> None:
    await signs_in(archive)
    await archive.noted(0, "participant:p", "meeting.mute", "meeting:8123456789", ANI, BUDI)
    await signs_in(archive, ANI)
    await archive.noted_by_auth(0, "nobody", "session.sign_in_failed", "user:budi")
    await archive.noted_by_auth(0, "nobody", "session.sign_in_failed", f"account:{BUDI}")
    await archive.noted(0, f"account:{ANI}", "meeting.create", "meeting:8123456789")
    assert await seen(archive, BUDI) == ["session.sign_in_failed 4", "meeting.mute 1", f"{SIGN_IN} 1"]
    assert await seen(archive, ANI) == ["meeting.create 2", f"{SIGN_IN} 2", "meeting.mute 1"]
    assert await seen(archive, AccountId("nobody")) == []
    assert await seen(archive, AccountId("")) == []
    # Another tenant's person of the same id has nothing of it.
    archive.tenant = TenantId(new_id())
    assert await seen(archive, BUDI) == []


async def test_what_has_just_happened_is_in_it(archive: Archive) -> None:
    entry = archive.audit_record(0, f"account:{BUDI}", "meeting.create", "meeting:8123456789")
    box = archive.box
    await archive.redis.rpush(box.key, entry.SerializeToString(deterministic=True))
    assert await seen(archive, BUDI) == ["meeting.create 1"]


async def test_pages_go_on_where_the_one_before_ended(archive: Archive) -> None:
    for _ in range(5):
        await signs_in(archive)
        await signs_in(archive, ANI)
    first, before = await archive.audited.of(archive.tenant, BUDI, 2, 0)
    assert [record.number for record in first] == [9, 7]
    await signs_in(archive)
    second, before = await archive.audited.of(archive.tenant, BUDI, 2, before)
    assert [record.number for record in second] == [5, 3]
    third, before = await archive.audited.of(archive.tenant, BUDI, 2, before)
    assert ([record.number for record in third], before) == ([1], 0)
    # A page that is just full is the last one.
    whole, before = await archive.audited.of(archive.tenant, ANI, 5, 0)
    assert (len(whole), before) == (5, 0)
    assert await seen(archive, BUDI, before=1) == []


async def test_what_was_deleted_meanwhile_is_left_out(archive: Archive) -> None:
    for _ in range(6):
        await signs_in(archive)
    records, before = await archive.audited.of(archive.tenant, BUDI, 2, 0)
    assert [record.number for record in records] == [6, 5]
    subject = subjects.audit(archive.tenant, "auth")
    await archive.bus.purge(subjects.AUDIT_STREAM, subject, before=before)
    # Nothing that is left stands on any of the pages that follow.
    assert await archive.audited.of(archive.tenant, BUDI, 2, before) == ([], 0)
    assert await length(archive, BUDI) == 6
    await archive.audited.forget(archive.tenant)
    assert await length(archive, BUDI) == 2
    await archive.bus.purge(subjects.AUDIT_STREAM, subject)
    await archive.audited.forget(archive.tenant)
    assert await archive.redis.keys(keys.audited(archive.tenant, AccountId("*"))) == []
    # And what comes after that is found.
    await signs_in(archive)
    assert await seen(archive, BUDI) == [f"{SIGN_IN} 1"]


async def test_many_replicas_at_once_put_each_record_into_it_once(archive: Archive) -> None:
    for number in range(30):
        await signs_in(archive, ANI if number % 3 else BUDI)
    replicas = [Audited(archive.redis, archive.bus, archive.ledger) for _ in range(5)]
    await asyncio.gather(*(one.complete(archive.tenant) for one in replicas for _ in range(2)))
    assert (await length(archive, BUDI), await length(archive, ANI)) == (10, 20)
    found = [int(one) for one in await archive.redis.lrange(keys.audited(archive.tenant, ANI), 0, -1)]
    assert found == sorted(set(found))


async def test_a_log_of_more_than_one_batch(archive: Archive) -> None:
    for _ in range(1050):
        await signs_in(archive)
    replicas = [Audited(archive.redis, archive.bus, archive.ledger) for _ in range(3)]
    tasks = [asyncio.create_task(one.complete(archive.tenant)) for one in replicas]
    # Whoever is done first has all of it, though the others took turns with it.
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert await length(archive, BUDI) == 1050
    await asyncio.gather(*tasks)
    assert await length(archive, BUDI) == 1050
    # Numbers that grow stand close together: some years of somebody's sign-ins are a few kilobytes.
    assert int(await archive.redis.memory_usage(keys.audited(archive.tenant, BUDI), samples=0) or 0) < 8_000


async def test_an_index_that_was_lost_is_made_again(archive: Archive) -> None:
    for _ in range(3):
        await signs_in(archive)
    assert len(await seen(archive, BUDI)) == 3
    await archive.redis.flushdb()
    assert len(await seen(archive, BUDI)) == 3
    # What Redis loses of its newest writes it loses of both: the mark goes back with the list.
    mark = await known(archive)
    await signs_in(archive)
    assert len(await seen(archive, BUDI)) == 4
    await archive.redis.rpop(keys.audited(archive.tenant, BUDI))
    await archive.redis.set(keys.audited_known(archive.tenant), mark)
    assert await seen(archive, BUDI) == [f"{SIGN_IN} {number}" for number in (4, 3, 2, 1)]


@pytest.mark.parametrize("mark", ["another-stream {}", "{} 999999999"])
async def test_another_stream_or_an_older_one_is_read_from_its_beginning(archive: Archive, mark: str) -> None:
    for _ in range(3):
        await signs_in(archive)
    assert len(await seen(archive, BUDI)) == 3
    incarnation, _, sequence = (await known(archive)).rpartition(" ")
    await archive.redis.set(
        keys.audited_known(archive.tenant), mark.format(sequence if "another" in mark else incarnation)
    )
    # Numbers of the stream that was there before.
    await archive.redis.rpush(keys.audited(archive.tenant, BUDI), 1_000_000)
    await archive.redis.rpush(keys.audited(archive.tenant, ANI), 1_000_001)
    assert len(await seen(archive, BUDI)) == 3
    assert (await length(archive, BUDI), await length(archive, ANI)) == (3, 0)


async def test_a_number_under_which_something_else_stands_shows_nothing(archive: Archive) -> None:
    await signs_in(archive, ANI)
    await archive.audited.complete(archive.tenant)
    (number,) = await archive.redis.lrange(keys.audited(archive.tenant, ANI), 0, -1)
    await archive.redis.rpush(keys.audited(archive.tenant, BUDI), int(number))
    assert await seen(archive, BUDI) == []
