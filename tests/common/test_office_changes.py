"""Office hours by date: what holds, and others for a while."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.office_changes import (
    hours_on,
    recounted,
    same_hours,
    with_beginning,
    with_span,
    without_change,
)
from sipulung.auth.v1.tenant_pb2 import Holiday, OfficeChange, OfficeDay, OfficeHours

CASES: Mapping[str, Any] = json.loads(Path(__file__).with_name("office_changes_cases.json").read_text("utf-8"))
FIRST = date(2027, 1, 1)
NUMBERS = st.integers(0, 30)


def change(from_date: str, minutes: int) -> OfficeChange:
    """From seven and so many minutes to four, on Mondays."""
    return OfficeChange(from_date=from_date, days=[OfficeDay(weekday=1, from_minute=420 + minutes, to_minute=960)])


def minutes_on(hours: OfficeHours, day: date) -> int:
    return hours_on(hours, day).days[0].from_minute - 420


def of(name: str, from_date: str = "") -> OfficeChange:
    """One of the weeks of the shared cases."""
    week = CASES["weeks"][name]
    day = OfficeDay(weekday=1, from_minute=week["from"], to_minute=960)
    return OfficeChange(from_date=from_date, days=[day], tolerance_minutes=week["tolerance"])


def made(told: Mapping[str, str]) -> OfficeHours:
    """From the beginning (at "") and by date."""
    beginning = of(told[""])
    return OfficeHours(
        days=beginning.days,
        tolerance_minutes=beginning.tolerance_minutes,
        holidays=[Holiday(date="2027-08-17", name="Hari Proklamasi")],
        changes=[of(name, from_date) for from_date, name in told.items() if from_date],
    )


def after(hours: OfficeHours, act: Mapping[str, Any]) -> OfficeHours:
    match act:
        case {"span": [str(since), str(until), str(name)]}:
            return with_span(hours, of(name, since), date.fromisoformat(until) if until else None)
        case {"beginning": str(name)}:
            return with_beginning(hours, of(name))
        case {"without": str(from_date)}:
            return without_change(hours, from_date)
    raise AssertionError(f"no act: {act}")


# Few kinds of hours, so that changes which change nothing come up.
HOURS = st.builds(
    lambda beginning, changes: OfficeHours(
        days=change("", beginning).days,
        changes=[
            change((FIRST + timedelta(days=day)).isoformat(), minutes) for day, minutes in sorted(changes.items())
        ],
    ),
    st.integers(0, 2),
    st.dictionaries(NUMBERS, st.integers(0, 2), max_size=6),
)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["name"]))
def test_what_the_page_does_too(case: Mapping[str, Any]) -> None:
    given_hours = hours = made(case["given"])
    for act in case["acts"]:
        hours = after(hours, act)
    assert hours == made(case["hours"])
    days = {today: recounted(given_hours, hours, date.fromisoformat(today)) for today in case["recounted"]}
    assert days == {today: [tuple(span) for span in spans] for today, spans in case["recounted"].items()}


def test_what_holds_on_a_day() -> None:
    hours = made({"": "usual", "2027-02-08": "ramadan", "2027-03-10": "usual"})
    held = [minutes_on(hours, date(2027, 2, 8) + timedelta(days=days)) for days in (-1, 0, 29, 30)]
    assert held == [0, 60, 60, 0]
    assert hours_on(hours, FIRST).from_date == ""


@given(HOURS, HOURS, NUMBERS)
def test_every_day_that_is_counted_anew_is_told(before: OfficeHours, after: OfficeHours, number: int) -> None:
    today = FIRST + timedelta(days=number)
    spans = recounted(before, after, today)
    for ago in range(60):
        day = today - timedelta(days=ago)
        told = any(since <= day.isoformat() <= until for since, until in spans)
        assert told == (ago > 0 and minutes_on(before, day) != minutes_on(after, day))


@given(HOURS, st.integers(0, 2), NUMBERS, st.none() | NUMBERS)
def test_a_span_holds_within_its_dates_and_nowhere_else(
    hours: OfficeHours, minutes: int, begin: int, length: int | None
) -> None:
    since = FIRST + timedelta(days=begin)
    until = None if length is None else since + timedelta(days=length)
    merged = with_span(hours, change(since.isoformat(), minutes), until)
    for number in range(-2, 70):
        day = FIRST + timedelta(days=number)
        inside = since <= day and (until is None or day <= until)
        assert minutes_on(merged, day) == (minutes if inside else minutes_on(hours, day))
    dates = [one.from_date for one in merged.changes]
    assert dates == sorted(set(dates))
    held = [change("", minutes_on(merged, date(2020, 1, 1))), *merged.changes]
    assert not any(same_hours(one, other) for one, other in zip(held, merged.changes, strict=False))


@given(HOURS, NUMBERS)
def test_without_a_change_what_held_before_goes_on(hours: OfficeHours, index: int) -> None:
    dates = [one.from_date for one in hours.changes]
    if index >= len(dates):
        return
    since, until = (date.fromisoformat(one) for one in (dates[index], [*dates, "2099-12-31"][index + 1]))
    left = without_change(hours, dates[index])
    for number in range(-2, 70):
        day = FIRST + timedelta(days=number)
        before = since - timedelta(days=1) if since <= day < until else day
        assert minutes_on(left, day) == minutes_on(hours, before)
