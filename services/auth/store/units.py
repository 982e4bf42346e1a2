"""Units. Keys: auth:units:<tenant> (hash: unit → JSON), auth:unit-accounts:<tenant>:<unit> (set of account ids)."""

import json
from collections.abc import Callable, Sequence
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.auth.core import units
from services.auth.core.units import Unit, Units
from services.auth.store.fields import Fields
from services.auth.store.outbox import Outbox
from services.common.errors import Conflict
from services.common.store import durable
from sipulung.roster.v1.attendance_pb2 import AuditRecord

# A tenant's units are changed by one or two people; accounts come and go beside them.
_TRIES: Final = 5


def units_key(tenant_id: str) -> str:
    """Watched by whoever puts an account into a unit, so that the unit is still there afterwards."""
    return f"auth:units:{tenant_id}"


def members_key(tenant_id: str, unit_id: str) -> str:
    """The accounts of one unit, kept by the store of accounts."""
    return f"auth:unit-accounts:{tenant_id}:{unit_id}"


class UnitStore:
    """Every write is on the disk when it returns. Raises Unavailable when that is not confirmed.

    A change looks at the whole tree and is applied to that tree or not at all: two moves never make a circle.
    """

    def __init__(self, redis: Redis, outbox: Outbox) -> None:
        self._redis = redis
        self._outbox = outbox

    async def list(self, tenant_id: str) -> list[Unit]:
        """All of the tenant, parents before children."""
        stored = cast(Fields, await self._redis.hgetall(units_key(tenant_id)))
        return units.in_order(_tree(stored).values())

    async def create(
        self, tenant_id: str, unit_id: str, parent_id: str, name: str, notes: Sequence[AuditRecord]
    ) -> Unit:
        """Raises as `core.units.create`."""
        return await self._put(tenant_id, lambda tree: units.create(tree, unit_id, parent_id, name), notes)

    async def change(
        self,
        tenant_id: str,
        unit_id: str,
        revision: int,
        name: str | None,
        parent_id: str | None,
        notes: Sequence[AuditRecord],
    ) -> Unit:
        """Raises as `core.units.change`."""
        return await self._put(tenant_id, lambda tree: units.change(tree, unit_id, revision, name, parent_id), notes)

    async def delete(self, tenant_id: str, unit_id: str, revision: int, notes: Sequence[AuditRecord]) -> None:
        """Raises NotFound, Conflict, WrongState while it has units or accounts."""
        key, members = units_key(tenant_id), members_key(tenant_id, unit_id)
        for _ in range(_TRIES):
            async with self._redis.pipeline() as change:
                await change.watch(key, members)
                tree = _tree(cast(Fields, await change.hgetall(key)))
                units.check_delete(tree, unit_id, revision, int(await change.scard(members)))
                change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
                change.hdel(key, unit_id)
                self._outbox.add(change, notes)
                try:
                    await change.execute()
                except WatchError:
                    continue
            self._outbox.added(notes)
            await durable(self._redis)
            return
        raise Conflict("the units are being changed by somebody else")

    async def _put(self, tenant_id: str, decide: Callable[[Units], Unit], notes: Sequence[AuditRecord]) -> Unit:
        key = units_key(tenant_id)
        for _ in range(_TRIES):
            async with self._redis.pipeline() as change:
                await change.watch(key)
                unit = decide(_tree(cast(Fields, await change.hgetall(key))))
                change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
                content = {"parent_id": unit.parent_id, "name": unit.name, "revision": unit.revision}
                change.hset(key, unit.unit_id, json.dumps(content))
                self._outbox.add(change, notes)
                try:
                    await change.execute()
                except WatchError:
                    continue
            self._outbox.added(notes)
            await durable(self._redis)
            return unit
        raise Conflict("the units are being changed by somebody else")


def _tree(stored: Fields) -> dict[str, Unit]:
    tree: dict[str, Unit] = {}
    for unit_id, content in stored.items():
        values = json.loads(content)
        unit = Unit(unit_id.decode(), values["parent_id"], values["name"], values["revision"])
        tree[unit.unit_id] = unit
    return tree
