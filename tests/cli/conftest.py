"""The program in the test's process, against a real auth."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.cli.program import run
from tests.auth.serving import PASSWORD, Auth, running_auth


class Terminal(io.StringIO):
    """What somebody looks at."""

    def isatty(self) -> bool:
        return True


@dataclass
class Program:
    """`sipulung` with a home of its own."""

    auth: Auth
    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    watched: bool = False

    def __post_init__(self) -> None:
        self.environment = {
            "SIPULUNG_AUTH_ADDRESS": self.auth.address,
            "XDG_STATE_HOME": str(self.home),
            "SIPULUNG_PASSWORD": PASSWORD,
        }

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        output, errors = io.StringIO(), Terminal() if self.watched else io.StringIO()
        code = await run(arguments, self.environment, output, errors)
        return code, output.getvalue(), errors.getvalue()

    async def ok(self, *arguments: str) -> str:
        """What it printed."""
        code, output, errors = await self.run(*arguments)
        assert (code, errors) == (0, ""), (arguments, errors)
        return output

    async def json(self, *arguments: str) -> Any:
        return json.loads(await self.ok(*arguments, "--json"))

    async def refused(self, *arguments: str, code: int = 1) -> str:
        """Why, in one line."""
        given, output, errors = await self.run(*arguments)
        assert (given, output) == (code, ""), (arguments, output, errors)
        assert errors.startswith("sipulung: ")
        assert errors.count("\n") == 1, errors
        return errors.removeprefix("sipulung: ").rstrip("\n")


@pytest.fixture
async def auth(redis_url: str, tmp_path: Path) -> AsyncIterator[Auth]:
    async with running_auth(redis_url, tmp_path) as auth:
        yield auth


@pytest.fixture
def program(auth: Auth, tmp_path: Path) -> Program:
    """Nobody is signed in."""
    return Program(auth, tmp_path / "home")


@pytest.fixture
async def admin(program: Program) -> Program:
    """The tenant's administrator is."""
    await program.ok("sign-in", "tenant_admin@luwu")
    return program
