"""Who looked at whose attendance or office presence. Each person sees the looks at themselves (UU 27/2022).

A reading stands once in the tenant's audit log (action "attendance.read"), without naming those who were looked at.
Beside that, each person has a list of their own in Redis: "who looked at me" is answered from it alone, and it goes
when retention says so. Looking at oneself is not noted; the same reader who looks at the same thing again within the
hour (a page that shows a running meeting asks every few seconds) is noted once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.common.ids import AccountId, TenantId
from services.common.tenancy import AccountPrincipal
from services.roster import codec, keys
from services.roster.core.change import AuditNote
from services.roster.keys import Outbox
from services.roster.ledger import Ledger
from sipulung.roster.v1 import personal_pb2

_AGAIN_S: Final = 3600
ACTION: Final = "attendance.read"
_OBJECTS: Final = {
    personal_pb2.ACCESS_KIND_MEETING: "meeting",
    personal_pb2.ACCESS_KIND_MEETINGS: "unit",
    personal_pb2.ACCESS_KIND_OFFICE: "unit",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. Days are ISO 8601, "" for a meeting; `object_id` "" is the tenant as a whole.

    `occurrence` is one of a meeting, from 1; 0 is the whole log, or many meetings. `owned`: the meetings of the account
    `object_id`.
    """

    kind: personal_pb2.AccessKind.ValueType
    object_id: str
    title: str
    from_day: str = ""
    to_day: str = ""
    as_file: bool = False
    occurrence: int = 0
    owned: bool = False


class Accesses:
    """Every method may raise redis' ConnectionError or TimeoutError, which the boundary turns into Unavailable."""

    def __init__(self, redis: Redis, ledger: Ledger, now_ms: Callable[[], int]) -> None:
        self._redis = redis
        self._ledger = ledger
        self._now_ms = now_ms

    async def note(
        self, reader: AccountPrincipal, tenant_id: TenantId, account_ids: Iterable[str], what: Reading
    ) -> None:
        """`reader` is about to see what is recorded on these accounts ("" is nobody). Called before it is answered."""
        seen = sorted({one for one in account_ids if one and one != reader.account_id})
        if not seen:
            return
        # A page asks for several things in the same moment: whoever is second finds out, and looks again.
        while True:
            try:
                await self._note(reader, tenant_id, seen, what)
            except WatchError:
                continue
            return

    async def _note(self, reader: AccountPrincipal, tenant_id: TenantId, seen: Sequence[str], what: Reading) -> None:
        """Raises WatchError when another look at the same came between."""
        looking = keys.looking(tenant_id, reader.account_id, _mark(what))
        async with self._redis.pipeline(transaction=True) as pipe:
            await pipe.watch(looking)
            known = await cast(Any, pipe.smismember(looking, list(seen)))
            new = [account_id for account_id, already in zip(seen, known, strict=True) if not already]
            if not new:
                return
            now_ms = self._now_ms()
            entry = _entry(reader, what, now_ms)
            box = Outbox(tenant_id, None)
            audited = codec.audit_entry(_audited(reader, what, len(new), now_ms), tenant_id)
            pipe.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            for account_id in new:
                pipe.zadd(keys.accessed(tenant_id, AccountId(account_id)), {entry: 0})
            pipe.sadd(looking, *new)
            pipe.expire(looking, _AGAIN_S, nx=True)
            pipe.sadd(keys.TENANTS, tenant_id)
            pipe.rpush(box.key, audited.SerializeToString())
            pipe.sadd(keys.pending(tenant_id), box.name)
            await pipe.execute()
        self._ledger.kick(box)

    async def of(
        self, tenant_id: TenantId, account_id: AccountId, page_size: int, before: str
    ) -> tuple[Sequence[personal_pb2.Access], str]:
        """Looks at this account, newest first, and what `before` has to be for the next page ("": there is none)."""
        found = cast(
            list[bytes],
            await self._redis.zrevrangebylex(
                keys.accessed(tenant_id, account_id), f"({before}" if before else "+", "-", start=0, num=page_size + 1
            ),
        )
        parts = [entry.split(b":", 2) for entry in found[:page_size]]
        accesses = [personal_pb2.Access.FromString(part[2]) for part in parts]
        return accesses, b":".join(parts[-1][:2]).decode() if len(found) > page_size else ""

    async def forget(self, tenant_id: TenantId, before_ms: int) -> int:
        """Drops all looks from before that moment; how many."""
        dropped = 0
        limit = f"({max(before_ms, 0):013d}"
        async for key in self._redis.scan_iter(match=keys.accessed(tenant_id, AccountId("*")), count=500):
            dropped += await self._redis.zremrangebylex(key, "-", limit)
        return dropped


def _object(what: Reading) -> str:
    if not what.object_id:
        return "tenant"
    return f"{'account' if what.owned else _OBJECTS[what.kind]}:{what.object_id}"


def _mark(what: Reading) -> str:
    """The same for looks at the same thing. Not the title: a meeting that is renamed stays the same meeting."""
    text = f"{what.kind} {_object(what)} {what.occurrence} {what.from_day} {what.to_day} {what.as_file}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _entry(reader: AccountPrincipal, what: Reading, now_ms: int) -> bytes:
    """In the list of whoever is looked at: in order of time, each by itself."""
    access = personal_pb2.Access(
        at_ms=now_ms,
        reader_account_id=reader.account_id,
        reader_name=reader.name,
        kind=what.kind,
        object_id=what.object_id,
        title=what.title,
        from_day=what.from_day,
        to_day=what.to_day,
        as_file=what.as_file,
        occurrence=what.occurrence,
    )
    return f"{now_ms:013d}:{secrets.token_hex(4)}:".encode() + access.SerializeToString()


def _audited(reader: AccountPrincipal, what: Reading, people: int, now_ms: int) -> AuditNote:
    days = f", {what.from_day} to {what.to_day}" if what.from_day else ""
    kind = personal_pb2.AccessKind.Name(what.kind).removeprefix("ACCESS_KIND_").lower()
    occurrence = f", occurrence {what.occurrence}" if what.occurrence else ""
    detail = f"{kind}{' as a file' if what.as_file else ''}{occurrence}, {people} people{days}"
    return AuditNote(now_ms, f"account:{reader.account_id}", ACTION, _object(what), detail)
