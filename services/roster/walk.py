"""Several sorted sets of equal scores read as one, from their last entry to the first, some at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from redis.asyncio import Redis

# Of each set at least so many are read at once: the shelves of a head with many units would take too many round trips.
_LEAST: Final = 10


class Walk:
    """Reads no entry twice, and of each set at most one share of `at_once` further than what it gave out."""

    def __init__(self, redis: Redis, places: Iterable[str], highest: str, lowest: str, at_once: int) -> None:
        """The bounds are those of ZREVRANGEBYLEX: "+", "-", or an entry after "(" or "["."""
        self._redis = redis
        self._lowest = lowest
        # Where each set is read on from; those that were read to their end are not in it any more.
        self._following = dict.fromkeys(places, highest)
        self._held: dict[str, list[str]] = {place: [] for place in self._following}
        self._share = max(_LEAST, at_once // max(1, len(self._following)))

    async def entries(self) -> list[str]:
        """The next ones in falling order, each once however many sets have it; none at the end. Raises redis'
        ConnectionError or TimeoutError."""
        await self._read()
        # Below the last entry that is known of a set another one of that set may come.
        certain = max((self._held[place][-1] for place in self._following), default="")
        found: set[str] = set()
        for place, held in self._held.items():
            count = next((number for number, entry in enumerate(held) if entry < certain), len(held))
            found.update(held[:count])
            self._held[place] = held[count:]
        return sorted(found, reverse=True)

    async def _read(self) -> None:
        """On in the sets of which nothing is held."""
        empty = [place for place in self._following if not self._held[place]]
        pipe = self._redis.pipeline(transaction=False)
        for place in empty:
            pipe.zrevrangebylex(place, self._following[place], self._lowest, start=0, num=self._share)
        for place, raws in zip(empty, await pipe.execute(), strict=True):
            self._held[place] = [raw.decode() for raw in raws]
            if len(raws) < self._share:
                del self._following[place]
            else:
                self._following[place] = f"({self._held[place][-1]}"
