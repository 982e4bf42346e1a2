"""Calls, and how their failures come back."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from services.common.errors import DeadlineExceeded, DomainError, Internal, Unauthenticated, Unavailable
from services.common.rpc_client import ERROR_TRAILER, call, channel, deadline, stream, translated
from sipulung.auth.v1 import session_pb2, session_pb2_grpc
from sipulung.roster.v1 import meeting_pb2, participant_pb2, participant_pb2_grpc
from tests.common.serving import MEETING, serving
from tools.instance.ports import free_port

ISSUE = session_pb2.IssueJoinTokenRequest(meeting_id="8123456789", name="Budi")
Trailers = tuple[tuple[str, str | bytes], ...]


def failure(code: grpc.StatusCode, details: str = "", trailers: Trailers = ()) -> grpc.aio.AioRpcError:
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailers), details)


async def test_nobody_there_is_unavailable_at_once() -> None:
    async with channel(f"127.0.0.1:{free_port()}") as nobody:
        started = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable):
            await call(session_pb2_grpc.JoinServiceStub(nobody).IssueJoinToken, ISSUE, timeout_s=60)
        watch = participant_pb2_grpc.ParticipantServiceStub(nobody).Watch
        with pytest.raises(Unavailable):
            await anext(stream(watch, participant_pb2.WatchRequest()))
        assert asyncio.get_running_loop().time() - started < 3


async def test_an_answer_that_is_late_is_a_deadline_exceeded() -> None:
    async with serving() as served:

        async def hang(request: Any) -> Any:
            await asyncio.sleep(60)

        served.handlers["IssueJoinToken"] = hang
        with pytest.raises(DeadlineExceeded):
            await call(served.joins.IssueJoinToken, ISSUE, timeout_s=0.1)


async def test_a_large_answer_arrives() -> None:
    """A file of a large office is larger than what gRPC takes unasked (4 MiB)."""
    title = "a" * (6 * 1024 * 1024)

    async def large(_: Any) -> Any:
        return meeting_pb2.GetMeetingResponse(meeting=meeting_pb2.Meeting(title=title))

    async with serving() as served:
        served.handlers["GetMeeting"] = large
        request = meeting_pb2.GetMeetingRequest(meeting_id=MEETING)
        answer = await call(served.meetings.GetMeeting, request, timeout_s=5, token=served.signer.join())
        assert answer.meeting.title == title


async def test_no_call_begins_when_the_time_of_the_rpc_in_progress_is_over() -> None:
    token = deadline.set(asyncio.get_running_loop().time() - 1)
    try:
        async with serving() as served:
            with pytest.raises(DeadlineExceeded):
                await call(served.joins.IssueJoinToken, ISSUE, timeout_s=5)
            assert served.requests == []
    finally:
        deadline.reset(token)


async def test_a_service_that_was_restarted_is_found_again() -> None:
    port = free_port()
    async with channel(f"127.0.0.1:{port}") as lasting:
        method: Any = lasting.unary_unary("/sipulung.auth.v1.KeyService/GetKeys")
        with pytest.raises(Unavailable):
            await call(method, b"", timeout_s=60)
        server = grpc.aio.server()
        server.add_insecure_port(f"127.0.0.1:{port}")

        async def answer(request: bytes, context: Any) -> bytes:
            return b"here"

        handlers: dict[str, Any] = {"GetKeys": grpc.unary_unary_rpc_method_handler(answer)}
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("sipulung.auth.v1.KeyService", handlers),)
        )
        await server.start()
        try:
            async with asyncio.timeout(60):
                while True:
                    try:
                        assert await call(method, b"", timeout_s=60) == b"here"
                        break
                    except Unavailable:
                        await asyncio.sleep(0.05)
        finally:
            await server.stop(0)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.UNAVAILABLE, Unavailable),
        (grpc.StatusCode.CANCELLED, Unavailable),
        # A neighbour of an older version during an upgrade.
        (grpc.StatusCode.UNIMPLEMENTED, Unavailable),
        (grpc.StatusCode.DEADLINE_EXCEEDED, DeadlineExceeded),
        (grpc.StatusCode.UNAUTHENTICATED, Unauthenticated),
        (grpc.StatusCode.UNKNOWN, Internal),
        (grpc.StatusCode.DATA_LOSS, Internal),
    ],
)
def test_a_status_without_our_trailer(code: grpc.StatusCode, kind: type[DomainError]) -> None:
    assert type(translated(failure(code, "why"))) is kind
    assert "why" in translated(failure(code, "why")).message


def test_a_trailer_that_is_no_error_is_passed_over() -> None:
    trailers: Trailers = ((ERROR_TRAILER, b"\xff\xff"), ("other", "x"))
    assert type(translated(failure(grpc.StatusCode.UNAVAILABLE, "", trailers))) is Unavailable


def test_a_code_of_a_newer_version_is_internal() -> None:
    # Field 1 (code) = 99, field 2 (message) = "new".
    trailers: Trailers = ((ERROR_TRAILER, b"\x08\x63\x12\x03new"),)
    error = translated(failure(grpc.StatusCode.ABORTED, "", trailers))
    assert type(error) is Internal
    assert error.message == "new"
