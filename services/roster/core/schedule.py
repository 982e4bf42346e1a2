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
    """A tenant's office days (ISO: 1 = Monday; never empty) and holidays.

    `workdays` are those before the first of `changes`; of these each holds from its date on, in order, until the next.
    """

    workdays: frozenset[int] = USUAL_WORKDAYS
    holidays: frozenset[date] = frozenset()
    changes: tuple[tuple[date, frozenset[int]], ...] = ()

    def workdays_on(self, day: date) -> frozenset[int]:
        """Those that hold on that day."""
        found = self.workdays
        for since, workdays in self.changes:
            if since > day:
                break
            found = workdays
        return found

    @property
    def lasting_workdays(self) -> frozenset[int]:
        """Those that hold for good, after the last change."""
        return self.changes[-1][1] if self.changes else self.workdays


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
        """The days of the week of a recurring one (ISO), after the last change of the office days that it goes by."""
        rule = self.recurrence
        if rule is None:
            return frozenset()
        return self.calendar.lasting_workdays if rule.weekdays is None else rule.weekdays

    @property
    def free_days(self) -> tuple[date, ...]:
        """The days among its `weekdays` on which it does not take place, in order.

        They are holidays, what was called off, and what is no office day before the last change of these.
        """
        rule = self.recurrence
        if rule is None:
            return ()
        until = rule.until or date.max
        free = rule.called_off | self.calendar.holidays if rule.skip_holidays else rule.called_off
        closed = frozenset(day for day in self._changing_days() if day.isoweekday() not in self._weekdays_on(day))
        return tuple(
            day for day in sorted(free | closed) if self.first <= day <= until and day.isoweekday() in self.weekdays
        )

    @property
    def extra_days(self) -> tuple[date, ...]:
        """The days besides its `weekdays` on which it takes place, in order: office days before their last change."""
        weekdays = self.weekdays
        return tuple(
            day
            for day in self._changing_days()
            if day.isoweekday() in self._weekdays_on(day) - weekdays and self._takes_place(day)
        )

    def days(self, since: date) -> Iterator[date]:
        """The days on which it takes place, from `since` on, in order. Without an `until` there is no last one."""
        rule = self.recurrence
        if rule is None:
            if self.first >= since:
                yield self.first
            return
        assert self.weekdays, "whoever makes a schedule gives it days"
        day = max(self.first, since)
        while rule.until is None or day <= rule.until:
            weeks = self._weeks_to(day)
            if weeks % rule.every_weeks:
                day = self._monday + timedelta(weeks=weeks + 1)
                continue
            if self._takes_place(day):
                yield day
            day += timedelta(days=1)

    @property
    def _monday(self) -> date:
        """Weeks begin on Mondays, and count from that of the first day."""
        return self.first - timedelta(days=self.first.weekday())

    def _weeks_to(self, day: date) -> int:
        return (day - self._monday).days // 7

    def _weekdays_on(self, day: date) -> frozenset[int]:
        rule = self.recurrence
        assert rule is not None, "only a recurring one has days of the week"
        return self.calendar.workdays_on(day) if rule.weekdays is None else rule.weekdays

    def _takes_place(self, day: date) -> bool:
        rule = self.recurrence
        assert rule is not None, "only a recurring one has days of the week"
        free = day in rule.called_off or (rule.skip_holidays and day in self.calendar.holidays)
        return not free and not self._weeks_to(day) % rule.every_weeks and day.isoweekday() in self._weekdays_on(day)

    def _changing_days(self) -> Iterator[date]:
        """From its first day up to the last change of the office days that it goes by."""
        rule = self.recurrence
        if rule is None or rule.weekdays is not None or not self.calendar.changes:
            return
        end = self.calendar.changes[-1][0]
        if rule.until is not None:
            end = min(end, rule.until + timedelta(days=1))
        for number in range((end - self.first).days):
            yield self.first + timedelta(days=number)

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
