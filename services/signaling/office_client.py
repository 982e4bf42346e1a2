"""Calls to roster's OfficeService, with the caller's own token: roster authorises by itself."""

from __future__ import annotations

from typing import Final

import grpc

from services.common import rpc_client
from sipulung.roster.v1 import office_pb2, office_pb2_grpc

# A declaration is fsynced before it is acknowledged.
_DECLARE_S: Final = 6.0
# The logs of all meetings of a unit's week may have to be read.
_READ_S: Final = 15.0
# Files are made one after the other.
_FILE_S: Final = 60.0


class OfficeClient:
    """Every method raises what roster answers, Unavailable and DeadlineExceeded."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: office_pb2_grpc.OfficeServiceAsyncStub = office_pb2_grpc.OfficeServiceStub(channel)

    async def declare(self, request: office_pb2.DeclareRequest, token: str) -> office_pb2.DeclareResponse:
        return await rpc_client.call(self._stub.Declare, request, timeout_s=_DECLARE_S, token=token)

    async def own_day(self, request: office_pb2.GetOwnDayRequest, token: str) -> office_pb2.GetOwnDayResponse:
        return await rpc_client.call(self._stub.GetOwnDay, request, timeout_s=_READ_S, token=token)

    async def own_week(self, request: office_pb2.GetOwnWeekRequest, token: str) -> office_pb2.GetOwnWeekResponse:
        return await rpc_client.call(self._stub.GetOwnWeek, request, timeout_s=_READ_S, token=token)

    async def unit_day(self, request: office_pb2.GetUnitDayRequest, token: str) -> office_pb2.GetUnitDayResponse:
        return await rpc_client.call(self._stub.GetUnitDay, request, timeout_s=_READ_S, token=token)

    async def export(self, request: office_pb2.ExportOfficeRequest, token: str) -> office_pb2.ExportOfficeResponse:
        return await rpc_client.call(self._stub.ExportOffice, request, timeout_s=_FILE_S, token=token)

    async def unit_week(self, request: office_pb2.GetUnitWeekRequest, token: str) -> office_pb2.GetUnitWeekResponse:
        return await rpc_client.call(self._stub.GetUnitWeek, request, timeout_s=_READ_S, token=token)
