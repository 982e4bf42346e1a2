# ruff: noqa: N802 - gRPC gives the method its name.
"""BatchService: several calls in one RPC, each with the same steps as alone (services/common/rpc_server.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import grpc
from google.protobuf.message import Message

from services.common.errors import DomainError, Unavailable
from sipulung.common.v1 import batch_pb2, batch_pb2_grpc

_Context = grpc.aio.ServicerContext[Any, Any]
# By headers, the request's bytes and the seconds that it has (None: somebody else watches the time). Raises the
# DomainError that the caller is to hear.
CarryOut = Callable[[Mapping[str, str | bytes], bytes, _Context, float | None], Awaitable[Message]]


class BatchServicer(batch_pb2_grpc.BatchServiceServicer):
    """For the RPCs in `known`, by "<package>.<Service>/<Rpc>"; more may be added to it until it is served."""

    def __init__(self, known: Mapping[str, CarryOut]) -> None:
        self._known = known

    async def Do(self, request: batch_pb2.DoRequest, context: _Context) -> batch_pb2.DoResponse:
        # Each in a task of its own: credential, tenant and span of one are none of the others'.
        return batch_pb2.DoResponse(
            outcomes=await asyncio.gather(*(self._one(call, context) for call in request.calls))
        )

    async def _one(self, call: batch_pb2.Call, context: _Context) -> batch_pb2.Outcome:
        metadata = {"traceparent": call.trace.traceparent, "tracestate": call.trace.tracestate}
        if call.token:
            metadata["authorization"] = f"Bearer {call.token}"
        try:
            carry_out = self._known.get(call.rpc)
            if carry_out is None:
                raise Unavailable("no such RPC is served in a batch")
            await carry_out(metadata, call.request, context, None)
        except DomainError as error:
            return batch_pb2.Outcome(error=error.to_proto())
        return batch_pb2.Outcome()
