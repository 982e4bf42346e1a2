"""An OpenTelemetry collector for tests: takes spans over OTLP (gRPC) and keeps them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc


@dataclass(frozen=True)
class Span:
    """One span; ids in hex, "" for no parent."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    started_ns: int
    ended_ns: int
    attributes: dict[str, Any]


class Collector:
    """What arrived so far. `port` is where it listens on 127.0.0.1."""

    def __init__(self) -> None:
        self.port = 0
        self._spans: list[Span] = []
        self._metrics: set[tuple[str, str]] = set()
        self._arrived = threading.Condition()

    @property
    def endpoint(self) -> str:
        """For SIPULUNG_OTLP_ENDPOINT."""
        return f"http://127.0.0.1:{self.port}"

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of one trace, in the order in which they began."""
        with self._arrived:
            return sorted((s for s in self._spans if s.trace_id == trace_id), key=lambda span: span.started_ns)

    def metrics(self) -> set[tuple[str, str]]:
        """Which service sent which metric."""
        with self._arrived:
            return set(self._metrics)

    def wait_for(self, trace_id: str, enough: Callable[[list[Span]], bool], timeout_s: float = 60.0) -> list[Span]:
        """The spans of a trace once they are enough. Raises AssertionError with what there is when they never are."""
        deadline = time.monotonic() + timeout_s
        with self._arrived:
            while not enough(spans := [s for s in self._spans if s.trace_id == trace_id]):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"only these spans arrived within {timeout_s} s: {spans}")
                self._arrived.wait(left)
        return self.trace(trace_id)

    def take_spans(self, request: trace_service_pb2.ExportTraceServiceRequest) -> None:
        """Keep one export."""
        with self._arrived:
            for resource in request.resource_spans:
                service = _attributes(resource.resource.attributes).get("service.name", "")
                for scope in resource.scope_spans:
                    self._spans += [
                        Span(
                            service,
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            span.start_time_unix_nano,
                            span.end_time_unix_nano,
                            _attributes(span.attributes),
                        )
                        for span in scope.spans
                    ]
            self._arrived.notify_all()

    def take_metrics(self, request: metrics_service_pb2.ExportMetricsServiceRequest) -> None:
        """Keep the names of one export."""
        with self._arrived:
            for resource in request.resource_metrics:
                service = _attributes(resource.resource.attributes).get("service.name", "")
                self._metrics |= {(service, one.name) for scope in resource.scope_metrics for one in scope.metrics}
            self._arrived.notify_all()


class _Traces(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name of the RPC
        self._collector.take_spans(request)
        return trace_service_pb2.ExportTraceServiceResponse()


class _Metrics(metrics_service_pb2_grpc.MetricsServiceServicer):
    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name of the RPC
        self._collector.take_metrics(request)
        return metrics_service_pb2.ExportMetricsServiceResponse()


@contextmanager
def running_collector() -> Iterator[Collector]:
    """On a free port, in threads of its own."""
    collector = Collector()
    pool = ThreadPoolExecutor(4)
    server = grpc.server(pool)
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(_Traces(collector), server)  # type: ignore[no-untyped-call]
    metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(_Metrics(collector), server)  # type: ignore[no-untyped-call]
    collector.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield collector
    finally:
        server.stop(0).wait(5)
        pool.shutdown()


def _attributes(pairs: Any) -> dict[str, Any]:
    """Texts, numbers and flags as they are."""
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in pairs}
