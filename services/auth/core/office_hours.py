"""When people are expected at work: what makes sense, and what holds for a tenant that never said."""

from __future__ import annotations

import datetime
from typing import Final

from services.common.errors import InvalidField
from services.common.validation import normalise_name
from sipulung.auth.v1.tenant_pb2 import Holiday, OfficeDay, OfficeHours

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
    weekdays: set[int] = set()
    for index, day in enumerate(hours.days):
        where = f"{path}days[{index}]."
        if day.weekday in weekdays:
            raise InvalidField(f"{where}weekday", "at most one entry for each day of the week")
        weekdays.add(day.weekday)
        if day.to_minute <= day.from_minute:
            raise InvalidField(f"{where}to_minute", "must lie after the beginning of the day's hours")
    dates: set[str] = set()
    for index, holiday in enumerate(hours.holidays):
        where = f"{path}holidays[{index}].date"
        try:
            datetime.date.fromisoformat(holiday.date)
        except ValueError:
            raise InvalidField(where, "must be a day of the calendar, as 2026-08-17") from None
        if holiday.date in dates:
            raise InvalidField(where, "at most one holiday on each day")
        dates.add(holiday.date)
    return OfficeHours(
        days=sorted(hours.days, key=lambda day: day.weekday),
        tolerance_minutes=hours.tolerance_minutes,
        holidays=[
            Holiday(date=holiday.date, name=normalise_name(holiday.name))
            for holiday in sorted(hours.holidays, key=lambda holiday: holiday.date)
        ],
    )
