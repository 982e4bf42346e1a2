"""The browser's part of a join, as the client measured it: made into the times of spans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sipulung.signaling.v1 import client_pb2

# A person may look at the preview for as long as it lasts; a join that took more than an hour is a wrong clock.
LONGEST_MS: Final = 3_600_000
# How far the client's clock may be from ours before its times are moved.
CLOCK_TOLERANCE_MS: Final = 60_000
_STEPS: Final = (
    ("token", "token_ms"),
    ("socket", "socket_ms"),
    ("answer", "answer_ms"),
    ("ice", "ice_ms"),
    ("dtls", "dtls_ms"),
)
_STEPS_AFTER_ENTER: Final = (("entered", "entered_ms"), ("first_frame", "first_frame_ms"))


@dataclass(frozen=True)
class Step:
    """Something that happened during the join, at a time since the epoch."""

    name: str
    at_ms: int
    # Since the click that it belongs to.
    after_ms: int


@dataclass(frozen=True)
class BrowserJoin:
    """A join as the browser lived it."""

    started_at_ms: int
    ended_at_ms: int
    steps: tuple[Step, ...]
    # The client's clock was too far off: its times were moved so that the last step is now.
    clock_moved: bool


def browser_join(timings: client_pb2.JoinTimings, now_ms: int) -> BrowserJoin:
    """Times since the epoch, in order, none after now; what the client cannot mean is clamped."""
    started = timings.started_at_ms
    entered_clicked = (
        min(max(timings.enter_clicked_at_ms - started, 0), LONGEST_MS) if timings.enter_clicked_at_ms else 0
    )
    offsets = [(name, value, value) for name, field in _STEPS if (value := _clamp(getattr(timings, field)))]
    if timings.enter_clicked_at_ms:
        offsets.append(("enter_clicked", entered_clicked, entered_clicked))
    offsets += [
        (name, entered_clicked + value, value)
        for name, field in _STEPS_AFTER_ENTER
        if (value := _clamp(getattr(timings, field)))
    ]
    length = max((offset for _, offset, _ in offsets), default=0)
    clock_moved = abs(now_ms - (started + length)) > CLOCK_TOLERANCE_MS
    start = now_ms - length if clock_moved else min(started, now_ms - length)
    steps = tuple(
        Step(name, start + offset, after) for name, offset, after in sorted(offsets, key=lambda step: step[1])
    )
    return BrowserJoin(start, start + length, steps, clock_moved)


def _clamp(value: int) -> int:
    return min(value, LONGEST_MS)
