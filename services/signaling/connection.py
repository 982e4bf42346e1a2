"""One client's WebSocket: what is sent to it, and how it ends."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from services.common.errors import DomainError
from services.signaling.core import frame
from sipulung.common.v1 import common_pb2
from sipulung.signaling.v1 import client_pb2

# What a client may have waiting in our buffer. On 400 kbit/s that is 10 s of nothing but roster and chat.
SLOW_AT_BYTES: Final = 512 * 1024
# How long a client has to answer the closing handshake before the connection is cut.
CLOSE_TIMEOUT_S: Final = 2.0

_CLOSE_CODES: Final[dict[int, int]] = {
    # RFC 6455 section 7.4.1.
    common_pb2.ERROR_CODE_MEETING_ENDED: 1000,
    common_pb2.ERROR_CODE_MALFORMED: 1007,
    common_pb2.ERROR_CODE_TOO_LARGE: 1009,
    common_pb2.ERROR_CODE_INTERNAL: 1011,
    common_pb2.ERROR_CODE_SHUTTING_DOWN: 1012,
    common_pb2.ERROR_CODE_UNAVAILABLE: 1013,
}
_POLICY_VIOLATION: Final = 1008


class Socket(Protocol):
    """The part of aiohttp's WebSocketResponse that a connection uses."""

    async def close(self, *, code: int, message: bytes) -> bool: ...


class Observer(Protocol):
    """Who counts what happens to connections."""

    def closed(self, reason: str) -> None: ...

    def sent(self, octets: int) -> None: ...


class Connection:
    """Writes frames straight to the transport.

    A server's frames are not masked, so an event is framed once for all its receivers, and the transport's own
    buffer is the
    queue: no task, no copy per client. aiohttp writes each of its own (control) frames at once too, so they cannot
    interleave.
    """

    def __init__(self, socket: Socket, transport: asyncio.WriteTransport, window_bits: int, observer: Observer) -> None:
        self._socket = socket
        self._transport = transport
        self._window_bits = window_bits
        self._observer = observer
        self._closing: asyncio.Task[None] | None = None

    @property
    def open(self) -> bool:
        """Whether anything that is sent may still arrive."""
        return self._closing is None and not self._transport.is_closing()

    def send(self, message: client_pb2.ServerMessage) -> None:
        """Sends a message to this client; compressed when it is worth it."""
        self.send_payload(message.SerializeToString())

    def send_payload(self, payload: bytes) -> None:
        """Sends a serialized message."""
        octets = frame.for_client(payload, self._window_bits)
        if self.send_frame(octets):
            self._observer.sent(len(octets))

    def send_frame(self, octets: bytes) -> bool:
        """Sends a finished frame; whether it is on its way. Who sends one to many counts it once for all of them.

        A client that does not read is cut off: it can resume when its network is better.
        """
        if not self.open:
            return False
        if self._transport.get_write_buffer_size() > SLOW_AT_BYTES:
            self._observer.closed("slow_client")
            # Nothing more gets through, not even the reason.
            self._closing = asyncio.create_task(self._cut())
            return False
        self._transport.write(octets)
        return True

    def close(self, error: DomainError, *, may_resume: bool) -> None:
        """Tells the client why, and closes. Does nothing when that was done before."""
        if not self.open:
            return
        proto = error.to_proto()
        self.send(client_pb2.ServerMessage(closing=client_pb2.Closing(error=proto, may_resume=may_resume)))
        name = common_pb2.ErrorCode.Name(proto.code).removeprefix("ERROR_CODE_")
        self._end(_CLOSE_CODES.get(proto.code, _POLICY_VIOLATION), name)

    def close_after_leave(self) -> None:
        """The client wanted it so."""
        if self.open:
            self._end(1000, "LEFT")

    async def closed(self) -> None:
        """Returns when a close that was begun here is over."""
        if self._closing is not None:
            await asyncio.wait([self._closing])

    def _end(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._observer.closed(reason.lower())
            self._closing = asyncio.create_task(self._shake_hands(code, reason))

    async def _shake_hands(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._socket.close(code=code, message=reason.encode())
        except (TimeoutError, ConnectionError, RuntimeError):
            # RuntimeError: aiohttp's way of saying that the socket is closed already.
            self._transport.abort()

    async def _cut(self) -> None:
        self._transport.abort()
