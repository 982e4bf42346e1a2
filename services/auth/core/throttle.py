"""How often somebody may try. A token bucket; whoever goes on at an empty one waits twice as long each time.

A try takes a token before the password is looked at, so that tries in parallel count too, and gets it back when it
was right: only wrong tries use a bucket up.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket's size in tries and the time in which one comes back. Times in ms."""

    capacity: int
    refill_ms: int
    longest_wait_ms: int


@dataclass(frozen=True, slots=True)
class State:
    """`used` tries at `at_ms` (it shrinks with time), refusals since the last success, and the end of the wait."""

    used: float = 0.0
    at_ms: int = 0
    refusals: int = 0
    blocked_until_ms: int = 0


# A hundred people of one office may join at the same moment, from one address and into one meeting, and each of them
# holds a token while their password is being checked. 150 wrong tries, then one in 4 s, against 39 bits.
MEETING: Final = Limit(150, 4_000, 60_000)
ADDRESS: Final = Limit(150, 2_000, 300_000)
TENANT: Final = Limit(2_000, 200, 10_000)
# Wrong tries at one account. The wait ends soon enough that nobody can lock another person out for long.
USER: Final = Limit(10, 30_000, 60_000)
# What one signed-in account may ask for without a password (its own meetings).
OWNER: Final = Limit(60, 1_000, 10_000)


def attempt(limit: Limit, state: State, now_ms: int) -> tuple[State, int]:
    """The state after one try, and 0 or the ms to wait. A refused try takes no token but lengthens the wait."""
    used = _used(limit, state, now_ms)
    if now_ms < state.blocked_until_ms:
        return State(used, now_ms, state.refusals, state.blocked_until_ms), state.blocked_until_ms - now_ms
    if used + 1 <= limit.capacity:
        return State(used + 1, now_ms, state.refusals, 0), 0
    wait = min(limit.refill_ms << min(state.refusals, 20), limit.longest_wait_ms)
    return State(used, now_ms, state.refusals + 1, now_ms + wait), wait


def give_back(limit: Limit, state: State, now_ms: int) -> State:
    """The state after a try was right (or was not counted after all)."""
    return State(max(_used(limit, state, now_ms) - 1, 0.0), now_ms, 0, 0)


def forget_after_ms(limit: Limit, state: State, now_ms: int) -> int:
    """When the state says no more than none at all: its expiry in ms, at least 1."""
    empty = int(_used(limit, state, now_ms) * limit.refill_ms)
    # The refusals are remembered for as long as the longest wait.
    remembered = limit.longest_wait_ms if state.refusals else 0
    return max(empty, state.blocked_until_ms - now_ms + remembered, 1)


def _used(limit: Limit, state: State, now_ms: int) -> float:
    # A clock that went back gives nothing back.
    return max(state.used - max(now_ms - state.at_ms, 0) / limit.refill_ms, 0.0)
