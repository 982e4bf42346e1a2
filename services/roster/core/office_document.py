"""A unit's office hours as a document: what all formats of a file share.

Of a week there are two tables: sums by person, which are printed, and a line for each person and day, which a file
with one table holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from services.roster.core.document import Cell, Column, Document, Kind, Table, local, spaced_nip, zone_label
from services.roster.core.office_words import OfficeWords, office_words
from services.roster.core.report_words import day, moment, words_of
from sipulung.roster.v1 import office_pb2, report_pb2


def office_document(report: report_pb2.OfficeReport, zone: tzinfo) -> Document:
    """Of the day or the week that the report holds."""
    w = office_words(report.language)
    dates, as_of_ms = _dates(report)
    names = words_of(report.language)
    label = zone_label(zone, dates[0].start_ms)
    days = [day(local(date.start_ms, zone), names) for date in dates]
    facts = [
        (w.scope, report.scope_name),
        (w.date, days[0]) if len(days) == 1 else (w.week, f"{days[0]} {w.to} {days[-1]}"),
    ]
    if len(dates) == 1:
        facts.append((w.hours, _hours(dates[0], zone, label, w)))
    facts.append((w.made, moment(local(as_of_ms, zone), names, label)))
    logs = {log.date: log for log in report.logs}
    for date, written in zip(dates, days, strict=True):
        facts.append((w.log if len(dates) == 1 else f"{w.log}, {written}", _log(logs.get(date.date), w)))
    tables = [_sums(report, w), _days(report, w, label)] if report.HasField("week") else [_day(report, w, label)]
    facts.insert(3 if len(dates) == 1 else 2, (w.people, str(len(tables[0].rows))))
    return Document(w.title, tuple(facts), tuple(tables), zone)


def _dates(report: report_pb2.OfficeReport) -> tuple[Sequence[office_pb2.OfficeDate], int]:
    if report.HasField("week"):
        return report.week.dates, report.week.as_of_ms
    return [report.day.date], report.day.as_of_ms


def _hours(date: office_pb2.OfficeDate, zone: tzinfo, label: str, w: OfficeWords) -> str:
    if date.from_ms == date.to_ms:
        return date.holiday or w.free
    begin, end = (local(at_ms, zone).strftime("%H.%M") for at_ms in (date.from_ms, date.to_ms))
    return f"{begin}–{end} {label}, {w.tolerance.format(date.tolerance_minutes)}"


def _log(log: report_pb2.OfficeLog | None, w: OfficeWords) -> str:
    if log is None or not log.records:
        return w.no_log
    return f"{log.head.hex()} ({log.records}, {w.intact if log.intact else w.broken})"


def _who(w: OfficeWords) -> tuple[Column, ...]:
    return (
        Column("number", w.number, Kind.COUNT),
        Column("name", w.name),
        Column("nip", w.nip),
        Column("unit", w.unit),
    )


def _person(number: int, person: office_pb2.OfficePerson, units: Mapping[str, str]) -> tuple[Cell, ...]:
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


def _cells(one: office_pb2.OfficeDay, over: bool, w: OfficeWords) -> tuple[Cell, ...]:
    known = w.statuses.get(one.status, "")
    return (
        w.no_record if over and one.status == office_pb2.OFFICE_STATUS_NONE else known,
        one.first_ms,
        one.late_ms,
        one.done_ms,
        one.inside_ms,
        one.outside_ms,
        one.breaks,
        one.break_ms,
        len(one.meetings),
        w.not_closed if one.not_closed else "",
    )


def _day(report: report_pb2.OfficeReport, w: OfficeWords, label: str) -> Table:
    told = report.day
    over = told.as_of_ms >= told.date.end_ms
    rows = [
        (*_person(number, one.person, report.units), *_cells(one.day, over, w))
        for number, one in enumerate(told.people, 1)
    ]
    return Table("office_day", w.title, (*_who(w), *_facts(w, label)), tuple(rows))


def _days(report: report_pb2.OfficeReport, w: OfficeWords, label: str) -> Table:
    """The days that have come, of everybody."""
    told = report.week
    rows: list[tuple[Cell, ...]] = []
    for one in told.people:
        for date, mine in zip(told.dates, one.days, strict=True):
            if date.start_ms <= told.as_of_ms:
                over = told.as_of_ms >= date.end_ms
                number, *who = _person(len(rows) + 1, one.person, report.units)
                rows.append((number, *who, date.date, *_cells(mine, over, w)))
    return Table("office_days", w.days, (*_who(w), Column("date", w.date), *_facts(w, label)), tuple(rows))


def _sums(report: report_pb2.OfficeReport, w: OfficeWords) -> Table:
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
    rows = [
        (
            *_person(number, one.person, report.units),
            one.days_present,
            one.days_late,
            one.late_ms,
            one.inside_ms,
            one.outside_ms,
            one.present_ms,
            one.breaks,
            one.break_ms,
            one.meetings,
            one.days_not_closed,
        )
        for number, one in enumerate(report.week.people, 1)
    ]
    return Table("office_week", w.sums, columns, tuple(rows))
