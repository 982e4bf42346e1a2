"""How a process begins and ends."""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Final

import uvloop

from services.common.config import ConfigError, Environment

# RPCs in flight have 5 s, exporters and connections the rest; then what is left is cancelled.
_STOP_S: Final = 10.0
# Objects made, less those freed, between two looks of the garbage collector. Its default of 700 is reached several
# times by each offer that is read.
_YOUNG: Final = 10_000
_log = logging.getLogger(__name__)


class Lifecycle:
    """Handed to a service's main: its settings and the wish to stop."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.stopping = asyncio.Event()
        # How long the service waits for its people to move before it begins to end: that much more than _STOP_S.
        self.drain_s = 0.0

    async def wait(self) -> None:
        """Until SIGTERM or SIGINT."""
        await self.stopping.wait()


def run(main: Callable[[Lifecycle], Awaitable[None]]) -> None:
    """Run a service until it returns, on uvloop. Does not return: the process exits.

    SIGTERM and SIGINT set `stopping`, a second one exits at once (130). A ConfigError is one line on stderr and exit 2.
    """
    # What was imported stays for good; looking through it again and again would stop everybody for 100 ms each time.
    gc.freeze()
    gc.set_threshold(_YOUNG)
    try:
        uvloop.run(_run(main))
    except ConfigError as error:
        print(f"{error}", file=sys.stderr)  # noqa: T201 - there is no logger yet, and an operator reads it
        sys.exit(2)
    sys.exit(0)


async def _run(main: Callable[[Lifecycle], Awaitable[None]]) -> None:
    lifecycle = Lifecycle(Environment(os.environ))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if lifecycle.stopping.is_set():
            os._exit(130)
        lifecycle.stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    work = asyncio.ensure_future(main(lifecycle))
    wish = asyncio.create_task(lifecycle.stopping.wait())
    await asyncio.wait({work, wish}, return_when=asyncio.FIRST_COMPLETED)
    allowed_s = lifecycle.drain_s + _STOP_S
    if not work.done():
        await asyncio.wait({work}, timeout=allowed_s)
    if not work.done():
        _log.warning("stopping took too long; cancelling", extra={"seconds": allowed_s})
        work.cancel()
    wish.cancel()
    try:
        await work
    except asyncio.CancelledError:
        if not lifecycle.stopping.is_set():
            raise
