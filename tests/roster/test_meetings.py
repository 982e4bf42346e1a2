"""How commands of several replicas for one meeting meet: what counts as the newest state, and who hears what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from services.common.bus import Bus
from services.common.errors import Unavailable, WrongState
from services.common.ids import MeetingId, ParticipantId, TenantId
from services.common.telemetry import Telemetry
from services.roster.core import commands
from services.roster.core.change import Change
from services.roster.core.state import MeetingState
from services.roster.keys import MeetingRef
from services.roster.ledger import Ledger
from services.roster.meetings import Meetings
from services.roster.metrics import RosterMetrics
from services.roster.store import RosterStore
from services.roster.turns import Command
from tests.roster.core.scene import NOON, meeting, person, with_people

REF = MeetingRef(TenantId("luwu"), MeetingId("8123456789"))
ANI, CICI = ParticipantId("ani"), ParticipantId("cici")


class Store:
    """One meeting in memory, with the optimistic write of the script COMMIT. An fsync lasts until `fsync` is set."""

    def __init__(self, state: MeetingState) -> None:
        self.state = state
        self.commits: list[int] = []
        self.writing = asyncio.Event()
        self.fsync = asyncio.Event()
        self.trouble: Exception | None = None
        # Called before each write: what others do first.
        self.before_write: Callable[[], None] = lambda: None

    async def load(self, _ref: MeetingRef) -> MeetingState:
        await asyncio.sleep(0)
        return self.state

    async def commit(self, _ref: MeetingRef, change: Change, *, fsync: bool) -> bool:
        await asyncio.sleep(0)
        self.before_write()
        if self.trouble is not None:
            raise self.trouble
        if change.before.sequence != self.state.sequence:
            return False
        self.state = change.state
        self.commits.append(len(change.events))
        self.writing.set()
        if fsync:
            await self.fsync.wait()
        return True


class Silent:
    """Neither NATS nor the logs."""

    connected = False

    async def publish(self, *_: Any) -> None:
        """Nobody hears."""

    def kick(self, _: Any) -> None:
        """Nothing waits."""


def replica(store: Store) -> Meetings:
    silent, metrics = Silent(), RosterMetrics(Telemetry("roster"))
    return Meetings(cast(RosterStore, store), cast(Bus, silent), cast(Ledger, silent), metrics, lambda: NOON)


def hand(who: ParticipantId, raised: bool = True) -> Command:
    return lambda state, now_ms: commands.raise_hand(state, who, raised, now_ms)


def joins(name: str) -> Command:
    return lambda state, now_ms: commands.join(state, person(name), now_ms)


def renamed(title: str) -> Command:
    def rename(state: MeetingState, now_ms: int) -> Change:
        return commands.update(state, state.definition.revision, title, None, None, "account:x", now_ms)

    return rename


def of_three() -> MeetingState:
    return with_people(person("Ani"), person("Budi"), person("Cici"), state=meeting(capacity=300))


async def test_what_comes_while_the_store_writes_is_written_together() -> None:
    store = Store(of_three())
    meetings = replica(store)
    names = ("ani", "budi", "cici")
    changes = await asyncio.gather(*(meetings.run(REF, hand(ParticipantId(name))) for name in names))
    assert store.commits in ([3], [1, 2])
    first = store.state.sequence - 3
    assert [change.state.sequence - first for change in changes] == [1, 2, 3], "each hears of its own"
    assert all(store.state.members[ParticipantId(name)].hand_raised_at_ms for name in names)


async def test_what_others_did_during_an_fsync_counts() -> None:
    store = Store(of_three())
    one, two = replica(store), replica(store)
    await one.load(REF)
    edit = asyncio.create_task(one.run(REF, renamed("Lain"), fsync=True))
    await store.writing.wait()
    await two.run(REF, joins("Dedi"))
    await two.run(REF, hand(CICI))
    raised = asyncio.create_task(one.run(REF, hand(ParticipantId("dedi"))))
    lowered = asyncio.create_task(one.run(REF, hand(CICI, raised=False)))
    await asyncio.sleep(0)
    store.fsync.set()
    await edit
    assert not (await raised).empty, "whom the other replica let in is in the meeting"
    assert not (await lowered).empty, "and a hand that it raised is up"
    assert not store.state.members[CICI].hand_raised_at_ms
    assert store.state.members[ParticipantId("dedi")].hand_raised_at_ms


async def test_a_refusal_is_by_the_newest_state_and_stops_nobody_else() -> None:
    store = Store(of_three())
    meetings = replica(store)
    await meetings.load(REF)
    outcomes = await asyncio.gather(
        meetings.run(REF, hand(ANI)),
        meetings.run(REF, hand(ParticipantId("nobody"))),
        meetings.run(REF, hand(CICI)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [Change, WrongState, Change]


async def test_whoever_is_always_second_is_told_so_after_a_while() -> None:
    store = Store(of_three())
    meetings = replica(store)

    def somebody_else() -> None:
        store.state = commands.join(store.state, person(f"Tamu {store.state.sequence}"), NOON).state

    store.before_write = somebody_else
    with pytest.raises(Unavailable, match="too many"):
        await meetings.run(REF, hand(ANI))
    store.before_write = lambda: None
    await meetings.run(REF, hand(ANI))


async def test_a_store_that_fails_is_told_to_those_whom_it_concerns() -> None:
    store = Store(of_three())
    meetings = replica(store)
    store.trouble = RedisConnectionError("gone")
    outcomes = await asyncio.gather(*(meetings.run(REF, hand(who)) for who in (ANI, CICI)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RedisConnectionError] * 2
    assert meetings.cached(REF) is None or store.commits == [], "it may have been written: nothing in memory counts"
    store.trouble = None
    await meetings.run(REF, hand(ANI))
    assert store.state.members[ANI].hand_raised_at_ms
