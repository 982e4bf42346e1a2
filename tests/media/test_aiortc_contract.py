"""What is private in aiortc and used by the transports, in real handshakes: aiortc's client against the node's end."""

import asyncio
import struct
import time
from collections.abc import Callable
from typing import Any, cast

import pytest
from aiortc import RTCCertificate
from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport, serialize_packet

from services.media.core.sdp.offer import Fingerprint
from services.media.transports.connection import Connection
from services.media.transports.data_channel import GuardedDtls
from services.media.transports.dtls import NodeCertificate, SrtpKeys
from services.media.transports.ice import DatapathIce


class Owner:
    def __init__(self) -> None:
        self.keys: SrtpKeys | None = None
        self.opened = asyncio.Event()
        self.over = asyncio.Event()
        self.messages: asyncio.Queue[bytes] = asyncio.Queue()

    def secured(self, keys: SrtpKeys) -> None:
        self.keys = keys

    def channel_open(self) -> None:
        self.opened.set()

    def received(self, message: bytes) -> None:
        self.messages.put_nowait(message)

    def ended(self) -> None:
        self.over.set()


class Browser:
    """aiortc's DTLS client and SCTP over an in-memory link."""

    def __init__(self, node_ice: DatapathIce) -> None:
        self.ice = DatapathIce(node_ice.feed)
        self.certificate = RTCCertificate.generateCertificate()
        self.dtls = RTCDtlsTransport(cast(Any, self.ice), [self.certificate])
        self.dtls._set_role("client")
        self.sctp = RTCSctpTransport(self.dtls)
        self.channel = RTCDataChannel(self.sctp, RTCDataChannelParameters(label="session", negotiated=True, id=0))
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.channel.on("message", self.messages.put_nowait)

    @property
    def fingerprints(self) -> tuple[Fingerprint, ...]:
        return tuple(Fingerprint(f.algorithm, f.value) for f in self.certificate.getFingerprints())

    async def connect(self, certificate: NodeCertificate) -> None:
        print_ = certificate.fingerprint
        await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(print_.algorithm, print_.value)]))
        await self.sctp.start(RTCSctpCapabilities(maxMessageSize=65536), 5000)

    async def stop(self) -> None:
        await self.sctp.stop()
        await self.dtls.stop()


async def pair(certificate: NodeCertificate) -> tuple[Owner, Connection, Browser]:
    owner = Owner()
    holder: list[Browser] = []
    connection = Connection(owner, certificate, lambda data: holder[0].ice.feed(data))
    browser = Browser(connection.ice)
    holder.append(browser)
    connection.start(browser.fingerprints, 5000, 65536)
    await browser.connect(certificate)
    await asyncio.wait_for(owner.opened.wait(), 60)
    return owner, connection, browser


async def test_handshake_keys_and_messages() -> None:
    certificate = NodeCertificate.generateCertificate()
    owner, connection, browser = await pair(certificate)
    keys = owner.keys
    assert keys is not None
    assert len(keys.local_salt) == len(keys.remote_salt) == (14 if keys.profile == "AES128_CM_SHA1_80" else 12)
    # The browser's own idea of the keys, which aiortc hands to libsrtp.
    size = 2 * (len(keys.local_key) + len(keys.local_salt))
    block = cast(Any, browser.dtls)._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
    assert block == keys.remote_key + keys.local_key + keys.remote_salt + keys.local_salt
    browser.channel.send(b"up")
    assert await asyncio.wait_for(owner.messages.get(), 60) == b"up"
    assert connection.send(b"down" * 10_000)
    assert await asyncio.wait_for(browser.messages.get(), 60) == b"down" * 10_000
    assert not connection.send(b"x" * 70_000)
    await browser.stop()
    await asyncio.wait_for(owner.over.wait(), 60)
    await connection.close()
    await connection.close()
    assert not connection.send(b"late")


async def test_what_a_stranger_sends_ends_nothing() -> None:
    certificate = NodeCertificate.generateCertificate()
    owner, connection, browser = await pair(certificate)
    for data in (b"", b"\x80" * 2000, b"\x80" * 20, b"\x17" + b"\x00" * 40, b"\x16" * 1400):
        connection.ice.feed(data)
    # An INIT bundled with another chunk trips an assertion in aiortc's SCTP.
    await browser.dtls._send_data(b"\x13\x88\x13\x88" + b"\x00" * 8)
    browser.channel.send("still here")
    assert await asyncio.wait_for(owner.messages.get(), 60) == b"still here"
    assert connection.ice.dropped == 3
    await browser.stop()
    await connection.close()


def packet(browser: Browser, *chunks: bytes) -> bytes:
    """Of the association that the browser has."""
    return serialize_packet(5000, 5000, browser.sctp._remote_verification_tag, cast(Any, b"".join(chunks)))


def fragment(tsn: int, flags: int, sequence: int = 0) -> bytes:
    """A DATA chunk of one byte."""
    return struct.pack("!BBHLHHL", 0, flags, 17, tsn % (1 << 32), 0, sequence, 53) + b"x" + bytes(3)


