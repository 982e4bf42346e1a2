"""A case for each route and each message of a client: `test_cross_tenant.py` asks for them by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.integration.attempts import Control, HttpAttempts, SocketAttempts
from tests.integration.world import World

HttpCase = Callable[[World, HttpAttempts], Awaitable[Control | None]]
SocketCase = Callable[[World, SocketAttempts], Awaitable[Control | None]]
ROUTES: dict[str, HttpCase] = {}
MESSAGES: dict[str, SocketCase] = {}


def route(name: str) -> Callable[[HttpCase], HttpCase]:
    def register(function: HttpCase) -> HttpCase:
        assert name not in ROUTES
        ROUTES[name] = function
        return function

    return register


def message(kind: str) -> Callable[[SocketCase], SocketCase]:
    def register(function: SocketCase) -> SocketCase:
        assert kind not in MESSAGES
        MESSAGES[kind] = function
        return function

    return register
