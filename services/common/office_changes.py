"""Which office hours hold on a date, and what becomes of them when others are to hold for a while.

A tenant's office hours are those from the beginning and changes, each of which holds from its date until the next one.
web/src/ui/admin/office-changes.ts does the same for the page of admins; tests/common/office_changes_cases.json holds
both to the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from sipulung.auth.v1.tenant_pb2 import OfficeChange, OfficeHours

# What a calendar of an office can be asked for; far from where dates and Unix times end.
FIRST_DAY: Final = date(2020, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)


def hours_on(hours: OfficeHours, day: date) -> OfficeChange:
    """The change that holds on that day; without a date where none does yet. `hours` are as auth keeps them."""
    found = from_the_beginning(hours)
    for change in hours.changes:
        if change.from_date > day.isoformat():
            break
        found = change
    return found


def from_the_beginning(hours: OfficeHours) -> OfficeChange:
    """What holds before the first change, as a change without a date."""
    return OfficeChange(days=hours.days, tolerance_minutes=hours.tolerance_minutes)


def with_beginning(hours: OfficeHours, beginning: OfficeChange) -> OfficeHours:
    """Others before the first change, for all days that they ever held on."""
    return _built(hours, beginning, hours.changes)


def with_span(hours: OfficeHours, new: OfficeChange, until: date | None) -> OfficeHours:
    """The new ones from their date up to and including `until`, whatever held in between; None: for good.

    Before and after it holds what held before. `until` is not before the date.
    """
    kept = [one for one in hours.changes if one.from_date < new.from_date]
    if until is not None and until < LAST_DAY:
        following = until + timedelta(days=1)
        back = OfficeChange()
        back.CopyFrom(hours_on(hours, following))
        back.from_date = following.isoformat()
        later = [one for one in hours.changes if one.from_date > back.from_date]
        return _built(hours, from_the_beginning(hours), [*kept, new, back, *later])
    return _built(hours, from_the_beginning(hours), [*kept, new])


def without_change(hours: OfficeHours, from_date: str) -> OfficeHours:
    """Without the change of that date: what held before it goes on until the next one."""
    return _built(hours, from_the_beginning(hours), (one for one in hours.changes if one.from_date != from_date))


def recounted(before: OfficeHours, after: OfficeHours, today: date) -> list[tuple[str, str]]:
    """The days before today on which other hours hold than before: first ("": since ever) and last, ISO 8601."""
    dates = sorted({"", *(one.from_date for one in (*before.changes, *after.changes))})
    spans: list[tuple[str, str]] = []
    for index, since in enumerate(dates):
        if since >= today.isoformat() or same_hours(_held(before, since), _held(after, since)):
            continue
        following = date.fromisoformat(dates[index + 1]) if index + 1 < len(dates) else today
        until = (min(following, today) - timedelta(days=1)).isoformat()
        begins = spans.pop()[0] if spans and _day_after(spans[-1][1]) == since else since
        spans.append((begins, until))
    return spans


def same_hours(one: OfficeChange, other: OfficeChange) -> bool:
    """Whether they differ in their dates only."""
    return one.tolerance_minutes == other.tolerance_minutes and list(one.days) == list(other.days)


def _held(hours: OfficeHours, since: str) -> OfficeChange:
    return hours_on(hours, date.fromisoformat(since)) if since else from_the_beginning(hours)


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _built(hours: OfficeHours, beginning: OfficeChange, changes: Iterable[OfficeChange]) -> OfficeHours:
    """Changes that change nothing are none: with what began a span goes what ended it."""
    told: list[OfficeChange] = []
    for change in changes:
        if not same_hours(change, told[-1] if told else beginning):
            told.append(change)
    return OfficeHours(
        days=beginning.days, tolerance_minutes=beginning.tolerance_minutes, holidays=hours.holidays, changes=told
    )
