"""The attendance report as the pages of accounts get it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from services.signaling.core.zone_label import zone_label
from sipulung.roster.v1 import attendance_pb2, participant_pb2


def attendance(report: attendance_pb2.GetAttendanceReportResponse, default_zone: ZoneInfo) -> dict[str, Any]:
    """Times are Unix milliseconds, 0 for none; they are to be read in the tenant's zone, else in the default one."""
    zone = ZoneInfo(report.time_zone) if report.time_zone else default_zone
    return {
        "meeting_id": report.meeting.meeting_id,
        "title": report.meeting.title,
        "owner_name": report.meeting.owner_name,
        "started_at_ms": report.started_at_ms,
        "ended_at_ms": report.ended_at_ms,
        "as_of_ms": report.as_of_ms,
        "time_zone": zone.key,
        "zone": zone_label(zone, report.started_at_ms or report.as_of_ms),
        "records": report.records,
        "intact": report.intact,
        "head": report.head.hex(),
        "occurrence": report.occurrence,
        # What retention deleted before the oldest occurrence that is left.
        "deletion": {"at_ms": report.deletion.at_ms, "last_day": report.deletion.last_day}
        if report.HasField("deletion")
        else None,
        "occurrences": [
            {"number": one.number, "started_at_ms": one.started_at_ms, "ended_at_ms": one.ended_at_ms}
            for one in report.occurrences
        ],
        "people": [
            {
                "name": line.name,
                "account_id": line.account_id,
                "nip": line.nip,
                "unit": line.unit,
                "first_join_ms": line.first_join_ms,
                "last_leave_ms": line.last_leave_ms,
                "present_s": line.present_ms // 1000,
                "rejoins": line.rejoins,
                "lost": line.lost,
                "reason": _reason(line.reason),
            }
            for line in report.lines
        ],
    }


def _reason(reason: participant_pb2.LeaveReason.ValueType) -> str:
    """ "" for somebody who is still there, and for a reason that only a newer roster knows."""
    known = reason in participant_pb2.LeaveReason.values() and reason != participant_pb2.LEAVE_REASON_UNSPECIFIED
    return participant_pb2.LeaveReason.Name(reason).removeprefix("LEAVE_REASON_") if known else ""
