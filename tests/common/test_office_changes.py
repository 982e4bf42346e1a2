"""Office hours by date: what holds, and others for a while."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.common.office_changes import (
    LAST_DAY,
    hours_on,
    recounted,
    same_hours,
    with_beginning,
    with_span,
    without_change,
)
from sipulung.auth.v1.tenant_pb2 import Holiday, OfficeChange, OfficeDay, OfficeHours

FIRST = date(2027, 1, 1)
NUMBERS = st.integers(0, 30)


def change(from_date: str, minutes: int) -> OfficeChange:
    """From seven and so many minutes to four, on Mondays."""
    return OfficeChange(from_date=from_date, days=[OfficeDay(weekday=1, from_minute=420 + minutes, to_minute=960)])


def plain(minutes: int, **changes: int) -> OfficeHours:
    """Names are dates: d2027_02_08."""
    told = [change(name[1:].replace("_", "-"), begin) for name, begin in changes.items()]
    holidays = [Holiday(date="2027-08-17", name="Hari Proklamasi")]
    return OfficeHours(days=change("", minutes).days, holidays=holidays, changes=told)


def minutes_on(hours: OfficeHours, day: date) -> int:
    return hours_on(hours, day).days[0].from_minute - 420


def told(hours: OfficeHours) -> list[tuple[str, int]]:
    return [(one.from_date, one.days[0].from_minute - 420) for one in hours.changes]


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


def test_ramadan_and_what_held_before() -> None:
    hours = with_span(plain(0), change("2027-02-08", 60), date(2027, 3, 9))
    assert told(hours) == [("2027-02-08", 60), ("2027-03-10", 0)]
    assert [one.name for one in hours.holidays] == ["Hari Proklamasi"]
    # Announced later than it begins: it is the same span, one day shorter.
    moved = with_span(without_change(hours, "2027-02-08"), change("2027-02-09", 60), date(2027, 3, 9))
    assert told(moved) == [("2027-02-09", 60), ("2027-03-10", 0)]
    assert told(without_change(hours, "2027-02-08")) == []
    assert told(without_change(hours, "2027-03-10")) == [("2027-02-08", 60)]
    assert without_change(hours, "2027-12-31") == hours


def test_for_good() -> None:
    hours = plain(0, d2027_02_08=60, d2027_03_10=0)
    assert told(with_span(hours, change("2027-01-04", 30), None)) == [("2027-01-04", 30)]
    assert told(with_span(hours, change("2027-03-01", 30), LAST_DAY)) == [("2027-02-08", 60), ("2027-03-01", 30)]
    assert told(with_span(plain(0), change("2027-01-04", 0), None)) == []


def test_before_the_first_change() -> None:
    hours = with_beginning(plain(0, d2027_02_08=60, d2027_03_10=0), change("", 30))
    assert (minutes_on(hours, FIRST), told(hours)) == (30, [("2027-02-08", 60), ("2027-03-10", 0)])
    assert told(with_beginning(hours, change("", 60))) == [("2027-03-10", 0)]
    assert hours_on(hours, FIRST).from_date == ""


def test_tolerance_is_part_of_the_hours() -> None:
    late = change("2027-02-08", 0)
    late.tolerance_minutes = 15
    hours = with_span(plain(0), late, date(2027, 2, 8))
    assert not same_hours(hours_on(hours, date(2027, 2, 8)), hours_on(hours, date(2027, 2, 9)))
    assert [one.tolerance_minutes for one in hours.changes] == [15, 0]


def test_days_that_are_counted_anew() -> None:
    hours = plain(0, d2027_02_08=60, d2027_03_10=0)
    for before, after, today, days in (
        (plain(0), hours, date(2027, 2, 8), []),
        (plain(0), hours, date(2027, 2, 9), [("2027-02-08", "2027-02-08")]),
        (plain(0), hours, date(2027, 12, 1), [("2027-02-08", "2027-03-09")]),
        (hours, with_beginning(hours, change("", 30)), date(2027, 1, 1), [("", "2026-12-31")]),
        (hours, with_beginning(hours, change("", 30)), date(2027, 5, 1), [("", "2027-02-07")]),
        (plain(0), plain(30, d2027_02_08=60), date(2027, 3, 1), [("", "2027-02-28")]),
    ):
        assert recounted(before, after, today) == days


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
