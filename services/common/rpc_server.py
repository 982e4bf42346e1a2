"""A service's gRPC edge. Every RPC takes the same steps, here and in this order:

trace → tenant (credential) → authorise (the RPC's option) → validate (the fields' options) → handler → errors.

The steps are one wrapper per method, made when the service is added, so that a call costs one function call more.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NoReturn, cast

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health, health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from grpc_reflection.v1alpha import reflection  # type: ignore[import-untyped]
from opentelemetry.trace import SpanKind, StatusCode

from services.common.authorisation import Authorisation, Caller
from services.common.config import Address
from services.common.errors import DeadlineExceeded, DomainError, Internal, Malformed, Unavailable
from services.common.rpc_batch import BatchServicer, CarryOut
from services.common.rpc_client import ERROR_TRAILER, deadline
from services.common.store import STORE_TROUBLE
from services.common.telemetry import ANSWER_BOUNDS_S, Telemetry, extract
from services.common.tenancy import calling
from services.common.tokens import ServiceTokens, TokenVerifier
from services.common.validation import plan_for, validate
from sipulung.common.v1 import batch_pb2, batch_pb2_grpc

# Our own clients always set a deadline. A stranger's call without one (grpcurl) ends after this.
_DEFAULT_DEADLINE_S: Final = 30.0
_LARGEST_REQUEST: Final = 4 * 1024 * 1024
_OPTIONS: Final[list[tuple[str, Any]]] = [
    # As often as our clients ping, with room for theirs to be early (gRFC A8).
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    # Two processes on one port would share its connections silently; we want "address in use".
    ("grpc.so_reuseport", 0),
]
_Context = grpc.aio.ServicerContext[Any, Any]
_log = logging.getLogger(__name__)


class RpcServer:
    """One listener with its services, the health service and reflection."""

    def __init__(
        self,
        service: str,
        listen: Address,
        verifier: TokenVerifier | None,
        service_tokens: ServiceTokens,
        telemetry: Telemetry,
        *,
        largest_request: int = _LARGEST_REQUEST,
    ) -> None:
        self._service = service
        self._listen = listen
        self._verifier = verifier
        self._service_tokens = service_tokens
        self._telemetry = telemetry
        self._server = grpc.aio.server(options=[*_OPTIONS, ("grpc.max_receive_message_length", largest_request)])
        self._health = health.aio.HealthServicer()
        self._names: list[str] = []
        # The unary RPCs, by name, for batches.
        self._unary: dict[str, CarryOut] = {}
        self._duration = telemetry.meter.create_histogram(
            "rpc_server_duration",
            "s",
            "Time from a request's arrival to its answer.",
            explicit_bucket_boundaries_advisory=ANSWER_BOUNDS_S,
        )

    def add(
        self, add_to_server: Callable[[Any, grpc.aio.Server], None], servicer: object, descriptor: ServiceDescriptor
    ) -> None:
        """Serve it: `add_to_server` is the generated add_…Servicer_to_server.

        Raises ValueError for an RPC without an access option, or a field's limit that makes no sense.
        """
        recorder = _Recorder()
        add_to_server(servicer, cast(grpc.aio.Server, recorder))
        wrapped: dict[str, grpc.RpcMethodHandler[Any, Any]] = {}
        for method in descriptor.methods:
            handler = recorder.handlers[method.name]
            wrapped[method.name] = self._wrap(method, handler)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(descriptor.full_name, wrapped),))
        self._names.append(descriptor.full_name)

    def add_batches(self) -> None:
        """Serve BatchService for all unary RPCs, whether they are added before or after."""
        known = MappingProxyType(self._unary)
        descriptor = batch_pb2.DESCRIPTOR.services_by_name["BatchService"]
        self.add(batch_pb2_grpc.add_BatchServiceServicer_to_server, BatchServicer(known), descriptor)
        # A batch of batches would have no bound.
        del self._unary[f"{descriptor.full_name}/Do"]

    async def start(self) -> int:
        """Listen; the port that was bound. Raises RuntimeError when the address is taken."""
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = (*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, self._server)
        port = self._server.add_insecure_port(str(self._listen))
        await self._server.start()
        for name in ("", *self._names):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        _log.info("serving", extra={"listen": f"{self._listen.host}:{port}", "services": self._names})
        return port

    async def stop(self, grace_s: float = 5.0) -> None:
        """Refuse new RPCs, let those in flight end within `grace_s`, cancel the rest (server streams among them)."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace_s)

    def _wrap(
        self, method: MethodDescriptor, handler: "grpc.RpcMethodHandler[Any, Any]"
    ) -> "grpc.RpcMethodHandler[Any, Any]":
        if handler.request_streaming:
            raise ValueError(f"{method.full_name}: client streams are not supported")
        steps = _Steps(self, method)
        # The handlers get bytes: what does not parse is the caller's error and is answered as such.
        if handler.response_streaming:
            return grpc.unary_stream_rpc_method_handler(
                _stream_handler(steps, cast(Any, handler.unary_stream)), None, handler.response_serializer
            )
        carry_out = self._unary[steps.rpc] = partial(steps.carry_out, cast(Any, handler.unary_unary))
        return grpc.unary_unary_rpc_method_handler(_unary_handler(carry_out), None, handler.response_serializer)

    @property
    def telemetry(self) -> Telemetry:
        """Where the steps record."""
        return self._telemetry

    @property
    def credentials(self) -> tuple[TokenVerifier | None, ServiceTokens]:
        """What the steps verify credentials with."""
        return self._verifier, self._service_tokens

    def observe(self, seconds: float, rpc: str, code: str) -> None:
        """Record one RPC's end."""
        self._duration.record(seconds, {"rpc": rpc, "code": code})


