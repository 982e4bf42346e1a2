"""From logs to the document of a report: of one occurrence of a meeting, or of all meetings of a month."""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from services.common import record_chain as chain
from services.common.errors import InvalidField
from services.roster.core.document import (
    Column,
    Document,
    Kind,
    Table,
    local,
    spaced_meeting_id,
    spaced_nip,
    zone_label,
)
from services.roster.core.log_proof import log_proof
from services.roster.core.occurrences import Record, Span, spans
from services.roster.core.report import Line, Report, report, report_of
from services.roster.core.report_words import ReportWords, moment, words_of
from services.roster.core.units import paths
from sipulung.roster.v1 import attendance_pb2, report_pb2

# Records are read by when they were stored. They wait for JetStream while NATS is away: for less than this. What was
# stored later than this after a month is not in its report.
MARGIN_MS = 2 * 24 * 3600 * 1000
# Of an occurrence that retention has deleted.
DELETED = "was deleted when its time was over"


@dataclass(frozen=True, slots=True)
class MeetingLog:
    """What is known of a meeting: its records from the first or from some later one on."""

    meeting_id: str
    title: str
    owner_name: str
    records: tuple[Record, ...]
    # What retention deleted from its beginning: up to that number, so many occurrences.
    deleted_up_to: int = 0
    deleted_occurrences: int = 0

    @property
    def intact(self) -> bool:
        """Whether they are all there as they were sealed, from the first that is known on."""
        return not self.records or chain.linked(self.records)

    @property
    def begins(self) -> bool:
        """Whether it begins where the log does."""
        return not self.records or self.records[0].number in (1, self.deleted_up_to + 1)


@dataclass(frozen=True)
class Setting:
    """All but the logs that a document follows from."""

    source: report_pb2.ReportSource
    zone: ZoneInfo = field(init=False)
    w: ReportWords = field(init=False)
    unit_paths: dict[str, str] = field(init=False)
    people: dict[str, tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        at = object.__setattr__
        at(self, "zone", ZoneInfo(self.source.time_zone))
        at(self, "w", words_of(self.source.language))
        at(self, "unit_paths", paths(self.source.units))
        people = {
            one.account_id: (spaced_nip(one.nip), self.unit_paths.get(one.unit_id, "")) for one in self.source.people
        }
        at(self, "people", people)

    def of(self, account_id: str) -> tuple[str, str]:
        """NIP and unit."""
        return self.people.get(account_id, ("", ""))

    def when(self, at_ms: int) -> str:
        """In words."""
        return moment(local(at_ms, self.zone), self.w, zone_label(self.zone, at_ms))


def meeting_logs(source: report_pb2.ReportSource) -> tuple[MeetingLog, ...]:
    """Those of the source, with their records by number."""
    return tuple(
        MeetingLog(
            log.meeting_id,
            log.title,
            log.owner_name,
            tuple(attendance_pb2.AttendanceRecord.FromString(data) for data in log.records),
            log.deleted_up_to,
            log.deleted_occurrences,
        )
        for log in source.logs
    )


def proofs(logs: Sequence[MeetingLog]) -> list[report_pb2.LogProof]:
    """What a file says of the logs that it was made from."""
    return [log_proof(log.meeting_id, log.records) for log in logs]


def common_head(logs: Sequence[report_pb2.LogProof]) -> str:
    """The head of one log, or one hash over the heads of several."""
    if len(logs) == 1:
        return logs[0].head
    return hashlib.sha256(" ".join(log.head for log in logs).encode()).hexdigest()


def compose(source: report_pb2.ReportSource, logs: Sequence[MeetingLog], tick: Callable[[int], None]) -> Document:
    """The document. `tick` is told how many logs are done. Raises InvalidField for an occurrence that there is not."""
    setting = Setting(source)
    if source.month:
        return _month(setting, logs, tick)
    return _meeting(setting, logs[0])


def month_bounds(month: str, zone: ZoneInfo) -> tuple[int, int]:
    """When "2026-11" begins and ends there, in Unix milliseconds."""
    year, number = (int(part) for part in month.split("-"))
    begin = datetime(year, number, 1, tzinfo=zone)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone)
    return int(begin.timestamp() * 1000), int(end.timestamp() * 1000)


