"""`sipulung account import FILE.csv`: all accounts of the file, or none."""

from __future__ import annotations

import argparse
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from services.cli.context import Context, Refused
from services.cli.csv_file import Row, read_rows, wrong
from services.cli.failures import USAGE, Failure
from services.cli.output import as_json
from services.cli.roles import ROLES
from services.cli.unit_paths import UnitTree, unit_tree
from services.common.errors import InvalidField
from services.common.validation import normalise_name, validate
from sipulung.auth.v1 import account_pb2, account_pb2_grpc

_REQUIRED: Final = ("user", "name", "role")
_OPTIONAL: Final = ("nip", "unit", "password")
_MOST: Final = 500
_FIELD: Final = re.compile(r"accounts\[(\d+)\]\.(\w+)")


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of the import."""
    parser.description = (
        f"Columns: {', '.join(_REQUIRED)}, and if you like {', '.join(_OPTIONAL)}. Roles: {', '.join(ROLES)}. "
        "Passwords that are made are printed as CSV lines: user,password."
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.set_defaults(run=import_accounts)


async def import_accounts(arguments: argparse.Namespace, context: Context) -> None:
    """An error names the line and the column, and then nothing is saved."""
    path: Path = arguments.file
    rows = read_rows(path, _REQUIRED, _OPTIONAL)
    if len(rows) > _MOST:
        raise Failure(f"{path}: {len(rows)} accounts, but at most {_MOST} in one file; part it", USAGE)
    tree = await unit_tree(context) if any(row.values.get("unit") for row in rows) else UnitTree([])
    accounts = [_new_account(path, row, tree) for row in rows]
    stub: account_pb2_grpc.AccountServiceAsyncStub = account_pb2_grpc.AccountServiceStub(context.auth())
    request = account_pb2.ImportAccountsRequest(accounts=accounts)
    made: Sequence[account_pb2.CreateAccountResponse] = ()
    try:
        # Each password is hashed for some 60 ms, as many at a time as auth has cores: 500 take 15 s and more.
        async for step in context.follow(stub.ImportAccounts, request):
            made = step.accounts
            context.output.progress("" if made else f"{step.hashed} of {len(accounts)} passwords are hashed")
    except Refused as refused:
        if match := _FIELD.fullmatch(refused.error.field):
            column = match[2].removesuffix("_id")
            raise wrong(path, rows[int(match[1])], column, refused.error.message) from None
        raise
    finally:
        context.output.progress("")
    value = [{"account": as_json(one.account), "password": one.password} for one in made]
    lines = [_csv_line(one.account.user, one.password) for one in made if one.password]
    context.output.show(value, lines or [f"{len(made)} accounts are made."])


def _new_account(path: Path, row: Row, tree: UnitTree) -> account_pb2.NewAccount:
    """Raises Failure."""
    values = row.values
    role = ROLES.get(values["role"].lower())
    if role is None:
        raise wrong(path, row, "role", f"{values['role']!r} is none of {', '.join(ROLES)}")
    account = account_pb2.NewAccount(
        user=values["user"].lower(),
        name=normalise_name(values["name"]),
        # As it is printed on cards, in groups.
        nip=values.get("nip", "").replace(" ", ""),
        role=role,
        password=values.get("password", ""),
    )
    try:
        validate(account)
    except InvalidField as error:
        raise wrong(path, row, error.field, error.message) from None
    if unit := values.get("unit", ""):
        try:
            account.unit_id = tree.find(unit).unit_id
        except ValueError as error:
            raise wrong(path, row, "unit", str(error)) from None
    return account


def _csv_line(*cells: str) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