def wide_sack(browser: Browser) -> bytes:
    """It says that 65,535 chunks were received, 300 times."""
    head = struct.pack("!BBHLLHH", 3, 0, 16 + 4 * 300, browser.sctp._last_received_tsn, 1 << 20, 300, 0)
    return head + struct.pack("!HH", 1, 65535) * 300


@pytest.mark.parametrize(
    "chunk",
    [
        # Each of these alone would stop a whole node: aiortc reads a parameter of length 0 for ever, and expands what a
        # SACK says was received.
        lambda _: struct.pack("!BBHHH", 4, 0, 8, 1, 0),
        lambda _: struct.pack("!BBHLLHHLHH", 1, 0, 24, 1, 1, 1, 1, 1, 0xC000, 0),
        wide_sack,
    ],
    ids=["heartbeat", "init", "sack"],
)
async def test_a_packet_that_would_stop_the_node_is_refused(chunk: Callable[[Browser], bytes]) -> None:
    owner, connection, browser = await pair(NodeCertificate.generateCertificate())
    began = time.process_time()
    await browser.dtls._send_data(packet(browser, chunk(browser)))
    browser.channel.send("still here")
    assert await asyncio.wait_for(owner.messages.get(), 60) == b"still here"
    assert time.process_time() - began < 0.5
    await browser.stop()
    await connection.close()


@pytest.mark.parametrize("step", [1, 2], ids=["no end", "gaps"])
async def test_what_never_becomes_a_message_ends_the_connection(step: int) -> None:
    """Fragments of a message without its end, or chunks with others missing before each."""
    owner, connection, browser = await pair(NodeCertificate.generateCertificate())
    first = browser.sctp._local_tsn
    began = time.process_time()
    for number in range(0, 2000, 40):
        chunks = [fragment(first + step * n, 2 if n == 0 else 0) for n in range(number, number + 40)]
        if browser.dtls.state != "connected":
            break
        await browser.dtls._send_data(packet(browser, *chunks))
        await asyncio.sleep(0)
    await asyncio.wait_for(owner.over.wait(), 60)
    assert time.process_time() - began < 2
    await browser.stop()
    await connection.close()


async def test_a_long_message_and_many_short_ones_are_no_attack() -> None:
    owner, connection, browser = await pair(NodeCertificate.generateCertificate())
    browser.channel.send(b"long" * 16_000)
    for number in range(300):
        browser.channel.send(b"%d" % number)
    assert await asyncio.wait_for(owner.messages.get(), 60) == b"long" * 16_000
    for number in range(300):
        assert await asyncio.wait_for(owner.messages.get(), 60) == b"%d" % number
    assert not owner.over.is_set()
    await browser.stop()
    await connection.close()


async def test_an_exception_in_sctp_stays_there() -> None:
    class Raises:
        async def _handle_data(self, data: bytes) -> None:
            raise AssertionError

    guard = GuardedDtls(cast(Any, type("Dtls", (), {"_register_data_receiver": lambda self, receiver: None})()))
    await guard._handle_data(b"nobody yet")
    guard._register_data_receiver(Raises())
    await guard._handle_data(b"hostile")
    assert guard.refused == 1


async def test_a_certificate_that_was_not_announced_is_refused() -> None:
    certificate = NodeCertificate.generateCertificate()
    owner = Owner()
    holder: list[Browser] = []
    connection = Connection(owner, certificate, lambda data: holder[0].ice.feed(data))
    browser = Browser(connection.ice)
    holder.append(browser)
    connection.start((Fingerprint("sha-256", ":".join(["00"] * 32)),), 5000, 65536)
    connecting = asyncio.create_task(browser.connect(certificate))
    await asyncio.wait_for(owner.over.wait(), 60)
    assert owner.keys is None
    connecting.cancel()
    await connection.close()


async def test_an_end_that_hangs_is_cut_short(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("services.media.transports.connection._GOODBYE_S", 0.1)
    _, connection, browser = await pair(NodeCertificate.generateCertificate())
    stop = connection._dtls.stop

    async def hangs() -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(connection._dtls, "stop", hangs)
    await asyncio.wait_for(connection.close(), 30)
    assert "did not end well" in caplog.text
    await stop()
    await browser.stop()


async def test_closing_before_anything_came() -> None:
    connection = Connection(Owner(), NodeCertificate.generateCertificate(), lambda data: None)
    connection.start((Fingerprint("sha-256", ":".join(["00"] * 32)),), 5000, 65536)
    await asyncio.sleep(0)
    await connection.close()
    with pytest.raises(ConnectionError):
        await connection.ice._recv()
    with pytest.raises(ConnectionError):
        await connection.ice._send(b"x")


async def test_idle_sessions_cost_nothing() -> None:
    certificate = NodeCertificate.generateCertificate()
    pairs = [await pair(certificate) for _ in range(10)]
    await asyncio.sleep(0.3)
    # Of this thread: others of the process may still be busy with the end of an earlier test.
    before, began = time.thread_time(), time.monotonic()
    await asyncio.sleep(1)
    # Both ends of 10 connections; 0.2 ms per participant and second is the node's whole allowance.
    assert time.thread_time() - before < 0.02 * (time.monotonic() - began)
    for _, connection, browser in pairs:
        await browser.stop()
        await connection.close()
