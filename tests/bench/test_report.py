"""The figures in words."""

from dataclasses import replace

from bench import report
from bench.load import Floor
from bench.scenarios import FanOut, Idle, Joins

FAN_OUT = FanOut(
    subscribers=150,
    cpu=2.4,
    cpu_range=(2.1, 3.0),
    datapath=2.3,
    delivered=720_000,
    repaired=7_200,
    lost=7_300,
    gaps=0,
    duplicates=0,
    unreadable=0,
    nacks_received=7_000,
    rtx_sent=7_300,
    drops={"drop_nack_too_soon": 3},
    send_calls=2_400,
    wakeups=4_000,
    delay_p50_ms=1.8,
    delay_p99_ms=4.8,
    busy_per_cent=8.9,
    floor=Floor(3.6, 4.0, 1.2),
)


def test_fan_outs_stand_beside_the_kernel_alone_and_the_aim() -> None:
    text = report.fan_outs([replace(FAN_OUT, subscribers=10, cpu=6.0), FAN_OUT])
    assert "2.0\n" in text
    assert "drop_nack_too_soon 3" in text
    assert "Aim at 150: at most 4.0 µs: reached" in text
    assert "missed by 50%" in report.fan_outs([replace(FAN_OUT, cpu=6.0)])
    assert "Aim" not in report.fan_outs([replace(FAN_OUT, subscribers=10)])


def test_idle_and_joins() -> None:
    text = report.idle(Idle(50, 0.05, 0.03, 1.2, 150.0))
    assert text.count("reached") == 2
    assert "missed by 100%" in report.idle(Idle(50, 0.4, 0.03, 1.2, 150.0))
    # The node's own timers, shared by fewer, say nothing about the aim.
    assert "Aim" not in report.idle(Idle(5, 0.4, 0.03, 1.2, 150.0))
    assert "together 11.50" in report.joins(Joins(50, 10.75, 0.75, 40.0))


def test_conditions_name_the_commit_and_the_machine() -> None:
    text = report.conditions(0, 1, 10)
    assert "node on core 0, load on core 1" in text
    assert "1 % lost on purpose" in text
    assert "unknown" not in text
