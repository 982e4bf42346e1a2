"""Calls to other services: always with a deadline, a credential and the trace; errors come back as DomainError."""

import asyncio
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.message import DecodeError

from services.common.errors import DeadlineExceeded, DomainError, Internal, Unauthenticated, Unavailable, from_proto
from services.common.telemetry import Telemetry, inject
from sipulung.common.v1 import common_pb2

Request = TypeVar("Request")
Response = TypeVar("Response")

ERROR_TRAILER: Final = "sipulung-error-bin"

# When the RPC in progress ends, in the event loop's clock: what it calls gets no more time than it has itself.
deadline: ContextVar[float | None] = ContextVar("sipulung_deadline", default=None)

# Of the answers of our own services: a week of a large office is 4 MiB as a file, gRPC's own bound.
_LARGEST_RESPONSE: Final = 64 * 1024 * 1024

_OPTIONS: Final[list[tuple[str, Any]]] = [
    ("grpc.max_receive_message_length", _LARGEST_RESPONSE),
    # A peer whose machine vanished is noticed within 10 + 3 s even when nothing is being called.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 3_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # A service that was restarted is found again within a second.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.dns_min_time_between_resolutions_ms", 1_000),
    ("grpc.lb_policy_name", "round_robin"),
    ("grpc.enable_http_proxy", 0),
]


def channel(address: str, telemetry: Telemetry | None = None) -> grpc.aio.Channel:
    """A channel to host:port, balanced over all addresses that the name has. It connects when it is first used."""
    del telemetry  # The span of a call is the one that its server opens; its parent is the caller's current span.
    target = address if "://" in address or address.startswith("unix:") else f"dns:///{address}"
    return grpc.aio.insecure_channel(target, options=_OPTIONS)


async def call(
    method: "grpc.aio.UnaryUnaryMultiCallable[Request, Response]",
    request: "Request",
    *,
    timeout_s: float,
    token: str = "",
) -> "Response":
    """One unary call. Raises the DomainError that was answered; Unavailable or DeadlineExceeded without an answer."""
    try:
        return await method(request, timeout=_time_left(timeout_s), metadata=metadata(token))
    except grpc.aio.AioRpcError as error:
        raise translated(error) from None


async def stream(
    method: "grpc.aio.UnaryStreamMultiCallable[Request, Response]", request: "Request", *, token: str = ""
) -> "AsyncGenerator[Response]":
    """A server stream, until it ends or the iterator is closed; it has no deadline. Raises as `call` does."""
    rpc = method(request, metadata=metadata(token))
    try:
        async for response in rpc:
            yield response
    except grpc.aio.AioRpcError as error:
        raise translated(error) from None
    finally:
        rpc.cancel()


def translated(error: grpc.aio.AioRpcError) -> DomainError:
    """The one place where a gRPC failure becomes a DomainError again."""
    for key, value in error.trailing_metadata() or ():
        if key == ERROR_TRAILER and isinstance(value, bytes):
            try:
                return from_proto(common_pb2.Error.FromString(value))
            except DecodeError:
                break
    details = error.details() or ""
    match error.code():
        case grpc.StatusCode.UNAVAILABLE | grpc.StatusCode.CANCELLED | grpc.StatusCode.UNIMPLEMENTED:
            # A neighbour of an older version lacks an RPC during an upgrade: another replica, or soon this one, has it.
            return Unavailable(details)
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return DeadlineExceeded(details)
        case grpc.StatusCode.UNAUTHENTICATED:
            return Unauthenticated(details)
        case _:
            return Internal(f"{error.code().name}: {details}")


def metadata(token: str) -> grpc.aio.Metadata:
    """The current trace and a credential, as headers."""
    carrier: dict[str, str] = {}
    inject(carrier)
    if token:
        carrier["authorization"] = f"Bearer {token}"
    return grpc.aio.Metadata(*carrier.items())


def _time_left(timeout_s: float) -> float:
    """Raises DeadlineExceeded where the RPC in progress has none left."""
    until = deadline.get()
    if until is None:
        return timeout_s
    left = until - asyncio.get_running_loop().time()
    if left <= 0:
        raise DeadlineExceeded()
    return min(timeout_s, left)
