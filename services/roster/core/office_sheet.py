"""From logs to the days of everybody in a list: what a file of office hours says, before it is put into words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.roster.core.meeting_times import MeetingTimes, times_by_account
from services.roster.core.office import PersonDay, person_day
from services.roster.core.office_calendar import Day
from services.roster.core.office_logs import OfficeLog
from services.roster.core.office_states import Declaration
from sipulung.auth.v1 import directory_pb2
from sipulung.roster.v1 import office_pb2, report_pb2

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """Somebody, with as many days as the sheet has."""

    person: directory_pb2.Person
    days: tuple[PersonDay, ...]


@dataclass(frozen=True, slots=True)
class OfficeSheet:
    dates: tuple[Day, ...]
    rows: tuple[OfficeRow, ...]


def sheet_of(source: report_pb2.OfficeSource, logs: Iterable[OfficeLog], *, everybody: bool = False) -> OfficeSheet:
    """What the logs give for the source's dates; `everybody`: also who belongs into no list."""
    said: dict[str, dict[str, list[Declaration]]] = {}
    attended: dict[str, list[tuple[str, MeetingTimes]]] = {}
    for log in logs:
        for record in sorted({one.number: one for one in log.days}.values(), key=lambda one: one.number):
            declaration = Declaration(record.state, record.at_ms, record.note, record.client_id)
            said.setdefault(log.name, {}).setdefault(record.account_id, []).append(declaration)
        for account_id, times in times_by_account(log.meetings).items():
            attended.setdefault(account_id, []).append((log.name, times))
    dates = tuple(_day(one) for one in source.dates)
    rows = []
    for person in source.people:
        mine = attended.get(person.account_id, [])
        days = tuple(
            person_day(day, said.get(day.key, {}).get(person.account_id, ()), mine, source.as_of_ms) for day in dates
        )
        if everybody or listed(person, list(zip(dates, days, strict=True))):
            rows.append(OfficeRow(person, days))
    return OfficeSheet(dates, tuple(rows))


def listed(person: directory_pb2.Person, days: Sequence[tuple[Day, PersonDay]]) -> bool:
    """Whether somebody belongs into a list: who had an account then and has it still, and who is known anyway."""
    if any(mine.known for _, mine in days):
        return True
    return not person.disabled and person.created_at_ms < days[-1][0].end_ms


def _day(one: office_pb2.OfficeDate) -> Day:
    return Day(
        date.fromisoformat(one.date),
        one.start_ms,
        one.end_ms,
        one.from_ms,
        one.to_ms,
        one.tolerance_minutes * _MINUTE_MS,
        one.holiday,
    )
