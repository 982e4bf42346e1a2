"""A process of a service, forked from one that has read the code already: it is there in a tenth of the time.

Python needs most of a second to import a service, and a test wants a fresh process. So for each module that tests
start there is one process that imports it and waits (`python -m tests.support.service_process MODULE`); what it forks
runs the module as `python -m MODULE` does, under an id of its own, to be killed like any other.
"""

from __future__ import annotations

import atexit
import importlib
import importlib.util
import json
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WAIT_S = 60.0


class ServiceProcess:
    """Runs from the start. `environment` is added to that of the tests, and the log to what the file holds."""

    def __init__(self, module: str, environment: Mapping[str, str], log: Path) -> None:
        self._origin = _origin(module)
        surroundings = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}", **environment}
        self.pid = self._origin.ask({"start": surroundings, "log": str(log)})
        # Readable from the end of the process on.
        self._end = os.pidfd_open(self.pid)
        self._status: int | None = None

    def kill(self) -> None:
        """kill -9, as when the machine fails. Does nothing after the end."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: signal.Signals) -> None:
        """Does nothing after the end."""
        if self._status is None:
            os.kill(self.pid, number)

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        if self._status is None and select.select([self._end], [], [], 0)[0]:
            self._reap()
        return self._status

    def wait(self, timeout_s: float = WAIT_S) -> int:
        """The exit status once it has ended: minus the signal's number after a signal. Raises TimeoutError."""
        if self._status is None:
            if not select.select([self._end], [], [], timeout_s)[0]:
                raise TimeoutError(f"process {self.pid} has not ended within {timeout_s} s")
            self._reap()
        assert self._status is not None
        return self._status

    def _reap(self) -> None:
        self._status = self._origin.ask({"reap": self.pid})
        os.close(self._end)


class _Origin:
    """The process that the others are forked from; ends with the tests."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", "tests.support.service_process", module]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}"}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self._close)

    def ask(self, question: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that services are forked from has ended; what it said is above"
        return int(answer)

    def _close(self) -> None:
        self._process.communicate()


@cache
def _origin(module: str) -> _Origin:
    return _Origin(module)


def _become(module: str, environment: Mapping[str, str], log: str) -> None:
    """In the new process: nothing is left of the one that it comes from but the code."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(output)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _serve(module: str) -> None:
    """Forks when it is asked to, and tells how what it forked has ended. Ends them all when the tests end."""
    # Ctrl-C is for the tests; they end this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spec = importlib.util.find_spec(module)
    assert spec is not None, module
    importlib.import_module(f"{module}.__main__" if spec.submodule_search_locations else module)
    # Locks of other threads would be held for ever in what is forked.
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "importing a service starts no thread"
    running: set[int] = set()
    while line := sys.stdin.readline():
        question = json.loads(line)
        if "start" in question:
            pid = os.fork()
            if pid == 0:
                _become(module, question["start"], question["log"])
                return
            running.add(pid)
            answer = pid
        else:
            _, status = os.waitpid(question["reap"], 0)
            running.discard(question["reap"])
            answer = os.waitstatus_to_exitcode(status)
        print(answer, flush=True)  # noqa: T201 - the answer
    for pid in running:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    _serve(sys.argv[1])
