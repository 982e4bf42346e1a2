"""Secrets of an installation, made at its first start and kept in its state folder."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from tools.instance.files import write_private


@dataclass(frozen=True)
class Secrets:
    """The key that services know each other by (a file), and the passwords of the two stores."""

    service_key_file: Path
    signing_keys: Path
    nats_token: str
    valkey_password: str


def make_secrets(keys: Path) -> Secrets:
    """The secrets in the folder `keys`; those that are missing are made."""
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    signing = keys / "signing"
    signing.mkdir(mode=0o700, exist_ok=True)
    service_key = keys / "service.key"
    _kept(service_key)
    return Secrets(
        service_key_file=service_key,
        signing_keys=signing,
        nats_token=_kept(keys / "nats.token"),
        valkey_password=_kept(keys / "valkey.password"),
    )


def _kept(file: Path) -> str:
    if not file.exists():
        write_private(file, secrets.token_hex(32))
    return file.read_text()


# Without letters and digits that look alike (0 O, 1 l I), because people type these.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def readable_password() -> str:
    """A random password that is easy to type: three groups of four, 59 bits."""
    groups = ["".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3)]
    return "-".join(groups)
