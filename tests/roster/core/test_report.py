"""One line per person, whatever the log went through."""

from __future__ import annotations

import random
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from services.roster.core.names import told_apart
from services.roster.core.report import Line, Record, Report, Spell, report
from sipulung.roster.v1 import attendance_pb2, participant_pb2
from tests.roster.core.scene import NOON

JOINED = attendance_pb2.ATTENDANCE_KIND_JOINED
LEFT = attendance_pb2.ATTENDANCE_KIND_LEFT
LOST = attendance_pb2.ATTENDANCE_KIND_LOST
RETURNED = attendance_pb2.ATTENDANCE_KIND_RETURNED
STARTED = attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED
ENDED = attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED
STILL_THERE = participant_pb2.LEAVE_REASON_UNSPECIFIED


def one(
    kind: attendance_pb2.AttendanceKind.ValueType,
    second: int,
    who: str = "",
    name: str = "",
    account: str = "",
    device: str = "",
    reason: int = 0,
) -> Record:
    """A record at that second of the meeting; its number is its place in `log`."""
    return Record(
        kind=kind,
        at_ms=NOON + second * 1000,
        participant_id=who,
        name=name or who,
        account_id=account,
        device=device,
        reason=participant_pb2.LeaveReason.ValueType(reason),
    )


def log(*records: Record) -> list[Record]:
    for number, record in enumerate(records, 1):
        record.number = number
    return list(records)


def told(records: Iterable[Record], second: int = 1000) -> Report:
    return report(records, NOON + second * 1000)


