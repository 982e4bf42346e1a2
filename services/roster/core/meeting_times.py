"""When each account was in a meeting, from its attendance log or the newer part of it.

Like the attendance report (report.py), which is for one sitting and for guests too: records count once and in the order
of their numbers, times never run backwards, and somebody is there as long as one of their devices is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.roster.core.report import Record, Spell
from sipulung.roster.v1 import attendance_pb2

_IN = frozenset({attendance_pb2.ATTENDANCE_KIND_JOINED, attendance_pb2.ATTENDANCE_KIND_RETURNED})
_OUT = frozenset({attendance_pb2.ATTENDANCE_KIND_LEFT, attendance_pb2.ATTENDANCE_KIND_LOST})


@dataclass(slots=True)
class MeetingTimes:
    """One account in one meeting. `since_ms` 0: not in it any more."""

    spells: list[Spell] = field(default_factory=list)
    since_ms: int = 0

    def until(self, now_ms: int) -> list[Spell]:
        """All spells, the one that goes on up to now."""
        return [*self.spells, Spell(self.since_ms, max(now_ms, self.since_ms))] if self.since_ms else self.spells


def times_by_account(records: Iterable[Record]) -> dict[str, MeetingTimes]:
    """By account; guests have none."""
    log = sorted({record.number: record for record in records}.values(), key=lambda record: record.number)
    times: dict[str, MeetingTimes] = {}
    # Which participant ids of an account are in the meeting: one for each device.
    places: dict[str, set[str]] = {}
    clock_ms = 0
    for record in log:
        clock_ms = max(clock_ms, record.at_ms)
        if record.kind == attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED:
            for account in places:
                _go(times[account], clock_ms)
            places.clear()
        elif record.account_id and record.kind in _IN:
            mine = times.setdefault(record.account_id, MeetingTimes())
            places.setdefault(record.account_id, set()).add(record.participant_id)
            mine.since_ms = mine.since_ms or clock_ms
        elif record.account_id in places and record.kind in _OUT:
            devices = places[record.account_id]
            devices.discard(record.participant_id)
            if not devices:
                del places[record.account_id]
                _go(times[record.account_id], clock_ms)
    return times


def _go(mine: MeetingTimes, now_ms: int) -> None:
    mine.spells.append(Spell(mine.since_ms, now_ms))
    mine.since_ms = 0
