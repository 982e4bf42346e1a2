"""What files of office hours are made from and checked against: logs, people and letterhead brought together."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.common.errors import NotFound
from services.common.ids import AccountId, MeetingId, TenantId
from services.common.report_formats import kind_of
from services.common.tenancy import AccountPrincipal, require_account
from services.roster import office_codec
from services.roster.accesses import Reading
from services.roster.attended import LOOK_BACK_MS
from services.roster.core.office import ends_ms
from services.roster.core.office_calendar import Day
from services.roster.core.office_logs import logs_of, since
from services.roster.core.office_sheet import sheet_of
from services.roster.core.office_states import Declaration
from services.roster.core.units import path, paths
from services.roster.deletions import Deletions
from services.roster.directory import Frame, Person
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from services.roster.office import Office, expected
from services.roster.office_scope import asked, chosen, seen
from services.roster.report_files import File
from services.roster.store import RosterStore
from services.roster.workshop import Proven, Workshop
from sipulung.roster.v1 import attendance_pb2, office_pb2, personal_pb2, report_pb2

_READS_AT_ONCE: Final = 8
_DAY_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class OfficeExports:
    """Raises what its parts raise: NotFound, Unavailable, Throttled, …"""

    office: Office
    store: RosterStore
    ledger: Ledger
    deletions: Deletions
    workshop: Workshop

    async def make(self, request: office_pb2.ExportOfficeRequest) -> File:
        """A day or a week of all whom the caller asks for and may read."""
        who = require_account()
        kind = kind_of(request.format)
        frame = await self.office.directory.frame(who.tenant_id)
        units = chosen(frame, who, request.unit_id)
        week = request.span == office_pb2.OFFICE_SPAN_WEEK
        days = self.office.week(frame, request.date) if week else [self.office.day(frame, request.date)]
        top = asked(who, request.unit_id)
        source = report_pb2.OfficeSource(
            language=request.language or ("en" if frame.tenant.language == "en" else "id"),
            time_zone=frame.tenant.time_zone,
            as_of_ms=self.office.now_ms(),
            scope=f"unit:{top}" if top else "tenant",
            week=week,
            dates=[office_codec.date_of(day) for day in days],
        )
        self._frame(source, frame, top)
        people = expected(await self.office.directory.everybody(who.tenant_id), units)
        accounts = [AccountId(person.account_id) for person in people]
        known = await self._read_days(source, who.tenant_id)
        joins = await self.office.attended.joins(
            who.tenant_id,
            accounts,
            days[0].start_ms - LOOK_BACK_MS,
            min(_ends_ms(days[-1], source), source.as_of_ms + 1),
        )
        known |= await self._read_meetings(source, who.tenant_id, {one for mine in joins.values() for one, _ in mine})
        # The others have no line in it, so nobody looks at them.
        source.people.extend(await asyncio.to_thread(_listed, source, people, known))
        await self._note(who, source, as_file=True)
        name = f"kehadiran-kantor-{'minggu' if week else 'hari'}-{source.dates[0].date}.{kind.suffix}"
        return File(name, kind.media_type, await self.workshop.make_office(source, request.format))

    async def verify(self, file: bytes, proven: Proven) -> attendance_pb2.VerifyReportResponse:
        """Raises NotFound for a file of people whom the caller may not read."""
        who, proof = require_account(), proven.proof
        frame = await self.office.directory.frame(who.tenant_id)
        top = proof.scope.partition(":")[2]
        units = chosen(frame, who, top) if top else seen(frame, who)
        if not top and units is not None:
            raise NotFound()
        # Anybody can write a file that asks what the logs say of somebody; a sealed one was made for a reader of it.
        genuine = proven.seal == attendance_pb2.SEAL_STATE_GENUINE
        await self._refuse_strangers(who.tenant_id, None if genuine else units, proof.office.people)
        meetings = [MeetingId(log.meeting_id) for log in proof.logs if len(log.meeting_id) > _DAY_DIGITS]
        if len(await self.store.definitions(who.tenant_id, meetings)) < len(meetings):
            raise NotFound()
        source = report_pb2.OfficeSource(
            language=proof.language,
            time_zone=proof.time_zone,
            as_of_ms=proof.as_of_ms,
            scope=proof.scope,
            week=proof.office.week,
            dates=proof.office.dates,
            people=[Person(account_id=account_id) for account_id in proof.office.people],
        )
        self._frame(source, frame, top)
        await self._read_days(source, who.tenant_id)
        await self._read_meetings(source, who.tenant_id, meetings)
        await self._note(who, source, as_file=False)
        return await self.workshop.check_office(file, source)

    async def _refuse_strangers(self, tenant_id: TenantId, units: frozenset[str] | None, people: Iterable[str]) -> None:
        """Raises NotFound for people who are not of these units (None: of the tenant)."""
        found = await self.office.directory.people(tenant_id, people)
        if not all(one in found and (units is None or found[one].unit_id in units) for one in people):
            raise NotFound()

    def _frame(self, source: report_pb2.OfficeSource, frame: Frame, top: str) -> None:
        source.tenant.CopyFrom(frame.tenant)
        for unit_id, name in paths(frame.units).items():
            source.units[unit_id] = name
        source.scope_name = path(frame.units, top) or frame.tenant.name

    async def _read_days(self, source: report_pb2.OfficeSource, tenant_id: TenantId) -> set[str]:
        """Puts the logs of what was said into the source; who is named in them."""
        known: set[str] = set()
        for date in source.dates:
            if date.start_ms > source.as_of_ms:
                continue
            day = date.date.replace("-", "")
            records = await self.office.store.log(tenant_id, day)
            known.update(record.account_id for record in records)
            gone = await self.deletions.of_day(tenant_id, day)
            source.days.add(
                day=day,
                records=[record.SerializeToString() for record in records],
                deleted_up_to=gone.last_number if gone is not None else 0,
            )
        return known

    async def _read_meetings(
        self, source: report_pb2.OfficeSource, tenant_id: TenantId, meetings: Iterable[MeetingId]
    ) -> set[str]:
        """The same of meetings."""
        known: set[str] = set()
        since_ms = source.dates[0].start_ms - LOOK_BACK_MS
        slots = asyncio.Semaphore(_READS_AT_ONCE)

        async def log_of(meeting_id: MeetingId) -> Sequence[attendance_pb2.AttendanceRecord]:
            async with slots:
                return await self.ledger.records(Outbox(tenant_id, meeting_id), since_ms)

        wanted = sorted(set(meetings))
        for meeting_id, held in zip(wanted, await asyncio.gather(*map(log_of, wanted)), strict=True):
            known.update(record.account_id for record in held)
            deletion = await self.deletions.of(MeetingRef(tenant_id, meeting_id))
            source.meetings.add(
                meeting_id=meeting_id,
                records=[record.SerializeToString() for record in held],
                deleted_up_to=deletion.last_number if deletion is not None else 0,
            )
        return known

    async def _note(self, who: AccountPrincipal, source: report_pb2.OfficeSource, *, as_file: bool) -> None:
        """Whoever is looked at can see it."""
        what = Reading(
            personal_pb2.ACCESS_KIND_OFFICE,
            source.scope.partition(":")[2],
            source.scope_name,
            source.dates[0].date,
            source.dates[-1].date,
            as_file,
        )
        await self.office.accesses.note(who, who.tenant_id, [one.account_id for one in source.people], what)


def _ends_ms(day: Day, source: report_pb2.OfficeSource) -> int:
    """As `ends_ms` has it, of all who said something of the source's last day."""
    said: dict[str, list[Declaration]] = {}
    for log in source.days:
        if log.day == day.key:
            for record in map(office_pb2.OfficeRecord.FromString, log.records):
                said.setdefault(record.account_id, []).append(office_codec.declaration_of(record))
    return max([day.end_ms, *(ends_ms(day, one, source.as_of_ms) for one in said.values())])


def _listed(source: report_pb2.OfficeSource, people: Iterable[Person], known: Collection[str]) -> list[Person]:
    """Those of the people who get a line in the file, as the report worker finds them.

    Whoever has an account gets one. For the others, who are few, it takes their days: what the logs know of somebody
    may lie before or after these.
    """
    end_ms = source.dates[-1].end_ms
    possible = [one for one in people if _has_account(one, end_ms) or one.account_id in known]
    doubtful = [one for one in possible if not _has_account(one, end_ms)]
    if not doubtful:
        return possible
    logs = [since(log, source.dates[0].start_ms) for log in logs_of(source)]
    asked_for = report_pb2.OfficeSource(dates=source.dates, as_of_ms=source.as_of_ms, people=doubtful)
    found = {row.person.account_id for row in sheet_of(asked_for, logs).rows}
    return [one for one in possible if _has_account(one, end_ms) or one.account_id in found]


def _has_account(person: Person, end_ms: int) -> bool:
    return not person.disabled and person.created_at_ms < end_ms
