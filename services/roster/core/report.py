"""From the attendance log to one line per person: when they came, when they went, and how long they were there.

The order of the records is that of their numbers, however they were delivered, and a number counts once. Their times
only say how long something took: one that lies before the record before it (a clock that was set back) is taken as
the same moment. So a person's spells never overlap, never run backwards, and never reach beyond the occurrence of the
meeting that the report is about.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.common.errors import InvalidField
from services.roster.core.names import MAX_LENGTH
from services.roster.core.occurrences import Span, spans
from sipulung.roster.v1 import attendance_pb2, participant_pb2

Record = attendance_pb2.AttendanceRecord

# What core/names.py adds to a name that somebody else in the meeting has, such as one's own former self.
_NUMBERED = re.compile(r" \([0-9]+\)$")
# What is surely left of a name that was cut to make room for the number.
_TOLD_APART = MAX_LENGTH - 8


@dataclass(frozen=True, slots=True)
class Spell:
    """Somebody was there from `start_ms` until before `end_ms`."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Line:
    """One person. Times are Unix milliseconds."""

    name: str
    account_id: str
    spells: tuple[Spell, ...]
    rejoins: int
    lost: int
    # Unspecified: still there.
    reason: participant_pb2.LeaveReason.ValueType

    @property
    def first_join_ms(self) -> int:
        return self.spells[0].start_ms

    @property
    def last_leave_ms(self) -> int:
        """0: still there."""
        there = self.reason == participant_pb2.LEAVE_REASON_UNSPECIFIED
        return 0 if there else self.spells[-1].end_ms

    @property
    def present_ms(self) -> int:
        return sum(spell.end_ms - spell.start_ms for spell in self.spells)


@dataclass(frozen=True, slots=True)
class Report:
    """`started_at_ms` 0: nobody has been there yet. `ended_at_ms` 0: the meeting goes on."""

    started_at_ms: int
    ended_at_ms: int
    lines: tuple[Line, ...]


class _Place(enum.Enum):
    """Where one participant id stands. A person may have several of them."""

    OUT = enum.auto()
    IN = enum.auto()
    LOST = enum.auto()


# Where a record leads to from anywhere; records that lead nowhere new are no news.
_PLACES: dict[attendance_pb2.AttendanceKind.ValueType, _Place] = {
    attendance_pb2.ATTENDANCE_KIND_JOINED: _Place.IN,
    attendance_pb2.ATTENDANCE_KIND_RETURNED: _Place.IN,
    attendance_pb2.ATTENDANCE_KIND_LOST: _Place.LOST,
    attendance_pb2.ATTENDANCE_KIND_LEFT: _Place.OUT,
}


@dataclass(slots=True)
class _Person:
    """Somebody while the log is read. They are there as long as one of their devices is."""

    name: str
    account_id: str
    places: dict[str, _Place] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    since_ms: int = 0
    rejoins: int = 0
    lost: int = 0
    reason: participant_pb2.LeaveReason.ValueType = participant_pb2.LEAVE_REASON_UNSPECIFIED

    @property
    def there(self) -> bool:
        return _Place.IN in self.places.values()

    def read(self, record: Record, now_ms: int) -> None:
        before, was_there = self.places.get(record.participant_id, _Place.OUT), self.there
        after = _PLACES[record.kind]
        if before is _Place.OUT and after is _Place.LOST:
            # Nobody loses what they did not have.
            return
        self.places[record.participant_id] = after
        if self.there and not was_there:
            # One who only got the network back did not come again.
            if self.spells and before is _Place.OUT:
                self.rejoins += 1
            self.since_ms = now_ms
            self.reason = participant_pb2.LEAVE_REASON_UNSPECIFIED
        elif was_there and not self.there:
            lost = after is _Place.LOST
            self.lost += lost
            # Whoever does not come back after that was lost, even if they are removed or the meeting ends meanwhile.
            self.go(now_ms, participant_pb2.LEAVE_REASON_LOST if lost else _reason(record))

    def go(self, now_ms: int, reason: participant_pb2.LeaveReason.ValueType) -> None:
        self.spells.append(Spell(self.since_ms, now_ms))
        self.reason = reason


def report(records: Iterable[Record], now_ms: int, occurrence: int = 0) -> Report:
    """What the log of one meeting says at `now_ms`, which counts while the meeting goes on.

    `occurrence` counts from 1; 0 is the latest. Raises InvalidField for one that there is not.
    """
    found = spans(records)
    if occurrence > len(found):
        allowed = f"1 to {len(found)}, or 0 for the latest" if found else "0: nobody has been in it yet"
        raise InvalidField("occurrence", f"must be {allowed}")
    return report_of(found[occurrence - 1], now_ms) if found else Report(0, 0, ())


def report_of(span: Span, now_ms: int) -> Report:
    """What one occurrence says."""
    clock_ms = span.started_at_ms
    people: dict[tuple[str, ...], _Person] = {}
    # Who a participant id belongs to stays as it was at first, whatever they are called later.
    keys: dict[str, tuple[str, ...]] = {}
    for record in span.records:
        clock_ms = max(clock_ms, record.at_ms)
        if record.kind == attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED:
            break
        if record.kind not in _PLACES or not record.participant_id:
            continue
        key = keys.setdefault(record.participant_id, _key(record))
        person = people.setdefault(key, _Person(record.name, record.account_id))
        person.read(record, clock_ms)
    ended = span.ended_at_ms > 0
    clock_ms = span.ended_at_ms if ended else max(clock_ms, now_ms)
    for person in people.values():
        if person.there and ended:
            person.go(clock_ms, participant_pb2.LEAVE_REASON_MEETING_ENDED)
        elif person.there:
            person.go(clock_ms, participant_pb2.LEAVE_REASON_UNSPECIFIED)
    lines = [_line(person) for person in people.values() if person.spells]
    lines.sort(key=lambda line: (line.first_join_ms, line.name.casefold()))
    return Report(span.started_at_ms, span.ended_at_ms, tuple(lines))


def _key(record: Record) -> tuple[str, ...]:
    """The same for all that belongs to one person."""
    if record.account_id:
        return ("account", record.account_id)
    if record.device:
        # People may share a device, so its name alone is not enough.
        return ("device", record.device, _NUMBERED.sub("", record.name)[:_TOLD_APART].rstrip().casefold())
    return ("participant", record.participant_id)


def _reason(record: Record) -> participant_pb2.LeaveReason.ValueType:
    return record.reason or participant_pb2.LEAVE_REASON_LEFT


def _line(person: _Person) -> Line:
    return Line(person.name, person.account_id, tuple(person.spells), person.rejoins, person.lost, person.reason)
