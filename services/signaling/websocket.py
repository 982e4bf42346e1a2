"""The WebSocket edge: from frames to requests and back, with every limit on what a client may send."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from services.common.errors import (
    DeadlineExceeded,
    DomainError,
    Internal,
    Malformed,
    ShuttingDown,
    Throttled,
    TooLarge,
)
from services.common.telemetry import Telemetry
from services.signaling.connection import Connection
from services.signaling.core import decode
from services.signaling.core.client_address import Network, throttle_key
from services.signaling.core.connection import FREQUENT, Request, State
from services.signaling.core.rate_limit import ADDRESS_CONNECTIONS, AddressLimits, MessageLimits
from services.signaling.metrics import Metrics
from services.signaling.peer import address_of, same_origin
from services.signaling.requests import Client, Requests
from services.signaling.sessions import Sessions
from sipulung.signaling.v1 import client_pb2

log: Final = logging.getLogger(__name__)

SUBPROTOCOL: Final = "sipulung.v1"
HEARTBEAT_S: Final = 20.0
FIRST_MESSAGE_S: Final = 10.0
# Requests that wait while one is carried out. A client has no reason for more than a few.
INBOX: Final = 32
# aiohttp cuts off what is larger without a word; between LARGEST and this we say why.
READ_LIMIT: Final = 4 * decode.LARGEST


class WebSockets:
    """All connections of this replica."""

    def __init__(
        self,
        requests: Requests,
        sessions: Sessions,
        telemetry: Telemetry,
        metrics: Metrics,
        trusted_proxies: Sequence[Network],
        trace_percent: int,
    ) -> None:
        """`trace_percent`: how many in a hundred of the frequent requests are traced."""
        self._requests = requests
        self._sessions = sessions
        self._telemetry = telemetry
        self._metrics = metrics
        self._trusted = trusted_proxies
        self._trace_percent = trace_percent
        self._addresses = AddressLimits(ADDRESS_CONNECTIONS)
        self._connections: set[Connection] = set()
        self._draining = False

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET /ws."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        socket = web.WebSocketResponse(
            protocols=(SUBPROTOCOL,), heartbeat=HEARTBEAT_S, max_msg_size=READ_LIMIT, compress=True
        )
        await socket.prepare(request)
        if socket.ws_protocol != SUBPROTOCOL:
            self._metrics.refused("subprotocol")
            await socket.close(code=WSCloseCode.PROTOCOL_ERROR, message=f"subprotocol {SUBPROTOCOL} expected".encode())
            return socket
        transport = request.transport
        if transport is None:
            return socket
        connection = Connection(socket, transport, int(socket.compress), self._metrics)
        self._connections.add(connection)
        self._metrics.connected()
        try:
            await _Conversation(
                connection, self._requests, self._sessions, self._telemetry, self._metrics, self._trace_percent
            ).run(socket)
        finally:
            self._connections.discard(connection)
            self._metrics.disconnected()
            await connection.closed()
        return socket

    async def drain(self, over_s: float) -> None:
        """Tells each client to go to another replica, spread over that time so that they don't arrive there at once."""
        self._draining = True
        connections = list(self._connections)
        for number, connection in enumerate(connections):
            connection.close(ShuttingDown("this server is being stopped"), may_resume=True)
            if number + 1 < len(connections):
                await asyncio.sleep(over_s / len(connections))
        await asyncio.gather(*(connection.closed() for connection in connections))

    def _refusal(self, request: web.Request) -> web.Response | None:
        if self._draining:
            return self._refuse(503, "shutting_down", {"Retry-After": "1"})
        if not same_origin(request):
            return self._refuse(403, "origin", {})
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return self._refuse(426, "no_upgrade", {"Upgrade": "websocket"})
        key = throttle_key(address_of(request, self._trusted))
        wait_ms = self._addresses.take(key, time.monotonic())
        if wait_ms:
            return self._refuse(429, "throttled", {"Retry-After": str(wait_ms // 1000 + 1)})
        return None

    def _refuse(self, status: int, reason: str, headers: dict[str, str]) -> web.Response:
        self._metrics.refused(reason)
        return web.Response(status=status, text=f"refused: {reason}\n", headers=headers)


class _Conversation:
    """One connection from its first message to its last. Requests are carried out in order, one at a time."""

    def __init__(
        self,
        connection: Connection,
        requests: Requests,
        sessions: Sessions,
        telemetry: Telemetry,
        metrics: Metrics,
        trace_percent: int,
    ) -> None:
        self._connection = connection
        self._requests = requests
        self._sessions = sessions
        self._telemetry = telemetry
        self._metrics = metrics
        self._trace_percent = trace_percent
        self._client = Client(connection)
        self._limits = MessageLimits(time.monotonic())
        self._inbox: asyncio.Queue[tuple[Request, client_pb2.ClientMessage, float] | None] = asyncio.Queue(INBOX + 1)
        self._timer: asyncio.TimerHandle | None = None

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Returns when the connection is gone and the request in progress is carried out."""
        worker = asyncio.create_task(self._work())
        self._await_first()
        try:
            async for message in socket:
                if not self._connection.open:
                    continue
                if message.type is WSMsgType.BINARY:
                    self._arrived(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._connection.close(Malformed("text messages are not part of the protocol"), may_resume=True)
        finally:
            self._stop_timer()
            # What the client asked for before it was lost still happens; only the rest of the queue is dropped.
            while not self._inbox.empty():
                self._inbox.get_nowait()
            self._inbox.put_nowait(None)
            await worker
            if self._client.session is not None:
                self._sessions.detach(self._client.session, self._connection)

    def _arrived(self, payload: bytes) -> None:
        """Sorts one binary message. Never raises, whatever the bytes are."""
        if len(payload) > decode.LARGEST:
            self._connection.close(TooLarge(f"messages have at most {decode.LARGEST} bytes"), may_resume=True)
            return
        try:
            message = decode.parse(payload)
        except Malformed as error:
            self._connection.close(error, may_resume=True)
            return
        now = time.monotonic()
        try:
            if wait_ms := self._limits.message(now):
                raise Throttled(wait_ms)
            kind = decode.kind_of(message)
            if wait_ms := self._limits.request(kind, now):
                raise Throttled(wait_ms)
            if self._inbox.qsize() >= INBOX:
                raise Throttled(1000)
        except DomainError as error:
            self._refuse(message.request_id, error, now)
            return
        if kind is Request.PING and self._client.state is not State.CONNECTED:
            # Not behind a slow request: that is what a ping is for.
            pong = client_pb2.Pong(server_time_ms=time.time_ns() // 1_000_000)
            self._connection.send(client_pb2.ServerMessage(request_id=message.request_id, pong=pong))
            return
        self._inbox.put_nowait((kind, message, now))

    def _refuse(self, request_id: int, error: DomainError, now: float) -> None:
        self._metrics.answered("unknown", type(error).__name__, 0.0)
        if self._limits.bad(now):
            self._connection.close(error, may_resume=True)
        else:
            self._connection.send(client_pb2.ServerMessage(request_id=request_id, error=error.to_proto()))

    async def _work(self) -> None:
        while (item := await self._inbox.get()) is not None:
            kind, message, arrived = item
            self._stop_timer()
            answer = await self._answer(kind, message)
            answer.request_id = message.request_id
            self._connection.send(answer)
            outcome = answer.WhichOneof("body") or ""
            self._metrics.answered(kind.value, outcome, time.monotonic() - arrived)
            if self._client.state is State.CLOSED:
                self._connection.close_after_leave()
            elif self._client.state is State.CONNECTED:
                self._await_first()

    async def _answer(self, kind: Request, message: client_pb2.ClientMessage) -> client_pb2.ServerMessage:
        try:
            with (
                self._telemetry.continue_from(message.trace, recorded=self._traced(kind)),
                self._telemetry.span(f"signaling.{kind.value}"),
            ):
                return await self._requests.carry_out(self._client, kind, message)
        except DomainError as error:
            log.info("%s refused: %s", kind.value, error.message, extra={"code": type(error).__name__})
            return client_pb2.ServerMessage(error=error.to_proto())
        except Exception:
            log.exception("%s failed", kind.value)
            return client_pb2.ServerMessage(error=Internal("something went wrong").to_proto())

    def _traced(self, kind: Request) -> bool:
        # The client asks for it with each of its requests. What all do all the time would be most of what is collected.
        return kind not in FREQUENT or random.random() * 100 < self._trace_percent  # noqa: S311 - hides nothing

    def _await_first(self) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(FIRST_MESSAGE_S, self._silent)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _silent(self) -> None:
        error = DeadlineExceeded(f"the first message must be open or resume, within {FIRST_MESSAGE_S:.0f} s")
        self._connection.close(error, may_resume=True)
