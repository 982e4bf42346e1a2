"""Fixtures: one set of stores per module, and what runs on them per test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.common.ids import new_id
from services.common.store import open_store
from services.common.tokens import ServiceTokens
from services.roster.keys import RETENTION_LOCK
from tests.roster.support.auth import SmallAuth
from tests.roster.support.client import RosterClient
from tests.roster.support.process import RosterProcess
from tests.support.servers import NatsServer, ValkeyServer


@dataclass
class Stores:
    """NATS and Valkey."""

    nats: NatsServer
    valkey: ValkeyServer
    folder: Path


@dataclass
class Site:
    """Stores, an auth, and roster replicas."""

    stores: Stores
    auth: SmallAuth
    service_token: str
    settings: dict[str, str]
    tenant: str = field(default_factory=new_id)
    replicas: list[RosterProcess] = field(default_factory=list)
    clients: list[RosterClient] = field(default_factory=list)

    def replica(self, module: str = "services.roster", **settings: str) -> RosterClient:
        """Starts one more; its client."""
        log = self.stores.folder / f"roster-{len(self.replicas)}.log"
        process = RosterProcess(log, {**self.settings, **settings}, module)
        process.start()
        self.replicas.append(process)
        client = RosterClient(process.port)
        self.clients.append(client)
        return client


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    folder = tmp_path_factory.mktemp("stores")
    made = Stores(NatsServer(folder / "nats"), ValkeyServer(folder / "valkey"), folder)
    started = (made.nats, made.valkey)
    try:
        for process in started:
            process.start()
        yield made
    finally:
        for process in started:
            process.kill()


@pytest.fixture
async def site(stores: Stores, tmp_path: Path) -> AsyncIterator[Site]:
    secret = tmp_path / "service.key"
    secret.write_bytes(b"0123456789abcdef0123456789abcdef")
    tokens = ServiceTokens.from_file("signaling", secret)
    auth = SmallAuth(tokens)
    port = await auth.start()
    settings = {
        "SIPULUNG_NATS_URL": stores.nats.url,
        "SIPULUNG_REDIS_URL": f"redis://127.0.0.1:{stores.valkey.port}/0",
        "SIPULUNG_SERVICE_KEY_FILE": str(secret),
        "SIPULUNG_AUTH_ADDRESS": f"127.0.0.1:{port}",
        "SIPULUNG_GRACE_SECONDS": "1",
        "SIPULUNG_MEDIA_LEASE_SECONDS": "60",
    }
    # As if another replica were at it: what tests write as of 1970 is too old for retention.
    redis = open_store(settings["SIPULUNG_REDIS_URL"])
    await redis.set(RETENTION_LOCK, "the tests", ex=3600)
    await redis.aclose()
    made = Site(stores, auth, tokens.issue(), settings)
    try:
        yield made
    finally:
        for client in made.clients:
            await client.close()
        for process in made.replicas:
            process.kill()
        await auth.stop()
