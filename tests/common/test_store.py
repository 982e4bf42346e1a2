"""The store: what is on the disk when a write returns, and what its trouble looks like."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.common.errors import Unavailable
from services.common.store import STORE_TROUBLE, durable, open_store, reachable
from tests.support.servers import ValkeyServer
from tools.instance.ports import free_port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    """One of its own: it is killed."""
    server = ValkeyServer(tmp_path / "valkey")
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def store(server: ValkeyServer) -> AsyncIterator[Redis]:
    store = open_store(server.next_url())
    yield store
    await store.aclose()


async def test_what_is_durable_survives_a_kill(server: ValkeyServer, store: Redis) -> None:
    for number in range(20):
        await store.set(f"key-{number}", str(number))
    await durable(store)
    server.kill()
    assert not await reachable(store)
    with pytest.raises(STORE_TROUBLE):
        await store.get("key-0")
    with pytest.raises(Unavailable, match="did not confirm"):
        await durable(store)
    server.start()
    # The same client, on connections that broke.
    assert await reachable(store)
    assert [await store.get(f"key-{number}") for number in range(20)] == [str(n).encode() for n in range(20)]


async def test_a_store_that_writes_nothing_down_is_not_durable(store: Redis) -> None:
    await store.config_set("appendonly", "no")
    with pytest.raises(Unavailable, match="cannot keep data durably"):
        await durable(store)


async def test_nobody_waits_long_for_a_store_that_is_not_there() -> None:
    nowhere = open_store(f"redis://127.0.0.1:{free_port()}/0")
    started = time.monotonic()
    assert not await reachable(nowhere)
    with pytest.raises(STORE_TROUBLE):
        await nowhere.get("key")
    assert time.monotonic() - started < 5
    await nowhere.aclose()
