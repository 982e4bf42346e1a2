"""What others hear of a node, over a real NATS."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from services.common import subjects
from services.common.bus import Bus
from services.media.clients.publisher import Publisher
from services.media.forwarding.node import MediaNode
from services.media.forwarding.room import Room
from sipulung.media.v1 import media_pb2
from tests.common.serving import MEETING
from tests.media.serving import ServedNode, media_node
from tests.support.servers import NatsServer


@dataclass
class Heard:
    """What somebody else hears. `costs` are the deletion costs that were asked for."""

    served: ServedNode
    publisher: Publisher
    loads: list[media_pb2.NodeLoad] = field(default_factory=list)
    # When they were sent: how long they take to get here says nothing of the node.
    sent: list[float] = field(default_factory=list)
    presence: list[media_pb2.MediaPresence] = field(default_factory=list)
    # How often the node has told its presence by itself, not because time has passed.
    at_once: int = 0
    costs: list[int] = field(default_factory=list)

    async def until(self, wanted: str, seconds: float = 60) -> None:
        """`wanted` is "<loads> <presence>": as many of each."""
        loads, presence = map(int, wanted.split())
        async with asyncio.timeout(seconds):
            while len(self.loads) < loads or len(self.presence) < presence:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Heard]:
    """A node whose publisher runs, and another client of NATS."""
    bus, other = await Bus.connect(url, "media-1"), await Bus.connect(url, "listener")
    async with media_node() as served:
        costs: list[int] = []
        publisher = Publisher("media-1", "10.0.0.7:7104", served.path, costs.append)
        publisher.bus = bus
        heard = Heard(served, publisher, costs=costs)
        announce = publisher.announce

        def announced(node: MediaNode) -> None:
            heard.sent.append(time.monotonic())
            announce(node)

        def told(room: Room, lost: list[str]) -> None:
            heard.at_once += 1
            publisher.presence(served.node, room, lost)

        monkeypatch.setattr(publisher, "announce", announced)
        served.node._on_presence = told

        async def on_load(_: str, load: media_pb2.NodeLoad) -> None:
            heard.loads.append(load)

        async def on_presence(_: str, presence: media_pb2.MediaPresence) -> None:
            heard.presence.append(presence)

        await other.subscribe(subjects.node_load("*"), media_pb2.NodeLoad, on_load)
        await other.subscribe(subjects.media_event("*", "*", "presence"), media_pb2.MediaPresence, on_presence)
        running = asyncio.create_task(publisher.run(served.node))
        yield heard
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    await bus.close()
    await other.close()


async def test_load_every_second_and_presence_at_once_and_as_a_lease(
    nats_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(nats_url, monkeypatch) as heard:
        await heard.until("1 0")
        assert heard.at_once == 0
        person = await heard.served.enter("ana")
        assert heard.at_once == 1
        await heard.until("1 1")
        presence = heard.presence[0]
        assert (presence.tenant_id, presence.meeting_id, presence.node_id) == ("luwu", MEETING, "media-1")
        assert (list(presence.connected), list(presence.lost)) == (["ana"], [])
        await heard.until("5 2")
        gaps = [later - earlier for earlier, later in pairwise(heard.sent)]
        assert min(gaps) > 0.9, gaps
        assert max(gaps) < 1.4, gaps
        assert heard.at_once == 1
        load = heard.loads[-1]
        assert (load.node_id, load.grpc_address, load.draining) == ("media-1", "10.0.0.7:7104", False)
        assert (load.sessions, load.meetings) == (1, 1)
        assert 0 < load.cpu_per_mille < 4000
        assert load.datapath_cpu_per_mille < 1000
        assert len({load.boot_id for load in heard.loads}) == 1
        assert heard.costs[-1] == 1
        await person.client.close()
        async with asyncio.timeout(60):
            while list(heard.presence[-1].lost) != ["ana"]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert list(heard.presence[-1].connected) == []


async def test_a_preview_has_no_presence_and_draining_is_told(nats_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(nats_url, monkeypatch) as heard:
        person = await heard.served.preview("ana")
        await heard.until("4 0")
        assert heard.presence == []
        await heard.served.drain(1000)
        count = len(heard.loads)
        await heard.until(f"{count + 2} 0")
        assert heard.loads[-1].draining
        await person.client.close()


async def test_the_load_goes_on_when_nats_comes_back(
    nats_server: NatsServer, nats_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(nats_url, monkeypatch) as heard:
        await heard.until("1 0")
        nats_server.kill()
        await asyncio.sleep(1.2)
        person = await heard.served.enter("ana")
        assert heard.served.session(person.session_id).carries
        nats_server.start()
        count = len(heard.loads)
        await heard.until(f"{count + 1} 1")
        await person.client.close()


async def test_without_nats_nothing_is_missing() -> None:
    async with media_node() as served:
        publisher = Publisher("media-1", "10.0.0.7:7104", served.path, lambda sessions: None)
        publisher.announce(served.node)
        assert publisher.load().node_id == "media-1"
        other = Publisher("media-1", "10.0.0.7:7104", served.path, lambda sessions: None)
        # A restart shows.
        assert other.load().boot_id != publisher.load().boot_id
        response = await served.stats()
        assert response.load.node_id == "media-1"


async def test_one_bad_second_is_not_the_last(
    nats_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(nats_url, monkeypatch) as heard:
        await heard.until("1 0")
        person = await heard.served.enter("ana")
        tick, failures = heard.served.node.tick, 0

        def fails_once() -> None:
            nonlocal failures
            failures += 1
            if failures == 1:
                raise RuntimeError("a bug")
            tick()

        monkeypatch.setattr(heard.served.node, "tick", fails_once)
        async with asyncio.timeout(60):
            while failures < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert "the node's second failed" in caplog.text
        assert failures >= 3
        await person.client.close()
