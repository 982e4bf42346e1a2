"""Roster."""

from __future__ import annotations

import pytest

from services.common.errors import WrongState
from sipulung.roster.v1 import attendance_pb2, meeting_pb2, moderation_pb2, office_pb2, participant_pb2, poll_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.rpc_cases.registry import case
from tests.integration.world import ABSENT_ID, ABSENT_MEETING, TITLES, VICTIM, World

# No words of a title: too long, hidden characters, only what does not count.
BAD_QUERIES = ("a" * 121, "apel\u202e", "\u200b", "'")


@case("roster.v1.MeetingService.CreateMeeting")
async def create_meeting(world: World, rpc: RpcAttempts) -> None:
    request = meeting_pb2.CreateMeetingRequest(title="Rapat baru")
    await rpc.refused(world.attacker.participant, request, "PERMISSION_DENIED")
    made = await rpc.harmless(world.attacker.host, request)
    assert made.meeting.tenant_id == world.attacker.tenant_id


@case("roster.v1.MeetingService.GetMeeting")
async def get_meeting(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.GetMeetingRequest:
        return meeting_pb2.GetMeetingRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.guest_join, world.attacker.host_join):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    return lambda: rpc.works(world.victim.guest_join, request(theirs))


@case("roster.v1.MeetingService.ListMeetings")
async def list_meetings(world: World, rpc: RpcAttempts) -> Control:
    theirs = await rpc.works(world.victim.host, meeting_pb2.ListMeetingsRequest(page_size=1))
    assert theirs.next_page_token
    for page_token in ("", theirs.next_page_token):
        await rpc.harmless(world.attacker.host, meeting_pb2.ListMeetingsRequest(page_token=page_token))
    unit = meeting_pb2.ListMeetingsRequest(upcoming=True, scope=meeting_pb2.MEETING_SCOPE_UNIT)
    await rpc.harmless(world.attacker.host, meeting_pb2.ListMeetingsRequest(upcoming=True))
    await rpc.harmless(world.attacker.admin, unit)
    await rpc.refused(world.attacker.host, unit, "PERMISSION_DENIED")
    # By its very title, too.
    find = meeting_pb2.ListMeetingsRequest(upcoming=True, query=TITLES[VICTIM])
    find_all = meeting_pb2.ListMeetingsRequest(upcoming=True, query=TITLES[VICTIM], scope=unit.scope)
    for token, request in (
        (world.attacker.host, find),
        (world.attacker.admin, find_all),
        (world.victim.admin, find),
    ):
        assert not (await rpc.works(token, request)).meetings
    for query in BAD_QUERIES:
        wrong = meeting_pb2.ListMeetingsRequest(upcoming=True, query=query)
        refusal = await rpc.refused(world.attacker.host, wrong, "INVALID_FIELD")
        assert refusal.field == "query"

    async def control() -> None:
        following = meeting_pb2.ListMeetingsRequest(page_token=theirs.next_page_token)
        await rpc.works(world.victim.host, following)
        for token, request in ((world.victim.host, find), (world.victim.admin, find_all)):
            assert (await rpc.works(token, request)).meetings

    return control


