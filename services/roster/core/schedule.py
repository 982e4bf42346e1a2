"""When a meeting takes place: the days of a schedule, and the moments that follow from them in its time zone.

A wall time that the zone leaves out or has twice (daylight saving) is taken with the offset before the change, as
RFC 5545 section 3.3.5 does. Times are Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.common.errors import InvalidField

MINUTE_MS = 60_000
# An occurrence that everybody has left is kept open so long after its planned end, for one that runs over.
LINGER_MS = 30 * MINUTE_MS
# Of a tenant that has not set its office hours.
USUAL_WORKDAYS = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True, slots=True)
class Calendar:
    """A tenant's office days (ISO: 1 = Monday; never empty) and holidays."""

    workdays: frozenset[int] = USUAL_WORKDAYS
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`weekdays` None: on the office days of the calendar. `until` None: without an end. `called_off`: single days."""

    weekdays: frozenset[int] | None
    skip_holidays: bool = False
    every_weeks: int = 1
    until: date | None = None
    called_off: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a meeting takes place, as planned."""

    opens_at_ms: int
    starts_at_ms: int
    ends_at_ms: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """`first` is the day of the meeting, or from which it recurs."""

    first: date
    at: time
    duration_minutes: int
    open_before_minutes: int
    zone: str
    recurrence: Recurrence | None = None
    calendar: Calendar = Calendar()

    @property
    def by_calendar(self) -> bool:
        """Whether the tenant's office days or holidays decide."""
        return self.recurrence is not None and (self.recurrence.weekdays is None or self.recurrence.skip_holidays)

    def planned(self, starts_at_ms: int) -> Occurrence:
        """The occurrence that begins then."""
        return Occurrence(
            starts_at_ms - self.open_before_minutes * MINUTE_MS,
            starts_at_ms,
            starts_at_ms + self.duration_minutes * MINUTE_MS,
        )

    @property
    def despite_holidays(self) -> Schedule:
        """The same by its own rule alone: what a holiday takes away comes back with the holiday taken back."""
        rule = self.recurrence
        if rule is None or not rule.skip_holidays:
            return self
        return replace(self, recurrence=replace(rule, skip_holidays=False))

    @property
    def weekdays(self) -> frozenset[int]:
        """The days of the week of a recurring one (ISO)."""
        rule = self.recurrence
        if rule is None:
            return frozenset()
        return self.calendar.workdays if rule.weekdays is None else rule.weekdays

    @property
    def free_days(self) -> tuple[date, ...]:
        """The holidays that it would take place on otherwise and the days that were called off, in order."""
        rule = self.recurrence
        if rule is None:
            return ()
        until = rule.until or date.max
        free = rule.called_off | self.calendar.holidays if rule.skip_holidays else rule.called_off
        return tuple(day for day in sorted(free) if self.first <= day <= until and day.isoweekday() in self.weekdays)

    def days(self, since: date) -> Iterator[date]:
        """The days on which it takes place, from `since` on, in order. Without an `until` there is no last one."""
        rule = self.recurrence
        if rule is None:
            if self.first >= since:
                yield self.first
            return
        weekdays = self.weekdays
        assert weekdays, "whoever makes a schedule gives it days"
        # Weeks begin on Mondays, and count from that of the first day.
        monday = self.first - timedelta(days=self.first.weekday())
        day = max(self.first, since)
        while rule.until is None or day <= rule.until:
            weeks, weekday = divmod((day - monday).days, 7)
            if weeks % rule.every_weeks:
                day = monday + timedelta(weeks=weeks + 1)
                continue
            free = day in rule.called_off or (rule.skip_holidays and day in self.calendar.holidays)
            if weekday + 1 in weekdays and not free:
                yield day
            day += timedelta(days=1)

    def day_of(self, occurrence: Occurrence) -> date:
        """The day on which it takes place, in the schedule's zone."""
        return datetime.fromtimestamp(occurrence.starts_at_ms / 1000, ZoneInfo(self.zone)).date()

    def occurrences(self, after_ms: int) -> Iterator[Occurrence]:
        """Those that begin after that moment, in order."""
        zone = ZoneInfo(self.zone)
        local = datetime.fromtimestamp(after_ms / 1000, zone).date()
        for day in self.days(local):
            moment = datetime.combine(day, self.at, zone).astimezone(UTC)
            starts_at_ms = int(moment.timestamp()) * 1000
            if starts_at_ms > after_ms:
                yield self.planned(starts_at_ms)

    def on_later_days(self, occurrence: Occurrence) -> Iterator[Occurrence]:
        """Those that follow it. A day has one: what was moved on its own day, while it was on, is still the same."""
        day = self.day_of(occurrence)
        return (one for one in self.occurrences(occurrence.starts_at_ms) if self.day_of(one) > day)

    def over_at_ms(self, occurrence: Occurrence) -> int:
        """From when on it is over once nobody is in it: a while after its end, or when the next one opens."""
        end = occurrence.ends_at_ms + LINGER_MS
        following = next(self.occurrences(occurrence.starts_at_ms), None)
        return min(end, following.opens_at_ms) if following else end

    def coming(self, passed_at_ms: int, now_ms: int) -> Occurrence | None:
        """The one that is on at `now_ms` or comes next, of those that begin after `passed_at_ms`; None: no more."""
        longest_ms = self.duration_minutes * MINUTE_MS + LINGER_MS
        for occurrence in self.occurrences(max(passed_at_ms, now_ms - longest_ms - 1)):
            if self.over_at_ms(occurrence) > now_ms:
                return occurrence
        return None

    def check_coming(self, passed_at_ms: int, now_ms: int) -> None:
        """Raises InvalidField where none is left that begins after `passed_at_ms`."""
        if self.coming(passed_at_ms, now_ms) is not None:
            return
        if self.recurrence is None:
            raise InvalidField("schedule.date", "must not be over")
        # Without an end there is always another day.
        raise InvalidField("schedule.recurrence.until_date", "must leave a day on which it takes place")
