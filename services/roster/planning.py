"""Between a schedule as it is asked for and stored (protobuf) and the core's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time

from services.common.errors import InvalidField
from services.roster.core.meeting import Definition
from services.roster.core.schedule import Calendar, Recurrence, Schedule
from sipulung.auth.v1 import tenant_pb2
from sipulung.roster.v1 import meeting_pb2, schedule_pb2


def calendar_of(tenant: tenant_pb2.Tenant) -> Calendar:
    """The tenant's office days (Monday to Friday where it has set none), as they hold by date, and holidays."""
    hours = tenant.office_hours
    workdays = held = _workdays(hours.days)
    changes: list[tuple[date, frozenset[int]]] = []
    for change in hours.changes:
        # Other hours on the same days, as in Ramadan, move no meeting.
        if (following := _workdays(change.days)) != held:
            changes.append((date.fromisoformat(change.from_date), following))
            held = following
    holidays = frozenset(date.fromisoformat(holiday.date) for holiday in hours.holidays)
    return Calendar(workdays, holidays, tuple(changes))


def schedule_of(asked: schedule_pb2.Schedule, zone: str, calendar: Calendar) -> Schedule:
    """The schedule that somebody asks for, in the tenant's zone. Raises InvalidField."""
    first = _day("schedule.date", asked.date)
    recurrence = None
    if asked.HasField("recurrence"):
        rule = asked.recurrence
        until = _day("schedule.recurrence.until_date", rule.until_date) if rule.until_date else None
        if until is not None and until < first:
            raise InvalidField("schedule.recurrence.until_date", "must not be before the first day")
        if rule.workdays == bool(rule.weekdays):
            raise InvalidField("schedule.recurrence.weekdays", "either workdays, or at least one day of the week")
        weekdays = None if rule.workdays else frozenset(rule.weekdays)
        called_off = frozenset(_day("schedule.recurrence.called_off_dates", day) for day in rule.called_off_dates)
        recurrence = Recurrence(weekdays, rule.skip_holidays, max(rule.every_weeks, 1), until, called_off)
    schedule = Schedule(
        first, time.fromisoformat(asked.time), asked.duration_minutes, asked.open_before_minutes, zone, recurrence
    )
    return replace(schedule, calendar=calendar) if schedule.by_calendar else schedule


def told(schedule: Schedule) -> schedule_pb2.Schedule:
    """As others read it."""
    message = schedule_pb2.Schedule(
        date=schedule.first.isoformat(),
        time=schedule.at.strftime("%H:%M"),
        duration_minutes=schedule.duration_minutes,
        open_before_minutes=schedule.open_before_minutes,
        time_zone=schedule.zone,
    )
    if rule := schedule.recurrence:
        message.recurrence.CopyFrom(
            schedule_pb2.Recurrence(
                workdays=rule.weekdays is None,
                weekdays=sorted(rule.weekdays or ()),
                skip_holidays=rule.skip_holidays,
                every_weeks=rule.every_weeks,
                until_date=rule.until.isoformat() if rule.until else "",
                called_off_dates=[day.isoformat() for day in sorted(rule.called_off)],
            )
        )
    return message


def kept(definition: Definition) -> schedule_pb2.Plan:
    """What is stored beside what others read."""
    plan = schedule_pb2.Plan(
        planned_at_ms=definition.planned_at_ms,
        passed_at_ms=definition.passed_at_ms,
        most_present=definition.most_present,
    )
    schedule = definition.schedule
    if schedule is not None and schedule.by_calendar:
        plan.workdays.extend(sorted(schedule.calendar.workdays))
        plan.holidays.extend(sorted(day.toordinal() for day in schedule.calendar.holidays))
        for since, workdays in schedule.calendar.changes:
            plan.workdays_changes.add(from_day=since.toordinal(), workdays=sorted(workdays))
    return plan


def stored_schedule(meeting: meeting_pb2.Meeting) -> Schedule | None:
    """The reverse of `told` and `kept`."""
    if not meeting.HasField("schedule"):
        return None
    plan = meeting.plan
    calendar = Calendar(
        frozenset(plan.workdays) or Calendar().workdays,
        frozenset(date.fromordinal(day) for day in plan.holidays),
        tuple((date.fromordinal(one.from_day), frozenset(one.workdays)) for one in plan.workdays_changes),
    )
    return schedule_of(meeting.schedule, meeting.schedule.time_zone, calendar)


def _workdays(days: Iterable[tenant_pb2.OfficeDay]) -> frozenset[int]:
    return frozenset(day.weekday for day in days) or Calendar().workdays


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidField(field, "must be a day of the calendar, as 2026-11-23") from None
