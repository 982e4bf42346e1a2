# ruff: noqa: N802 - gRPC gives the methods their names.
"""The RPC edge. Who may call what, and what a field may hold, was checked before (services/common/rpc_server.py)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import grpc

from services.common import record_chain as chain
from services.common.errors import Conflict, NotFound, Unavailable
from services.common.ids import AccountId, MeetingId, TenantId, new_id, new_meeting_id
from services.common.tenancy import bearer, principal, require_account, require_participant, tenant_scope
from services.common.validation import normalise_name
from services.roster import codec
from services.roster.access import access_meeting, actor
from services.roster.accesses import Accesses, Reading
from services.roster.clients import AuthClient
from services.roster.core import commands, lobby, moderation, polling
from services.roster.core.change import AuditNote
from services.roster.core.meeting import Definition
from services.roster.core.member import Person
from services.roster.core.report import report
from services.roster.core.state import MeetingState
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from services.roster.meetings import Meetings
from services.roster.presence import Presence
from services.roster.store import RosterStore
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import (
    attendance_pb2,
    attendance_pb2_grpc,
    meeting_pb2,
    meeting_pb2_grpc,
    participant_pb2,
    participant_pb2_grpc,
    personal_pb2,
    poll_pb2,
)

_Context = grpc.aio.ServicerContext[Any, Any]

# Of 9e9 ids, that several in a row are taken is no chance but a fault.
_ID_TRIES = 5
_DEFAULT_PAGE = 50


class MeetingServicer(meeting_pb2_grpc.MeetingServiceServicer):
    """Meetings, before and after they run."""

    def __init__(
        self, meetings: Meetings, store: RosterStore, auth: AuthClient, capacity: int, now_ms: Callable[[], int]
    ) -> None:
        self._meetings = meetings
        self._store = store
        self._auth = auth
        self._capacity = capacity
        self._now_ms = now_ms

    async def CreateMeeting(
        self, request: meeting_pb2.CreateMeetingRequest, context: _Context
    ) -> meeting_pb2.CreateMeetingResponse:
        who, token = require_account(), bearer()
        for _ in range(_ID_TRIES):
            meeting_id = new_meeting_id()
            now_ms = self._now_ms()
            try:
                password = await self._auth.claim(meeting_id, request.password, token)
                definition = Definition(
                    meeting_id,
                    who.tenant_id,
                    normalise_name(request.title),
                    who.account_id,
                    who.name,
                    created_at_ms=now_ms,
                    opens_at_ms=request.opens_at_ms,
                    capacity=request.capacity or self._capacity,
                    revision=1,
                    settings=codec.settings_from(request.settings),
                    owner_unit_id=who.unit_id,
                )
                await self._store.create(
                    definition,
                    AuditNote(now_ms, actor(who), "meeting.create", f"meeting:{meeting_id}", definition.title),
                )
            except Conflict:
                continue
            return meeting_pb2.CreateMeetingResponse(meeting=codec.meeting_of(definition, 0, now_ms), password=password)
        raise Unavailable("no free meeting id was found")

    async def GetMeeting(
        self, request: meeting_pb2.GetMeetingRequest, context: _Context
    ) -> meeting_pb2.GetMeetingResponse:
        _, state = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        if not state.definition.ended_at_ms:
            lobby.way_in(state, _caller()[1])
        return meeting_pb2.GetMeetingResponse(meeting=codec.meeting_of(state.definition, state.present, self._now_ms()))

    async def ListMeetings(
        self, request: meeting_pb2.ListMeetingsRequest, context: _Context
    ) -> meeting_pb2.ListMeetingsResponse:
        who, now_ms = require_account(), self._now_ms()
        found, next_page_token = await self._store.meetings_of(
            who.tenant_id, who.account_id, request.page_size or _DEFAULT_PAGE, request.page_token
        )
        return meeting_pb2.ListMeetingsResponse(
            meetings=[codec.meeting_of(definition, present, now_ms) for definition, present in found],
            next_page_token=next_page_token,
        )

    async def UpdateMeeting(
        self, request: meeting_pb2.UpdateMeetingRequest, context: _Context
    ) -> meeting_pb2.UpdateMeetingResponse:
        ref, _ = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        by = actor(principal())
        title = normalise_name(request.title) if request.HasField("title") else None
        opens_at_ms = request.opens_at_ms if request.HasField("opens_at_ms") else None
        capacity = (request.capacity or self._capacity) if request.HasField("capacity") else None
        settings = codec.settings_from(request.settings) if request.HasField("settings") else None
        change = await self._meetings.run(
            ref,
            lambda state, now_ms: commands.update(
                state, request.revision, title, opens_at_ms, capacity, by, now_ms, settings
            ),
            fsync=True,
        )
        return meeting_pb2.UpdateMeetingResponse(
            meeting=codec.meeting_of(change.state.definition, change.state.present, self._now_ms())
        )

    async def EndMeeting(
        self, request: meeting_pb2.EndMeetingRequest, context: _Context
    ) -> meeting_pb2.EndMeetingResponse:
        ref, _ = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        by = actor(principal())
        change = await self._meetings.run(ref, lambda state, now_ms: commands.end(state, by, now_ms), fsync=True)
        return meeting_pb2.EndMeetingResponse(meeting=codec.meeting_of(change.state.definition, 0, self._now_ms()))


class ParticipantServicer(participant_pb2_grpc.ParticipantServiceServicer):
    """Who is in a meeting, and what they say and do there."""

    def __init__(self, meetings: Meetings, store: RosterStore, presence: Presence) -> None:
        self._meetings = meetings
        self._store = store
        self._presence = presence

    async def Join(self, request: participant_pb2.JoinRequest, context: _Context) -> participant_pb2.JoinResponse:
        ref, person = _caller()
        change = await self._meetings.run(ref, lambda state, now_ms: commands.join(state, person, now_ms))
        member = change.state.members[person.participant_id]
        return participant_pb2.JoinResponse(
            participant=codec.participant_of(member),
            snapshot=codec.snapshot_for(member, await self._meetings.snapshot_of(ref, change.state)),
        )

    async def Leave(self, request: participant_pb2.LeaveRequest, context: _Context) -> participant_pb2.LeaveResponse:
        ref, person = _caller()
        await self._meetings.run(ref, lambda state, now_ms: commands.leave(state, person.participant_id, now_ms))
        return participant_pb2.LeaveResponse()

    async def RaiseHand(
        self, request: participant_pb2.RaiseHandRequest, context: _Context
    ) -> participant_pb2.RaiseHandResponse:
        ref, person = _caller()
        change = await self._meetings.run(
            ref, lambda state, now_ms: commands.raise_hand(state, person.participant_id, request.raised, now_ms)
        )
        return participant_pb2.RaiseHandResponse(
            participant=codec.participant_of(change.state.members[person.participant_id])
        )

    async def Say(self, request: participant_pb2.SayRequest, context: _Context) -> participant_pb2.SayResponse:
        ref, person = _caller()
        change = await self._meetings.run(
            ref,
            lambda state, now_ms: commands.say(
                state, person.participant_id, request.text, request.client_line_id, now_ms, to_hosts=request.to_hosts
            ),
        )
        if change.lines:
            return participant_pb2.SayResponse(line=codec.line_of(change.lines[0]))
        number = change.state.members[person.participant_id].last_line_number
        for line in reversed(await self._store.chat(ref)):
            if line.number == number:
                return participant_pb2.SayResponse(line=line)
        raise NotFound("the line was said, and is among the kept ones no more")

    async def Moderate(
        self, request: participant_pb2.ModerateRequest, context: _Context
    ) -> participant_pb2.ModerateResponse:
        ref, person = _caller()
        await self._meetings.run(
            ref,
            lambda state, now_ms: moderation.moderate(state, person.participant_id, request.act, now_ms),
            # Whoever takes part waits for the other acts: those are on the disk within a second.
            fsync=request.act.HasField("end_for_all"),
        )
        return participant_pb2.ModerateResponse()

    async def React(self, request: participant_pb2.ReactRequest, context: _Context) -> participant_pb2.ReactResponse:
        ref, person = _caller()
        await self._meetings.run(
            ref, lambda state, now_ms: commands.react(state, person.participant_id, request.reaction, now_ms)
        )
        return participant_pb2.ReactResponse()

    async def OpenPoll(self, request: poll_pb2.OpenPollRequest, context: _Context) -> poll_pb2.OpenPollResponse:
        ref, person = _caller()
        question = normalise_name(request.question)
        options = tuple(normalise_name(option) for option in request.options)
        poll_id = new_id()
        change = await self._meetings.run(
            ref,
            lambda state, now_ms: polling.open_poll(state, person.participant_id, poll_id, question, options, now_ms),
        )
        return poll_pb2.OpenPollResponse(poll=codec.poll_of(change.polls[0]))

    async def ClosePoll(self, request: poll_pb2.ClosePollRequest, context: _Context) -> poll_pb2.ClosePollResponse:
        ref, person = _caller()
        change = await self._meetings.run(
            ref, lambda state, now_ms: polling.close_poll(state, person.participant_id, request.poll_id, now_ms)
        )
        return poll_pb2.ClosePollResponse(poll=codec.poll_of(change.state.polls[request.poll_id]))

    async def Vote(self, request: poll_pb2.VoteRequest, context: _Context) -> poll_pb2.VoteResponse:
        ref, person = _caller()
        change = await self._meetings.run(
            ref,
            lambda state, now_ms: polling.vote(state, person.participant_id, request.poll_id, request.option, now_ms),
        )
        return poll_pb2.VoteResponse(poll=codec.poll_of(change.state.polls[request.poll_id]))

    async def Watch(
        self, request: participant_pb2.WatchRequest, context: _Context
    ) -> AsyncIterator[participant_pb2.WatchResponse]:
        ref = MeetingRef(TenantId(request.tenant_id), MeetingId(request.meeting_id))
        with tenant_scope(ref.tenant_id):
            async for response in self._meetings.feeds.watch(ref):
                yield response

    async def ReportPresence(
        self, request: participant_pb2.ReportPresenceRequest, context: _Context
    ) -> participant_pb2.ReportPresenceResponse:
        return participant_pb2.ReportPresenceResponse(unknown=await self._presence.report(request.reports))


class AttendanceServicer(attendance_pb2_grpc.AttendanceServiceServicer):
    """The log of who was there."""

    def __init__(self, meetings: Meetings, ledger: Ledger, accesses: Accesses, now_ms: Callable[[], int]) -> None:
        self._meetings = meetings
        self._ledger = ledger
        self._accesses = accesses
        self._now_ms = now_ms

    async def GetAttendance(
        self, request: attendance_pb2.GetAttendanceRequest, context: _Context
    ) -> attendance_pb2.GetAttendanceResponse:
        ref, state = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        records = await self._ledger.records(Outbox(ref.tenant_id, ref.meeting_id))
        await self._note(state, (record.account_id for record in records))
        return attendance_pb2.GetAttendanceResponse(
            records=records, head=records[-1].hash if records else b"", intact=chain.intact(records)
        )

    async def GetAttendanceReport(
        self, request: attendance_pb2.GetAttendanceReportRequest, context: _Context
    ) -> attendance_pb2.GetAttendanceReportResponse:
        ref, state = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        records = await self._ledger.records(Outbox(ref.tenant_id, ref.meeting_id))
        now_ms = self._now_ms()
        told = report(records, now_ms)
        await self._note(state, (line.account_id for line in told.lines))
        return attendance_pb2.GetAttendanceReportResponse(
            meeting=codec.meeting_of(state.definition, state.present, now_ms),
            started_at_ms=told.started_at_ms,
            ended_at_ms=told.ended_at_ms,
            as_of_ms=now_ms,
            lines=[codec.attendance_line(line) for line in told.lines],
            head=records[-1].hash if records else b"",
            records=len(records),
            intact=chain.intact(records),
        )

    async def _note(self, state: MeetingState, account_ids: Iterable[str]) -> None:
        """Whose attendance the calling account is about to see."""
        about = state.definition
        what = Reading(personal_pb2.ACCESS_KIND_MEETING, about.meeting_id, about.title)
        await self._accesses.note(require_account(), about.tenant_id, account_ids, what)


def _caller() -> tuple[MeetingRef, Person]:
    """The participant whom the join token names, and their meeting."""
    who = require_participant()
    role = common_pb2.MeetingRole.ValueType(who.role)
    person = Person(
        who.participant_id,
        who.name,
        role,
        AccountId(who.account_id),
        who.device,
        who.unit_id,
        who.account_since_s,
    )
    return MeetingRef(who.tenant_id, who.meeting_id), person
