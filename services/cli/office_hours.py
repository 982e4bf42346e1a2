"""Office hours in `sipulung tenant set` and `show`: by the day from which they hold."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.cli.failures import USAGE, Failure
from services.common.office_changes import (
    FIRST_DAY,
    LAST_DAY,
    from_the_beginning,
    hours_on,
    recounted,
    with_beginning,
    with_span,
    without_change,
)
from services.common.office_week import format_week, parse_week
from sipulung.auth.v1 import tenant_pb2

# In place of a date: what holds before the first change.
BEGINNING: Final = "beginning"
OPTIONS: Final = frozenset({"hours", "tolerance", "from_date", "until", "remove_change"})
_MOST_TOLERANCE: Final = 240


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `tenant set`."""
    parser.add_argument(
        "--hours", "--office-hours", help='office hours: "mon-thu 07:30-16:00, fri 07:30-16:30", or none'
    )
    parser.add_argument("--tolerance", type=int, metavar="MINUTES", help="how long after the beginning nobody is late")
    parser.add_argument(
        "--from",
        dest="from_date",
        metavar="DATE",
        help="the day from which hours and tolerance hold, as 2027-02-08; without it today; "
        f"{BEGINNING}: correct what holds before the first change",
    )
    parser.add_argument(
        "--until", metavar="DATE", help="their last day; after it holds what held before. For good without it"
    )
    parser.add_argument(
        "--remove-change", metavar="DATE", help="take away the change of that day: what held before it goes on"
    )


def today_of(tenant: tenant_pb2.Tenant) -> date:
    """The date that the tenant has now."""
    return datetime.now(UTC).astimezone(ZoneInfo(tenant.time_zone)).date()


def changed(arguments: argparse.Namespace, hours: tenant_pb2.OfficeHours, today: date) -> tenant_pb2.OfficeHours:
    """As the options say. Raises Failure."""
    if arguments.remove_change is not None:
        hours = _removed(hours, arguments.remove_change)
    if arguments.hours is None and arguments.tolerance is None:
        for option in ("from", "until"):
            if getattr(arguments, "from_date" if option == "from" else option) is not None:
                raise Failure(f"--{option}: says when --hours or --tolerance hold; name one of them too", USAGE)
        return hours
    if arguments.from_date == BEGINNING:
        if arguments.until is not None:
            raise Failure(f"--until: what holds from the {BEGINNING} ends with the first change", USAGE)
        return with_beginning(hours, _asked(arguments, from_the_beginning(hours)))
    since = _day("--from", arguments.from_date) if arguments.from_date is not None else today
    until = _day("--until", arguments.until) if arguments.until is not None else None
    if until is not None and until < since:
        raise Failure(f"--until: must not be before the first day, {since}", USAGE)
    new = _asked(arguments, hours_on(hours, since))
    new.from_date = since.isoformat()
    return with_span(hours, new, until)


def lines(hours: tenant_pb2.OfficeHours, today: date) -> list[tuple[str, str]]:
    """What holds today, and, where there are changes, all by date."""
    now = hours_on(hours, today)
    told = [("Office hours", format_week(now.days)), ("Tolerance", f"{now.tolerance_minutes} minutes")]
    if hours.changes:
        spans = [f"before: {_told(from_the_beginning(hours))}"]
        spans += [f"from {change.from_date}: {_told(change)}" for change in hours.changes]
        told += [("Hours by date" if index == 0 else "", span) for index, span in enumerate(spans)]
    return told


def anew(before: tenant_pb2.OfficeHours, after: tenant_pb2.OfficeHours, today: date) -> list[tuple[str, str]]:
    """The days that are over and are counted by other hours now."""
    spans = [f"{since} to {until}" if since else f"until {until}" for since, until in recounted(before, after, today)]
    return [("Counted anew" if index == 0 else "", one) for index, one in enumerate(spans)]


def replaced(before: tenant_pb2.OfficeHours, after: tenant_pb2.OfficeHours) -> list[tuple[str, str]]:
    """The changes that are there no more, so that nobody loses what was planned without reading of it."""
    kept = {change.from_date for change in after.changes}
    gone = [f"from {change.from_date}: {_told(change)}" for change in before.changes if change.from_date not in kept]
    return [("No longer" if index == 0 else "", one) for index, one in enumerate(gone)]


def _asked(arguments: argparse.Namespace, held: tenant_pb2.OfficeChange) -> tenant_pb2.OfficeChange:
    """What is not named stays as it is held on the first day."""
    days, tolerance = list(held.days), held.tolerance_minutes
    if arguments.hours is not None:
        try:
            days = parse_week(arguments.hours)
        except ValueError as error:
            raise Failure(f"--hours: {error}", USAGE) from None
    if arguments.tolerance is not None:
        tolerance = arguments.tolerance
        if not 0 <= tolerance <= _MOST_TOLERANCE:
            raise Failure(f"--tolerance: must be from 0 to {_MOST_TOLERANCE}", USAGE)
    return tenant_pb2.OfficeChange(days=days, tolerance_minutes=tolerance)


def _removed(hours: tenant_pb2.OfficeHours, from_date: str) -> tenant_pb2.OfficeHours:
    dates = [change.from_date for change in hours.changes]
    if from_date not in dates:
        there = f"there are {', '.join(dates)}" if dates else "there is none"
        raise Failure(f"--remove-change: no change of office hours begins on {from_date!r}: {there}")
    return without_change(hours, from_date)


def _day(option: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Failure(f"{option}: {text!r} is no day of the calendar, as 2027-02-08", USAGE) from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Failure(f"{option}: must lie between {FIRST_DAY} and {LAST_DAY}", USAGE)
    return found


def _told(change: tenant_pb2.OfficeChange) -> str:
    return f"{format_week(change.days)}; tolerance {change.tolerance_minutes} minutes"
