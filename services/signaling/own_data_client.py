"""Outgoing calls to roster about what is recorded on the account that asks."""

from __future__ import annotations

from typing import Final

import grpc

from services.common import rpc_client
from sipulung.roster.v1 import personal_pb2, personal_pb2_grpc

_CALL_S: Final = 5.0
# The logs of several meetings are read.
_LOGS_S: Final = 15.0


class OwnDataClient:
    """`token` is the account's access token: roster answers about nobody else."""

    def __init__(self, roster: grpc.aio.Channel) -> None:
        self._stub: personal_pb2_grpc.PersonalDataServiceAsyncStub = personal_pb2_grpc.PersonalDataServiceStub(roster)

    async def record(self, token: str) -> personal_pb2.GetOwnRecordResponse:
        request = personal_pb2.GetOwnRecordRequest()
        return await rpc_client.call(self._stub.GetOwnRecord, request, timeout_s=_CALL_S, token=token)

    async def attendance(
        self, request: personal_pb2.GetOwnAttendanceRequest, token: str
    ) -> personal_pb2.GetOwnAttendanceResponse:
        return await rpc_client.call(self._stub.GetOwnAttendance, request, timeout_s=_LOGS_S, token=token)

    async def office(self, request: personal_pb2.GetOwnOfficeRequest, token: str) -> personal_pb2.GetOwnOfficeResponse:
        return await rpc_client.call(self._stub.GetOwnOffice, request, timeout_s=_LOGS_S, token=token)

    async def accesses(
        self, request: personal_pb2.GetOwnAccessesRequest, token: str
    ) -> personal_pb2.GetOwnAccessesResponse:
        return await rpc_client.call(self._stub.GetOwnAccesses, request, timeout_s=_CALL_S, token=token)

    async def audit(self, request: personal_pb2.GetOwnAuditRequest, token: str) -> personal_pb2.GetOwnAuditResponse:
        return await rpc_client.call(self._stub.GetOwnAudit, request, timeout_s=_LOGS_S, token=token)
