"""The browser's span of a join: it has no OpenTelemetry of its own, so signaling records what it measured."""

from __future__ import annotations

from typing import Final

from services.common.telemetry import Telemetry
from services.signaling.core.timings import browser_join
from sipulung.common.v1 import common_pb2
from sipulung.signaling.v1 import client_pb2

_NS_PER_MS: Final = 1_000_000


def record_browser_join(
    telemetry: Telemetry, timings: client_pb2.JoinTimings, context: common_pb2.TraceContext, now_ms: int
) -> None:
    """The span "browser.join" with the client's times: the root of the join's trace, whose id the client chose and has
    sent with every request. Its steps are events and attributes."""
    join = browser_join(timings, now_ms)
    telemetry.record_span(
        context,
        "browser.join",
        join.started_at_ms * _NS_PER_MS,
        join.ended_at_ms * _NS_PER_MS,
        {**{f"join.{step.name}_ms": step.after_ms for step in join.steps}, "clock_moved": join.clock_moved},
        [(step.name, step.at_ms * _NS_PER_MS) for step in join.steps],
    )
