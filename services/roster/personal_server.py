# ruff: noqa: N802 - gRPC gives the methods their names.
"""The RPC edge of what is recorded on the caller: their attendance, who looked at it, their acts, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

import grpc

from services.common.errors import NotFound
from services.common.ids import AccountId, MeetingId, TenantId
from services.common.tenancy import require_account
from services.roster import codec, office_codec
from services.roster.accesses import Accesses
from services.roster.attended import LOOK_BACK_MS, Attended
from services.roster.core.compose import MARGIN_MS
from services.roster.core.occurrences import spans
from services.roster.core.report import Line, report_of
from services.roster.core.units import path
from services.roster.directory import Directory
from services.roster.keys import Outbox
from services.roster.ledger import Ledger
from services.roster.office_store import OfficeStore
from services.roster.own_acts import OwnActs
from services.roster.own_days import OwnDays
from sipulung.roster.v1 import attendance_pb2, personal_pb2, personal_pb2_grpc

_Context = grpc.aio.ServicerContext[Any, Any]
_JOINS: Final = 50
_ACCESSES: Final = 50
_READS_AT_ONCE: Final = 4


class PersonalDataServicer(personal_pb2_grpc.PersonalDataServiceServicer):
    """Everybody's own."""

    def __init__(
        self,
        directory: Directory,
        attended: Attended,
        ledger: Ledger,
        meetings: OfficeStore,
        days: OwnDays,
        accesses: Accesses,
        acts: OwnActs,
        default_days: int,
        default_audit_days: int,
        now_ms: Callable[[], int],
    ) -> None:
        self._directory = directory
        self._attended = attended
        self._ledger = ledger
        self._meetings = meetings
        self._days = days
        self._accesses = accesses
        self._acts = acts
        self._default_days = default_days
        self._default_audit_days = default_audit_days
        self._now_ms = now_ms
        self._slots = asyncio.Semaphore(_READS_AT_ONCE)

    async def GetOwnRecord(
        self, request: personal_pb2.GetOwnRecordRequest, context: _Context
    ) -> personal_pb2.GetOwnRecordResponse:
        who = require_account()
        frame = await self._directory.frame(who.tenant_id, newest=True)
        person = (await self._directory.people(who.tenant_id, [who.account_id], newest=True)).get(who.account_id)
        if person is None:
            raise NotFound()
        return personal_pb2.GetOwnRecordResponse(
            person=person,
            unit_path=path(frame.units, person.unit_id),
            tenant_name=frame.tenant.name,
            time_zone=frame.tenant.time_zone,
            purpose=frame.tenant.retention.purpose,
            attendance_days=frame.tenant.retention.attendance_days or self._default_days,
            audit_days=frame.tenant.retention.audit_days or self._default_audit_days,
        )

    async def GetOwnAttendance(
        self, request: personal_pb2.GetOwnAttendanceRequest, context: _Context
    ) -> personal_pb2.GetOwnAttendanceResponse:
        who, now_ms = require_account(), self._now_ms()
        before_ms = int(request.page_token) if request.page_token else now_ms + 1
        joins = (await self._attended.joins(who.tenant_id, [who.account_id], 0, before_ms))[who.account_id]
        chosen = joins[-_JOINS:]
        if not chosen:
            return personal_pb2.GetOwnAttendanceResponse()
        since_ms = chosen[0][1]
        meetings = list(dict.fromkeys(meeting_id for meeting_id, _ in chosen))
        described = await self._meetings.described(who.tenant_id, meetings)
        read = await asyncio.gather(
            *(self._lines(who.tenant_id, one, who.account_id, since_ms, before_ms) for one in meetings)
        )
        own = [
            personal_pb2.OwnAttendance(
                meeting_id=meeting_id,
                title=described[meeting_id].title if meeting_id in described else "",
                owner_name=described[meeting_id].owner_name if meeting_id in described else "",
                line=codec.attendance_line(line),
            )
            for meeting_id, lines in zip(meetings, read, strict=True)
            for line in lines
            # A sitting stands on the page that its first join is on.
            if since_ms <= line.first_join_ms < before_ms
        ]
        own.sort(key=lambda one: one.line.first_join_ms, reverse=True)
        more = len(joins) > len(chosen)
        return personal_pb2.GetOwnAttendanceResponse(meetings=own, next_page_token=str(since_ms) if more else "")

    async def GetOwnOffice(
        self, request: personal_pb2.GetOwnOfficeRequest, context: _Context
    ) -> personal_pb2.GetOwnOfficeResponse:
        who = require_account()
        days, following = await self._days.page(who.tenant_id, who.account_id, request.page_token)
        attended = {MeetingId(one.meeting_id) for _, mine in days for one in mine.meetings}
        described = await self._meetings.described(who.tenant_id, sorted(attended))

        def title_of(meeting_id: str) -> str:
            # Whoever was in a meeting knows what it was called.
            return described[meeting_id].title if meeting_id in described else ""

        own = [
            personal_pb2.OwnOfficeDay(
                date=office_codec.date_of(day), day=office_codec.day_of(mine, title_of, declarations=True)
            )
            for day, mine in days
        ]
        return personal_pb2.GetOwnOfficeResponse(days=own, next_page_token=following)

    async def GetOwnAccesses(
        self, request: personal_pb2.GetOwnAccessesRequest, context: _Context
    ) -> personal_pb2.GetOwnAccessesResponse:
        who = require_account()
        accesses, following = await self._accesses.of(who.tenant_id, who.account_id, _ACCESSES, request.page_token)
        return personal_pb2.GetOwnAccessesResponse(accesses=accesses, next_page_token=following)

    async def GetOwnAudit(
        self, request: personal_pb2.GetOwnAuditRequest, context: _Context
    ) -> personal_pb2.GetOwnAuditResponse:
        who = require_account()
        entries, following = await self._acts.page(who.tenant_id, who.account_id, request.page_token)
        return personal_pb2.GetOwnAuditResponse(entries=entries, next_page_token=following)

    async def _lines(
        self, tenant_id: TenantId, meeting_id: MeetingId, account_id: AccountId, since_ms: int, before_ms: int
    ) -> Sequence[Line]:
        """The account's lines of the sittings of a meeting that they joined between the two."""
        async with self._slots:
            # A sitting that the first join lies in may have begun earlier, and that of the last may end later.
            until_ms = before_ms + LOOK_BACK_MS + MARGIN_MS
            records = await self._ledger.serialised(Outbox(tenant_id, meeting_id), since_ms - LOOK_BACK_MS, until_ms)
            # A meeting that is held every day has a long log, and others wait for the event loop.
            return await asyncio.to_thread(_lines_of, account_id, records, self._now_ms())


def _lines_of(account_id: AccountId, records: Sequence[bytes], now_ms: int) -> list[Line]:
    parsed = [attendance_pb2.AttendanceRecord.FromString(data) for data in records]
    lines = (line for span in spans(parsed) for line in report_of(span, now_ms).lines)
    return [line for line in lines if line.account_id == account_id]
