"""Identifiers are types, so that a meeting's id is never passed where a participant's is wanted."""

import secrets
from typing import Final, NewType

TenantId = NewType("TenantId", str)
AccountId = NewType("AccountId", str)
MeetingId = NewType("MeetingId", str)
ParticipantId = NewType("ParticipantId", str)
SessionId = NewType("SessionId", str)
NodeId = NewType("NodeId", str)

# RFC 4648 base32 in lower case: safe in NATS subjects, Redis keys, DNS labels and URLs.
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
# 20 characters of 5 bits: 100 random bits, so ids can be made anywhere without asking whether they are taken.
_LENGTH: Final = 20


def new_id() -> str:
    """A new id of 20 lower-case base32 characters (100 random bits) for anything but a meeting."""
    bits = secrets.randbits(_LENGTH * 5)
    return "".join(_ALPHABET[(bits >> (5 * place)) & 31] for place in range(_LENGTH))


def new_meeting_id() -> MeetingId:
    """A random ten-digit meeting id. It never starts with 0, which people and spreadsheets drop.

    There are 9e9 of them, so they do collide: whoever makes one has to claim it (JoinService.SetMeetingPassword).
    """
    return MeetingId(str(1_000_000_000 + secrets.randbelow(9_000_000_000)))
