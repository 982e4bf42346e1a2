"""Audit records that wait for auth to write them: of commands that run beside it. Key: auth:audit-notes (list)."""

from typing import Final, cast

from redis.asyncio import Redis

from sipulung.roster.v1.attendance_pb2 import AuditRecord

_KEY: Final = "auth:audit-notes"


class NoteStore:
    """The commands need no NATS, and the stream need not exist yet."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def put(self, record: AuditRecord) -> None:
        """The caller makes sure that it is on the disk."""
        await self._redis.rpush(_KEY, record.SerializeToString())

    async def take(self) -> AuditRecord | None:
        """The oldest; from now on it is the caller's alone."""
        stored = cast("bytes | None", await self._redis.lpop(_KEY))
        return None if stored is None else AuditRecord.FromString(stored)
