"""Messages over a pipe: four bytes of length, then the message. An empty read is the end."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

LENGTH: Final = struct.Struct(">I")
LARGEST: Final = 512 * 1024 * 1024


def framed(data: bytes) -> bytes:
    """As it goes over the pipe."""
    return LENGTH.pack(len(data)) + data


def read_frame(pipe: BinaryIO) -> bytes | None:
    """The next one; None at the end. Raises EOFError in the middle of one."""
    head = pipe.read(LENGTH.size)
    if not head:
        return None
    data = pipe.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
    if len(head) < LENGTH.size or len(data) < LENGTH.unpack(head)[0]:
        raise EOFError("the pipe ended in the middle of a message")
    return data
