"""A counter that is cheap to add to: whoever reads it sees what any other counter would show."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import CollectorRegistry, generate_latest

from services.common.frequent_counter import FrequentCounter


class Reading:
    """A meter, and what Prometheus gets of it."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.meter = MeterProvider([PrometheusMetricReader(registry=self._registry)]).get_meter("test")

    def lines(self) -> list[str]:
        """In a fixed order, without what says which process it is."""
        text = generate_latest(self._registry).decode()
        return sorted(line for line in text.splitlines() if "target_info" not in line)


def test_a_reader_sees_no_difference() -> None:
    reading, usual = Reading(), Reading()
    lines = FrequentCounter(reading.meter, "lines", "1", "Lines.", ["tenant", "to"])
    sent = FrequentCounter(reading.meter, "sent", "By", "Sent.")
    usual_lines = usual.meter.create_counter("lines", "1", "Lines.")
    usual_sent = usual.meter.create_counter("sent", "By", "Sent.")
    for _ in range(2):
        for tenant, to in (("luwu", "all"), ("luwu", "hosts"), ("wajo", "all"), ("luwu", "all")):
            lines.add(3, tenant, to)
            usual_lines.add(3, {"tenant": tenant, "to": to})
        sent.add(120)
        usual_sent.add(120)
        assert reading.lines() == usual.lines()
    assert any(line.startswith("lines_total{") and line.endswith(" 12.0") for line in reading.lines())


def test_it_is_read_while_new_values_come() -> None:
    reading, over = Reading(), threading.Event()
    lines = FrequentCounter(reading.meter, "lines", "1", "Lines.", ["tenant"])

    def read() -> None:
        while not over.is_set():
            reading.lines()

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read)
        for number in range(2_000):
            lines.add(1, f"tenant-{number % 500}")
        over.set()
        reader.result()
    assert sum(float(line.rpartition(" ")[2]) for line in reading.lines() if line.startswith("lines_total{")) == 2_000
