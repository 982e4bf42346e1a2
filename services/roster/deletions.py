"""What retention deleted of meetings' logs, of days' office hours and of the audit log: chains go on from it."""

from __future__ import annotations

from typing import Any, cast

from redis.asyncio import Redis

from services.common.ids import TenantId
from services.common.store import durable
from services.roster import codec, keys
from services.roster.core.change import AuditNote
from services.roster.keys import MeetingRef, Outbox
from sipulung.roster.v1 import attendance_pb2

Deletion = attendance_pb2.Deletion
Record = attendance_pb2.AttendanceRecord


class Deletions:
    """Every method may raise redis' ConnectionError or TimeoutError, which the boundary turns into Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def of(self, ref: MeetingRef) -> Deletion | None:
        """All that ever went, told as one; None: nothing."""
        return await self._of(ref.tenant_id, ref.meeting_id)

    async def of_day(self, tenant_id: TenantId, day: str) -> Deletion | None:
        """Of a day's office hours ("20261124"), which go as a whole."""
        return await self._of(tenant_id, day)

    async def of_audit(self, tenant_id: TenantId, writer: str) -> Deletion | None:
        """Of the chain that a service writes into the tenant's audit log: the last that went."""
        return await self._of(tenant_id, _chain(writer))

    async def note(self, ref: MeetingRef, deletion: Deletion, audit: AuditNote) -> None:
        """Told before it is done, so that nothing ever goes unsaid. Raises Unavailable without an fsync."""
        await self._note(ref.tenant_id, ref.meeting_id, deletion, audit)

    async def note_day(self, tenant_id: TenantId, day: str, deletion: Deletion, audit: AuditNote) -> None:
        """The same of a day's office hours."""
        await self._note(tenant_id, day, deletion, audit)

    async def note_audit(self, tenant_id: TenantId, writer: str, deletion: Deletion, audit: AuditNote) -> None:
        """The same of a chain of the audit log."""
        await self._note(tenant_id, _chain(writer), deletion, audit)

    async def _of(self, tenant_id: TenantId, name: str) -> Deletion | None:
        found = cast(bytes | None, await cast(Any, self._redis.hget(keys.deleted(tenant_id), name)))
        return Deletion.FromString(found) if found is not None else None

    async def _note(self, tenant_id: TenantId, name: str, deletion: Deletion, audit: AuditNote) -> None:
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(keys.deleted(tenant_id), name, deletion.SerializeToString())
        self._audit(pipe, tenant_id, audit)
        await pipe.execute()
        await durable(self._redis)

    async def audit(self, tenant_id: TenantId, audit: AuditNote) -> None:
        """For what nobody asks after later."""
        pipe = self._redis.pipeline(transaction=True)
        self._audit(pipe, tenant_id, audit)
        await pipe.execute()
        await durable(self._redis)

    def _audit(self, pipe: Any, tenant_id: TenantId, audit: AuditNote) -> None:
        box = Outbox(tenant_id, None)
        pipe.rpush(box.key, codec.audit_entry(audit, tenant_id).SerializeToString(deterministic=True))
        pipe.sadd(keys.pending(tenant_id), box.name)


def _chain(writer: str) -> str:
    return f"audit:{writer}"


def left(records: list[Record], deletion: Deletion | None) -> list[Record]:
    """A log without what was deleted of it: while that goes on, or was interrupted, the stream has it still.

    A log of which all went begins anew with number 1, and what is in it then was not deleted.
    """
    if deletion is None or not records:
        return records
    place = deletion.last_number - records[0].number
    if 0 <= place < len(records) and records[place].hash == deletion.head:
        return records[place + 1 :]
    return records


def gone(deletion: Deletion | None) -> tuple[int, bytes] | None:
    """As `record_chain.intact` takes it."""
    return (deletion.last_number, deletion.head) if deletion is not None else None
