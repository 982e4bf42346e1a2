"""The browser's span of a join: it has no OpenTelemetry of its own, so signaling records what it measured."""

from __future__ import annotations

from typing import Final

from opentelemetry import trace

from services.common.telemetry import Telemetry
from services.signaling.core.timings import browser_join
from sipulung.common.v1 import common_pb2
from sipulung.signaling.v1 import client_pb2

_NS_PER_MS: Final = 1_000_000


def record_browser_join(
    telemetry: Telemetry, timings: client_pb2.JoinTimings, context: common_pb2.TraceContext, now_ms: int
) -> None:
    """A span "browser.join" with the client's times, a child of the client's own context; its steps are events and
    attributes."""
    join = browser_join(timings, now_ms)
    with telemetry.continue_from(context):
        span = telemetry.tracer.start_span(
            "browser.join",
            kind=trace.SpanKind.CLIENT,
            start_time=join.started_at_ms * _NS_PER_MS,
            attributes={f"join.{step.name}_ms": step.after_ms for step in join.steps}
            | {"clock_moved": join.clock_moved},
        )
        for step in join.steps:
            span.add_event(step.name, timestamp=step.at_ms * _NS_PER_MS)
        span.end(end_time=join.ended_at_ms * _NS_PER_MS)
