"""What signaling keeps in Redis: sessions that any replica can resume, and the placement of meetings. All of it
expires."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.common.errors import Unavailable
from sipulung.signaling.v1 import record_pb2

# A session belongs to one attachment: the connection (of whatever replica) that opened or resumed it last.
_TAKE: Final = """
local before = redis.call('HGET', KEYS[1], 'record')
redis.call('HSET', KEYS[1], 'record', ARGV[1], 'attachment', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return before
"""
_ATTACH: Final = """
if redis.call('HGET', KEYS[1], 'attachment') ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[1], 'attachment', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
# A missing key (Redis lost it, or was away for longer than it lasts) is written again.
_KEEP: Final = """
local attachment = redis.call('HGET', KEYS[1], 'attachment')
if attachment and attachment ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[1], 'attachment', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
_DROP: Final = """
if redis.call('HGET', KEYS[1], 'attachment') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""
_MOVE: Final = """
local now = redis.call('GET', KEYS[1])
if now and now ~= ARGV[1] then return now end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return ARGV[2]
"""
# A meeting that nobody here is in any more may be placed anew after that.
PLACEMENT_MS: Final = 90_000
_KEYS_KEY: Final = "sipulung:signaling:jwks"


class Store:
    """Each method raises Unavailable when Redis does not answer in time."""

    def __init__(self, client: Redis, record_s: int) -> None:
        self._client = client
        self._record_ms = record_s * 1000
        self._take = client.register_script(_TAKE)
        self._attach = client.register_script(_ATTACH)
        self._keep = client.register_script(_KEEP)
        self._drop = client.register_script(_DROP)
        self._move = client.register_script(_MOVE)

    async def take(self, record: record_pb2.SessionRecord, attachment_id: str) -> record_pb2.SessionRecord | None:
        """Stores a new session; returns the participant's session before it, which is over now."""
        before = await self._run(self._take, _key(record), record.SerializeToString(), attachment_id, self._record_ms)
        return record_pb2.SessionRecord.FromString(before) if before else None

    async def load(self, tenant: str, meeting: str, participant: str) -> tuple[record_pb2.SessionRecord, str] | None:
        """A participant's session and the attachment that it belongs to."""
        try:
            fields = await self._client.hmget(_session_key(tenant, meeting, participant), ["record", "attachment"])
        except (RedisError, OSError) as error:
            raise Unavailable("the session store does not answer") from error
        record, attachment = fields
        if record is None or attachment is None:
            return None
        return record_pb2.SessionRecord.FromString(_bytes(record)), _bytes(attachment).decode()

    async def attach(self, record: record_pb2.SessionRecord, attachment_id: str, instead_of: str) -> bool:
        """Hands the session to another attachment. False: somebody was faster."""
        arguments = (record.SerializeToString(), attachment_id, self._record_ms, instead_of)
        return bool(await self._run(self._attach, _key(record), *arguments))

    async def keep(self, record: record_pb2.SessionRecord, attachment_id: str) -> bool:
        """Writes the session again and for longer. False: it belongs to another attachment now."""
        return bool(
            await self._run(self._keep, _key(record), record.SerializeToString(), attachment_id, self._record_ms)
        )

    async def drop(self, record: record_pb2.SessionRecord, attachment_id: str) -> None:
        """Forgets the session, unless it belongs to another attachment now."""
        await self._run(self._drop, _key(record), attachment_id)

    async def place(self, tenant: str, meeting: str, wanted: record_pb2.Placement) -> record_pb2.Placement:
        """Where the meeting is: where it was, or else `wanted`."""
        return await self.move(tenant, meeting, None, wanted)

    async def placement(self, tenant: str, meeting: str) -> record_pb2.Placement | None:
        """Where the meeting is, or None."""
        try:
            value = await self._client.get(_placement_key(tenant, meeting))
        except (RedisError, OSError) as error:
            raise Unavailable("the session store does not answer") from error
        return record_pb2.Placement.FromString(_bytes(value)) if value else None

    async def move(
        self, tenant: str, meeting: str, old: record_pb2.Placement | None, new: record_pb2.Placement
    ) -> record_pb2.Placement:
        """Puts the meeting on `new` if it is still on `old`; returns where it is now."""
        before = old.SerializeToString(deterministic=True) if old else b""
        after = new.SerializeToString(deterministic=True)
        value = await self._run(self._move, _placement_key(tenant, meeting), before, after, PLACEMENT_MS)
        return record_pb2.Placement.FromString(value)

    async def keep_placements(self, meetings: Iterable[tuple[str, str]]) -> None:
        """These meetings go on: their placements last for another while."""
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                for tenant, meeting in meetings:
                    pipeline.pexpire(_placement_key(tenant, meeting), PLACEMENT_MS)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            raise Unavailable("the session store does not answer") from error

    async def save_keys(self, jwks: str) -> None:
        """Keeps the published keys, for replicas that start while auth is down."""
        try:
            await self._client.set(_KEYS_KEY, jwks, ex=7 * 24 * 3600)
        except (RedisError, OSError) as error:
            raise Unavailable("the session store does not answer") from error

    async def saved_keys(self) -> str | None:
        """The keys as they were last published."""
        try:
            value = await self._client.get(_KEYS_KEY)
        except (RedisError, OSError) as error:
            raise Unavailable("the session store does not answer") from error
        return _bytes(value).decode() if value else None

    async def answers(self) -> bool:
        """For the readiness check."""
        try:
            return bool(await self._client.ping())
        except (RedisError, OSError):
            return False

    async def _run(self, script: Any, key: str, *arguments: bytes | str | int) -> Any:
        try:
            return await script(keys=[key], args=list(arguments))
        except (RedisError, OSError) as error:
            raise Unavailable("the session store does not answer") from error


def _key(record: record_pb2.SessionRecord) -> str:
    return _session_key(record.tenant_id, record.meeting_id, record.participant_id)


def _session_key(tenant: str, meeting: str, participant: str) -> str:
    return f"sipulung:signaling:{tenant}:{meeting}:session:{participant}"


def _placement_key(tenant: str, meeting: str) -> str:
    return f"sipulung:signaling:{tenant}:{meeting}:placement"


def _bytes(value: bytes | str) -> bytes:
    """The client's types know no difference; it was opened so that values are bytes."""
    return value if isinstance(value, bytes) else value.encode()
