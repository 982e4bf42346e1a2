"""Hosts in charge of a meeting, over the real gRPC server, NATS and Valkey."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from services.common import subjects
from services.common.bus import Bus
from services.common.errors import (
    InvalidField,
    LobbyDenied,
    MeetingLocked,
    NotFound,
    PermissionDenied,
    Removed,
    TokenExpired,
    Unauthenticated,
    WrongState,
)
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, meeting_pb2, participant_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from tests.roster.conftest import Site
from tests.roster.support.client import RosterClient, Watch

HOST, CO_HOST = common_pb2.MEETING_ROLE_HOST, common_pb2.MEETING_ROLE_CO_HOST
WAITING, PRESENT = participant_pb2.PRESENCE_WAITING, participant_pb2.PRESENCE_PRESENT


@dataclass
class Room:
    """A meeting with its host inside, and one watcher."""

    site: Site
    roster: RosterClient
    owner: str
    meeting_id: str
    host: str
    watch: Watch

    def token(self, name: str, participant_id: str, **more: Any) -> str:
        return self.site.auth.participant(
            self.site.tenant, self.meeting_id, name, participant_id=participant_id, **more
        )

    async def until(self, *names: str) -> None:
        """Those are the newest events."""
        await self.watch.until(lambda w: w.names[-len(names) :] == list(names))

    async def kinds(self) -> list[str]:
        log = await self.roster.attendance(self.owner, self.meeting_id)
        return [attendance_pb2.AttendanceKind.Name(r.kind).removeprefix("ATTENDANCE_KIND_") for r in log.records]


async def room(site: Site, roster: RosterClient, *, unit_id: str = "", **settings: Any) -> Room:
    owner = site.auth.account(site.tenant, "Ibu Camat", account_id="owner", unit_id=unit_id)
    meeting = await roster.create(owner, settings=pb.MeetingSettings(**settings))
    watch = roster.watch(site.service_token, site.tenant, meeting.meeting_id)
    await watch.until(lambda w: len(w.snapshots) == 1)
    host = site.auth.participant(
        site.tenant, meeting.meeting_id, "Ibu Camat", HOST, participant_id="host", account_id="owner"
    )
    await roster.join(host)
    return Room(site, roster, owner, meeting.meeting_id, host, watch)


async def test_a_lobby(site: Site) -> None:
    here = await room(site, site.replica(), lobby=True)
    roster = here.roster
    budi, cici = here.token("Budi", "budi", device="d1"), here.token("Cici", "cici", device="d2")
    waiting = await roster.join(budi)
    assert waiting.participant.presence == WAITING
    assert [p.participant_id for p in waiting.snapshot.participants] == ["budi"]
    assert not waiting.snapshot.chat
    await roster.join(cici)
    await here.until("changed", "changed")
    assert here.watch.events[-1].changed.presence == WAITING
    assert (await roster.get(budi, here.meeting_id)).present == 1
    for attempt in (roster.say(budi, "halo"), roster.raise_hand(budi), roster.moderate(budi, mute=pb.Mute())):
        with pytest.raises(WrongState):
            await attempt
    # Stored: another replica knows who waits.
    other = site.replica()
    told = await other.join(here.host)
    assert [(p.participant_id, p.presence) for p in told.snapshot.participants][1:] == [
        ("budi", WAITING),
        ("cici", WAITING),
    ]
    await other.moderate(here.host, admit=pb.Admit(participant_ids=["budi"]))
    await here.until("joined", "moderated")
    inside = await roster.join(budi)
    assert inside.participant.presence == PRESENT
    assert [p.participant_id for p in inside.snapshot.participants] == ["host", "budi"]
    await roster.moderate(here.host, deny=pb.Deny())
    await here.until("left", "moderated")
    assert here.watch.events[-2].left.reason == participant_pb2.LEAVE_REASON_DENIED
    with pytest.raises(LobbyDenied):
        await other.join(cici)
    # Back on the same device with a new token: Budi was inside, Cici was not.
    await roster.leave(budi)
    assert (await roster.join(here.token("Budi", "budi2", device="d1"))).participant.presence == PRESENT
    assert (await roster.join(here.token("Cici", "cici2", device="d2"))).participant.presence == WAITING
    assert await here.kinds() == ["MEETING_STARTED", "JOINED", "JOINED", "LEFT", "JOINED"]
    await here.watch.close()


async def test_who_waits_and_is_gone_is_forgotten_also_after_a_restart(site: Site) -> None:
    settings = {"SIPULUNG_SIGNALING_LEASE_SECONDS": "5"}
    roster = site.replica(**settings)
    here = await room(site, roster, lobby=True)
    await roster.join(here.token("Budi", "budi"))
    await roster.join(here.token("Cici", "cici"))
    process = site.replicas[-1]
    process.kill()
    process.start()
    second = site.replica(**settings)
    watch = second.watch(site.service_token, site.tenant, here.meeting_id)

    async def signaling_says(connected: list[str], disconnected: list[str]) -> list[str]:
        report = participant_pb2.PresenceReport(
            tenant_id=site.tenant, meeting_id=here.meeting_id, connected=connected, disconnected=disconnected
        )
        request = participant_pb2.ReportPresenceRequest(reports=[report])
        return list((await second.call(second.people.ReportPresence, request, site.service_token)).unknown)

    async with asyncio.timeout(60):
        while "left" not in watch.names:
            # That she is still gone is said again and again, and puts nothing off.
            assert await signaling_says(["host", "budi"], ["cici"]) == []
            await asyncio.sleep(0.3)
    assert [e.left.participant_id for e in watch.events if e.HasField("left")] == ["cici"]
    assert await signaling_says(["cici"], []) == [f"{here.meeting_id}/cici"]
    assert [p.presence for p in (await second.join(here.host)).snapshot.participants] == [PRESENT, WAITING]
    await watch.close()
    await here.watch.close()


async def test_in_charge(site: Site) -> None:
    here = await room(site, site.replica())
    roster = here.roster
    budi, cici = here.token("Budi", "budi", device="d1"), here.token("Cici", "cici")
    await roster.join(budi)
    await roster.join(cici)
    await roster.moderate(here.host, mute=pb.Mute())
    await here.until("moderated")
    told = here.watch.events[-1].moderated
    assert (told.by_participant_id, told.by_name, list(told.affected)) == ("host", "Ibu Camat", ["budi", "cici"])
    assert told.act.WhichOneof("act") == "mute"
    await roster.moderate(here.host, set_role=pb.SetRole(participant_id="cici", role=CO_HOST))
    await here.until("changed", "moderated")
    assert here.watch.events[-2].changed.role == CO_HOST
    settings = pb.ChangeSettings(locked=True, chat_mode=pb.CHAT_MODE_HOSTS)
    await roster.moderate(
        cici,
        change_settings=settings,
    )
    await here.until("updated", "moderated")
    assert here.watch.events[-2].updated.settings.locked
    newcomer = here.token("Dedi", "dedi")
    for attempt in (roster.join(newcomer), roster.get(newcomer, here.meeting_id)):
        with pytest.raises(MeetingLocked):
            await attempt
    assert (await roster.say(budi, "untuk penyelenggara")).to_hosts
    assert not (await roster.say(cici, "untuk semua")).to_hosts
    assert [line.text for line in (await roster.join(cici)).snapshot.chat] == ["untuk penyelenggara", "untuk semua"]
    await roster.react(budi, pb.REACTION_APPLAUSE)
    await here.until("reacted")
    assert here.watch.events[-1].reacted == pb.Reacted(participant_id="budi", reaction=pb.REACTION_APPLAUSE)
    await roster.moderate(cici, spotlight=pb.Spotlight(participant_id="budi"))
    await here.until("updated", "moderated")
    await roster.moderate(cici, remove=pb.Remove(participant_id="budi"))
    await here.until("moderated", "left", "updated")
    again = here.token("Tamu", "b2", device="d1")
    for back in (roster.join(budi), roster.join(again), roster.get(again, here.meeting_id)):
        with pytest.raises(Removed):
            await back
    with pytest.raises(PermissionDenied):
        await roster.moderate(cici, end_for_all=pb.EndForAll())
    await roster.moderate(here.host, end_for_all=pb.EndForAll())
    await here.until("moderated", "left", "left", "ended")
    assert (await here.kinds())[-3:] == ["LEFT", "LEFT", "MEETING_ENDED"]
    await here.watch.close()


async def test_what_is_refused(site: Site) -> None:
    here = await room(site, site.replica())
    roster = here.roster
    budi = here.token("Budi", "budi")
    await roster.join(budi)
    other = await room(site, roster)
    stranger = site.auth.participant("lain", here.meeting_id, "Budi", HOST, participant_id="host")
    removed = here.token("Cici", "cici")
    await roster.join(removed)
    await roster.moderate(here.host, remove=pb.Remove(participant_id="cici"))
    expired = site.auth.participant(site.tenant, here.meeting_id, "Ibu", HOST, participant_id="host", seconds=-60)
    mute = pb.Mute(participant_ids=["budi"])
    cases: list[tuple[str, Any, type[Exception], str]] = [
        (budi, {"mute": mute}, PermissionDenied, ""),
        (other.host, {"mute": mute}, InvalidField, "act.mute.participant_ids[0]"),
        (stranger, {"mute": mute}, NotFound, ""),
        (removed, {"mute": mute}, WrongState, ""),
        (here.token("Dedi", "dedi"), {"mute": mute}, WrongState, ""),
        (expired, {"mute": mute}, TokenExpired, ""),
        (here.owner, {"mute": mute}, PermissionDenied, ""),
        ("x", {"mute": mute}, Unauthenticated, ""),
        (here.host, {"mute": pb.Mute(participant_ids=["budi", "eka"])}, InvalidField, "act.mute.participant_ids[1]"),
        (here.host, {"mute": pb.Mute(participant_ids=["Ä"])}, InvalidField, "act.mute.participant_ids[0]"),
        (here.host, {"remove": pb.Remove()}, InvalidField, "act.remove.participant_id"),
        (here.host, {"stop_camera": {"participant_id": "host"}}, PermissionDenied, "act.stop_camera.participant_id"),
        (here.host, {}, InvalidField, "act"),
    ]
    before = list(here.watch.names)
    for token, act, error, field in cases:
        with pytest.raises(error) as refused:
            await roster.moderate(token, **act)
        assert getattr(refused.value, "field", "") == field, act
    with pytest.raises(InvalidField):
        await roster.react(budi, pb.REACTION_UNSPECIFIED)
    await here.until("moderated", "left")
    assert here.watch.names[: len(before)] == before
    await here.watch.close()
    await other.watch.close()


async def test_the_owner_restricts_before_it_begins(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant, unit_id="kominfo")
    meeting = await roster.create(owner, settings=pb.MeetingSettings(lobby=True))
    assert meeting.settings == pb.MeetingSettings(
        lobby=True, share_mode=pb.SHARE_MODE_EVERYBODY, chat_mode=pb.CHAT_MODE_EVERYBODY
    )
    assert meeting.owner_unit_id == "kominfo"
    wanted = pb.MeetingSettings(locked=True)
    update = meeting_pb2.UpdateMeetingRequest(meeting_id=meeting.meeting_id, revision=1, settings=wanted)
    changed = (await roster.call(roster.meetings.UpdateMeeting, update, owner)).meeting
    assert (changed.settings.locked, changed.settings.lobby, changed.revision) == (True, False, 2)
    with pytest.raises(MeetingLocked):
        await roster.join(site.auth.participant(site.tenant, meeting.meeting_id, "Budi"))


async def test_somebody_takes_over(site: Site) -> None:
    roster = site.replica(SIPULUNG_HOST_LOST_SECONDS="1")
    here = await room(site, roster, unit_id="kominfo")
    for number, name in ((30, "budi"), (20, "cici")):
        token = here.token(name, name, account_id=name, unit_id="kominfo", account_since_s=number)
        await roster.join(token)
    await roster.join(here.token("Dedi", "dedi"))
    await roster.leave(here.host)
    await here.until("changed", "moderated")
    told = here.watch.events[-1].moderated
    assert (told.by_participant_id, list(told.affected)) == ("", ["cici"])
    heir = here.token("cici", "cici")
    await roster.moderate(heir, set_role=pb.SetRole(participant_id="dedi", role=CO_HOST))
    # The owner who comes back is host again.
    assert (await roster.join(here.host)).participant.role == HOST
    await here.watch.close()

    bus = await Bus.connect(site.settings["SIPULUNG_NATS_URL"], "test")
    async with asyncio.timeout(60):
        found: list[attendance_pb2.AuditRecord] = []
        while len(found) < 3:
            stream = bus.read_stream(
                subjects.AUDIT_STREAM, subjects.audit(site.tenant, "roster"), attendance_pb2.AuditRecord
            )
            found = [record async for record in stream]
    await bus.close()
    assert [(one.actor, one.action, one.detail) for one in found] == [
        ("account:owner", "meeting.create", "Apel pagi"),
        ("service:roster", "meeting.take_over", "cici (cici) is host, since no host has been there"),
        ("participant:cici", "meeting.set_role", "cici: Dedi (dedi) → co_host"),
    ]
