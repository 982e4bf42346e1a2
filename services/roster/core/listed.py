"""Whose lines a report of attendance holds, without making it: only at these does somebody look who gets it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from services.roster.core.compose import MeetingLog, meeting_logs, month_bounds, until, within
from services.roster.core.occurrences import Span, spans
from sipulung.roster.v1 import attendance_pb2, report_pb2

_COMING: Final = frozenset({attendance_pb2.ATTENDANCE_KIND_JOINED, attendance_pb2.ATTENDANCE_KIND_RETURNED})


def listed(source: report_pb2.ReportSource, ends: Mapping[str, int] | None = None) -> set[str]:
    """The accounts that have a line in the report; `ends`: in that of the logs as they were up to those records.

    Others are in the logs too, in other occurrences and in the days around the month: nobody looks at them.
    """
    found: set[str] = set()
    for one in source.logs:
        # A month has a million records: never all of them at once in this process.
        (log,) = meeting_logs(report_pb2.ReportSource(logs=[one]))
        if ends is not None:
            log = until(log, ends[log.meeting_id])
        for span in _held(source, log):
            found |= came(span)
    return found


def came(span: Span) -> set[str]:
    """The accounts with a line: of whoever came in (core/report.py). The lines themselves take ten times as long."""
    before_its_end = takewhile(lambda one: one.kind != attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, span.records)
    return {one.account_id for one in before_its_end if one.kind in _COMING}


def _held(source: report_pb2.ReportSource, log: MeetingLog) -> list[Span]:
    """The occurrences of a log that the report is about, as it is composed (core/compose.py)."""
    if source.month:
        return within(log, *month_bounds(source.month, ZoneInfo(source.time_zone)))
    found = spans(log.records)
    if not source.occurrence:
        return found[-1:]
    place = source.occurrence - log.deleted_occurrences
    return found[place - 1 : place] if place > 0 else []
