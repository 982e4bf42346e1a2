"""Audit records that wait for their place in their tenant's chain, written together with the change that they tell of.

Keys: auth:audit-outbox:<tenant> (list, oldest first, without expiry), auth:audit-pending (set of the tenants whose list
is not empty). What is in a list is in the stream AUDIT sooner or later, whoever dies meanwhile: services/auth/audit.py.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Final, cast

from redis.asyncio import Redis

from services.common.store import CROSS_OFF
from sipulung.roster.v1.attendance_pb2 import AuditRecord

_PENDING: Final = "auth:audit-pending"
# KEYS: list, pending. ARGV: entry, tenant, how many there may be. Answers 1, or 0 when there are as many.
_PUT: Final = """
if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('SADD', KEYS[2], ARGV[2])
return 1
"""
_log = logging.getLogger("services.auth.audit")


class Outbox:
    """Each method may raise redis' ConnectionError or TimeoutError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._put = redis.register_script(_PUT)
        self._cross_off = redis.register_script(CROSS_OFF)
        # Set when this process has added something: the writer need not wait for its next look.
        self.filled = asyncio.Event()

    def add(self, change: Redis, notes: Iterable[AuditRecord]) -> None:
        """Into a transaction that is being put together; `added` follows when it was executed."""
        for note in notes:
            change.rpush(_key(note.tenant_id), _bytes(note))
            change.sadd(_PENDING, note.tenant_id)

    def added(self, notes: Sequence[AuditRecord]) -> None:
        """The same lines stand in the log of the process, whatever becomes of the records."""
        for note in notes:
            extra = {"action": note.action, "actor": note.actor, "object": note.object, "detail": note.detail}
            _log.info("audit", extra={**extra, "audit_tenant": note.tenant_id})
        if notes:
            self.filled.set()

    async def put(self, note: AuditRecord, most: int) -> bool:
        """On its own, unless `most` of the tenant wait already; then False."""
        kept = await self._put(keys=[_key(note.tenant_id), _PENDING], args=[_bytes(note), note.tenant_id, most])
        self.added([note])
        return bool(kept)

    async def tenants(self) -> dict[str, int]:
        """For how many of each tenant something waits."""
        found = sorted(one.decode() for one in await cast("asyncio.Future[set[bytes]]", self._redis.smembers(_PENDING)))
        counting = self._redis.pipeline(transaction=False)
        for tenant_id in found:
            counting.llen(_key(tenant_id))
        return dict(zip(found, cast("list[int]", await counting.execute()), strict=True))

    async def entries(self, tenant_id: str, most: int) -> list[bytes]:
        """The oldest."""
        return await cast("asyncio.Future[list[bytes]]", self._redis.lrange(_key(tenant_id), 0, most - 1))

    async def cross_off(self, tenant_id: str, entry: bytes) -> None:
        """It is in the stream."""
        await self._cross_off(keys=[_key(tenant_id), _PENDING], args=[entry, tenant_id])


def _key(tenant_id: str) -> str:
    return f"auth:audit-outbox:{tenant_id}"


def _bytes(note: AuditRecord) -> bytes:
    return note.SerializeToString(deterministic=True)
