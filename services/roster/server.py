# ruff: noqa: N802 - gRPC gives the methods their names.
"""The RPC edge. Who may call what, and what a field may hold, was checked before (services/common/rpc_server.py)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc

from services.common.errors import NotFound
from services.common.ids import MeetingId, TenantId, new_id
from services.common.tenancy import tenant_scope
from services.common.validation import normalise_name
from services.roster import codec
from services.roster.access import caller
from services.roster.core import commands, moderation, polling
from services.roster.keys import MeetingRef
from services.roster.meetings import Meetings
from services.roster.presence import Presence
from services.roster.store import RosterStore
from sipulung.roster.v1 import (
    participant_pb2,
    participant_pb2_grpc,
    poll_pb2,
)

_Context = grpc.aio.ServicerContext[Any, Any]


class ParticipantServicer(participant_pb2_grpc.ParticipantServiceServicer):
    """Who is in a meeting, and what they say and do there."""

    def __init__(self, meetings: Meetings, store: RosterStore, presence: Presence) -> None:
        self._meetings = meetings
        self._store = store
        self._presence = presence

    async def Join(self, request: participant_pb2.JoinRequest, context: _Context) -> participant_pb2.JoinResponse:
        ref, person = caller()
        change = await self._meetings.run(ref, lambda state, now_ms: commands.join(state, person, now_ms))
        member = change.state.members[person.participant_id]
        return participant_pb2.JoinResponse(
            participant=codec.participant_of(member),
            snapshot=codec.snapshot_for(member, await self._meetings.snapshot_of(ref, change.state)),
        )

    async def Leave(self, request: participant_pb2.LeaveRequest, context: _Context) -> participant_pb2.LeaveResponse:
        ref, person = caller()
        await self._meetings.run(ref, lambda state, now_ms: commands.leave(state, person.participant_id, now_ms))
        return participant_pb2.LeaveResponse()

    async def RaiseHand(
        self, request: participant_pb2.RaiseHandRequest, context: _Context
    ) -> participant_pb2.RaiseHandResponse:
        ref, person = caller()
        change = await self._meetings.run(
            ref, lambda state, now_ms: commands.raise_hand(state, person.participant_id, request.raised, now_ms)
        )
        return participant_pb2.RaiseHandResponse(
            participant=codec.participant_of(change.state.members[person.participant_id])
        )

    async def Say(self, request: participant_pb2.SayRequest, context: _Context) -> participant_pb2.SayResponse:
        ref, person = caller()
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
        ref, person = caller()
        await self._meetings.run(
            ref,
            lambda state, now_ms: moderation.moderate(state, person.participant_id, request.act, now_ms),
            # Whoever takes part waits for the other acts: those are on the disk within a second.
            fsync=request.act.HasField("end_for_all"),
        )
        return participant_pb2.ModerateResponse()

    async def React(self, request: participant_pb2.ReactRequest, context: _Context) -> participant_pb2.ReactResponse:
        ref, person = caller()
        await self._meetings.run(
            ref, lambda state, now_ms: commands.react(state, person.participant_id, request.reaction, now_ms)
        )
        return participant_pb2.ReactResponse()

    async def OpenPoll(self, request: poll_pb2.OpenPollRequest, context: _Context) -> poll_pb2.OpenPollResponse:
        ref, person = caller()
        question = normalise_name(request.question)
        options = tuple(normalise_name(option) for option in request.options)
        poll_id = new_id()
        change = await self._meetings.run(
            ref,
            lambda state, now_ms: polling.open_poll(state, person.participant_id, poll_id, question, options, now_ms),
        )
        return poll_pb2.OpenPollResponse(poll=codec.poll_of(change.polls[0]))

    async def ClosePoll(self, request: poll_pb2.ClosePollRequest, context: _Context) -> poll_pb2.ClosePollResponse:
        ref, person = caller()
        change = await self._meetings.run(
            ref, lambda state, now_ms: polling.close_poll(state, person.participant_id, request.poll_id, now_ms)
        )
        return poll_pb2.ClosePollResponse(poll=codec.poll_of(change.state.polls[request.poll_id]))

    async def Vote(self, request: poll_pb2.VoteRequest, context: _Context) -> poll_pb2.VoteResponse:
        ref, person = caller()
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
