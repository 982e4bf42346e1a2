"""Traces, metrics and logs of one process. Each carries the tenant of the work in progress."""

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue
from prometheus_client import CollectorRegistry

from services.common.config import Environment
from services.common.tenancy import tenant
from sipulung.common.v1 import common_pb2

_PROPAGATOR: Final = TraceContextTextMapPropagator()
_IDS: Final = RandomIdGenerator()
# Of the buckets that times of answers are counted in, s: from what takes part in a meeting to what makes a report.
ANSWER_BOUNDS_S: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
# The attributes that every log record has; whatever else stands on one was given as `extra` and is logged.
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def inject(carrier: dict[str, str]) -> None:
    """Write the current span into headers (W3C Trace Context, section 3)."""
    _PROPAGATOR.inject(carrier)


def extract(traceparent_header: str, tracestate: str = "") -> Context:
    """The context that a header names; an empty or malformed one starts a new trace."""
    if not traceparent_header:
        return Context()
    carrier = {"traceparent": traceparent_header}
    if tracestate:
        carrier["tracestate"] = tracestate
    return _PROPAGATOR.extract(carrier, Context())


def traceparent() -> common_pb2.TraceContext:
    """The current span, for a carrier without headers (WebSocket, data channel, stored event)."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return common_pb2.TraceContext(traceparent=carrier.get("traceparent", ""), tracestate=carrier.get("tracestate", ""))


@contextmanager
def continue_from(context: common_pb2.TraceContext, *, recorded: bool = True) -> Iterator[None]:
    """Spans within are children of the one that the carrier named. Not `recorded`: nobody records them, here or at
    whoever is called, whatever the carrier wants; logs have the trace's id."""
    within = extract(context.traceparent, context.tracestate)
    if not recorded:
        named = trace.get_current_span(within).get_span_context()
        if not named.is_valid:
            named = _new_trace()
        unsampled = SpanContext(named.trace_id, named.span_id, True, TraceFlags(TraceFlags.DEFAULT), named.trace_state)
        within = trace.set_span_in_context(NonRecordingSpan(unsampled), within)
    token = attach(within)
    try:
        yield
    finally:
        detach(token)


def _new_trace() -> SpanContext:
    """Of which whoever is called may record their part."""
    return SpanContext(
        _IDS.generate_trace_id(), _IDS.generate_span_id(), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )


class _Ids(RandomIdGenerator):
    """Random ids, but for a span that was measured elsewhere and has its ids already."""

    def __init__(self) -> None:
        self.given: ContextVar[tuple[int, int] | None] = ContextVar("sipulung_given_ids", default=None)

    def generate_trace_id(self) -> int:
        given = self.given.get()
        return super().generate_trace_id() if given is None else given[0]

    def generate_span_id(self) -> int:
        given = self.given.get()
        return super().generate_span_id() if given is None else given[1]


