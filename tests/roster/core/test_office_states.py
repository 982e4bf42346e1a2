"""What may be said after what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import Throttled, WrongState
from services.roster.core.office_states import (
    BREAK,
    CLOSING_MS,
    DONE,
    MOST_A_DAY,
    PRESENT,
    Declaration,
    State,
    declared,
    followed,
    is_open,
)

DAY_END = 86_400_000


def said(*states: State) -> list[Declaration]:
    """One a second."""
    return [Declaration(state, 1000 * number, client_id=f"c{number}") for number, state in enumerate(states, 1)]


@pytest.mark.parametrize(
    ("before", "state", "allowed"),
    [
        ([], PRESENT, True),
        ([], BREAK, False),
        ([], DONE, False),
        ([PRESENT], BREAK, True),
        ([PRESENT], DONE, True),
        ([PRESENT, BREAK], PRESENT, True),
        ([PRESENT, BREAK], DONE, True),
        ([PRESENT, DONE], PRESENT, True),
        ([PRESENT, DONE], BREAK, False),
    ],
)
def test_the_table(before: list[State], state: State, allowed: bool) -> None:
    one = Declaration(state, 90_000, client_id="new")
    if allowed:
        assert declared(said(*before), one, DAY_END) == one
    else:
        with pytest.raises(WrongState):
            declared(said(*before), one, DAY_END)


def test_the_same_again_changes_nothing() -> None:
    before = [Declaration(PRESENT, 1000, "surat", "c1"), Declaration(BREAK, 2000, "", "c2")]
    assert declared(before, Declaration(PRESENT, 9000, "lain", "c1"), DAY_END) is None
    assert declared(before, Declaration(BREAK, 9000, "", "c3"), DAY_END) is None


def test_other_work_is_another_declaration() -> None:
    before = [Declaration(PRESENT, 1000, "surat", "c1")]
    one = Declaration(PRESENT, 9000, "rapat", "c2")
    assert declared(before, one, DAY_END) == one


def test_a_clock_that_was_set_back() -> None:
    assert declared(said(PRESENT), Declaration(BREAK, 10, client_id="new"), DAY_END) == Declaration(
        BREAK, 1000, client_id="new"
    )


def test_a_day_has_an_end_of_declarations() -> None:
    before = said(*([PRESENT, BREAK] * (MOST_A_DAY // 2)))
    with pytest.raises(Throttled) as refused:
        declared(before, Declaration(PRESENT, DAY_END - 5000, client_id="new"), DAY_END)
    assert refused.value.retry_after_ms == 5000
    with pytest.raises(Throttled) as refused:
        declared(before, Declaration(PRESENT, DAY_END + 5000, client_id="new"), DAY_END)
    assert refused.value.retry_after_ms == 1


STATES = st.sampled_from([PRESENT, BREAK, DONE])
DECLARATIONS = st.lists(
    st.builds(Declaration, STATES, st.integers(-10_000, DAY_END + 10_000), st.just(""), st.sampled_from("abcdefgh"))
)


@given(DECLARATIONS, st.integers(-10_000, DAY_END + 2 * CLOSING_MS))
def test_what_counts_is_in_order_once_and_within(log: list[Declaration], now_ms: int) -> None:
    kept = followed(log, 0, DAY_END, now_ms)
    times = [one.at_ms for one in kept]
    assert times == sorted(times)
    assert all(0 <= at_ms <= max(now_ms, 0) for at_ms in times)
    # Only the last may lie behind the day, and only as its end.
    assert all(at_ms <= DAY_END for at_ms in times[:-1])
    assert all(one.at_ms <= DAY_END + (CLOSING_MS if one.state == DONE else 0) for one in kept[-1:])
    assert len({one.client_id for one in kept}) == len(kept)
    # What was followed can be said anew, in that order, and then again is the same.
    assert followed(kept, 0, DAY_END, now_ms) == kept
    # What is delivered twice counts once.
    assert followed([*log, *log], 0, DAY_END, now_ms)[: len(kept)] == kept


def test_a_night_is_ended_after_midnight() -> None:
    begun, ended = Declaration(PRESENT, 1000, client_id="c1"), Declaration(DONE, DAY_END + 5000, client_id="c2")
    late = DAY_END + 2 * CLOSING_MS
    assert followed([begun, ended], 0, DAY_END, late) == [begun, ended]
    # Nothing comes behind it, and nobody works longer than that.
    assert followed([begun, ended, Declaration(PRESENT, late, client_id="c3")], 0, DAY_END, late) == [begun, ended]
    (_, last) = followed([begun, Declaration(DONE, late, client_id="c2")], 0, DAY_END, late)
    assert last.at_ms == DAY_END + CLOSING_MS
    # Anything else that is dated after the day was said at its end, whatever the clock said.
    assert followed([begun, Declaration(BREAK, late, client_id="c2")], 0, DAY_END, late)[-1].at_ms == DAY_END


def test_what_is_open() -> None:
    assert [is_open(said(*states)) for states in ([], [PRESENT], [PRESENT, BREAK], [PRESENT, DONE])] == [
        False,
        True,
        True,
        False,
    ]
