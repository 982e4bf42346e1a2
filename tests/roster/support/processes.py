"""Processes that a test starts, kills and starts again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.instance.stores import nats_server, valkey_server

ROOT = Path(__file__).parents[3]
START_S = 20.0


def free_port() -> int:
    """A TCP port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A server on one port. `kill` is kill -9."""

    def __init__(
        self, command: Sequence[str], port: int, log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command = list(command)
        self._log = log
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port

    def start(self) -> None:
        """Returns when the port answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env={**os.environ, **self._environment}, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"{self._command[:3]} did not start:\n{self.output()}") from None
                time.sleep(0.02)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ends it gently; its exit status."""
        return self._end(signal.SIGTERM)

    def cpu_s(self) -> float:
        """CPU time that it has used, user and system."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def output(self) -> str:
        return self._log.read_text(errors="replace")[-8000:]

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        status = self._process.wait(15)
        self._process = None
        return status


def nats(folder: Path) -> Process:
    """NATS with JetStream that syncs each write, as in production."""
    port = free_port()
    configuration = folder / "nats.conf"
    configuration.write_text(
        f'listen: "127.0.0.1:{port}"\njetstream {{ store_dir: "{folder / "nats"}", sync_interval: always }}\n'
    )
    return Process([str(nats_server()), "-c", str(configuration)], port, folder / "nats.log")


def valkey(folder: Path) -> Process:
    """Valkey with its append-only file."""
    port = free_port()
    (folder / "valkey").mkdir(exist_ok=True)
    settings = {"port": str(port), "bind": "127.0.0.1", "dir": str(folder / "valkey"), "save": ""}
    settings |= {"appendonly": "yes", "appendfsync": "always"}
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return Process([str(valkey_server()), *arguments], port, folder / "valkey.log")


def roster(name: str, folder: Path, settings: Mapping[str, str], module: str = "services.roster") -> Process:
    """One roster replica; `module` is what is run."""
    port = free_port()
    environment = {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}",
        "SIPULUNG_GRPC_LISTEN": f"127.0.0.1:{port}",
        "SIPULUNG_ADMIN_LISTEN": f"127.0.0.1:{free_port()}",
        **settings,
    }
    return Process([sys.executable, "-m", module], port, folder / f"{name}.log", environment)
