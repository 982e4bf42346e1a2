"""Cancellation that asyncio.wait_for of Python 3.11 swallowed."""

from __future__ import annotations

import asyncio


def heed_cancellation() -> None:
    """For loops that run until cancelled, once a round. Raises CancelledError when the task was cancelled before.

    wait_for, which the client of NATS uses, loses a cancellation that comes together with its result; so does whoever
    takes CancelledError for a failure. Inside asyncio.timeout it heeds the timeout too, which cancels the task as well.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
