"""Which records of a meeting's log are older than a tenant keeps them.

Whole occurrences go, from the oldest on, so that what is left can still be read by itself. The record MEETING_ENDED of
the last one that goes stays: it names nobody, and the chain of hashes goes on from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from services.roster.core.occurrences import Record, Span, anchored, spans
from sipulung.roster.v1 import attendance_pb2

_ENDED = attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED


@dataclass(frozen=True, slots=True)
class Cut:
    """What goes: `records` of them, the last with the number `last_number` and the hash `head`.

    `occurrences` are whole ones; `until_ms` is when the last of them ended.
    """

    records: int
    last_number: int
    head: bytes
    occurrences: int
    until_ms: int


def first_kept_day(now_ms: int, zone: tzinfo, days: int) -> date:
    """The oldest local day that is kept when each is kept for so many days."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date() - timedelta(days=days)


def start_of(day: date, zone: tzinfo) -> int:
    """When a local day begins, in Unix milliseconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def cut(records: Sequence[Record], before_ms: int) -> Cut | None:
    """What of a log lies before that moment; None when nothing has to go."""
    going: list[Span] = []
    for span in spans(records):
        # One that was never ended is over when nothing has happened in it for so long.
        if max(span.ended_at_ms, *(record.at_ms for record in span.records)) >= before_ms:
            break
        going.append(span)
    if not going:
        return None
    left = sorted({record.number: record for record in records}.values(), key=lambda record: record.number)
    gone = [*left[: anchored(left)], *(record for span in going for record in span.records)]
    if gone[-1].kind == _ENDED:
        gone.pop()
    if not gone:
        return None
    until_ms = max(record.at_ms for span in going for record in span.records)
    return Cut(len(gone), gone[-1].number, gone[-1].hash, len(going), until_ms)
