"""Whatever happens in a series, in whatever order: its occurrences follow each other, and nobody is in two of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import DomainError
from services.roster import codec
from services.roster.core import commands, span
from services.roster.core.change import AttendanceNote, Past
from services.roster.core.meeting import Phase
from services.roster.core.occurrences import spans
from services.roster.core.report import report_of
from services.roster.core.schedule import MINUTE_MS
from services.roster.core.state import MeetingState
from tests.roster.core.replay import replayed
from tests.roster.core.scene import restricted
from tests.roster.core.test_properties import ACTS, PEOPLE, step
from tests.roster.core.test_schedule import DAY_MS
from tests.roster.core.test_span import OPENS, STARTS, daily, scheduled

ACTIONS = ["join", "join", "leave", "lose", "expire", "give up", "say", "end", "settle", "cancel", *ACTS]
PASSED = st.sampled_from([0, 1000, 5 * MINUTE_MS, 40 * MINUTE_MS, 6 * 60 * MINUTE_MS, DAY_MS, 3 * DAY_MS, -MINUTE_MS])
WHO = st.sampled_from(range(len(PEOPLE)))
Steps = list[tuple[str, int, int, int]]
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), WHO, WHO, PASSED), max_size=60)
# Few leave: who is inside is there when the next one opens.
STAYING = st.sampled_from(["join", "join", "join", "lose", "back", "expire", "settle", "admit", "set_role", "leave"])
# From its beginning on, by days: so it is open most of the time.
STAYS = st.sampled_from([0, 1000, DAY_MS, DAY_MS, 3 * DAY_MS, -MINUTE_MS, 6 * 60 * MINUTE_MS, 18 * 60 * MINUTE_MS])
OVERNIGHT = st.lists(st.tuples(STAYING, WHO, WHO, STAYS), max_size=60)


@settings(max_examples=400, deadline=None)
@given(STEPS, st.booleans(), st.booleans())
def test_any_sequence(steps: Steps, series: bool, with_lobby: bool) -> None:
    check(steps, daily() if series else scheduled(), with_lobby, OPENS - 20 * MINUTE_MS)


@settings(max_examples=200, deadline=None)
@given(OVERNIGHT, st.booleans())
def test_any_sequence_of_people_who_stay_overnight(steps: Steps, with_lobby: bool) -> None:
    check(steps, daily(), with_lobby, STARTS)


def check(steps: Steps, state: MeetingState, with_lobby: bool, now_ms: int) -> None:
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
        if action in ("settle", "join") and state.present:
            # Once somebody has looked or come, nobody is in an occurrence any more whose next one has opened.
            assert not 0 < span.due_ms(state, now_ms) <= now_ms
    assert_spans(notes, past)
    assert_reports(notes, state, now_ms)


def assert_reports(notes: list[AttendanceNote], state: MeetingState, now_ms: int) -> None:
    """The occurrences do not overlap, nor do somebody's spells in one, which lie within it."""
    records = [codec.attendance_entry(note, state.definition) for note in notes]
    for number, record in enumerate(records, 1):
        record.number = number
    ended_ms = 0
    for one in spans(records):
        assert one.started_at_ms >= ended_ms
        ended_ms = one.ended_at_ms
        for line in report_of(one, now_ms).lines:
            until_ms = one.started_at_ms
            for spell in line.spells:
                assert until_ms <= spell.start_ms <= spell.end_ms
                until_ms = spell.end_ms
            assert not ended_ms or until_ms <= ended_ms


def assert_spans(notes: list[AttendanceNote], past: list[Past]) -> None:
    """The list has a row for each occurrence that ended, and none shares its record with another."""
    end = replayed(notes)
    rows = [row for row in past if row.number]
    assert [row.number for row in rows] == list(range(1, end.ended + 1))
    numbers = [row.number or row.at_ms // MINUTE_MS for row in past]
    assert len(set(numbers)) == len(numbers)
    assert all(row.at_ms <= row.ended_at_ms and row.most_present > 0 for row in rows)
