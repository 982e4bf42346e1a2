"""A client's sockets against a real datapath, and how to wait for what the datapath does."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sipulung_datapath import Connected, Datapath, Event

from tests.support import stun

Kind = TypeVar("Kind")
ROOM: Final = 1
TRANSPORT: Final = 2
NODE, NODE_PASSWORD = "nodeufrag", "p" * 32
CLIENT: Final = "client"
USER: Final = f"{NODE}:{CLIENT}"
# A DTLS 1.2 record's header, and some bytes.
RECORD: Final = bytes([22, 254, 253]) + bytes(10) + b"handshake"


@contextmanager
def datapath(host: str = "127.0.0.1", silent_timeout_ms: int = 5000, tcp: bool = True) -> Iterator[Datapath]:
    """On a free port, with one room and one transport in it."""
    path = Datapath(host, 0, silent_timeout_ms=silent_timeout_ms, tcp=tcp)
    path.add_room(ROOM)
    path.add_transport(TRANSPORT, ROOM, NODE, NODE_PASSWORD, CLIENT)
    try:
        yield path
    finally:
        path.stop()


def settled(path: Datapath, wanted: Callable[[dict[str, int]], bool], seconds: float = 30) -> dict[str, int]:
    """The counters, once they are as wanted."""
    ends = time.monotonic() + seconds
    while True:
        stats = path.stats()
        if wanted(stats):
            return stats
        assert time.monotonic() < ends, {name: value for name, value in stats.items() if value}
        time.sleep(0.01)


def counted(path: Datapath, name: str, count: int = 1, seconds: float = 30) -> None:
    """Wait until that much was counted under this name, and no more."""
    stats = settled(path, lambda stats: stats[name] >= count, seconds)
    assert stats[name] == count


def drops(path: Datapath) -> dict[str, int]:
    return {name: value for name, value in path.stats().items() if name.startswith("drop_") and value}


class Listener:
    """Takes events one after the other, each once."""

    def __init__(self, path: Datapath) -> None:
        self._path = path
        self._events: list[Event] = []

    def next(self, kind: type[Kind], seconds: float = 30) -> Kind:
        """The next event, which is one of this kind."""
        ends = time.monotonic() + seconds
        while not self._events:
            readable, _, _ = select.select([self._path.event_fd], [], [], max(0.0, ends - time.monotonic()))
            assert readable, f"no {kind.__name__} came"
            self._events = self._path.poll_events()
        event = self._events.pop(0)
        assert isinstance(event, kind), event
        return event

    def nothing(self, seconds: float = 0.1) -> bool:
        readable, _, _ = select.select([self._path.event_fd], [], [], seconds)
        return not readable and not self._events


class UdpPeer:
    """A socket of its own port."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.connect((host, port))

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def send(self, datagram: bytes) -> None:
        self.socket.send(datagram)

    def receive(self, seconds: float = 30) -> bytes | None:
        """None when nothing came."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(4096)
        except TimeoutError:
            return None

    def check(self, **options: Any) -> stun.Message:
        """A check that is answered."""
        self.send(stun.check(USER, NODE_PASSWORD, **options))
        answer = self.receive()
        assert answer is not None
        return stun.read(answer, NODE_PASSWORD)

    def connect(self, listener: Listener) -> Connected:
        self.check(nominate=True)
        return listener.next(Connected)

    def close(self) -> None:
        self.socket.close()


class TcpPeer:
    """A connection that carries framed datagrams."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), 3)

    def send(self, datagram: bytes) -> None:
        self.socket.sendall(stun.framed(datagram))

    def receive(self, seconds: float = 30) -> bytes | None:
        """None when nothing came, b"" when the node closed the connection."""
        self.socket.settimeout(seconds)
        try:
            head = self._exactly(2)
            return self._exactly(struct.unpack("!H", head)[0]) if head else b""
        except TimeoutError:
            return None
        except ConnectionError:
            return b""

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                return b""
            data += piece
        return data

    def check(self, **options: Any) -> stun.Message:
        self.send(stun.check(USER, NODE_PASSWORD, **options))
        answer = self.receive()
        assert answer
        return stun.read(answer, NODE_PASSWORD)

    def close(self) -> None:
        self.socket.close()
