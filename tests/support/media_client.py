"""A client of a media node without a browser: ICE over UDP or TCP, DTLS, the data channel, and SRTP."""

from __future__ import annotations

import asyncio
import re
import secrets
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast

from aiortc import RTCCertificate
from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from services.media.transports.ice import DatapathIce
from sipulung.media.v1 import session_pb2
from tests.support import stun

_CONSENT_S: Final = 1.0
_MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
_RID: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
_LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
# RFC 6464: 0 is the loudest, 127 is silence.
_LOUD, _QUIET = 20, 127
# S bit of the payload descriptor (RFC 7741 §4.2); then the header of a key frame of 320x180, and of one that is none.
_VP8_KEY: Final = bytes([0x10, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xB4, 0x00])
_VP8_DELTA: Final = bytes([0x10, 0x11, 0x02, 0x00])


@dataclass(frozen=True)
class Received:
    """A packet of media, decrypted."""

    ssrc: int
    pt: int
    sequence: int
    payload: bytes


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._take(data)


class _Section:
    """What a media section of the offer says about how to send on it."""

    def __init__(self, text: str, pt: int) -> None:
        found = re.search(r"^a=mid:(\S+)", text, re.MULTILINE)
        assert found is not None
        self.mid, self.pt = found[1].encode(), pt
        self.ids = {uri: int(number) for number, uri in re.findall(r"^a=extmap:(\d+) (\S+)", text, re.MULTILINE)}
        self.sequence, self.timestamp = secrets.randbelow(1 << 15), secrets.randbelow(1 << 31)
        self.ssrc = secrets.randbelow((1 << 32) - 1) + 1

    def packet(self, payload: bytes, step: int, extensions: dict[str, bytes], marker: bool = False) -> bytes:
        """One RTP packet with the mid and these header extensions (RFC 8285 §4.2)."""
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + step) & 0xFFFFFFFF
        elements = b""
        for uri, value in {_MID: self.mid, **extensions}.items():
            elements += bytes([self.ids[uri] << 4 | len(value) - 1]) + value
        elements += bytes(-len(elements) % 4)
        head = struct.pack("!BBHII", 0x90, marker << 7 | self.pt, self.sequence, self.timestamp, self.ssrc)
        return head + struct.pack("!HH", 0xBEDE, len(elements) // 4) + elements + payload


class MediaClient:
    """`template` is an offer; the client's own credentials take the place of those in it.

    Give `offer` to the node and its answer to `connect`.
    """

    def __init__(self, template: str, *, tcp: bool = False) -> None:
        self.tcp = tcp
        self.certificate = RTCCertificate.generateCertificate()
        self.ufrag, self.pwd = "", ""
        self._template = template
        self.offer = self.restart()
        sections = template.split("\r\nm=")[1:]
        self._microphone = _Section(sections[0], 111)
        self._camera = _Section(sections[1], 96)
        self._messages: asyncio.Queue[session_pb2.NodeToClient] = asyncio.Queue()
        self.media: asyncio.Queue[Received] = asyncio.Queue()
        self.ended = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._transport: asyncio.DatagramTransport | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._checked = asyncio.Event()
        self._node = ("", "")
        self.ice = DatapathIce(self.send_datagram)
        self.dtls = RTCDtlsTransport(cast(Any, self.ice), [self.certificate])
        self.dtls._set_role("client")
        self.sctp = RTCSctpTransport(self.dtls)
        self.channel = RTCDataChannel(self.sctp, RTCDataChannelParameters(label="session", negotiated=True, id=0))
        self.channel.on("message", self._message)

    def restart(self) -> str:
        """An offer with new ICE credentials."""
        self.ufrag, self.pwd = secrets.token_hex(4), secrets.token_hex(16)
        return self.offer_of(self._template)

    def offer_of(self, template: str) -> str:
        """Another offer with this client's credentials."""
        prints = {f.algorithm: f.value for f in self.certificate.getFingerprints()}
        offer = template
        for pattern, line in (
            (r"a=ice-ufrag:\S+", f"a=ice-ufrag:{self.ufrag}"),
            (r"a=ice-pwd:\S+", f"a=ice-pwd:{self.pwd}"),
            (r"a=fingerprint:[^\r\n]+", f"a=fingerprint:sha-256 {prints['sha-256']}"),
        ):
            offer, count = re.subn(pattern, line, offer)
            assert count
        return offer

    async def connect(self, answer: str) -> None:
        """ICE, DTLS and the data channel. Raises TimeoutError when that takes a minute."""
        async with asyncio.timeout(60):
            await self.connect_ice(answer)
            algorithm, fingerprint = _attribute(answer, "fingerprint").split(" ")
            await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(algorithm, fingerprint)]))
            assert self.dtls.state == "connected", self.dtls.state
            self.dtls.on("statechange", lambda: self.ended.set() if self.dtls.state == "closed" else None)
            opened = asyncio.Event()
            self.channel.on("open", opened.set)
            await self.sctp.start(RTCSctpCapabilities(maxMessageSize=65536), 5000)
            await opened.wait()

    async def connect_ice(self, answer: str) -> None:
        """Open a socket to the node and nominate the pair, and again each second. Another socket is a new address."""
        self._node = (_attribute(answer, "ice-ufrag"), _attribute(answer, "ice-pwd"))
        kind = "tcp" if self.tcp else "udp"
        candidate = re.search(rf"^a=candidate:\S+ 1 {kind} \d+ (\S+) (\d+) ", answer, re.MULTILINE)
        assert candidate is not None
        await self._disconnect()
        self._checked = asyncio.Event()
        host, port = candidate[1], int(candidate[2])
        if self.tcp:
            reader, self._writer = await asyncio.open_connection(host, port)
            self._tasks.append(asyncio.create_task(self._read(reader)))
        else:
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_datagram_endpoint(
                lambda: _Udp(self._datagram), remote_addr=(host, port)
            )
        self._tasks.append(asyncio.create_task(self._keep_checking()))
        await asyncio.wait_for(self._checked.wait(), 60)

    async def vanish(self) -> None:
        """As when the network is gone: nothing is said any more, and nothing heard."""
        await self._disconnect()

    async def close(self) -> None:
        """Say goodbye, if it still can."""
        with suppress(ConnectionError):
            await self.sctp.stop()
            await self.dtls.stop()
        self.ice.close()
        await self._disconnect()

    # The data channel.

    def say(self, message: session_pb2.ClientToNode | bytes | str) -> None:
        self.channel.send(message if isinstance(message, bytes | str) else message.SerializeToString())

    def show(self, number: int, *heights: int, saving: int = 0, pinned: dict[int, str] | None = None) -> None:
        """Ask for a layout: the height of each slot from 0 on."""
        self.say(session_pb2.ClientToNode(layout=layout(number, *heights, saving=saving, pinned=pinned)))

    def publish(self, **sources: bool) -> None:
        self.say(session_pb2.ClientToNode(publish=session_pb2.PublishState(**sources)))

    async def hear(self, body: str, wanted: Callable[[Any], bool] = lambda _: True, seconds: float = 60) -> Any:
        """The next message of that kind that is as wanted; those before it are forgotten."""
        async with asyncio.timeout(seconds):
            while True:
                message = await self._messages.get()
                if message.WhichOneof("body") == body and wanted(getattr(message, body)):
                    return getattr(message, body)

    def heard(self) -> list[session_pb2.NodeToClient]:
        """All that waits."""
        found = []
        while not self._messages.empty():
            found.append(self._messages.get_nowait())
        return found

    # Media.

    async def speak(self, seconds: float, *, loud: bool = True) -> None:
        """Packets of a voice every 20 ms."""
        for _ in range(int(seconds * 50)):
            level = bytes([0x80 | _LOUD if loud else _QUIET])
            self.send_rtp(self._microphone.packet(b"voice", 960, {_LEVEL: level}))
            await asyncio.sleep(0.02)

    async def stay_silent(self) -> None:
        """The packets of a microphone that nobody speaks into, until it is cancelled."""
        while True:
            await self.speak(0.2, loud=False)

    async def film(self, seconds: float, layer: str = "q") -> None:
        """Frames of a camera's layer, every second one a key frame, 40 a second."""
        for _ in range(int(seconds * 20)):
            for payload in (_VP8_KEY + bytes(100), _VP8_DELTA + bytes(50)):
                self.send_rtp(self._camera.packet(payload, 2250, {_RID: layer.encode()}, marker=True))
            await asyncio.sleep(0.05)

    def send_rtp(self, packet: bytes) -> None:
        self.send_datagram(cast(Any, self.dtls)._tx_srtp.protect(packet))

    def send_datagram(self, data: bytes) -> None:
        """To the node, over what there is."""
        if self._transport is not None:
            self._transport.sendto(data)
        elif self._writer is not None:
            self._writer.write(stun.framed(data))

    def _datagram(self, data: bytes) -> None:
        if data[0] < 4:
            stun.read(data, self._node[1])
            self._checked.set()
        elif data[0] < 64:
            self.ice.feed(data)
        elif not 192 <= data[1] <= 223:
            self._rtp(cast(Any, self.dtls)._rx_srtp.unprotect(data))

    def _rtp(self, packet: bytes) -> None:
        first, second, sequence, _, ssrc = struct.unpack("!BBHII", packet[:12])
        start = 12
        if first & 0x10:
            start += 4 + 4 * struct.unpack("!H", packet[14:16])[0]
        self.media.put_nowait(Received(ssrc, second & 0x7F, sequence, packet[start:]))

    def _message(self, data: bytes) -> None:
        self._messages.put_nowait(session_pb2.NodeToClient.FromString(data))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = struct.unpack("!H", await reader.readexactly(2))[0]
                self._datagram(await reader.readexactly(length))

    async def _keep_checking(self) -> None:
        while True:
            self.send_datagram(stun.check(f"{self._node[0]}:{self.ufrag}", self._node[1], nominate=True))
            await asyncio.sleep(_CONSENT_S if self._checked.is_set() else 0.1)

    async def _disconnect(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def layout(
    number: int, *heights: int, saving: int = 0, pinned: dict[int, str] | None = None
) -> session_pb2.LayoutRequest:
    """A request for slots 0, 1, … at these heights."""
    people = pinned or {}
    tiles = [
        session_pb2.TileRequest(slot=slot, height=height, participant_id=people.get(slot, ""))
        for slot, height in enumerate(heights)
    ]
    return session_pb2.LayoutRequest(number=number, tiles=tiles, data_saving=session_pb2.DataSaving.ValueType(saving))


def _attribute(sdp: str, name: str) -> str:
    found = re.search(rf"^a={name}:([^\r\n]+)", sdp, re.MULTILINE)
    assert found is not None, name
    return found[1]
