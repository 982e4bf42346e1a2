# ruff: noqa: N802 - gRPC gives the methods their names.
"""The RPCs of attendance: the log, the report of it, files of it, and their proof."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Final

import grpc

from services.common import record_chain as chain
from services.common.errors import InvalidField
from services.common.ids import MeetingId
from services.common.tenancy import require_account
from services.roster import codec
from services.roster.accesses import Accesses, Reading
from services.roster.core.occurrences import Span, spans
from services.roster.core.report import report
from services.roster.core.state import MeetingState
from services.roster.deletions import Deletions, gone, left
from services.roster.directory import Directory
from services.roster.exports import Exports, check_occurrence, people_of
from services.roster.keys import Outbox
from services.roster.ledger import Ledger
from services.roster.meetings import Meetings
from services.roster.reading import read_meeting
from services.roster.report_files import File
from sipulung.roster.v1 import attendance_pb2, attendance_pb2_grpc, personal_pb2

# A report to be verified has at most 32 MiB (attendance.proto).
LARGEST_REQUEST: Final = 33 * 1024 * 1024
_CHUNK: Final = 64 * 1024
# Proxies close what says nothing for long.
_TELL_EVERY_S: Final = 0.25
_Context = grpc.aio.ServicerContext[Any, Any]
_Response = attendance_pb2.ExportAttendanceResponse


class AttendanceServicer(attendance_pb2_grpc.AttendanceServiceServicer):
    """The log of who was there."""

    def __init__(
        self,
        meetings: Meetings,
        ledger: Ledger,
        directory: Directory,
        accesses: Accesses,
        deletions: Deletions,
        exports: Exports,
        now_ms: Callable[[], int],
    ) -> None:
        self._meetings = meetings
        self._ledger = ledger
        self._directory = directory
        self._accesses = accesses
        self._deletions = deletions
        self._exports = exports
        self._now_ms = now_ms

    async def GetAttendance(
        self, request: attendance_pb2.GetAttendanceRequest, context: _Context
    ) -> attendance_pb2.GetAttendanceResponse:
        ref, state = await read_meeting(self._meetings, self._directory, MeetingId(request.meeting_id))
        records = await self._ledger.records(Outbox(ref.tenant_id, ref.meeting_id))
        deletion = await self._deletions.of(ref)
        records = left(records, deletion)
        await self._note(state, (record.account_id for record in records), 0)
        return attendance_pb2.GetAttendanceResponse(
            records=records,
            head=records[-1].hash if records else b"",
            intact=chain.intact(records, gone(deletion)),
            deletion=deletion,
        )

    async def GetAttendanceReport(
        self, request: attendance_pb2.GetAttendanceReportRequest, context: _Context
    ) -> attendance_pb2.GetAttendanceReportResponse:
        ref, state = await read_meeting(self._meetings, self._directory, MeetingId(request.meeting_id))
        records = await self._ledger.records(Outbox(ref.tenant_id, ref.meeting_id))
        now_ms = self._now_ms()
        deletion = await self._deletions.of(ref)
        records = left(records, deletion)
        found = spans(records)
        before = deletion.occurrences if deletion is not None else 0
        check_occurrence(request.occurrence, before, len(found))
        told = report(records, now_ms, request.occurrence - before if request.occurrence else 0)
        occurrence = request.occurrence or before + len(found)
        accounts = [line.account_id for line in told.lines]
        await self._note(state, accounts, occurrence)
        frame, people = await people_of(self._directory, ref.tenant_id, accounts)
        answer = attendance_pb2.GetAttendanceReportResponse(
            meeting=codec.meeting_of(state.definition, state.present, now_ms),
            started_at_ms=told.started_at_ms,
            ended_at_ms=told.ended_at_ms,
            as_of_ms=now_ms,
            lines=[codec.attendance_line(line) for line in told.lines],
            head=records[-1].hash if records else b"",
            records=len(records),
            intact=chain.intact(records, gone(deletion)),
            deletion=deletion,
            occurrence=occurrence,
            occurrences=[_occurrence(number, one) for number, one in enumerate(found, before + 1)],
            time_zone=self._exports.zone_of(frame.tenant) if frame is not None else "",
        )
        for line in answer.lines:
            line.nip, line.unit = people.get(line.account_id, ("", ""))
        return answer

    async def ExportAttendance(
        self, request: attendance_pb2.ExportAttendanceRequest, context: _Context
    ) -> AsyncIterator[attendance_pb2.ExportAttendanceResponse]:
        if bool(request.meeting_id) == bool(request.month):
            raise InvalidField("month", "either a meeting or a month has to be named")
        told = attendance_pb2.ExportProgress()

        def tick(progress: attendance_pb2.ExportProgress) -> None:
            told.CopyFrom(progress)

        make = self._exports.of_month if request.month else self._exports.of_meeting
        task: asyncio.Task[File] = asyncio.create_task(make(request, tick))
        try:
            while True:
                done, _ = await asyncio.wait({task}, timeout=_TELL_EVERY_S)
                if done:
                    break
                yield _Response(progress=told)
            file = task.result()
        finally:
            task.cancel()
        yield _Response(
            file=attendance_pb2.ExportedFile(
                name=file.name, media_type=file.media_type, size=len(file.data), meetings=file.meetings
            )
        )
        for begin in range(0, len(file.data), _CHUNK):
            yield _Response(chunk=file.data[begin : begin + _CHUNK])

    async def VerifyReport(
        self, request: attendance_pb2.VerifyReportRequest, context: _Context
    ) -> attendance_pb2.VerifyReportResponse:
        return await self._exports.verify(request.file)

    async def _note(self, state: MeetingState, account_ids: Iterable[str], occurrence: int) -> None:
        """Whose attendance the calling account is about to see: in this occurrence, or (0) in the whole log."""
        about = state.definition
        what = Reading(personal_pb2.ACCESS_KIND_MEETING, about.meeting_id, about.title, occurrence=occurrence)
        await self._accesses.note(require_account(), about.tenant_id, account_ids, what)


def _occurrence(number: int, span: Span) -> attendance_pb2.HeldOccurrence:
    return attendance_pb2.HeldOccurrence(number=number, started_at_ms=span.started_at_ms, ended_at_ms=span.ended_at_ms)
