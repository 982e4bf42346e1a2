"""What a title is found by, over a real store: on the shelves that were asked for, and no further."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from redis.asyncio import Redis

from services.common.ids import MeetingId, TenantId, new_id, new_meeting_id
from services.common.store import open_store
from services.roster import codec, keys
from services.roster.core.title_search import TitleSearch
from services.roster.keys import MeetingRef
from services.roster.shelves import Shelves, passed_entry
from sipulung.roster.v1 import schedule_pb2
from tests.roster.conftest import Stores
from tests.roster.core.scene import NOON, definition

DAY_MS = 86_400_000
UNITS = tuple(keys.of_unit(f"unit{number}") for number in range(3))


@dataclass
class Archive:
    """A tenant's past meetings, one a day, newest last."""

    redis: Redis
    tenant: TenantId = field(default_factory=lambda: TenantId(new_id()))
    days: int = 0
    ids: set[MeetingId] = field(default_factory=set)

    def fresh_id(self) -> MeetingId:
        """One of nine thousand million: of so many as there are here, two would be the same now and then."""
        while (drawn := new_meeting_id()) in self.ids:
            pass
        self.ids.add(drawn)
        return drawn

    async def hold(self, titles: Sequence[str], unit: str = UNITS[0], occurrences: int = 1) -> None:
        pipe = self.redis.pipeline(transaction=False)
        for title in titles:
            made = replace(definition(), tenant_id=self.tenant, meeting_id=self.fresh_id(), title=title)
            ref = MeetingRef(self.tenant, made.meeting_id)
            pipe.hset(keys.meeting(ref), mapping={"d": codec.store_definition(made), "s": 1, "t": 1, "n": 0})
            for number in range(1, occurrences + 1):
                self.days += 1
                at_ms = NOON + self.days * DAY_MS
                record = schedule_pb2.Occurrence(number=number, started_at_ms=at_ms, ended_at_ms=at_ms + 1)
                pipe.hset(keys.past(ref), str(number), record.SerializeToString())
                for owner in (unit, keys.EVERYBODY):
                    pipe.zadd(keys.passed(self.tenant, owner), {passed_entry(at_ms, made.meeting_id, number): 0})
        await pipe.execute()

    async def find(
        self, query: str, owners: Sequence[str] = (keys.EVERYBODY,), size: int = 50, **more: tuple[int, int]
    ) -> list[list[str]]:
        """The titles, page by page."""
        shelves, pages, token = Shelves(self.redis), [], ""
        while True:
            search = TitleSearch.of(query) if query else None
            rows, token = await shelves.passed(self.tenant, owners, size, token, search, more.get("within"))
            times = [occurrence.started_at_ms for _, occurrence in rows]
            assert times == sorted(times, reverse=True)
            pages.append([one.definition.title for one, _ in rows])
            if not token:
                return pages


@pytest.fixture
async def archive(stores: Stores) -> AsyncIterator[Archive]:
    redis = open_store(f"redis://127.0.0.1:{stores.valkey.port}/0")
    yield Archive(redis)
    await redis.aclose()


async def test_a_title_among_400(archive: Archive) -> None:
    await archive.hold([f"Rapat staf {number}" for number in range(200)])
    await archive.hold(["Apel Pagi, Maret 2026", "Apel pagi April"])
    await archive.hold([f"Rapat Jum’at {number}" for number in range(200)])
    assert await archive.find("apel pagi maret") == [["Apel Pagi, Maret 2026"]]
    assert await archive.find("MARET apel") == [["Apel Pagi, Maret 2026"]]
    assert await archive.find("zulkifli") == [[]]
    assert [len(page) for page in await archive.find("jumat")] == [50, 50, 50, 50]
    assert [len(page) for page in await archive.find("")] == [50] * 8 + [2]


async def test_a_series_is_found_with_all_its_occurrences(archive: Archive) -> None:
    await archive.hold(["Apel pagi"], occurrences=120)
    await archive.hold(["Rapat staf"], occurrences=120)
    assert [len(page) for page in await archive.find("apel")] == [50, 50, 20]


async def test_a_long_list_is_looked_through_bit_by_bit(archive: Archive) -> None:
    """An answer without a row names a next one, until the only one that has the title is there."""
    await archive.hold(["Apel pagi Maret"])
    await archive.hold([f"Rapat staf {number}" for number in range(4500)])
    assert await archive.find("apel maret") == [[], [], ["Apel pagi Maret"]]
    assert await archive.find("rapat staf 17", size=200) == [
        [f"Rapat staf {number}" for number in range(4499, 2499, -1) if "17" in str(number)],
        [f"Rapat staf {number}" for number in range(2499, 499, -1) if "17" in str(number)],
        [f"Rapat staf {number}" for number in range(499, -1, -1) if "17" in str(number)],
    ]


async def test_only_the_shelves_that_were_asked_for(archive: Archive) -> None:
    other = Archive(archive.redis)
    for unit in UNITS:
        await archive.hold([f"Apel pagi {unit} {number}" for number in range(30)], unit)
    await other.hold(["Apel pagi instansi lain"])
    for owners in (UNITS[:1], UNITS[:2], UNITS):
        found = [title for page in await archive.find("apel pagi", owners, size=20) for title in page]
        assert sorted(found) == sorted(f"Apel pagi {unit} {number}" for unit in owners for number in range(30))
    assert await archive.find("apel", ()) == [[]]
    assert await other.find("apel") == [["Apel pagi instansi lain"]]
    assert await archive.find("lain") == [[]]


async def test_a_span_of_time(archive: Archive) -> None:
    await archive.hold([f"Rapat {number}" for number in range(1, 101)])
    begin, end = NOON + 11 * DAY_MS, NOON + 21 * DAY_MS
    expected = [f"Rapat {number}" for number in range(20, 10, -1)]
    assert await archive.find("", within=(begin, end)) == [expected]
    assert await archive.find("rapat", size=3, within=(begin, end)) == [
        expected[:3],
        expected[3:6],
        expected[6:9],
        expected[9:],
    ]
    # A token of a page of all of them begins no later than the span.
    shelves = Shelves(archive.redis)
    _, token = await shelves.passed(archive.tenant, [keys.EVERYBODY], 5, "")
    rows, _ = await shelves.passed(archive.tenant, [keys.EVERYBODY], 50, token, None, (begin, end))
    assert [one.definition.title for one, _ in rows] == expected


async def test_what_is_gone_is_not_found(archive: Archive) -> None:
    await archive.hold(["Apel pagi", "Apel sore"])
    rows, _ = await Shelves(archive.redis).passed(archive.tenant, [keys.EVERYBODY], 2, "")
    gone = MeetingRef(archive.tenant, rows[1][0].definition.meeting_id)
    await archive.redis.delete(keys.meeting(gone))
    assert await archive.find("apel") == [["Apel sore"]]
