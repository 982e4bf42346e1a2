"""`sipulung account`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from services.cli import account_import
from services.cli.context import Context
from services.cli.failures import USAGE, Failure
from services.cli.output import as_json, table
from services.cli.roles import ROLES, role_name
from services.cli.sign_in import given_password
from services.cli.unit_paths import unit_id_of, unit_tree
from sipulung.auth.v1 import account_pb2, account_pb2_grpc
from sipulung.common.v1.common_pb2 import AccountRole

_PAGE: Final = 200
_WHO = "user name (without @tenant) or NIP"


def configure(parser: argparse.ArgumentParser) -> None:
    """The words after `account`."""
    words = parser.add_subparsers(metavar="WORD", required=True)
    listing = words.add_parser("list", help="all accounts, or some")
    listing.add_argument("--query", default="", help="part of a user name, name or NIP")
    listing.add_argument("--unit", metavar="UNIT", help="only those in this very unit")
    listing.set_defaults(run=list_accounts)
    create = words.add_parser("create", help="make an account; prints its password if none is given")
    create.add_argument("user", help="user name, without @tenant")
    create.add_argument("--name", required=True, help="as it is shown, with titles")
    _add_details(create, "participant")
    create.add_argument("--password-file", type=Path, metavar="FILE", help="the new password (else one is made)")
    create.set_defaults(run=create_account)
    update = words.add_parser("update", help="change an account; what is not named stays as it is")
    update.add_argument("user", help=_WHO)
    update.add_argument("--name")
    _add_details(update, None)
    update.add_argument("--enable", action="store_true", help="let a disabled account sign in again")
    update.set_defaults(run=update_account)
    disable = words.add_parser("disable", help="sign an account out and let it sign in no more")
    disable.add_argument("user", help=_WHO)
    disable.set_defaults(run=disable_account)
    reset = words.add_parser("reset-password", help="set a new password; prints it if none is given")
    reset.add_argument("user", help=_WHO)
    reset.add_argument("--password-file", type=Path, metavar="FILE", help="the new password (else one is made)")
    reset.set_defaults(run=reset_password)
    account_import.configure(words.add_parser("import", help="make up to 500 accounts from a CSV file, all or none"))


def _add_details(parser: argparse.ArgumentParser, role: str | None) -> None:
    parser.add_argument("--nip", type=_joined_nip, help="18 digits" + ("" if role else ', or "" for none'))
    parser.add_argument("--role", choices=list(ROLES), default=role)
    parser.add_argument("--unit", metavar="UNIT", help='"DINAS > BIDANG"' + ("" if role else ', or "none"'))


def _joined_nip(text: str) -> str:
    """As it is printed on cards, in groups; the import reads it so too."""
    return text.strip().replace(" ", "")


async def list_accounts(arguments: argparse.Namespace, context: Context) -> None:
    """Ordered by user name."""
    tree = await unit_tree(context)
    unit_id = None if arguments.unit is None else await unit_id_of(context, arguments.unit)
    accounts = [one for one in await _accounts(context, arguments.query) if unit_id in (None, one.unit_id)]
    rows = [
        (one.user, one.name, one.nip, role_name(one.role), tree.path(one.unit_id), "disabled" if one.disabled else "")
        for one in accounts
    ]
    value = [as_json(one) | {"unit": tree.names(one.unit_id)} for one in accounts]
    lines = table(("USER", "NAME", "NIP", "ROLE", "UNIT", ""), rows) if rows else ["There are no such accounts."]
    context.output.show(value, lines)


async def create_account(arguments: argparse.Namespace, context: Context) -> None:
    """Without a password one is made and shown once."""
    new = account_pb2.NewAccount(
        user=arguments.user,
        name=arguments.name,
        nip=arguments.nip or "",
        role=ROLES[arguments.role],
        unit_id=await unit_id_of(context, arguments.unit or ""),
        password=_new_password(arguments, context),
    )
    answer = await context.ask(_stub(context).CreateAccount, account_pb2.CreateAccountRequest(account=new))
    lines = [f"Account {answer.account.user} is made.", *_told(answer.password)]
    context.output.show({"account": as_json(answer.account), "password": answer.password}, lines)


async def update_account(arguments: argparse.Namespace, context: Context) -> None:
    """Another role or unit counts from the account's next access token on, within ten minutes."""
    given = (arguments.name, arguments.nip, arguments.role, arguments.unit)
    if not arguments.enable and all(value is None for value in given):
        raise Failure("nothing to change: give --name, --nip, --role, --unit or --enable", USAGE)
    if arguments.name == "":
        raise Failure("--name: must not be empty", USAGE)
    account = await _account(context, arguments.user)
    request = account_pb2.UpdateAccountRequest(
        account_id=account.account_id,
        revision=account.revision,
        name=arguments.name or "",
        nip=arguments.nip,
        role=ROLES[arguments.role] if arguments.role else AccountRole.ACCOUNT_ROLE_UNSPECIFIED,
        unit_id=None if arguments.unit is None else await unit_id_of(context, arguments.unit),
        enable=arguments.enable,
    )
    changed = (await context.ask(_stub(context).UpdateAccount, request)).account
    context.output.show(as_json(changed), [f"Account {changed.user} is changed."])


async def disable_account(arguments: argparse.Namespace, context: Context) -> None:
    """Its sessions end."""
    account = await _account(context, arguments.user)
    request = account_pb2.DisableAccountRequest(account_id=account.account_id)
    changed = (await context.ask(_stub(context).DisableAccount, request)).account
    context.output.show(as_json(changed), [f"Account {changed.user} is disabled."])


async def reset_password(arguments: argparse.Namespace, context: Context) -> None:
    """Its sessions end."""
    account = await _account(context, arguments.user)
    request = account_pb2.ResetPasswordRequest(
        account_id=account.account_id, password=_new_password(arguments, context)
    )
    answer = await context.ask(_stub(context).ResetPassword, request)
    lines = [f"Account {account.user} has a new password.", *_told(answer.password)]
    context.output.show({"account_id": account.account_id, "password": answer.password}, lines)


def _new_password(arguments: argparse.Namespace, context: Context) -> str:
    """From the file only: SIPULUNG_PASSWORD is one's own."""
    return given_password(arguments.password_file, context) if arguments.password_file else ""


def _told(password: str) -> list[str]:
    return [f"Its password, shown only now: {password}"] if password else []


async def _accounts(context: Context, query: str) -> list[account_pb2.Account]:
    found: list[account_pb2.Account] = []
    token = ""
    while True:
        request = account_pb2.ListAccountsRequest(page_size=_PAGE, page_token=token, query=query)
        answer = await context.ask(_stub(context).ListAccounts, request)
        found += answer.accounts
        token = answer.next_page_token
        if not token:
            return found


async def _account(context: Context, who: str) -> account_pb2.Account:
    """Raises Failure where there is none."""
    name = who.strip().lower()
    if name:
        for account in await _accounts(context, name):
            if name in (account.user, account.nip):
                return account
    raise Failure(f"there is no account {who!r} in your tenant")


def _stub(context: Context) -> account_pb2_grpc.AccountServiceAsyncStub:
    return account_pb2_grpc.AccountServiceStub(context.auth())
