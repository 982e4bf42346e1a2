"""What bad input gets: an answer or a close with a reason."""

import asyncio
import time
from unittest.mock import Mock

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.common.telemetry import Telemetry
from services.signaling import connection as connection_module
from services.signaling import websocket
from services.signaling.connection import Connection
from sipulung.signaling.v1 import client_pb2
from tests.signaling.client import OFFER, Client, code_of
from tests.signaling.conftest import Site


async def test_closed_with_a_reason(site: Site) -> None:
    cases: list[tuple[bytes | str, str, int]] = [
        ("text", "MALFORMED", 1007),
        (b"\xff\xff\xff", "MALFORMED", 1007),
        (b"x" * (256 * 1024 + 1), "TOO_LARGE", 1009),
    ]
    for payload, code, close_code in cases:
        client = await site.connect()
        if isinstance(payload, str):
            await client.socket.send_str(payload)
        else:
            await client.socket.send_bytes(payload)
        assert code_of((await client.closing()).error) == code
        assert client.socket.close_code == close_code


async def test_far_too_large_is_cut_off(site: Site) -> None:
    client = await site.connect()
    await client.socket.send_bytes(b"x" * (2 * 1024 * 1024))
    message = await client.socket.receive(timeout=60)
    assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING)


async def test_answered_and_the_connection_goes_on(site: Site) -> None:
    client = await site.connect()
    assert code_of((await client.request(say=client_pb2.Say(text="a"))).error) == "WRONG_STATE"
    assert code_of((await client.request(ping=client_pb2.Ping())).error) == "WRONG_STATE"
    invalid = (await client.request(open=client_pb2.Open(join_token="a"))).error
    assert (code_of(invalid), invalid.field) == ("INVALID_FIELD", "open.offer_sdp")
    assert code_of((await client.request()).error) == "MALFORMED"
    await client.socket.send_bytes(client_pb2.ClientMessage(ping=client_pb2.Ping()).SerializeToString())
    assert (await client.answer(0)).error.field == "request_id"
    assert code_of((await client.open("no.jwt.token")).error) == "UNAUTHENTICATED"
    meeting = await site.meeting()
    assert code_of((await client.open(await site.token(meeting), "refuse")).error) == "OFFER_REFUSED"
    assert (await client.open(await site.token(meeting))).WhichOneof("body") == "opened"
    # A burst of three opens is over.
    throttled = (await client.open(await site.token(meeting))).error
    assert code_of(throttled) == "THROTTLED"
    await asyncio.sleep(throttled.retry_after_ms / 1000)
    assert code_of((await client.open(await site.token(meeting))).error) == "WRONG_STATE"


async def test_tokens_that_let_nobody_in(site: Site) -> None:
    meeting = await site.meeting()
    expired, _ = site.keys.join("luwu", meeting.meeting_id, "Budi", seconds=-60)
    elsewhere, _ = site.keys.join("other", meeting.meeting_id, "Budi")
    for token, code in (
        (expired, "TOKEN_EXPIRED"),
        (meeting.access_token, "PERMISSION_DENIED"),
        (elsewhere, "NOT_FOUND"),
        (site.keys.join("luwu", "9999999999", "Budi")[0], "NOT_FOUND"),
    ):
        client = await site.connect()
        assert code_of((await client.open(token)).error) == code
    await site.until(lambda: not any(node.admitted for node in site.nodes))


async def test_too_many_messages(site: Site) -> None:
    client = await site.enter(await site.meeting())
    for number in range(1000, 1200):
        message = client_pb2.ClientMessage(request_id=number, ping=client_pb2.Ping())
        await client.socket.send_bytes(message.SerializeToString())
    throttled = await client.event(lambda one: one.WhichOneof("body") == "error")
    assert code_of(throttled.error) == "THROTTLED"
    closing = await client.closing()
    assert code_of(closing.error) == "THROTTLED"
    assert closing.may_resume


async def test_nothing_is_said_at_first(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "FIRST_MESSAGE_S", 0.1)
    client = await site.connect()
    assert code_of((await client.closing()).error) == "DEADLINE_EXCEEDED"


async def test_refused_before_the_upgrade(site: Site) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await site.connect(origin="https://evil.example")
    assert caught.value.status == 403
    await site.connect(origin=site.url("").removesuffix("/"))
    async with site.http.get(site.url("/ws")) as response:
        assert response.status == 426