def month_days(month: str) -> tuple[str, str]:
    """The first and the last day of "2026-11", ISO 8601."""
    year, number = (int(part) for part in month.split("-"))
    return f"{month}-01", f"{month}-{monthrange(year, number)[1]}"


def _meeting(setting: Setting, log: MeetingLog) -> Document:
    w, source = setting.w, setting.source
    # Occurrences that retention deleted keep their numbers.
    place = source.occurrence - log.deleted_occurrences
    if source.occurrence and place < 1:
        raise InvalidField("occurrence", DELETED)
    told = report(log.records, source.as_of_ms, place if source.occurrence else 0)
    label = zone_label(setting.zone, told.started_at_ms or source.as_of_ms)
    (proof,) = proofs([log])
    facts = (
        (w.attendance, log.title),
        (w.meeting_id, spaced_meeting_id(log.meeting_id)),
        (w.occurrence, str(source.occurrence or "-")),
        (w.host, log.owner_name),
        (w.started, setting.when(told.started_at_ms) if told.started_at_ms else w.nobody),
        (w.ended, setting.when(told.ended_at_ms) if told.ended_at_ms else w.running if told.started_at_ms else ""),
        (w.made, setting.when(source.as_of_ms)),
        (w.log, f"{len(log.records)}, {w.intact if log.intact and log.begins else w.broken}"),
        (w.head, proof.head),
    )
    rows = tuple(_row(setting, number, line) for number, line in enumerate(told.lines, 1))
    return Document(w.attendance, facts, (Table("lines", w.attendance, _columns(w, label), rows),), setting.zone)


def _columns(w: ReportWords, label: str) -> tuple[Column, ...]:
    return (
        Column("number", w.number, Kind.COUNT),
        Column("name", w.name),
        Column("nip", w.nip, from_log=False),
        Column("unit", w.unit, from_log=False),
        Column("first_join", f"{w.first_join} ({label})", Kind.MOMENT),
        Column("last_leave", f"{w.last_leave} ({label})", Kind.MOMENT),
        Column("present", w.present, Kind.DURATION),
        Column("rejoins", w.rejoins, Kind.COUNT),
        Column("lost", w.lost, Kind.COUNT),
        Column("state", w.state),
        Column("kind", w.kind),
    )


def _row(setting: Setting, number: int, line: Line) -> tuple[str | int, ...]:
    w = setting.w
    nip, unit = setting.of(line.account_id)
    return (
        number,
        line.name,
        nip,
        unit,
        line.first_join_ms,
        line.last_leave_ms,
        line.present_ms,
        line.rejoins,
        line.lost,
        w.states.get(line.reason, ""),
        w.account if line.account_id else w.guest,
    )


@dataclass(slots=True)
class _Total:
    """Somebody in a month: an account, or all guests of one name."""

    name: str
    account_id: str
    # The numbers of those that they were in: one who came with two devices has two lines of the same.
    meetings: set[int] = field(default_factory=set)
    present_ms: int = 0


