"""A day at the office, from what a person said and the meetings that they were in."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.roster.core.intervals import clipped, without
from services.roster.core.meeting_times import MeetingTimes
from services.roster.core.office import PersonDay, Status, ends_ms, person_day, summed
from services.roster.core.office_calendar import Day, day_of
from services.roster.core.office_states import BREAK, DONE, PRESENT, Declaration, State
from services.roster.core.report import Spell
from sipulung.roster.v1 import office_pb2
from tests.roster.core.test_office_calendar import HOURS

DAY = day_of(date(2026, 11, 24), ZoneInfo("Asia/Makassar"), HOURS)
SUNDAY = day_of(date(2026, 11, 29), ZoneInfo("Asia/Makassar"), HOURS)
NONE = office_pb2.OFFICE_STATUS_NONE
IS_PRESENT = office_pb2.OFFICE_STATUS_PRESENT
IN_MEETING = office_pb2.OFFICE_STATUS_IN_MEETING
ON_BREAK = office_pb2.OFFICE_STATUS_BREAK
IS_DONE = office_pb2.OFFICE_STATUS_DONE
AFTER_MEETING = office_pb2.OFFICE_STATUS_AFTER_MEETING
MINUTE = 60_000


def at(clock: str, day: Day = DAY) -> int:
    """ "07:30" of the day."""
    hours, minutes = clock.split(":")
    return day.start_ms + (int(hours) * 60 + int(minutes)) * MINUTE


def say(clock: str, state: State, note: str = "", day: Day = DAY) -> Declaration:
    return Declaration(state, at(clock, day), note, f"{clock}-{state}-{note}")


def met(*spells: tuple[str, str], since: str = "", name: str = "rapat") -> tuple[str, MeetingTimes]:
    return name, MeetingTimes([Spell(at(start), at(end)) for start, end in spells], at(since) if since else 0)


def seen(now: str, said: Sequence[Declaration] = (), *meetings: tuple[str, MeetingTimes], day: Day = DAY) -> PersonDay:
    return person_day(day, said, meetings, at(now, day))


def minutes(spells: Sequence[Spell]) -> list[tuple[int, int]]:
    """After midnight."""
    return [((one.start_ms - DAY.start_ms) // MINUTE, (one.end_ms - DAY.start_ms) // MINUTE) for one in spells]


def pauses(mine: PersonDay) -> list[list[tuple[int, int]]]:
    """What is left of each break."""
    return [minutes(one) for one in mine.breaks]


def status(mine: PersonDay) -> tuple[Status, int]:
    return mine.status, mine.since_ms


def test_nothing_is_known() -> None:
    mine = seen("12:00")
    assert status(mine) == (NONE, 0)
    assert (mine.known, mine.first_ms, mine.late_ms, mine.present_ms, mine.not_closed) == (False, 0, 0, 0, False)
    assert status(seen("24:00")) == (NONE, 0)


def test_an_ordinary_day() -> None:
    said = [
        say("07:25", PRESENT, "surat masuk"),
        say("12:00", BREAK),
        say("13:00", PRESENT, "laporan"),
        say("16:30", DONE),
    ]
    assert status(seen("08:00", said[:1])) == (IS_PRESENT, at("07:25"))
    assert seen("08:00", said[:1]).note == "surat masuk"
    assert status(seen("12:30", said[:2])) == (ON_BREAK, at("12:00"))
    assert seen("12:30", said[:2]).present_ms == 275 * MINUTE
    for now in ("17:00", "24:00", "47:00"):
        mine = seen(now, said)
        assert status(mine) == (IS_DONE, at("16:30"))
        assert (mine.first_ms, mine.done_ms, mine.late_ms, mine.note) == (at("07:25"), at("16:30"), 0, "")
        assert minutes(mine.presence) == [(445, 720), (780, 990)]
        assert (pauses(mine), mine.break_ms) == ([[(720, 780)]], 60 * MINUTE)
        assert (mine.inside_ms, mine.outside_ms) == (450 * MINUTE, 35 * MINUTE)
        assert mine.present_ms == 485 * MINUTE
        assert not mine.not_closed


def test_other_work_does_not_begin_the_presence_anew() -> None:
    mine = seen("10:00", [say("07:30", PRESENT, "surat"), say("09:00", PRESENT, "laporan")])
    assert (status(mine), mine.note) == ((IS_PRESENT, at("07:30")), "laporan")
    assert minutes(mine.presence) == [(450, 600)]


def test_late_after_the_tolerance_and_from_the_beginning() -> None:
    assert seen("09:00", [say("07:45", PRESENT)]).late_ms == 0
    assert seen("09:00", [say("07:46", PRESENT)]).late_ms == 16 * MINUTE
    # Said and taken back at once is having come.
    assert seen("09:00", [say("08:00", PRESENT), say("08:00", DONE)]).late_ms == 30 * MINUTE


def test_nobody_is_late_on_a_free_day() -> None:
    mine = seen("18:00", [say("10:00", PRESENT, day=SUNDAY), say("12:00", DONE, day=SUNDAY)], day=SUNDAY)
    assert (mine.late_ms, mine.inside_ms, mine.outside_ms) == (0, 0, 120 * MINUTE)
    holiday = dataclasses.replace(DAY, from_ms=0, to_ms=0, holiday="Hari Raya")
    assert seen("18:00", [say("10:00", PRESENT)], day=holiday).late_ms == 0


def test_who_left_before_the_office_hours_began_comes_anew() -> None:
    early = [say("05:00", PRESENT), say("06:00", DONE)]
    assert seen("09:00", early).late_ms == 0
    assert seen("09:00", [*early, say("08:30", PRESENT)]).late_ms == 60 * MINUTE
    assert seen("09:00", [*early, say("08:30", PRESENT)]).first_ms == at("05:00")
    # And who came only when they were over is not late for them.
    assert seen("20:00", [say("19:00", PRESENT)]).late_ms == 0


def test_who_is_on_a_break_when_the_office_hours_begin_has_come() -> None:
    said = [say("07:00", PRESENT), say("07:10", BREAK), say("07:20", BREAK, "sarapan"), say("08:00", PRESENT)]
    for now in ("07:50", "09:00", "24:00"):
        assert seen(now, said[:3] if now == "07:50" else said).late_ms == 0, now
    # Even where they never said that it was over: they had come, and nobody saw them leave.
    assert seen("24:00", said[:3], met(("09:00", "10:00"))).late_ms == 0
    # But not who went home from it, or came late and had a break then.
    assert seen("09:00", [*said[:2], say("07:20", DONE), say("08:00", PRESENT)]).late_ms == 30 * MINUTE
    assert seen("09:00", [say("07:50", PRESENT), say("08:00", BREAK)]).late_ms == 20 * MINUTE


def test_a_break_that_a_meeting_interrupts_is_one() -> None:
    said = [say("07:30", PRESENT), say("12:00", BREAK), say("13:00", PRESENT), say("17:00", DONE)]
    mine = seen("18:00", said, met(("12:20", "12:40")))
    assert (pauses(mine), mine.break_ms) == ([[(720, 740), (760, 780)]], 40 * MINUTE)
    assert (summed([mine]).breaks, summed([mine]).break_ms) == (1, 40 * MINUTE)
    # One that was spent in a meeting is none, and another note makes no other of it.
    mine = seen("18:00", [*said[:2], say("12:30", BREAK, "makan"), *said[2:]], met(("11:50", "13:10"), name="a"))
    assert (pauses(mine), summed([mine]).breaks) == ([], 0)
    mine = seen("18:00", [*said[:2], say("12:30", BREAK, "makan"), *said[2:3], say("15:00", BREAK), *said[3:]])
    assert pauses(mine) == [[(720, 780)], [(900, 1020)]]


def test_a_meeting_is_presence_by_itself() -> None:
    mine = seen("09:30", [], met(since="09:00"))
    assert (status(mine), mine.first_ms, mine.late_ms) == ((IN_MEETING, at("09:00")), at("09:00"), 90 * MINUTE)
    mine = seen("12:00", [], met(("09:00", "10:00"), ("10:30", "11:00")))
    assert status(mine) == (AFTER_MEETING, at("11:00"))
    assert minutes(mine.presence) == [(540, 600), (630, 660)]
    (attended,) = mine.meetings
    assert (attended.meeting_id, attended.there) == ("rapat", False)
    assert not seen("24:00", [], met(("09:00", "10:00"))).not_closed
    assert status(seen("24:00", [], met(("09:00", "10:00")))) == (IS_DONE, at("10:00"))


def test_a_meeting_counts_before_what_was_said() -> None:
    said = [say("07:30", PRESENT), say("12:00", BREAK)]
    mine = seen("12:40", said, met(since="12:20"))
    assert status(mine) == (IN_MEETING, at("12:20"))
    assert (minutes(mine.presence), pauses(mine)) == ([(450, 720), (740, 760)], [[(720, 740)]])
    mine = seen("20:00", [*said, say("13:00", DONE)], met(("18:00", "19:00")))
    assert status(mine) == (IS_DONE, at("13:00"))
    assert (mine.outside_ms, mine.done_ms) == (60 * MINUTE, at("13:00"))


def test_two_meetings_at_once_are_one_presence() -> None:
    mine = seen("12:00", [], met(("09:00", "10:00"), name="b"), met(("09:30", "10:30"), name="a"))
    assert [one.meeting_id for one in mine.meetings] == ["b", "a"]
    assert minutes(mine.presence) == [(540, 630)]


def test_a_meeting_over_midnight_belongs_to_both_days() -> None:
    _, times = over_midnight = met(since="23:00")
    mine = seen("23:30", [], over_midnight)
    assert minutes(mine.presence) == [(1380, 1410)]
    mine = seen("25:00", [], over_midnight)
    assert (minutes(mine.presence), mine.meetings[0].there) == ([(1380, 1440)], False)
    next_day = dataclasses.replace(DAY, start_ms=DAY.end_ms, end_ms=DAY.end_ms + DAY.end_ms - DAY.start_ms)
    mine = person_day(next_day, [], [("rapat", times)], at("25:00"))
    assert (minutes(mine.presence), mine.meetings[0].there) == ([(1440, 1500)], True)


def test_a_day_that_was_never_closed_counts_what_is_known() -> None:
    said = [say("07:30", PRESENT, "surat"), say("13:00", PRESENT, "laporan")]
    assert minutes(seen("23:59", said).presence) == [(450, 1439)]
    mine = seen("24:00", said)
    assert (mine.not_closed, mine.note, mine.done_ms) == (True, "", 0)
    assert (status(mine), minutes(mine.presence)) == ((IS_DONE, at("13:00")), [(450, 780)])
    # A meeting after it is evidence too.
    mine = seen("24:00", said, met(("14:00", "15:00")))
    assert (minutes(mine.presence), mine.not_closed) == ([(450, 900)], True)
    # A break that was never ended is no presence, and no hours of a break are guessed.
    mine = seen("24:00", [*said, say("14:00", BREAK)])
    assert (minutes(mine.presence), pauses(mine), mine.not_closed) == ([(450, 840)], [], True)
    # One word alone is known for a moment, and so for no time at all.
    mine = seen("24:00", [say("08:00", PRESENT)])
    assert (mine.present_ms, mine.known, mine.not_closed, mine.late_ms) == (0, True, True, 30 * MINUTE)


def after(day: Day) -> Day:
    length = day.end_ms - day.start_ms
    return dataclasses.replace(day, start_ms=day.end_ms, end_ms=day.end_ms + length, from_ms=0, to_ms=0)


def test_work_over_midnight_counts_to_the_day_that_it_began_on() -> None:
    said = [say("22:00", PRESENT, "posko"), say("26:00", DONE)]
    mine = seen("26:30", said)
    assert (status(mine), mine.done_ms, mine.not_closed) == ((IS_DONE, at("26:00")), at("26:00"), False)
    assert (minutes(mine.presence), mine.outside_ms) == ([(1320, 1560)], 240 * MINUTE)
    # Before it was ended the day is over, and nothing is guessed.
    mine = seen("25:00", said[:1])
    assert (mine.not_closed, mine.present_ms, mine.done_ms) == (True, 0, 0)
    mine = seen("27:00", [say("22:00", PRESENT), say("23:00", BREAK), say("26:00", DONE)])
    assert (minutes(mine.presence), pauses(mine)) == ([(1320, 1380)], [[(1380, 1560)]])


def test_each_moment_of_a_night_counts_once() -> None:
    said = [say("22:00", PRESENT), say("26:00", DONE)]
    meeting = met(("23:30", "24:30"), ("25:00", "25:10"))
    mine = seen("27:00", said, meeting)
    assert minutes(mine.presence) == [(1320, 1440), (1470, 1500), (1510, 1560)]
    following = person_day(after(DAY), [], [meeting], at("27:00"))
    assert minutes(following.presence) == [(1440, 1470), (1500, 1510)]
    sums = summed([mine, following])
    assert (sums.present_ms, sums.meetings) == (240 * MINUTE, 1)
    # Who left before midnight and came back joined another time.
    meeting = met(("23:30", "23:50"), ("24:30", "25:00"))
    days = [person_day(day, [], [meeting], at("27:00")) for day in (DAY, after(DAY))]
    assert summed(days).meetings == 2


def test_up_to_when_meetings_have_to_be_known() -> None:
    begun = say("22:00", PRESENT)
    assert ends_ms(DAY, [], at("30:00")) == ends_ms(DAY, [begun, say("23:00", DONE)], at("30:00")) == DAY.end_ms
    assert ends_ms(DAY, [begun, say("26:00", DONE)], at("30:00")) == at("26:00")


def test_the_day_has_not_begun() -> None:
    mine = person_day(DAY, [], [], DAY.start_ms - 1)
    assert status(mine) == (NONE, 0)


def test_sums() -> None:
    first = seen("24:00", [say("08:00", PRESENT), say("12:00", BREAK), say("13:00", PRESENT), say("17:00", DONE)])
    second = seen("24:00", [say("07:30", PRESENT)], met(("09:00", "10:00")))
    sums = summed([first, second, seen("24:00")])
    assert (sums.days_present, sums.days_late, sums.late_ms) == (2, 1, 30 * MINUTE)
    assert (sums.breaks, sums.break_ms, sums.meetings, sums.days_not_closed) == (1, 60 * MINUTE, 1, 1)
    assert sums.present_ms == sums.inside_ms + sums.outside_ms == first.present_ms + second.present_ms


HOUR = 60 * MINUTE
TIMES = st.integers(DAY.start_ms - 6 * HOUR, DAY.end_ms + 6 * HOUR)
SAID = st.lists(
    st.builds(
        Declaration,
        st.sampled_from([PRESENT, BREAK, DONE]),
        TIMES,
        st.sampled_from(["", "surat"]),
        st.text("abcdefghij", min_size=1, max_size=2),
    ),
    max_size=12,
)
MEETINGS = st.lists(
    st.tuples(
        st.sampled_from(["m1", "m2"]),
        st.builds(
            MeetingTimes, st.lists(st.builds(Spell, TIMES, TIMES), max_size=3), st.sampled_from([0, at("09:00")])
        ),
    ),
    max_size=3,
)


@settings(max_examples=300)
@given(SAID, MEETINGS, TIMES)
def test_whatever_the_clocks_did(
    said: list[Declaration], meetings: list[tuple[str, MeetingTimes]], now_ms: int
) -> None:
    mine = person_day(DAY, said, meetings, now_ms)
    breaks = [spell for one in mine.breaks for spell in one]
    for spells in (mine.presence, breaks):
        bounds = [bound for one in spells for bound in (one.start_ms, one.end_ms)]
        assert bounds == sorted(bounds)
        assert len(set(bounds)) == len(bounds)
        end_ms = max(DAY.end_ms, mine.done_ms)
        assert all(DAY.start_ms <= bound <= min(max(now_ms, DAY.start_ms), end_ms) for bound in bounds)
    moments = sorted((one.start_ms, one.end_ms) for one in (*mine.presence, *breaks))
    assert all(before[1] <= after[0] for before, after in pairwise(moments))
    assert mine.present_ms == sum(one.end_ms - one.start_ms for one in mine.presence)
    assert mine.break_ms == sum(one.end_ms - one.start_ms for one in breaks)
    assert all(mine.breaks), "of one that counts some time is left"
    assert 0 <= mine.inside_ms <= DAY.to_ms - DAY.from_ms
    assert 0 <= mine.late_ms < DAY.to_ms - DAY.from_ms
    assert bool(mine.late_ms) <= mine.known
    # What is delivered twice counts once.
    assert mine == person_day(DAY, [*mine.declarations, *mine.declarations], meetings, now_ms)
    in_meetings = sum(one.end_ms - one.start_ms for attended in mine.meetings for one in attended.spells)
    assert in_meetings == 0 or mine.present_ms > 0
    # No moment counts to two days, whatever the next one was.
    following = person_day(after(DAY), [], meetings, now_ms)
    assert not clipped(without(mine.presence, without(mine.presence, following.presence)), DAY.end_ms, DAY.end_ms * 2)
