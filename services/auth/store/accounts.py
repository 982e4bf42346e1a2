"""Accounts. Keys: auth:account:<tenant>:<id> (hash), auth:user:<tenant>:<user> → id, auth:nip:<nip> → "tenant id",
auth:account-tenant:<id> → tenant, auth:accounts:<tenant> ("user id", in order)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.auth.store.fields import Fields, number, text
from services.common.errors import Conflict, NotFound
from services.common.store import durable


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can sign in. `epoch` grows when every session of theirs has to end. Times in Unix ms."""

    tenant_id: str
    account_id: str
    user: str
    name: str
    nip: str
    role: int
    password_hash: str
    created_at_ms: int
    disabled: bool = False
    epoch: int = 1
    revision: int = 1


class AccountTaken(Exception):
    """A user name or NIP that an account has already: which entry of the request, and which field."""

    def __init__(self, index: int, field: str) -> None:
        super().__init__(f"entry {index}: the {field} is taken")
        self.index = index
        self.field = field


class AccountStore:
    """Every write is on the disk when it returns. Raises Unavailable when that is not confirmed."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def create(self, accounts: Sequence[Account]) -> None:
        """All of them or none. Raises AccountTaken; Conflict when somebody else creates the same at this moment."""
        taken: list[tuple[str, int, str]] = []
        for index, account in enumerate(accounts):
            taken.append((_user_key(account.tenant_id, account.user), index, "user"))
            if account.nip:
                taken.append((_nip_key(account.nip), index, "nip"))
        async with self._redis.pipeline() as change:
            keys = [key for key, _, _ in taken]
            await change.watch(*keys)
            for value, (_, index, field) in zip(await change.mget(keys), taken, strict=True):
                if value is not None:
                    raise AccountTaken(index, field)
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            for account in accounts:
                tenant_id, account_id = account.tenant_id, account.account_id
                change.hset(_key(tenant_id, account_id), mapping=cast("dict[Any, Any]", _fields(account)))
                change.set(_user_key(tenant_id, account.user), account_id)
                change.set(f"auth:account-tenant:{account_id}", tenant_id)
                change.zadd(f"auth:accounts:{tenant_id}", {f"{account.user} {account_id}": 0})
                if account.nip:
                    change.set(_nip_key(account.nip), f"{tenant_id} {account_id}")
            try:
                await change.execute()
            except WatchError:
                raise Conflict("an account with this user or NIP was created at the same time") from None
        await durable(self._redis)

    async def get(self, tenant_id: str, account_id: str) -> Account:
        """Raises NotFound, also for an account of another tenant."""
        fields = cast(Fields, await self._redis.hgetall(_key(tenant_id, account_id)))
        if not fields:
            raise NotFound()
        return _account(tenant_id, account_id, fields)

    async def by_user(self, tenant_id: str, user: str) -> Account | None:
        """The account that signs in as user@slug."""
        account_id = cast("bytes | None", await self._redis.get(_user_key(tenant_id, user)))
        return None if account_id is None else await self.get(tenant_id, account_id.decode())

    async def by_nip(self, nip: str) -> Account | None:
        """The account that signs in with a civil servant number."""
        value = cast("bytes | None", await self._redis.get(_nip_key(nip)))
        if value is None:
            return None
        tenant_id, account_id = value.decode().split(" ")
        return await self.get(tenant_id, account_id)

    async def tenant_of(self, account_id: str) -> str | None:
        """For province operators, who name an account of any tenant."""
        tenant_id = cast("bytes | None", await self._redis.get(f"auth:account-tenant:{account_id}"))
        return None if tenant_id is None else str(tenant_id.decode())

    async def list(self, tenant_id: str, after: str, count: int) -> list[Account]:
        """At most `count`, ordered by user, after the "user id" named (or from the first)."""
        start = f"({after}" if after else "-"
        members = cast("list[bytes]", await self._redis.zrangebylex(f"auth:accounts:{tenant_id}", start, "+", 0, count))
        return [await self.get(tenant_id, member.decode().split(" ")[1]) for member in members]

    async def update(
        self, account: Account, changes: Mapping[str, str | int], *, ends_sessions: bool = False
    ) -> Account:
        """Change it from what the caller saw. Raises Conflict when it was changed meanwhile or the NIP is taken."""
        key = _key(account.tenant_id, account.account_id)
        nip = str(changes.get("nip", account.nip))
        async with self._redis.pipeline() as change:
            await change.watch(key, _nip_key(nip))
            if int(await change.hget(key, "revision") or 0) != account.revision:
                raise Conflict(field="revision")
            if nip != account.nip and await change.exists(_nip_key(nip)):
                raise Conflict("the NIP is taken", field="nip")
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            epoch = account.epoch + (1 if ends_sessions else 0)
            change.hset(
                key, mapping={**cast("dict[Any, Any]", changes), "epoch": epoch, "revision": account.revision + 1}
            )
            if nip != account.nip:
                change.set(_nip_key(nip), f"{account.tenant_id} {account.account_id}")
                if account.nip:
                    change.delete(_nip_key(account.nip))
            try:
                await change.execute()
            except WatchError:
                raise Conflict(field="revision") from None
        await durable(self._redis)
        return await self.get(account.tenant_id, account.account_id)

    async def strengthen(self, account: Account, password_hash: str) -> None:
        """Keep the same password under today's parameters. Lost in a crash, it is done again at the next sign-in.

        Not when the password was changed meanwhile: the old one must not come back.
        """
        key = _key(account.tenant_id, account.account_id)
        async with self._redis.pipeline() as change:
            await change.watch(key)
            if int(await change.hget(key, "revision") or 0) != account.revision:
                return
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            change.hset(key, "password_hash", password_hash)
            try:
                await change.execute()
            except WatchError:
                return


def _key(tenant_id: str, account_id: str) -> str:
    return f"auth:account:{tenant_id}:{account_id}"


def _user_key(tenant_id: str, user: str) -> str:
    return f"auth:user:{tenant_id}:{user}"


def _nip_key(nip: str) -> str:
    return f"auth:nip:{nip}"


def _fields(account: Account) -> dict[str, str | int]:
    return {
        "user": account.user,
        "name": account.name,
        "nip": account.nip,
        "role": account.role,
        "password_hash": account.password_hash,
        "created_at_ms": account.created_at_ms,
        "disabled": int(account.disabled),
        "epoch": account.epoch,
        "revision": account.revision,
    }


def _account(tenant_id: str, account_id: str, fields: Fields) -> Account:
    return Account(
        tenant_id,
        account_id,
        text(fields, "user"),
        text(fields, "name"),
        text(fields, "nip"),
        number(fields, "role"),
        text(fields, "password_hash"),
        number(fields, "created_at_ms"),
        bool(number(fields, "disabled")),
        number(fields, "epoch"),
        number(fields, "revision"),
    )
