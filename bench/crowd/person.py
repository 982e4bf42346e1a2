"""One client at protocol level: joins as the web client does, with media of its own, and notes when it hears what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import aiohttp

from bench.failure import BenchError
from sipulung.media.v1 import session_pb2
from sipulung.roster.v1 import participant_pb2
from sipulung.signaling.v1 import client_pb2
from tests.media.core.sdp.offers import PC
from tests.support.media_client import MediaClient

_ANSWER_S: Final = 20.0


def key_of(event: participant_pb2.RosterEvent) -> str:
    """What an event is about, as whoever caused it knows it too; "" for what nobody here causes."""
    match event.WhichOneof("event"):
        case "said":
            return event.said.client_line_id
        case "changed":
            return f"{event.changed.participant_id} hand {event.changed.hand_raised_at_ms > 0}"
        case "joined":
            return f"{event.joined.participant_id} joined"
        case "left":
            return f"{event.left.participant_id} left"
        case _:
            return ""


class Person:
    """Whoever joins again is another participant: make another Person."""

    def __init__(self, http: aiohttp.ClientSession, url: str, name: str) -> None:
        self._http = http
        self._url = url
        self._name = name
        self._media: MediaClient | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._number = 0
        self._answers: dict[int, asyncio.Future[client_pb2.ServerMessage]] = {}
        self.participant_id = ""
        # When an event was heard for the first time, in seconds of the monotonic clock.
        self.heard: dict[str, float] = {}
        self.closed = ""

    async def join(self, meeting_id: str, password: str, on_step: Callable[[str], None]) -> None:
        """From the click on Lanjut to Entered; media comes up meanwhile. `on_step`: "token", "answer", "entered".

        The click on Gabung follows at once, as by somebody who does not look at the preview. Raises BenchError.
        """
        # Its key is made when the page is opened, not after the click.
        self._media = media = MediaClient(PC)
        connecting = asyncio.create_task(self._connect())
        body = {"meeting_id": meeting_id, "password": password, "name": self._name}
        async with self._http.post(f"{self._url}/api/v1/join", json=body) as response:
            joined = await response.json()
            if response.status != 200:
                raise BenchError(f"{self._name} got no token: {joined}")
        on_step("token")
        await connecting
        opening = client_pb2.Open(join_token=joined["join_token"], offer_sdp=media.offer, client="bench")
        opened = (await self.request(open=opening)).opened
        on_step("answer")
        self.participant_id = opened.participant_id
        self._connecting = asyncio.create_task(media.connect(opened.answer_sdp))
        enter = client_pb2.Enter(publish=session_pb2.PublishState())
        answer = await self.request(enter=enter)
        on_step("entered")
        if answer.WhichOneof("body") != "entered":
            raise BenchError(f"{self._name} did not enter: {answer}")

    async def media_up(self) -> None:
        """Returns when the data channel is open. Raises BenchError."""
        assert self._connecting is not None, "nobody has media before join"
        try:
            await self._connecting
        except (TimeoutError, AssertionError) as error:
            raise BenchError(f"{self._name} has no media: {error!r}") from error

    async def request(self, **body: Any) -> client_pb2.ServerMessage:
        """One request and its answer. Raises BenchError for a refusal."""
        if self._socket is None or self.closed:
            raise BenchError(f"{self._name} is not connected: {self.closed}")
        self._number += 1
        number = self._number
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_bytes(client_pb2.ClientMessage(request_id=number, **body).SerializeToString())
        try:
            async with asyncio.timeout(_ANSWER_S):
                message: client_pb2.ServerMessage = await answer
        except TimeoutError:
            raise BenchError(f"{self._name} had no answer to {next(iter(body))} within {_ANSWER_S} s") from None
        if message.WhichOneof("body") == "error":
            raise BenchError(f"{self._name} was refused {next(iter(body))}: {message.error.message}")
        return message

    async def close(self) -> None:
        """Lets go of everything without a word."""
        for task in (self._reading, self._connecting):
            if task is not None:
                task.cancel()
        if self._socket is not None:
            await self._socket.close()
        if self._media is not None:
            with suppress(Exception):  # Media that never came up, or whose node is gone.
                await self._media.close()

    async def _connect(self) -> None:
        self._socket = await self._http.ws_connect(f"{self._url}/ws", protocols=("sipulung.v1",), compress=15)
        self._reading = asyncio.create_task(self._read(self._socket))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            now = time.monotonic()
            message = client_pb2.ServerMessage.FromString(frame.data)
            kind = message.WhichOneof("body")
            if kind == "roster_event":
                self.heard.setdefault(key_of(message.roster_event), now)
            elif kind == "closing":
                self.closed = message.closing.error.message
            elif message.request_id in self._answers:
                self._answers.pop(message.request_id).set_result(message)
        self.closed = self.closed or f"the socket was closed ({socket.close_code})"
        for answer in self._answers.values():
            answer.cancel()
