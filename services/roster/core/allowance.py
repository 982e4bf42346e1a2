"""How often one participant may speak up: the generic cell rate algorithm, whose whole state is one time.

(ITU-T I.371 Annex A, the virtual scheduling form: a burst at once, then a steady rate.)
"""

from __future__ import annotations

from services.common.errors import Throttled

INTERVAL_MS = 1_000
BURST = 8


def spend(busy_until_ms: int, now_ms: int) -> int:
    """The new `busy_until_ms` after one more line or hand. Raises Throttled with the time to wait.

    `now_ms` is that of the clock; where it was set back, so that somebody seems to be busy for longer than anybody can
    be, they begin anew.
    """
    if busy_until_ms > now_ms + BURST * INTERVAL_MS:
        busy_until_ms = now_ms
    busy = max(busy_until_ms, now_ms) + INTERVAL_MS
    excess = busy - now_ms - BURST * INTERVAL_MS
    if excess > 0:
        raise Throttled(excess)
    return busy
