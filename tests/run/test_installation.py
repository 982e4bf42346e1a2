"""`make run`, as one sees it: the whole installation, on free ports, with a state folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.run.test_supervise import alive, wait
from tests.support.instance import Instance
from tools.instance.settings import ROOT

# On a machine that does nothing else. Other processes take time too: a good start and a good stop of so many count, and
# where all is slow, they may take as many times as long as the import of a service as they take there.
START_S, STOP_S, ROUNDS = 10, 5, 5
START_IMPORTS, STOP_IMPORTS = 10, 5


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
    import_s = [_import_s()]

    def good() -> bool:
        in_time = min(started_s) < max(START_S, START_IMPORTS * min(import_s))
        return in_time and min(stopped_s) < max(STOP_S, STOP_IMPORTS * min(import_s))

    while not started_s or (len(started_s) < ROUNDS and not good()):
        began = time.monotonic()
        instance.start()
        started_s.append(time.monotonic() - began)
        try:
            assert instance.demo == first
        finally:
            stopped_s.append(instance.stop())
        import_s.append(_import_s())
    assert good(), (started_s, stopped_s, import_s)


def _import_s() -> float:
    """How long a process takes that imports a service."""
    began = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}"}
    subprocess.run([sys.executable, "-c", "import services.signaling.__main__"], env=environment, cwd=ROOT, check=True)
    return time.monotonic() - began


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
