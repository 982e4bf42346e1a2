"""A whole installation for a test: every process of `make run`, on free ports, with a state folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import grpc
from google.protobuf.json_format import MessageToDict

from services.common import record_chain, subjects
from services.common.bus import Bus
from sipulung.roster.v1 import attendance_pb2, attendance_pb2_grpc
from tools.instance.readiness import Status, read_status
from tools.instance.settings import PROCESSES, ROOT

READY_TIMEOUT_S = 240.0
STOP_TIMEOUT_S = 60.0
POLL_S = 0.05


class InstanceError(AssertionError):
    """The installation did not do what a test needs; the message holds what it printed."""


class Instance:
    """Starts `tools/run.py` and stops it again; may be started again on the same state (`start` after `stop`).

    Process names are those of the Procfile: nats, valkey, auth, roster, signaling, media-1, media-2.
    """

    def __init__(
        self, state: Path, environment: Mapping[str, str] | None = None, procfile: Path = ROOT / "Procfile"
    ) -> None:
        self._state = state
        self._procfile = procfile
        self._environment = {**os.environ, **(environment or {})}
        self._runner: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Instance:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Start all and wait until demo.json says that all are ready. Raises InstanceError."""
        assert self._runner is None, "it is running already"
        self._state.mkdir(parents=True, exist_ok=True)
        # One that was killed has left it: the runner removes it too, but not before the first look.
        (self._state / "demo.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", "tools.run", "--state", str(self._state), "--free-ports", "--end-with-parent"]
        command += ["--procfile", str(self._procfile)]
        environment = {**self._environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}"}
        with self.output_file.open("ab") as output:
            self._runner = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        self.wait_ready(timeout_s)

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> float:
        """Stop all as Ctrl-C does; returns how many seconds it took. Does nothing when it is not running."""
        if self._runner is None:
            return 0.0
        started = time.monotonic()
        self._runner.send_signal(signal.SIGINT)
        try:
            self._runner.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            self._runner.kill()
            self._runner.wait()
            raise InstanceError(f"It did not stop within {timeout_s} s.\n{self.output()}") from error
        finally:
            self._runner = None
        return time.monotonic() - started

    def wait_ready(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Wait for demo.json. Raises InstanceError when the runner ended or time is over."""
        deadline = time.monotonic() + timeout_s
        while not (self._state / "demo.json").exists():
            if self.runner.poll() is not None:
                raise InstanceError(f"It ended with status {self.runner.returncode}.\n{self.output()}")
            if time.monotonic() > deadline:
                raise InstanceError(f"It was not ready within {timeout_s} s.\n{self.output()}")
            time.sleep(POLL_S)

    @property
    def runner(self) -> subprocess.Popen[bytes]:
        """The process of tools/run.py."""
        assert self._runner is not None, "it is not running"
        return self._runner

    @property
    def state(self) -> Path:
        return self._state

    @property
    def demo(self) -> dict[str, Any]:
        """demo.json: url, meeting {id, password}, tenants [{name, accounts [{user, password, role}]}]."""
        return cast("dict[str, Any]", json.loads((self._state / "demo.json").read_text()))

    @property
    def url(self) -> str:
        return str(self.demo["url"])

    def account(self, role: str, tenant: int = 0) -> dict[str, str]:
        """A demo account: user, password, role (lower case)."""
        accounts = cast("list[dict[str, str]]", self.demo["tenants"][tenant]["accounts"])
        return next(account for account in accounts if account["role"] == role)

    def call(self, account: Mapping[str, str], method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON API as that account: `user` and `password`."""
        credential = {"user": account["user"], "password": account["password"]}
        token = str(self._http("POST", "/api/v1/sign-in", credential)["access_token"])
        return self._http(method, path, body, token)

    def new_meeting(self, title: str, role: str = "host") -> dict[str, str]:
        """A meeting of the first tenant's host, or of another account that may have one: id, password."""
        made = self.call(self.account(role), "POST", "/api/v1/meetings", {"title": title})
        return {"id": str(made["meeting"]["meeting_id"]), "password": str(made["password"])}

    def meetings(self) -> list[dict[str, Any]]:
        """The meetings of the first tenant's host."""
        return cast("list[dict[str, Any]]", self.call(self.account("host"), "GET", "/api/v1/meetings")["meetings"])

    def attendance(self, meeting_id: str) -> dict[str, Any]:
        """A meeting's records, as roster's AttendanceService tells its host: records, head, intact."""
        with grpc.insecure_channel(f"127.0.0.1:{self.port('ROSTER_PORT')}") as channel:
            stub = attendance_pb2_grpc.AttendanceServiceStub(channel)
            credential = (("authorization", f"Bearer {self._sign_in()}"),)
            request = attendance_pb2.GetAttendanceRequest(meeting_id=meeting_id)
            answer = stub.GetAttendance(request, metadata=credential, timeout=60)
        return MessageToDict(answer, preserving_proto_field_name=True)

    def audited(self, meeting_id: str) -> list[attendance_pb2.AuditRecord]:
        """What roster's audit log says of a meeting, in its order; every tenant's chain of it is whole."""

        async def read() -> list[attendance_pb2.AuditRecord]:
            token = (self._state / "keys" / "nats.token").read_text()
            bus = await Bus.connect(f"nats://{token}@127.0.0.1:{self.port('NATS_PORT')}", "test")
            try:
                subject = subjects.audit("*", "roster")
                kind = attendance_pb2.AuditRecord
                records = [record async for record in bus.read_stream(subjects.AUDIT_STREAM, subject, kind)]
            finally:
                await bus.close()
            for tenant in {record.tenant_id for record in records}:
                assert record_chain.intact([record for record in records if record.tenant_id == tenant])
            return [record for record in records if record.object == f"meeting:{meeting_id}"]

        # Playwright's loop runs in the thread of the tests.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, read()).result(timeout=60)

    def _sign_in(self) -> str:
        host = self.account("host")
        credential = {"user": host["user"], "password": host["password"]}
        return str(self._http("POST", "/api/v1/sign-in", credential)["access_token"])

    def _http(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str | None = None
    ) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return cast("dict[str, Any]", json.load(answer))

    def port(self, variable: str) -> int:
        """A port by its variable in tools/instance/settings.py, such as AUTH_PORT."""
        ports = cast("dict[str, int]", json.loads((self._state / "ports.json").read_text()))
        return ports[variable]

    def status(self, name: str) -> Status | None:
        """What the supervisor of a process says; None before its first start."""
        return read_status(self._state, name)

    def pid(self, name: str) -> int:
        """The process id of a running process. Raises InstanceError while it is down."""
        status = self.status(name)
        if status is None or status.pid is None:
            raise InstanceError(f"{name} is not running.\n{self.logs(name)}")
        return status.pid

    def pids(self) -> dict[str, int]:
        """The process ids of all that run."""
        statuses = {name: self.status(name) for name in PROCESSES}
        return {name: status.pid for name, status in statuses.items() if status is not None and status.pid is not None}

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Signal a process (kill -9 by default); returns the id it had. Its supervisor starts it again."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def wait_restarted(self, name: str, old_pid: int, timeout_s: float = 120.0) -> int:
        """Wait until a process runs under another id than before, and return that. It may not be ready yet."""

        def restarted() -> bool:
            status = self.status(name)
            return status is not None and status.pid is not None and status.pid != old_pid

        self._wait(restarted, timeout_s, f"{name} was not started again")
        return self.pid(name)

    def logs(self, name: str) -> str:
        """All that a process has printed."""
        file = self._state / "logs" / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    @property
    def output_file(self) -> Path:
        return self._state / "output.log"

    def output(self) -> str:
        """All that the runner has printed."""
        return self.output_file.read_text(errors="replace") if self.output_file.exists() else ""

    def _wait(self, condition: Callable[[], bool], timeout_s: float, complaint: str) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                raise InstanceError(f"{complaint} within {timeout_s} s.\n{self.output()}")
            time.sleep(POLL_S)
