"""The bucket in virtual time."""

from hypothesis import given
from hypothesis import strategies as st

from services.auth.core.throttle import ADDRESS, MEETING, Limit, State, attempt, forget_after_ms, give_back

LIMIT = Limit(3, 1_000, 8_000)


def test_as_many_tries_as_it_holds_then_waiting_twice_as_long_each_time() -> None:
    state = State()
    for _ in range(3):
        state, wait = attempt(LIMIT, state, 0)
        assert wait == 0
    state, wait = attempt(LIMIT, state, 0)
    assert wait == 1_000
    # During the wait every try is refused, with what is left of it.
    state, wait = attempt(LIMIT, state, 400)
    assert wait == 600
    # One token came back, and is used; the next refusal costs twice.
    state, wait = attempt(LIMIT, state, 1_000)
    assert wait == 0
    waits = []
    now = 1_000
    for _ in range(5):
        state, wait = attempt(LIMIT, State(3, now, state.refusals), now)
        waits.append(wait)
        now += wait
    assert waits == [2_000, 4_000, 8_000, 8_000, 8_000]


def test_a_right_try_gives_its_token_back_and_forgives() -> None:
    state, _ = attempt(LIMIT, State(2, 0, refusals=4), 0)
    assert give_back(LIMIT, state, 0) == State(2, 0, 0, 0)
    assert give_back(LIMIT, State(), 0) == State()


def test_a_clock_that_goes_back_gives_nothing_back() -> None:
    _, wait = attempt(LIMIT, State(3, 10_000), 5_000)
    assert wait > 0


def test_it_is_forgotten_when_it_says_nothing_any_more() -> None:
    assert forget_after_ms(LIMIT, State(), 0) == 1
    assert forget_after_ms(LIMIT, State(2, 0), 0) == 2_000
    assert forget_after_ms(LIMIT, State(0, 0, 1, 1_000), 0) == 9_000


@given(st.lists(st.tuples(st.integers(0, 3_000), st.booleans()), max_size=200))
def test_wrong_tries_never_exceed_the_rate(steps: list[tuple[int, bool]]) -> None:
    state, now, wrong = State(), 0, 0
    for elapsed, right in steps:
        now += elapsed
        state, wait = attempt(LIMIT, state, now)
        assert 0 <= wait <= LIMIT.longest_wait_ms
        if wait == 0 and right:
            state = give_back(LIMIT, state, now)
        elif wait == 0:
            wrong += 1
        assert 0 <= state.used <= LIMIT.capacity
    assert wrong <= LIMIT.capacity + now / LIMIT.refill_ms + 1e-6


def test_a_hundred_pages_that_wait_for_a_meeting_use_no_bucket_up() -> None:
    """Each asks with the right password every 30 s. When the password is another one now, each learns so by one wrong
    try and asks no more (web/src/ui/join/not-open.tsx)."""
    for limit in (MEETING, ADDRESS):
        state, now = State(), 0
        for _ in range(12_000):
            now += 300
            state, wait = attempt(limit, state, now)
            assert wait == 0
            state = give_back(limit, state, now)
        for _ in range(100):
            state, wait = attempt(limit, state, now)
            assert wait == 0
