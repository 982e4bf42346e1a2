from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.roster.core.ordering import MAX_WAITING, PATIENCE_MS, EventOrder


def test_a_missing_event_is_waited_for() -> None:
    order: EventOrder[str] = EventOrder(4)
    assert order.accept(6, "six", 0) == []
    assert order.accept(7, "seven", 50) == []
    assert not order.is_missing(PATIENCE_MS - 1)
    assert order.is_missing(PATIENCE_MS)
    assert order.accept(5, "five", 60) == ["five", "six", "seven"]
    assert not order.is_missing(10_000)
    assert order.accept(6, "six", 70) == []


def test_a_snapshot_starts_anew() -> None:
    order: EventOrder[int] = EventOrder(0)
    for number in range(2, MAX_WAITING + 3):
        order.accept(number, number, 0)
    assert order.is_missing(1)
    order.restart(300)
    assert not order.is_missing(10_000)
    assert order.accept(301, 301, 0) == [301]


@given(st.permutations(range(1, 12)), st.lists(st.integers(1, 11)))
def test_any_order_with_duplicates_comes_out_in_order(arrivals: list[int], again: list[int]) -> None:
    order: EventOrder[int] = EventOrder(0)
    out = [item for number in arrivals + again for item in order.accept(number, number, 0)]
    assert out == list(range(1, 12))
