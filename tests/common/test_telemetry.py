"""Logs, spans, and where they go."""

from __future__ import annotations

import calendar
import json
import logging
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from services.common.config import ConfigError, Environment
from services.common.telemetry import JsonFormatter, Telemetry
from services.common.tenancy import tenant_scope
from sipulung.common.v1 import common_pb2
from tests.common.test_lifecycle import ENVIRONMENT
from tests.support.collector import running_collector


def line(message: str, *arguments: Any, level: int = logging.INFO, extra: dict[str, Any] | None = None) -> Any:
    """A log record as it is written."""
    logger = logging.getLogger("services.test")
    record = logger.makeRecord(logger.name, level, "x.py", 1, message, arguments, None, extra=extra)
    return json.loads(JsonFormatter("roster").format(record))


def recorded() -> tuple[Telemetry, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    return Telemetry("test", span_processor=SimpleSpanProcessor(exporter)), exporter


def only(exporter: InMemorySpanExporter) -> ReadableSpan:
    (span,) = exporter.get_finished_spans()
    return span


def test_a_line_says_when_what_and_where() -> None:
    before = time.time()
    written = line("%s joined", "Budi", level=logging.WARNING, extra={"meeting": "8123456789", "object": {1}})
    assert written["level"] == "warning"
    assert written["service"] == "roster"
    assert written["logger"] == "services.test"
    assert written["message"] == "Budi joined"
    assert written["meeting"] == "8123456789"
    # What JSON does not know is written as text.
    assert written["object"] == "{1}"
    assert "trace_id" not in written
    assert "tenant" not in written
    stamp = written["time"]
    assert len(stamp) == len("2026-01-01T00:00:00.000Z")
    seconds = calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S"))
    assert int(before) <= seconds <= time.time()


def test_a_line_carries_trace_and_tenant() -> None:
    telemetry, _ = recorded()
    with tenant_scope("luwu"), telemetry.span("work") as span:
        written = line("inside")
    assert written["tenant"] == "luwu"
    assert written["trace_id"] == f"{span.get_span_context().trace_id:032x}"


def test_extra_cannot_replace_what_a_line_is_about() -> None:
    written = line("x", extra={"service": "another", "time": "never", "level": "none"})
    assert (written["service"], written["level"]) == ("roster", "info")
    assert written["time"] != "never"


def test_a_stack_is_part_of_its_line() -> None:
    try:
        raise ValueError("why")
    except ValueError:
        logger = logging.getLogger("x")
        record = logger.makeRecord("x", logging.ERROR, "x.py", 1, "failed\nbadly", (), sys.exc_info())
    text = JsonFormatter("roster").format(record)
    assert len(text.splitlines()) == 1
    assert json.loads(text)["stack"].endswith("ValueError: why")


def test_a_process_logs_to_stdout() -> None:
    script = (
        "import logging\n"
        "from services.common.telemetry import start_logging\n"
        "start_logging('auth', 'warning')\n"
        "logging.getLogger('a').info('not this')\n"
        "logging.getLogger('a').warning('this')\n"
        "logging.getLogger('aiohttp.access').error('and that')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=30
    )
    assert [json.loads(one)["message"] for one in done.stdout.splitlines()] == ["this", "and that"]
    assert done.stderr == ""


def test_an_exception_is_recorded_by_its_type_only() -> None:
    telemetry, exporter = recorded()
    with pytest.raises(ValueError, match="rahasia"), telemetry.span("work", kilobytes=3):
        raise ValueError("rahasia")
    span = only(exporter)
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "ValueError"
    assert span.events == ()
    assert span.attributes == {"kilobytes": 3}
    assert "rahasia" not in span.to_json()


def test_the_context_travels_in_a_message() -> None:
    telemetry, exporter = recorded()
    with telemetry.span("sender") as sender:
        context = telemetry.traceparent()
    with telemetry.continue_from(context), telemetry.span("receiver"):
        pass
    receiver = exporter.get_finished_spans()[1]
    assert receiver.parent is not None
    assert receiver.parent.span_id == sender.get_span_context().span_id


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_context_that_is_none_begins_a_new_trace(parent: str, state: str) -> None:
    telemetry, exporter = recorded()
    context = common_pb2.TraceContext(
        traceparent=parent.encode("utf-8", "replace").decode(), tracestate=state.encode("utf-8", "replace").decode()
    )
    with telemetry.span("outside"), telemetry.continue_from(context), telemetry.span("inside"):
        pass
    assert exporter.get_finished_spans()[0].parent is None


def test_a_span_that_somebody_else_measured_is_the_root_that_they_named() -> None:
    telemetry, exporter = recorded()
    context = common_pb2.TraceContext(traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01")
    with telemetry.span("around"):
        telemetry.record_span(context, "browser.join", 1_000, 9_000, {"join.token_ms": 5}, [("token", 2_000)])
    span, around = exporter.get_finished_spans()
    assert (f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}") == ("ab" * 16, "cd" * 8)
    assert span.parent is None
    assert (span.start_time, span.end_time, span.attributes) == (1_000, 9_000, {"join.token_ms": 5})
    assert [(event.name, event.timestamp) for event in span.events] == [("token", 2_000)]
    # Ids of others are random again.
    assert around.context.trace_id != span.context.trace_id
    assert around.context.span_id != span.context.span_id


@pytest.mark.parametrize("parent", ["", "nonsense", f"00-{'ab' * 16}-{'cd' * 8}-00", f"00-{'00' * 16}-{'cd' * 8}-01"])
def test_nothing_is_recorded_for_a_trace_that_nobody_keeps(parent: str) -> None:
    telemetry, exporter = recorded()
    telemetry.record_span(common_pb2.TraceContext(traceparent=parent), "browser.join", 1, 2, {})
    assert exporter.get_finished_spans() == ()


def test_spans_and_metrics_go_to_the_collector_that_is_named() -> None:
    with running_collector() as collector:
        telemetry = Telemetry("auth", otlp_endpoint=collector.endpoint)
        telemetry.meter.create_counter("tries").add(1)
        with tenant_scope("luwu"), telemetry.span("work") as span:
            trace_id = f"{span.get_span_context().trace_id:032x}"
        telemetry.stop()
        (arrived,) = collector.wait_for(trace_id, bool)
        assert (arrived.service, arrived.name, arrived.attributes) == ("auth", "work", {"tenant": "luwu"})
        assert ("auth", "tries") in collector.metrics()


def test_without_an_endpoint_nothing_is_sent_anywhere() -> None:
    before = set(threading.enumerate())
    telemetry = Telemetry("auth")
    with telemetry.span("work"):
        telemetry.meter.create_counter("tries").add(1)
    # Whatever exports does so in a thread of its own.
    assert set(threading.enumerate()) <= before
    telemetry.stop()


@pytest.mark.parametrize("traceparent", [f"00-{'ab' * 16}-{'cd' * 8}-01", ""])
def test_what_is_not_to_be_recorded_is_not_recorded_by_anybody(traceparent: str) -> None:
    telemetry, exporter = recorded()
    context = common_pb2.TraceContext(traceparent=traceparent, tracestate="a=b" if traceparent else "")
    with telemetry.continue_from(context, recorded=False), telemetry.span("outer"), telemetry.span("inner") as span:
        trace_id = line("inside")["trace_id"]
        onward = telemetry.traceparent()
        assert not span.is_recording()
    with telemetry.continue_from(onward), telemetry.span("neighbour"):
        assert line("there")["trace_id"] == trace_id
    assert exporter.get_finished_spans() == ()
    # Whoever named a trace finds it in the logs; whoever named none still gets one for each request.
    assert (trace_id == "ab" * 16) is bool(traceparent)
    assert onward.traceparent.endswith("-00")
    assert onward.tracestate == context.tracestate


def test_without_an_endpoint_a_trace_is_still_one_trace() -> None:
    telemetry = Telemetry("roster")
    context = common_pb2.TraceContext(traceparent=f"00-{'ab' * 16}-{'cd' * 8}-00", tracestate="a=b")
    with telemetry.continue_from(context), telemetry.span("outer") as span:
        span.set_attribute("rpc.code", "OK")
        with telemetry.span("inner"):
            assert line("inside")["trace_id"] == "ab" * 16
            # Whoever is called goes on with it, and records it or not as its beginner wanted.
            assert telemetry.traceparent() == context
    assert "trace_id" not in line("outside")


def test_without_an_endpoint_each_piece_of_work_has_a_trace_of_its_own() -> None:
    telemetry, (keeping, exporter) = Telemetry("signaling"), recorded()
    traces = []
    for _ in range(2):
        with telemetry.span("request"):
            traces.append(line("inside")["trace_id"])
            context = telemetry.traceparent()
        with keeping.continue_from(context), keeping.span("rpc"):
            pass
    assert len(set(traces)) == 2
    # A neighbour that has a collector records its part.
    assert [f"{span.context.trace_id:032x}" for span in exporter.get_finished_spans() if span.context] == traces


def test_without_an_endpoint_an_exception_leaves_a_span_as_it_is() -> None:
    telemetry = Telemetry("roster")
    with pytest.raises(ValueError, match="rahasia"), telemetry.span("work"):
        raise ValueError("rahasia")
    assert "trace_id" not in line("outside")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("SIPULUNG_OTLP_ENDPOINT", "collector:4317", "a URL with http:// or https://"),
        ("SIPULUNG_LOG_LEVEL", "verbose", "debug, error, info, warning"),
    ],
)
def test_settings_that_make_no_sense(name: str, value: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Telemetry.start("auth", Environment({name: value}))
    assert str(caught.value) == f"{name} is {value!r}: allowed is {allowed}"
