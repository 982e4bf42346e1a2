"""No password, token or key gets into a log or a trace, at any level."""

from __future__ import annotations

import json
import secrets
from typing import Any

import aiohttp
import pytest

from sipulung.signaling.v1 import client_pb2
from tests.integration.world import ATTACKER, VICTIM, World, password_of
from tests.media.core.sdp.offers import PC
from tests.support.collector import Collector
from tests.support.instance import Instance

pytestmark = pytest.mark.asyncio(loop_scope="session")

SERVICES = ("auth", "roster", "signaling", "media-1", "media-2")


async def test_what_is_secret_stays_so(world: World, instance: Instance, collector: Collector) -> None:
    trace_id = secrets.token_hex(16)
    traceparent = f"00-{trace_id}-{secrets.token_hex(8)}-01"
    mistyped = "kata-sandi-yang-salah"
    known = await _use_everything(world, traceparent, mistyped)
    spans = collector.wait_for(trace_id, lambda spans: {"auth", "roster", "media"} <= {one.service for one in spans})
    lines = {name: instance.logs(name) for name in SERVICES}
    told = {**lines, "spans": repr(spans), "what the runner prints": instance.output().split("Sipulung is ready")[0]}
    for where, text in told.items():
        for what, secret in known.items():
            assert secret not in text, f"{what} stands in {where}"


async def test_every_line_of_a_log_is_json_with_its_tenant(world: World, instance: Instance) -> None:
    tenants: set[str] = set()
    for name in SERVICES:
        lines = instance.logs(name).splitlines()
        assert lines
        for line in lines:
            record = json.loads(line)
            assert {"time", "level", "service", "logger", "message"} <= set(record), line
            assert record["service"] == name.partition("-")[0]
            tenants.add(record.get("tenant", ""))
    assert {world.victim.tenant_id, world.attacker.tenant_id} <= tenants


async def _use_everything(world: World, traceparent: str, mistyped: str) -> dict[str, str]:
    """Sign in, fail to, make a meeting, join it, resume; every secret that took part."""
    headers = {"traceparent": traceparent}

    async def post(path: str, body: dict[str, str], expected: int, **more: str) -> tuple[dict[str, Any], str]:
        url = f"{world.url}/api/v1/{path}"
        async with world.http.post(url, json=body, headers={**headers, **more}) as response:
            assert response.status == expected, await response.text()
            cookie = response.cookies.get("sipulung_refresh")
            return await response.json(), cookie.value if cookie else ""

    user = f"host@{ATTACKER}"
    await post("sign-in", {"user": user, "password": mistyped}, 401)
    signed_in, refresh = await post("sign-in", {"user": user, "password": password_of(ATTACKER)}, 200)
    _, rotated = await post("session/refresh", {}, 200, Cookie=f"sipulung_refresh={refresh}")
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    made, _ = await post("meetings", {"title": "Rapat", "password": "sandi-rapat-ini"}, 201, **bearer)
    meeting = {"meeting_id": made["meeting"]["meeting_id"], "name": "Budi"}
    await post("join", {**meeting, "password": mistyped}, 403)
    joined, _ = await post("join", {**meeting, "password": made["password"]}, 200)
    trace = {"traceparent": traceparent}
    client = await world.connect()
    answer = await client.request(
        trace=trace, open=client_pb2.Open(join_token=joined["join_token"], offer_sdp=PC, client="test")
    )
    first = answer.opened
    await client.request(trace=trace, enter=client_pb2.Enter())
    await client.request(trace=trace, say=client_pb2.Say(text="ini rahasia kita"))
    client.drop()
    again = await world.connect()
    resumed = await again.resume(first.session_id, first.resume_token)
    assert resumed.WhichOneof("body") == "resumed", resumed
    # A token of somebody who knows nothing else.
    bad = await world.connect()
    await bad.open("bukan.token.sungguhan")
    for one in (again, bad):
        await one.socket.close(code=aiohttp.WSCloseCode.GOING_AWAY)
    ice = next(line for line in PC.splitlines() if line.startswith("a=ice-pwd:"))
    return {
        "a password": password_of(ATTACKER),
        "another tenant's password": password_of(VICTIM),
        "a mistyped password": mistyped,
        "a meeting's password": made["password"],
        "an access token": _signature(signed_in["access_token"]),
        "a refresh token": refresh.partition(".")[2],
        "a rotated refresh token": rotated.partition(".")[2],
        "a join token": _signature(joined["join_token"]),
        "a token that is none": "bukan.token.sungguhan",
        "a resume token": first.resume_token.rpartition(".")[2],
        "the next resume token": resumed.resumed.resume_token.rpartition(".")[2],
        "a service's token": _signature(world.service),
        "an ICE password": ice.partition(":")[2],
        "a chat line": "ini rahasia kita",
        **{f"key {number} of the installation": key.decode() for number, key in enumerate(world.secrets)},
    }


def _signature(token: str) -> str:
    """The part of a JWT that nobody else can make."""
    return token.rpartition(".")[2]
