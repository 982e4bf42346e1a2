"""Lost, back and left, from what a media node and signaling report."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.common import subjects
from services.common.bus import Bus
from sipulung.media.v1 import media_pb2
from sipulung.roster.v1 import attendance_pb2, participant_pb2
from tests.roster.conftest import Site
from tests.roster.support.client import RosterClient
from tests.support.clocked_roster import VARIABLE, TestClock

LOST, PRESENT = participant_pb2.PRESENCE_LOST, participant_pb2.PRESENCE_PRESENT


@pytest.fixture
async def bus(site: Site) -> AsyncIterator[Bus]:
    made = await Bus.connect(site.settings["SIPULUNG_NATS_URL"], "media")
    yield made
    await made.close()


async def media_says(
    bus: Bus, site: Site, meeting_id: str, connected: list[str], lost: list[str], node: str = "n1"
) -> None:
    report = media_pb2.MediaPresence(
        tenant_id=site.tenant, meeting_id=meeting_id, node_id=node, connected=connected, lost=lost
    )
    await bus.publish(subjects.media_event(site.tenant, meeting_id, "presence"), report)


async def signaling_says(
    roster: RosterClient, site: Site, meeting_id: str, connected: list[str], disconnected: list[str]
) -> list[str]:
    report = participant_pb2.PresenceReport(
        tenant_id=site.tenant, meeting_id=meeting_id, connected=connected, disconnected=disconnected
    )
    request = participant_pb2.ReportPresenceRequest(reports=[report])
    return list((await roster.call(roster.people.ReportPresence, request, site.service_token)).unknown)


async def test_lost_back_and_left(site: Site, bus: Bus) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    meeting_id = (await roster.create(owner)).meeting_id
    token = site.auth.participant(site.tenant, meeting_id, "Budi")
    watch = roster.watch(site.service_token, site.tenant, meeting_id)
    await watch.until(lambda w: len(w.snapshots) == 1)
    budi = (await roster.join(token)).participant.participant_id
    await media_says(bus, site, meeting_id, [budi], [])
    await media_says(bus, site, meeting_id, [], [budi])
    await watch.until(lambda w: w.names == ["joined", "changed"])
    assert watch.events[1].changed.presence == LOST
    # A report counts as news when it is a millisecond younger than the loss; nodes repeat theirs, this test does not.
    await asyncio.sleep(0.01)
    await media_says(bus, site, meeting_id, [budi], [])
    await watch.until(lambda w: len(w.events) == 3)
    assert watch.events[2].changed.presence == PRESENT
    # Moved to another node: the loss on the old one is none.
    await media_says(bus, site, meeting_id, [budi], [], node="n2")
    await media_says(bus, site, meeting_id, [], [budi], node="n1")
    assert await signaling_says(roster, site, meeting_id, [budi, "nobody"], []) == [f"{meeting_id}/nobody"]
    await media_says(bus, site, meeting_id, [], [budi], node="n2")
    await watch.until(lambda w: len(w.events) == 4)
    assert watch.events[3].changed.presence == LOST
    # Signaling is still there, so nobody leaves; when it is gone too, the grace time of a second runs. The process has
    # to have heard for 60 s (the media lease of these tests) before silence means anything, so that is another test.
    await signaling_says(roster, site, meeting_id, [], [budi])
    await roster.leave(token)
    await watch.until(lambda w: len(w.events) == 5)
    assert watch.events[4].left.reason == participant_pb2.LEAVE_REASON_LEFT
    # Reports never bring back who left.
    await media_says(bus, site, meeting_id, [budi], [])
    assert await signaling_says(roster, site, meeting_id, [budi], []) == [f"{meeting_id}/{budi}"]
    assert len(watch.events) == 5
    log = await roster.attendance(owner, meeting_id)
    kinds = [attendance_pb2.AttendanceKind.Name(r.kind).removeprefix("ATTENDANCE_KIND_") for r in log.records]
    assert kinds == ["MEETING_STARTED", "JOINED", "LOST", "RETURNED", "LOST", "LEFT"]
    assert log.intact
    await watch.close()


async def test_silence_is_lost_and_then_left(site: Site) -> None:
    """Nobody reports at all: the first lease runs out, then the grace time, once there was time to report."""
    roster = site.replica(SIPULUNG_MEDIA_LEASE_SECONDS="1", SIPULUNG_SIGNALING_LEASE_SECONDS="2")
    second = site.replica(SIPULUNG_MEDIA_LEASE_SECONDS="1", SIPULUNG_SIGNALING_LEASE_SECONDS="2")
    meeting_id = (await roster.create(site.auth.account(site.tenant))).meeting_id
    watch = second.watch(site.service_token, site.tenant, meeting_id)
    await watch.until(lambda w: len(w.snapshots) == 1)
    token = site.auth.participant(site.tenant, meeting_id, "Budi")
    await roster.join(token)
    await watch.until(lambda w: w.names == ["joined", "changed", "left"], 60)
    assert watch.events[1].changed.presence == LOST
    assert watch.events[2].left.reason == participant_pb2.LEAVE_REASON_LOST
    await roster.join(token)
    await watch.until(lambda w: w.names[3:4] == ["joined"])
    await watch.close()


async def test_signaling_alone_keeps_a_seat(site: Site) -> None:
    roster = site.replica(SIPULUNG_MEDIA_LEASE_SECONDS="1", SIPULUNG_SIGNALING_LEASE_SECONDS="6")
    meeting_id = (await roster.create(site.auth.account(site.tenant))).meeting_id
    watch = roster.watch(site.service_token, site.tenant, meeting_id)
    await watch.until(lambda w: len(w.snapshots) == 1)
    budi = (await roster.join(site.auth.participant(site.tenant, meeting_id, "Budi"))).participant.participant_id
    await watch.until(lambda w: w.names == ["joined", "changed"], 60)
    # Longer than the lease, with many reports in each: a busy machine may leave out some.
    ends = time.monotonic() + 8
    while time.monotonic() < ends:
        await signaling_says(roster, site, meeting_id, [budi], [])
        with pytest.raises(TimeoutError):
            await watch.until(lambda w: len(w.events) > 2, 0.5)
    await signaling_says(roster, site, meeting_id, [], [budi])
    await watch.until(lambda w: w.names[2:] == ["left"], 60)
    await watch.close()


async def test_a_clock_that_jumps_loses_nobody(site: Site, bus: Bus, tmp_path: Path) -> None:
    """Not even when a node says of somebody that they are lost before the next sweep has looked at the clock."""
    clock = TestClock(tmp_path / "clock")
    begin_ms = time.time_ns() // 1_000_000
    clock.set(begin_ms)
    roster = site.replica("tests.support.clocked_roster", **{VARIABLE: str(tmp_path / "clock")})
    owner = site.auth.account(site.tenant)
    meeting_id = (await roster.create(owner)).meeting_id
    watch = roster.watch(site.service_token, site.tenant, meeting_id)
    people = []
    for name in ("Ani", "Budi", "Cici"):
        token = site.auth.participant(site.tenant, meeting_id, name)
        people.append((await roster.join(token)).participant.participant_id)
    for minutes, person in enumerate(people[:2], 1):
        # Longer than the lease of the others, who are silent: what is not heard for so long is lost.
        clock.set(begin_ms + minutes * 3_600_000)
        await media_says(bus, site, meeting_id, [], [person])
        await watch.until(lambda w, count=minutes: w.names.count("changed") == count)  # type: ignore[misc]
    # Two sweeps, in which the third could be taken for lost.
    await asyncio.sleep(2.1)
    lost = [event.changed.participant_id for event in watch.events if event.HasField("changed")]
    assert lost == people[:2]
    assert all(event.changed.presence == LOST for event in watch.events if event.HasField("changed"))
    await watch.close()
