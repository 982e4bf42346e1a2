"""Calls for one purpose that come within a moment, made as one (proto/sipulung/common/v1/batch.proto)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final

import grpc
from google.protobuf.message import Message

from services.common import rpc_client
from services.common.errors import DeadlineExceeded, DomainError, Internal, Unavailable, from_proto
from services.common.telemetry import continue_from, traceparent
from services.common.tokens import ServiceTokens
from sipulung.common.v1 import batch_pb2, batch_pb2_grpc, options_pb2


def _limits(message: type[Message], field_name: str) -> options_pb2.Limits:
    return message.DESCRIPTOR.fields_by_name[field_name].GetOptions().Extensions[options_pb2.limits]


# What a batch may hold, and each call in it.
MOST: Final = _limits(batch_pb2.DoRequest, "calls").max_items
LARGEST: Final = _limits(batch_pb2.Call, "request").max_length


@dataclass(eq=False, slots=True)
class _Waiting:
    """A call that has not gone yet, with what it would be alone."""

    method: grpc.aio.UnaryUnaryMultiCallable[Any, Any]
    request: Message
    call: batch_pb2.Call
    done: asyncio.Future[None]

    def end(self, error: DomainError | None) -> None:
        """Unless nobody waits any more."""
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


@dataclass(eq=False, slots=True)
class _Group:
    """Calls that may go together, and when (event loop's clock) some went last."""

    sent_at: float
    waiting: list[_Waiting] = field(default_factory=list)


class Gatherer:
    """The first call of a group goes at once, by itself; those that follow it within `within_s` go together after it.

    For unary calls of which only the success matters. A group is whatever has the same key.
    """

    def __init__(self, channel: grpc.aio.Channel, tokens: ServiceTokens, within_s: float, timeout_s: float) -> None:
        self._batches: batch_pb2_grpc.BatchServiceAsyncStub = batch_pb2_grpc.BatchServiceStub(channel)
        self._tokens = tokens
        self._within_s = within_s
        self._timeout_s = timeout_s
        # In the order of `sent_at`.
        self._groups: OrderedDict[Hashable, _Group] = OrderedDict()
        self._sending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """The groups for which something went a moment ago."""
        return len(self._groups)

    async def call(
        self,
        key: Hashable,
        rpc: str,
        method: grpc.aio.UnaryUnaryMultiCallable[Any, Any],
        request: Message,
        token: str,
    ) -> None:
        """One call of `rpc` ("<package>.<Service>/<Rpc>"), which is `method`. Raises as rpc_client.call does."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._forget(now)
        octets = request.SerializeToString()
        group = self._groups.get(key)
        if group is None or len(octets) > LARGEST:
            self._groups.setdefault(key, _Group(now))
            await rpc_client.call(method, request, timeout_s=self._timeout_s, token=token)
            return
        if not group.waiting:
            # In the context of whoever is first: the batch is part of their trace.
            loop.call_at(group.sent_at + self._within_s, self._send, key, group)
        call = batch_pb2.Call(rpc=rpc, token=token, trace=traceparent(), request=octets)
        waiting = _Waiting(method, request, call, loop.create_future())
        group.waiting.append(waiting)
        await waiting.done

    def _forget(self, now: float) -> None:
        while self._groups:
            key, group = next(iter(self._groups.items()))
            if group.waiting or group.sent_at + self._within_s > now:
                return
            del self._groups[key]

    def _send(self, key: Hashable, group: _Group) -> None:
        waiting, group.waiting = group.waiting, []
        group.sent_at = asyncio.get_running_loop().time()
        self._groups.move_to_end(key)
        # Whoever gave up meanwhile asks for nothing any more.
        waiting = [one for one in waiting if not one.done.done()]
        for begin in range(0, len(waiting), MOST):
            task = asyncio.create_task(self._do(waiting[begin : begin + MOST]))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _do(self, waiting: list[_Waiting]) -> None:
        try:
            if len(waiting) == 1:
                await self._alone(waiting[0])
            else:
                await self._together(waiting)
        finally:
            for one in waiting:
                one.end(Unavailable("this replica is being stopped"))

    async def _alone(self, one: _Waiting) -> None:
        try:
            with continue_from(one.call.trace):
                await rpc_client.call(one.method, one.request, timeout_s=self._timeout_s, token=one.call.token)
        except DomainError as error:
            one.end(error)
        else:
            one.end(None)

    async def _together(self, waiting: list[_Waiting]) -> None:
        request = batch_pb2.DoRequest(calls=[one.call for one in waiting])
        try:
            response = await self._batches.Do(
                request, timeout=self._timeout_s, metadata=rpc_client.metadata(self._tokens.issue())
            )
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNIMPLEMENTED:
                # A neighbour of a version before batches, during an upgrade.
                await asyncio.gather(*map(self._alone, waiting))
                return
            for one in waiting:
                one.end(_of_all(error))
            return
        if len(response.outcomes) != len(waiting):
            for one in waiting:
                one.end(Internal("a batch was not answered call by call"))
            return
        for one, outcome in zip(waiting, response.outcomes, strict=True):
            one.end(from_proto(outcome.error) if outcome.HasField("error") else None)


def _of_all(error: grpc.aio.AioRpcError) -> DomainError:
    """What each of those hears whose batch was refused as a whole: what is wrong with it is no fault of theirs."""
    translated = rpc_client.translated(error)
    if isinstance(translated, (Unavailable, DeadlineExceeded)):
        return translated
    return Internal(f"a batch was refused: {translated.message}")
