"""Tenants. Keys: auth:tenant:<id> (hash), auth:slug:<slug> → id, auth:tenants (ids in order).

Office hours, letterhead and retention are fields of the hash, each a message as bytes; absent until they are set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.auth.store.fields import Fields, number, text
from services.auth.store.outbox import Outbox
from services.common.errors import Conflict, NotFound
from services.common.store import durable
from sipulung.auth.v1.tenant_pb2 import Letterhead, OfficeHours, Retention
from sipulung.roster.v1.attendance_pb2 import AuditRecord


@dataclass(frozen=True, slots=True)
class Tenant:
    """A regency. Times in Unix ms. None: nobody has set it yet."""

    tenant_id: str
    slug: str
    name: str
    time_zone: str
    language: str
    created_at_ms: int
    revision: int = 1
    office_hours: OfficeHours | None = None
    letterhead: Letterhead | None = None
    retention: Retention | None = None


class TenantStore:
    """Every write is on the disk when it returns. Raises Unavailable when that is not confirmed."""

    def __init__(self, redis: Redis, outbox: Outbox) -> None:
        self._redis = redis
        self._outbox = outbox

    async def create(self, tenant: Tenant, notes: Sequence[AuditRecord]) -> None:
        """Raises Conflict when the slug is taken."""
        slug_key = f"auth:slug:{tenant.slug}"
        async with self._redis.pipeline() as change:
            await change.watch(slug_key)
            if await change.exists(slug_key):
                raise Conflict("the slug is taken", field="slug")
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            change.set(slug_key, tenant.tenant_id)
            change.hset(
                f"auth:tenant:{tenant.tenant_id}",
                mapping={
                    "slug": tenant.slug,
                    "name": tenant.name,
                    "time_zone": tenant.time_zone,
                    "language": tenant.language,
                    "created_at_ms": tenant.created_at_ms,
                    "revision": tenant.revision,
                    **_frame(tenant),
                },
            )
            change.zadd("auth:tenants", {tenant.tenant_id: 0})
            self._outbox.add(change, notes)
            try:
                await change.execute()
            except WatchError:
                raise Conflict("the slug is taken", field="slug") from None
        self._outbox.added(notes)
        await durable(self._redis)

    async def get(self, tenant_id: str) -> Tenant:
        """Raises NotFound."""
        fields = cast(Fields, await self._redis.hgetall(f"auth:tenant:{tenant_id}"))
        if not fields:
            raise NotFound()
        return _tenant(tenant_id, fields)

    async def by_slug(self, slug: str) -> Tenant | None:
        """The tenant behind the @ of a user name."""
        tenant_id = cast("bytes | None", await self._redis.get(f"auth:slug:{slug}"))
        return None if tenant_id is None else await self.get(tenant_id.decode())

    async def list(self, after: str, count: int) -> list[Tenant]:
        """At most `count`, ordered by id, after the one named (or from the first)."""
        start = f"({after}" if after else "-"
        members = cast("list[bytes]", await self._redis.zrangebylex("auth:tenants", start, "+", 0, count))
        return [await self.get(member.decode()) for member in members]

    async def update(
        self, tenant_id: str, revision: int, changes: Mapping[str, str | bytes], notes: Sequence[AuditRecord]
    ) -> Tenant:
        """Raises NotFound, or Conflict when it is not at `revision` any more."""
        key = f"auth:tenant:{tenant_id}"
        async with self._redis.pipeline() as change:
            await change.watch(key)
            fields = cast(Fields, await change.hgetall(key))
            if not fields:
                raise NotFound()
            if number(fields, "revision") != revision:
                raise Conflict(field="revision")
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            change.hset(key, mapping={**cast("dict[Any, Any]", changes), "revision": revision + 1})
            self._outbox.add(change, notes)
            try:
                await change.execute()
            except WatchError:
                raise Conflict(field="revision") from None
        self._outbox.added(notes)
        await durable(self._redis)
        return await self.get(tenant_id)


def _tenant(tenant_id: str, fields: Fields) -> Tenant:
    return Tenant(
        tenant_id,
        text(fields, "slug"),
        text(fields, "name"),
        text(fields, "time_zone"),
        text(fields, "language"),
        number(fields, "created_at_ms"),
        number(fields, "revision"),
        OfficeHours.FromString(hours) if (hours := fields.get(b"office_hours")) is not None else None,
        Letterhead.FromString(letterhead) if (letterhead := fields.get(b"letterhead")) is not None else None,
        Retention.FromString(retention) if (retention := fields.get(b"retention")) is not None else None,
    )


def _frame(tenant: Tenant) -> dict[Any, Any]:
    messages = {"office_hours": tenant.office_hours, "letterhead": tenant.letterhead, "retention": tenant.retention}
    return {name: message.SerializeToString() for name, message in messages.items() if message is not None}
