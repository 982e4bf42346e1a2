"""What reports are made from and checked against: logs, names and letterhead brought together for the workshop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from zoneinfo import ZoneInfo, available_timezones

from services.common.errors import DeadlineExceeded, InvalidField, NotFound, Unavailable
from services.common.ids import MeetingId, TenantId
from services.common.report_formats import kind_of
from services.common.tenancy import AccountPrincipal, require_account
from services.roster.accesses import Accesses, Reading
from services.roster.core.compose import DELETED, MARGIN_MS, month_bounds, month_days
from services.roster.core.listed import listed
from services.roster.core.meeting import Definition
from services.roster.core.occurrences import spans
from services.roster.core.report_words import words_of
from services.roster.core.units import below, path
from services.roster.deletions import Deletion, Deletions, left
from services.roster.directory import Directory, Frame
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from services.roster.meetings import Meetings
from services.roster.office_exports import OfficeExports
from services.roster.reading import Reader, read_meeting, reader
from services.roster.report_files import File
from services.roster.store import RosterStore
from services.roster.workshop import Tick, Workshop
from sipulung.auth.v1 import tenant_pb2
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, personal_pb2, report_pb2


class Exports:
    """Reports as files, and the proof of them. Raises what its parts raise: NotFound, Unavailable, Throttled, …"""

    def __init__(
        self,
        meetings: Meetings,
        store: RosterStore,
        ledger: Ledger,
        directory: Directory,
        accesses: Accesses,
        deletions: Deletions,
        workshop: Workshop,
        office: OfficeExports,
        default_zone: ZoneInfo,
        now_ms: Callable[[], int],
    ) -> None:
        self._meetings = meetings
        self._store = store
        self._ledger = ledger
        self._directory = directory
        self._accesses = accesses
        self._deletions = deletions
        self._workshop = workshop
        self._office = office
        self._default_zone = default_zone
        self._now_ms = now_ms

    def zone_of(self, tenant: tenant_pb2.Tenant) -> str:
        """The tenant's time zone, the instance's where it has none that is known here."""
        return tenant.time_zone if tenant.time_zone in available_timezones() else self._default_zone.key

    async def of_meeting(self, request: attendance_pb2.ExportAttendanceRequest, tick: Tick) -> File:
        """One occurrence."""
        ref, state = await read_meeting(self._meetings, self._directory, MeetingId(request.meeting_id))
        frame = await self._directory.frame(ref.tenant_id)
        records = await self._ledger.records(Outbox(ref.tenant_id, ref.meeting_id))
        deletion = await self._deletions.of(ref)
        records = left(records, deletion)
        found = spans(records)
        before = deletion.occurrences if deletion is not None else 0
        check_occurrence(request.occurrence, before, len(found))
        if before and not found:
            # The latest is a deleted one: a page says so beside its empty list, of which there is no file.
            raise InvalidField("occurrence", DELETED)
        source = self._source(frame, request.language)
        source.occurrence = request.occurrence or before + len(found)
        source.logs.append(_log(state.definition, (record.SerializeToString() for record in records), deletion))
        accounts = await asyncio.to_thread(listed, source)
        await self._note(accounts, _of_meeting(state.definition, source.occurrence, as_file=True), ref.tenant_id)
        await self._name(source, accounts)
        return await self._made(source, request.format, f"daftar-hadir-{ref.meeting_id}-{source.occurrence}", tick)

    async def of_month(self, request: attendance_pb2.ExportAttendanceRequest, tick: Tick) -> File:
        """All meetings of a month, of the scope that the caller asks for and may read."""
        who = await reader(self._directory)
        frame = await self._directory.frame(who.who.tenant_id)
        source = self._source(frame, request.language)
        source.month = request.month
        source.scope, wanted = _scope(who, frame, request.scope)
        source.scope_name = await self._called(source.scope, who.who, frame, source.language)
        definitions: dict[MeetingId, Definition] = {}

        async def chosen(meeting_ids: set[MeetingId]) -> set[MeetingId]:
            found = [one for one in await self._store.definitions(who.who.tenant_id, meeting_ids) if wanted(one)]
            definitions.update({one.meeting_id: one for one in found})
            return {one.meeting_id for one in found}

        logs = await self._logs(who.who.tenant_id, source.month, source.time_zone, chosen, tick)
        source.logs.extend(_log(definitions[meeting_id], logs[meeting_id]) for meeting_id in sorted(logs))
        accounts = await asyncio.to_thread(listed, source)
        what = _of_month(source.scope, source.scope_name, request.month, as_file=True)
        await self._note(accounts, what, who.who.tenant_id)
        await self._name(source, accounts)
        return await self._made(source, request.format, f"kehadiran-{request.month}", tick)

    async def verify(self, file: bytes) -> attendance_pb2.VerifyReportResponse:
        """Raises NotFound for a report of meetings or people that the caller may not read."""
        proven = await self._workshop.read(file)
        if proven is None or proven.proof.time_zone not in available_timezones():
            return attendance_pb2.VerifyReportResponse(verdict=attendance_pb2.VERDICT_NO_REPORT)
        proof = proven.proof
        if proof.tenant_id not in ("", require_account().tenant_id):
            # One that is made of no log names nothing else that is the tenant's.
            raise NotFound()
        if proof.HasField("office"):
            return await self._office.verify(file, proven)
        who = await reader(self._directory)
        tenant_id = who.who.tenant_id
        frame = await self._directory.frame(tenant_id)
        stated = [MeetingId(log.meeting_id) for log in proof.logs]
        definitions = {one.meeting_id: one for one in await self._store.definitions(tenant_id, stated)}
        if len(definitions) < len(set(stated)) or not all(who.may_read(one) for one in definitions.values()):
            raise NotFound()
        source = self._source(frame, proof.language)
        source.time_zone, source.as_of_ms = proof.time_zone, proof.as_of_ms
        source.occurrence, source.month, source.scope = proof.occurrence, proof.month, proof.scope
        if proof.month:

            async def stated_there(meeting_ids: set[MeetingId]) -> set[MeetingId]:
                return meeting_ids & definitions.keys()

            logs = await self._logs(tenant_id, proof.month, proof.time_zone, stated_there, lambda _: None)
        else:
            (meeting_id,) = stated
            records = await self._ledger.records(Outbox(tenant_id, meeting_id))
            records = left(records, await self._deletions.of(MeetingRef(tenant_id, meeting_id)))
            logs = {meeting_id: [record.SerializeToString() for record in records]}
        for meeting_id in dict.fromkeys(stated):
            deletion = await self._deletions.of(MeetingRef(tenant_id, meeting_id))
            source.logs.append(_log(definitions[meeting_id], logs.get(meeting_id, ()), deletion))
        if proof.month:
            # Only of a sealed file is it sure that its scope is what it was made from.
            genuine = proven.seal == attendance_pb2.SEAL_STATE_GENUINE
            scope = proof.scope if genuine else _widest(who)
            called = await self._called(scope, who.who, frame, source.language)
            what = _of_month(scope, called, proof.month, as_file=False)
        else:
            what = _of_meeting(definitions[stated[0]], proof.occurrence, as_file=False)
        ends = {log.meeting_id: log.last for log in proof.logs}
        await self._note(await asyncio.to_thread(listed, source, ends), what, tenant_id)
        return await self._workshop.check(file, source)

    def _source(self, frame: Frame, language: str) -> report_pb2.ReportSource:
        return report_pb2.ReportSource(
            language=language or ("en" if frame.tenant.language == "en" else "id"),
            time_zone=self.zone_of(frame.tenant),
            as_of_ms=self._now_ms(),
            tenant=frame.tenant,
            units=frame.units,
        )

    async def _called(self, scope: str, who: AccountPrincipal, frame: Frame, language: str) -> str:
        """What a scope is called in a file of that language."""
        w = words_of(language)
        kind, _, of = scope.partition(":")
        if kind == "unit":
            return path(frame.units, of)
        if kind == "tenant":
            return w.tenant
        if of == who.account_id:
            return f"{w.own}: {who.name}"
        people = await self._directory.people(who.tenant_id, [of])
        return f"{w.own}: {people[of].name}" if of in people else w.own

    async def _logs(
        self,
        tenant_id: TenantId,
        month: str,
        zone: str,
        wanted: Callable[[set[MeetingId]], Awaitable[set[MeetingId]]],
        tick: Tick,
    ) -> dict[MeetingId, list[bytes]]:
        begin_ms, end_ms = month_bounds(month, ZoneInfo(zone))
        waiting = [box for box in await self._store.waiting(tenant_id) if box.meeting_id is not None]

        def read(done: int, total: int) -> None:
            tick(attendance_pb2.ExportProgress(step=attendance_pb2.EXPORT_STEP_READING, done=done, total=total))

        return await self._ledger.month(tenant_id, begin_ms - MARGIN_MS, end_ms + MARGIN_MS, waiting, wanted, read)

    async def _name(self, source: report_pb2.ReportSource, accounts: Iterable[str]) -> None:
        people = await self._directory.people(source.tenant.tenant_id, accounts)
        source.people.extend(people.values())

    async def _note(self, accounts: Iterable[str], what: Reading, tenant_id: TenantId) -> None:
        who = await reader(self._directory)
        await self._accesses.note(who.who, tenant_id, accounts, what)

    async def _made(
        self,
        source: report_pb2.ReportSource,
        file_format: attendance_pb2.ReportFormat.ValueType,
        name: str,
        tick: Tick,
    ) -> File:
        kind = kind_of(file_format)
        data, meetings = await self._workshop.make(source, file_format, tick)
        return File(f"{name}.{kind.suffix}", kind.media_type, data, meetings)


async def people_of(
    directory: Directory, tenant_id: TenantId, accounts: Iterable[str]
) -> tuple[Frame | None, dict[str, tuple[str, str]]]:
    """NIP and unit by account for a page, which does without them while auth is away."""
    try:
        frame = await directory.frame(tenant_id)
        people = await directory.people(tenant_id, accounts)
    except (NotFound, Unavailable, DeadlineExceeded):
        return None, {}
    return frame, {key: (one.nip, path(frame.units, one.unit_id)) for key, one in people.items()}


def check_occurrence(asked: int, deleted: int, held: int) -> None:
    """Of a meeting with so many, of which retention deleted the first. Raises InvalidField."""
    if 0 < asked <= deleted:
        raise InvalidField("occurrence", DELETED)
    if asked > deleted + held:
        allowed = f"{deleted + 1} to {deleted + held}, or 0 for the latest" if held else "0: there is none"
        raise InvalidField("occurrence", f"must be {allowed}")


def _log(definition: Definition, records: Iterable[bytes], deletion: Deletion | None = None) -> report_pb2.MeetingLog:
    return report_pb2.MeetingLog(
        meeting_id=definition.meeting_id,
        title=definition.title,
        owner_name=definition.owner_name,
        records=records,
        deleted_up_to=deletion.last_number if deletion is not None else 0,
        deleted_occurrences=deletion.occurrences if deletion is not None else 0,
    )


def _scope(
    who: Reader, frame: Frame, asked: attendance_pb2.ReportScope.ValueType
) -> tuple[str, Callable[[Definition], bool]]:
    """How it is written in the proof, and which meetings it holds."""
    account = who.who
    if asked in (attendance_pb2.REPORT_SCOPE_UNSPECIFIED, attendance_pb2.REPORT_SCOPE_OWN):
        return f"own:{account.account_id}", lambda one: one.owner_account_id == account.account_id
    if asked == attendance_pb2.REPORT_SCOPE_TENANT:
        if who.units is not None:
            raise InvalidField("scope", "those of the whole tenant are for its admins: allowed are own and unit")
        return "tenant", lambda _: True
    if account.role < common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT or not account.unit_id:
        raise InvalidField("scope", "meetings of a unit are for those who head one: allowed is own")
    units = below(frame.units, account.unit_id)
    return f"unit:{account.unit_id}", lambda one: one.owner_unit_id in units


def _widest(who: Reader) -> str:
    """The scope of all that somebody may read."""
    if who.units is None:
        return "tenant"
    return f"unit:{who.who.unit_id}" if who.units else f"own:{who.who.account_id}"


def _of_meeting(definition: Definition, occurrence: int, *, as_file: bool) -> Reading:
    kind = personal_pb2.ACCESS_KIND_MEETING
    return Reading(kind, definition.meeting_id, definition.title, as_file=as_file, occurrence=occurrence)


def _of_month(scope: str, called: str, month: str, *, as_file: bool) -> Reading:
    kind, _, object_id = scope.partition(":")
    return Reading(
        personal_pb2.ACCESS_KIND_MEETINGS, object_id, called, *month_days(month), as_file=as_file, owned=kind == "own"
    )
