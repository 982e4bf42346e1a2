"""Passwords of meetings are hashed once for all who show the same right one; everything else is hashed each time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from services.auth.hashing import PasswordHashing

PASSWORD = "padi-hijau-77"


class Counted(PasswordHasher):
    """As cheap as argon2 lets it be, and counts."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
        self.verified += 1
        return super().verify(hash, password)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as started:
        yield started


async def test_a_right_one_is_hashed_once(pool: ThreadPoolExecutor) -> None:
    hasher = Counted()
    meetings = PasswordHashing(hasher, pool, remembers=True)
    encoded = await meetings.hash(PASSWORD)
    assert await meetings.verify(encoded, PASSWORD)
    assert all(await asyncio.gather(*(meetings.verify(encoded, PASSWORD) for _ in range(50))))
    assert hasher.verified == 1
    # Another hash of the same password, as after it was set anew, is another meeting's for all that is known.
    assert await meetings.verify(await meetings.hash(PASSWORD), PASSWORD)
    assert hasher.verified == 2


async def test_a_wrong_one_and_no_meeting_take_their_time_each_time(pool: ThreadPoolExecutor) -> None:
    hasher = Counted()
    meetings = PasswordHashing(hasher, pool, remembers=True)
    encoded = await meetings.hash(PASSWORD)
    assert await meetings.verify(encoded, PASSWORD)
    for known, password in ((encoded, "padi-hijau-78"), (encoded, ""), (None, PASSWORD)):
        before = hasher.verified
        for _ in range(3):
            assert not await meetings.verify(known, password)
        assert hasher.verified == before + 3


async def test_it_is_forgotten_after_a_while(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Counted()
    meetings = PasswordHashing(hasher, pool, remembers=True)
    encoded = await meetings.hash(PASSWORD)
    assert await meetings.verify(encoded, PASSWORD)
    now = time.monotonic()
    monkeypatch.setattr("services.auth.hashing.time.monotonic", lambda: now + 601)
    assert await meetings.verify(encoded, PASSWORD)
    assert hasher.verified == 2


async def test_no_more_than_so_many_are_remembered(pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.auth.hashing._MOST_REMEMBERED", 3)
    hasher = Counted()
    meetings = PasswordHashing(hasher, pool, remembers=True)
    encoded = [await meetings.hash(PASSWORD) for _ in range(4)]
    for one in encoded:
        assert await meetings.verify(one, PASSWORD)
    for one in reversed(encoded):
        assert await meetings.verify(one, PASSWORD)
    # The first had gone.
    assert hasher.verified == 5


async def test_of_accounts_nothing_is_remembered(pool: ThreadPoolExecutor) -> None:
    hasher = Counted()
    accounts = PasswordHashing(hasher, pool)
    encoded = await accounts.hash(PASSWORD)
    for _ in range(3):
        assert await accounts.verify(encoded, PASSWORD)
    assert hasher.verified == 3
