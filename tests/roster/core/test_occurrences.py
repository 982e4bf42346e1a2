"""Which records belong to which occurrence of a meeting."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import InvalidField
from services.roster.core.occurrences import Record, spans
from services.roster.core.report import report, report_of
from sipulung.roster.v1 import attendance_pb2, participant_pb2
from tests.roster.core.scene import NOON
from tests.roster.core.test_report import ENDED, JOINED, LEFT, RECORDS, STARTED, log, one, spells


def bounds(records: list[Record]) -> list[tuple[int, int]]:
    """In seconds of the meeting; -1: goes on."""
    return [
        ((span.started_at_ms - NOON) // 1000, (span.ended_at_ms - NOON) // 1000 if span.ended_at_ms else -1)
        for span in spans(records)
    ]


def test_none() -> None:
    assert spans([]) == []


def test_one_meeting_is_one_occurrence() -> None:
    assert bounds(log(one(STARTED, 0), one(JOINED, 0, "a"))) == [(0, -1)]
    assert bounds(log(one(STARTED, 0), one(JOINED, 0, "a"), one(ENDED, 60))) == [(0, 60)]
    assert bounds(log(one(ENDED, 60))) == [(60, 60)]


def test_a_series() -> None:
    records = log(
        one(STARTED, 0),
        one(JOINED, 0, "a"),
        one(ENDED, 60),
        # Told late, of the first one.
        one(LEFT, 61, "a"),
        one(STARTED, 1000),
        one(JOINED, 1001, "a"),
        one(ENDED, 1060),
        one(STARTED, 2000),
    )
    assert bounds(records) == [(0, 60), (1000, 1060), (2000, -1)]
    assert [span.last_number for span in spans(records)] == [4, 7, 8]
    assert [len(report(records, NOON, number).lines) for number in (0, 1, 2, 3)] == [0, 1, 1, 0]


def test_an_end_that_was_never_recorded() -> None:
    records = log(one(STARTED, 0), one(JOINED, 5, "a"), one(STARTED, 100), one(JOINED, 101, "a"))
    assert bounds(records) == [(0, 100), (100, -1)]
    (line,) = report(records, NOON + 200_000, 1).lines
    assert (spells(line), line.reason) == ([(5, 100)], participant_pb2.LEAVE_REASON_MEETING_ENDED)


def test_a_clock_that_is_set_back_between_two() -> None:
    records = log(one(STARTED, 0), one(ENDED, 100), one(STARTED, 50), one(JOINED, 51, "a"), one(LEFT, 130, "a"))
    assert bounds(records) == [(0, 100), (100, -1)]
    assert spells(report(records, NOON).lines[0]) == [(100, 130)]


def test_one_that_there_is_not() -> None:
    for records, number in (([], 1), (log(one(STARTED, 0)), 2)):
        with pytest.raises(InvalidField) as refused:
            report(records, NOON, number)
        assert refused.value.field == "occurrence"


@settings(max_examples=300, deadline=None)
@given(RECORDS, st.integers(-200, 2000), st.randoms(use_true_random=False))
def test_any_log(records: list[Record], second: int, chance: random.Random) -> None:
    """No record is in two occurrences or in none, and nobody's time is, whatever the order and the clocks."""
    numbered = log(*records)
    found = spans(numbered)
    shuffled = [*numbered, *chance.sample(numbered, len(numbered) // 2)]
    chance.shuffle(shuffled)
    assert spans(shuffled) == found
    assert [record for span in found for record in span.records] == numbered
    before = 0
    for place, span in enumerate(found):
        assert before <= span.started_at_ms
        assert span.ended_at_ms == 0 or span.started_at_ms <= span.ended_at_ms
        assert span.ended_at_ms > 0 or place == len(found) - 1
        starts = [record for record in span.records if record.kind == attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED]
        assert len(starts) <= 1
        told = report_of(span, NOON + second * 1000)
        for line in told.lines:
            end = span.started_at_ms
            for spell in line.spells:
                assert end <= spell.start_ms <= spell.end_ms
                end = spell.end_ms
            assert span.ended_at_ms == 0 or end <= span.ended_at_ms
        before = span.ended_at_ms
