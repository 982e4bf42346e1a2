"""Long lists give others a turn."""

from __future__ import annotations

import asyncio

from services.roster.gently import gently


async def test_all_of_it_in_order_and_others_in_between() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    assert await gently(range(100), lambda number: number * 2) == [number * 2 for number in range(100)]
    task.cancel()
    assert turns >= 4
    assert await gently([], str) == []
