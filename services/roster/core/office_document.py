"""A unit's office hours as a document: what all formats of a file share.

Of a week there are two tables: sums by person, which are printed, and a line for each person and day, which a file
with one table holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from services.roster.core.compose import common_head
from services.roster.core.document import Cell, Column, Document, Kind, Table, local, spaced_nip, zone_label
from services.roster.core.office import PersonDay, summed
from services.roster.core.office_calendar import Day
from services.roster.core.office_logs import OfficeLog, proofs
from services.roster.core.office_sheet import OfficeSheet
from services.roster.core.office_words import OfficeWords, office_words
from services.roster.core.report_words import day, moment, words_of
from sipulung.auth.v1 import directory_pb2
from sipulung.roster.v1 import office_pb2, report_pb2


def office_document(report: report_pb2.OfficeSource, sheet: OfficeSheet, logs: Sequence[OfficeLog]) -> Document:
    """Of the day or the week that the sheet holds, which was made from these logs."""
    w, names, zone = office_words(report.language), words_of(report.language), ZoneInfo(report.time_zone)
    label = zone_label(zone, sheet.dates[0].start_ms)
    first, last = (day(local(sheet.dates[place].start_ms, zone), names) for place in (0, -1))
    facts = [(w.scope, report.scope_name)]
    if report.week:
        facts.append((w.week, f"{first} {w.to} {last}"))
    else:
        facts += [(w.date, first), (w.hours, _hours(sheet.dates[0], zone, label, w))]
    facts += [
        (w.people, str(len(sheet.rows))),
        (w.made, moment(local(report.as_of_ms, zone), names, label)),
        (w.log, _log([log for log in logs if log.of_day], w)),
        (w.meeting_log, _log([log for log in logs if not log.of_day], w)),
        (w.head, common_head(proofs(logs)) or "-"),
    ]
    tables = (
        [_sums(report, sheet, w), _days(report, sheet, w, label)] if report.week else [_day(report, sheet, w, label)]
    )
    return Document(w.title, tuple(facts), tuple(tables), zone)


def _hours(date: Day, zone: ZoneInfo, label: str, w: OfficeWords) -> str:
    if date.free:
        return date.holiday or w.free
    begin, end = (local(at_ms, zone).strftime("%H.%M") for at_ms in (date.from_ms, date.to_ms))
    return f"{begin}–{end} {label}, {w.tolerance.format(date.tolerance_ms // 60_000)}"


def _log(logs: Sequence[OfficeLog], w: OfficeWords) -> str:
    records = sum(len(log.records) for log in logs)
    if not records:
        return w.no_log
    return f"{records}, {w.intact if all(log.intact for log in logs) else w.broken}"


def _who(w: OfficeWords) -> tuple[Column, ...]:
    return (
        Column("number", w.number, Kind.COUNT),
        Column("name", w.name, from_log=False),
        Column("nip", w.nip, from_log=False),
        Column("unit", w.unit, from_log=False),
    )


def _person(number: int, person: directory_pb2.Person, units: Mapping[str, str]) -> tuple[Cell, ...]:
    return number, person.name, spaced_nip(person.nip), units.get(person.unit_id, "")


def _facts(w: OfficeWords, label: str) -> tuple[Column, ...]:
    return (
        Column("status", w.status),
        Column("first", f"{w.first} ({label})", Kind.MOMENT),
        Column("late", w.late, Kind.DURATION),
        Column("done", f"{w.done} ({label})", Kind.MOMENT),
        Column("inside", w.inside, Kind.DURATION),
        Column("outside", w.outside, Kind.DURATION),
        Column("breaks", w.breaks, Kind.COUNT),
        Column("break_time", w.break_time, Kind.DURATION),
        Column("meetings", w.meetings, Kind.COUNT),
        Column("remark", w.remark),
    )


def _status(one: PersonDay, date: Day, over: bool, w: OfficeWords) -> str:
    if one.status != office_pb2.OFFICE_STATUS_NONE:
        return w.statuses.get(one.status, "")
    # Nobody was missing on a day on which nobody had to come.
    if date.free:
        return date.holiday or w.free
    return w.no_record if over else w.statuses.get(one.status, "")


def _cells(one: PersonDay, date: Day, over: bool, w: OfficeWords) -> tuple[Cell, ...]:
    return (
        _status(one, date, over, w),
        one.first_ms,
        one.late_ms,
        one.done_ms,
        one.inside_ms,
        one.outside_ms,
        len(one.breaks),
        one.break_ms,
        len(one.meetings),
        _remark(one, date, w),
    )


def _remark(one: PersonDay, date: Day, w: OfficeWords) -> str:
    if one.not_closed:
        return w.not_closed
    return w.after_midnight if one.done_ms > date.end_ms else ""


def _day(report: report_pb2.OfficeSource, sheet: OfficeSheet, w: OfficeWords, label: str) -> Table:
    over = report.as_of_ms >= sheet.dates[0].end_ms
    rows = [
        (*_person(number, one.person, report.units), *_cells(one.days[0], sheet.dates[0], over, w))
        for number, one in enumerate(sheet.rows, 1)
    ]
    return Table("office_day", w.title, (*_who(w), *_facts(w, label)), tuple(rows))


def _days(report: report_pb2.OfficeSource, sheet: OfficeSheet, w: OfficeWords, label: str) -> Table:
    """The days that have come, of everybody."""
    rows: list[tuple[Cell, ...]] = []
    for one in sheet.rows:
        for date, mine in zip(sheet.dates, one.days, strict=True):
            if date.start_ms <= report.as_of_ms:
                over = report.as_of_ms >= date.end_ms
                number, *who = _person(len(rows) + 1, one.person, report.units)
                rows.append((number, *who, date.date.isoformat(), *_cells(mine, date, over, w)))
    return Table("office_days", w.days, (*_who(w), Column("date", w.date), *_facts(w, label)), tuple(rows))


def _sums(report: report_pb2.OfficeSource, sheet: OfficeSheet, w: OfficeWords) -> Table:
    columns = (
        *_who(w),
        Column("days_present", w.days_present, Kind.COUNT),
        Column("days_late", w.days_late, Kind.COUNT),
        Column("late", w.late, Kind.DURATION),
        Column("inside", w.inside, Kind.DURATION),
        Column("outside", w.outside, Kind.DURATION),
        Column("present", w.present, Kind.DURATION),
        Column("breaks", w.breaks, Kind.COUNT),
        Column("break_time", w.break_time, Kind.DURATION),
        Column("meetings", w.meetings, Kind.COUNT),
        Column("days_not_closed", w.days_not_closed, Kind.COUNT),
    )
    rows = []
    for number, one in enumerate(sheet.rows, 1):
        sums = summed(one.days)
        rows.append(
            (
                *_person(number, one.person, report.units),
                sums.days_present,
                sums.days_late,
                sums.late_ms,
                sums.inside_ms,
                sums.outside_ms,
                sums.present_ms,
                sums.breaks,
                sums.break_ms,
                sums.meetings,
                sums.days_not_closed,
            )
        )
    return Table("office_week", w.sums, columns, tuple(rows))
