"""`sipulung sign-in` and `sign-out`."""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
from pathlib import Path

from services.cli.context import Context, Refused
from services.cli.failures import USAGE, Failure
from services.cli.output import as_json
from services.common.errors import WrongUserOrPassword
from sipulung.auth.v1 import session_pb2, session_pb2_grpc
from sipulung.common.v1.common_pb2 import AccountRole


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of sign-in."""
    parser.add_argument("user", help="user@tenant, or an 18-digit NIP")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="read the password from the first line")
    parser.set_defaults(run=sign_in)


def configure_sign_out(parser: argparse.ArgumentParser) -> None:
    """There are none."""
    parser.set_defaults(run=sign_out)


async def sign_in(arguments: argparse.Namespace, context: Context) -> None:
    """Keep the tokens of the account."""
    password = given_password(arguments.password_file, context) or _typed_password()
    stub: session_pb2_grpc.SessionServiceAsyncStub = session_pb2_grpc.SessionServiceStub(context.auth())
    request = session_pb2.SignInRequest(user=arguments.user, password=password)
    try:
        answer = await context.call(stub.SignIn, request)
    except Refused as refused:
        if isinstance(refused.error, WrongUserOrPassword):
            raise Failure("wrong user name or password") from None
        raise
    with context.tokens.locked():
        context.keep(arguments.user, answer.tokens)
    account = answer.account
    role = AccountRole.Name(account.role).removeprefix("ACCOUNT_ROLE_").lower()
    value = {"account": as_json(account), "tenant_name": answer.tenant_name}
    context.output.show(value, [f"Signed in as {account.name} ({role}) of {answer.tenant_name}."])


async def sign_out(_: argparse.Namespace, context: Context) -> None:
    """Also when auth does not answer: the tokens are deleted here, and then expire by themselves."""
    with context.tokens.locked():
        kept = context.tokens.read()
        context.tokens.forget()
    if kept is None:
        context.output.show({"signed_out": False}, ["Nobody was signed in."])
        return
    if kept.address == context.auth_address:
        stub: session_pb2_grpc.SessionServiceAsyncStub = session_pb2_grpc.SessionServiceStub(context.auth())
        await context.call(stub.SignOut, session_pb2.SignOutRequest(refresh_token=kept.refresh_token))
    context.output.show({"signed_out": True}, [f"{kept.user} is signed out."])


def given_password(file: Path | None, context: Context) -> str:
    """From the file, or else from SIPULUNG_PASSWORD; "" where neither is given. Never an argument: others see those."""
    if file is None:
        return context.environment.get("SIPULUNG_PASSWORD", "")
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{file}: cannot be read ({error})", USAGE) from None
    if not lines or not lines[0]:
        raise Failure(f"{file}: the first line has no password", USAGE)
    return lines[0]


def _typed_password() -> str:
    if not sys.stdin.isatty():
        raise Failure("no password: use a terminal, SIPULUNG_PASSWORD or --password-file", USAGE)
    # asyncio's own handler only cancels the task, which waits for the terminal: Ctrl-C has to end that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return getpass.getpass("Password: ", stream=None)
    except EOFError:
        sys.stderr.write(os.linesep)
        raise Failure("no password", USAGE) from None
    finally:
        signal.signal(signal.SIGINT, before)
