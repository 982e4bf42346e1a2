"""Rotation of refresh tokens (RFC 9700 section 4.14.2). All tokens that come from one sign-in are a family.

Only the newest works. An older one that comes again was copied, by whom nobody can tell: the family ends.
"""

import enum
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Family:
    """`current` is the hash of the newest token's secret; `epoch` that of the account when it signed in."""

    tenant_id: str
    account_id: str
    epoch: int
    current: str


class Refusal(enum.Enum):
    """Why a token was not exchanged; REUSED and OUTDATED end the family."""

    UNKNOWN = "unknown"
    REUSED = "reused"
    OUTDATED = "outdated"


def split_token(token: str) -> tuple[str, str] | None:
    """The family's id and the secret; None for what cannot be a token."""
    family, separator, secret = token.partition(".")
    if not separator or not family.isalnum() or not family.isascii() or len(family) > 32 or len(secret) < 32:
        return None
    return family, secret


def rotate(family: Family | None, presented: str, successor: str, epoch: int | None) -> Family | Refusal:
    """The family after an exchange, or why there is none. Arguments are hashes of secrets.

    `epoch` is the account's now: it grows when its password is reset or it is disabled. None: there is no account.
    """
    if family is None:
        return Refusal.UNKNOWN
    if family.current != presented:
        return Refusal.REUSED
    if epoch != family.epoch:
        return Refusal.OUTDATED
    return replace(family, current=successor)
