"""A meeting from its creation to its end, over the real gRPC server, NATS and Valkey."""

from __future__ import annotations

from typing import Any

import pytest

from services.common import record_chain as chain
from services.common.errors import (
    Conflict,
    InvalidField,
    MeetingEnded,
    MeetingFull,
    MeetingNotOpen,
    NotFound,
    PermissionDenied,
    Throttled,
    WrongState,
)
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, meeting_pb2, participant_pb2
from tests.roster.conftest import Site

HOST = common_pb2.MEETING_ROLE_HOST
FAR = 4_000_000_000_000


async def test_two_people_meet(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant, "Ibu Camat")
    meeting = await roster.create(owner, "  Rapat   koordinasi ")
    assert (meeting.title, meeting.state, meeting.capacity, meeting.revision) == (
        "Rapat koordinasi",
        meeting_pb2.MEETING_STATE_OPEN,
        100,
        1,
    )
    ani = site.auth.participant(site.tenant, meeting.meeting_id, "Budi", device="phone")
    budi = site.auth.participant(site.tenant, meeting.meeting_id, "Budi", device="laptop")
    watch = roster.watch(site.service_token, site.tenant, meeting.meeting_id)
    await watch.until(lambda w: len(w.snapshots) == 1)

    first = await roster.join(ani)
    again = await roster.join(ani)
    second = await roster.join(budi)
    assert first.participant == again.participant
    assert (first.participant.name, second.participant.name) == ("Budi", "Budi (2)")
    assert [p.name for p in second.snapshot.participants] == ["Budi", "Budi (2)"]
    line = await roster.say(ani, "Selamat pagi", "l1")
    assert await roster.say(ani, "Selamat pagi", "l1") == line
    assert (await roster.raise_hand(budi)).hand_raised_at_ms > 0
    assert (await roster.raise_hand(budi, False)).hand_raised_at_ms == 0
    await roster.leave(budi)
    await roster.leave(budi)
    back = await roster.join(budi)
    assert back.participant.participant_id == second.participant.participant_id
    assert [said.text for said in back.snapshot.chat] == ["Selamat pagi"]
    assert (await roster.get(ani, meeting.meeting_id)).present == 2

    await watch.until(lambda w: len(w.events) == 7)
    assert watch.names == ["joined", "joined", "said", "changed", "changed", "left", "joined"]
    assert watch.events[2].said == line

    ended = await roster.end(owner, meeting.meeting_id)
    assert ended.state == meeting_pb2.MEETING_STATE_ENDED
    assert ended == await roster.end(owner, meeting.meeting_id)
    await watch.until(lambda w: w.names[7:] == ["left", "left", "ended"])
    assert watch.events[7].left.reason == participant_pb2.LEAVE_REASON_MEETING_ENDED
    assert len(watch.snapshots) == 1
    await watch.close()
    for attempt in (roster.join(ani), roster.say(ani, "masih ada?"), roster.raise_hand(ani)):
        with pytest.raises(MeetingEnded):
            await attempt

    log = await roster.attendance(owner, meeting.meeting_id)
    kinds = [attendance_pb2.AttendanceKind.Name(r.kind).removeprefix("ATTENDANCE_KIND_") for r in log.records]
    assert kinds == ["MEETING_STARTED", "JOINED", "JOINED", "LEFT", "JOINED", "LEFT", "LEFT", "MEETING_ENDED"]
    assert log.intact
    assert log.head == log.records[-1].hash
    assert log.records[1].device == "phone"
    records = list(log.records)
    assert not chain.intact(records[:3] + records[4:])
    records[3].name = "budi"
    assert not chain.intact(records)


