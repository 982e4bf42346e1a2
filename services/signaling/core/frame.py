"""WebSocket frames of a server (RFC 6455 section 5.2): not masked, so the bytes of an event are the same for every
client."""

from __future__ import annotations

import struct
import zlib
from typing import Final

_BINARY: Final = 0x82
_COMPRESSED: Final = 0x40
# Below that deflate saves less than it costs; events are smaller, SDP and snapshots larger.
COMPRESS_FROM: Final = 1024
# What Z_SYNC_FLUSH ends with and RFC 7692 section 7.2.1 leaves out.
_TAIL: Final = b"\x00\x00\xff\xff"


def plain(payload: bytes) -> bytes:
    """One unfragmented binary message."""
    return _header(_BINARY, len(payload)) + payload


def deflated(payload: bytes, window_bits: int) -> bytes:
    """The same by permessage-deflate (RFC 7692), with the negotiated `window_bits` (9 to 15).

    Each message starts with an empty window: allowed whatever was negotiated, and no state is kept for a client.
    """
    compressor = zlib.compressobj(level=6, wbits=-window_bits)
    body = (compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(_TAIL)
    return _header(_BINARY | _COMPRESSED, len(body)) + body


def for_client(payload: bytes, window_bits: int) -> bytes:
    """The frame for a client that negotiated `window_bits` (0: no compression)."""
    if window_bits and len(payload) >= COMPRESS_FROM:
        return deflated(payload, window_bits)
    return plain(payload)


def _header(first: int, length: int) -> bytes:
    if length < 126:
        return bytes((first, length))
    if length < 1 << 16:
        return struct.pack("!BBH", first, 126, length)
    return struct.pack("!BBQ", first, 127, length)
