"""Whether bytes are a PNG that a report can print: https://www.w3.org/TR/png-3/, sections 5 and 11."""

from __future__ import annotations

import zlib
from typing import Final

MAX_SIDE: Final = 1200
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# Section 11.2.1: the bit depths that each colour type has.
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# 1200 × 1200 pixels of 16-bit RGBA, with a filter byte for each line of seven interlaced passes at most.
_MOST_RAW: Final = MAX_SIDE * (MAX_SIDE * 8 + 7)
_NO_PNG: Final = "must be a PNG picture"
_BROKEN: Final = "the PNG picture is broken"


def png_problem(data: bytes) -> str:
    """What is wrong with it, or "". Reads the header, every chunk's checksum, and that the pixels can be unpacked."""
    if data[:8] != _SIGNATURE or data[8:16] != b"\0\0\0\rIHDR" or len(data) < 33:
        return _NO_PNG
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data[24] not in _DEPTHS.get(data[25], ()) or data[26] or data[27] or data[28] > 1:
        return _NO_PNG
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        return f"at most {MAX_SIDE} × {MAX_SIDE} pixels"
    pixels = _pixels(data)
    if not pixels:
        return _BROKEN
    unpacking = zlib.decompressobj()
    try:
        raw = unpacking.decompress(pixels, _MOST_RAW)
    except zlib.error:
        return _BROKEN
    return "" if unpacking.eof and raw else _BROKEN


def _pixels(data: bytes) -> bytes:
    """The packed pixels of all IDAT chunks; b"" where a chunk is damaged or the last one is not IEND."""
    position, packed = 8, []
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        end = position + 12 + length
        kind, content = data[position + 4 : position + 8], data[position + 8 : end - 4]
        if end > len(data) or zlib.crc32(kind + content) != int.from_bytes(data[end - 4 : end], "big"):
            return b""
        if kind == b"IDAT":
            packed.append(content)
        if kind == b"IEND":
            return b"".join(packed) if end == len(data) else b""
        position = end
    return b""