async def test_another_subprotocol(site: Site) -> None:
    socket = await site.http.ws_connect(site.url("/ws"), protocols=("sipulung.v9",))
    message = await socket.receive(timeout=60)
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1002)
    assert "sipulung.v1" in str(message.extra)


async def test_another_participants_session_is_out_of_reach(site: Site) -> None:
    mine, other = await site.meeting("luwu"), await site.meeting("utara")
    victim = await site.enter(other, "Cici")
    thief = await site.enter(mine, "Budi")
    stolen = client_pb2.Negotiate(media_session_id=victim.opened.media_session_id, offer_sdp=OFFER)
    assert code_of((await thief.request(negotiate=stolen)).error) == "SESSION_GONE"
    tenant, meeting, participant, _ = victim.opened.resume_token.split(".")
    secret = thief.opened.resume_token.rpartition(".")[2]
    for session_id, token in (
        (victim.opened.session_id, thief.opened.resume_token),
        (victim.opened.session_id, f"{tenant}.{meeting}.{participant}.{secret}"),
        (thief.opened.session_id, victim.opened.resume_token),
    ):
        client = await site.connect()
        assert code_of((await client.resume(session_id, token)).error) == "SESSION_GONE"
    assert (await victim.request(ping=client_pb2.Ping())).WhichOneof("body") == "pong"


async def test_a_slow_client_is_cut_off_and_others_are_not(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "SLOW_AT_BYTES", 20_000)
    meeting = await site.meeting()
    slow, fast = await site.enter(meeting, "Andi"), await site.enter(meeting, "Budi")
    session = next(s for s in site.replicas[0].sessions if s.record.participant_id == slow.opened.participant_id)
    slow_connection = session.connection
    assert slow_connection is not None
    # Nothing of what is written leaves the buffer: the client's end does not read.
    response = slow.socket._response
    assert response.connection is not None
    assert response.connection.transport is not None
    response.connection.transport.pause_reading()
    big = b"x" * 200_000
    for _ in range(60):
        slow_connection.send_frame(b"\x82\x7f" + len(big).to_bytes(8) + big)
        await asyncio.sleep(0)
    await site.until(lambda: session.connection is None)
    assert (await fast.request(say=client_pb2.Say(text="lanjut"))).WhichOneof("body") == "done"


class Silent:
    """A socket and transport that take everything."""

    def __init__(self) -> None:
        self.closing = False

    async def close(self, *, code: int, message: bytes) -> bool:
        return True

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, octets: bytes) -> None:
        assert octets[0] in (0x82, 0xC2)

    def abort(self) -> None:
        self.closing = True


valid = st.builds(
    lambda number, text: client_pb2.ClientMessage(request_id=number, say=client_pb2.Say(text=text)).SerializeToString(),
    st.integers(0, 2**64 - 1),
    st.text(max_size=50),
)


@given(st.lists(st.binary(max_size=200) | valid, max_size=80))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_frames_raise_nothing(frames: list[bytes]) -> None:
    async def feed() -> None:
        silent = Silent()
        connection = Connection(silent, silent, 15, Mock())  # type: ignore[arg-type]
        conversation = websocket._Conversation(connection, Mock(), Mock(), Telemetry("test"), Mock(), 100)
        for frame in frames:
            if connection.open:
                conversation._arrived(frame)
        await connection.closed()

    asyncio.run(feed())


async def test_the_address_behind_a_proxy(bare_site: Site) -> None:
    await bare_site.replica(SIPULUNG_TRUSTED_PROXIES="127.0.0.0/8")
    meeting = await bare_site.meeting()
    body = {"meeting_id": meeting.meeting_id, "password": meeting.password, "name": "Budi"}
    await bare_site.call("POST", "/api/v1/join", body, **{"X-Forwarded-For": "1.2.3.4, 203.0.113.9"})
    assert bare_site.auth.addresses[-1] == "203.0.113.9"


async def test_a_client_that_only_connects_costs_little(site: Site) -> None:
    started = time.monotonic()
    clients: list[Client] = [await site.connect() for _ in range(50)]
    for client in clients:
        client.drop()
    assert time.monotonic() - started < 5
