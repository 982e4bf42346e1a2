"""Several calls in one RPC: each with the same checks, the same steps and an outcome of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.common.errors import DeadlineExceeded, DomainError, InvalidField, PermissionDenied
from services.common.rpc_client import call, deadline
from services.common.tenancy import bearer, principal, tenant
from sipulung.common.v1 import batch_pb2, batch_pb2_grpc, common_pb2
from sipulung.roster.v1 import participant_pb2
from tests.common.serving import MEETING, OTHER_MEETING, Served, serving

SAY = "sipulung.roster.v1.ParticipantService/Say"
HAND = "sipulung.roster.v1.ParticipantService/RaiseHand"
SAID = participant_pb2.SayRequest(text="halo").SerializeToString()


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as served:
        yield served


async def done(served: Served, *calls: batch_pb2.Call) -> list[str]:
    """The code of each outcome, "" for success."""
    batches: batch_pb2_grpc.BatchServiceAsyncStub = batch_pb2_grpc.BatchServiceStub(served.channel)
    response = await call(batches.Do, batch_pb2.DoRequest(calls=calls), timeout_s=60, token=served.service_token)
    return [
        common_pb2.ErrorCode.Name(one.error.code).removeprefix("ERROR_CODE_") if one.HasField("error") else ""
        for one in response.outcomes
    ]


async def test_each_call_is_checked_by_its_own_credential(served: Served) -> None:
    budi, stranger = served.signer.join(), served.signer.join(meeting=OTHER_MEETING, tenant="wajo")
    seen: dict[str, tuple[Any, str, str]] = {}

    async def say(request: participant_pb2.SayRequest) -> participant_pb2.SayResponse:
        await asyncio.sleep(0.01)  # So that all are under way at once, and none sees another's caller.
        seen[request.text] = (principal(), bearer(), tenant())
        return participant_pb2.SayResponse()

    served.handlers["Say"] = say
    outcomes = await done(
        served,
        batch_pb2.Call(rpc=SAY, token=budi, request=participant_pb2.SayRequest(text="a").SerializeToString()),
        batch_pb2.Call(rpc=SAY, token=stranger, request=participant_pb2.SayRequest(text="b").SerializeToString()),
        batch_pb2.Call(rpc=SAY, request=SAID),
        batch_pb2.Call(rpc=SAY, token=served.service_token, request=SAID),
        batch_pb2.Call(rpc=SAY, token=served.signer.access(), request=SAID),
        batch_pb2.Call(rpc=SAY, token="no-token", request=SAID),
    )
    assert outcomes == ["", "", "UNAUTHENTICATED", "PERMISSION_DENIED", "PERMISSION_DENIED", "UNAUTHENTICATED"]
    assert [(text, who.tenant_id, who.meeting_id, by, where) for text, (who, by, where) in sorted(seen.items())] == [
        ("a", "luwu", MEETING, budi, "luwu"),
        ("b", "wajo", OTHER_MEETING, stranger, "wajo"),
    ]


async def test_an_error_of_one_is_told_whole_and_is_none_of_the_others(served: Served) -> None:
    token = served.signer.join()

    async def hand(_: Any) -> Any:
        raise ZeroDivisionError

    served.handlers["RaiseHand"] = hand
    outcomes = await done(
        served,
        batch_pb2.Call(rpc=HAND, token=token),
        batch_pb2.Call(rpc=SAY, token=token, request=participant_pb2.SayRequest().SerializeToString()),
        batch_pb2.Call(rpc=SAY, token=token, request=b"\xff"),
        batch_pb2.Call(rpc=SAY, token=token, request=SAID),
    )
    assert outcomes == ["INTERNAL", "INVALID_FIELD", "MALFORMED", ""]


@pytest.mark.parametrize(
    "rpc",
    [
        "sipulung.roster.v1.ParticipantService/Nothing",
        "sipulung.roster.v1.ParticipantService/Watch",
        "sipulung.common.v1.BatchService/Do",
    ],
)
async def test_what_is_not_served_in_a_batch(served: Served, rpc: str) -> None:
    assert await done(served, batch_pb2.Call(rpc=rpc, token=served.service_token)) == ["UNAVAILABLE"]


@pytest.mark.parametrize("kind", ["access", "join"])
async def test_batches_are_for_services(served: Served, kind: str) -> None:
    batches: batch_pb2_grpc.BatchServiceAsyncStub = batch_pb2_grpc.BatchServiceStub(served.channel)
    request = batch_pb2.DoRequest(calls=[batch_pb2.Call(rpc=SAY, token=served.signer.join(), request=SAID)])
    token = served.signer.access() if kind == "access" else served.signer.join()
    with pytest.raises(PermissionDenied):
        await call(batches.Do, request, timeout_s=60, token=token)
    assert served.requests == []


@pytest.mark.parametrize("count", [0, 101])
async def test_a_batch_has_bounds(served: Served, count: int) -> None:
    with pytest.raises(InvalidField) as caught:
        await done(served, *[batch_pb2.Call(rpc=SAY)] * count)
    assert caught.value.field == "calls"


async def test_each_is_part_of_the_trace_that_it_came_from(served: Served) -> None:
    traces = [f"00-{number:032x}-00000000000000aa-01" for number in (1, 2)]
    token = served.signer.join()
    await done(
        served,
        *(
            batch_pb2.Call(rpc=SAY, token=token, request=SAID, trace=common_pb2.TraceContext(traceparent=traceparent))
            for traceparent in traces
        ),
    )
    spans = [span for span in await served.spans(3) if span.name == SAY]
    assert sorted(span.context.trace_id for span in spans if span.context) == [1, 2]
    assert {dict(span.attributes or {})["tenant"] for span in spans} == {"luwu"}


async def test_what_a_handler_refuses_with_arrives_with_its_details(served: Served) -> None:
    async def say(_: Any) -> Any:
        raise InvalidField("text", "at most 2,000 characters")

    served.handlers["Say"] = say
    batches: batch_pb2_grpc.BatchServiceAsyncStub = batch_pb2_grpc.BatchServiceStub(served.channel)
    request = batch_pb2.DoRequest(calls=[batch_pb2.Call(rpc=SAY, token=served.signer.join(), request=SAID)])
    response = await call(batches.Do, request, timeout_s=60, token=served.service_token)
    (outcome,) = response.outcomes
    expected: DomainError = InvalidField("text", "at most 2,000 characters")
    assert outcome.error == expected.to_proto()


async def test_the_time_of_a_batch_is_that_of_each_of_its_calls(served: Served) -> None:
    given_up = asyncio.Event()
    left: list[float] = []

    async def say(_: Any) -> Any:
        until = deadline.get()
        assert until is not None
        left.append(until - asyncio.get_running_loop().time())
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            given_up.set()
            raise

    served.handlers["Say"] = say
    batches: batch_pb2_grpc.BatchServiceAsyncStub = batch_pb2_grpc.BatchServiceStub(served.channel)
    request = batch_pb2.DoRequest(calls=[batch_pb2.Call(rpc=SAY, token=served.signer.join(), request=SAID)])
    with pytest.raises(DeadlineExceeded):
        await call(batches.Do, request, timeout_s=0.5, token=served.service_token)
    async with asyncio.timeout(10):
        await given_up.wait()
    assert 0 < left[0] <= 0.5
