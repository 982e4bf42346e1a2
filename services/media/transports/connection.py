"""DTLS and the data channel of one session, from the answer to the end."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, Protocol

from services.media.core.sdp.offer import Fingerprint
from services.media.transports.data_channel import SessionChannel
from services.media.transports.dtls import NodeCertificate, NodeDtls, SrtpKeys, remote_parameters
from services.media.transports.ice import DatapathIce

_log = logging.getLogger(__name__)
# Goodbyes are only sent, not answered; whatever takes longer must not keep the transport in the packet path.
_GOODBYE_S: Final = 2.0


class ConnectionOwner(Protocol):
    """Who is told of it."""

    def secured(self, keys: SrtpKeys) -> None: ...
    def channel_open(self) -> None: ...
    def received(self, message: bytes) -> None: ...
    def ended(self) -> None:
        """The handshake failed, or the peer closed the connection."""


class Connection:
    """No timer runs in it while it is idle."""

    def __init__(self, owner: ConnectionOwner, certificate: NodeCertificate, send: Callable[[bytes], None]) -> None:
        self._owner = owner
        self.ice = DatapathIce(send)
        self._dtls = NodeDtls(self.ice, certificate, owner.secured)
        self._channel: SessionChannel | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def start(self, fingerprints: tuple[Fingerprint, ...], sctp_port: int, max_message_size: int) -> None:
        """Wait for the peer's ClientHello. `sctp_port` 0: the offer had no data channel."""
        self._task = asyncio.create_task(self._run(fingerprints, sctp_port, max_message_size))

    @property
    def open(self) -> bool:
        """Whether there is a data channel that the peer has opened too."""
        return self._channel is not None and self._channel.open

    @property
    def refusals(self) -> dict[str, int]:
        """What the peer sent and was not taken, by name."""
        sctp = self._channel.refused if self._channel is not None else 0
        return {"dtls_record": self.ice.dropped, "sctp_packet": sctp}

    def send(self, message: bytes) -> bool:
        """A message on the data channel; False when it cannot be sent now."""
        return self._channel is not None and self._channel.send(message)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._task is not None and not self._task.done():
            self._task.cancel()
        try:
            async with asyncio.timeout(_GOODBYE_S):
                if self._channel is not None:
                    await self._channel.stop()
                await self._dtls.stop()
        except Exception:  # aiortc's ending must not keep the rest of the session from ending.
            _log.exception("the transport did not end well")
        self.ice.close()

    async def _run(self, fingerprints: tuple[Fingerprint, ...], sctp_port: int, max_message_size: int) -> None:
        try:
            await self._dtls.start(remote_parameters(fingerprints))
            if self._dtls.state != "connected":
                self._end()
                return
            self._dtls.on("statechange", self._state_changed)
            if sctp_port:
                self._channel = SessionChannel(self._dtls, self._owner.channel_open, self._owner.received)
                await self._channel.start(sctp_port, max_message_size)
        except ConnectionError:
            self._end()
        except Exception:  # Whatever a peer can raise in aiortc ends its own session only.
            _log.exception("the handshake failed")
            self._end()

    def _state_changed(self) -> None:
        if self._dtls.state in ("closed", "failed"):
            self._end()

    def _end(self) -> None:
        if not self._closed:
            self._owner.ended()