async def test_who_was_there(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant, "Ibu Camat")
    meeting_id = (await roster.create(owner, "Rapat koordinasi")).meeting_id
    nobody = await roster.report(owner, meeting_id)
    assert (nobody.started_at_ms, nobody.records, nobody.head, nobody.intact) == (0, 0, b"", True)
    assert not nobody.lines
    phone = site.auth.participant(site.tenant, meeting_id, "Budi", device="phone")
    again = site.auth.participant(site.tenant, meeting_id, "Budi", device="phone")
    other = site.auth.participant(site.tenant, meeting_id, "Budi", device="laptop")
    await roster.join(phone)
    await roster.leave(phone)
    await roster.join(other)
    assert (await roster.join(again)).participant.name == "Budi (2)"
    running = await roster.report(owner, meeting_id)
    assert [(line.name, line.rejoins, line.last_leave_ms) for line in running.lines] == [
        ("Budi", 1, 0),
        ("Budi", 0, 0),
    ]
    assert running.ended_at_ms == 0
    await roster.end(owner, meeting_id)
    told = await roster.report(owner, meeting_id)
    log = await roster.attendance(owner, meeting_id)
    assert (told.head, told.records, told.intact) == (log.head, len(log.records), True)
    assert (told.meeting.title, told.meeting.state) == ("Rapat koordinasi", meeting_pb2.MEETING_STATE_ENDED)
    assert told.started_at_ms == log.records[0].at_ms
    assert told.ended_at_ms == log.records[-1].at_ms <= told.as_of_ms
    assert [(line.reason, line.last_leave_ms) for line in told.lines] == [
        (participant_pb2.LEAVE_REASON_MEETING_ENDED, told.ended_at_ms)
    ] * 2


