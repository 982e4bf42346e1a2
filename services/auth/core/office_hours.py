"""When people are expected at work: what makes sense, and what holds for a tenant that never said."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from services.common.errors import InvalidField
from services.common.office_changes import FIRST_DAY, LAST_DAY
from services.common.validation import normalise_name
from sipulung.auth.v1.tenant_pb2 import Holiday, OfficeChange, OfficeDay, OfficeHours

# Perpres 21/2023: 37.5 hours a week without the break, in five days that begin at 07:30 local time.
_DEFAULT_DAYS: Final = (1, 2, 3, 4, 5)
_DEFAULT_FROM: Final = 7 * 60 + 30
_DEFAULT_TO: Final = 16 * 60


def default_hours() -> OfficeHours:
    """Monday to Friday, 07:30 to 16:00, no tolerance, no holidays."""
    return OfficeHours(
        days=[OfficeDay(weekday=day, from_minute=_DEFAULT_FROM, to_minute=_DEFAULT_TO) for day in _DEFAULT_DAYS]
    )


def checked_hours(hours: OfficeHours, path: str = "office_hours.") -> OfficeHours:
    """The same in order, names normalised. Raises InvalidField with the path of the field.

    Fields are within their limits already (`validate`).
    """
    return OfficeHours(
        days=_days(hours.days, path),
        tolerance_minutes=hours.tolerance_minutes,
        holidays=_holidays(hours.holidays, path),
        changes=_changes(hours.changes, path),
    )


def _days(days: Sequence[OfficeDay], path: str) -> list[OfficeDay]:
    weekdays: set[int] = set()
    for index, day in enumerate(days):
        where = f"{path}days[{index}]."
        if day.weekday in weekdays:
            raise InvalidField(f"{where}weekday", "at most one entry for each day of the week")
        weekdays.add(day.weekday)
        if day.to_minute <= day.from_minute:
            raise InvalidField(f"{where}to_minute", "must lie after the beginning of the day's hours")
    return sorted(days, key=lambda day: day.weekday)


def _changes(changes: Sequence[OfficeChange], path: str) -> list[OfficeChange]:
    dates: set[str] = set()
    checked: list[OfficeChange] = []
    for index, change in enumerate(changes):
        inner = f"{path}changes[{index}]."
        where = f"{inner}from_date"
        date = _date(change.from_date, where, "2027-02-08")
        if not FIRST_DAY <= date <= LAST_DAY:
            raise InvalidField(where, f"must lie between {FIRST_DAY} and {LAST_DAY}")
        if change.from_date in dates:
            raise InvalidField(where, "at most one change on each day")
        dates.add(change.from_date)
        checked.append(
            OfficeChange(
                from_date=change.from_date, days=_days(change.days, inner), tolerance_minutes=change.tolerance_minutes
            )
        )
    return sorted(checked, key=lambda change: change.from_date)


def _holidays(holidays: Sequence[Holiday], path: str) -> list[Holiday]:
    dates: set[str] = set()
    for index, holiday in enumerate(holidays):
        where = f"{path}holidays[{index}].date"
        _date(holiday.date, where, "2026-08-17")
        if holiday.date in dates:
            raise InvalidField(where, "at most one holiday on each day")
        dates.add(holiday.date)
    return [
        Holiday(date=holiday.date, name=normalise_name(holiday.name))
        for holiday in sorted(holidays, key=lambda holiday: holiday.date)
    ]


def _date(text: str, where: str, example: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InvalidField(where, f"must be a day of the calendar, as {example}") from None
