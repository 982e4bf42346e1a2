"""A person's day at the office: what they said, and the meetings that they were in, as facts.

Present is who said so, until they said otherwise, and who is in a meeting, whatever they said. On a day that is over
without "done", nothing is guessed: what was open counts up to the last that is known of them on that day, and is
marked. Whoever works past midnight ends the day then (office_states.CLOSING_MS), and what they worked counts to it, but
for the meetings after midnight, which count to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from services.roster.core.intervals import clipped, total_ms, union, without
from services.roster.core.meeting_times import MeetingTimes
from services.roster.core.office_calendar import Day
from services.roster.core.office_states import BREAK, DONE, NOTHING, PRESENT, Declaration, State, followed, is_open
from services.roster.core.report import Spell
from sipulung.roster.v1 import office_pb2

Status: TypeAlias = office_pb2.OfficeStatus.ValueType
_SAID: dict[State, Status] = {
    PRESENT: office_pb2.OFFICE_STATUS_PRESENT,
    BREAK: office_pb2.OFFICE_STATUS_BREAK,
    DONE: office_pb2.OFFICE_STATUS_DONE,
}


@dataclass(frozen=True, slots=True)
class Attended:
    """A meeting that somebody was in on that day."""

    meeting_id: str
    spells: tuple[Spell, ...]
    there: bool


@dataclass(frozen=True, slots=True)
class PersonDay:
    """Times are Unix milliseconds, 0 for none; durations are milliseconds. The lists of spells are sets of moments.

    `breaks`: what meetings left of each that was declared, if anything.
    """

    status: Status
    since_ms: int
    note: str
    first_ms: int
    done_ms: int
    late_ms: int
    presence: tuple[Spell, ...]
    breaks: tuple[tuple[Spell, ...], ...]
    inside_ms: int
    outside_ms: int
    meetings: tuple[Attended, ...]
    not_closed: bool
    declarations: tuple[Declaration, ...]

    @property
    def present_ms(self) -> int:
        return self.inside_ms + self.outside_ms

    @property
    def break_ms(self) -> int:
        return sum(total_ms(one) for one in self.breaks)

    @property
    def known(self) -> bool:
        """Whether anything is recorded of them on this day."""
        return self.first_ms > 0


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From one declaration to the next."""

    state: State
    spell: Spell


def person_day(
    day: Day, said: Iterable[Declaration], meetings: Iterable[tuple[str, MeetingTimes]], now_ms: int
) -> PersonDay:
    """What is known at `now_ms` of somebody who said this and was in these meetings, named by their ids."""
    until_ms = min(max(now_ms, day.start_ms), day.end_ms)
    over = now_ms >= day.end_ms
    meetings = tuple(meetings)
    attended = _attended(meetings, day, until_ms, now_ms)
    in_meetings = union(spell for one in attended for spell in one.spells)
    declarations = followed(said, day.start_ms, day.end_ms, now_ms)
    state = declarations[-1].state if declarations else NOTHING
    not_closed = over and is_open(declarations)
    # A day that is over ends with the last that is known; while it runs, what is open goes on until now.
    known = [declarations[-1].at_ms] if declarations else []
    last_ms = max([*known, *(spell.end_ms for spell in in_meetings[-1:])], default=day.start_ms) if over else until_ms
    stretches = _stretches(declarations, last_ms)
    said_present = [one.spell for one in stretches if one.state == PRESENT]
    next_day = union(spell for _, times in meetings for spell in clipped(times.until(now_ms), day.end_ms, last_ms))
    presence = union([*without(said_present, next_day), *in_meetings])
    inside_ms = total_ms(clipped(presence, day.from_ms, day.to_ms))
    # The beginning of a stretch counts even if it was ended within the same millisecond.
    beginnings = [*said_present, *in_meetings]
    status, since_ms = _status(declarations, attended, presence, over)
    return PersonDay(
        status,
        since_ms,
        declarations[-1].note if state in (PRESENT, BREAK) and not over else "",
        min((one.start_ms for one in beginnings), default=0),
        _since_ms(declarations) if state == DONE else 0,
        _late_ms(day, [*_stays(stretches), *in_meetings]),
        tuple(presence),
        _breaks(stretches, [*in_meetings, *next_day]),
        inside_ms,
        total_ms(presence) - inside_ms,
        tuple(attended),
        not_closed,
        tuple(declarations),
    )


def _attended(meetings: Iterable[tuple[str, MeetingTimes]], day: Day, until_ms: int, now_ms: int) -> list[Attended]:
    found = []
    for meeting_id, times in meetings:
        spells = union(clipped(times.until(now_ms), day.start_ms, until_ms))
        if spells:
            there = times.since_ms > 0 and spells[-1].end_ms == until_ms and now_ms < day.end_ms
            found.append(Attended(meeting_id, tuple(spells), there))
    return sorted(found, key=lambda one: (one.spells[0].start_ms, one.meeting_id))