async def test_who_may_not_enter(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    early = await roster.create(owner, opens_at_ms=FAR)
    assert early.state == meeting_pb2.MEETING_STATE_NOT_OPEN
    with pytest.raises(MeetingNotOpen):
        await roster.join(site.auth.participant(site.tenant, early.meeting_id, "Budi"))
    await roster.join(site.auth.participant(site.tenant, early.meeting_id, "Andi", HOST))

    small = await roster.create(owner, capacity=1)
    first = site.auth.participant(site.tenant, small.meeting_id, "Budi")
    await roster.join(first)
    second = site.auth.participant(site.tenant, small.meeting_id, "Cici")
    with pytest.raises(MeetingFull):
        await roster.join(second)
    # Heard before camera and microphone are set up; who has a seat goes on to see the meeting.
    with pytest.raises(MeetingFull):
        await roster.get(second, small.meeting_id)
    assert (await roster.get(first, small.meeting_id)).present == 1
    with pytest.raises(WrongState):
        await roster.say(second, "halo")
    with pytest.raises(WrongState):
        await roster.leave(second)
    await roster.join(site.auth.participant(site.tenant, small.meeting_id, "Andi", HOST))
    await roster.leave(first)
    with pytest.raises(MeetingFull):
        await roster.join(second)
    with pytest.raises(NotFound):
        await roster.join(site.auth.participant(site.tenant, "1234567890", "Budi"))


async def test_chat_is_limited(site: Site) -> None:
    roster = site.replica()
    meeting = await roster.create(site.auth.account(site.tenant))
    token = site.auth.participant(site.tenant, meeting.meeting_id, "Budi")
    await roster.join(token)

    async def talk() -> None:
        for number in range(30):
            await roster.say(token, f"baris {number}")

    with pytest.raises(Throttled) as refused:
        await talk()
    assert 0 < refused.value.retry_after_ms <= 1000
    with pytest.raises(InvalidField):
        await roster.say(token, "   ")


async def test_the_list_has_pages_and_only_ones_own(site: Site) -> None:
    roster = site.replica()
    owner, other = site.auth.account(site.tenant), site.auth.account(site.tenant)
    made = [(await roster.create(owner, f"Rapat {number}")).meeting_id for number in range(5)]
    await roster.create(other)
    seen: list[str] = []
    token = ""
    for expected in (2, 2, 1):
        request = meeting_pb2.ListMeetingsRequest(page_size=2, page_token=token)
        page = await roster.call(roster.meetings.ListMeetings, request, owner)
        assert len(page.meetings) == expected
        seen += [meeting.meeting_id for meeting in page.meetings]
        token = page.next_page_token
    assert token == ""
    assert seen == made[::-1]
    with pytest.raises(InvalidField):
        await roster.call(roster.meetings.ListMeetings, meeting_pb2.ListMeetingsRequest(page_token="x"), owner)


async def test_the_second_of_two_editors_is_told(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    meeting = await roster.create(owner)
    request = meeting_pb2.UpdateMeetingRequest(meeting_id=meeting.meeting_id, revision=1, title="Apel sore", capacity=7)
    changed = (await roster.call(roster.meetings.UpdateMeeting, request, owner)).meeting
    assert (changed.title, changed.capacity, changed.revision, changed.opens_at_ms) == ("Apel sore", 7, 2, 0)
    with pytest.raises(Conflict):
        await roster.call(roster.meetings.UpdateMeeting, request, owner)
    token = site.auth.participant(site.tenant, meeting.meeting_id, "Budi")
    assert (await roster.get(token, meeting.meeting_id)).title == "Apel sore"


async def test_others_find_nothing(site: Site) -> None:
    """Another tenant's account or token, and another owner of the same tenant, get what a wrong id gets."""
    roster = site.replica()
    owner = site.auth.account(site.tenant, account_id="owner")
    meeting_id = (await roster.create(owner)).meeting_id
    member = site.auth.participant(site.tenant, meeting_id, "Budi")
    await roster.join(member)
    account = site.auth.account("lain", account_id="owner")
    stranger = site.auth.participant("lain", meeting_id, "Budi", HOST)
    neighbour = site.auth.account(site.tenant)
    elsewhere = site.auth.participant(site.tenant, "9999999999", "Budi", HOST)
    people, meetings, log = roster.people, roster.meetings, roster.log
    end = meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)
    get = meeting_pb2.GetMeetingRequest(meeting_id=meeting_id)
    update = meeting_pb2.UpdateMeetingRequest(meeting_id=meeting_id, revision=1, title="Milik saya")
    attendance = attendance_pb2.GetAttendanceRequest(meeting_id=meeting_id)
    summary = attendance_pb2.GetAttendanceReportRequest(meeting_id=meeting_id)
    calls: list[tuple[Any, Any, str]] = [
        *((meetings.EndMeeting, end, token) for token in (account, neighbour, stranger, elsewhere)),
        *((meetings.GetMeeting, get, token) for token in (stranger, elsewhere)),
        *((meetings.UpdateMeeting, update, token) for token in (account, neighbour)),
        *((log.GetAttendance, attendance, token) for token in (account, neighbour)),
        *((log.GetAttendanceReport, summary, token) for token in (account, neighbour)),
        (people.Join, participant_pb2.JoinRequest(), stranger),
        (people.Leave, participant_pb2.LeaveRequest(), stranger),
        (people.RaiseHand, participant_pb2.RaiseHandRequest(raised=True), stranger),
        (people.Say, participant_pb2.SayRequest(text="halo"), stranger),
    ]
    for method, request, token in calls:
        with pytest.raises(NotFound) as refused:
            await roster.call(method, request, token)
        assert refused.value.message == NotFound().message
    listed = await roster.call(meetings.ListMeetings, meeting_pb2.ListMeetingsRequest(), account)
    assert not listed.meetings
    report = participant_pb2.PresenceReport(tenant_id="lain", meeting_id=meeting_id, connected=["x"])
    forbidden: list[tuple[Any, Any, str]] = [
        (people.ReportPresence, participant_pb2.ReportPresenceRequest(reports=[report]), owner),
        (meetings.EndMeeting, end, member),
        (log.GetAttendance, attendance, member),
    ]
    for denied, asked, by in forbidden:
        with pytest.raises(PermissionDenied):
            await roster.call(denied, asked, by)
    watch = roster.watch(member, site.tenant, meeting_id)
    with pytest.raises(PermissionDenied):
        await watch.until(lambda w: bool(w.snapshots))
    answer = await roster.call(
        people.ReportPresence, participant_pb2.ReportPresenceRequest(reports=[report]), site.service_token
    )
    assert list(answer.unknown) == [f"{meeting_id}/x"]
    lost = roster.watch(site.service_token, "lain", meeting_id)
    with pytest.raises(NotFound):
        await lost.until(lambda w: bool(w.snapshots))
    assert (await roster.get(member, meeting_id)).present == 1
