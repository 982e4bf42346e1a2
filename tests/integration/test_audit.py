"""What the streams of a whole installation say about a tenant: who signed in, made, entered and ended a meeting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from services.common import record_chain, subjects
from services.common.bus import Bus
from sipulung.roster.v1 import attendance_pb2, meeting_pb2
from tests.integration.world import World
from tests.support.instance import Instance

pytestmark = pytest.mark.asyncio(loop_scope="session")
Record = attendance_pb2.AuditRecord


async def audited(bus: Bus, subject: str, wanted: Callable[[Record], bool]) -> list[Record]:
    """The records that are wanted, once there are any; the chain from the first record on is whole."""
    async with asyncio.timeout(60):
        while True:
            records = [record async for record in bus.read_stream(subjects.AUDIT_STREAM, subject, Record)]
            assert record_chain.intact(records)
            if found := [record for record in records if wanted(record)]:
                return found
            await asyncio.sleep(0.1)


async def test_what_happened_is_written_down(world: World, instance: Instance) -> None:
    side = world.attacker
    meeting_id, password = await world.meeting(side)
    token = (await world.join_token(meeting_id, password)).join_token
    client = await world.entered(token)
    end = meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)
    await world.ask(meeting_pb2, "MeetingService", "EndMeeting", end, side.host)
    await client.socket.close()

    nats_token = (instance.state / "keys" / "nats.token").read_text()
    bus = await Bus.connect(f"nats://{nats_token}@127.0.0.1:{instance.port('NATS_PORT')}", "test")
    host, about = f"account:{side.host_account}", f"meeting:{meeting_id}"
    auth, roster = subjects.audit(side.tenant_id, "auth"), subjects.audit(side.tenant_id, "roster")
    signed_in = await audited(bus, auth, lambda one: (one.actor, one.action) == (host, "session.sign_in"))
    assert signed_in[0].object == host
    claimed = await audited(bus, auth, lambda one: one.object == about)
    assert [(one.actor, one.action) for one in claimed] == [(host, "meeting.claim")]
    ended = await audited(bus, roster, lambda one: one.object == about and one.action == "meeting.end")
    assert [one.actor for one in ended] == [host]
    made = await audited(bus, roster, lambda one: one.object == about and one.action == "meeting.create")
    assert [one.actor for one in made] == [host]

    stream = bus.read_stream(
        subjects.ATTENDANCE_STREAM, subjects.attendance(side.tenant_id, meeting_id), attendance_pb2.AttendanceRecord
    )
    records = [record async for record in stream]
    await bus.close()
    assert record_chain.intact(records)
    kinds = [attendance_pb2.AttendanceKind.Name(one.kind).removeprefix("ATTENDANCE_KIND_") for one in records]
    assert kinds == ["MEETING_STARTED", "JOINED", "LEFT", "MEETING_ENDED"]


async def test_whoever_it_concerns_reads_it(world: World) -> None:
    side = world.attacker
    answer = await world.sign_in("participant", side.slug)
    headers = {"Authorization": f"Bearer {answer.tokens.access_token}"}
    entries: list[dict[str, object]] = []
    # Auth's records are appended a moment later.
    async with asyncio.timeout(10):
        while not any(one["action"] == "session.sign_in" for one in entries):
            async with world.http.get(f"{world.url}/api/v1/me/audit", headers=headers) as response:
                assert response.status == 200
                entries = (await response.json())["entries"]
            await asyncio.sleep(0.1)
    assert all(one["on_self"] for one in entries)
    made = [one for one in entries if one["action"] == "account.create"]
    assert [(one["actor"], one["by_self"]) for one in made] == [("SERVICE", False)]
    async with world.http.get(f"{world.url}/api/v1/me", headers=headers) as response:
        assert (await response.json())["audit_days"] == 730
