"""What became of a report that was verified, as the page gets it."""

from __future__ import annotations

from typing import Any

from sipulung.roster.v1 import attendance_pb2


def verdict(answer: attendance_pb2.VerifyReportResponse) -> dict[str, Any]:
    """Names stand without their prefix."""
    return {
        "verdict": attendance_pb2.Verdict.Name(answer.verdict).removeprefix("VERDICT_"),
        "seal": attendance_pb2.SealState.Name(answer.seal).removeprefix("SEAL_STATE_"),
        "meeting_id": answer.meeting_id,
        "occurrence": answer.occurrence,
        "month": answer.month,
        "office_day": answer.office_day,
        "office_week": answer.office_week,
        "title": answer.title,
        "as_of_ms": answer.as_of_ms,
        "time_zone": answer.time_zone,
        "records": answer.records,
        "differing": answer.differing,
        "differences": [
            {
                "table": one.table,
                "line": one.line,
                "column": one.column,
                "in_file": one.in_file,
                "in_log": one.in_log,
            }
            for one in answer.differences
        ],
        "damaged_logs": list(answer.damaged_logs),
    }
