"""The steps that every RPC takes, over a real gRPC server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc  # type: ignore[import-untyped]
from redis.exceptions import ConnectionError as RedisConnectionError

from services.common import errors, rpc_server
from services.common.config import Address
from services.common.errors import (
    DeadlineExceeded,
    DomainError,
    Internal,
    InvalidField,
    Malformed,
    NotFound,
    PermissionDenied,
    TokenExpired,
    Unauthenticated,
    Unavailable,
)
from services.common.rpc_client import ERROR_TRAILER, call, stream
from services.common.rpc_server import RpcServer
from services.common.telemetry import Telemetry
from services.common.tenancy import AccountPrincipal, ParticipantPrincipal, ServicePrincipal, bearer, principal, tenant
from services.common.tokens import ServiceTokens
from sipulung.auth.v1 import session_pb2
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2, participant_pb2
from tests.common.serving import MEETING, OTHER_MEETING, SECRET, Served, Signer, serving

GET = meeting_pb2.GetMeetingRequest(meeting_id=MEETING)
END = meeting_pb2.EndMeetingRequest(meeting_id=MEETING)
CREATE = meeting_pb2.CreateMeetingRequest(title="Rapat")
REPORT = participant_pb2.ReportPresenceRequest()
WATCH = participant_pb2.WatchRequest(tenant_id="luwu", meeting_id=MEETING)
ISSUE = session_pb2.IssueJoinTokenRequest(meeting_id=MEETING, name="Budi")


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as served:
        yield served


async def raised(awaitable: Awaitable[Any]) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await awaitable
    return caught.value


# --- Who may call.


async def test_without_a_credential_nobody_gets_further(served: Served) -> None:
    assert isinstance(await raised(call(served.meetings.GetMeeting, GET, timeout_s=60)), Unauthenticated)
    assert served.requests == []


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("no-token", Unauthenticated),
        ("a.b.c", Unauthenticated),
        (Signer().access(), Unauthenticated),
        (ServiceTokens("roster", b"the secret of another installation!").issue(), Unauthenticated),
    ],
)
async def test_an_invalid_credential_is_none(served: Served, token: str, error: type[DomainError]) -> None:
    assert isinstance(await raised(call(served.meetings.CreateMeeting, CREATE, timeout_s=60, token=token)), error)


async def test_an_expired_one_says_so(served: Served) -> None:
    token = served.signer.access(seconds=-60)
    assert isinstance(
        await raised(call(served.meetings.CreateMeeting, CREATE, timeout_s=60, token=token)), TokenExpired
    )


async def test_another_scheme_than_bearer(served: Served) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await served.meetings.CreateMeeting(CREATE, timeout=60, metadata=(("authorization", "Basic YTpi"),))
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (common_pb2.ACCOUNT_ROLE_UNSPECIFIED, False),
        (common_pb2.ACCOUNT_ROLE_PARTICIPANT, False),
        (common_pb2.ACCOUNT_ROLE_HOST, True),
        (common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT, True),
        (common_pb2.ACCOUNT_ROLE_PROVINCE_OPERATOR, True),
    ],
)
async def test_a_role_below_the_rpcs_is_refused(served: Served, role: int, allowed: bool) -> None:
    calling = call(served.meetings.CreateMeeting, CREATE, timeout_s=60, token=served.signer.access(role))
    if allowed:
        await calling
    else:
        assert isinstance(await raised(calling), PermissionDenied)


async def test_a_join_token_is_good_for_its_own_meeting_only(served: Served) -> None:
    token = served.signer.join()
    await call(served.meetings.GetMeeting, GET, timeout_s=60, token=token)
    other = meeting_pb2.GetMeetingRequest(meeting_id=OTHER_MEETING)
    assert isinstance(await raised(call(served.meetings.GetMeeting, other, timeout_s=60, token=token)), NotFound)
    assert served.requests == [GET]


async def test_a_meetings_host_ends_it_and_its_participant_does_not(served: Served) -> None:
    host = served.signer.join(common_pb2.MEETING_ROLE_HOST)
    await call(served.meetings.EndMeeting, END, timeout_s=60, token=host)
    await call(served.meetings.EndMeeting, END, timeout_s=60, token=served.signer.access())
    guest = call(served.meetings.EndMeeting, END, timeout_s=60, token=served.signer.join())
    assert isinstance(await raised(guest), PermissionDenied)


async def test_an_account_is_no_participant_and_a_participant_no_account(served: Served) -> None:
    get = call(served.meetings.GetMeeting, GET, timeout_s=60, token=served.signer.access())
    assert isinstance(await raised(get), PermissionDenied)
    host = served.signer.join(common_pb2.MEETING_ROLE_HOST)
    assert isinstance(
        await raised(call(served.meetings.CreateMeeting, CREATE, timeout_s=60, token=host)), PermissionDenied
    )


@pytest.mark.parametrize("kind", ["access", "join"])
async def test_what_services_call_is_for_services_only(served: Served, kind: str) -> None:
    operator = served.signer.access(common_pb2.ACCOUNT_ROLE_PROVINCE_OPERATOR)
    token = operator if kind == "access" else served.signer.join(common_pb2.MEETING_ROLE_HOST)
    report = call(served.participants.ReportPresence, REPORT, timeout_s=60, token=token)
    assert isinstance(await raised(report), PermissionDenied)
    with pytest.raises(PermissionDenied):
        await anext(stream(served.participants.Watch, WATCH, token=token))
    assert served.requests == []
    await call(served.participants.ReportPresence, REPORT, timeout_s=60, token=served.service_token)


async def test_a_service_is_no_account(served: Served) -> None:
    create = call(served.meetings.CreateMeeting, CREATE, timeout_s=60, token=served.service_token)
    assert isinstance(await raised(create), PermissionDenied)


async def test_the_handler_knows_its_caller(served: Served) -> None:
    seen: list[Any] = []

    async def look(request: Any) -> session_pb2.IssueJoinTokenResponse:
        seen.append((principal(), bearer(), tenant()))
        return session_pb2.IssueJoinTokenResponse()

    served.handlers["IssueJoinToken"] = look
    access, join = served.signer.access(), served.signer.join()
    for token in (access, join, served.service_token, "", "no good"):
        await call(served.joins.IssueJoinToken, ISSUE, timeout_s=60, token=token)
    kinds = [type(who) for who, _, _ in seen]
    assert kinds == [AccountPrincipal, ParticipantPrincipal, ServicePrincipal, type(None), type(None)]
    assert [token for _, token, _ in seen] == [access, join, served.service_token, "", ""]
    assert [name for _, _, name in seen] == ["luwu", "luwu", "", "", ""]
    assert principal() is None


# --- What a request may hold.


async def test_a_field_beyond_its_limit_is_named(served: Served) -> None:
    request = meeting_pb2.CreateMeetingRequest(title="x" * 121)
    token = served.signer.access()
    error = await raised(call(served.meetings.CreateMeeting, request, timeout_s=60, token=token))
    assert isinstance(error, InvalidField)
    assert (error.field, error.message) == ("title", "at most 120 characters")
    assert served.requests == []


async def test_whoever_may_not_call_learns_nothing_about_their_request(served: Served) -> None:
    request = meeting_pb2.CreateMeetingRequest(title="x" * 121)
    assert isinstance(await raised(call(served.meetings.CreateMeeting, request, timeout_s=60)), Unauthenticated)
    token = served.signer.join()
    error = await raised(call(served.meetings.CreateMeeting, request, timeout_s=60, token=token))
    assert isinstance(error, PermissionDenied)


async def test_bytes_that_are_no_message(served: Served) -> None:
    method: Any = served.channel.unary_unary("/sipulung.auth.v1.JoinService/IssueJoinToken")
    assert isinstance(await raised(call(method, b"\x0a\xff\xff\xff", timeout_s=60)), Malformed)
    assert isinstance(await raised(call(method, b"\x0a\x02\xff\xfe", timeout_s=60)), Malformed)


async def test_more_than_4_mib_is_refused(served: Served) -> None:
    method: Any = served.channel.unary_unary("/sipulung.auth.v1.JoinService/IssueJoinToken")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await method(b"x" * (4 * 1024 * 1024 + 1), timeout=60)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


# --- What the caller hears of an error.


@pytest.mark.parametrize("kind", [*DomainError.__subclasses__()], ids=lambda kind: kind.__name__)
async def test_every_error_arrives_as_it_was_raised(served: Served, kind: type[DomainError]) -> None:
    sent = errors.from_proto(
        common_pb2.Error(code=kind.code, message="because", field="offer.sdp", retry_after_ms=1500)
    )

    async def fail(request: Any) -> Any:
        raise sent

    served.handlers["IssueJoinToken"] = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await served.joins.IssueJoinToken(ISSUE, timeout=60)
    assert caught.value.code() is kind.grpc_status
    assert caught.value.details() == "because"
    received = await raised(call(served.joins.IssueJoinToken, ISSUE, timeout_s=60))
    assert type(received) is kind
    assert received.to_proto() == sent.to_proto()


async def test_an_unexpected_exception_says_nothing_to_the_caller(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: Any) -> Any:
        raise RuntimeError("the password is rahasia")

    served.handlers["IssueJoinToken"] = fail
    with caplog.at_level(logging.ERROR), pytest.raises(grpc.aio.AioRpcError) as caught:
        await served.joins.IssueJoinToken(ISSUE, timeout=60)
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert caught.value.details() == "internal error"
    trailer = dict(caught.value.trailing_metadata() or ())[ERROR_TRAILER]
    assert isinstance(trailer, bytes)
    assert common_pb2.Error.FromString(trailer) == Internal().to_proto()
    assert "rahasia" not in repr(caught.value)
    record = next(record for record in caplog.records if record.message == "unexpected exception in an RPC")
    assert record.exc_info is not None
    assert record.exc_info[0] is RuntimeError
    span = (await served.spans(1))[0]
    assert span.attributes is not None
    assert span.attributes["rpc.code"] == "INTERNAL"
    assert "rahasia" not in span.to_json()


@pytest.mark.parametrize(
    ("trouble", "kind"), [(RedisConnectionError("refused"), Unavailable), (TimeoutError(), DeadlineExceeded)]
)
async def test_trouble_with_the_store_is_not_the_callers_fault(
    served: Served, trouble: Exception, kind: type[DomainError]
) -> None:
    async def fail(request: Any) -> Any:
        raise trouble

    served.handlers["IssueJoinToken"] = fail
    assert type(await raised(call(served.joins.IssueJoinToken, ISSUE, timeout_s=60))) is kind


async def test_an_error_in_the_middle_of_a_stream(served: Served) -> None:
    async def fail(request: Any) -> Any:
        raise NotFound("the meeting is gone")

    served.handlers["Watch"] = fail
    watching = stream(served.participants.Watch, WATCH, token=served.service_token)
    assert [(await anext(watching)).snapshot.sequence for _ in range(2)] == [1, 2]
    with pytest.raises(NotFound, match="the meeting is gone"):
        await anext(watching)


def hang(served: Served, name: str) -> asyncio.Event:
    """That RPC never answers; what is returned is set when its handler was ended."""
    ended = asyncio.Event()

    async def wait(request: Any) -> Any:
        try:
            await asyncio.sleep(600)
        finally:
            ended.set()

    served.handlers[name] = wait
    return ended


# --- Deadlines.


async def test_a_handler_ends_when_its_callers_time_is_over(served: Served) -> None:
    ended = hang(served, "IssueJoinToken")
    # Time enough to reach the handler, which may not begin otherwise.
    await served.channel.channel_ready()
    assert isinstance(await raised(call(served.joins.IssueJoinToken, ISSUE, timeout_s=1)), DeadlineExceeded)
    await asyncio.wait_for(ended.wait(), 60)


async def test_a_call_without_a_deadline_gets_one(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc_server, "_DEFAULT_DEADLINE_S", 0.1)

    hang(served, "IssueJoinToken")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await served.joins.IssueJoinToken(ISSUE)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_what_a_handler_calls_gets_no_more_time_than_it_has(served: Served) -> None:
    took: list[float] = []

    async def ask_others(request: Any) -> Any:
        clock = asyncio.get_running_loop()
        started = clock.time()
        try:
            await call(
                served.participants.ReportPresence, REPORT, timeout_s=30, token=ServiceTokens("a", SECRET).issue()
            )
        finally:
            took.append(clock.time() - started)

    async def hang(request: Any) -> Any:
        await asyncio.sleep(600)

    served.handlers.update(IssueJoinToken=ask_others, ReportPresence=hang)
    await served.channel.channel_ready()
    assert isinstance(await raised(call(served.joins.IssueJoinToken, ISSUE, timeout_s=1)), DeadlineExceeded)
    async with asyncio.timeout(60):
        while not took:  # noqa: ASYNC110 - the answer comes before the handler's end
            await asyncio.sleep(0.01)
    # It would have had half a minute by itself.
    assert took[0] < 10


# --- Trace and metrics.


async def test_the_span_is_a_child_of_the_callers(served: Served) -> None:
    inner: list[str] = []

    async def look(request: Any) -> Any:
        inner.append(served.telemetry.traceparent().traceparent)
        return session_pb2.IssueJoinTokenResponse()

    served.handlers["IssueJoinToken"] = look
    token = served.signer.access()
    with served.telemetry.span("caller") as caller:
        await call(served.joins.IssueJoinToken, ISSUE, timeout_s=60, token=token)
    spans = {span.name: span for span in await served.spans(2)}
    span = spans["sipulung.auth.v1.JoinService/IssueJoinToken"]
    assert span.parent is not None
    assert span.parent.span_id == caller.get_span_context().span_id
    assert span.context.trace_id == caller.get_span_context().trace_id
    assert span.attributes is not None
    assert dict(span.attributes) == {"rpc.code": "OK", "tenant": "luwu"}
    assert inner[0].split("-")[2] == f"{span.context.span_id:016x}"


async def test_a_stream_that_its_reader_leaves_ends(served: Served) -> None:
    ended = hang(served, "Watch")
    watching = stream(served.participants.Watch, WATCH, token=served.service_token)
    assert (await anext(watching)).snapshot.sequence == 1
    assert (await anext(watching)).snapshot.sequence == 2
    await watching.aclose()
    await asyncio.wait_for(ended.wait(), 60)
    span = (await served.spans(1))[0]
    assert span.attributes is not None
    assert span.attributes["rpc.code"] == "CANCELLED"


# --- The server itself.


async def test_health_and_reflection_name_every_service(served: Served) -> None:
    health = health_pb2_grpc.HealthStub(served.channel)
    names = ("sipulung.auth.v1.JoinService", "sipulung.roster.v1.MeetingService")
    for name in ("", *names):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=name), timeout=60)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    reflection = reflection_pb2_grpc.ServerReflectionStub(served.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    async for answer in reflection.ServerReflectionInfo(iter([request]), timeout=60):
        told = {service.name for service in answer.list_services_response.service}
        assert told >= {*names, "grpc.health.v1.Health"}
        break
    else:
        pytest.fail("no answer")


async def test_stopping_lets_what_is_under_way_end(served: Served) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: Any) -> Any:
        begun.set()
        await go_on.wait()
        return session_pb2.IssueJoinTokenResponse(name="Budi")

    served.handlers["IssueJoinToken"] = slow
    under_way = asyncio.create_task(call(served.joins.IssueJoinToken, ISSUE, timeout_s=60))
    await asyncio.wait_for(begun.wait(), 60)
    stopping = asyncio.create_task(served.server.stop(60))
    await asyncio.sleep(0.05)
    go_on.set()
    assert (await under_way).name == "Budi"
    await asyncio.wait_for(stopping, 60)
    assert isinstance(await raised(call(served.joins.IssueJoinToken, ISSUE, timeout_s=60)), Unavailable)


async def test_a_taken_address_is_an_error(served: Served) -> None:
    tokens = ServiceTokens("test", SECRET)
    second = RpcServer("test", Address("127.0.0.1", served.port), None, tokens, served.telemetry)
    with pytest.raises(RuntimeError):
        await second.start()


async def test_an_rpc_without_an_access_option_is_not_served() -> None:
    server = RpcServer("test", Address("127.0.0.1", 0), None, ServiceTokens("test", SECRET), Telemetry("test"))
    with pytest.raises(ValueError, match=r"Health\.Check has no access option"):
        server.add(
            health_pb2_grpc.add_HealthServicer_to_server,
            health_pb2_grpc.HealthServicer(),
            health_pb2.DESCRIPTOR.services_by_name["Health"],
        )
