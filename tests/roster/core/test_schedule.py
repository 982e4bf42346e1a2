from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import InvalidField
from services.roster.core.schedule import LINGER_MS, MINUTE_MS, Calendar, Recurrence, Schedule

WITA = "Asia/Makassar"
MONDAY = date(2026, 11, 23)
DAY_MS = 24 * 60 * MINUTE_MS


def ms(day: date, hour: int, minute: int = 0, zone: str = WITA) -> int:
    return int(datetime.combine(day, time(hour, minute), ZoneInfo(zone)).timestamp()) * 1000


def local(moment_ms: int, zone: str = WITA) -> datetime:
    return datetime.fromtimestamp(moment_ms / 1000, ZoneInfo(zone))


def once(day: date = MONDAY, minutes: int = 60, zone: str = WITA) -> Schedule:
    return Schedule(day, time(9), minutes, 15, zone)


def morning(rule: Recurrence, calendar: Calendar | None = None, first: date = MONDAY) -> Schedule:
    return Schedule(first, time(7, 45), 30, 15, WITA, rule, calendar or Calendar())


def first_days(schedule: Schedule, count: int, after_ms: int = 0) -> list[date]:
    return [local(one.starts_at_ms).date() for one in islice(schedule.occurrences(after_ms), count)]


def test_a_meeting_takes_place_once() -> None:
    starts = ms(MONDAY, 9)
    (only,) = once().occurrences(0)
    assert (only.opens_at_ms, only.starts_at_ms, only.ends_at_ms) == (
        starts - 15 * MINUTE_MS,
        starts,
        starts + 60 * MINUTE_MS,
    )
    assert list(once().occurrences(starts)) == []
    assert once().coming(0, starts - DAY_MS) == only
    assert once().coming(0, only.ends_at_ms + LINGER_MS - 1) == only
    assert once().coming(0, only.ends_at_ms + LINGER_MS) is None
    assert once().coming(starts, starts) is None


def test_the_morning_roll_call_keeps_to_office_days_and_holidays() -> None:
    calendar = Calendar(frozenset({1, 2, 3, 4, 5}), frozenset({date(2026, 11, 25), date(2026, 11, 30)}))
    schedule = morning(Recurrence(None, skip_holidays=True), calendar)
    assert schedule.by_calendar
    assert first_days(schedule, 5) == [date(2026, 11, day) for day in (23, 24, 26, 27)] + [date(2026, 12, 1)]
    assert local(next(schedule.occurrences(0)).starts_at_ms).time() == time(7, 45)
    assert (schedule.weekdays, schedule.free_days) == (
        calendar.workdays,
        (date(2026, 11, 25), date(2026, 11, 30)),
    )
    assert (once().weekdays, once().free_days) == (frozenset(), ())
    six = morning(Recurrence(None), Calendar(frozenset({1, 6}), calendar.holidays))
    assert first_days(six, 3) == [MONDAY, date(2026, 11, 28), date(2026, 11, 30)]
    assert not morning(Recurrence(frozenset({1}))).by_calendar
    assert not once().by_calendar
    assert six.free_days == ()


def test_office_days_hold_from_a_date_on() -> None:
    saturday, sunday = date(2026, 11, 28), date(2026, 12, 6)
    six, five = frozenset(range(1, 7)), frozenset(range(1, 6))
    calendar = Calendar(five, frozenset({date(2026, 11, 30)}), ((date(2026, 11, 26), six), (date(2026, 12, 1), five)))
    schedule = morning(Recurrence(None, skip_holidays=True), calendar)
    # Saturday is an office day in one week only.
    assert first_days(schedule, 7) == [
        *(date(2026, 11, day) for day in (23, 24, 25, 26, 27)),
        saturday,
        date(2026, 12, 1),
    ]
    assert (schedule.weekdays, schedule.extra_days) == (five, (saturday,))
    assert schedule.free_days == (date(2026, 11, 30),)
    # Six days for good: until then there is none on a Saturday.
    growing = morning(Recurrence(None), Calendar(five, changes=((sunday, six),)))
    assert (growing.weekdays, growing.extra_days) == (six, ())
    assert growing.free_days == (saturday, date(2026, 12, 5))
    # Of one that ends before, nothing is told of what comes later.
    ending = morning(Recurrence(None, until=date(2026, 11, 30)), Calendar(five, changes=((sunday, six),)))
    assert ending.free_days == (saturday,)
    # Days that somebody chose are no office days.
    chosen = morning(Recurrence(frozenset({6})), calendar)
    assert (chosen.free_days, chosen.extra_days, first_days(chosen, 1)) == ((), (), [saturday])
    assert once().extra_days == ()


