"""Against an API server that knows one pod and one node, by the real client."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from kubernetes import client

from services.common.config import ConfigError
from services.media.addresses.kubernetes import KubernetesAddresses

COST = "controller.kubernetes.io/pod-deletion-cost"


def _pod(host_port: int | None) -> dict[str, Any]:
    port: dict[str, Any] = {"containerPort": 7001, "protocol": "UDP"}
    if host_port is not None:
        port["hostPort"] = host_port
    containers = [
        {"name": "proxy", "image": "x"},
        {"name": "media", "image": "x", "ports": [{"containerPort": 7104, "hostPort": 9}, port]},
    ]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "media-0", "namespace": "sipulung"},
        "spec": {"nodeName": "worker-1", "containers": containers},
        "status": {"podIP": "10.244.0.7", "hostIP": "192.168.1.4"},
    }


@dataclass
class Cluster:
    """`refused` are the statuses with which a path is answered instead."""

    url: str = ""
    pod: dict[str, Any] = field(default_factory=lambda: _pod(32001))
    external: list[str] = field(default_factory=lambda: ["203.0.113.5", "203.0.113.6"])
    refused: dict[str, int] = field(default_factory=dict)
    patches: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def source(self, advertise: str = "auto") -> KubernetesAddresses:
        configuration = client.Configuration(host=self.url)
        configuration.retries = 0
        return KubernetesAddresses("sipulung", "media-0", advertise, client.CoreV1Api(client.ApiClient(configuration)))

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(f"{request.method} {request.path}")
        for part, status in self.refused.items():
            if part in f"{request.method} {request.path}":
                return web.json_response({"kind": "Status", "status": "Failure", "code": status}, status=status)
        if request.method == "PATCH":
            self.patches.append(json.loads(await request.read()))
            return web.json_response(self.pod)
        if "/nodes/" in request.path:
            addresses = [{"type": "InternalIP", "address": "192.168.1.4"}, {"type": "Hostname", "address": "worker-1"}]
            addresses += [{"type": "ExternalIP", "address": ip} for ip in self.external]
            node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "worker-1"}}
            return web.json_response({**node, "status": {"addresses": addresses}})
        return web.json_response(self.pod)


@pytest.fixture
async def cluster() -> AsyncIterator[Cluster]:
    cluster = Cluster()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", cluster.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    cluster.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield cluster
    await runner.cleanup()


async def test_the_host_port_on_the_nodes_external_then_internal_addresses(cluster: Cluster) -> None:
    found = await cluster.source().addresses(7001)
    assert found == (("203.0.113.5", 32001), ("203.0.113.6", 32001), ("192.168.1.4", 32001))
    assert cluster.asked == ["GET /api/v1/namespaces/sipulung/pods/media-0", "GET /api/v1/nodes/worker-1"]


async def test_a_node_without_external_addresses(cluster: Cluster) -> None:
    cluster.external = []
    assert await cluster.source().addresses(7001) == (("192.168.1.4", 32001),)


async def test_a_node_that_may_not_be_read(cluster: Cluster) -> None:
    cluster.refused["/nodes/"] = 403
    assert await cluster.source().addresses(7001) == (("192.168.1.4", 32001),)


async def test_a_pod_that_is_reached_directly(cluster: Cluster) -> None:
    cluster.pod = _pod(None)
    assert await cluster.source().addresses(7001) == (("10.244.0.7", 7001),)


async def test_addresses_that_were_given_win_and_get_the_host_port(cluster: Cluster) -> None:
    found = await cluster.source("198.51.100.9,198.51.100.9:443,[2001:db8::9]:443").addresses(7001)
    assert found == (("198.51.100.9", 32001), ("198.51.100.9", 443), ("2001:db8::9", 443))
    assert cluster.asked == ["GET /api/v1/namespaces/sipulung/pods/media-0"]
    cluster.pod = _pod(None)
    assert await cluster.source("198.51.100.9").addresses(7001) == (("198.51.100.9", 7001),)


async def test_what_is_given_wrongly_is_named_before_the_api_is_asked(cluster: Cluster) -> None:
    with pytest.raises(ConfigError, match=r"^SIPULUNG_MEDIA_ADVERTISE is 'media\.example\.id'"):
        await cluster.source("media.example.id").addresses(7001)
    assert cluster.asked == []


@pytest.mark.parametrize(("part", "status"), [("/pods/", 403), ("/pods/", 404), ("/pods/", 500), ("/nodes/", 500)])
async def test_a_pod_that_cannot_be_read_stops_the_start(cluster: Cluster, part: str, status: int) -> None:
    cluster.refused[part] = status
    with pytest.raises(
        ConfigError, match="SIPULUNG_ADDRESS_SOURCE is 'kubernetes': pod sipulung/media-0 cannot be read"
    ):
        await cluster.source().addresses(7001)


async def test_an_api_that_is_not_there_stops_the_start(cluster: Cluster) -> None:
    cluster.url = "http://127.0.0.1:9"
    with pytest.raises(ConfigError, match="cannot be read"):
        await cluster.source().addresses(7001)


async def told(cluster: Cluster, source: KubernetesAddresses, sessions: int, count: int) -> None:
    """Tell it until the API heard it."""
    async with asyncio.timeout(60):
        while len(cluster.patches) < count:
            source.deletion_cost(sessions)
            await asyncio.sleep(0.01)


async def test_the_deletion_cost_is_the_number_of_sessions_told_when_it_changes(cluster: Cluster) -> None:
    source = cluster.source()
    await told(cluster, source, 3, 1)
    for _ in range(5):
        source.deletion_cost(3)
        await asyncio.sleep(0.02)
    await told(cluster, source, 4, 2)
    assert cluster.patches == [{"metadata": {"annotations": {COST: number}}} for number in ("3", "4")]


async def test_a_cost_that_cannot_be_told_is_said_once_and_tried_again(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    source = cluster.source()
    cluster.refused["PATCH"] = 403
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(60):
            while len(cluster.asked) < 3:
                source.deletion_cost(3)
                await asyncio.sleep(0.01)
    assert [record.message for record in caplog.records] == ["the deletion cost was not stored"]
    del cluster.refused["PATCH"]
    await told(cluster, source, 3, 1)
