"""Who has a line in a report is found without making it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.roster.core.listed import came, listed
from services.roster.core.occurrences import spans
from services.roster.core.report import report_of
from sipulung.roster.v1 import attendance_pb2
from tests.roster.core.paper import MEETING, MINUTE, NINE, Record, held, source

DAY = 24 * 60 * MINUTE


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 5)), max_size=30))
def test_whoever_came_has_a_line(happened: list[tuple[int, int, int]]) -> None:
    """Whatever the log says, in whatever order."""
    records = [
        Record(
            number=number,
            kind=attendance_pb2.AttendanceKind.ValueType(kind),
            at_ms=at_ms,
            participant_id=f"p{place}",
            # Two devices of one account, and a guest.
            account_id=f"account{place // 2}" if place < 3 else "",
            name=f"n{place}",
        )
        for number, (kind, place, at_ms) in enumerate(happened, 1)
    ]
    for span in spans(records):
        assert came(span) == {line.account_id for line in report_of(span, 10).lines}


def test_only_those_of_the_occurrence() -> None:
    first = held(names=("Siti",))
    second = held(NINE + 7 * DAY, names=("Budi", "", "Rina"), after=first[-1])
    given = {MEETING: [*first, *second]}
    assert listed(source(given, occurrence=1)) == {"account0"}
    assert listed(source(given, occurrence=2)) == {"account0", "", "account2"}
    assert listed(source(given, occurrence=0)) == {"account0", "", "account2"}, "the latest"
    assert listed(source(given, occurrence=3)) == set()
    gone = source({MEETING: second}, occurrence=1)
    gone.logs[0].deleted_occurrences = 1
    assert listed(gone) == set(), "retention has deleted it"
    assert listed(source(given, occurrence=2), {MEETING: second[1].number}) == {"account0"}, "when Budi had come"


def test_only_those_of_the_month() -> None:
    around = held(NINE - 19 * DAY, names=("", "", "Rina"))
    within = held(names=("Siti",), after=around[-1])
    assert listed(source({MEETING: [*around, *within]}, month="2020-03")) == {"account0"}
