"""Auth's public keys, also for a replica that starts while auth is down: the last good set is kept in Redis."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.common.errors import Unavailable
from services.common.tokens import RemoteKeys, keys_of
from services.signaling.store import Store

log: Final = logging.getLogger(__name__)

EVERY_S: Final = 1.0


class RememberedKeys:
    """A KeySource in front of RemoteKeys. What auth says now wins; what it said last is better than nothing."""

    def __init__(self, remote: RemoteKeys, store: Store) -> None:
        self._remote = remote
        self._store = store
        self._saved: dict[str, Ed25519PublicKey] = {}
        self._saved_jwks = ""

    @property
    def ready(self) -> bool:
        """Whether any token can be verified."""
        return self._remote.ready or bool(self._saved)

    @property
    def jwks(self) -> str:
        """The newest set as JSON; "" when none was ever seen."""
        return self._remote.jwks or self._saved_jwks

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """The key of that id. A key that auth does not publish any more is unknown as soon as auth was heard."""
        return self._remote.find(kid) if self._remote.ready else self._saved.get(kid)

    async def learn(self, kid: str) -> None:
        """Asks auth. Never raises."""
        await self._remote.learn(kid)

    async def remember_forever(self) -> None:
        """Runs as a task: reads the saved set until auth answers, then saves each new one."""
        while True:
            with contextlib.suppress(Unavailable):
                await self.exchange()
            await asyncio.sleep(EVERY_S)

    async def exchange(self) -> None:
        """One round. Raises Unavailable when Redis does not answer."""
        if self._remote.ready:
            if self._remote.jwks != self._saved_jwks:
                await self._store.save_keys(self._remote.jwks)
                self._saved_jwks = self._remote.jwks
        elif not self._saved and (jwks := await self._store.saved_keys()) is not None:
            try:
                self._saved, self._saved_jwks = keys_of(jwks), jwks
            except (ValueError, KeyError, TypeError):
                log.exception("the saved keys cannot be read")
