"""The JSON API of attendance: the report of a meeting, files of it and of a month, and the proof of a file.

A month takes some seconds, so its answer tells how far it is: lines of JSON {"step", "done", "total"}, then one line
{"file": {"name", "media_type", "size", "meetings"}} and behind it the file's bytes; or a line {"error"} as every error
looks. It is one answer to one request: nothing is kept between replicas, and a proxy that holds it back only delays
the progress.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from services.common import report_formats
from services.common.errors import DeadlineExceeded, DomainError, InvalidField, TooLarge, Unavailable
from services.common.validation import validate
from services.signaling.core.attendance_json import attendance
from services.signaling.core.http_errors import body_of
from services.signaling.core.proto_json import name_of
from services.signaling.core.verdict_json import verdict
from services.signaling.http_fields import PREFIX, read_up_to, required_bearer
from services.signaling.reports_client import ReportsClient
from sipulung.roster.v1 import attendance_pb2

LARGEST_REPORT: Final = 32 * 1024 * 1024
# Roster's own limit for making a file is shorter; reading a month from the logs comes before it.
_EXPORT_S: Final = 120.0
_SCOPES: Final = {
    "own": attendance_pb2.REPORT_SCOPE_OWN,
    "unit": attendance_pb2.REPORT_SCOPE_UNIT,
    "tenant": attendance_pb2.REPORT_SCOPE_TENANT,
}
_Part = attendance_pb2.ExportAttendanceResponse


class ReportsApi:
    """Each handler turns a query into a request of roster, which authorises by itself."""

    def __init__(self, client: ReportsClient, default_zone: ZoneInfo) -> None:
        self._client = client
        self._default_zone = default_zone

    def routes(self) -> list[web.RouteDef]:
        """All of them, under /api/v1."""
        meeting = f"{PREFIX}/meetings/{{meeting_id}}/attendance"
        return [
            web.get(meeting, self._report),
            web.get(f"{meeting}.csv", self._file),
            web.get(f"{meeting}.xlsx", self._file),
            web.get(f"{meeting}.pdf", self._file),
            web.get(f"{PREFIX}/reports/attendance", self._month),
            web.post(f"{PREFIX}/reports/verify", self._verify),
        ]

    async def _report(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = attendance_pb2.GetAttendanceReportRequest(
            meeting_id=request.match_info["meeting_id"], occurrence=_occurrence(request)
        )
        validate(wanted)
        return web.json_response(attendance(await self._client.report(wanted, token), self._default_zone))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        token = required_bearer(request)
        wanted = attendance_pb2.ExportAttendanceRequest(
            format=report_formats.BY_NAME[request.path.rpartition(".")[2]],
            language=request.query.get("language", ""),
            meeting_id=request.match_info["meeting_id"],
            occurrence=_occurrence(request),
        )
        validate(wanted)
        async with aclosing(self._client.export(wanted, token)) as parts, asyncio.timeout(_EXPORT_S):
            async for part in parts:
                if part.HasField("file"):
                    return await _sent(request, part.file, parts)
        raise Unavailable("no file came")

    async def _month(self, request: web.Request) -> web.StreamResponse:
        token = required_bearer(request)
        wanted = attendance_pb2.ExportAttendanceRequest(
            format=_choice(request, "format", report_formats.BY_NAME, "xlsx"),
            language=request.query.get("language", ""),
            month=request.query.get("month", ""),
            scope=_choice(request, "scope", _SCOPES, "own"),
        )
        if not wanted.month:
            raise InvalidField("month", "is required, as 2026-11")
        validate(wanted)
        # Whoever goes away ends the work in roster too.
        async with aclosing(self._client.export(wanted, token)) as parts:
            # What is refused at once is an error like any other.
            return await _told(request, await anext(parts, None), parts)

    async def _verify(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        if (request.content_length or 0) > LARGEST_REPORT:
            raise TooLarge(f"a report has at most {LARGEST_REPORT} bytes")
        file = await read_up_to(request, LARGEST_REPORT)
        if not file:
            raise InvalidField("file", "is required: the bytes of a report")
        return web.json_response(verdict(await self._client.verify(file, token)))


async def _sent(
    request: web.Request, file: attendance_pb2.ExportedFile, parts: AsyncIterator[_Part]
) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={
            "Content-Type": file.media_type,
            "Content-Length": str(file.size),
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
    )
    await response.prepare(request)
    # Should roster go away now, the connection breaks before so many bytes came, and the browser says so.
    try:
        async for part in parts:
            await response.write(part.chunk)
    except DomainError as error:
        raise ConnectionError("the file ended too early") from error
    await response.write_eof()
    return response


async def _told(request: web.Request, first: _Part | None, parts: AsyncIterator[_Part]) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/octet-stream",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            # nginx would hold it back until it is whole.
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    try:
        async with asyncio.timeout(_EXPORT_S):
            if first is not None:
                await response.write(_bytes_of(first))
            async for part in parts:
                await response.write(_bytes_of(part))
    except TimeoutError:
        await response.write(_line(body_of(DeadlineExceeded("the report took too long").to_proto())))
    except DomainError as error:
        await response.write(_line(body_of(error.to_proto())))
    await response.write_eof()
    return response


def _bytes_of(part: _Part) -> bytes:
    if part.HasField("progress"):
        step = name_of(attendance_pb2.ExportStep, part.progress.step, "EXPORT_STEP_")
        return _line({"step": step, "done": part.progress.done, "total": part.progress.total})
    if part.HasField("file"):
        file = part.file
        about = {"name": file.name, "media_type": file.media_type, "size": file.size, "meetings": file.meetings}
        return _line({"file": about})
    return part.chunk


def _line(body: Any) -> bytes:
    return json.dumps(body).encode() + b"\n"


def _occurrence(request: web.Request) -> int:
    text = request.query.get("occurrence", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise InvalidField("occurrence", "must be a whole number; 0 is the latest")
    return int(text)


def _choice(request: web.Request, name: str, choices: dict[str, Any], default: str) -> Any:
    chosen = choices.get(request.query.get(name, default))
    if chosen is None:
        raise InvalidField(name, f"must be one of {', '.join(choices)}")
    return chosen
