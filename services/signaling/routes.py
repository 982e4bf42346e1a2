"""Every HTTP route of signaling, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from services.common.errors import NotFound
from services.signaling.http_api import HttpApi

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(api: HttpApi, socket: Handler, jwks: Handler, page: Handler) -> list[web.RouteDef]:
    """The WebSocket, the public keys, the JSON API, and the web client for everything else."""
    return [
        web.get("/ws", socket),
        web.get("/.well-known/jwks.json", jwks),
        *api.routes(),
        web.route("*", "/api/{rest:.*}", _no_such_route),
        web.get("/{path:.*}", page),
    ]


async def _no_such_route(_request: web.Request) -> web.StreamResponse:
    raise NotFound("no such route")
