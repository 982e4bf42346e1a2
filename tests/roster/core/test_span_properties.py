"""Whatever happens in a series, in whatever order: its occurrences follow each other, and nobody is in two of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import DomainError
from services.roster.core import commands, span
from services.roster.core.change import AttendanceNote, Past
from services.roster.core.meeting import Phase
from services.roster.core.schedule import MINUTE_MS
from tests.roster.core.replay import replayed
from tests.roster.core.scene import restricted
from tests.roster.core.test_properties import ACTS, PEOPLE, step
from tests.roster.core.test_schedule import DAY_MS
from tests.roster.core.test_span import OPENS, daily, scheduled

ACTIONS = ["join", "join", "leave", "lose", "expire", "give up", "say", "end", "settle", "cancel", *ACTS]
PASSED = st.sampled_from([0, 1000, 5 * MINUTE_MS, 40 * MINUTE_MS, 6 * 60 * MINUTE_MS, DAY_MS, 3 * DAY_MS, -MINUTE_MS])
WHO = st.sampled_from(range(len(PEOPLE)))
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), WHO, WHO, PASSED), max_size=60)


@settings(max_examples=400, deadline=None)
@given(STEPS, st.booleans(), st.booleans())
def test_any_sequence(steps: list[tuple[str, int, int, int]], series: bool, with_lobby: bool) -> None:
    state, now_ms = (daily() if series else scheduled()), OPENS - 20 * MINUTE_MS
    if with_lobby:
        state = restricted(state, lobby=True)
    notes: list[AttendanceNote] = []
    past: list[Past] = []
    for action, number, other, passed in steps:
        now_ms += passed
        try:
            match action:
                case "settle":
                    change = span.settle(state, now_ms)
                case "cancel" if number == 0:
                    change = commands.cancel(state, "account:x", now_ms)
                case _:
                    change = step(state, action, number, other, now_ms)
        except DomainError:
            continue
        before, state = state.definition, change.state
        now = state.definition
        notes += change.attendance
        past += change.past
        assert now.occurrences in (before.occurrences, before.occurrences + 1)
        assert now.passed_at_ms >= before.passed_at_ms
        # Whoever is in it is in a running occurrence, and what is over for good stays so.
        assert now.running or not state.present
        assert not before.closed or now.closed
        if now.closed:
            assert now.phase(now_ms) in (Phase.ENDED, Phase.CANCELLED)
            assert span.due_ms(state, now_ms) == 0
    assert_spans(notes, past)


def assert_spans(notes: list[AttendanceNote], past: list[Past]) -> None:
    """The list has a row for each occurrence that ended."""
    end = replayed(notes)
    rows = [row for row in past if row.number]
    assert [row.number for row in rows] == list(range(1, end.ended + 1))
    assert all(row.at_ms <= row.ended_at_ms and row.most_present > 0 for row in rows)
