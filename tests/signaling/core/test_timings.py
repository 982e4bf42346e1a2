"""What a browser claims of its join, made sensible."""

from hypothesis import given
from hypothesis import strategies as st

from services.signaling.core.timings import LONGEST_MS, browser_join
from sipulung.signaling.v1 import client_pb2

NOW = 1_800_000_000_000


def test_a_join() -> None:
    timings = client_pb2.JoinTimings(
        token_ms=80,
        socket_ms=90,
        answer_ms=150,
        ice_ms=180,
        dtls_ms=220,
        entered_ms=40,
        first_frame_ms=300,
        started_at_ms=NOW - 10_000,
        enter_clicked_at_ms=NOW - 1_000,
    )
    join = browser_join(timings, NOW)
    assert join.started_at_ms == NOW - 10_000
    assert join.ended_at_ms == NOW - 700
    assert [(step.name, step.at_ms - join.started_at_ms, step.after_ms) for step in join.steps] == [
        ("token", 80, 80),
        ("socket", 90, 90),
        ("answer", 150, 150),
        ("ice", 180, 180),
        ("dtls", 220, 220),
        ("enter_clicked", 9_000, 9_000),
        ("entered", 9_040, 40),
        ("first_frame", 9_300, 300),
    ]
    assert not join.clock_moved


def test_nothing_happened() -> None:
    join = browser_join(client_pb2.JoinTimings(), NOW)
    assert (join.started_at_ms, join.ended_at_ms, join.steps, join.clock_moved) == (NOW, NOW, (), True)


def test_a_clock_that_is_wrong_by_a_year() -> None:
    join = browser_join(client_pb2.JoinTimings(token_ms=100, started_at_ms=NOW - 365 * 86_400_000), NOW)
    assert join.clock_moved
    assert (join.started_at_ms, join.ended_at_ms) == (NOW - 100, NOW)


def test_a_clock_that_is_some_seconds_ahead() -> None:
    join = browser_join(client_pb2.JoinTimings(token_ms=100, started_at_ms=NOW + 5_000), NOW)
    assert not join.clock_moved
    assert join.ended_at_ms == NOW


uint32 = st.integers(0, 2**32 - 1)
int64 = st.integers(-(2**63), 2**63 - 1)


@given(st.tuples(*[uint32] * 7), int64, int64)
def test_any_values(steps: tuple[int, ...], started: int, clicked: int) -> None:
    names = ("token_ms", "socket_ms", "answer_ms", "ice_ms", "dtls_ms", "entered_ms", "first_frame_ms")
    timings = client_pb2.JoinTimings(started_at_ms=started, enter_clicked_at_ms=clicked)
    for name, value in zip(names, steps, strict=True):
        setattr(timings, name, value)
    join = browser_join(timings, NOW)
    assert NOW - 2 * LONGEST_MS - 120_000 <= join.started_at_ms <= join.ended_at_ms <= NOW
    assert all(join.started_at_ms <= step.at_ms <= join.ended_at_ms for step in join.steps)
