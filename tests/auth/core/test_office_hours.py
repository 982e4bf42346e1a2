"""Office hours that make sense."""

import pytest

from services.auth.core.office_hours import checked_hours, default_hours
from services.common.errors import InvalidField
from services.common.office_week import format_week
from services.common.validation import validate
from sipulung.auth.v1.tenant_pb2 import Holiday, OfficeChange, OfficeDay, OfficeHours


def day(weekday: int, begin: int = 450, end: int = 960) -> OfficeDay:
    return OfficeDay(weekday=weekday, from_minute=begin, to_minute=end)


def change(date: str, *days: OfficeDay) -> OfficeChange:
    return OfficeChange(from_date=date, days=days, tolerance_minutes=5)


def test_the_usual_ones() -> None:
    hours = default_hours()
    validate(hours)
    assert checked_hours(hours) == hours
    assert format_week(hours.days) == "mon-fri 07:30-16:00"


def test_they_are_put_in_order() -> None:
    holidays = [Holiday(date="2027-08-17", name="Hari  Proklamasi "), Holiday(date="2026-12-25", name="Natal")]
    hours = checked_hours(OfficeHours(days=[day(5), day(1)], tolerance_minutes=10, holidays=holidays))
    assert [one.weekday for one in hours.days] == [1, 5]
    assert [one.name for one in hours.holidays] == ["Natal", "Hari Proklamasi"]
    assert hours.tolerance_minutes == 10


def test_changes_are_put_in_order() -> None:
    changes = [OfficeChange(from_date="2027-03-10", days=[day(1)]), change("2027-02-08", day(5), day(1))]
    hours = checked_hours(OfficeHours(days=[day(1)], changes=changes))
    validate(hours)
    assert [one.from_date for one in hours.changes] == ["2027-02-08", "2027-03-10"]
    assert [one.weekday for one in hours.changes[0].days] == [1, 5]
    assert [one.tolerance_minutes for one in hours.changes] == [5, 0]
    assert checked_hours(hours) == hours


@pytest.mark.parametrize("date", ["2020-01-01", "2099-12-31"])
def test_a_change_has_a_date_of_this_century(date: str) -> None:
    checked_hours(OfficeHours(changes=[change(date)]))


@pytest.mark.parametrize("date", ["2019-12-31", "2100-01-01", "0000-01-01", "2027-02-29", ""])
def test_a_change_of_any_other_date_is_refused(date: str) -> None:
    with pytest.raises(InvalidField, match=r"must (lie between 2020-01-01 and 2099-12-31|be a day of the calendar)"):
        checked_hours(OfficeHours(changes=[change(date)]))


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (OfficeHours(days=[day(1), day(1)]), "office_hours.days[1].weekday"),
        (OfficeHours(days=[day(1), day(2, 960, 960)]), "office_hours.days[1].to_minute"),
        (OfficeHours(holidays=[Holiday(date="2026-02-29", name="x")]), "office_hours.holidays[0].date"),
        (OfficeHours(holidays=[Holiday(date="0000-01-01", name="x")]), "office_hours.holidays[0].date"),
        (
            OfficeHours(holidays=[Holiday(date="2026-12-25", name=name) for name in "xy"]),
            "office_hours.holidays[1].date",
        ),
        (
            OfficeHours(changes=[change("2027-02-08", day(1), day(1))]),
            "office_hours.changes[0].days[1].weekday",
        ),
        (
            OfficeHours(changes=[change("2027-02-08"), change("2027-03-10", day(1, 960, 450))]),
            "office_hours.changes[1].days[0].to_minute",
        ),
        (OfficeHours(changes=[change("2027-13-08")]), "office_hours.changes[0].from_date"),
        (OfficeHours(changes=[change("2100-02-08")]), "office_hours.changes[0].from_date"),
        (OfficeHours(changes=[change("2027-02-08")] * 2), "office_hours.changes[1].from_date"),
    ],
)
def test_what_makes_no_sense_is_named(hours: OfficeHours, field: str) -> None:
    with pytest.raises(InvalidField) as raised:
        checked_hours(hours)
    assert raised.value.field == field
