"""Credentials of meetings. Key: auth:meeting:<id> (hash with its tenant: a meeting's id is unique in the instance)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.auth.store.fields import Fields, text
from services.auth.store.outbox import Outbox
from services.common.errors import Conflict
from services.common.store import durable
from sipulung.roster.v1.attendance_pb2 import AuditRecord


@dataclass(frozen=True, slots=True)
class MeetingCredential:
    """Who owns a meeting and what opens it."""

    meeting_id: str
    tenant_id: str
    account_id: str
    password_hash: str


class MeetingStore:
    """Every write is on the disk when it returns. Raises Unavailable when that is not confirmed."""

    def __init__(self, redis: Redis, outbox: Outbox) -> None:
        self._redis = redis
        self._outbox = outbox

    async def claim(self, meeting: MeetingCredential, notes: Sequence[AuditRecord]) -> None:
        """Raises Conflict when the id is taken, by whomever."""
        key = f"auth:meeting:{meeting.meeting_id}"
        async with self._redis.pipeline() as change:
            await change.watch(key)
            if await change.exists(key):
                raise Conflict("the meeting id is taken", field="meeting_id")
            change.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            change.hset(
                key,
                mapping={
                    "tenant_id": meeting.tenant_id,
                    "account_id": meeting.account_id,
                    "password_hash": meeting.password_hash,
                },
            )
            self._outbox.add(change, notes)
            try:
                await change.execute()
            except WatchError:
                raise Conflict("the meeting id is taken", field="meeting_id") from None
        self._outbox.added(notes)
        await durable(self._redis)

    async def replace_password(
        self, meeting: MeetingCredential, password_hash: str, notes: Sequence[AuditRecord]
    ) -> None:
        """The caller has made sure that it is the owner's wish; owners never change."""
        async with self._redis.pipeline() as change:
            change.hset(f"auth:meeting:{meeting.meeting_id}", "password_hash", password_hash)
            self._outbox.add(change, notes)
            await change.execute()
        self._outbox.added(notes)
        await durable(self._redis)

    async def get(self, meeting_id: str) -> MeetingCredential | None:
        """None where nobody has claimed the id."""
        fields = cast(Fields, await self._redis.hgetall(f"auth:meeting:{meeting_id}"))
        if not fields:
            return None
        return MeetingCredential(
            meeting_id, text(fields, "tenant_id"), text(fields, "account_id"), text(fields, "password_hash")
        )
