"""What a person types to sign in: "user@slug", or a civil servant number of 18 digits."""

import re
from dataclasses import dataclass
from typing import Final

_USER: Final = re.compile(r"([a-z0-9][a-z0-9._-]{0,63})@([a-z][a-z0-9-]{0,31})")
_NIP: Final = re.compile(r"[0-9]{18}")


@dataclass(frozen=True, slots=True)
class UserLogin:
    """An account of one tenant."""

    user: str
    slug: str


@dataclass(frozen=True, slots=True)
class NipLogin:
    """A civil servant, whose number is unique in the instance."""

    nip: str


def parse_login(text: str) -> UserLogin | NipLogin | None:
    """None for what can be nobody. Case, white space around, and blanks within a NIP don't count."""
    folded = text.strip().lower()
    if match := _USER.fullmatch(folded):
        return UserLogin(match[1], match[2])
    digits = folded.replace(" ", "")
    return NipLogin(digits) if _NIP.fullmatch(digits) else None
