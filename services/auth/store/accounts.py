"""Accounts. Keys: auth:account:<tenant>:<id> (hash), auth:user:<tenant>:<user> → id, auth:nip:<nip> → "tenant id",
auth:account-tenant:<id> → tenant, auth:accounts:<tenant> ("user id", in order); who is in a unit: store/units.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.auth.core.access import Actor
from services.auth.core.search import is_found
from services.auth.store.fields import Fields, number, text
from services.auth.store.outbox import Outbox
from services.auth.store.units import members_key, units_key
from services.common.errors import Conflict, NotFound, PermissionDenied
from services.common.store import durable
from sipulung.roster.v1.attendance_pb2 import AuditRecord

# Somebody else changed an account of the same name, or the tenant's units, at the same moment.
_TRIES: Final = 5
_SEARCHED_AT_ONCE: Final = 500


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
    unit_id: str = ""


class AccountTaken(Exception):
    """A user name or NIP that an account has already: which entry of the request, and which field."""

    def __init__(self, index: int, field: str) -> None:
        super().__init__(f"entry {index}: the {field} is taken")
        self.index = index
        self.field = field


class NoSuchUnit(Exception):
    """An account shall be in a unit that the tenant does not have: which entry of the request."""

    def __init__(self, index: int) -> None:
        super().__init__(f"entry {index}: no such unit")
        self.index = index


class AccountStore:
    """Every write is on the disk when it returns. Raises Unavailable when that is not confirmed."""

    def __init__(self, redis: Redis, outbox: Outbox) -> None:
        self._redis = redis
        self._outbox = outbox

    async def check(self, accounts: Sequence[Account]) -> None:
        """Whether `create` would take them now: before what costs time. Raises AccountTaken, NoSuchUnit."""
        taken = _taken(accounts)
        for value, (_, index, field) in zip(await self._redis.mget([key for key, _, _ in taken]), taken, strict=True):
            if value is not None:
                raise AccountTaken(index, field)
        reading = self._redis.pipeline(transaction=False)
        placed = [(index, account) for index, account in enumerate(accounts) if account.unit_id]
        for _, account in placed:
            reading.hexists(units_key(account.tenant_id), account.unit_id)
        for there, (index, _) in zip(await reading.execute(), placed, strict=True):
            if not there:
                raise NoSuchUnit(index)

    async def create(self, accounts: Sequence[Account], notes: Sequence[AuditRecord]) -> None:
        """All of them or none. Raises AccountTaken, NoSuchUnit; Conflict when others never stop to change the same."""
        for _ in range(_TRIES):
            try:
                await self._create(accounts, notes)
            except WatchError:
                continue
            self._outbox.added(notes)
            await durable(self._redis)
            return
        raise Conflict("accounts or units are being changed by somebody else")

    async def _create(self, accounts: Sequence[Account], notes: Sequence[AuditRecord]) -> None:
        """Raises AccountTaken, NoSuchUnit, WatchError."""
        taken = _taken(accounts)
        async with self._redis.pipeline() as change:
            keys = [key for key, _, _ in taken]
            await change.watch(*keys, *{units_key(account.tenant_id) for account in accounts if account.unit_id})
            for value, (_, index, field) in zip(await change.mget(keys), taken, strict=True):
                if value is not None:
                    raise AccountTaken(index, field)
            for index, account in enumerate(accounts):
                if account.unit_id and not await change.hexists(units_key(account.tenant_id), account.unit_id):
                    raise NoSuchUnit(index)
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            for account in accounts:
                tenant_id, account_id = account.tenant_id, account.account_id
                change.hset(_key(tenant_id, account_id), mapping=cast("dict[Any, Any]", _fields(account)))
                change.set(_user_key(tenant_id, account.user), account_id)
                change.set(f"auth:account-tenant:{account_id}", tenant_id)
                change.zadd(f"auth:accounts:{tenant_id}", {f"{account.user} {account_id}": 0})
                if account.nip:
                    change.set(_nip_key(account.nip), f"{tenant_id} {account_id}")
                if account.unit_id:
                    change.sadd(members_key(tenant_id, account.unit_id), account_id)
            self._outbox.add(change, notes)
            await change.execute()

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

    async def several(self, tenant_id: str, account_ids: Sequence[str]) -> list[Account]:
        """Those of them that the tenant has, in the same order; in one round trip."""
        reading = self._redis.pipeline(transaction=False)
        for account_id in account_ids:
            reading.hgetall(_key(tenant_id, account_id))
        found = cast("list[Fields]", await reading.execute())
        return [_account(tenant_id, one, fields) for one, fields in zip(account_ids, found, strict=True) if fields]

    async def page(self, tenant_id: str, after: str, count: int) -> tuple[list[Account], str]:
        """At most `count`, ordered by user, after the "user id" named (or from the first); and what the next follow."""
        start = f"({after}" if after else "-"
        members = cast("list[bytes]", await self._redis.zrangebylex(f"auth:accounts:{tenant_id}", start, "+", 0, count))
        accounts = await self.several(tenant_id, [member.decode().split(" ")[1] for member in members])
        return accounts, members[-1].decode() if len(members) == count else ""

    async def search(self, tenant_id: str, query: str, after: str, count: int) -> tuple[list[Account], str]:
        """As `page`, but only those that the text is found in. Looks through all: a tenant has some thousands."""
        found: list[Account] = []
        while True:
            accounts, after = await self.page(tenant_id, after, _SEARCHED_AT_ONCE)
            for account in accounts:
                if is_found(query, account.user, account.name, account.nip):
                    found.append(account)
                if len(found) == count:
                    return found, f"{account.user} {account.account_id}"
            if not after:
                return found, ""

    async def update(
        self,
        account: Account,
        changes: Mapping[str, str | int],
        notes: Sequence[AuditRecord],
        actor: Actor,
        *,
        ends_sessions: bool = False,
    ) -> Account:
        """Change it from what the actor saw. Raises Conflict (changed meanwhile, the NIP is taken), NoSuchUnit;
        PermissionDenied when the actor is meanwhile not any more what they were: a tenant's last two admins, each
        lowering the other in the same moment, leave one."""
        for _ in range(_TRIES):
            try:
                await self._update(account, changes, notes, actor, ends_sessions)
            except WatchError:
                continue
            self._outbox.added(notes)
            await durable(self._redis)
            return await self.get(account.tenant_id, account.account_id)
        raise Conflict("accounts or units are being changed by somebody else")

    async def _update(
        self,
        account: Account,
        changes: Mapping[str, str | int],
        notes: Sequence[AuditRecord],
        actor: Actor,
        ends_sessions: bool,
    ) -> None:
        """Raises Conflict, NoSuchUnit, PermissionDenied, WatchError."""
        tenant_id, account_id = account.tenant_id, account.account_id
        actor_key = _key(actor.tenant_id, actor.account_id)
        key, units = _key(tenant_id, account_id), units_key(tenant_id)
        nip = str(changes.get("nip", account.nip))
        unit_id = str(changes.get("unit_id", account.unit_id))
        moves = unit_id != account.unit_id
        async with self._redis.pipeline() as change:
            await change.watch(key, actor_key, *([_nip_key(nip)] if nip else []), *([units] if moves else []))
            role, disabled = await change.hmget(actor_key, ["role", "disabled"])
            if int(role or 0) < actor.role or int(disabled or 0):
                raise PermissionDenied("the caller's own account was changed meanwhile")
            if int(await change.hget(key, "revision") or 0) != account.revision:
                raise Conflict(field="revision")
            if nip and nip != account.nip and await change.exists(_nip_key(nip)):
                raise Conflict("the NIP is taken", field="nip")
            if moves and unit_id and not await change.hexists(units, unit_id):
                raise NoSuchUnit(0)
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            epoch = account.epoch + (1 if ends_sessions else 0)
            change.hset(
                key, mapping={**cast("dict[Any, Any]", changes), "epoch": epoch, "revision": account.revision + 1}
            )
            if nip and nip != account.nip:
                change.set(_nip_key(nip), f"{tenant_id} {account_id}")
            if account.nip and nip != account.nip:
                change.delete(_nip_key(account.nip))
            if moves and account.unit_id:
                change.srem(members_key(tenant_id, account.unit_id), account_id)
            if moves and unit_id:
                change.sadd(members_key(tenant_id, unit_id), account_id)
            self._outbox.add(change, notes)
            await change.execute()

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


def _taken(accounts: Sequence[Account]) -> list[tuple[str, int, str]]:
    """The keys that must not be there yet, each with the entry and the field that it is for."""
    keys: list[tuple[str, int, str]] = []
    for index, account in enumerate(accounts):
        keys.append((_user_key(account.tenant_id, account.user), index, "user"))
        if account.nip:
            keys.append((_nip_key(account.nip), index, "nip"))
    return keys


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
        "unit_id": account.unit_id,
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
        text(fields, "unit_id"),
    )
