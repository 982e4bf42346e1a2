"""One try after another at an interface, and what has to become of each."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from yarl import URL

from services.common.errors import DomainError
from sipulung.common.v1 import common_pb2
from tests.integration.world import World
from tests.signaling.client import Client, code_of

# Runs after the tries: that the same request works for whom it belongs to, so that it was not refused for its form.
Control = Callable[[], Awaitable[Any]]


@dataclass
class Attempts:
    """How many were made: a case that tries nothing shows nothing."""

    world: World
    tried: int = 0


@dataclass
class RpcAttempts(Attempts):
    """Tries at one RPC."""

    method: MethodDescriptor = field(kw_only=True)

    async def refused(self, token: str, request: Message, *codes: str) -> common_pb2.Error:
        """The error, which must be one of `codes`."""
        self.tried += 1
        try:
            answer = await self.world.rpc(self.method, request, token)
        except DomainError as error:
            refusal = error.to_proto()
        else:
            raise AssertionError(f"{self.method.full_name} was not refused: {answer}")
        assert code_of(refusal) in codes, refusal
        self.world.assert_tells_nothing(refusal.SerializeToString())
        return refusal

    async def alike(self, token: str, request: Message, absent: Message, *codes: str) -> None:
        """Refused, exactly as the same request about something that does not exist."""
        assert await self.refused(token, request, *codes) == await self.refused(token, absent, *codes)

    async def harmless(self, token: str, request: Message) -> Any:
        """Allowed, because it reaches only what is the caller's own: the answer has nothing of the victim's."""
        self.tried += 1
        answer = await self.world.rpc(self.method, request, token)
        self.world.assert_tells_nothing(answer.SerializeToString())
        return answer

    async def works(self, token: str, request: Message) -> Any:
        return await self.world.rpc(self.method, request, token)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    cookie: str

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["error"]["code"])


@dataclass
class HttpAttempts(Attempts):
    """Tries at one route."""

    method: str = field(kw_only=True)

    async def ask(
        self,
        path: str,
        body: Any = None,
        *,
        bearer: str = "",
        cookie: str = "",
        origin: str = "",
        method: str = "",
    ) -> Answer:
        changes = (method or self.method) != "GET"
        headers = {"Content-Type": "application/json"} if changes else {}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        if cookie:
            headers["Cookie"] = f"sipulung_refresh={cookie}"
        if origin:
            headers["Origin"] = origin
        url = URL(self.world.url + path, encoded=True)
        arguments: dict[str, Any] = {"headers": headers, "allow_redirects": False}
        if changes:
            arguments["json"] = body or {}
        async with self.world.http.request(method or self.method, url, **arguments) as response:
            morsel = response.cookies.get("sipulung_refresh")
            return Answer(response.status, await response.read(), morsel.value if morsel else "")

    async def refused(self, path: str, *codes: str, **arguments: Any) -> Answer:
        """The answer, whose code must be one of `codes`."""
        self.tried += 1
        answer = await self.ask(path, **arguments)
        assert answer.status >= 400, answer
        assert answer.code in codes, answer
        self.world.assert_tells_nothing(answer.body)
        return answer

    async def alike(
        self, path: str, absent_path: str, *codes: str, absent_body: Any = None, body: Any = None, **arguments: Any
    ) -> None:
        """Refused, exactly as the same request about something that does not exist."""
        one = await self.refused(path, *codes, body=body, **arguments)
        assert one == await self.refused(absent_path, *codes, body=absent_body, **arguments)

    async def harmless(self, path: str, **arguments: Any) -> Answer:
        """Answered, with nothing of the victim's."""
        self.tried += 1
        answer = await self.ask(path, **arguments)
        assert answer.status < 400, answer
        self.world.assert_tells_nothing(answer.body)
        return answer


@dataclass
class SocketAttempts(Attempts):
    """Tries at one message of the WebSocket."""

    kind: str = field(kw_only=True)

    async def refused(self, client: Client, body: Any, *codes: str) -> common_pb2.Error:
        """The error, which must be one of `codes`."""
        self.tried += 1
        answer = await client.request(**{self.kind: body})
        assert answer.WhichOneof("body") == "error", answer
        assert code_of(answer.error) in codes, answer
        self.world.assert_tells_nothing(answer.SerializeToString())
        return answer.error

    async def harmless(self, client: Client, body: Any) -> Any:
        """Answered, with nothing of the victim's."""
        self.tried += 1
        answer = await client.request(**{self.kind: body})
        assert answer.WhichOneof("body") != "error", answer
        self.world.assert_tells_nothing(answer.SerializeToString())
        return answer
