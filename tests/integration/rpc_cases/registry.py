"""Where the cases of all services are found, by the full name of their RPC."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.integration.attempts import Control, RpcAttempts
from tests.integration.world import World

Case = Callable[[World, RpcAttempts], Awaitable[Control | None]]
CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    """Registers the case of sipulung.<name>."""

    def register(function: Case) -> Case:
        assert name not in CASES
        CASES[f"sipulung.{name}"] = function
        return function

    return register
