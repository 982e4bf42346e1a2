"""One time of a series does not take place; the others do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from services.common.errors import InvalidField, MeetingEnded, MeetingNotOpen
from services.roster.core import commands, span
from services.roster.core.called_off import told
from services.roster.core.change import Change
from services.roster.core.meeting import Phase
from services.roster.core.schedule import LINGER_MS, Calendar, Recurrence, Schedule
from services.roster.core.state import MeetingState
from tests.roster.core.scene import person
from tests.roster.core.test_schedule import DAY_MS, MONDAY, ms, once
from tests.roster.core.test_span import ENDS, OPENS, STARTS, came_and_left, daily, scheduled

TUESDAY = MONDAY + timedelta(days=1)
FIELD = "schedule.recurrence.called_off_dates"


def without(state: MeetingState, *days: date, now_ms: int = OPENS - 1) -> Change:
    schedule = state.definition.schedule
    assert schedule is not None
    assert schedule.recurrence is not None
    rule = replace(schedule.recurrence, called_off=frozenset(days))
    asked = replace(schedule, recurrence=rule)
    return commands.update(state, state.definition.revision, None, None, None, "account:x", now_ms, schedule=asked)


def test_the_next_one_is_called_off() -> None:
    change = without(daily(), MONDAY)
    state = change.state
    with pytest.raises(MeetingNotOpen) as refused:
        commands.join(state, person("Budi"), STARTS)
    assert refused.value.to_proto().opens_at_ms == OPENS + DAY_MS, "who comes hears when the next one is"
    assert commands.join(state, person("Budi"), STARTS + DAY_MS).state.definition.planned_at_ms == STARTS + DAY_MS
    assert [note.detail for note in change.audit] == ["revision 2: schedule; called off 2026-11-23"]


def test_and_takes_place_again() -> None:
    state = without(daily(), MONDAY, TUESDAY).state
    change = without(state, TUESDAY)
    assert [note.detail for note in change.audit] == ["revision 3: schedule; takes place again 2026-11-23"]
    coming = change.state.definition.coming(OPENS - 1)
    assert coming is not None
    assert coming.starts_at_ms == STARTS


@pytest.mark.parametrize("now_ms", [OPENS, STARTS])
def test_not_one_that_is_open(now_ms: int) -> None:
    with pytest.raises(InvalidField, match="end it instead") as refused:
        without(daily(), MONDAY, now_ms=now_ms)
    assert refused.value.field == FIELD
    without(daily(), TUESDAY, now_ms=now_ms)


def test_not_one_that_runs_over() -> None:
    state = commands.join(daily(), person("Budi"), OPENS).state
    with pytest.raises(InvalidField, match="end it instead"):
        without(state, MONDAY, now_ms=STARTS + 3 * 3_600_000)
    left = span.settle(came_and_left(daily(), OPENS, STARTS), STARTS + 2 * 3_600_000).state
    without(left, MONDAY, TUESDAY, now_ms=STARTS + 2 * 3_600_000)


def test_one_that_a_host_only_tried() -> None:
    early = OPENS - 600_000
    tried = commands.join(daily(), person("Andi", host=True), early).state
    with pytest.raises(InvalidField, match="end it instead"):
        without(tried, MONDAY, now_ms=early)
    left = commands.leave(tried, person("Andi").participant_id, early + 1000).state
    state = span.settle(without(left, MONDAY, now_ms=early + 2000).state, OPENS + 1000).state
    coming = state.definition.coming(OPENS + 1000)
    assert coming is not None
    assert coming.starts_at_ms == STARTS + DAY_MS


def test_not_all_that_are_left() -> None:
    state = daily(until=TUESDAY)
    with pytest.raises(InvalidField, match="call the whole meeting off") as refused:
        without(state, MONDAY, TUESDAY)
    assert refused.value.field == FIELD
    without(state, MONDAY)
    over = STARTS + 9 * DAY_MS
    with pytest.raises(InvalidField) as past:
        commands.update(
            scheduled(Recurrence(None)), 1, None, None, None, "x", over, schedule=replace(once(), recurrence=None)
        )
    assert past.value.field == "schedule.date"


def test_days_that_are_over_are_kept_for_a_while() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(90)]
    later = STARTS + 80 * DAY_MS
    # But for today, on which it is open.
    change = without(daily(), *days[:80], *days[81:], now_ms=later)
    schedule = change.state.definition.schedule
    assert schedule is not None
    assert schedule.recurrence is not None
    # Of the 79 until the day before yesterday the last fifty.
    assert schedule.recurrence.called_off == {*days[79 - 50 : 80], *days[81:]}


def test_the_night_before() -> None:
    """An occurrence that began yesterday is on until the morning: called off, it stays so."""
    night = Schedule(MONDAY, time(22), 480, 15, "Asia/Makassar", Recurrence(frozenset(range(1, 8))))
    state = replace(daily(), definition=replace(daily().definition, schedule=night))
    state = without(state, MONDAY).state
    at_two = ms(TUESDAY, 2)
    assert state.definition.phase(at_two) is Phase.NOT_OPEN
    renamed = commands.update(
        state, state.definition.revision, "Ronda", None, None, "x", at_two, schedule=night_of(state)
    )
    assert renamed.state.definition.phase(at_two) is Phase.NOT_OPEN


def night_of(state: MeetingState) -> Schedule:
    assert state.definition.schedule is not None
    return state.definition.schedule


def test_a_series_of_which_holidays_left_nothing_ends_when_its_last_day_is_over() -> None:
    rule = Recurrence(frozenset({1, 2}), skip_holidays=True, until=TUESDAY)
    state = without(scheduled(rule), MONDAY).state
    state = commands.follow(state, Calendar(holidays=frozenset({TUESDAY})), OPENS - 1).state
    assert span.settle(state, OPENS).empty
    with pytest.raises(MeetingEnded):
        commands.join(state, person("Budi"), OPENS)
    over = ENDS + LINGER_MS + DAY_MS
    assert span.due_ms(state, OPENS) == over
    assert span.settle(state, over - 1).empty
    change = span.settle(state, over)
    assert change.state.definition.ended_at_ms == over
    assert [(past.number, past.planned_at_ms) for past in change.past] == [(0, 0)]
    assert span.due_ms(change.state, over) == 0


def test_a_holiday_that_was_a_mistake_is_taken_back() -> None:
    """Whatever of the series was held or ended meanwhile, what the holiday took away comes back."""
    mistyped = Calendar(holidays=frozenset({MONDAY, TUESDAY}))
    series = scheduled(Recurrence(None, skip_holidays=True, until=TUESDAY))
    state = commands.follow(series, mistyped, OPENS - DAY_MS).state
    state = span.settle(state, OPENS - DAY_MS + 60_000).state
    state = commands.follow(state, Calendar(), OPENS - DAY_MS + 300_000).state
    assert state.definition.phase(OPENS) is Phase.OPEN
    held = commands.end(came_and_left(series, STARTS, ENDS - 1), "account:owner", ENDS)
    ended_empty = commands.end(series, "account:owner", ENDS)
    for change in (held, ended_empty):
        state = span.settle(commands.follow(change.state, mistyped, ENDS).state, ENDS + DAY_MS // 2).state
        assert not state.definition.closed
        again = commands.follow(state, Calendar(), ENDS + DAY_MS // 2).state
        assert again.definition.opening_ms(ENDS + DAY_MS // 2) == OPENS + DAY_MS
        over = span.settle(state, ENDS + LINGER_MS + DAY_MS)
        assert over.state.definition.ended_at_ms
        assert over.past == (), "it has a row already"


def test_what_is_ended_while_a_holiday_leaves_no_more_comes_back_too() -> None:
    mistyped = Calendar(holidays=frozenset({TUESDAY}))
    series = scheduled(Recurrence(None, skip_holidays=True, until=TUESDAY), mistyped)
    running = commands.join(series, person("Budi"), STARTS).state
    for state in (series, running):
        ended = commands.end(state, "account:owner", ENDS).state
        assert not ended.definition.closed
        assert commands.follow(ended, Calendar(), ENDS + 1).state.definition.phase(OPENS + DAY_MS) is Phase.OPEN


def test_what_the_audit_log_says() -> None:
    series = daily().definition.schedule
    assert series is not None
    assert series.recurrence is not None
    rule = series.recurrence
    some = replace(series, recurrence=replace(rule, called_off=frozenset({TUESDAY, MONDAY})))
    other = replace(series, recurrence=replace(rule, called_off=frozenset({TUESDAY, date(2026, 11, 27)})))
    assert told(None, some, OPENS) == told(once(), some, OPENS) == "; called off 2026-11-23, 2026-11-24"
    assert told(some, other, OPENS) == "; called off 2026-11-27; takes place again 2026-11-23"
    assert told(some, other, OPENS + DAY_MS) == "; called off 2026-11-27", "what is over takes place no more"
    assert told(some, some, OPENS) == told(None, once(), OPENS) == ""
