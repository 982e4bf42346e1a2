"""What a media node shows to Prometheus and OTLP."""

import time
from collections.abc import Callable, Iterable

from opentelemetry.metrics import CallbackOptions, Observation

from services.common.telemetry import Telemetry
from services.media.clients.publisher import Publisher
from services.media.forwarding.node import MediaNode
from services.media.forwarding.packet_path import PacketPath


def observe(telemetry: Telemetry, node: MediaNode, path: PacketPath, publisher: Publisher) -> None:
    """Register gauges and counters, read when they are asked for."""

    def reading(value: Callable[[], float]) -> list[Callable[[CallbackOptions], Iterable[Observation]]]:
        return [lambda _: [Observation(value())]]

    def stats() -> dict[str, int]:
        try:
            return path.stats()
        except RuntimeError:
            # It has stopped: the exporters' last reading is of a process that ends.
            return {}

    def datapath(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, {"name": name}) for name, value in stats().items() if name != "cpu_ns"]

    def datapath_cpu(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value / 1e9) for name, value in stats().items() if name == "cpu_ns"]

    def refused(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, {"name": name}) for name, value in node.refusals().items()]

    meter = telemetry.meter
    meter.create_observable_gauge("sipulung_media_sessions", reading(lambda: len(node.sessions)))
    meter.create_observable_gauge("sipulung_media_rooms", reading(lambda: len(node.rooms)))
    meter.create_observable_gauge("sipulung_media_draining", reading(lambda: int(node.draining)))
    meter.create_observable_gauge("sipulung_media_loop_lag_seconds", reading(lambda: publisher.lag_s))
    meter.create_observable_counter("sipulung_media_cpu_seconds", reading(time.process_time))
    meter.create_observable_counter("sipulung_media_datapath_cpu_seconds", [datapath_cpu])
    meter.create_observable_counter("sipulung_media_datapath", [datapath])
    meter.create_observable_counter("sipulung_media_refused", [refused])
