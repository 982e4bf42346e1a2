"""Office hours as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.office_week import format_week, parse_week
from sipulung.auth.v1.tenant_pb2 import OfficeDay


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mon-fri 07:30-16:00", "mon-fri 07:30-16:00"),
        ("Senin - Jumat 7.30 - 16.00", "mon-fri 07:30-16:00"),
        ("fri 07:30-16:30, mon-thu 07:30-16:00", "mon-thu 07:30-16:00, fri 07:30-16:30"),
        ("mon 08:00-12:00; wed 08:00-12:00\nsun 00:00-24:00", "mon 08:00-12:00, wed 08:00-12:00, sun 00:00-24:00"),
        ("none", "none"),
    ],
)
def test_what_is_understood(text: str, told: str) -> None:
    assert format_week(parse_week(text)) == told


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must be days with times"),
        ("mon", "must be days with times"),
        ("mon-fri", "must be days with times"),
        ("mon 07:30-16:00,", "must be days with times"),
        ("xyz 07:30-16:00", "is no day"),
        ("fri-mon 07:30-16:00", "comes before the first"),
        ("mon 16:00-07:30", "after the beginning"),
        ("mon 07:60-16:00", "no time of the day"),
        ("mon 07:30-24:01", "no time of the day"),
        ("mon-wed 07:30-16:00, tue 08:00-12:00", "tue is there twice"),
    ],
)
def test_what_is_not(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_week(text)


@given(
    st.dictionaries(
        st.integers(1, 7), st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True).map(sorted), max_size=7
    )
)
def test_text_and_back(week: dict[int, list[int]]) -> None:
    days = [OfficeDay(weekday=day, from_minute=week[day][0], to_minute=week[day][1]) for day in sorted(week)]
    assert parse_week(format_week(days)) == days
