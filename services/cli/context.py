"""What every command gets: its settings, its output, and calls to the services as the signed-in account."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import grpc

from services.cli.failures import Failure, sentence
from services.cli.output import Output
from services.cli.tokens import Kept, TokenFile
from services.common.config import ConfigError, Environment
from services.common.errors import DomainError, Unauthenticated, Unavailable
from services.common.rpc_client import call, channel, stream
from sipulung.auth.v1 import session_pb2, session_pb2_grpc

Request = TypeVar("Request")
Response = TypeVar("Response")

_TIMEOUT_S: Final = 15.0
# An access token that ends within that time is renewed first.
_MARGIN_S: Final = 20.0


class Refused(Failure):
    """A service's answer; `error` for commands that say more about it."""

    def __init__(self, error: DomainError, message: str) -> None:
        super().__init__(message)
        self.error = error


@dataclass
class Context:
    """One run of the program."""

    environment: Mapping[str, str]
    output: Output
    tokens: TokenFile = field(init=False)
    _channels: dict[str, grpc.aio.Channel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = TokenFile(self.environment)

    def auth(self) -> grpc.aio.Channel:
        """To SIPULUNG_AUTH_ADDRESS."""
        return self._channel(self.auth_address)

    def roster(self) -> grpc.aio.Channel:
        """To SIPULUNG_ROSTER_ADDRESS."""
        return self._channel(self._address("SIPULUNG_ROSTER_ADDRESS", "127.0.0.1:7102"))

    @property
    def auth_address(self) -> str:
        """host:port."""
        return self._address("SIPULUNG_AUTH_ADDRESS", "127.0.0.1:7101")

    async def ask(
        self,
        method: grpc.aio.UnaryUnaryMultiCallable[Request, Response],
        request: Request,
        timeout_s: float = _TIMEOUT_S,
    ) -> Response:
        """One call as the signed-in account. Raises Refused, or Failure when nobody is signed in."""
        return await self.call(method, request, await self._access_token(), timeout_s)

    async def follow(
        self, method: grpc.aio.UnaryStreamMultiCallable[Request, Response], request: Request
    ) -> AsyncIterator[Response]:
        """What a service tells step by step. Raises as `ask`."""
        token = await self._access_token()
        try:
            async for response in stream(method, request, token=token):
                yield response
        except DomainError as error:
            raise self._refused(error) from None

    async def call(
        self,
        method: grpc.aio.UnaryUnaryMultiCallable[Request, Response],
        request: Request,
        token: str = "",
        timeout_s: float = _TIMEOUT_S,
    ) -> Response:
        """One call with that token, or without any. Raises Refused."""
        try:
            return await call(method, request, timeout_s=timeout_s, token=token)
        except DomainError as error:
            raise self._refused(error) from None

    def keep(self, user: str, tokens: session_pb2.Tokens) -> str:
        """Write the tokens down; the access token."""
        until = time.time() + tokens.access_expires_in_s
        self.tokens.write(Kept(self.auth_address, user, tokens.access_token, until, tokens.refresh_token))
        return tokens.access_token

    async def close(self) -> None:
        """End the connections."""
        for one in self._channels.values():
            await one.close()

    async def _access_token(self) -> str:
        with self.tokens.locked():
            kept = self.tokens.read()
            # Tokens are shown to whom they are from, and to nobody else.
            if kept is None or kept.address != self.auth_address:
                raise Failure(f"nobody is signed in at {self.auth_address}: run `sipulung sign-in`")
            if time.time() < kept.expires_at_s - _MARGIN_S:
                return kept.access_token
            stub: session_pb2_grpc.SessionServiceAsyncStub = session_pb2_grpc.SessionServiceStub(self.auth())
            try:
                answer = await self.call(stub.Refresh, session_pb2.RefreshRequest(refresh_token=kept.refresh_token))
            except Refused as refused:
                if isinstance(refused.error, Unauthenticated):
                    self.tokens.forget()
                raise
            return self.keep(kept.user, answer.tokens)

    def _refused(self, error: DomainError) -> Refused:
        if isinstance(error, Unavailable):
            where = ", ".join(sorted(self._channels))
            return Refused(error, f"the service at {where} does not answer: {error.message or 'unavailable'}")
        return Refused(error, sentence(error))

    def _address(self, name: str, default: str) -> str:
        try:
            return str(Environment(self.environment).address(name, default))
        except ConfigError as error:
            raise Failure(str(error), 2) from None

    def _channel(self, address: str) -> grpc.aio.Channel:
        if address not in self._channels:
            self._channels[address] = channel(address)
        return self._channels[address]
