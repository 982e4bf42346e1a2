"""Buckets of tries. Key: auth:throttle:<kind>:<hash of whom>, which expires when the bucket is empty."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import WatchError

from services.auth.core.throttle import Limit, State, attempt, forget_after_ms, give_back
from services.common.errors import Throttled, Unavailable

_TRIES: Final = 50


@dataclass(frozen=True, slots=True)
class Bucket:
    """Whose tries are counted: the kind ("meeting"), who (any text of a caller), and the limit."""

    kind: str
    whom: str
    limit: Limit

    @property
    def key(self) -> str:
        """Hashed: what a stranger typed has any length, and user names need not stand in keys."""
        return f"auth:throttle:{self.kind}:{hashlib.sha256(self.whom.encode()).hexdigest()[:32]}"


class ThrottleStore:
    """Applies the pure rules of core/throttle.py to what all replicas share."""

    def __init__(self, redis: Redis, now_ms: Callable[[], int]) -> None:
        self._redis = redis
        self._now_ms = now_ms
        # Within one process the transactions queue instead of failing each other; a round trip takes well under 1 ms.
        self._one_at_a_time = asyncio.Lock()

    async def take(self, buckets: Sequence[Bucket]) -> None:
        """One try against all. Raises Throttled with the longest wait; then none of the others loses a token."""
        refused = 0

        def change(now: int, states: list[State]) -> list[State]:
            nonlocal refused
            results = [attempt(bucket.limit, state, now) for bucket, state in zip(buckets, states, strict=True)]
            refused = max(wait for _, wait in results)
            if not refused:
                return [state for state, _ in results]
            return [after if wait else before for (after, wait), before in zip(results, states, strict=True)]

        await self._apply(buckets, change)
        if refused:
            raise Throttled(refused)

    async def give_back(self, buckets: Sequence[Bucket]) -> None:
        """The try was right."""

        def change(now: int, states: list[State]) -> list[State]:
            return [give_back(bucket.limit, state, now) for bucket, state in zip(buckets, states, strict=True)]

        await self._apply(buckets, change)

    async def _apply(self, buckets: Sequence[Bucket], change: Callable[[int, list[State]], list[State]]) -> None:
        keys = [bucket.key for bucket in buckets]
        async with self._one_at_a_time:
            for _ in range(_TRIES):
                async with self._redis.pipeline() as transaction:
                    await transaction.watch(*keys)
                    values = cast("list[bytes | None]", await transaction.mget(keys))
                    now = self._now_ms()
                    states = change(now, [State(*json.loads(value)) if value else State() for value in values])
                    transaction.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
                    for key, bucket, state in zip(keys, buckets, states, strict=True):
                        expiry = forget_after_ms(bucket.limit, state, now)
                        transaction.set(key, json.dumps(astuple(state)), px=expiry)
                    try:
                        await transaction.execute()
                    except WatchError:
                        continue
                    return
        raise Unavailable("too many tries at once")