def _month(setting: Setting, logs: Sequence[MeetingLog], tick: Callable[[int], None]) -> Document:
    w, source = setting.w, setting.source
    begin_ms, end_ms = month_bounds(source.month, setting.zone)
    # What goes on counts for as long as its end would have been read: nothing is known of it after that.
    until_ms = min(source.as_of_ms, end_ms + MARGIN_MS)
    held: list[tuple[MeetingLog, Span, Report]] = []
    broken: set[str] = set()
    for done, log in enumerate(logs, 1):
        if not log.intact:
            broken.add(log.meeting_id)
        held += [(log, span, report_of(span, until_ms)) for span in within(log, begin_ms, end_ms)]
        tick(done)
    held.sort(key=lambda one: (one[1].started_at_ms, one[0].meeting_id))
    totals: dict[tuple[str, str], _Total] = {}
    meetings: list[tuple[str | int, ...]] = []
    lines: list[tuple[str | int, ...]] = []
    for number, (log, span, told) in enumerate(held, 1):
        for line in told.lines:
            key = (line.account_id, "" if line.account_id else line.name.casefold())
            total = totals.setdefault(key, _Total(line.name, line.account_id))
            total.meetings.add(number)
            total.present_ms += line.present_ms
            lines.append(
                (spaced_meeting_id(log.meeting_id), log.title, span.started_at_ms, *_row(setting, len(lines) + 1, line))
            )
        meetings.append(
            (
                number,
                spaced_meeting_id(log.meeting_id),
                log.title,
                log.owner_name,
                span.started_at_ms,
                span.ended_at_ms,
                len(told.lines),
                sum(line.present_ms for line in told.lines),
                w.broken if log.meeting_id in broken else w.intact,
            )
        )
    everybody = sorted(totals.values(), key=lambda total: (total.name.casefold(), total.account_id))
    people = [
        (
            number,
            total.name,
            *setting.of(total.account_id),
            w.account if total.account_id else w.guest,
            len(total.meetings),
            total.present_ms,
        )
        for number, total in enumerate(everybody, 1)
    ]
    label = zone_label(setting.zone, begin_ms)
    evidence = proofs(logs)
    facts = (
        (w.month_title, source.tenant.name),
        (w.month, _month_name(source.month, w)),
        (w.scope, source.scope_name),
        (w.made, setting.when(source.as_of_ms)),
        (w.meetings, str(len(meetings))),
        (w.people, str(len(people))),
        (w.log, f"{sum(len(log.records) for log in logs)}, {w.broken if broken else w.intact}"),
        (w.head, common_head(evidence)),
    )
    tables = (
        Table("people", w.people, _people_columns(w), tuple(people)),
        Table("meetings", w.meetings, _meeting_columns(w, label), tuple(meetings)),
        Table("lines", w.lines, _line_columns(w, label), tuple(lines)),
    )
    return Document(w.month_title, facts, tables, setting.zone)


def within(log: MeetingLog, begin_ms: int, end_ms: int) -> list[Span]:
    """The occurrences that began in the month."""
    found = spans(log.records)
    if found and found[0].records[0].number > 1:
        begins = (one.kind == attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED for one in found[0].records)
        # The records begin in the middle of an occurrence that began before the month.
        if not any(begins):
            found = found[1:]
    return [span for span in found if begin_ms <= span.started_at_ms < end_ms]


def _month_name(month: str, w: ReportWords) -> str:
    year, number = month.split("-")
    return f"{w.months[int(number) - 1]} {year}"


def _people_columns(w: ReportWords) -> tuple[Column, ...]:
    return (
        Column("number", w.number, Kind.COUNT),
        Column("name", w.name),
        Column("nip", w.nip, from_log=False),
        Column("unit", w.unit, from_log=False),
        Column("kind", w.kind),
        Column("attended", w.attended, Kind.COUNT),
        Column("present", w.present, Kind.DURATION),
    )


def _meeting_columns(w: ReportWords, label: str) -> tuple[Column, ...]:
    return (
        Column("number", w.number, Kind.COUNT),
        Column("meeting_id", w.meeting_id),
        Column("title", w.meeting, from_log=False),
        Column("host", w.host, from_log=False),
        Column("started", f"{w.started} ({label})", Kind.MOMENT),
        Column("ended", f"{w.ended} ({label})", Kind.MOMENT),
        Column("people", w.people, Kind.COUNT),
        Column("present", w.present, Kind.DURATION),
        Column("log", w.log),
    )


def _line_columns(w: ReportWords, label: str) -> tuple[Column, ...]:
    return (
        Column("meeting_id", w.meeting_id),
        Column("title", w.meeting, from_log=False),
        Column("started", f"{w.started} ({label})", Kind.MOMENT),
        *_columns(w, label),
    )


def until(log: MeetingLog, last: int) -> MeetingLog:
    """The same log as it was when `last` was its last record."""
    return replace(log, records=tuple(one for one in log.records if one.number <= last))
