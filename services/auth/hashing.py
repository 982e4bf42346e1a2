"""argon2id (RFC 9106) in a few threads, so that the event loop goes on and no flood of tries takes all memory."""

import asyncio
import hashlib
import hmac
import os
import time
from collections import OrderedDict
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
# So long and so many, of right passwords of meetings: who comes to one shows the same as a hundred others.
_REMEMBERED_S: Final = 600.0
_MOST_REMEMBERED: Final = 4096


class _VerifiedPasswords:
    """Those that were right, for a while: digests under a key of this process. A new hash gives another digest.

    What somebody could read from them, they could as well from the passwords, which pass through the same memory.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def holds(self, encoded: str, password: str) -> bool:
        """In any thread."""
        return self._until.get(self._digest(encoded, password), 0.0) > time.monotonic()

    def remember(self, encoded: str, password: str) -> None:
        """In the thread of the event loop only."""
        digest = self._digest(encoded, password)
        self._until[digest] = time.monotonic() + _REMEMBERED_S
        self._until.move_to_end(digest)
        if len(self._until) > _MOST_REMEMBERED:
            self._until.popitem(last=False)

    def _digest(self, encoded: str, password: str) -> bytes:
        # Encoded hashes have no NUL, so no two pairs are the same text.
        return hmac.digest(self._key, f"{encoded}\0{password}".encode(), hashlib.sha256)


class PasswordHashing:
    """Hashes and verifies one kind of password. Where there is no hash a dummy is verified: the same work and time."""

    def __init__(self, hasher: PasswordHasher, pool: ThreadPoolExecutor, *, remembers: bool = False) -> None:
        self._hasher = hasher
        self._pool = pool
        self._verified = _VerifiedPasswords() if remembers else None
        self._waiting = 0
        self._dummy = hasher.hash(os.urandom(16))

    async def hash(self, password: str) -> str:
        """The encoded hash with its parameters. Raises Unavailable when too many wait."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether it is the password; False after the same time where `encoded` is None. Raises Unavailable.

        One that was right within the last minutes may be right at once; a wrong one takes its time each time.
        """
        if self._is_known(encoded, password):
            return True

        def check() -> bool:
            # While it waited for a thread, somebody else's may have been found right.
            if self._is_known(encoded, password):
                return True
            try:
                self._hasher.verify(encoded or self._dummy, password)
            except (VerificationError, InvalidHashError):
                return False
            return encoded is not None

        right = await self._run(check)
        if right and encoded is not None and self._verified is not None:
            self._verified.remember(encoded, password)
        return right

    def is_outdated(self, encoded: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(encoded)

    def _is_known(self, encoded: str | None, password: str) -> bool:
        return encoded is not None and self._verified is not None and self._verified.holds(encoded, password)

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
        self.meetings = PasswordHashing(_MEETING, self._pool, remembers=True)

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)
