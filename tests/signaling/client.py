"""A client of the WebSocket, as small as it can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

from sipulung.common.v1 import common_pb2
from sipulung.signaling.v1 import client_pb2

OFFER = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n" + "a=filler:0123456789\r\n" * 100


class Client:
    """One connection; answers by request id, events in order."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.events: list[client_pb2.ServerMessage] = []
        self.opened = client_pb2.Opened()
        self._number = 0

    async def request(self, **body: Any) -> client_pb2.ServerMessage:
        """Sends one request and returns its answer."""
        self._number += 1
        message = client_pb2.ClientMessage(request_id=self._number, **body)
        await self.socket.send_bytes(message.SerializeToString())
        return await self.answer(self._number)

    async def answer(self, number: int) -> client_pb2.ServerMessage:
        """The answer to a request that was sent; events before it are kept."""
        while True:
            message = await self.receive()
            if message.request_id == number and (number or message.WhichOneof("body") == "error"):
                return message
            self.events.append(message)

    async def open(self, join_token: str, offer: str = OFFER) -> client_pb2.ServerMessage:
        answer = await self.request(open=client_pb2.Open(join_token=join_token, offer_sdp=offer, client="test"))
        self.opened = answer.opened
        return answer

    async def enter(self) -> client_pb2.Entered:
        answer = await self.request(enter=client_pb2.Enter())
        assert answer.WhichOneof("body") == "entered", answer
        return answer.entered

    async def resume(self, session_id: str, token: str) -> client_pb2.ServerMessage:
        return await self.request(resume=client_pb2.Resume(session_id=session_id, resume_token=token))

    async def event(
        self, wanted: Callable[[client_pb2.ServerMessage], bool], timeout_s: float = 60
    ) -> client_pb2.ServerMessage:
        """The next event (also one that came already) that is wanted."""
        async with asyncio.timeout(timeout_s):
            while True:
                for index, message in enumerate(self.events):
                    if wanted(message):
                        del self.events[: index + 1]
                        return message
                self.events.append(await self.receive())

    async def closing(self, timeout_s: float = 60) -> client_pb2.Closing:
        """The last message; the socket is closed by the server after it."""
        message = await self.event(lambda one: one.WhichOneof("body") == "closing", timeout_s)
        end = await self.socket.receive(timeout=60)
        assert end.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED), end
        return message.closing

    async def receive(self, timeout_s: float = 60) -> client_pb2.ServerMessage:
        message = await self.socket.receive(timeout=timeout_s)
        assert message.type is aiohttp.WSMsgType.BINARY, message
        return client_pb2.ServerMessage.FromString(message.data)

    def drop(self) -> None:
        """The network is gone: no closing handshake."""
        transport = self.socket.get_extra_info("socket")
        assert transport is not None
        response = self.socket._response
        assert response.connection is not None
        assert response.connection.transport is not None
        response.connection.transport.abort()


def code_of(error: common_pb2.Error) -> str:
    return common_pb2.ErrorCode.Name(error.code).removeprefix("ERROR_CODE_")


def is_roster(kind: str | None) -> Callable[[client_pb2.ServerMessage], bool]:
    """Whether a message is that roster event; None: one of which only the number is told."""
    return lambda message: (
        message.WhichOneof("body") == "roster_event" and message.roster_event.WhichOneof("event") == kind
    )
