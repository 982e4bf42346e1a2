"""ICE connectivity checks as a browser sends them, by aioice's STUN: another implementation than the node's."""

from __future__ import annotations

import struct
from typing import Final

from aioice import stun

Message = stun.Message
# RFC 8445 §5.1.2.1 for a peer-reflexive candidate.
_PRIORITY: Final = 110 << 24 | 65535 << 8 | 255


def check(
    user: str,
    password: str | None,
    *,
    nominate: bool = False,
    controlled: bool = False,
    transaction: bytes | None = None,
) -> bytes:
    """A binding request of `user` ("<node's ufrag>:<client's>"); without a password it has no integrity."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, transaction)
    message.attributes["USERNAME"] = user
    message.attributes["PRIORITY"] = _PRIORITY
    message.attributes["ICE-CONTROLLED" if controlled else "ICE-CONTROLLING"] = 1
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    if password is None:
        message.add_fingerprint()
    else:
        message.add_message_integrity(password.encode())
    return bytes(message)


def read(answer: bytes, password: str) -> Message:
    """The node's answer, whose integrity and fingerprint are checked. Raises ValueError."""
    message = stun.parse_message(answer)
    if not message.check_message_integrity(password.encode()) or "FINGERPRINT" not in message.attributes:
        raise ValueError("the answer is not protected")
    return message


def framed(datagram: bytes) -> bytes:
    """As it travels over TCP (RFC 4571 §2)."""
    return struct.pack("!H", len(datagram)) + datagram
