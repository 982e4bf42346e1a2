"""Families of refresh tokens. Key: auth:refresh:<family> (hash with its tenant), which expires by itself."""

from collections.abc import Callable
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.auth.core.refresh import Family, Refusal
from services.auth.store.fields import Fields, number, text
from services.common.errors import Conflict

_ACCOUNT: Final = "account_id"


class FamilyStore:
    """Only hashes of secrets are kept, so that a copy of the store opens nothing."""

    def __init__(self, redis: Redis, lifetime_s: int) -> None:
        self._redis = redis
        self.lifetime_s = lifetime_s

    async def create(self, family_id: str, family: Family) -> None:
        """Begin a family, at sign-in."""
        async with self._redis.pipeline() as change:
            self._put(change, family_id, family)
            await change.execute()

    async def get(self, family_id: str) -> Family | None:
        """None where it ended, expired or never was."""
        fields = cast(Fields, await self._redis.hgetall(_key(family_id)))
        return _family(fields) if fields else None

    async def exchange(self, family_id: str, rotate: Callable[[Family | None], Family | Refusal]) -> Family | Refusal:
        """Apply the rotation to what is stored, once. Raises Conflict when the same token is exchanged at this moment.

        Refused as reused or outdated, the family is deleted.
        """
        key = _key(family_id)
        async with self._redis.pipeline() as change:
            await change.watch(key)
            fields = cast(Fields, await change.hgetall(key))
            result = rotate(_family(fields) if fields else None)
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            if isinstance(result, Family):
                self._put(change, family_id, result)
            elif result is not Refusal.UNKNOWN:
                change.delete(key)
            try:
                await change.execute()
            except WatchError:
                raise Conflict("the refresh token is being used by somebody else") from None
        return result

    async def end(self, family_id: str) -> None:
        """Sign out: no token of the family works any more."""
        await self._redis.delete(_key(family_id))

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
