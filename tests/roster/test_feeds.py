"""One Watch stream, without stores: what ends it."""

from __future__ import annotations

import asyncio

import pytest

from services.roster.feeds import Watcher
from sipulung.roster.v1 import participant_pb2


def event(sequence: int) -> participant_pb2.WatchResponse:
    return participant_pb2.WatchResponse(event=participant_pb2.RosterEvent(sequence=sequence))


async def test_a_cancellation_together_with_an_event_is_not_lost() -> None:
    watcher = Watcher(lambda: 0)
    watcher.started(participant_pb2.Snapshot(sequence=1))
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
    watcher = Watcher(lambda: 0)
    watcher.started(participant_pb2.Snapshot(sequence=1))
    watcher.push(event(3))
    assert await watcher.next() == []
    watcher.push(event(2))
    assert [one.event.sequence for one in await watcher.next()] == [2, 3]
