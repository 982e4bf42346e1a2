"""Single days of a recurring meeting that do not take place: what may be called off, and how the audit log tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.common.errors import InvalidField
from services.roster.core.schedule import Schedule
from services.roster.core.state import MeetingState

# Of days that are over; with those to come they stay below what a request may name.
_KEPT = 50
_FIELD = "schedule.recurrence.called_off_dates"


def checked(state: MeetingState, schedule: Schedule, now_ms: int) -> Schedule:
    """The schedule without what is over for long.

    Raises InvalidField for an occurrence that is on already, and where no day would be left.
    """
    rule = schedule.recurrence
    if rule is None or not rule.called_off:
        return schedule
    definition = state.definition
    on = definition.coming(now_ms)
    is_on = on is not None and (state.present > 0 or now_ms >= on.opens_at_ms)
    if on is not None and is_on and schedule.day_of(on) in rule.called_off:
        raise InvalidField(_FIELD, "the meeting is open on that day already: end it instead")
    whole = replace(schedule, recurrence=replace(rule, called_off=frozenset()))
    passed_at_ms = definition.passed_at_ms
    if whole.coming(passed_at_ms, now_ms) is not None and schedule.coming(passed_at_ms, now_ms) is None:
        raise InvalidField(_FIELD, "no day would be left: call the whole meeting off instead")
    # Of yesterday, an occurrence may still be on today.
    over = sorted(day for day in rule.called_off if day < _today(schedule, now_ms) - timedelta(days=1))
    return replace(schedule, recurrence=replace(rule, called_off=rule.called_off.difference(over[:-_KEPT])))


def told(before: Schedule | None, after: Schedule, now_ms: int) -> str:
    """For the audit log: the days from today on that are called off or take place again; "" where there are none."""
    today = _today(after, now_ms)
    old, new = (frozenset(day for day in _days(one) if day >= today) for one in (before, after))
    changes = (("called off", new - old), ("takes place again", old - new))
    return "".join(f"; {what} {', '.join(map(str, sorted(days)))}" for what, days in changes if days)


def _days(schedule: Schedule | None) -> frozenset[date]:
    rule = schedule.recurrence if schedule is not None else None
    return rule.called_off if rule is not None else frozenset()


def _today(schedule: Schedule, now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, ZoneInfo(schedule.zone)).date()
