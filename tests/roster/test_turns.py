"""Who has a turn when, and what becomes of the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from services.common.errors import Unavailable, WrongState
from services.common.ids import MeetingId, ParticipantId, TenantId
from services.common.tenancy import tenant
from services.roster.core import commands
from services.roster.core.change import Change
from services.roster.core.state import MeetingState
from services.roster.keys import MeetingRef
from services.roster.turns import MAX_JOINT, Command, Turn, Turns, next_round
from tests.roster.core.scene import NOON, meeting, person, with_people

REF = MeetingRef(TenantId("luwu"), MeetingId("8123456789"))


def hand(name: str, raised: bool = True) -> Command:
    return lambda state, now_ms: commands.raise_hand(state, ParticipantId(name), raised, now_ms)


def faulty(_state: MeetingState, _now_ms: int) -> Change:
    raise ZeroDivisionError


def turns(*asked: Command, fsync: bool = False) -> list[Turn]:
    loop = asyncio.get_running_loop()
    return [Turn(command, fsync, time.perf_counter(), loop.create_future()) for command in asked]


def three() -> MeetingState:
    return with_people(person("Ani"), person("Budi"), person("Cici"))


async def test_what_waits_is_decided_one_on_the_other_and_written_together() -> None:
    waiting = turns(hand("ani"), hand("budi"), hand("cici"))
    state = three()
    round_ = next_round(state, waiting, NOON, fresh=False)
    assert waiting == []
    assert round_.whole is not None
    assert round_.whole.before is state
    assert [event.sequence - state.sequence for event in round_.whole.events] == [1, 2, 3]
    assert [change.state.sequence - state.sequence for _, change in round_.turns] == [1, 2, 3]
    assert not round_.fsync


async def test_a_refusal_counts_on_the_newest_state_only() -> None:
    waiting = turns(hand("ani"), hand("nobody"), hand("budi"))
    round_ = next_round(three(), waiting, NOON, fresh=False)
    assert len(round_.turns) == 1
    assert len(waiting) == 2
    refused = waiting[0].done
    assert next_round(three(), waiting, NOON, fresh=False).whole is None, "the first needs the newest state"
    assert not refused.done()
    assert len(next_round(three(), waiting, NOON, fresh=True).turns) == 1
    assert isinstance(refused.exception(), WrongState)


async def test_nothing_to_do_counts_on_the_newest_state_only() -> None:
    waiting = turns(hand("ani", False))
    done = waiting[0].done
    assert next_round(three(), waiting, NOON, fresh=False).whole is None
    assert not done.done()
    assert next_round(three(), waiting, NOON, fresh=True).whole is None
    assert done.result().empty
    assert waiting == []


async def test_others_may_be_first_so_often_and_no_more() -> None:
    (turn,) = turns(hand("ani"))
    assert turn.again(2)
    assert not turn.again(2)
    assert isinstance(turn.done.exception(), Unavailable)


async def test_a_fault_of_one_is_that_ones() -> None:
    waiting = turns(faulty, hand("ani"))
    fault = waiting[0].done
    assert len(next_round(three(), waiting, NOON, fresh=False).turns) == 1
    assert isinstance(fault.exception(), ZeroDivisionError)


async def test_whoever_gave_up_before_their_turn_does_nothing() -> None:
    waiting = turns(hand("ani"), hand("budi"))
    waiting[0].done.cancel()
    round_ = next_round(three(), waiting, NOON, fresh=False)
    assert [change.written[0].name for _, change in round_.turns] == ["Budi"]


async def test_a_change_of_the_meeting_itself_is_written_alone() -> None:
    def end(state: MeetingState, now_ms: int) -> Change:
        return commands.end(state, "account:x", now_ms)

    waiting = [*turns(hand("ani")), *turns(end, fsync=True), *turns(hand("budi"))]
    state = three()
    first = next_round(state, waiting, NOON, fresh=True)
    assert first.whole is not None
    assert len(first.turns) == 1
    second = next_round(first.whole.state, waiting, NOON, fresh=True)
    assert len(second.turns) == 1
    assert second.fsync
    assert len(waiting) == 1


async def test_a_round_has_an_end() -> None:
    state = meeting(capacity=200)
    people = [person(f"p{number}") for number in range(MAX_JOINT + 20)]
    state = with_people(*people, state=state)
    waiting = turns(*(hand(one.participant_id) for one in people))
    assert len(next_round(state, waiting, NOON, fresh=True).turns) == MAX_JOINT
    assert len(waiting) == 20


class Desk:
    """Carries out turns when a test lets it."""

    def __init__(self, answer: Callable[[Turn], None]) -> None:
        self.rounds: list[int] = []
        self.tenants: list[str] = []
        self.open = asyncio.Event()
        self._answer = answer

    async def carry_out(self, _ref: MeetingRef, waiting: list[Turn]) -> None:
        while waiting:
            taken = list(waiting)
            waiting.clear()
            self.rounds.append(len(taken))
            self.tenants.append(tenant())
            await self.open.wait()
            for turn in taken:
                self._answer(turn)


def empty(turn: Turn) -> None:
    state = meeting()
    turn.succeed(Change(state, state))


async def asked(turns_: Turns, count: int) -> list[asyncio.Task[Change]]:
    def take() -> Awaitable[Change]:
        return turns_.take(REF, hand("ani"), fsync=False)

    tasks = [asyncio.ensure_future(take()) for _ in range(count)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_those_who_come_while_others_are_served_wait_together() -> None:
    desk = Desk(empty)
    turns_ = Turns(desk.carry_out)
    tasks = await asked(turns_, 2) + await asked(turns_, 3)
    desk.open.set()
    await asyncio.gather(*tasks)
    assert desk.rounds == [2, 3]
    assert desk.tenants == ["luwu", "luwu"]
    await asyncio.gather(*await asked(turns_, 1))
    assert desk.rounds == [2, 3, 1], "and it begins again"


async def test_one_who_gives_up_takes_nothing_from_the_others() -> None:
    desk = Desk(empty)
    turns_ = Turns(desk.carry_out)
    gives_up, stays = await asked(turns_, 2)
    gives_up.cancel()
    await asyncio.sleep(0)
    desk.open.set()
    assert (await stays).empty
    assert gives_up.cancelled()


async def test_where_nothing_can_be_read_all_who_wait_hear_it() -> None:
    async def carry_out(_ref: MeetingRef, _waiting: list[Turn]) -> None:
        raise Unavailable("the store does not answer")

    turns_ = Turns(carry_out)
    outcomes = await asyncio.gather(*await asked(turns_, 2), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable, Unavailable]


async def test_whoever_is_never_answered_is_let_go() -> None:
    async def carry_out(_ref: MeetingRef, _waiting: list[Turn]) -> None:
        """Leaves them waiting, as a task does that is cancelled when the process ends."""

    turns_ = Turns(carry_out)
    with pytest.raises(Unavailable):
        await asyncio.gather(*await asked(turns_, 1))
