"""Calls to a roster replica, as its neighbours make them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

from services.common import rpc_client
from services.common.ids import new_id
from sipulung.common.v1 import batch_pb2_grpc
from sipulung.roster.v1 import (
    attendance_pb2,
    attendance_pb2_grpc,
    meeting_pb2,
    meeting_pb2_grpc,
    moderation_pb2,
    office_pb2,
    office_pb2_grpc,
    participant_pb2,
    participant_pb2_grpc,
)


class RosterClient:
    """The services of one replica."""

    def __init__(self, port: int) -> None:
        self._channel = rpc_client.channel(f"127.0.0.1:{port}")
        self.meetings = meeting_pb2_grpc.MeetingServiceStub(self._channel)
        self.people = participant_pb2_grpc.ParticipantServiceStub(self._channel)
        self.office = office_pb2_grpc.OfficeServiceStub(self._channel)
        self.batches = batch_pb2_grpc.BatchServiceStub(self._channel)
        self.log = attendance_pb2_grpc.AttendanceServiceStub(self._channel)

    async def close(self) -> None:
        await self._channel.close()

    async def call(self, method: Any, request: Any, token: str) -> Any:
        """Raises the DomainError that was answered."""
        return await rpc_client.call(method, request, timeout_s=60, token=token)

    async def create(self, token: str, title: str = "Apel pagi", **fields: Any) -> meeting_pb2.Meeting:
        request = meeting_pb2.CreateMeetingRequest(title=title, **fields)
        answer: meeting_pb2.CreateMeetingResponse = await self.call(self.meetings.CreateMeeting, request, token)
        return answer.meeting

    async def get(self, token: str, meeting_id: str) -> meeting_pb2.Meeting:
        request = meeting_pb2.GetMeetingRequest(meeting_id=meeting_id)
        answer: meeting_pb2.GetMeetingResponse = await self.call(self.meetings.GetMeeting, request, token)
        return answer.meeting

    async def end(self, token: str, meeting_id: str) -> meeting_pb2.Meeting:
        request = meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)
        answer: meeting_pb2.EndMeetingResponse = await self.call(self.meetings.EndMeeting, request, token)
        return answer.meeting

    async def join(self, token: str) -> participant_pb2.JoinResponse:
        answer: participant_pb2.JoinResponse = await self.call(self.people.Join, participant_pb2.JoinRequest(), token)
        return answer

    async def leave(self, token: str) -> None:
        await self.call(self.people.Leave, participant_pb2.LeaveRequest(), token)

    async def say(
        self, token: str, text: str, client_line_id: str = "", *, to_hosts: bool = False
    ) -> participant_pb2.ChatLine:
        request = participant_pb2.SayRequest(text=text, client_line_id=client_line_id, to_hosts=to_hosts)
        answer: participant_pb2.SayResponse = await self.call(self.people.Say, request, token)
        return answer.line

    async def raise_hand(self, token: str, raised: bool = True) -> participant_pb2.Participant:
        request = participant_pb2.RaiseHandRequest(raised=raised)
        answer: participant_pb2.RaiseHandResponse = await self.call(self.people.RaiseHand, request, token)
        return answer.participant

    async def moderate(self, token: str, **act: Any) -> None:
        request = participant_pb2.ModerateRequest(act=moderation_pb2.HostAct(**act))
        await self.call(self.people.Moderate, request, token)

    async def react(self, token: str, reaction: moderation_pb2.Reaction.ValueType) -> None:
        await self.call(self.people.React, participant_pb2.ReactRequest(reaction=reaction), token)

    async def attendance(self, token: str, meeting_id: str) -> attendance_pb2.GetAttendanceResponse:
        request = attendance_pb2.GetAttendanceRequest(meeting_id=meeting_id)
        answer: attendance_pb2.GetAttendanceResponse = await self.call(self.log.GetAttendance, request, token)
        return answer

    async def report(self, token: str, meeting_id: str) -> attendance_pb2.GetAttendanceReportResponse:
        request = attendance_pb2.GetAttendanceReportRequest(meeting_id=meeting_id)
        answer: attendance_pb2.GetAttendanceReportResponse = await self.call(
            self.log.GetAttendanceReport, request, token
        )
        return answer

    async def declare(
        self, token: str, state: office_pb2.OfficeState.ValueType, note: str = "", client_id: str = ""
    ) -> office_pb2.OfficeDay:
        request = office_pb2.DeclareRequest(state=state, note=note, client_id=client_id or new_id())
        answer: office_pb2.DeclareResponse = await self.call(self.office.Declare, request, token)
        return answer.day

    async def own_day(self, token: str, date: str = "") -> office_pb2.GetOwnDayResponse:
        request = office_pb2.GetOwnDayRequest(date=date)
        answer: office_pb2.GetOwnDayResponse = await self.call(self.office.GetOwnDay, request, token)
        return answer

    async def unit_day(self, token: str, unit_id: str = "", date: str = "") -> office_pb2.GetUnitDayResponse:
        request = office_pb2.GetUnitDayRequest(date=date, unit_id=unit_id)
        answer: office_pb2.GetUnitDayResponse = await self.call(self.office.GetUnitDay, request, token)
        return answer

    async def unit_week(self, token: str, unit_id: str = "", date: str = "") -> office_pb2.GetUnitWeekResponse:
        request = office_pb2.GetUnitWeekRequest(date=date, unit_id=unit_id)
        answer: office_pb2.GetUnitWeekResponse = await self.call(self.office.GetUnitWeek, request, token)
        return answer

    def watch(self, service_token: str, tenant: str, meeting_id: str) -> Watch:
        request = participant_pb2.WatchRequest(tenant_id=tenant, meeting_id=meeting_id)
        return Watch(rpc_client.stream(self.people.Watch, request, token=service_token))


class Watch:
    """A Watch stream, read in the background; checks that its events are consecutive."""

    def __init__(self, stream: AsyncIterator[participant_pb2.WatchResponse]) -> None:
        self.snapshots: list[participant_pb2.Snapshot] = []
        self.events: list[participant_pb2.RosterEvent] = []
        self._last = 0
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._read(stream))

    @property
    def names(self) -> list[str]:
        """The kinds of the events so far."""
        return [str(event.WhichOneof("event")) for event in self.events]

    async def until(self, condition: Callable[[Watch], bool], timeout_s: float = 60) -> None:
        """Raises what ended the stream."""
        async with asyncio.timeout(timeout_s):
            while not condition(self):
                self._changed.clear()
                waiting = asyncio.create_task(self._changed.wait())
                try:
                    await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waiting.cancel()
                if self._task.done() and not condition(self):
                    self._task.result()
                    raise AssertionError("the stream ended")

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._task

    async def _read(self, stream: AsyncIterator[participant_pb2.WatchResponse]) -> None:
        async for response in stream:
            if response.HasField("snapshot"):
                self._last = response.snapshot.sequence
                self.snapshots.append(response.snapshot)
            for event in response.events:
                assert event.sequence == self._last + 1, (event.sequence, self._last)
                self._last = event.sequence
                self.events.append(event)
            self._changed.set()


async def eventually(condition: Callable[[], Awaitable[bool]], timeout_s: float = 60) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
