"""Days as a tenant has them: where they begin and end in its zone, their office hours, and which of them are free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from services.common.errors import InvalidField
from services.common.office_changes import FIRST_DAY, LAST_DAY, hours_on
from sipulung.auth.v1 import tenant_pb2

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Day:
    """One day. Times are Unix milliseconds; `from_ms` and `to_ms` are 0 on a day without office hours."""

    date: date
    start_ms: int
    end_ms: int
    from_ms: int = 0
    to_ms: int = 0
    tolerance_ms: int = 0
    holiday: str = ""

    @property
    def free(self) -> bool:
        """Nobody is expected."""
        return self.from_ms == self.to_ms

    @property
    def key(self) -> str:
        """As subjects and keys have it: "20261124"."""
        return self.date.strftime("%Y%m%d")


def local_date(at_ms: int, zone: tzinfo) -> date:
    """The date that people there have at that moment."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).date()


def parsed(text: str, today: date) -> date:
    """A date in ISO 8601; today's for "". Raises InvalidField for one that does not exist."""
    if not text:
        return today
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InvalidField("date", "must be a date of the calendar, like 2026-11-24") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise InvalidField("date", f"must lie between {FIRST_DAY} and {LAST_DAY}")
    return found


def week_of(day: date) -> list[date]:
    """Monday to Sunday (ISO 8601) of the week that the day is in."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def day_of(day: date, zone: tzinfo, hours: tenant_pb2.OfficeHours) -> Day:
    """The day with the office hours that hold on it, which a holiday takes away."""
    start_ms, end_ms = _moment(day, 0, zone), _moment(day, 24 * 60, zone)
    holiday = next((one.name for one in hours.holidays if one.date == day.isoformat()), "")
    held = hours_on(hours, day)
    office = next((one for one in held.days if one.weekday == day.isoweekday()), None)
    if holiday or office is None:
        return Day(day, start_ms, end_ms, holiday=holiday)
    return Day(
        day,
        start_ms,
        end_ms,
        _moment(day, office.from_minute, zone),
        _moment(day, office.to_minute, zone),
        held.tolerance_minutes * _MINUTE_MS,
    )


def _moment(day: date, minute: int, zone: tzinfo) -> int:
    """That many minutes after midnight by the clock on the wall, also on a day on which clocks are changed."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 (the zone comes next)
    return int(wall.replace(tzinfo=zone).timestamp()) * 1000
