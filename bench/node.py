"""One media node as it is deployed: `python -m services.media`, pinned to a core, with a real NATS beside it."""

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

import grpc

from bench.failure import BenchError
from bench.keys import Keys
from services.common.errors import DomainError
from services.common.rpc_client import call, channel
from sipulung.media.v1 import media_pb2, media_pb2_grpc
from tests.support.servers import NatsServer
from tools.instance.ports import free_port

_ROOT: Final = Path(__file__).parent.parent
# On a machine that is busy with other things.
_START_S: Final = 90.0
_CALL_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A node at one moment: nanoseconds of CPU of the whole process and of the datapath thread, and its counters."""

    at_ns: int
    cpu_ns: int
    datapath_ns: int
    counters: dict[str, int]


class Node:
    """As an async context it runs. `stub` is its gRPC service."""

    def __init__(self, folder: Path, keys: Keys, secret_file: Path, core: int) -> None:
        self._folder, self._keys, self._secret_file, self._core = folder, keys, secret_file, core
        self._nats = NatsServer(folder / "nats")
        self._process: asyncio.subprocess.Process | None = None
        self._channel: grpc.aio.Channel | None = None
        self.stub: media_pb2_grpc.MediaServiceAsyncStub

    async def __aenter__(self) -> "Node":
        self._nats.start()
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def read(self) -> Reading:
        """What it took until now."""
        stats = await self._stats()
        # CPUCLOCK_SCHED of another process, exact to the nanosecond (clock_getcpuclockid(3)).
        cpu = time.clock_gettime_ns((~self.pid << 3) | 2)
        return Reading(time.monotonic_ns(), cpu, stats.counters["cpu_ns"], dict(stats.counters))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def resident_bytes(self) -> int:
        """Memory that it has now."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async def _stats(self) -> media_pb2.GetStatsResponse:
        return await call(
            self.stub.GetStats, media_pb2.GetStatsRequest(), timeout_s=_CALL_S, token=self._keys.service_token()
        )

    async def _start(self) -> None:
        grpc_address = f"127.0.0.1:{free_port()}"
        own = {
            "PYTHONPATH": f"{_ROOT}:{_ROOT / 'gen' / 'python'}",
            "SIPULUNG_NODE_ID": "bench",
            "SIPULUNG_GRPC_LISTEN": grpc_address,
            "SIPULUNG_ADMIN_LISTEN": f"127.0.0.1:{free_port()}",
            "SIPULUNG_MEDIA_LISTEN": f"127.0.0.1:{free_port()}",
            "SIPULUNG_MEDIA_ADVERTISE": "127.0.0.1",
            "SIPULUNG_NATS_URL": self._nats.url,
            "SIPULUNG_AUTH_ADDRESS": f"127.0.0.1:{self._keys.port}",
            "SIPULUNG_SERVICE_KEY_FILE": str(self._secret_file),
            "SIPULUNG_LOG_LEVEL": "warning",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SIPULUNG_")}
        log = (self._folder / "media.log").open("wb")
        with log:
            self._process = await asyncio.create_subprocess_exec(
                *("taskset", "--cpu-list", str(self._core), sys.executable, "-m", "services.media"),
                cwd=_ROOT,
                env=inherited | own,
                stdout=log,
                stderr=log,
            )
        self._channel = channel(grpc_address)
        self.stub = media_pb2_grpc.MediaServiceStub(self._channel)
        deadline = time.monotonic() + _START_S
        while True:
            try:
                await self._stats()
                return
            except DomainError as error:
                if self._process.returncode is not None or time.monotonic() > deadline:
                    raise BenchError(f"the media node does not start: {error}\n{self.log()}") from None
            await asyncio.sleep(0.1)

    async def _stop(self) -> None:
        if self._channel is not None:
            await self._channel.close()
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), 10)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        self._nats.kill()

    def log(self) -> str:
        """The last of what it printed."""
        return (self._folder / "media.log").read_text(errors="replace")[-3000:]