def test_what_is_over_is_said_where_it_can_be_changed() -> None:
    with pytest.raises(InvalidField) as single:
        once().check_coming(0, ms(MONDAY, 12))
    assert single.value.field == "schedule.date"
    weekend = morning(Recurrence(None, until=MONDAY + timedelta(days=6)), first=MONDAY + timedelta(days=5))
    with pytest.raises(InvalidField) as series:
        weekend.check_coming(0, ms(MONDAY, 8))
    assert series.value.field == "schedule.recurrence.until_date"
    morning(Recurrence(None)).check_coming(0, ms(MONDAY, 8))


def test_single_days_are_called_off() -> None:
    tuesday, saturday = date(2026, 11, 24), date(2026, 11, 28)
    rule = Recurrence(None, skip_holidays=True, called_off=frozenset({tuesday, saturday}))
    schedule = morning(rule, Calendar(holidays=frozenset({date(2026, 11, 25)})))
    assert first_days(schedule, 3) == [MONDAY, date(2026, 11, 26), date(2026, 11, 27)]
    assert schedule.free_days == (tuesday, date(2026, 11, 25)), "on a Saturday it would not take place anyway"
    assert schedule.day_of(next(schedule.occurrences(0))) == MONDAY
    assert morning(Recurrence(None, called_off=frozenset({tuesday}))).free_days == (tuesday,)


def test_every_other_week_counts_from_the_week_of_the_first_day() -> None:
    wednesday = MONDAY + timedelta(days=2)
    schedule = morning(Recurrence(frozenset({1, 5}), every_weeks=2, until=date(2026, 12, 11)), first=wednesday)
    assert first_days(schedule, 9) == [date(2026, 11, 27), date(2026, 12, 7), date(2026, 12, 11)]


def test_it_opens_again_when_the_next_one_does() -> None:
    # All day, every day: the next one opens before the one before has lingered.
    schedule = Schedule(MONDAY, time(8), 24 * 60, 60, WITA, Recurrence(frozenset(range(1, 8))))
    first, second = islice(schedule.occurrences(0), 2)
    assert schedule.over_at_ms(first) == second.opens_at_ms < first.ends_at_ms
    assert schedule.coming(0, second.opens_at_ms - 1) == first
    assert schedule.coming(0, second.opens_at_ms) == second
    assert schedule.coming(second.starts_at_ms, first.starts_at_ms) == next(schedule.occurrences(second.starts_at_ms))


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        # Left out: 02:30 on the last Sunday of March is 03:30. Had twice: 02:30 on that of October is the first one.
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 7, 1), time(9), datetime(2026, 7, 1, 7, tzinfo=UTC)),
    ],
)
def test_daylight_saving_elsewhere(day: date, at: time, utc: datetime) -> None:
    (only,) = Schedule(day, at, 60, 0, "Europe/Amsterdam").occurrences(0)
    assert only.starts_at_ms == int(utc.timestamp()) * 1000


