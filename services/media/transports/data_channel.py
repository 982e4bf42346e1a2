"""The data channel "session": negotiated, id 0, ordered and reliable, over aiortc's SCTP."""

import logging
from collections.abc import Callable
from typing import Any, Final, Protocol, cast

from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from services.media.core.sctp import check_packet

_log = logging.getLogger(__name__)
# A client that does not read is not written to: state messages are whole, so the next one makes up for those left out.
_MAX_BUFFERED: Final = 256 * 1024
# A message of the length that the answer allows has 55 chunks. More that wait, for their end or for one that is
# missing, are an attack: each further one costs aiortc a look at all of them.
_MAX_WAITING_CHUNKS: Final = 512


class _Receiver(Protocol):
    async def _handle_data(self, data: bytes) -> None: ...


class GuardedDtls:
    """The DTLS transport as SCTP sees it: what a hostile packet raises there ends that packet, not the session."""

    def __init__(self, dtls: RTCDtlsTransport, is_overfull: Callable[[], bool] = lambda: False) -> None:
        self._dtls, self._is_overfull = dtls, is_overfull
        self._receiver: _Receiver | None = None
        self.refused = 0

    @property
    def state(self) -> str:
        return self._dtls.state

    @property
    def _role(self) -> str:
        return self._dtls._role  # noqa: SLF001 - held by the contract test

    def _register_data_receiver(self, receiver: _Receiver) -> None:
        self._receiver = receiver
        self._dtls._register_data_receiver(self)  # noqa: SLF001 - held by the contract test

    def _unregister_data_receiver(self, receiver: _Receiver) -> None:
        self._dtls._unregister_data_receiver(self)  # noqa: SLF001 - held by the contract test
        self._receiver = None

    async def _send_data(self, data: bytes) -> None:
        await self._dtls._send_data(data)  # noqa: SLF001 - held by the contract test

    async def _handle_data(self, data: bytes) -> None:
        if self._receiver is None:
            return
        try:
            check_packet(data)
            await self._receiver._handle_data(data)  # noqa: SLF001 - held by the contract test
        except ConnectionError:
            raise
        except Exception as error:  # A peer's packet must not end the task that receives for this session.
            self.refused += 1
            if self.refused == 1:
                _log.info("an SCTP packet was refused", extra={"error": repr(error)})
        if self._is_overfull():
            _log.warning("a client sent what never becomes a message: its connection ends")
            raise ConnectionError("too much waits for its end")


class SessionChannel:
    """Messages of one session. `on_open` is called once, `on_message` with each message's bytes."""

    def __init__(
        self, dtls: RTCDtlsTransport, on_open: Callable[[], None], on_message: Callable[[bytes], None]
    ) -> None:
        self._guard = GuardedDtls(dtls, self._is_overfull)
        self._sctp = RTCSctpTransport(cast(Any, self._guard), 5000)
        self._channel = RTCDataChannel(self._sctp, RTCDataChannelParameters(label="session", negotiated=True, id=0))
        self._on_message = on_message
        self._channel.on("open", on_open)
        self._channel.on("message", self._received)

    async def start(self, remote_port: int, max_message_size: int) -> None:
        await self._sctp.start(RTCSctpCapabilities(maxMessageSize=max_message_size), remote_port)

    async def stop(self) -> None:
        await self._sctp.stop()

    @property
    def open(self) -> bool:
        return bool(self._channel.readyState == "open")

    @property
    def refused(self) -> int:
        """SCTP packets of the peer's that were not taken."""
        return self._guard.refused

    def send(self, message: bytes) -> bool:
        """False: not sent, because the channel is not open or the client does not read."""
        if not self.open or self._channel.bufferedAmount > _MAX_BUFFERED:
            return False
        try:
            self._channel.send(message)
        except ValueError:
            # Longer than the client said it takes.
            return False
        return True

    def _is_overfull(self) -> bool:
        """What the peer made aiortc keep; its window is told to peers, but not held against them."""
        streams = self._sctp._inbound_streams.values()  # noqa: SLF001 - held by the contract test
        waiting = max((len(stream.reassembly) for stream in streams), default=0)
        missing = len(self._sctp._sack_misordered)  # noqa: SLF001 - held by the contract test
        return max(waiting, missing) > _MAX_WAITING_CHUNKS

    def _received(self, message: bytes | str) -> None:
        self._on_message(message.encode() if isinstance(message, str) else message)
