"""A site: real NATS, Valkey and roster, auth and media nodes by their interfaces, signaling in this process."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.common.ids import new_id
from services.common.telemetry import Telemetry
from services.common.tokens import ServiceTokens
from services.signaling.config import Config
from services.signaling.wiring import Signaling
from tests.signaling.client import Client
from tests.signaling.neighbours import AuthNode, Keys, MediaNode
from tests.support.servers import NatsServer, ValkeyServer
from tests.support.service_process import ServiceProcess
from tools.instance.ports import free_port


@dataclass
class Stores:
    nats: NatsServer
    valkey: ValkeyServer


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    folder = tmp_path_factory.mktemp("stores")
    made = Stores(NatsServer(folder / "nats"), ValkeyServer(folder / "valkey"))
    try:
        made.nats.start()
        made.valkey.start()
        yield made
    finally:
        made.nats.kill()
        made.valkey.kill()


@pytest.fixture(scope="session")
def web_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("web")
    (root / "index.html").write_text("<!doctype html><title>Sipulung</title><script>go()</script>")
    (root / "assets").mkdir()
    (root / "assets" / "index-BxT3k9_q.js").write_text("// " + "x" * 3000)
    (root / "assets" / "index-BxT3k9_q.js.br").write_bytes(b"brotli")
    (root / "assets" / "index-BxT3k9_q.js.gz").write_bytes(b"gzip")
    return root


@dataclass
class Meeting:
    """A meeting that exists, and how to join it."""

    tenant: str
    meeting_id: str
    password: str
    access_token: str


@dataclass
class Site:
    """All of it, with shortcuts."""

    stores: Stores
    folder: Path
    keys: Keys
    tokens: ServiceTokens
    auth: AuthNode
    nodes: list[MediaNode]
    environment: dict[str, str]
    http: aiohttp.ClientSession
    spans: InMemorySpanExporter
    roster: ServiceProcess | None = None
    replicas: list[Signaling] = field(default_factory=list)
    processes: list[ServiceProcess] = field(default_factory=list)
    tenant: str = "luwu"

    async def replica(self, **environment: str) -> Signaling:
        config = Config.read({**self.environment, **environment})
        telemetry = Telemetry("signaling", span_processor=SimpleSpanProcessor(self.spans))
        replica = Signaling(config, telemetry)
        await replica.start()
        self.replicas.append(replica)
        await self.until(lambda: replica.nodes.table.live(time.monotonic()) == len(self.nodes))
        return replica

    async def process(self, port: int) -> ServiceProcess:
        """A replica that can be killed."""
        log = self.folder / f"signaling-{len(self.processes)}.log"
        environment = {**self.environment, "SIPULUNG_HTTP_LISTEN": f"127.0.0.1:{port}"}
        process = ServiceProcess("services.signaling", environment, log)
        self.processes.append(process)
        await self.until(lambda: listens(port))
        return process

    def start_roster(self) -> None:
        port = int(self.environment["SIPULUNG_ROSTER_ADDRESS"].rpartition(":")[2])
        settings = {
            "SIPULUNG_GRPC_LISTEN": f"127.0.0.1:{port}",
            "SIPULUNG_GRACE_SECONDS": "5",
            "SIPULUNG_MEDIA_LEASE_SECONDS": "60",
        }
        self.roster = ServiceProcess("services.roster", {**self.environment, **settings}, self.folder / "roster.log")

    async def until(self, condition: Any, timeout_s: float = 60) -> None:
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def url(self, path: str, number: int = 0) -> str:
        return f"http://127.0.0.1:{self.replicas[number].http_port}{path}"

    async def call(
        self, method: str, path: str, body: Any = None, token: str = "", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        async with self.http.request(
            method, self.url(path), json=body if body is not None else {}, headers=headers
        ) as r:
            return r.status, await r.json()

    async def meeting(self, tenant: str = "") -> Meeting:
        tenant = tenant or self.tenant
        token = self.keys.access(tenant, f"host{tenant}")
        status, made = await self.call("POST", "/api/v1/meetings", {"title": "Rapat koordinasi"}, token)
        assert status == 201, made
        return Meeting(tenant, made["meeting"]["meeting_id"], made["password"], token)

    async def token(self, meeting: Meeting, name: str = "Budi", *, host: bool = False) -> str:
        body = {"meeting_id": meeting.meeting_id, "password": "" if host else meeting.password, "name": name}
        status, joined = await self.call("POST", "/api/v1/join", body, meeting.access_token if host else "")
        assert status == 200, joined
        return str(joined["join_token"])

    async def connect(self, number: int = 0, port: int = 0, **arguments: Any) -> Client:
        url = f"http://127.0.0.1:{port}/ws" if port else self.url("/ws", number)
        return Client(await self.http.ws_connect(url, protocols=("sipulung.v1",), compress=15, **arguments))

    async def enter(self, meeting: Meeting, name: str = "Budi", *, host: bool = False, number: int = 0) -> Client:
        client = await self.connect(number)
        answer = await client.open(await self.token(meeting, name, host=host))
        assert answer.WhichOneof("body") == "opened", answer
        await client.enter()
        return client


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
async def bare_site(stores: Stores, tmp_path: Path, web_root: Path) -> AsyncIterator[Site]:
    """Without a replica of signaling."""
    secret = tmp_path / "service.key"
    secret.write_bytes(b"0123456789abcdef0123456789abcdef")
    tokens = ServiceTokens.from_file("signaling", secret)
    keys = Keys()
    auth = AuthNode(keys, tokens)
    await auth.start()
    nodes = [MediaNode(f"media-{n}-{new_id()[:4]}", keys, tokens, stores.nats.url) for n in (1, 2)]
    for node in nodes:
        await node.start()
    environment = {
        "SIPULUNG_HTTP_LISTEN": "127.0.0.1:0",
        "SIPULUNG_GRPC_LISTEN": "127.0.0.1:0",
        "SIPULUNG_ADMIN_LISTEN": "127.0.0.1:0",
        "SIPULUNG_AUTH_ADDRESS": f"127.0.0.1:{auth.port}",
        "SIPULUNG_ROSTER_ADDRESS": f"127.0.0.1:{free_port()}",
        "SIPULUNG_NATS_URL": stores.nats.url,
        "SIPULUNG_REDIS_URL": stores.valkey.next_url(),
        "SIPULUNG_SERVICE_KEY_FILE": str(secret),
        "SIPULUNG_WEB_ROOT": str(web_root),
        "SIPULUNG_DRAIN_SECONDS": "0",
    }
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        made = Site(stores, tmp_path, keys, tokens, auth, nodes, environment, http, InMemorySpanExporter())
        made.start_roster()
        roster_port = int(environment["SIPULUNG_ROSTER_ADDRESS"].rpartition(":")[2])
        await made.until(lambda: listens(roster_port))
        try:
            yield made
        finally:
            for replica in made.replicas:
                await replica.stop()
            for process in [*made.processes, made.roster]:
                if process is not None:
                    process.kill()
                    process.wait()
            for node in nodes:
                await node.stop()
            await auth.stop()


@pytest.fixture
async def site(bare_site: Site) -> Site:
    """With one replica."""
    await bare_site.replica()
    return bare_site
