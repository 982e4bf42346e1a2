"""`sipulung verify-report FILE`: whether a file of attendance or office hours matches the logs that it is of."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from services.cli.context import Context, Refused
from services.cli.failures import USAGE, Failure
from services.cli.output import as_json
from services.common.errors import NotFound
from sipulung.roster.v1 import attendance_pb2, attendance_pb2_grpc

_LARGEST: Final = 32 * 1024 * 1024
# Reading the logs of a month takes some seconds; comparing may take a minute, and wait for others who compare.
_TIMEOUT_S: Final = 180.0
_VERDICTS: Final = {
    attendance_pb2.VERDICT_MATCHES: "It matches the log.",
    attendance_pb2.VERDICT_DIFFERS: "IT DOES NOT MATCH: the file is not what the log gives.",
    attendance_pb2.VERDICT_LOG_DAMAGED: "THE LOG IS DAMAGED: records are missing or were changed since.",
    attendance_pb2.VERDICT_LOG_DELETED: "The records were deleted when their time was over: nothing can be proven.",
    attendance_pb2.VERDICT_NO_REPORT: "This is no report, or its proof was cut off.",
}
_SEALS: Final = {
    attendance_pb2.SEAL_STATE_BROKEN: "The seal is broken: something in the file was changed.",
    attendance_pb2.SEAL_STATE_UNKNOWN: (
        "The seal is of another key: what the log does not have (NIP, unit, title, who is listed) is not proven."
    ),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The words after `verify-report`."""
    parser.add_argument("file", type=Path, help="a CSV, XLSX or PDF file of attendance or office hours")
    parser.set_defaults(run=verify_report)


async def verify_report(arguments: argparse.Namespace, context: Context) -> None:
    """Ends with an error for everything but a match."""
    try:
        with arguments.file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except OSError as error:
        raise Failure(f"{arguments.file}: {error.strerror}", USAGE) from None
    if not data or len(data) > _LARGEST:
        raise Failure(f"{arguments.file}: must have 1 to {_LARGEST} bytes", USAGE)
    stub: attendance_pb2_grpc.AttendanceServiceAsyncStub = attendance_pb2_grpc.AttendanceServiceStub(context.roster())
    try:
        answer = await context.ask(stub.VerifyReport, attendance_pb2.VerifyReportRequest(file=data), _TIMEOUT_S)
    except Refused as refused:
        if isinstance(refused.error, NotFound):
            raise Failure(
                f"{arguments.file}: it is of meetings or people that your account may not read, or that do not exist"
            ) from None
        raise
    verdict = _VERDICTS.get(answer.verdict, "This program does not know the answer: it is too old.")
    context.output.show(as_json(answer), [verdict, *_lines(answer)])
    if answer.verdict != attendance_pb2.VERDICT_MATCHES:
        raise Failure(f"{arguments.file}: not proven")


def _lines(answer: attendance_pb2.VerifyReportResponse) -> list[str]:
    lines = [_SEALS[answer.seal]] if answer.seal in _SEALS else []
    if answer.title:
        lines.append(f"{answer.title} ({_about(answer)}), from {answer.records} records")
    lines += [f"damaged: {_log(name)}" for name in answer.damaged_logs]
    lines += [
        f"{one.table}, line {one.line}, {one.column}: the file says {one.in_file!r}, the log {one.in_log!r}"
        for one in answer.differences
    ]
    if answer.differing > len(answer.differences):
        lines.append(f"and {answer.differing - len(answer.differences)} more")
    return lines


def _about(answer: attendance_pb2.VerifyReportResponse) -> str:
    if answer.office_day:
        return f"office hours, {answer.office_day}"
    if answer.office_week:
        return f"office hours, week from {answer.office_week}"
    return answer.month or f"{answer.meeting_id}, occurrence {answer.occurrence}"


def _log(name: str) -> str:
    """A meeting's by its id, that of a day's office hours by its date."""
    return f"office hours of {name[:4]}-{name[4:6]}-{name[6:]}" if len(name) == len("20261124") else f"meeting {name}"
