"""`make run`, as one sees it: the whole installation, on free ports, with a state folder of its own."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.run.test_supervise import alive, wait
from tests.support.instance import Instance


# Other processes of the machine take time too: a good start and a good stop of so many count.
START_S, STOP_S, ROUNDS = 10, 5, 5


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
        stopped_s = [instance.stop()]
    assert [name for name, pid in processes.items() if alive(pid)] == []

    started_s: list[float] = []
    while not started_s or (len(started_s) < ROUNDS and (min(started_s) >= START_S or min(stopped_s) >= STOP_S)):
        began = time.monotonic()
        instance.start()
        started_s.append(time.monotonic() - began)
        try:
            assert instance.demo == first
        finally:
            stopped_s.append(instance.stop())
    assert min(started_s) < START_S, started_s
    assert min(stopped_s) < STOP_S, stopped_s


def test_a_killed_runner_leaves_no_process(state: Path) -> None:
    instance = Instance(state)
    instance.start()
    processes = instance.pids()

    instance.runner.kill()
    instance.runner.wait()

    wait(lambda: not any(alive(pid) for pid in processes.values()), timeout_s=60)


def test_a_killed_service_comes_back(state: Path) -> None:
    with Instance(state) as instance:
        old = instance.kill("roster")
        assert instance.wait_restarted("roster", old) != old