def spells(line: Line) -> list[tuple[int, int]]:
    """In seconds of the meeting."""
    return [((spell.start_ms - NOON) // 1000, (spell.end_ms - NOON) // 1000) for spell in line.spells]


def only(records: Iterable[Record], second: int = 1000) -> Line:
    (line,) = told(records, second).lines
    return line


def test_nobody_was_there() -> None:
    assert report([], NOON) == Report(0, 0, ())


def test_a_meeting_that_goes_on() -> None:
    made = told(log(one(STARTED, 0), one(JOINED, 0, "budi"), one(JOINED, 30, "ani"), one(LEFT, 40, "budi")), 100)
    assert (made.started_at_ms, made.ended_at_ms) == (NOON, 0)
    budi, ani = made.lines
    assert (budi.name, budi.present_ms, budi.last_leave_ms) == ("budi", 40_000, NOON + 40_000)
    assert budi.reason == participant_pb2.LEAVE_REASON_LEFT
    assert (ani.first_join_ms, ani.present_ms, ani.last_leave_ms, ani.reason) == (NOON + 30_000, 70_000, 0, STILL_THERE)


def test_the_end_ends_it_for_all() -> None:
    ended = participant_pb2.LEAVE_REASON_MEETING_ENDED
    made = told(
        log(
            one(STARTED, 0),
            one(JOINED, 0, "ani"),
            one(JOINED, 1, "budi"),
            one(LEFT, 60, "ani", reason=ended),
            one(ENDED, 60),
            one(JOINED, 70, "late"),
            one(LEFT, 80, "budi"),
        )
    )
    assert made.ended_at_ms == NOON + 60_000
    assert [(spells(line), line.reason) for line in made.lines] == [([(0, 60)], ended), ([(1, 60)], ended)]


def test_lost_is_not_left() -> None:
    lost = participant_pb2.LEAVE_REASON_LOST
    records = log(
        one(STARTED, 0), one(JOINED, 0, "budi"), one(LOST, 10, "budi"), one(RETURNED, 15, "budi"), one(LOST, 30, "budi")
    )
    line = only(records)
    assert (line.lost, line.rejoins, line.reason, spells(line)) == (2, 0, lost, [(0, 10), (15, 30)])
    for reason in (lost, participant_pb2.LEAVE_REASON_LEFT, participant_pb2.LEAVE_REASON_MEETING_ENDED):
        line = only(log(*records, one(LEFT, 60, "budi", reason=reason)))
        assert (line.reason, line.last_leave_ms, line.present_ms) == (lost, NOON + 30_000, 25_000)


def test_removed() -> None:
    removed = participant_pb2.LEAVE_REASON_REMOVED
    line = only(log(one(STARTED, 0), one(JOINED, 0, "budi"), one(LEFT, 5, "budi", reason=removed)))
    assert line.reason == removed


def test_a_guest_who_comes_again_is_one_person() -> None:
    line = only(
        log(
            one(STARTED, 0),
            one(JOINED, 0, "a", "Budi", device="d1"),
            one(LOST, 10, "a", "Budi", device="d1"),
            one(JOINED, 20, "b", "budi (2)", device="d1"),
            one(LEFT, 40, "a", "Budi", device="d1", reason=participant_pb2.LEAVE_REASON_LOST),
            one(LEFT, 50, "b", "Budi (2)", device="d1"),
            one(JOINED, 90, "b", "Budi", device="d1"),
        ),
        100,
    )
    assert (line.name, line.rejoins, line.lost, spells(line)) == ("Budi", 2, 1, [(0, 10), (20, 50), (90, 100)])


def test_a_name_that_was_cut_to_be_told_apart() -> None:
    long = "B" * 64
    first, apart = ("a", long), ("b", told_apart(long, [long]))
    records = log(
        one(JOINED, 0, *first, device="d"), one(LEFT, 1, *first, device="d"), one(JOINED, 2, *apart, device="d")
    )
    assert only(records).rejoins == 1


def test_two_devices_of_an_account_are_one_person() -> None:
    line = only(
        log(
            one(STARTED, 0),
            one(JOINED, 0, "pc", "Ani", account="x", device="d1"),
            one(JOINED, 10, "phone", "Ani (2)", account="x", device="d2"),
            one(LOST, 20, "pc", "Ani", account="x", device="d1"),
            one(LEFT, 30, "phone", "Ani (2)", account="x", device="d2"),
            one(LEFT, 50, "pc", "Ani", account="x", device="d1", reason=participant_pb2.LEAVE_REASON_LOST),
        )
    )
    # One device's network alone is not the person's.
    assert (line.account_id, line.rejoins, line.lost, spells(line)) == ("x", 0, 0, [(0, 30)])
    assert line.reason == participant_pb2.LEAVE_REASON_LEFT


def test_people_who_are_not_the_same() -> None:
    made = told(
        log(
            one(JOINED, 0, "a", "Budi", device="d1"),
            one(JOINED, 0, "b", "Budi", device="d2"),
            one(JOINED, 0, "c", "Cici", device="d1"),
            one(JOINED, 0, "d", "Budi"),
            one(JOINED, 0, "e", "Budi"),
            one(JOINED, 0, "f", "Budi", account="x", device="d1"),
        )
    )
    assert [line.name for line in made.lines] == ["Budi"] * 5 + ["Cici"]


def test_what_makes_no_sense_does_no_harm() -> None:
    made = told(
        log(
            one(LEFT, 0, "ghost"),
            one(STARTED, 10),
            one(LOST, 11, "ghost"),
            one(JOINED, 5, "early"),
            one(JOINED, 12, "early"),
            one(RETURNED, 12, "early"),
            one(LEFT, 20, "early"),
            one(LEFT, 25, "early"),
            one(LOST, 26, "early"),
            one(JOINED, 30),
            one(attendance_pb2.ATTENDANCE_KIND_UNSPECIFIED, 31, "early"),
            one(RETURNED, 40, "back"),
        ),
        60,
    )
    early, back = made.lines
    assert (spells(early), early.rejoins, early.lost) == ([(11, 20)], 0, 0)
    assert spells(back) == [(40, 60)]


def test_a_clock_that_is_set_back() -> None:
    records = log(
        one(STARTED, 0),
        one(JOINED, 0, "a"),
        one(LEFT, 100, "a"),
        one(JOINED, 40, "a"),
        one(LEFT, 130, "a"),
        one(ENDED, 9),
    )
    line = only(records, 0)
    assert spells(line) == [(0, 100), (100, 130)]
    assert told(records).ended_at_ms == NOON + 130_000
    # Nor does the moment of asking lie before what has happened.
    assert spells(only(log(one(JOINED, 50, "a")), 10)) == [(50, 50)]


def test_twice_or_out_of_order() -> None:
    records = log(
        one(STARTED, 0), one(JOINED, 1, "a"), one(LEFT, 5, "a"), one(JOINED, 9, "a"), one(LOST, 12, "a"), one(ENDED, 20)
    )
    assert told([*reversed(records), *records]) == told(records)


PEOPLE = [
    ("a", "Budi", "", "d1"),
    ("b", "Budi (2)", "", "d1"),
    ("c", "Cici", "x", "d2"),
    ("d", "Cici (2)", "x", "d3"),
    ("e", "Dedi", "", ""),
    ("", "", "", ""),
]
RECORDS = st.lists(
    st.builds(
        lambda kind, second, who, reason: one(
            kind, second, who[0], who[1], account=who[2], device=who[3], reason=reason
        ),
        st.sampled_from(
            [*[JOINED, LEFT, LOST, RETURNED] * 4, STARTED, ENDED, attendance_pb2.ATTENDANCE_KIND_UNSPECIFIED]
        ),
        st.integers(-100, 1000),
        st.sampled_from(PEOPLE),
        st.sampled_from(participant_pb2.LeaveReason.values()),
    ),
    max_size=40,
)


@settings(max_examples=500, deadline=None)
@given(RECORDS, st.integers(-200, 2000), st.randoms(use_true_random=False))
def test_any_log(records: list[Record], second: int, chance: random.Random) -> None:
    """Whatever is in it, and however it is delivered."""
    numbered = log(*records)
    made = told(numbered, second)
    delivered = [*numbered, *chance.sample(numbered, len(numbered) // 2)]
    chance.shuffle(delivered)
    assert told(delivered, second) == made
    latest_ms = max([NOON + second * 1000, made.started_at_ms, *(record.at_ms for record in numbered)])
    end_ms = made.ended_at_ms or latest_ms
    assert made.started_at_ms <= end_ms <= latest_ms
    # Two accounts' or guests' devices each, and one without any: never a line more than there are people.
    assert len(made.lines) <= 3
    for line in made.lines:
        before = made.started_at_ms
        for spell in line.spells:
            assert before <= spell.start_ms <= spell.end_ms <= end_ms
            before = spell.end_ms
        assert 0 <= line.present_ms <= end_ms - made.started_at_ms
        assert line.rejoins < len(line.spells)
        assert line.lost <= len(line.spells)
        assert (line.last_leave_ms == 0) is (line.reason == STILL_THERE)
        assert made.ended_at_ms == 0 or line.reason != STILL_THERE


def test_a_spell_is_half_open() -> None:
    assert only(log(one(JOINED, 0, "a"), one(LEFT, 7, "a"))).spells == (Spell(NOON, NOON + 7000),)