def ends_ms(day: Day, said: Iterable[Declaration], now_ms: int) -> int:
    """Up to when meetings are to be known for it: its end, or when somebody said later that they are done with it."""
    return max([day.end_ms, *(one.at_ms for one in followed(said, day.start_ms, day.end_ms, now_ms)[-1:])])


def _stretches(declarations: Sequence[Declaration], last_ms: int) -> list[_Stretch]:
    ends = [one.at_ms for one in declarations[1:]] + [last_ms]
    return [_Stretch(one.state, Spell(one.at_ms, end)) for one, end in zip(declarations, ends, strict=False)]


def _breaks(stretches: Iterable[_Stretch], in_meetings: Sequence[Spell]) -> tuple[tuple[Spell, ...], ...]:
    """One that a meeting interrupts stays one; saying it again with another note does not begin it anew either."""
    declared = union(one.spell for one in stretches if one.state == BREAK)
    left = (tuple(without([one], in_meetings)) for one in declared)
    return tuple(spells for spells in left if spells)


def _stays(stretches: Iterable[_Stretch]) -> list[Spell]:
    """Each presence up to the end of the break behind it: who is on a break came before it and has not left."""
    stays: list[Spell] = []
    for one in stretches:
        if one.state == PRESENT:
            stays.append(one.spell)
        elif one.state == BREAK:
            # There is no break without a presence before it.
            stays[-1] = Spell(stays[-1].start_ms, one.spell.end_ms)
    return stays


def _late_ms(day: Day, stays: Iterable[Spell]) -> int:
    """How long after the office hours began somebody came who was not there before their tolerance was over.

    Who left before they began came anew; who was there only after they ended did not come to them at all.
    """
    if day.free:
        return 0
    came_ms = min((one.start_ms for one in stays if one.end_ms > day.from_ms or one.start_ms >= day.from_ms), default=0)
    return came_ms - day.from_ms if day.from_ms + day.tolerance_ms < came_ms < day.to_ms else 0


def _status(
    declarations: Sequence[Declaration], attended: Sequence[Attended], presence: Sequence[Spell], over: bool
) -> tuple[Status, int]:
    """The status, and since when it holds."""
    if over:
        if not declarations and not presence:
            return office_pb2.OFFICE_STATUS_NONE, 0
        last_ms = max([*(one.at_ms for one in declarations[-1:]), *(one.end_ms for one in presence[-1:])])
        return office_pb2.OFFICE_STATUS_DONE, last_ms
    there = [one.spells[-1].start_ms for one in attended if one.there]
    if there:
        return office_pb2.OFFICE_STATUS_IN_MEETING, min(there)
    if declarations:
        return _SAID[declarations[-1].state], _since_ms(declarations)
    if presence:
        return office_pb2.OFFICE_STATUS_AFTER_MEETING, presence[-1].end_ms
    return office_pb2.OFFICE_STATUS_NONE, 0


def _since_ms(declarations: Sequence[Declaration]) -> int:
    """When the last state began: saying it again with another note does not begin it anew."""
    since_ms = declarations[-1].at_ms
    for one in reversed(declarations):
        if one.state != declarations[-1].state:
            break
        since_ms = one.at_ms
    return since_ms


@dataclass(frozen=True, slots=True)
class Sums:
    """Several days of one person together."""

    days_present: int
    days_late: int
    late_ms: int
    breaks: int
    break_ms: int
    inside_ms: int
    outside_ms: int
    meetings: int
    days_not_closed: int

    @property
    def present_ms(self) -> int:
        return self.inside_ms + self.outside_ms


def summed(days: Sequence[PersonDay]) -> Sums:
    """Facts only: counts and durations. `days` follow each other: a meeting that goes on over midnight is one."""
    attended = sum(len(day.meetings) for day in days)
    going_on = sum(len(_over_midnight(day, following)) for day, following in pairwise(days))
    return Sums(
        sum(day.known for day in days),
        sum(day.late_ms > 0 for day in days),
        sum(day.late_ms for day in days),
        sum(len(day.breaks) for day in days),
        sum(day.break_ms for day in days),
        sum(day.inside_ms for day in days),
        sum(day.outside_ms for day in days),
        attended - going_on,
        sum(day.not_closed for day in days),
    )


def _over_midnight(day: PersonDay, following: PersonDay) -> set[str]:
    """The meetings that were left on neither side of it. Somebody's days touch where these do."""
    ends = {(one.meeting_id, one.spells[-1].end_ms) for one in day.meetings}
    return {one.meeting_id for one in following.meetings if (one.meeting_id, one.spells[0].start_ms) in ends}
