"""One Watch stream, without stores: what it tells together, and what ends it."""

from __future__ import annotations

import asyncio
import time

import pytest

from services.roster import feeds
from services.roster.feeds import GATHER_S, MAX_TOGETHER, Watcher
from sipulung.roster.v1 import meeting_pb2, participant_pb2


def event(sequence: int) -> participant_pb2.RosterEvent:
    return participant_pb2.RosterEvent(sequence=sequence)


def watching(after: int) -> Watcher:
    watcher = Watcher(lambda: 0)
    watcher.stale = False
    watcher.started(participant_pb2.Snapshot(sequence=after))
    return watcher


def numbers(events: list[participant_pb2.RosterEvent]) -> list[int]:
    return [one.sequence for one in events]


async def test_a_cancellation_together_with_an_event_is_not_lost() -> None:
    watcher = watching(1)
    # One is missing: from here on it waits with a limit.
    watcher.push(event(3))
    assert await watcher.next() == []
    task = asyncio.create_task(watcher.next())
    for _ in range(3):
        await asyncio.sleep(0)
    watcher.push(event(2))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_event_that_fills_the_gap_brings_both() -> None:
    watcher = watching(1)
    watcher.push(event(3))
    assert await watcher.next() == []
    watcher.push(event(2))
    assert numbers(await watcher.next()) == [2, 3]


async def test_the_first_goes_out_at_once_and_those_that_follow_together(monkeypatch: pytest.MonkeyPatch) -> None:
    # Longer than a busy machine may stand still.
    monkeypatch.setattr(feeds, "GATHER_S", 2.0)
    watcher = watching(0)
    watcher.push(event(1))
    assert numbers(await watcher.next()) == [1]
    told_at = time.monotonic()
    following = asyncio.create_task(watcher.next())
    for number in (2, 3, 4):
        watcher.push(event(number))
        await asyncio.sleep(0.05)
    assert not following.done()
    assert numbers(await following) == [2, 3, 4]
    assert time.monotonic() - told_at >= 1.9


async def test_after_a_quiet_moment_the_next_goes_out_at_once() -> None:
    watcher = watching(0)
    watcher.push(event(1))
    await watcher.next()
    await asyncio.sleep(GATHER_S)
    watcher.push(event(2))
    async with asyncio.timeout(GATHER_S / 2):
        assert numbers(await watcher.next()) == [2]


async def test_more_than_a_message_should_hold_waits_for_nothing() -> None:
    watcher = watching(0)
    for number in range(1, 2 * MAX_TOGETHER + 2):
        watcher.push(event(number))
    async with asyncio.timeout(GATHER_S / 2):
        assert numbers(await watcher.next()) == [*range(1, MAX_TOGETHER + 1)]
        assert numbers(await watcher.next()) == [*range(MAX_TOGETHER + 1, 2 * MAX_TOGETHER + 1)]
    assert numbers(await watcher.next()) == [2 * MAX_TOGETHER + 1]


async def test_the_end_of_the_stream_waits_for_nothing() -> None:
    watcher = watching(0)
    watcher.push(event(1))
    await watcher.next()
    watcher.push(event(2))
    watcher.close()
    async with asyncio.timeout(GATHER_S / 2):
        await watcher.next()


async def test_who_hears_of_everything_a_little_late_missed_nothing() -> None:
    watcher = watching(0)
    for number in (1, 2, 3):
        watcher.compare(number)
        watcher.push(event(number))
        assert numbers(await watcher.next()) == [number]
    assert not watcher.stale


async def test_who_did_not_hear_of_an_event_a_second_later_missed_it() -> None:
    watcher = watching(1)
    watcher.compare(2)
    assert not watcher.stale
    watcher.compare(2)
    assert watcher.stale
    assert await watcher.next() == []


@pytest.mark.parametrize("moment", ["started_at_ms", "occurrence_ended_at_ms"])
async def test_who_watches_from_one_occurrence_into_the_next_gets_a_snapshot(moment: str) -> None:
    """What they know has the chat and the polls of the one before."""
    watcher = watching(1)
    meeting = meeting_pb2.Meeting()
    setattr(meeting, moment, 5)
    watcher.push(participant_pb2.RosterEvent(sequence=2, at_ms=6, updated=meeting))
    assert numbers(await watcher.next()) == [2]
    assert not watcher.stale
    watcher.push(participant_pb2.RosterEvent(sequence=3, at_ms=5, updated=meeting))
    assert watcher.stale
    assert numbers(await watcher.next()) == [3]