class _Recorder:
    """Stands in for a server while generated code registers its handlers."""

    def __init__(self) -> None:
        self.handlers: Mapping[str, grpc.RpcMethodHandler[Any, Any]] = {}

    def add_generic_rpc_handlers(self, handlers: object) -> None:
        """The same handlers again, without their names."""

    def add_registered_method_handlers(
        self, service_name: str, handlers: Mapping[str, "grpc.RpcMethodHandler[Any, Any]"]
    ) -> None:
        self.handlers = handlers


class _Steps:
    """What is the same for every call of one method, precomputed."""

    def __init__(self, server: RpcServer, method: MethodDescriptor) -> None:
        self.rpc = f"{method.containing_service.full_name}/{method.name}"
        self.server = server
        self.authorisation = Authorisation(method, *server.credentials)
        self.request_type: type[Message] = GetMessageClass(method.input_type)
        plan_for(method.input_type)

    @contextmanager
    def trace(self, metadata: Mapping[str, str | bytes]) -> Iterator["_Outcome"]:
        """The span and the duration around everything else."""
        parent = extract(_text(metadata, "traceparent"), _text(metadata, "tracestate"))
        started = time.perf_counter()
        outcome = _Outcome()
        with self.server.telemetry.span(self.rpc, SpanKind.SERVER, parent) as span:
            try:
                yield outcome
            finally:
                span.set_attribute("rpc.code", outcome.code)
                if outcome.tenant:
                    span.set_attribute("tenant", outcome.tenant)
                if outcome.is_fault:
                    span.set_status(StatusCode.ERROR, outcome.code)
                self.server.observe(time.perf_counter() - started, self.rpc, outcome.code)

    async def carry_out(
        self,
        handler: Callable[[Any, Any], Awaitable[Message]],
        metadata: Mapping[str, str | bytes],
        data: bytes,
        context: _Context,
        within_s: float | None,
    ) -> Message:
        """A unary call from its span to its response. Raises the DomainError that the caller is to hear.

        `within_s`: the time that it has; None where it is part of an RPC whose time is watched already.
        """
        with self.trace(metadata) as outcome:
            try:
                async with asyncio.timeout(within_s):
                    caller = await self.authorisation.identify(metadata)
                    with calling(caller.principal, caller.bearer, caller.refused):
                        outcome.tenant = caller.tenant
                        return await handler(self.admit(caller, data), context)
            except grpc.aio.AbortError:
                outcome.code = "ABORTED"
                raise
            except asyncio.CancelledError:
                outcome.code = "CANCELLED"
                raise
            except Exception as error:  # The boundary: whatever a handler raises becomes a status here.
                raise self.error(error, outcome) from error

    def admit(self, caller: Caller, data: bytes) -> Message:
        """The request, when this caller may make it. Raises what `Authorisation` raises, Malformed or InvalidField.

        Whoever may not call learns nothing about their request; whose meeting it names shows only in a whole one.
        """
        self.authorisation.permit(caller)
        try:
            request = self.request_type.FromString(data)
        except DecodeError:
            raise Malformed("the request is no message of its type") from None
        validate(request)
        self.authorisation.check_meeting(caller, request)
        return request

    def error(self, error: BaseException, outcome: "_Outcome") -> DomainError:
        """What the caller hears of an exception. Unexpected ones are logged with their stack and say nothing."""
        if isinstance(error, STORE_TROUBLE):
            _log.warning("the store does not answer", extra={"rpc": self.rpc, "error": repr(error)})
            answer: DomainError = Unavailable("the store does not answer")
        elif isinstance(error, TimeoutError):
            answer = DeadlineExceeded()
        elif isinstance(error, DomainError):
            answer = error
        else:
            _log.error("unexpected exception in an RPC", extra={"rpc": self.rpc}, exc_info=error)
            answer = Internal()
        outcome.code = answer.grpc_status.name
        outcome.is_fault = answer.grpc_status in (
            grpc.StatusCode.INTERNAL,
            grpc.StatusCode.UNAVAILABLE,
            grpc.StatusCode.DEADLINE_EXCEEDED,
        )
        return answer


