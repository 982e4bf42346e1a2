"""Calls to roster's AttendanceService, with the caller's own token: roster authorises by itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

import grpc

from services.common import rpc_client
from sipulung.roster.v1 import attendance_pb2, attendance_pb2_grpc

# The whole log of a meeting is read for a report, all logs of a month for the proof of a month's.
_REPORT_S: Final = 15.0
_VERIFY_S: Final = 60.0


class ReportsClient:
    """Every method raises what roster answers, Unavailable and DeadlineExceeded."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: attendance_pb2_grpc.AttendanceServiceAsyncStub = attendance_pb2_grpc.AttendanceServiceStub(channel)

    async def report(
        self, request: attendance_pb2.GetAttendanceReportRequest, token: str
    ) -> attendance_pb2.GetAttendanceReportResponse:
        return await rpc_client.call(self._stub.GetAttendanceReport, request, timeout_s=_REPORT_S, token=token)

    def export(
        self, request: attendance_pb2.ExportAttendanceRequest, token: str
    ) -> AsyncGenerator[attendance_pb2.ExportAttendanceResponse]:
        """How far it is, then the file's name, then its bytes."""
        return rpc_client.stream(self._stub.ExportAttendance, request, token=token)

    async def verify(self, file: bytes, token: str) -> attendance_pb2.VerifyReportResponse:
        request = attendance_pb2.VerifyReportRequest(file=file)
        return await rpc_client.call(self._stub.VerifyReport, request, timeout_s=_VERIFY_S, token=token)
