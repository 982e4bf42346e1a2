"""Keep one process of an installation running, and end it together with the installation.

`python -m tools.supervise [--store] NAME -- COMMAND…`, started by honcho from the Procfile; STATE is the state folder.

- The process is started again when it ends, at once the first time, then with growing pauses.
- Its output goes to STATE/logs/NAME.log; a service's warnings and errors are also shown.
- SIGTERM, SIGINT, or the end of the runner (tools/run.py), however it ended, stop it: SIGTERM to its process group,
  then SIGKILL. A store stops after all services did, so that their last writes find it.
- Should this supervisor itself be killed, the kernel kills its process (Linux).
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools.instance.files import write_json
from tools.instance.lock import FileLock

# Ctrl-C ends everything within 5 s: services get 2.5 s, a store another 1.5 s after them.
SERVICE_STOP_S = 2.5
STORE_STOP_S = 1.5
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
# A process that ran this long was healthy: its next restart is at once again.
HEALTHY_S = 10.0
LOG_BYTES = 16 * 1024 * 1024
SHOWN_PER_SECOND = 5
PR_SET_PDEATHSIG = 1

Event = tuple[str, int]


@dataclass(frozen=True)
class Supervised:
    """What to run: its name in logs and status files, and whether it is a store, which stops last."""

    name: str
    command: list[str]
    store: bool
    state: Path


class LogFile:
    """The output of one process, in a file of bounded size: the one before is kept as NAME.log.1."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab", buffering=0)

    def write(self, line: bytes) -> None:
        if self._file.tell() > LOG_BYTES:
            self._file.close()
            self._path.replace(self._path.with_name(self._path.name + ".1"))
            self._file = self._path.open("ab", buffering=0)
        self._file.write(line)


class Screen:
    """A service's warnings and errors, and whatever it says that is no JSON (a traceback), on standard output."""

    def __init__(self) -> None:
        self._second = 0
        self._shown = 0

    def show(self, line: bytes) -> None:
        text = notable(line)
        if text is None:
            return
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._shown = second, 0
        self._shown += 1
        if self._shown <= SHOWN_PER_SECOND:
            say(text)


def notable(line: bytes) -> str | None:
    """What a line of a service's log says to whoever watches the screen; None for what only the file keeps."""
    text = line.decode("utf-8", "replace").rstrip()
    if not text.startswith("{"):
        return text or None
    try:
        record = json.loads(text)
    except ValueError:
        return text
    level = str(record.get("level", "")).lower()
    return f"{level}: {record.get('message', '')}" if level in ("warning", "error", "critical") else None


def say(text: str) -> None:
    """One line on standard output; when nobody reads it any more, that is no reason to stop a service."""
    with contextlib.suppress(OSError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class Supervisor:
    """Starts the process, again and again, until told to stop."""

    def __init__(self, what: Supervised) -> None:
        self._what = what
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._log = LogFile(what.state / "logs" / f"{what.name}.log")
        self._screen = None if what.store else Screen()
        self._services = FileLock(what.state / "services.lock")
        if not what.store:
            self._services.share()
        self._libc = ctypes.CDLL(None) if sys.platform == "linux" else None
        self._starts = 0
        self._last_exit: int | None = None

    def run(self) -> None:
        """Returns when the process was stopped."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._events.put(("stop", 0)))
        threading.Thread(target=self._await_end_of_runner, daemon=True).start()
        pause_s = FIRST_PAUSE_S
        while True:
            child, started = self._start(), time.monotonic()
            kind, code = self._events.get()
            if kind == "stop":
                self._stop(child)
                return
            self._kill_group(child)
            if time.monotonic() - started > HEALTHY_S:
                pause_s = FIRST_PAUSE_S
            self._last_exit = code
            self._write_status(None)
            say(f"{describe_end(code)}; starting again in {pause_s:.1f} s (logs/{self._what.name}.log)")
            if self._stopped_within(pause_s):
                return
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            self._what.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=self._die_with_parent if self._libc is not None else None,
        )
        self._starts += 1
        self._write_status(child.pid)
        assert child.stdout is not None  # because of stdout=PIPE
        threading.Thread(target=self._copy_output, args=(child.stdout,), daemon=True).start()
        threading.Thread(target=lambda: self._events.put(("exit", child.wait())), daemon=True).start()
        return child

    def _die_with_parent(self) -> None:
        assert self._libc is not None  # because of the condition in _start
        self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def _copy_output(self, output: IO[bytes]) -> None:
        for line in output:
            self._log.write(line)
            if self._screen is not None:
                self._screen.show(line)

    def _await_end_of_runner(self) -> None:
        FileLock(self._what.state / "instance.lock").share()
        self._events.put(("stop", 0))

    def _stopped_within(self, seconds: float) -> bool:
        try:
            return self._events.get(timeout=seconds)[0] == "stop"
        except queue.Empty:
            return False

    def _stop(self, child: subprocess.Popen[bytes]) -> None:
        if self._what.store:
            self._services.take(SERVICE_STOP_S + 0.5)
        signal_group(child, signal.SIGTERM)
        try:
            child.wait(STORE_STOP_S if self._what.store else SERVICE_STOP_S)
        except subprocess.TimeoutExpired:
            say("did not end in time and was killed")
        self._kill_group(child)
        self._write_status(None)

    def _kill_group(self, child: subprocess.Popen[bytes]) -> None:
        signal_group(child, signal.SIGKILL)
        child.wait()

    def _write_status(self, pid: int | None) -> None:
        status = {"pid": pid, "starts": self._starts, "last_exit": self._last_exit}
        write_json(self._what.state / "pids" / f"{self._what.name}.json", status)


def describe_end(code: int) -> str:
    """The end of a process in words, from the return code of `subprocess`."""
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the child and all that it started: it leads a process group of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def main() -> None:
    parser = argparse.ArgumentParser(description="Keep one process running.")
    parser.add_argument("--store", action="store_true", help="stop after all services did")
    parser.add_argument("name")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    state = Path(os.environ["STATE"])
    Supervisor(Supervised(arguments.name, arguments.command, arguments.store, state)).run()


if __name__ == "__main__":
    main()
