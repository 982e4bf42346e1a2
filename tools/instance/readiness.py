"""When an installation is ready, and what stands in the way until then."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.instance.settings import ADMIN_PORTS, Settings

PROBE_TIMEOUT_S = 2.0
# A process that ended so often before the installation was ready will not become ready.
HOPELESS_STARTS = 4
# Exit status of a service whose configuration makes no sense.
STATUS_CONFIGURATION = 2
LAST_LINES = 15


@dataclass(frozen=True)
class Status:
    """What the supervisor of a process says about it."""

    pid: int | None
    starts: int
    last_exit: int | None

    @property
    def hopeless(self) -> bool:
        return self.last_exit == STATUS_CONFIGURATION or self.starts >= HOPELESS_STARTS


def read_status(state: Path, name: str) -> Status | None:
    """The status of a process; None before its first start."""
    try:
        return Status(**json.loads((state / "pids" / f"{name}.json").read_text()))
    except FileNotFoundError:
        return None


def waiting_for(settings: Settings, page: Callable[[], int]) -> dict[str, str]:
    """What is not ready yet: process name → what it says; empty when all are."""
    missing = {}
    for store, variable in (("nats", "NATS_PORT"), ("valkey", "VALKEY_PORT")):
        if not _listens(settings.ports[variable]):
            missing[store] = f"nothing listens on port {settings.ports[variable]}"
    for name, variable in ADMIN_PORTS.items():
        answer = _readyz(settings.ports[variable])
        if answer is not None:
            missing[name] = answer
    if "signaling" not in missing:
        try:
            page()
        except OSError as error:
            missing["signaling"] = f"the web page: {error}"
    return missing


def valkey_answers(port: int, password: str) -> bool:
    """Whether Valkey has loaded its data and answers; it listens before that."""
    try:
        with socket.create_connection(("127.0.0.1", port), PROBE_TIMEOUT_S) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = connection.recv(512)
                if not part:
                    return False
                answer += part
            return answer == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False


def last_lines(state: Path, name: str) -> str:
    """The end of a process's log, indented, for an error message."""
    try:
        lines = (state / "logs" / f"{name}.log").read_text(errors="replace").splitlines()[-LAST_LINES:]
    except FileNotFoundError:
        lines = []
    return "\n".join(f"    {line}" for line in lines) or "    (it said nothing)"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), PROBE_TIMEOUT_S).close()
    except OSError:
        return False
    return True


def _readyz(port: int) -> str | None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(f"http://127.0.0.1:{port}/readyz", timeout=PROBE_TIMEOUT_S).close()
    except urllib.error.HTTPError as error:
        return f"not ready: {error.read(500).decode('utf-8', 'replace').strip()}"
    except OSError as error:
        return str(error)
    return None
