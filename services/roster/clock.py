"""The clock that roster dates by (services/roster/core/steady_clock.py), on those of the machine."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from services.roster.core.steady_clock import BELIEVED_AFTER_MS, SteadyClock

_log = logging.getLogger(__name__)


def steady_clock() -> Callable[[], int]:
    """Unix milliseconds. That the machine's clock has jumped is logged, and what came of it."""
    clock = SteadyClock(_wall_ms(), _boot_ms())

    def now_ms() -> int:
        doubted, wall_ms = clock.doubtful, _wall_ms()
        now = clock.now_ms(wall_ms, _boot_ms())
        if clock.doubtful and not doubted:
            by = {"by_ms": wall_ms - now, "believed_after_ms": BELIEVED_AFTER_MS}
            _log.warning("the machine's clock has jumped: records go on being dated as before", extra=by)
        elif doubted and not clock.doubtful:
            _log.warning("records are dated by the machine's clock again")
        return now

    return now_ms


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _boot_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
