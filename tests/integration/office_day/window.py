"""One person's page in a meeting: a WebSocket that is read all the time, and a media connection where they have one."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from sipulung.signaling.v1 import client_pb2
from tests.media.core.sdp.offers import PC
from tests.support.media_client import MediaClient

_ANSWER_S = 10.0


class Window:
    """`with_media`: sound and picture really go to a media node. Otherwise only the room is joined."""

    def __init__(self, http: aiohttp.ClientSession, url: str, *, with_media: bool) -> None:
        self._http = http
        self._url = f"{url}/ws"
        self._media = MediaClient(PC) if with_media else None
        self._opened = client_pb2.Opened()
        self._number = 0
        self._waiting: dict[int, asyncio.Future[client_pb2.ServerMessage]] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None

    async def enter(self, join_token: str) -> None:
        """Preview, then into the meeting."""
        await self._connect()
        offer = self._media.offer if self._media is not None else PC
        opened = await self._ask("opened", open=client_pb2.Open(join_token=join_token, offer_sdp=offer, client="test"))
        self._opened = opened.opened
        if self._media is not None:
            await self._media.connect(self._opened.answer_sdp)
        await self._ask("entered", enter=client_pb2.Enter())

    async def leave(self) -> None:
        """On purpose."""
        await self._ask("done", leave=client_pb2.Leave())
        await self.close()

    async def lose_network(self) -> None:
        """Nothing is sent any more, by UDP or TCP, and nobody says goodbye."""
        assert self._media is not None, "who has no media cannot lose it"
        await self._media.vanish()
        await self._stop_reading()
        assert self._socket is not None
        connection = self._socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()

    async def come_back(self) -> None:
        """As a page does when the network is there again: the same session, from another address."""
        assert self._media is not None
        await self._connect()
        resume = client_pb2.Resume(session_id=self._opened.session_id, resume_token=self._opened.resume_token)
        await self._ask("resumed", resume=resume)
        await self._media.connect_ice(self._opened.answer_sdp)

    async def close(self) -> None:
        """When the meeting is over, or the test."""
        await self._stop_reading()
        if self._media is not None:
            await self._media.close()
        if self._socket is not None:
            await self._socket.close()

    async def _connect(self) -> None:
        self._socket = await self._http.ws_connect(self._url, protocols=("sipulung.v1",))
        self._reading = asyncio.create_task(self._read(self._socket))

    async def _ask(self, wanted: str, **body: Any) -> client_pb2.ServerMessage:
        assert self._socket is not None
        self._number += 1
        answer = self._waiting[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send_bytes(client_pb2.ClientMessage(request_id=self._number, **body).SerializeToString())
        message: client_pb2.ServerMessage = await asyncio.wait_for(answer, _ANSWER_S)
        assert message.WhichOneof("body") == wanted, message
        return message

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for received in socket:
            message = client_pb2.ServerMessage.FromString(received.data)
            if (answer := self._waiting.pop(message.request_id, None)) is not None and not answer.done():
                answer.set_result(message)

    async def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
            self._reading = None
