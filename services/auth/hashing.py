"""argon2id (RFC 9106) in a few threads, so that the event loop goes on and no flood of tries takes all memory."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.common.errors import Unavailable

_Result = TypeVar("_Result")

# RFC 9106 section 4 recommends, second, 3 passes over 64 MiB in 4 lanes: more memory than a pod with two cores should
# give to each of 100 people who join at once, and seconds of waiting for the last. An account's password keeps the 3
# passes over half of the memory; a meeting's, which is random and throttled, gets the minimum of the OWASP cheat sheet
# (19 MiB, 2 passes), about 20 ms. One lane, because parallel tries use all cores already.
_ACCOUNT: Final = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_MEETING: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# More than wait for 5 s would run into their deadlines anyway.
_MOST_WAITING: Final = 250


class PasswordHashing:
    """Hashes and verifies one kind of password. Where there is no hash a dummy is verified: the same work and time."""

    def __init__(self, hasher: PasswordHasher, pool: ThreadPoolExecutor) -> None:
        self._hasher = hasher
        self._pool = pool
        self._waiting = 0
        self._dummy = hasher.hash(os.urandom(16))

    async def hash(self, password: str) -> str:
        """The encoded hash with its parameters. Raises Unavailable when too many wait."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether it is the password; False after the same time where `encoded` is None. Raises Unavailable."""

        def check() -> bool:
            try:
                self._hasher.verify(encoded or self._dummy, password)
            except (VerificationError, InvalidHashError):
                return False
            return encoded is not None

        return await self._run(check)

    def is_outdated(self, encoded: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(encoded)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        if self._waiting >= _MOST_WAITING:
            raise Unavailable("too many passwords are being checked")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1


class Hashing:
    """Both kinds over one pool of as many threads as there are cores."""

    def __init__(self) -> None:
        self.threads = max(os.cpu_count() or 1, 1)
        self._pool = ThreadPoolExecutor(self.threads, "argon2")
        self.accounts = PasswordHashing(_ACCOUNT, self._pool)
        self.meetings = PasswordHashing(_MEETING, self._pool)

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)
