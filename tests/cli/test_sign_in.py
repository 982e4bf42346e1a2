"""Who is signed in, and for how long."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import os
import pty
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TextIO

import pytest

from services.cli.__main__ import main
from services.cli.program import run
from services.cli.tokens import TokenFile
from services.common.rpc_client import call
from sipulung.auth.v1 import session_pb2
from tests.auth.serving import PASSWORD
from tests.cli.conftest import Program
from tools.instance.ports import free_port

ROOT = Path(__file__).parents[2]


async def test_tokens_are_kept_for_their_owner_alone(program: Program) -> None:
    assert "not signed in" not in await program.ok("sign-in", "Tenant_Admin@luwu")
    (file,) = program.home.rglob("session.json")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert PASSWORD not in file.read_text()
    assert (await program.json("tenant", "show"))["slug"] == "luwu"
    assert "signed out" in await program.ok("sign-out")
    assert not list(program.home.rglob("session.json"))
    assert "run `sipulung sign-in`" in await program.refused("tenant", "show")
    assert await program.json("sign-out") == {"signed_out": False}


async def test_passwords_come_from_files_and_the_environment(program: Program, tmp_path: Path) -> None:
    program.environment["SIPULUNG_PASSWORD"] = "wrong"
    assert await program.refused("sign-in", "tenant_admin@luwu") == "wrong user name or password"
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\nmore")
    signed_in = await program.json("sign-in", "tenant_admin@luwu", "--password-file", str(file))
    assert signed_in["account"]["user"] == "tenant_admin"
    file.write_text("")
    assert "no password" in await program.refused("sign-in", "x@luwu", "--password-file", str(file), code=2)
    assert "cannot be read" in await program.refused("sign-in", "x@luwu", "--password-file", str(tmp_path), code=2)
    del program.environment["SIPULUNG_PASSWORD"]
    assert "no password" in await program.refused("sign-in", "tenant_admin@luwu", code=2)


@asynccontextmanager
async def asked(program: Program) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """sign-in as it waits for a password, and the terminal of its own on which a person would type it."""
    environment = {**os.environ, **program.environment}
    del environment["SIPULUNG_PASSWORD"]
    terminal, its_side = pty.openpty()
    command = await asyncio.create_subprocess_exec(
        ROOT / "bin" / "sipulung",
        "sign-in",
        "tenant_admin@luwu",
        env=environment,
        stdin=its_side,
        stdout=its_side,
        stderr=its_side,
        # Without the terminal of whoever runs the tests.
        start_new_session=True,
    )
    os.close(its_side)
    try:
        await shown(terminal, "Password: ")
        yield command, terminal
    finally:
        os.close(terminal)


async def shown(terminal: int, wanted: str) -> str:
    text = ""
    while wanted not in text:
        text += (await asyncio.to_thread(os.read, terminal, 1024)).decode()
    return text


async def test_a_password_is_asked_for_and_not_shown(program: Program) -> None:
    async with asked(program) as (command, terminal):
        os.write(terminal, f"{PASSWORD}\n".encode())
        assert PASSWORD not in await shown(terminal, "Signed in as")
        assert await command.wait() == 0


async def test_one_interrupt_ends_it(program: Program) -> None:
    async with asked(program) as (command, _):
        command.send_signal(signal.SIGINT)
        async with asyncio.timeout(10):
            assert await command.wait() == 130


async def test_an_old_access_token_is_renewed_by_one_command_at_a_time(admin: Program) -> None:
    tokens = TokenFile(admin.environment)
    kept = tokens.read()
    assert kept is not None
    tokens.write(dataclasses.replace(kept, expires_at_s=0, access_token="old"))
    # Two commands in two processes at once: using a refresh token twice would end the sign-in.
    environment = {**os.environ, **admin.environment}
    commands = [
        await asyncio.create_subprocess_exec(
            ROOT / "bin" / "sipulung", "unit", "list", env=environment, stdout=subprocess.DEVNULL
        )
        for _ in range(2)
    ]
    assert [await command.wait() for command in commands] == [0, 0]
    renewed = tokens.read()
    assert renewed is not None
    assert renewed.refresh_token != kept.refresh_token
    assert "Signs in as" in await admin.ok("tenant", "show")


async def test_a_sign_in_that_ended_elsewhere_is_told(admin: Program) -> None:
    tokens = TokenFile(admin.environment)
    kept = tokens.read()
    assert kept is not None
    request = session_pb2.SignOutRequest(refresh_token=kept.refresh_token)
    await call(admin.auth.sessions.SignOut, request, timeout_s=5)
    tokens.write(dataclasses.replace(kept, expires_at_s=0))
    assert "run `sipulung sign-in`" in await admin.refused("tenant", "show")
    assert tokens.read() is None


async def test_tokens_are_shown_to_whom_they_are_from_only(admin: Program) -> None:
    admin.environment["SIPULUNG_AUTH_ADDRESS"] = f"127.0.0.1:{free_port()}"
    assert "nobody is signed in at" in await admin.refused("tenant", "show")
    assert "does not answer" in await admin.refused("sign-in", "tenant_admin@luwu")
    admin.environment["SIPULUNG_AUTH_ADDRESS"] = "nowhere"
    assert "SIPULUNG_AUTH_ADDRESS" in await admin.refused("tenant", "show", code=2)


async def test_a_folder_that_cannot_be_written_is_named(program: Program, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    program.environment["XDG_STATE_HOME"] = str(tmp_path / "file")
    assert "XDG_STATE_HOME" in await program.refused("sign-in", "tenant_admin@luwu")


async def test_a_broken_file_is_none(admin: Program) -> None:
    (file,) = admin.home.rglob("session.json")
    file.write_text("{")
    assert "nobody is signed in" in await admin.refused("tenant", "show")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "required: COMMAND"),
        (("fly",), "invalid choice: 'fly'"),
        (("unit",), "required: WORD"),
        (("unit", "move", "A"), "--below"),
        (("unit", "move", "A", "--top", "--below", "B"), "not allowed"),
        (("tenant", "set"), "nothing to change"),
        (("unit", "create", "Caf\udce9"), "argument 3 is not UTF-8"),
        (("tenant", "set", "--hours", "always"), "nobody is signed in"),
        (("account", "create", "x", "--name", "X", "--role", "king"), "invalid choice: 'king'"),
    ],
)
async def test_commands_that_make_no_sense(program: Program, arguments: tuple[str, ...], why: str) -> None:
    code = 1 if why == "nobody is signed in" else 2
    assert why in await program.refused(*arguments, code=code)


async def test_a_setting_that_is_not_text(program: Program) -> None:
    program.environment["SIPULUNG_PASSWORD"] = "p\udce9ss"
    assert await program.refused("sign-in", "x@luwu", code=2) == "SIPULUNG_PASSWORD is not UTF-8"


def full_disk() -> TextIO:
    return Path("/dev/full").open("w")


async def test_what_cannot_be_printed_is_said(admin: Program) -> None:
    errors, full = io.StringIO(), full_disk()
    assert await run(["unit", "create", "Dinas"], admin.environment, full, errors) == 1
    assert "is done, but cannot be printed: No space left on device" in errors.getvalue()
    with suppress(OSError):
        full.close()
    assert "Dinas" in await admin.ok("unit", "list")


def test_help_is_no_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["sipulung", "account", "import", "--help"])
    assert main() == 0
    assert "head_of_unit" in capsys.readouterr().out
