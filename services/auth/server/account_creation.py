"""Accounts that are made: one by one, or hundreds at once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from services.auth.core.duplicates import first_duplicate
from services.auth.core.password import password_problem
from services.auth.hashing import Hashing
from services.auth.server.parts import generate_account_password
from services.auth.store.accounts import Account, AccountStore, AccountTaken, NoSuchUnit
from services.auth.store.tenants import Tenant
from services.common.errors import Conflict, InvalidField
from services.common.ids import new_id
from services.common.validation import normalise_name
from sipulung.auth.v1 import account_pb2
from sipulung.common.v1.common_pb2 import AccountRole
from sipulung.roster.v1.attendance_pb2 import AuditRecord

NO_UNIT = "must be a unit of the tenant"


class Creation(Protocol):
    """What creating an account needs: `Parts` has it, and so has the bootstrap command, which signs nothing."""

    @property
    def hashing(self) -> Hashing: ...

    @property
    def accounts(self) -> AccountStore: ...


async def create_accounts(
    parts: Creation,
    tenant: Tenant,
    entries: Sequence[account_pb2.NewAccount],
    path: str,
    created_at_ms: int,
    noted: Callable[[Account], AuditRecord],
    tick: Callable[[int], None] = lambda hashed: None,
) -> list[account_pb2.CreateAccountResponse]:
    """All or nothing; entries without a password get one, told in the response. Raises InvalidField, Conflict.

    `noted` is what the audit log says of each; `tick` is told how many passwords are hashed, which takes the time.
    """
    if found := first_duplicate([(entry.user, entry.nip) for entry in entries]):
        raise Conflict(f"the {found[1]} is there twice", field=path.format(found[0]) + found[1])
    passwords = [entry.password or generate_account_password() for entry in entries]
    for index, (entry, password) in enumerate(zip(entries, passwords, strict=True)):
        if problem := password_problem(password, user=entry.user, slug=tenant.slug):
            raise InvalidField(path.format(index) + "password", problem)
    planned = [
        Account(
            tenant.tenant_id,
            new_id(),
            entry.user,
            normalise_name(entry.name),
            entry.nip,
            int(entry.role),
            "",
            created_at_ms,
            unit_id=entry.unit_id,
        )
        for entry in entries
    ]
    try:
        # Nobody waits for hundreds of passwords to hear that the first entry is wrong.
        await parts.accounts.check(planned)
        hashes = await _hashed(parts.hashing, passwords, tick)
        accounts = [replace(one, password_hash=encoded) for one, encoded in zip(planned, hashes, strict=True)]
        await parts.accounts.create(accounts, [noted(account) for account in accounts])
    except AccountTaken as taken:
        raise Conflict(f"the {taken.field} is taken", field=path.format(taken.index) + taken.field) from None
    except NoSuchUnit as missing:
        raise InvalidField(path.format(missing.index) + "unit_id", NO_UNIT) from None
    return [
        account_pb2.CreateAccountResponse(account=to_proto(account), password="" if entry.password else password)
        for account, entry, password in zip(accounts, entries, passwords, strict=True)
    ]


async def _hashed(hashing: Hashing, passwords: Sequence[str], tick: Callable[[int], None]) -> list[str]:
    """In the same order. Raises Unavailable when too many wait."""
    # As many at a time as are hashed in parallel: none of them waits in front of people who sign in meanwhile.
    turns = asyncio.Semaphore(hashing.threads)
    hashed = 0

    async def one(password: str) -> str:
        nonlocal hashed
        async with turns:
            encoded = await hashing.accounts.hash(password)
        hashed += 1
        tick(hashed)
        return encoded

    tasks = [asyncio.create_task(one(password)) for password in passwords]
    try:
        return await asyncio.gather(*tasks)
    finally:
        # Where one failed, or nobody waits any more, the rest need not be done.
        for task in tasks:
            task.cancel()


def role_name(role: AccountRole.ValueType) -> str:
    """As the audit log and the bootstrap file name it."""
    return AccountRole.Name(role).removeprefix("ACCOUNT_ROLE_").lower()


def to_proto(account: Account) -> account_pb2.Account:
    """As the interface shows it: without the hash."""
    return account_pb2.Account(
        account_id=account.account_id,
        tenant_id=account.tenant_id,
        user=account.user,
        name=account.name,
        nip=account.nip,
        role=AccountRole.ValueType(account.role),
        disabled=account.disabled,
        created_at_ms=account.created_at_ms,
        revision=account.revision,
        unit_id=account.unit_id,
    )
