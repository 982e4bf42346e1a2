"""`make run`, as one sees it: the whole installation, on free ports, with a state folder of its own."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.run.test_supervise import alive, wait
from tests.support.instance import Instance


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation")


def test_it_starts_stops_and_keeps_its_meeting(state: Path) -> None:
    instance = Instance(state)
    instance.start()
    try:
        first = instance.demo
        processes = instance.pids()
        assert first["url"].startswith("http://127.0.0.1:")
        assert len(first["meeting"]["id"]) == 10
        assert "Sipulung is ready" in instance.output()
    finally:
        took_s = instance.stop()

    assert took_s < 5
    assert [name for name, pid in processes.items() if alive(pid)] == []

    started = time.monotonic()
    instance.start()
    try:
        assert time.monotonic() - started < 10
        assert instance.demo == first
    finally:
        instance.stop()


def test_a_killed_runner_leaves_no_process(state: Path) -> None:
    instance = Instance(state)
    instance.start()
    processes = instance.pids()

    instance.runner.kill()
    instance.runner.wait()

    wait(lambda: not any(alive(pid) for pid in processes.values()), timeout_s=10)


def test_a_killed_service_comes_back(state: Path) -> None:
    with Instance(state) as instance:
        old = instance.kill("roster")
        assert instance.wait_restarted("roster", old) != old
