"""Single days of a recurring meeting that do not take place: what may be called off, and how the audit log tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from services.common.errors import InvalidField
from services.roster.core.meeting import Definition
from services.roster.core.schedule import Schedule

_FIELD = "schedule.recurrence.called_off_dates"


def check(definition: Definition, schedule: Schedule, now_ms: int) -> None:
    """Raises InvalidField for an occurrence that is on already, and where no day would be left."""
    rule = schedule.recurrence
    if rule is None or not rule.called_off:
        return
    on = definition.coming(now_ms)
    if on is not None and (definition.running or now_ms >= on.opens_at_ms) and schedule.day_of(on) in rule.called_off:
        raise InvalidField(_FIELD, "the meeting is open on that day already: end it instead")
    whole = replace(schedule, recurrence=replace(rule, called_off=frozenset()))
    passed_at_ms = definition.passed_at_ms
    if whole.coming(passed_at_ms, now_ms) is not None and schedule.coming(passed_at_ms, now_ms) is None:
        raise InvalidField(_FIELD, "no day would be left: call the whole meeting off instead")


def told(before: Schedule | None, after: Schedule) -> str:
    """For the audit log: the days that are called off or take place again; "" where there are none."""
    old, new = _days(before), _days(after)
    changes = (("called off", new - old), ("takes place again", old - new))
    return "".join(f"; {what} {', '.join(map(str, sorted(days)))}" for what, days in changes if days)


def _days(schedule: Schedule | None) -> frozenset[date]:
    rule = schedule.recurrence if schedule is not None else None
    return rule.called_off if rule is not None else frozenset()
