"""Days in the tenant's zone, with office hours, holidays and clocks that are changed."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import InvalidField
from services.roster.core.office_calendar import day_of, local_date, parsed, week_of
from sipulung.auth.v1 import tenant_pb2

MAKASSAR, BERLIN = ZoneInfo("Asia/Makassar"), ZoneInfo("Europe/Berlin")
HOURS = tenant_pb2.OfficeHours(
    days=[tenant_pb2.OfficeDay(weekday=day, from_minute=7 * 60 + 30, to_minute=16 * 60) for day in range(1, 6)],
    tolerance_minutes=15,
    holidays=[tenant_pb2.Holiday(date="2026-12-25", name="Hari Natal")],
)
HOUR = 3_600_000
TUESDAY = date(2026, 11, 24)


def test_a_working_day() -> None:
    day = day_of(TUESDAY, MAKASSAR, HOURS)
    # WITA is UTC+8, so midnight there is 16:00 the day before in UTC.
    assert day.start_ms == 1_795_449_600_000
    assert (day.end_ms - day.start_ms, day.from_ms - day.start_ms) == (24 * HOUR, 7 * HOUR + HOUR // 2)
    assert (day.to_ms - day.from_ms, day.tolerance_ms, day.free, day.holiday) == (17 * HOUR // 2, 900_000, False, "")
    assert day.key == "20261124"


def test_free_days() -> None:
    sunday = day_of(date(2026, 11, 29), MAKASSAR, HOURS)
    assert (sunday.free, sunday.holiday, sunday.from_ms, sunday.to_ms) == (True, "", 0, 0)
    christmas = day_of(date(2026, 12, 25), MAKASSAR, HOURS)
    assert (christmas.free, christmas.holiday) == (True, "Hari Natal")
    assert day_of(TUESDAY, MAKASSAR, tenant_pb2.OfficeHours()).free


def test_each_day_has_the_hours_that_hold_on_it() -> None:
    """Ramadan 1448: shorter days with less tolerance, and Saturdays; then what held before."""
    ramadan = [tenant_pb2.OfficeDay(weekday=day, from_minute=8 * 60, to_minute=15 * 60) for day in range(1, 7)]
    hours = tenant_pb2.OfficeHours(
        days=HOURS.days,
        tolerance_minutes=15,
        holidays=[tenant_pb2.Holiday(date="2027-03-08", name="Cuti bersama")],
        changes=[
            tenant_pb2.OfficeChange(from_date="2027-02-10", days=ramadan, tolerance_minutes=5),
            tenant_pb2.OfficeChange(from_date="2027-03-10", days=HOURS.days, tolerance_minutes=15),
        ],
    )

    def told(month: int, number: int) -> tuple[float, float, int]:
        day = day_of(date(2027, month, number), MAKASSAR, hours)
        if day.free:
            return 0, 0, 0
        return (day.from_ms - day.start_ms) / HOUR, (day.to_ms - day.start_ms) / HOUR, day.tolerance_ms // 60_000

    assert told(2, 9) == told(3, 10) == (7.5, 16, 15)
    assert told(2, 10) == told(2, 13) == told(3, 9) == (8, 15, 5)
    assert told(2, 6) == told(3, 8) == told(3, 13) == (0, 0, 0)


def test_office_hours_until_midnight() -> None:
    hours = tenant_pb2.OfficeHours(days=[tenant_pb2.OfficeDay(weekday=2, from_minute=0, to_minute=1440)])
    day = day_of(TUESDAY, MAKASSAR, hours)
    assert (day.from_ms, day.to_ms) == (day.start_ms, day.end_ms)


def test_a_day_on_which_clocks_are_changed() -> None:
    hours = tenant_pb2.OfficeHours(days=[tenant_pb2.OfficeDay(weekday=7, from_minute=8 * 60, to_minute=16 * 60)])
    day = day_of(date(2026, 3, 29), BERLIN, hours)
    assert day.end_ms - day.start_ms == 23 * HOUR
    assert (day.from_ms - day.start_ms, day.to_ms - day.from_ms) == (7 * HOUR, 8 * HOUR)


@given(st.integers(1_600_000_000_000, 4_000_000_000_000), st.sampled_from([MAKASSAR, BERLIN]))
def test_every_moment_lies_in_the_day_that_it_is_dated_to(at_ms: int, zone: ZoneInfo) -> None:
    day = day_of(local_date(at_ms, zone), zone, HOURS)
    assert day.start_ms <= at_ms < day.end_ms
    assert day_of(day.date + timedelta(days=1), zone, HOURS).start_ms == day.end_ms


def test_dates_that_are_asked_for() -> None:
    assert parsed("", TUESDAY) == TUESDAY
    assert parsed("2026-02-28", TUESDAY) == date(2026, 2, 28)
    for wrong in ("2026-02-30", "0000-01-01", "2019-12-31", "2100-01-01", "kemarin"):
        with pytest.raises(InvalidField) as refused:
            parsed(wrong, TUESDAY)
        assert refused.value.field == "date"


def test_a_week_begins_on_monday() -> None:
    week = [date(2026, 11, 23) + timedelta(days=number) for number in range(7)]
    for day in week:
        assert week_of(day) == week
