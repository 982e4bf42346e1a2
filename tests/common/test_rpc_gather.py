"""Calls that follow one another closely go together; nobody hears another's outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.common import rpc_gather
from services.common.errors import DomainError, Internal, InvalidField, Unauthenticated, Unavailable
from services.common.rpc_gather import Gatherer
from services.common.telemetry import continue_from
from services.common.tokens import ServiceTokens
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import participant_pb2
from tests.common.serving import SECRET, Served, serving

SAY = "sipulung.roster.v1.ParticipantService/Say"
WITHIN_S = 0.05


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as served:
        yield served


class Speaker:
    """Says lines by a gatherer, and counts the RPCs that they become."""

    def __init__(self, served: Served, within_s: float = WITHIN_S) -> None:
        self.served = served
        self.gatherer = Gatherer(served.channel, ServiceTokens("signaling", SECRET), within_s, 60.0)
        self.token = served.signer.join()

    async def say(self, text: str, key: str = "meeting", token: str | None = None) -> None:
        request = participant_pb2.SayRequest(text=text)
        await self.gatherer.call(
            key, SAY, self.served.participants.Say, request, self.token if token is None else token
        )

    def texts(self) -> list[str]:
        return [request.text for request in self.served.requests if isinstance(request, participant_pb2.SayRequest)]

    async def rpcs(self, count: int) -> list[str]:
        """The names of the RPCs that ended, in order, once there are so many; a batch stands after what is in it."""
        return [span.name.rpartition("/")[2] for span in await self.served.spans(count)]


async def test_the_first_goes_at_once_and_the_rest_together(served: Served) -> None:
    speaker = Speaker(served)
    await asyncio.gather(*(speaker.say(text) for text in "abcd"))
    assert speaker.texts() == list("abcd")
    assert await speaker.rpcs(5) == ["Say", "Say", "Say", "Say", "Do"]


async def test_one_that_follows_alone_is_no_batch(served: Served) -> None:
    speaker = Speaker(served)
    await asyncio.gather(speaker.say("a"), speaker.say("b"))
    await asyncio.sleep(2 * WITHIN_S)
    await speaker.say("c")
    assert await speaker.rpcs(3) == ["Say", "Say", "Say"]


async def test_what_comes_after_a_batch_waits_from_there(served: Served) -> None:
    speaker = Speaker(served, 0.2)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await asyncio.gather(*(speaker.say(text) for text in "abc"))
    assert loop.time() - started >= 0.2
    await asyncio.gather(*(speaker.say(text) for text in "de"))
    assert loop.time() - started >= 0.4
    assert speaker.texts() == list("abcde")


async def test_groups_do_not_wait_for_each_other(served: Served) -> None:
    speaker = Speaker(served, 60.0)
    async with asyncio.timeout(30):
        await asyncio.gather(*(speaker.say(text, key=text) for text in "abc"))
    assert sorted(await speaker.rpcs(3)) == ["Say", "Say", "Say"]


async def test_each_hears_its_own_outcome(served: Served) -> None:
    async def say(request: participant_pb2.SayRequest) -> participant_pb2.SayResponse:
        if request.text == "refused":
            raise Unavailable("not this one")
        return participant_pb2.SayResponse()

    served.handlers["Say"] = say
    speaker = Speaker(served)
    outcomes = await asyncio.gather(
        speaker.say("first"),
        speaker.say("refused"),
        speaker.say(""),
        speaker.say("said"),
        speaker.say("said", token="no-token"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        Unavailable,
        InvalidField,
        type(None),
        Unauthenticated,
    ]
    assert isinstance(outcomes[2], InvalidField)
    assert outcomes[2].field == "text"


async def test_whoever_gives_up_before_it_goes_asks_for_nothing(served: Served) -> None:
    speaker = Speaker(served)
    tasks = [asyncio.create_task(speaker.say(text)) for text in "abc"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(tasks[0], tasks[2])
    assert speaker.texts() == ["a", "c"]


async def test_more_than_a_batch_holds_are_several(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc_gather, "MOST", 2)
    speaker = Speaker(served)
    await asyncio.gather(*(speaker.say(text) for text in "abcdef"))
    assert sorted(speaker.texts()) == list("abcdef")
    assert (await speaker.rpcs(8)).count("Do") == 2, "five that wait are two and two, and one alone"


async def test_a_neighbour_without_batches_is_asked_one_by_one() -> None:
    async with serving(batches=False) as served:
        speaker = Speaker(served)
        outcomes = await asyncio.gather(speaker.say("a"), speaker.say("b"), speaker.say(""), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [type(None), type(None), InvalidField]
        assert speaker.texts() == ["a", "b"]


async def test_nobody_there_is_told_to_everybody(served: Served) -> None:
    speaker = Speaker(served)
    await speaker.say("a")
    await served.server.stop(0)
    outcomes: list[Any] = await asyncio.gather(*(speaker.say(text) for text in "bcd"), return_exceptions=True)
    assert all(isinstance(outcome, DomainError) for outcome in outcomes)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}


async def test_old_groups_are_forgotten(served: Served) -> None:
    speaker = Speaker(served, 0.01)
    for number in range(20):
        await speaker.say("a", key=f"meeting {number}")
        await asyncio.sleep(0.01)
    assert len(speaker.gatherer) <= 2


async def test_a_call_that_is_too_large_for_a_batch_goes_alone(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc_gather, "LARGEST", 100)
    speaker = Speaker(served)
    await asyncio.gather(*(speaker.say(text) for text in ("a", "b" * 200, "c", "d")))
    assert await speaker.rpcs(5) == ["Say", "Say", "Say", "Say", "Do"]
    assert set(speaker.texts()[:2]) == {"a", "b" * 200}, "and waits for nothing"


async def test_what_is_wrong_with_a_batch_is_the_fault_of_none_of_them(served: Served) -> None:
    speaker = Speaker(served)
    stranger = ServiceTokens("signaling", b"of another installation altogether")
    speaker.gatherer = Gatherer(served.channel, stranger, WITHIN_S, 60.0)
    first, *others = await asyncio.gather(*(speaker.say(text) for text in "abc"), return_exceptions=True)
    assert first is None
    assert [type(outcome) for outcome in others] == [Internal, Internal]


async def test_each_keeps_its_own_trace_where_there_are_no_batches() -> None:
    async with serving(batches=False) as served:
        speaker = Speaker(served)

        async def say(number: int) -> None:
            trace = common_pb2.TraceContext(traceparent=f"00-{number:032x}-00000000000000aa-01")
            with continue_from(trace):
                await speaker.say(str(number))

        await asyncio.gather(*(asyncio.create_task(say(number)) for number in (1, 2, 3)))
        spans = await served.spans(3)
        assert sorted(span.context.trace_id for span in spans if span.context) == [1, 2, 3]
