"""What an admin does with units and accounts, as calls."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

from services.common.rpc_client import call
from sipulung.auth.v1 import account_pb2, unit_pb2
from sipulung.common.v1.common_pb2 import AccountRole
from tests.auth.serving import PASSWORD, Auth


async def do(method: Any, request: Message, token: str) -> Any:
    return await call(method, request, timeout_s=60, token=token)


async def make_unit(auth: Auth, token: str, name: str, parent_id: str = "") -> unit_pb2.Unit:
    made = await do(auth.units.CreateUnit, unit_pb2.CreateUnitRequest(name=name, parent_id=parent_id), token)
    unit: unit_pb2.Unit = made.unit
    return unit


async def listed(auth: Auth, token: str) -> list[unit_pb2.Unit]:
    return list((await do(auth.units.ListUnits, unit_pb2.ListUnitsRequest(), token)).units)


def new_account(user: str = "baru", unit_id: str = "") -> account_pb2.NewAccount:
    role = AccountRole.ACCOUNT_ROLE_HOST
    return account_pb2.NewAccount(user=user, name="Baru", role=role, password=PASSWORD, unit_id=unit_id)


async def make_account(auth: Auth, token: str, unit_id: str = "") -> account_pb2.Account:
    request = account_pb2.CreateAccountRequest(account=new_account(unit_id=unit_id))
    account: account_pb2.Account = (await do(auth.accounts.CreateAccount, request, token)).account
    return account


async def move(auth: Auth, token: str, account: account_pb2.Account, unit_id: str) -> account_pb2.Account:
    request = account_pb2.UpdateAccountRequest(
        account_id=account.account_id, revision=account.revision, unit_id=unit_id
    )
    changed: account_pb2.Account = (await do(auth.accounts.UpdateAccount, request, token)).account
    return changed
