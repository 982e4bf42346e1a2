"""Several sorted sets read as one, over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from services.common.ids import new_id
from services.common.store import open_store
from services.roster.walk import Walk
from tests.roster.conftest import Stores

ENTRIES = st.sets(st.integers(0, 60), max_size=40)


@pytest.fixture
async def redis(stores: Stores) -> AsyncIterator[Redis]:
    opened = open_store(f"redis://127.0.0.1:{stores.valkey.port}/0")
    yield opened
    await opened.aclose()


async def filled(redis: Redis, *sets: set[int]) -> list[str]:
    places = [f"walk:{new_id()}" for _ in sets]
    for place, entries in zip(places, sets, strict=True):
        if entries:
            await redis.zadd(place, {f"{entry:02d}": 0 for entry in entries})
    return places


async def all_of(walk: Walk) -> list[str]:
    seen: list[str] = []
    while entries := await walk.entries():
        seen += entries
    assert await walk.entries() == []
    return seen


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ENTRIES, min_size=1, max_size=5), st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
async def test_each_entry_comes_once_in_falling_order(
    redis: Redis, sets: list[set[int]], at_once: int, lowest: int, highest: int
) -> None:
    places = await filled(redis, *sets)
    expected = sorted((f"{one:02d}" for one in set().union(*sets) if lowest <= one < highest), reverse=True)
    if lowest > highest:
        assert expected == []
    assert await all_of(Walk(redis, places, f"({highest:02d}", f"[{lowest:02d}", at_once)) == expected


async def test_no_sets_have_no_entries(redis: Redis) -> None:
    assert await all_of(Walk(redis, [], "+", "-", 100)) == []


async def test_what_is_read_ahead_is_bounded(redis: Redis) -> None:
    """The set with all the newest entries is read on; of the others nothing more than their share."""
    places = await filled(redis, set(range(40, 99)), set(range(40)), set())
    walk = Walk(redis, places, "+", "-", 30)
    rounds = [await walk.entries() for _ in range(3)]
    assert [len(entries) for entries in rounds] == [10, 10, 10]
    assert (rounds[0][0], rounds[2][-1]) == ("98", "69")