ZONES = ["Asia/Makassar", "Asia/Jakarta", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
RULES = st.builds(
    Recurrence,
    st.none() | st.frozensets(st.integers(1, 7), min_size=1),
    st.booleans(),
    st.integers(1, 5),
    st.none() | st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.frozensets(DAYS, max_size=30),
)
WORKDAYS = st.frozensets(st.integers(1, 7), min_size=1)
CHANGES = st.dictionaries(DAYS, WORKDAYS, max_size=4).map(lambda found: tuple(sorted(found.items())))
CALENDARS = st.builds(Calendar, WORKDAYS, st.frozensets(DAYS, max_size=30), CHANGES)
SCHEDULES = st.builds(
    Schedule,
    DAYS,
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(5, 1440),
    st.integers(0, 240),
    st.sampled_from(ZONES),
    st.none() | RULES,
    CALENDARS,
)
MOMENTS = st.datetimes(datetime(2023, 6, 1), datetime(2029, 6, 1)).map(lambda at: int(at.timestamp()) * 1000)  # noqa: DTZ001


def allowed(schedule: Schedule, day: date) -> bool:
    """The rule in other words, for one day by itself."""
    rule = schedule.recurrence
    if rule is None:
        return day == schedule.first
    calendar = schedule.calendar
    held = [calendar.workdays, *(workdays for since, workdays in calendar.changes if since <= day)]
    weekdays = held[-1] if rule.weekdays is None else rule.weekdays
    week = (day.toordinal() - 1) // 7 - (schedule.first.toordinal() - 1) // 7
    return (
        day >= schedule.first
        and (rule.until is None or day <= rule.until)
        and day.isoweekday() in weekdays
        and week % rule.every_weeks == 0
        and not (rule.skip_holidays and day in schedule.calendar.holidays)
        and day not in rule.called_off
    )


@settings(max_examples=300, deadline=None)
@given(SCHEDULES, MOMENTS)
def test_occurrences_grow_are_allowed_and_none_is_left_out(schedule: Schedule, after_ms: int) -> None:
    found = list(islice(schedule.occurrences(after_ms), 12))
    starts = [one.starts_at_ms for one in found]
    assert starts == sorted(set(starts))
    assert all(start > after_ms for start in starts)
    zone = ZoneInfo(schedule.zone)
    days = []
    for one in found:
        assert one.opens_at_ms <= one.starts_at_ms < one.ends_at_ms
        # The day of the wall time as it is written: where daylight saving leaves it out, the clock shows a later one.
        day = next(
            day
            for shift in (0, -1)
            for day in [datetime.fromtimestamp(one.starts_at_ms / 1000, zone).date() + timedelta(days=shift)]
            if int(datetime.combine(day, schedule.at, zone).timestamp()) * 1000 == one.starts_at_ms
        )
        assert allowed(schedule, day)
        days.append(day)
    if not found:
        return
    # Every day between the moment and the last one that was found is either among them or not allowed.
    day = datetime.fromtimestamp(after_ms / 1000, zone).date()
    while day <= days[-1]:
        moment = int(datetime.combine(day, schedule.at, zone).timestamp()) * 1000
        assert (day in days) is (allowed(schedule, day) and moment > after_ms)
        day += timedelta(days=1)


@settings(max_examples=100, deadline=None)
@given(SCHEDULES, MOMENTS)
def test_what_is_told_of_its_days_gives_the_same_days(schedule: Schedule, after_ms: int) -> None:
    """A calendar knows its weekdays and single dates only."""
    rule = schedule.recurrence
    if rule is None:
        return
    day = max(schedule.first, local(after_ms).date())
    for day in (day + timedelta(days=number) for number in range(60)):
        week = (day.toordinal() - 1) // 7 - (schedule.first.toordinal() - 1) // 7
        by_rule = week % rule.every_weeks == 0 and (rule.until is None or day <= rule.until)
        told = by_rule and day.isoweekday() in schedule.weekdays and day not in schedule.free_days
        assert (told or day in schedule.extra_days) is allowed(schedule, day)


@settings(max_examples=200, deadline=None)
@given(SCHEDULES, MOMENTS, st.integers(0, 60 * DAY_MS))
def test_what_comes_only_moves_on(schedule: Schedule, now_ms: int, passed_ms: int) -> None:
    coming, later = schedule.coming(0, now_ms), schedule.coming(0, now_ms + passed_ms)
    if coming is None:
        assert later is None
        return
    assert schedule.over_at_ms(coming) > now_ms
    assert later is None or later.starts_at_ms >= coming.starts_at_ms
    following = schedule.coming(coming.starts_at_ms, now_ms)
    assert following is None or following.starts_at_ms > coming.starts_at_ms
