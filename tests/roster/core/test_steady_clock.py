"""A clock that jumps and is put right dates nothing wrong; one that stays where it jumped to is believed in the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.roster.core.steady_clock import BELIEVED_AFTER_MS, TOLERANCE_MS, SteadyClock

WALL, BOOT = 1_700_000_000_000, 5_000
HOUR = 3_600_000


def clock() -> SteadyClock:
    return SteadyClock(WALL, BOOT)


def test_it_goes_with_the_machines() -> None:
    steady = clock()
    for passed in range(0, HOUR, 60_000):
        # Slewed by NTP as fast as it does that.
        drift = passed * 500 // 1_000_000
        assert steady.now_ms(WALL + passed + drift, BOOT + passed) == WALL + passed + drift
    assert not steady.doubtful


@pytest.mark.parametrize("jump", [2 * HOUR, -2 * HOUR, TOLERANCE_MS + 1])
def test_a_jump_that_is_put_right_soon_changes_nothing(jump: int) -> None:
    steady = clock()
    for passed in range(0, BELIEVED_AFTER_MS, 10_000):
        assert steady.now_ms(WALL + passed + jump, BOOT + passed) == WALL + passed
        assert steady.doubtful
    right = BELIEVED_AFTER_MS + 1
    assert steady.now_ms(WALL + right, BOOT + right) == WALL + right
    assert not steady.doubtful


@pytest.mark.parametrize("jump", [2 * HOUR, -2 * HOUR])
def test_a_jump_that_stays_is_believed(jump: int) -> None:
    steady = clock()
    steady.now_ms(WALL + jump, BOOT)
    late = BELIEVED_AFTER_MS
    assert steady.now_ms(WALL + late - 1 + jump, BOOT + late - 1) == WALL + late - 1
    assert steady.now_ms(WALL + late + jump, BOOT + late) == WALL + late + jump
    assert not steady.doubtful


def test_each_jump_has_to_last_by_itself() -> None:
    steady = clock()
    steady.now_ms(WALL + HOUR, BOOT)
    half = BELIEVED_AFTER_MS * 3 // 4
    assert steady.now_ms(WALL + 3 * HOUR + half, BOOT + half) == WALL + half
    assert steady.now_ms(WALL + 3 * HOUR + 2 * half, BOOT + 2 * half) == WALL + 2 * half
    whole = half + BELIEVED_AFTER_MS
    assert steady.now_ms(WALL + 3 * HOUR + whole, BOOT + whole) == WALL + 3 * HOUR + whole


@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(-HOUR, HOUR)), max_size=40))
def test_while_it_doubts_time_passes_as_it_does(steps: list[tuple[int, int]]) -> None:
    steady, passed, before = clock(), 0, WALL
    for step, jump in steps:
        passed += step
        now = steady.now_ms(WALL + passed + jump, BOOT + passed)
        if steady.doubtful:
            assert abs((now - before) - step) <= 2 * TOLERANCE_MS
        before = now
