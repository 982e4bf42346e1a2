"""Every HTTP route of signaling, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web

from services.common.errors import NotFound

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Api(Protocol):
    """A part of the JSON API."""

    def routes(self) -> list[web.RouteDef]:
        """All of them, under /api/v1."""


def routes(socket: Handler, jwks: Handler, page: Handler, *apis: Api) -> list[web.RouteDef]:
    """The WebSocket, the public keys, the JSON API in its parts, and the web client for everything else."""
    return [
        web.get("/ws", socket),
        web.get("/.well-known/jwks.json", jwks),
        *(route for api in apis for route in api.routes()),
        web.route("*", "/api/{rest:.*}", _no_such_route),
        web.get("/{path:.*}", page),
    ]


async def _no_such_route(_request: web.Request) -> web.StreamResponse:
    raise NotFound("no such route")
