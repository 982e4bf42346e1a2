"""What operators and Kubernetes ask, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from services.common import admin as admin_module
from services.common.admin import AdminServer
from services.common.config import Address
from services.common.telemetry import Telemetry


@pytest.fixture
async def admin() -> AsyncIterator[tuple[AdminServer, str]]:
    telemetry = Telemetry("test")
    telemetry.meter.create_counter("bus_dropped", "1", "x").add(3, {"reason": "away"})
    server = AdminServer(Address("127.0.0.1", 0), telemetry)
    port = await server.start()
    yield server, f"http://127.0.0.1:{port}"
    await server.stop()
    telemetry.stop()


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def readiness(url: str) -> tuple[int, dict[str, bool]]:
    async with aiohttp.ClientSession() as session, session.get(url + "/readyz") as response:
        return response.status, await response.json()


async def test_being_alive_depends_on_nothing(admin: tuple[AdminServer, str]) -> None:
    server, url = admin

    async def broken() -> bool:
        raise OSError("the store is gone")

    server.check("store", broken)
    server.stopping()
    assert await get(url + "/livez") == (200, '{"alive": true}')


async def test_readiness_names_what_is_missing(admin: tuple[AdminServer, str], monkeypatch: pytest.MonkeyPatch) -> None:
    server, url = admin
    monkeypatch.setattr(admin_module, "_CHECK_S", 0.5)
    assert await readiness(url) == (200, {"running": True})

    async def good() -> bool:
        return True

    async def bad() -> bool:
        return False

    async def broken() -> bool:
        raise ValueError

    async def hangs() -> bool:
        await asyncio.sleep(60)
        return True

    server.check("store", good)
    assert await readiness(url) == (200, {"running": True, "store": True})
    for name, check in {"nats": bad, "keys": broken, "media": hangs}.items():
        server.check(name, check)
    expected = {"running": True, "store": True, "nats": False, "keys": False, "media": False}
    assert await readiness(url) == (503, expected)


async def test_whoever_stops_is_not_ready(admin: tuple[AdminServer, str]) -> None:
    server, url = admin
    server.stopping()
    assert await readiness(url) == (503, {"running": False})


async def test_metrics_are_prometheus_text(admin: tuple[AdminServer, str]) -> None:
    _, url = admin
    status, text = await get(url + "/metrics")
    assert status == 200
    line = next(line for line in text.splitlines() if line.startswith("bus_dropped"))
    assert 'reason="away"' in line
    assert line.endswith(" 3.0")


async def test_nothing_else_is_there(admin: tuple[AdminServer, str]) -> None:
    _, url = admin
    assert (await get(url + "/"))[0] == 404
