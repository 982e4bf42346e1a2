"""Token buckets: how often somebody may do something."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from math import ceil
from typing import Final

from services.signaling.core.connection import Request


@dataclass(frozen=True)
class Rate:
    """`burst` at once, and `per_s` more each second."""

    per_s: float
    burst: float


class TokenBucket:
    """One bucket. Times are seconds of any monotonic clock."""

    __slots__ = ("_filled_at", "_level", "_rate")

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._level = rate.burst
        self._filled_at = now

    def take(self, now: float) -> int:
        """Takes a token. Returns 0, or in how many milliseconds there is one again (and takes nothing)."""
        self._fill(now)
        if self._level >= 1:
            self._level -= 1
            return 0
        return ceil((1 - self._level) / self._rate.per_s * 1000)

    def full(self, now: float) -> bool:
        """Whether the bucket is as good as a new one."""
        self._fill(now)
        return self._level >= self._rate.burst

    def _fill(self, now: float) -> None:
        elapsed = max(0.0, now - self._filled_at)
        self._level = min(self._rate.burst, self._level + elapsed * self._rate.per_s)
        self._filled_at = max(now, self._filled_at)


# A person cannot do more than that with the client; a script can.
ANY_MESSAGE: Final = Rate(per_s=20, burst=60)
BAD_MESSAGE: Final = Rate(per_s=0.2, burst=10)
MESSAGES: Final[Mapping[Request, Rate]] = {
    Request.OPEN: Rate(per_s=0.5, burst=3),
    Request.RESUME: Rate(per_s=0.5, burst=3),
    Request.ENTER: Rate(per_s=0.5, burst=5),
    # An ICE restart with each change of network, a larger layout with each turn of the phone.
    Request.NEGOTIATE: Rate(per_s=1, burst=10),
    Request.RECONNECT: Rate(per_s=0.5, burst=5),
    Request.RAISE_HAND: Rate(per_s=1, burst=6),
    Request.SAY: Rate(per_s=2, burst=10),
    Request.LEAVE: Rate(per_s=0.5, burst=3),
    Request.END_MEETING: Rate(per_s=0.5, burst=3),
    Request.PING: Rate(per_s=2, burst=10),
    Request.TIMINGS: Rate(per_s=0.1, burst=3),
    Request.OPEN_POLL: Rate(per_s=0.5, burst=5),
    Request.CLOSE_POLL: Rate(per_s=0.5, burst=5),
    Request.VOTE: Rate(per_s=1, burst=10),
    # A host who lets people in one by one, or mutes a noisy room.
    Request.MODERATE: Rate(per_s=4, burst=30),
    Request.REACT: Rate(per_s=1, burst=6),
}
# A whole office stands behind one address and joins at nine o'clock: password guessing is auth's to throttle.
ADDRESS_CONNECTIONS: Final = Rate(per_s=10, burst=300)
ADDRESS_API_CALLS: Final = Rate(per_s=10, burst=300)


class MessageLimits:
    """The buckets of one connection."""

    def __init__(self, now: float) -> None:
        self._all = TokenBucket(ANY_MESSAGE, now)
        self._bad = TokenBucket(BAD_MESSAGE, now)
        self._kinds: dict[Request, TokenBucket] = {}

    def message(self, now: float) -> int:
        """Counts a message of whatever kind. Returns 0 or the milliseconds to wait."""
        return self._all.take(now)

    def request(self, kind: Request, now: float) -> int:
        """Counts a request of that kind. Returns 0 or the milliseconds to wait."""
        bucket = self._kinds.get(kind)
        if bucket is None:
            bucket = self._kinds[kind] = TokenBucket(MESSAGES[kind], now)
        return bucket.take(now)

    def bad(self, now: float) -> bool:
        """Counts a message that was refused. True: that was one too many, close the connection."""
        return self._bad.take(now) > 0


class AddressLimits:
    """A bucket for each client address, forgotten when it is full again or when there are too many of them."""

    def __init__(self, rate: Rate, capacity: int = 20_000) -> None:
        self._rate = rate
        self._capacity = capacity
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, address: str, now: float) -> int:
        """Counts one try of that address. Returns 0 or the milliseconds to wait."""
        bucket = self._buckets.get(address)
        if bucket is None:
            self._forget(now)
            bucket = self._buckets[address] = TokenBucket(self._rate, now)
        self._buckets.move_to_end(address)
        return bucket.take(now)

    def __len__(self) -> int:
        return len(self._buckets)

    def _forget(self, now: float) -> None:
        """Looks at the two least recently used, so that the table shrinks as fast as it grows, at a constant cost."""
        for address in tuple(islice(self._buckets, 2)):
            if self._buckets[address].full(now) or len(self._buckets) >= self._capacity:
                del self._buckets[address]
