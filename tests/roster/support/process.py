"""A roster replica that a test starts, kills and starts again on the same port."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from tests.support.service_process import ServiceProcess
from tools.instance.ports import free_port

START_S = 60.0


class RosterProcess:
    """One replica; `module` is what is run. `kill` is kill -9."""

    def __init__(self, log: Path, settings: Mapping[str, str], module: str = "services.roster") -> None:
        self.port = free_port()
        self._environment = {
            "SIPULUNG_GRPC_LISTEN": f"127.0.0.1:{self.port}",
            "SIPULUNG_ADMIN_LISTEN": f"127.0.0.1:{free_port()}",
            **settings,
        }
        self._module = module
        self._log = log
        self._process: ServiceProcess | None = None

    @property
    def pid(self) -> int:
        """While it runs."""
        assert self._process is not None, "it does not run"
        return self._process.pid

    def start(self) -> None:
        """Returns when the port answers."""
        self._process = ServiceProcess(self._module, self._environment, self._log)
        deadline = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    said = self._log.read_text(errors="replace")[-8000:]
                    raise AssertionError(f"{self._module} did not start:\n{said}") from None
                time.sleep(0.02)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ends it gently; its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        status = self._process.wait()
        self._process = None
        return status
