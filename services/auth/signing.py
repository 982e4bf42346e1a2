"""The keys that tokens are signed with: Ed25519 PEM files `<kid>.pem` in one folder.

The newest name signs, all are told.

Rotation: put a file with a greater name into the folder; it signs within 30 s, and verifiers fetch unknown keys.
Delete the old file when its last token has expired (12 h for join tokens).
"""

import asyncio
import json
import logging
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import OKPAlgorithm

from services.common.config import ConfigError
from services.common.ids import new_id

_KID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_REREAD_S: Final = 30.0
_log = logging.getLogger(__name__)


class SigningKeys:
    """A `KeySource` (services/common/tokens.py) that can also sign."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys = _read(folder)
        self._newest = max(self._keys)

    @classmethod
    def load(cls, folder: Path, create: bool) -> "SigningKeys":
        """Read the folder; make a key if it is empty and `create`. Raises ConfigError."""
        try:
            if create:
                folder.mkdir(parents=True, exist_ok=True)
                if not any(folder.glob("*.pem")):
                    create_key(folder)
            return cls(folder)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigError(
                f"SIPULUNG_SIGNING_KEYS_DIR is {str(folder)!r}: allowed is a folder with Ed25519 PEM files <kid>.pem"
                f" (or an empty one with SIPULUNG_CREATE_KEYS=1); {error}"
            ) from None

    @property
    def jwks(self) -> str:
        """RFC 7517 JWK Set of the public keys, as JSON."""
        keys = []
        for kid, key in sorted(self._keys.items()):
            entry: dict[str, Any] = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
            keys.append({**entry, "kid": kid, "use": "sig", "alg": "EdDSA"})
        return json.dumps({"keys": keys})

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A JWT by the newest key."""
        return jwt.encode(dict(claims), self._keys[self._newest], "EdDSA", {"kid": self._newest})

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """The public key of that id."""
        key = self._keys.get(kid)
        return None if key is None else key.public_key()

    async def learn(self, kid: str) -> None:
        """Another replica may have read the folder before: look again. It is a handful of small files."""
        self.reread()

    def reread(self) -> None:
        """Read the folder again; what makes no sense leaves the keys as they are, and is logged."""
        try:
            keys = _read(self._folder)
        except (OSError, ValueError, TypeError) as error:
            _log.error("cannot read the signing keys; keeping the last ones", extra={"error": str(error)})
            return
        if keys.keys() != self._keys.keys():
            _log.info("signing keys changed", extra={"kids": sorted(keys)})
        self._keys, self._newest = keys, max(keys)

    async def watch(self) -> None:
        """Read the folder again from time to time, until cancelled."""
        while True:
            await asyncio.sleep(_REREAD_S)
            self.reread()


def create_key(folder: Path) -> str:
    """Make a key whose name is the newest (it begins with the time); its kid. Raises OSError."""
    kid = f"{time.strftime('%Y%m%d%H%M%S', time.gmtime())}-{new_id()[:6]}"
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # Written aside and renamed, so that nobody reads half a key; never readable by others.
    partial = folder / f".{kid}.partial"
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(folder / f"{kid}.pem")
    return kid


def _read(folder: Path) -> dict[str, Ed25519PrivateKey]:
    keys: dict[str, Ed25519PrivateKey] = {}
    for path in sorted(folder.glob("*.pem")):
        if not _KID.fullmatch(path.stem):
            raise ValueError(f"{path.name} is no name of a key")
        key = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path.name} is no Ed25519 key")
        keys[path.stem] = key
    if not keys:
        raise ValueError("there is no key in it")
    return keys
