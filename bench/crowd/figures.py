"""What is measured of a meeting, and how many samples become a few numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Of durations in milliseconds."""

    p50: float
    p95: float
    p99: float
    most: float


def spread(samples_ms: Sequence[float]) -> Spread:
    """By nearest rank. Raises ValueError for no samples."""
    if not samples_ms:
        raise ValueError("nothing was measured")
    ordered = sorted(samples_ms)

    def rank(per_cent: int) -> float:
        return ordered[max(0, -(-len(ordered) * per_cent // 100) - 1)]

    return Spread(rank(50), rank(95), rank(99), ordered[-1])


@dataclass(frozen=True, slots=True)
class PageJoin:
    """Of one page of a real browser, by its own clock: ms from the click on Lanjut until it shows something."""

    preview: float
    entered: float


@dataclass(frozen=True, slots=True)
class Joins:
    """`people` clicked Lanjut, evenly over `over_s`. Each step counts from the click."""

    people: int
    over_s: float
    failed: tuple[str, ...]
    # Of those at protocol level.
    token: Spread
    answer: Spread
    entered: Spread
    # The data channel is open, from the click.
    media: Spread
    pages: tuple[PageJoin, ...]
    pages_failed: tuple[str, ...]
    # In the meeting: those at protocol level and those at a browser.
    everybody: Spread
    # CPU of each process for all of them together, in ms per join.
    cpu_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Events:
    """Of one kind: how long from the client that caused it to each of the others."""

    name: str
    count: int
    receivers: int
    delay: Spread
    # Whoever did not hear it within some seconds.
    missed: int


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU in a window of `events` at an even rate, without what the same meeting takes when nothing happens."""

    events: int
    receivers: int
    # 0: all in the same moment.
    per_second: float
    # By process: ms for each event, and ms a second when nothing happens.
    event_ms: dict[str, float]
    idle_ms: dict[str, float]
