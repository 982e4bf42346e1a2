"""A loop that runs until cancelled ends, also when something in it lost the cancellation."""

from __future__ import annotations

import asyncio

import pytest

from services.common.cancellation import heed_cancellation


async def test_a_lost_cancellation_ends_the_next_round() -> None:
    came, rounds = asyncio.Event(), 0

    async def loop() -> None:
        nonlocal rounds
        while True:
            heed_cancellation()
            rounds += 1
            try:
                await came.wait()
            except asyncio.CancelledError:
                came.set()  # As wait_for does when its result comes at the same time.

    task = asyncio.create_task(loop())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert rounds == 1


async def test_nothing_happens_to_a_task_that_goes_on() -> None:
    heed_cancellation()
