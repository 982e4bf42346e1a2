"""What the signaling service counts."""

from __future__ import annotations

from opentelemetry.metrics import Meter

from services.common.frequent_counter import FrequentCounter
from services.common.telemetry import ANSWER_BOUNDS_S


class Metrics:
    """One instrument for each thing; reasons and kinds are attributes with few values."""

    def __init__(self, meter: Meter) -> None:
        self._connections = meter.create_up_down_counter("signaling_connections", description="Open WebSockets")
        self._opened = meter.create_counter("signaling_connections_opened", description="WebSockets accepted")
        self._refused = meter.create_counter(
            "signaling_connections_refused", description="WebSockets refused, by reason"
        )
        self._closed = meter.create_counter(
            "signaling_connections_closed", description="Closed from this side, by reason"
        )
        self._requests = FrequentCounter(
            meter, "signaling_requests", "", "Requests, by kind and outcome", ("kind", "outcome")
        )
        self._duration = meter.create_histogram(
            "signaling_request_duration",
            "s",
            "From the arrival of a request to its answer",
            explicit_bucket_boundaries_advisory=ANSWER_BOUNDS_S,
        )
        self._octets = FrequentCounter(meter, "signaling_sent", "By", "Sent to clients")
        self._events = FrequentCounter(meter, "signaling_events", "", "Roster events fanned out")
        self._moved = meter.create_counter(
            "signaling_media_moved", description="Clients told to reconnect media, by reason"
        )
        self._enforced = meter.create_counter(
            "signaling_enforced", description="Decisions of hosts that a media node was told, by outcome"
        )
        self._sessions = meter.create_up_down_counter("signaling_sessions", description="Sessions at this replica")

    def connected(self) -> None:
        self._connections.add(1)
        self._opened.add(1)

    def disconnected(self) -> None:
        self._connections.add(-1)

    def refused(self, reason: str) -> None:
        self._refused.add(1, {"reason": reason})

    def closed(self, reason: str) -> None:
        self._closed.add(1, {"reason": reason})

    def sent(self, octets: int) -> None:
        self._octets.add(octets)

    def answered(self, kind: str, outcome: str, seconds: float) -> None:
        self._requests.add(1, kind, outcome)
        self._duration.record(seconds, {"kind": kind})

    def told(self, events: int, octets: int) -> None:
        """Events of a meeting, to all who hear them here."""
        self._events.add(events)
        self._octets.add(octets)

    def moved(self, reason: str) -> None:
        self._moved.add(1, {"reason": reason})

    def enforced(self, outcome: str) -> None:
        self._enforced.add(1, {"outcome": outcome})

    def session(self, change: int) -> None:
        self._sessions.add(change)