class _Outcome:
    """What the span and the metrics say about a call when it is over."""

    __slots__ = ("code", "is_fault", "tenant")

    def __init__(self) -> None:
        self.code = "OK"
        self.is_fault = False
        self.tenant = ""


def _unary_handler(carry_out: CarryOut) -> Callable[[bytes, _Context], Awaitable[Message]]:
    async def unary(data: bytes, context: _Context) -> Message:
        try:
            return await carry_out(_metadata(context), data, context, _start_deadline(context))
        except DomainError as error:
            await _abort(context, error)

    return unary


def _stream_handler(
    steps: _Steps, handler: Callable[[Any, Any], AsyncIterator[Message]]
) -> Callable[[bytes, _Context], AsyncIterator[Message]]:
    async def streaming(data: bytes, context: _Context) -> AsyncIterator[Message]:
        metadata = _metadata(context)
        with steps.trace(metadata) as outcome:
            try:
                caller = await steps.authorisation.identify(metadata)
                with calling(caller.principal, caller.bearer, caller.refused):
                    outcome.tenant = caller.tenant
                    async for response in handler(steps.admit(caller, data), context):
                        yield response
            except grpc.aio.AbortError:
                outcome.code = "ABORTED"
                raise
            except (asyncio.CancelledError, GeneratorExit):
                outcome.code = "CANCELLED"
                raise
            except Exception as error:  # The boundary, as for unary RPCs.
                await _abort(context, steps.error(error, outcome))

    return streaming


async def _abort(context: _Context, error: DomainError) -> NoReturn:
    trailer = (ERROR_TRAILER, error.to_proto().SerializeToString())
    await context.abort(error.grpc_status, error.message, (trailer,))


def _start_deadline(context: _Context) -> float:
    """Seconds that the handler has; what it calls gets no more (services/common/rpc_client.py)."""
    remaining: float | None = context.time_remaining()
    seconds = _DEFAULT_DEADLINE_S if remaining is None else max(remaining, 0.0)
    deadline.set(asyncio.get_running_loop().time() + seconds)
    return seconds


def _metadata(context: _Context) -> dict[str, str | bytes]:
    return dict(context.invocation_metadata() or ())


def _text(metadata: Mapping[str, str | bytes], key: str) -> str:
    value = metadata.get(key, "")
    return value if isinstance(value, str) else ""
