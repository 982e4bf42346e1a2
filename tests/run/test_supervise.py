"""A supervised process: started again when it dies, ended when it shall, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.instance.lock import FileLock
from tools.instance.readiness import read_status
from tools.instance.settings import ROOT
from tools.supervise import notable

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print('child', child.pid, flush=True); time.sleep(60)"
)


class Nursery:
    """Starts supervisors in one state folder, and is the runner whose end they notice."""

    def __init__(self, state: Path) -> None:
        self.state = state
        for folder in ("logs", "pids"):
            (state / folder).mkdir()
        self.runner = FileLock(state / "instance.lock")
        assert self.runner.take(0)
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, code: str, *options: str) -> subprocess.Popen[bytes]:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "tools.supervise", *options, name, "--", sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "STATE": str(self.state), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        self.started.append(supervisor)
        wait(lambda: self.log(name) != "")
        return supervisor

    def pid(self, name: str) -> int | None:
        status = read_status(self.state, name)
        return status.pid if status else None

    def log(self, name: str) -> str:
        file = self.state / "logs" / f"{name}.log"
        return file.read_text() if file.exists() else ""


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path)
    yield nursery
    for supervisor in nursery.started:
        supervisor.kill()
        supervisor.communicate()


def wait(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        # It may end between the two, or while it is read.
        return False
    # A killed process that nobody has waited for yet is a zombie, and dead.
    return "\nState:\tZ" not in status


def running(nursery: Nursery, name: str) -> int:
    pid = nursery.pid(name)
    assert pid is not None
    return pid


def test_a_killed_process_is_started_again(nursery: Nursery) -> None:
    nursery.start("auth", SLEEPER)
    first = running(nursery, "auth")

    os.kill(first, signal.SIGKILL)
    wait(lambda: nursery.pid("auth") not in (None, first))

    status = read_status(nursery.state, "auth")
    assert status is not None
    assert (status.starts, status.last_exit) == (2, -signal.SIGKILL)


def test_sigterm_ends_it_with_all_that_it_started(nursery: Nursery) -> None:
    supervisor = nursery.start("auth", STUBBORN)
    grandchild = int(nursery.log("auth").split()[1])
    started = time.monotonic()

    supervisor.terminate()
    supervisor.communicate(timeout=5)

    assert time.monotonic() - started < 4
    # Killed with its group, but waited for by nobody here.
    wait(lambda: not alive(grandchild))
    assert nursery.pid("auth") is None


def test_the_end_of_the_runner_ends_it(nursery: Nursery) -> None:
    supervisor = nursery.start("auth", SLEEPER)
    pid = running(nursery, "auth")

    nursery.runner.close()
    supervisor.communicate(timeout=30)

    assert not alive(pid)


def test_a_killed_supervisor_leaves_nothing_behind(nursery: Nursery) -> None:
    supervisor = nursery.start("auth", SLEEPER)
    pid = running(nursery, "auth")

    supervisor.kill()

    wait(lambda: not alive(pid))


def test_a_store_stops_after_the_services(nursery: Nursery) -> None:
    store = nursery.start("valkey", SLEEPER, "--store")
    service = nursery.start("roster", STUBBORN)

    store.terminate()
    service.terminate()
    while True:
        stopped = store.poll() is not None
        # In this order: a store that is found stopped has to find its services stopped before.
        if service.poll() is not None:
            break
        assert not stopped
        time.sleep(0.02)
    store.communicate(timeout=30)

    assert nursery.pid("valkey") is None


def test_a_service_tells_the_screen_what_matters(nursery: Nursery) -> None:
    code = (
        "import json, time;"
        "[print(json.dumps({'level': level, 'message': level.upper()}), flush=True) for level in ('info', 'error')];"
        "time.sleep(60)"
    )
    supervisor = nursery.start("auth", code)
    wait(lambda: "ERROR" in nursery.log("auth"))

    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=30)

    assert b"error: ERROR" in output
    assert b"INFO" not in output
    assert "INFO" in nursery.log("auth")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b'{"level": "info", "message": "x"}\n', None),
        (b'{"level": "warning", "message": "x"}\n', "warning: x"),
        (b"Traceback (most recent call last):\n", "Traceback (most recent call last):"),
        (b"{broken\n", "{broken"),
        (b"\n", None),
    ],
)
def test_notable_lines(line: bytes, shown: str | None) -> None:
    assert notable(line) == shown