@case("roster.v1.MeetingService.UpdateMeeting")
async def update_meeting(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.UpdateMeetingRequest:
        return meeting_pb2.UpdateMeetingRequest(meeting_id=meeting_id, revision=1, capacity=50)

    await rpc.alike(world.attacker.host, request(world.victim.meeting_id), request(ABSENT_MEETING), "NOT_FOUND")

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        await rpc.works(world.victim.host, request(meeting_id))

    return control


@case("roster.v1.MeetingService.EndMeeting")
async def end_meeting(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.EndMeetingRequest:
        return meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.host_join, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    await rpc.refused(world.attacker.guest_join, request(theirs), "PERMISSION_DENIED")

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        await rpc.works(world.victim.host, request(meeting_id))

    return control


@case("roster.v1.MeetingService.CancelMeeting")
async def cancel_meeting(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.CancelMeetingRequest:
        return meeting_pb2.CancelMeetingRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    await rpc.refused(world.attacker.host_join, request(theirs), "PERMISSION_DENIED")

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        await rpc.works(world.victim.host, request(meeting_id))

    return control


@case("roster.v1.MeetingService.GetMeetingCalendar")
async def get_meeting_calendar(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.GetMeetingCalendarRequest:
        return meeting_pb2.GetMeetingCalendarRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    await rpc.refused(world.attacker.host_join, request(theirs), "PERMISSION_DENIED")

    async def control() -> None:
        # It is theirs, and was not scheduled.
        with pytest.raises(WrongState):
            await rpc.works(world.victim.host, request(theirs))

    return control


@case("roster.v1.MeetingService.GetInvitationCalendar")
async def get_invitation_calendar(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.GetInvitationCalendarRequest:
        return meeting_pb2.GetInvitationCalendarRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.guest_join, world.attacker.host_join):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    await rpc.refused(world.attacker.host, request(theirs), "PERMISSION_DENIED")

    async def control() -> None:
        # They may know of it, and it was not scheduled.
        with pytest.raises(WrongState):
            await rpc.works(world.victim.guest_join, request(theirs))

    return control


@case("roster.v1.MeetingService.ListOccurrences")
async def list_occurrences(world: World, rpc: RpcAttempts) -> Control:
    own = meeting_pb2.ListOccurrencesRequest(page_size=1)
    unit = meeting_pb2.ListOccurrencesRequest(scope=meeting_pb2.MEETING_SCOPE_UNIT)
    await rpc.harmless(world.attacker.host, own)
    await rpc.harmless(world.attacker.admin, unit)
    for token in (world.attacker.host, world.victim.host):
        await rpc.refused(token, unit, "PERMISSION_DENIED")
    for query in BAD_QUERIES:
        wrong = meeting_pb2.ListOccurrencesRequest(query=query)
        assert (await rpc.refused(world.attacker.host, wrong, "INVALID_FIELD")).field == "query"
    wrong = meeting_pb2.ListOccurrencesRequest(month="2026-00")
    assert (await rpc.refused(world.attacker.host, wrong, "INVALID_FIELD")).field == "month"

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        end = meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)
        await world.ask(meeting_pb2, "MeetingService", "EndMeeting", end, world.victim.host)
        find = meeting_pb2.ListOccurrencesRequest(page_size=1, query=TITLES[VICTIM])
        find_all = meeting_pb2.ListOccurrencesRequest(page_size=1, query=TITLES[VICTIM], scope=unit.scope)
        for token, request in ((world.victim.host, own), (world.victim.host, find), (world.victim.admin, find_all)):
            found = await rpc.works(token, request)
            assert [one.meeting.meeting_id for one in found.occurrences] == [meeting_id]
        # Now that there is one: whose it is not finds nothing by its title.
        for token, request in (
            (world.attacker.host, find),
            (world.attacker.admin, find_all),
            (world.victim.admin, find),
        ):
            assert not (await rpc.works(token, request)).occurrences

    return control


@case("roster.v1.ParticipantService.Join")
async def join(world: World, rpc: RpcAttempts) -> None:
    answer = await rpc.harmless(world.attacker.guest_join, participant_pb2.JoinRequest())
    assert answer.snapshot.meeting.meeting_id == world.attacker.meeting_id


@case("roster.v1.ParticipantService.Leave")
async def leave(world: World, rpc: RpcAttempts) -> None:
    await rpc.harmless(world.attacker.guest_join, participant_pb2.LeaveRequest())


@case("roster.v1.ParticipantService.RaiseHand")
async def raise_hand(world: World, rpc: RpcAttempts) -> None:
    join_request = participant_pb2.JoinRequest()
    await world.ask(participant_pb2, "ParticipantService", "Join", join_request, world.attacker.guest_join)
    answer = await rpc.harmless(world.attacker.guest_join, participant_pb2.RaiseHandRequest(raised=True))
    assert answer.participant.participant_id == world.attacker.guest_id


@case("roster.v1.ParticipantService.Say")
async def say(world: World, rpc: RpcAttempts) -> None:
    join_request = participant_pb2.JoinRequest()
    await world.ask(participant_pb2, "ParticipantService", "Join", join_request, world.attacker.guest_join)
    answer = await rpc.harmless(world.attacker.guest_join, participant_pb2.SayRequest(text="halo"))
    assert answer.line.participant_id == world.attacker.guest_id


@case("roster.v1.ParticipantService.Moderate")
async def moderate(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker

    def request(participant_id: str) -> participant_pb2.ModerateRequest:
        mute = moderation_pb2.Mute(participant_ids=[participant_id])
        return participant_pb2.ModerateRequest(act=moderation_pb2.HostAct(mute=mute))

    join_request = participant_pb2.JoinRequest()
    for token in (attacker.host_join, attacker.guest_join):
        await world.ask(participant_pb2, "ParticipantService", "Join", join_request, token)
    # A host of another meeting names whom they cannot know: as if there were nobody.
    await rpc.alike(attacker.host_join, request(victim.guest_id), request(ABSENT_ID), "INVALID_FIELD")
    await rpc.refused(attacker.guest_join, request(attacker.guest_id), "PERMISSION_DENIED")

    async def control() -> None:
        meeting_id, password = await world.meeting(victim)
        host = await world.join_token(meeting_id, token=victim.host)
        guest = await world.join_token(meeting_id, password)
        for token in (host.join_token, guest.join_token):
            await world.ask(participant_pb2, "ParticipantService", "Join", join_request, token)
        await rpc.works(host.join_token, request(guest.participant_id))

    return control


@case("roster.v1.ParticipantService.React")
async def react(world: World, rpc: RpcAttempts) -> None:
    join_request = participant_pb2.JoinRequest()
    await world.ask(participant_pb2, "ParticipantService", "Join", join_request, world.attacker.guest_join)
    await rpc.harmless(
        world.attacker.guest_join, participant_pb2.ReactRequest(reaction=moderation_pb2.REACTION_APPLAUSE)
    )


async def _enter(world: World, join_token: str) -> None:
    request = participant_pb2.JoinRequest()
    await world.ask(participant_pb2, "ParticipantService", "Join", request, join_token)


@case("roster.v1.ParticipantService.OpenPoll")
async def open_poll(world: World, rpc: RpcAttempts) -> None:
    question = poll_pb2.OpenPollRequest(question="Setuju?", options=["ya", "tidak"])
    for token in (world.attacker.host, world.attacker.admin, world.attacker.guest_join):
        await _enter(world, world.attacker.guest_join)
        await rpc.refused(token, question, "PERMISSION_DENIED")
    await _enter(world, world.attacker.host_join)
    answer = await rpc.harmless(world.attacker.host_join, question)
    assert (answer.poll.question, answer.poll.voters) == ("Setuju?", 0)


@case("roster.v1.ParticipantService.ClosePoll")
async def close_poll(world: World, rpc: RpcAttempts) -> Control:
    theirs, absent = (poll_pb2.ClosePollRequest(poll_id=one) for one in (world.victim.poll_id, ABSENT_ID))
    await _enter(world, world.attacker.guest_join)
    await rpc.refused(world.attacker.guest_join, theirs, "PERMISSION_DENIED")
    await _enter(world, world.attacker.host_join)
    await rpc.alike(world.attacker.host_join, theirs, absent, "NOT_FOUND")

    async def control() -> None:
        await _enter(world, world.victim.host_join)
        answer = await rpc.works(world.victim.host_join, theirs)
        assert answer.poll.state == poll_pb2.POLL_STATE_CLOSED
        await world.poll(world.victim)

    return control


@case("roster.v1.ParticipantService.Vote")
async def vote(world: World, rpc: RpcAttempts) -> Control:
    theirs, absent = (poll_pb2.VoteRequest(poll_id=one, option=1) for one in (world.victim.poll_id, ABSENT_ID))
    await _enter(world, world.attacker.guest_join)
    await rpc.alike(world.attacker.guest_join, theirs, absent, "NOT_FOUND")

    async def control() -> None:
        await _enter(world, world.victim.host_join)
        assert (await rpc.works(world.victim.host_join, theirs)).poll.voters == 1

    return control


@case("roster.v1.ParticipantService.Watch")
async def watch(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str, meeting_id: str) -> participant_pb2.WatchRequest:
        return participant_pb2.WatchRequest(tenant_id=tenant_id, meeting_id=meeting_id)

    victim, attacker = world.victim, world.attacker
    theirs = request(victim.tenant_id, victim.meeting_id)
    for token in (attacker.host, attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    # A service that mixes tenants up finds nothing either.
    mixed, absent = request(attacker.tenant_id, victim.meeting_id), request(attacker.tenant_id, ABSENT_MEETING)
    await rpc.alike(world.service, mixed, absent, "NOT_FOUND")
    return lambda: rpc.works(world.service, theirs)


@case("roster.v1.ParticipantService.ReportPresence")
async def report_presence(world: World, rpc: RpcAttempts) -> None:
    victim, attacker = world.victim, world.attacker

    def request(tenant_id: str) -> participant_pb2.ReportPresenceRequest:
        report = participant_pb2.PresenceReport(
            tenant_id=tenant_id, meeting_id=victim.meeting_id, disconnected=[victim.guest_id]
        )
        return participant_pb2.ReportPresenceRequest(reports=[report])

    for token in (attacker.host, attacker.host_join, attacker.admin):
        await rpc.refused(token, request(victim.tenant_id), "PERMISSION_DENIED")
    # A service that mixes tenants up changes nothing.
    await rpc.works(world.service, request(attacker.tenant_id))


@case("roster.v1.AttendanceService.GetAttendance")
async def get_attendance(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> attendance_pb2.GetAttendanceRequest:
        return attendance_pb2.GetAttendanceRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    return lambda: rpc.works(world.victim.host, request(theirs))


@case("roster.v1.AttendanceService.GetAttendanceReport")
async def get_attendance_report(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> attendance_pb2.GetAttendanceReportRequest:
        return attendance_pb2.GetAttendanceReportRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    for token in (world.attacker.host_join, world.victim.guest_join, world.victim.participant):
        await rpc.refused(token, request(theirs), "PERMISSION_DENIED")

    async def control() -> None:
        answer = await rpc.works(world.victim.host, request(theirs))
        assert "Tamu" in [line.name for line in answer.lines]

    return control


@case("roster.v1.AttendanceService.ExportAttendance")
async def export_attendance(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> attendance_pb2.ExportAttendanceRequest:
        return attendance_pb2.ExportAttendanceRequest(
            format=attendance_pb2.REPORT_FORMAT_CSV, meeting_id=meeting_id, language="id"
        )

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    for token in (world.attacker.host_join, world.victim.guest_join, world.victim.participant):
        await rpc.refused(token, request(theirs), "PERMISSION_DENIED")
    month = attendance_pb2.ExportAttendanceRequest(
        format=attendance_pb2.REPORT_FORMAT_CSV, month="2026-11", scope=attendance_pb2.REPORT_SCOPE_TENANT
    )
    await rpc.refused(world.attacker.host, month, "INVALID_FIELD")
    await rpc.harmless(world.attacker.admin, month)
    return lambda: rpc.works(world.victim.host, request(theirs))


@case("roster.v1.AttendanceService.VerifyReport")
async def verify_report(world: World, rpc: RpcAttempts) -> Control:
    # Whose report is read follows from what it says of itself: tests/roster/test_reports.py has one of another tenant.
    for file in (b"nothing", b"%PDF-1.4", b"PK"):
        await rpc.harmless(world.attacker.host, attendance_pb2.VerifyReportRequest(file=file))
    # Of office hours the victim's admin has a file of the whole tenant, which no other tenant's admin may have checked.
    wanted = office_pb2.ExportOfficeRequest(span=office_pb2.OFFICE_SPAN_DAY, format=attendance_pb2.REPORT_FORMAT_CSV)
    made = await world.ask(office_pb2, "OfficeService", "ExportOffice", wanted, world.victim.admin)
    theirs = attendance_pb2.VerifyReportRequest(file=made.data)
    for token in (world.attacker.admin, world.attacker.host, world.victim.host, world.operator):
        await rpc.refused(token, theirs, "NOT_FOUND")
    await rpc.refused(world.attacker.guest_join, attendance_pb2.VerifyReportRequest(file=b"x"), "PERMISSION_DENIED")
    return lambda: rpc.works(world.victim.admin, theirs)
