"""Redis or Valkey: a client that gives up in time, and the fence behind which writes are on the disk."""

from typing import Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.common.errors import Unavailable

# One machine room: an answer takes a millisecond or the server has trouble.
_CONNECT_S: Final = 1.0
_ANSWER_S: Final = 3.0
# With `appendfsync everysec` an fsync is up to one second away, more when the disk is busy.
_FSYNC_MS: Final = 2_500

# KEYS: outbox, pending. ARGV: entry, the outbox's name. By value, so that crossing off twice takes nothing else.
CROSS_OFF: Final = """
redis.call('LREM', KEYS[1], 1, ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[2]) end
return 1
"""

# What the RPC server turns into Unavailable: the component is away, not the caller wrong.
STORE_TROUBLE: Final = (RedisConnectionError, RedisTimeoutError)


def open_store(url: str) -> Redis:
    """A client with a pool. It connects when it is first used; values and keys are bytes.

    A command is tried once more after a broken connection (the server was restarted), never after a timeout: a write
    that may have happened is not repeated behind its caller's back.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        # More callers than connections wait for one, they are not refused: a hundred people join at once.
        max_connections=64,
        timeout=_ANSWER_S,
        socket_connect_timeout=_CONNECT_S,
        socket_timeout=_ANSWER_S,
        socket_keepalive=True,
        health_check_interval=15,
        retry=Retry(ConstantBackoff(0.05), 1, supported_errors=(RedisConnectionError,)),
        decode_responses=False,
    )
    return Redis.from_pool(pool)


async def durable(store: Redis) -> None:
    """Returns when every write that was acknowledged before is fsynced. Raises Unavailable when that is not confirmed.

    WAITAOF waits for the writes of its own connection, and a pool has many. So a write of no meaning goes before it on
    the same connection: the log is one sequence, and what is in front of that write is on the disk when it is.
    """
    fence = store.pipeline(transaction=False)
    fence.set("sipulung:durable", b"", px=60_000)
    fence.execute_command("WAITAOF", 1, 0, _FSYNC_MS)
    try:
        answers = await fence.execute()
    except ResponseError as error:
        # The AOF is off, or the server is too old (Redis 7.2, Valkey 7.2).
        raise Unavailable(f"the store cannot keep data durably: {error}") from None
    except RedisError as error:
        raise Unavailable(f"the store did not confirm: {error}") from None
    if int(answers[-1][0]) < 1:
        raise Unavailable("the store did not confirm the write on its disk in time")


async def reachable(store: Redis) -> bool:
    """Whether it answers: a readiness check."""
    try:
        return bool(await store.ping())
    except RedisError:
        return False
