"""PNG pictures, good and bad."""

from __future__ import annotations

import io
import zlib

from PIL import Image


def png(width: int = 40, height: int = 30, mode: str = "RGBA") -> bytes:
    """A good one, by Pillow."""
    buffer = io.BytesIO()
    Image.new(mode, (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def png_of(*chunks: bytes, width: int = 1, height: int = 1, rest: bytes = b"\x08\x00\x00\x00\x00") -> bytes:
    """With the chunks after the header. `rest`: depth, colour type, compression, filter, interlace."""
    header = chunk(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + rest)
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks)
