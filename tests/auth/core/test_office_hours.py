"""Office hours that make sense."""

import pytest

from services.auth.core.office_hours import checked_hours, default_hours
from services.common.errors import InvalidField
from services.common.office_week import format_week
from services.common.validation import validate
from sipulung.auth.v1.tenant_pb2 import Holiday, OfficeDay, OfficeHours


def day(weekday: int, begin: int = 450, end: int = 960) -> OfficeDay:
    return OfficeDay(weekday=weekday, from_minute=begin, to_minute=end)


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
    ],
)
def test_what_makes_no_sense_is_named(hours: OfficeHours, field: str) -> None:
    with pytest.raises(InvalidField) as raised:
        checked_hours(hours)
    assert raised.value.field == field
