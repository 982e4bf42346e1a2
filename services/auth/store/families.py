"""Families of refresh tokens. Key: auth:refresh:<family> (hash with its tenant), which expires by itself."""

from collections.abc import Callable, Sequence
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.auth.core.refresh import Family, Refusal
from services.auth.store.fields import Fields, number, text
from services.auth.store.outbox import Outbox
from services.common.errors import Conflict
from sipulung.roster.v1.attendance_pb2 import AuditRecord

_ACCOUNT: Final = "account_id"


class FamilyStore:
    """Only hashes of secrets are kept, so that a copy of the store opens nothing."""

    def __init__(self, redis: Redis, outbox: Outbox, lifetime_s: int) -> None:
        self._redis = redis
        self._outbox = outbox
        self.lifetime_s = lifetime_s

    async def create(self, family_id: str, family: Family, notes: Sequence[AuditRecord]) -> None:
        """Begin a family, at sign-in."""
        async with self._redis.pipeline() as change:
            self._put(change, family_id, family)
            self._outbox.add(change, notes)
            await change.execute()
        self._outbox.added(notes)

    async def get(self, family_id: str) -> Family | None:
        """None where it ended, expired or never was."""
        fields = cast(Fields, await self._redis.hgetall(_key(family_id)))
        return _family(fields) if fields else None

    async def exchange(
        self,
        family_id: str,
        rotate: Callable[[Family | None], Family | Refusal],
        notes_of: Callable[[Family, Refusal], Sequence[AuditRecord]],
    ) -> Family | Refusal:
        """Apply the rotation to what is stored, once. Raises Conflict when the same token is exchanged at this moment.

        Refused as reused or outdated, the family is deleted, and what is noted of that comes from `notes_of`.
        """
        key = _key(family_id)
        notes: Sequence[AuditRecord] = ()
        async with self._redis.pipeline() as change:
            await change.watch(key)
            fields = cast(Fields, await change.hgetall(key))
            known = _family(fields) if fields else None
            result = rotate(known)
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            if isinstance(result, Family):
                self._put(change, family_id, result)
            elif known is not None:
                change.delete(key)
                notes = notes_of(known, result)
                self._outbox.add(change, notes)
            try:
                await change.execute()
            except WatchError:
                raise Conflict("the refresh token is being used by somebody else") from None
        self._outbox.added(notes)
        return result

    async def end(self, family_id: str, notes: Sequence[AuditRecord]) -> None:
        """Sign out: no token of the family works any more."""
        async with self._redis.pipeline() as change:
            change.delete(_key(family_id))
            self._outbox.add(change, notes)
            await change.execute()
        self._outbox.added(notes)

    def _put(self, change: Redis, family_id: str, family: Family) -> None:
        change.hset(
            _key(family_id),
            mapping={
                "tenant_id": family.tenant_id,
                _ACCOUNT: family.account_id,
                "epoch": family.epoch,
                "current": family.current,
            },
        )
        change.expire(_key(family_id), self.lifetime_s)


def _key(family_id: str) -> str:
    return f"auth:refresh:{family_id}"


def _family(fields: Fields) -> Family:
    return Family(text(fields, "tenant_id"), text(fields, _ACCOUNT), number(fields, "epoch"), text(fields, "current"))
