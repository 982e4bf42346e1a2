"""Events and records over a real NATS, and what happens while it is away."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from services.common.bus import Bus
from services.common.errors import Conflict, Unavailable
from services.common.telemetry import Telemetry
from sipulung.media.v1 import media_pb2
from sipulung.roster.v1 import attendance_pb2
from tests.support.servers import NatsServer


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    bus = await Bus.connect(nats_url, "test", Telemetry("test"))
    yield bus
    await bus.close()


async def test_an_event_arrives_with_its_trace(bus: Bus) -> None:
    telemetry = Telemetry("test")
    heard: asyncio.Queue[tuple[str, str, str]] = asyncio.Queue()

    async def handler(subject: str, load: media_pb2.NodeLoad) -> None:
        await heard.put((subject, load.node_id, telemetry.traceparent().traceparent))

    await bus.subscribe("sipulung.node.*.load", media_pb2.NodeLoad, handler)
    with telemetry.span("load") as span:
        await bus.publish("sipulung.node.a.load", media_pb2.NodeLoad(node_id="a"))
    subject, node, trace = await asyncio.wait_for(heard.get(), 60)
    assert (subject, node) == ("sipulung.node.a.load", "a")
    assert trace.split("-")[1] == f"{span.get_span_context().trace_id:032x}"


async def test_a_handler_that_fails_hears_the_next_event(bus: Bus) -> None:
    heard: list[str] = []
    done = asyncio.Event()

    async def handler(subject: str, load: media_pb2.NodeLoad) -> None:
        heard.append(load.node_id)
        if load.node_id == "bad":
            raise RuntimeError("bad")
        done.set()

    await bus.subscribe("sipulung.x", media_pb2.NodeLoad, handler)
    await bus.publish("sipulung.x", media_pb2.NodeLoad(node_id="bad"))
    await bus.publish("sipulung.x", media_pb2.NodeLoad(node_id="good"))
    await asyncio.wait_for(done.wait(), 60)
    assert heard == ["bad", "good"]


async def test_records_are_numbered_and_read_back_in_order(bus: Bus) -> None:
    await bus.ensure_stream("HISTORY", ["history.>"])
    await bus.ensure_stream("HISTORY", ["history.>"])
    assert [r async for r in bus.read_stream("HISTORY", "history.a", attendance_pb2.AttendanceRecord)] == []
    assert await bus.last_record("HISTORY", "history.a", attendance_pb2.AttendanceRecord) is None
    for number in range(1, 4):
        record = attendance_pb2.AttendanceRecord(number=number)
        assert await bus.record("history.a", record, f"a{number}", after=number - 1) == number
    await bus.record("history.b", attendance_pb2.AttendanceRecord(number=9), "b1")
    read = [r.number async for r in bus.read_stream("HISTORY", "history.a", attendance_pb2.AttendanceRecord)]
    assert read == [1, 2, 3]
    last = await bus.last_record("HISTORY", "history.a", attendance_pb2.AttendanceRecord)
    assert last is not None
    assert last[0] == 3
    # The same message id again is the same record; another record after an old one is refused.
    assert await bus.record("history.a", attendance_pb2.AttendanceRecord(number=3), "a3") == 3
    with pytest.raises(Conflict):
        await bus.record("history.a", attendance_pb2.AttendanceRecord(number=4), "a4", after=1)


async def test_what_is_read_of_a_time_is_the_same_each_time(bus: Bus) -> None:
    """However many records come at once: those of after it are none of it."""
    await bus.ensure_stream("TIMES", ["times.>"])
    until_ms = 0
    for number in range(1, 401):
        await bus.record("times.a", attendance_pb2.AttendanceRecord(number=number), f"t{number}")
        if number == 100:
            await asyncio.sleep(0.02)
            until_ms = time.time_ns() // 1_000_000
            await asyncio.sleep(0.02)
    for _ in range(5):
        read: list[int] = []
        async for batch, _left in bus.read_since("TIMES", "times.*", 0, until_ms):
            read += [attendance_pb2.AttendanceRecord.FromString(data).number for _, data in batch]
            await asyncio.sleep(0)
        assert read == list(range(1, 101))
    everything = [batch async for batch, _ in bus.read_since("TIMES", "times.*", 0, until_ms + 3_600_000)]
    assert sum(map(len, everything)) == 400
    assert [batch async for batch, _ in bus.read_since("TIMES", "times.*", 0, 1)] == []


async def test_the_oldest_records_of_a_subject_go_where_that_is_allowed(bus: Bus) -> None:
    kind = attendance_pb2.AttendanceRecord
    await bus.ensure_stream("SHORT", ["short.>"], purgeable=True)
    assert await bus.first_record("SHORT", "short.a", kind) is None
    sequences = []
    for number in range(1, 4):
        for subject in ("short.a", "short.b"):
            record = kind(number=number)
            sequences.append(await bus.record(subject, record, f"{subject} {number}"))
    await bus.purge("SHORT", "short.a", before=sequences[4])
    first = await bus.first_record("SHORT", "short.a", kind)
    assert first is not None
    assert first.number == 3
    assert [one.number async for one in bus.read_stream("SHORT", "short.b", kind)] == [1, 2, 3]
    assert await bus.subjects_of("SHORT", "short.*") == ["short.a", "short.b"]
    await bus.purge("SHORT", "short.b")
    assert await bus.subjects_of("SHORT", "short.*") == ["short.a"]


async def test_a_stream_that_kept_all_goes_on_keeping_all(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    await bus.ensure_stream("OLD", ["old.>"])
    await bus.record("old.a", attendance_pb2.AttendanceRecord(number=1), "1")
    # A newer version wants to shorten it, which NATS does not allow: it works on, and says so.
    await bus.ensure_stream("OLD", ["old.>"], purgeable=True)
    assert "keeps all" in caplog.text
    with pytest.raises(Unavailable):
        await bus.purge("OLD", "old.a")
    assert await bus.first_record("OLD", "old.a", attendance_pb2.AttendanceRecord) is not None


async def test_nats_away_and_back(bus: Bus, nats_server: NatsServer) -> None:
    await bus.ensure_stream("HISTORY", ["history.>"])
    await bus.record("history.a", attendance_pb2.AttendanceRecord(number=1), "a1")
    back = asyncio.Event()
    bus.on_reconnect(back.set)
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def handler(subject: str, load: media_pb2.NodeLoad) -> None:
        await heard.put(load.node_id)

    await bus.subscribe("sipulung.x", media_pb2.NodeLoad, handler)
    nats_server.kill()
    try:
        async with asyncio.timeout(60):
            while bus.connected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await bus.publish("sipulung.x", media_pb2.NodeLoad(node_id="while away"))
        with pytest.raises(Unavailable):
            await bus.record("history.a", attendance_pb2.AttendanceRecord(number=2), "a2")
    finally:
        nats_server.start()
    await asyncio.wait_for(back.wait(), 60)
    assert await asyncio.wait_for(heard.get(), 60) == "while away"
    read = [r.number async for r in bus.read_stream("HISTORY", "history.a", attendance_pb2.AttendanceRecord)]
    assert read == [1]


async def test_more_than_fits_while_away_is_dropped_and_counted(bus: Bus, nats_server: NatsServer) -> None:
    nats_server.kill()
    try:
        async with asyncio.timeout(60):
            while bus.connected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        large = media_pb2.NodeLoad(node_id="x" * 500_000)
        for _ in range(20):
            await bus.publish("sipulung.x", large)
        assert bus.dropped > 0
    finally:
        nats_server.start()


async def test_a_long_log_is_read_bit_by_bit_from_any_place(bus: Bus) -> None:
    await bus.ensure_stream("LONG", ["long.>"], purgeable=True)
    before = await bus.stream_state("LONG")
    assert (before.last_sequence, before.purgeable) == (0, True)
    assert await bus.first_sequence("LONG", "long.a.>") == 0
    assert [batch async for batch in bus.read_from("LONG", "long.a.>", 1)] == []
    for number in range(1, 1201):
        subject = f"long.{'b' if number % 4 == 1 else 'a'}.{number % 2}"
        await bus.record(subject, attendance_pb2.AuditRecord(number=number), f"long-{number}")
    batches = [batch async for batch in bus.read_from("LONG", "long.a.>", 1)]
    assert [len(batch) for batch in batches] == [250, 250, 250, 150]
    read = [one for batch in batches for one in batch]
    assert [one.sequence for one in read] == [number for number in range(1, 1201) if number % 4 != 1]
    assert all(attendance_pb2.AuditRecord.FromString(one.data).number == one.sequence for one in read)
    assert all(abs(one.at_ms - time.time() * 1000) < 60_000 for one in read)
    later = [one.sequence async for batch in bus.read_from("LONG", "long.a.>", 1199) for one in batch]
    assert later == [1199, 1200]
    assert [batch async for batch in bus.read_from("LONG", "long.a.>", 1201)] == []
    # Whoever has seen enough stops.
    async with aclosing(bus.read_from("LONG", "long.a.>", 1)) as reading:
        assert len(await anext(reading)) == 250
    await bus.purge("LONG", "long.a.1", before=800)
    assert (await bus.stream_state("LONG"))[:2] == (before.incarnation, 1200)
    assert await bus.first_sequence("LONG", "long.a.>") == 2
    assert await bus.first_sequence("LONG", "long.a.1") == 803
    kept = await bus.record_at("LONG", 4, attendance_pb2.AuditRecord)
    assert kept is not None
    assert kept.number == 4
    for gone in (3, 5000):
        assert await bus.record_at("LONG", gone, attendance_pb2.AuditRecord) is None
    await bus.ensure_stream("STUBBORN", ["stubborn.>"])
    assert not (await bus.stream_state("STUBBORN")).purgeable


async def test_a_stream_that_is_not_there_is_said_to_be_away(bus: Bus) -> None:
    with pytest.raises(Unavailable):
        await bus.stream_state("NOWHERE")
    with pytest.raises(Unavailable):
        await anext(bus.read_from("NOWHERE", "nowhere.>", 1))
