"""A meeting's log in its occurrences: apel pagi of Monday, of Tuesday, … The first is number 1.

An occurrence begins with a record MEETING_STARTED and ends with MEETING_ENDED. One whose end was never recorded ends
where the next one begins. Time only goes on (see core/report.py), so occurrences never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sipulung.roster.v1 import attendance_pb2

Record = attendance_pb2.AttendanceRecord
_STARTED = attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED
_ENDED = attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED


@dataclass(frozen=True, slots=True)
class Span:
    """One occurrence. `ended_at_ms` 0: it goes on. `records` are those that belong to it, by number."""

    started_at_ms: int
    ended_at_ms: int
    records: tuple[Record, ...]

    @property
    def last_number(self) -> int:
        """The number of its last record."""
        return self.records[-1].number


def spans(records: Iterable[Record]) -> list[Span]:
    """The occurrences in order, however often and in whatever order the records came."""
    log = sorted({record.number: record for record in records}.values(), key=lambda record: record.number)
    del log[: anchored(log)]
    parts: list[list[Record]] = []
    started = ended = False
    for record in log:
        begins = record.kind == _STARTED and (started or ended)
        if begins or not parts:
            parts.append([])
            started = ended = False
        parts[-1].append(record)
        started = started or record.kind == _STARTED
        ended = ended or record.kind == _ENDED
    found: list[Span] = []
    clock_ms = 0
    for place, part in enumerate(parts):
        span = _span(part, clock_ms, parts[place + 1][0].at_ms if place + 1 < len(parts) else None)
        found.append(span)
        clock_ms = span.ended_at_ms
    return found


def anchored(log: Sequence[Record]) -> int:
    """How many records at the beginning of a log belong to no occurrence in it: 1 after retention has shortened it.

    Retention leaves the record that the last occurrence which went had ended with, for the chain to go on from.
    """
    return int(bool(log) and log[0].number > 1 and log[0].kind == _ENDED)


def _span(part: list[Record], earliest_ms: int, next_at_ms: int | None) -> Span:
    """`next_at_ms`: when the next occurrence began, None where there is none."""
    beginnings = (record.at_ms for record in part if record.kind == _STARTED)
    started_at_ms = clock_ms = max(earliest_ms, next(beginnings, part[0].at_ms))
    for record in part:
        clock_ms = max(clock_ms, record.at_ms)
        if record.kind == _ENDED:
            return Span(started_at_ms, clock_ms, tuple(part))
    if next_at_ms is not None:
        return Span(started_at_ms, max(clock_ms, next_at_ms), tuple(part))
    return Span(started_at_ms, 0, tuple(part))