class Telemetry:
    """Made once per process by `start`. Tests make their own, with `span_processor` for a span exporter in memory."""

    traceparent = staticmethod(traceparent)
    continue_from = staticmethod(continue_from)

    def __init__(
        self,
        service: str,
        *,
        otlp_endpoint: str = "",
        span_processor: SpanProcessor | None = None,
        instance: str = "",
    ) -> None:
        self.service = service
        # A registry of our own, not the process-wide one: several services can run in one process of a test.
        self.registry = CollectorRegistry()
        resource = Resource.create({"service.name": service, "service.instance.id": instance or service})
        self._ids = _Ids()
        self._records_spans = bool(otlp_endpoint) or span_processor is not None
        self._traces = TracerProvider(resource=resource, shutdown_on_exit=False, id_generator=self._ids)
        readers: list[MetricReader] = [PrometheusMetricReader(registry=self.registry)]
        if otlp_endpoint:
            insecure = not otlp_endpoint.startswith("https://")
            exporter = OTLPSpanExporter(endpoint=otlp_endpoint, insecure=insecure, timeout=2)
            self._traces.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
            metrics = OTLPMetricExporter(endpoint=otlp_endpoint, insecure=insecure, timeout=2)
            readers.append(PeriodicExportingMetricReader(metrics, export_interval_millis=15_000))
        if span_processor is not None:
            self._traces.add_span_processor(span_processor)
        self._metrics = MeterProvider(metric_readers=readers, resource=resource, shutdown_on_exit=False)
        self.tracer: Tracer = self._traces.get_tracer("sipulung." + service)
        self.meter: Meter = self._metrics.get_meter("sipulung." + service)

    @classmethod
    def start(cls, service: str, environment: Environment) -> "Telemetry":
        """Read SIPULUNG_OTLP_ENDPOINT ("" = no export) and SIPULUNG_LOG_LEVEL, and send logs to stdout as JSON.

        Raises ConfigError.
        """
        endpoint = environment.url("SIPULUNG_OTLP_ENDPOINT", "", ("http", "https"))
        level = environment.choice("SIPULUNG_LOG_LEVEL", "info", tuple(_LEVELS))
        instance = environment.text("HOSTNAME", "")
        start_logging(service, level)
        return cls(service, otlp_endpoint=endpoint, instance=instance)

    def span(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        context: Context | None = None,
        **attributes: AttributeValue,
    ) -> AbstractContextManager[Span]:
        """A span around a piece of work, with the tenant. An exception that leaves it is recorded by type only.

        What a message says may hold names or credentials, so neither it nor the stack goes into a trace.
        """
        named = trace.get_current_span(context).get_span_context()
        if self._records_spans and (named.trace_flags.sampled or not named.is_valid):
            return self._recorded(name, kind, context, attributes)
        return self._unrecorded(named, context)

    @contextmanager
    def _recorded(
        self, name: str, kind: SpanKind, context: Context | None, attributes: dict[str, AttributeValue]
    ) -> Iterator[Span]:
        if current := tenant():
            attributes.setdefault("tenant", current)
        with self.tracer.start_as_current_span(
            name,
            context,
            kind=kind,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except Exception as error:
                span.set_status(trace.StatusCode.ERROR, type(error).__name__)
                raise

    @contextmanager
    def _unrecorded(self, named: SpanContext, context: Context | None) -> Iterator[Span]:
        """Where a span goes nowhere, all that is left of it is the id of its trace: logs have it, here and at whoever
        is called. (One of the SDK's takes 43 µs, this 9, in a loop on an AMD EPYC; there are two for each raised hand.)
        """
        if not named.is_valid:
            named = _new_trace()
        elif context is None:
            yield NonRecordingSpan(named)
            return
        span = NonRecordingSpan(named)
        token = attach(trace.set_span_in_context(span))
        try:
            yield span
        finally:
            detach(token)

    def record_span(
        self,
        context: common_pb2.TraceContext,
        name: str,
        started_ns: int,
        ended_ns: int,
        attributes: Mapping[str, AttributeValue],
        events: Sequence[tuple[str, int]] = (),
    ) -> None:
        """A span that somebody without an SDK measured: the very one that `context` names, the root of its trace.

        Times in ns since the epoch; events are names with times. Nothing is recorded for a context that is malformed
        or not sampled (W3C Trace Context, section 3.2).
        """
        if not self._records_spans:
            return
        named = trace.get_current_span(extract(context.traceparent, context.tracestate)).get_span_context()
        if not named.is_valid or not named.trace_flags.sampled:
            return
        token = self._ids.given.set((named.trace_id, named.span_id))
        try:
            span = self.tracer.start_span(
                name, Context(), kind=SpanKind.CLIENT, start_time=started_ns, attributes=dict(attributes)
            )
        finally:
            self._ids.given.reset(token)
        for event, at_ns in events:
            span.add_event(event, timestamp=at_ns)
        span.end(end_time=ended_ns)

    def flush(self, timeout_ms: int = 2000) -> None:
        """Export what is waiting. Blocks up to `timeout_ms`: call it off the event loop."""
        self._traces.force_flush(timeout_ms)

    def stop(self) -> None:
        """Export what is left and end the exporters' threads. Blocks for some seconds at most."""
        self._traces.shutdown()
        self._metrics.shutdown(2000)


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, service, message, trace_id, tenant, then whatever was given as extra."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its newline."""
        milliseconds = int(record.msecs)
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{milliseconds:03d}Z",
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace_id"] = f"{span.trace_id:032x}"
        if current := tenant():
            line["tenant"] = current
        for key, value in vars(record).items():
            if key not in _STANDARD and key not in line:
                line[key] = value
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def start_logging(service: str, level: str) -> None:
    """Send every log record of the process to stdout, one JSON object a line. `level`: debug, info, warning, error."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(handlers=[handler], level=_LEVELS[level], force=True)
    # They say at INFO what the services' own records say better.
    for chatty in ("aiohttp.access", "aioice", "aiortc"):
        logging.getLogger(chatty).setLevel(max(_LEVELS[level], logging.WARNING))
