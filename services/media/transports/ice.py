"""The ICE transport that aiortc's DTLS runs over: the datapath's, which has checked the pair already.

The place where ICE and DTLS meet. DTLS inside STUN (draft-hancke-webrtc-sped) would feed and drain the same two ends.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

# A handshake has 6 records; a browser's burst of data channel messages fits as well. SCTP sends what was dropped again.
_QUEUE: Final = 64
_MAX_BYTES: Final = 1500


class DatapathIce:
    """The three members that RTCDtlsTransport uses (`role`, `_recv`, `_send`); tests/media/test_aiortc_contract.py."""

    # As ICE-lite always is (RFC 8445 §6.1.1).
    role: Final = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send_datagram = send
        self._queue: deque[bytes] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._closed = False
        self.dropped = 0

    def feed(self, data: bytes) -> None:
        """A datagram from the peer. What would end aiortc's receiving task (empty, too long, no DTLS) is dropped."""
        if self._closed or len(self._queue) >= _QUEUE or not 0 < len(data) <= _MAX_BYTES or not 20 <= data[0] <= 63:
            self.dropped += 1
            return
        self._queue.append(data)
        self._wake()

    def close(self) -> None:
        """Whoever waits gets ConnectionError."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def _recv(self) -> bytes:
        while not self._queue:
            if self._closed:
                raise ConnectionError("the transport is closed")
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        return self._queue.popleft()

    async def _send(self, data: bytes) -> None:
        if self._closed:
            raise ConnectionError("the transport is closed")
        self._send_datagram(data)
