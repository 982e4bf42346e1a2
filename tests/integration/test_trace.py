"""One trace per join: the browser, signaling, auth, roster and media, as a collector receives it."""

from __future__ import annotations

import asyncio
import secrets
import time

import pytest

from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.signaling.v1 import client_pb2
from tests.integration.world import World
from tests.media.core.sdp.offers import PC
from tests.support.collector import Collector
from tests.support.join_trace import TREE, complete, tree_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_one_trace_spans_a_join(world: World, collector: Collector) -> None:
    trace_id, root_id = secrets.token_hex(16), secrets.token_hex(8)
    parent = f"00-{trace_id}-{root_id}-01"
    meeting_id, password = await world.meeting(world.attacker)
    started_at_ms = time.time_ns() // 1_000_000

    body = {"meeting_id": meeting_id, "password": password, "name": "Budi"}
    async with world.http.post(f"{world.url}/api/v1/join", json=body, headers={"traceparent": parent}) as response:
        assert response.status == 200
        token = (await response.json())["join_token"]
    client = await world.connect()
    trace = {"traceparent": parent}
    opened = await client.request(trace=trace, open=client_pb2.Open(join_token=token, offer_sdp=PC))
    assert opened.WhichOneof("body") == "opened", opened
    publish = media_session_pb2.PublishState(microphone=True)
    entered = await client.request(trace=trace, enter=client_pb2.Enter(publish=publish))
    assert entered.WhichOneof("body") == "entered", entered
    took_ms = time.time_ns() // 1_000_000 - started_at_ms
    timings = client_pb2.JoinTimings(
        token_ms=1,
        answer_ms=max(took_ms // 2, 1),
        entered_ms=1,
        started_at_ms=started_at_ms,
        enter_clicked_at_ms=started_at_ms + took_ms // 2,
    )
    assert (await client.request(trace=trace, timings=timings)).WhichOneof("body") == "done"
    # The last to leave ends the stream by which signaling follows the meeting, which is no part of this trace.
    assert (await client.request(leave=client_pb2.Leave())).WhichOneof("body") == "done"

    spans = collector.wait_for(trace_id, complete)
    assert tree_of(spans) == TREE
    root = next(span for span in spans if span.name == "browser.join")
    assert (root.span_id, root.parent_id) == (root_id, "")
    assert root.attributes["join.token_ms"] == 1
    assert root.started_ns // 1_000_000 == started_at_ms
    tenants = {span.attributes.get("tenant") for span in spans if span.service in ("auth", "roster", "media")}
    assert tenants <= {world.attacker.tenant_id, None, ""}
    assert world.attacker.tenant_id in tenants
    # Nobody's name and no credential is in it.
    text = repr(spans)
    for secret in ("Budi", password, token):
        assert secret not in text


async def test_each_service_sends_its_metrics_too(world: World, collector: Collector) -> None:
    del world  # It is what the services are busy with.
    # Each sends every 15 s; one that was too slow for the collector on a busy machine is followed by the next.
    deadline = time.monotonic() + 120
    while {service for service, _ in collector.metrics()} != {"auth", "roster", "signaling", "media"}:
        assert time.monotonic() < deadline, collector.metrics()
        await asyncio.sleep(0.2)
