"""Whether bytes are a PNG that a report can print: https://www.w3.org/TR/png-3/, sections 5 to 11.

Reports are printed by a library that believes what chunks say. So nothing is kept that it does not need, and what is
kept is checked whole: one picture that it fails on would break every report of the tenant.
"""

from __future__ import annotations

import re
import zlib
from typing import Final, NamedTuple

MAX_SIDE: Final = 1200
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# Section 11.2.1: the bit depths that each colour type has, and its samples per pixel.
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_GREY, _COLOURS, _PALETTE = 0, 2, 3
# Section 8.1, Adam7: where each pass begins and its steps, across and down.
_ADAM7: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_AT_ONCE: Final = ((0, 0, 1, 1),)
# Section 5.6, for the chunks that are kept: a second header, which might tell another size, is in the wrong place too.
_ORDER: Final = re.compile(rb"IHDR( PLTE)?( tRNS)?( IDAT)+ IEND")
_LAST_FILTER: Final = 4
_NO_PNG: Final = "must be a PNG picture"
_BROKEN: Final = "the PNG picture is broken"
_MORE: Final = "must be a PNG picture without descriptions, profiles and animation"


class _Chunk(NamedTuple):
    kind: bytes
    content: bytes
    whole: bytes


class _Header(NamedTuple):
    width: int
    height: int
    depth: int
    colour: int
    passes: tuple[tuple[int, int, int, int], ...]


def png_problem(data: bytes) -> str:
    """What is wrong with it, or "". Reads the header, every chunk, and that there are as many pixels as it says."""
    if data[:8] != _SIGNATURE or data[8:16] != b"\0\0\0\rIHDR" or len(data) < 33:
        return _NO_PNG
    header = _header(data[16:29])
    if header is None:
        return _NO_PNG
    if not (0 < header.width <= MAX_SIDE and 0 < header.height <= MAX_SIDE):
        return f"at most {MAX_SIDE} × {MAX_SIDE} pixels"
    chunks = _chunks(data)
    if any(not _is_kept(chunk) for chunk in chunks):
        return _MORE
    if not _ORDER.fullmatch(b" ".join(chunk.kind for chunk in chunks)):
        return _BROKEN
    return "" if _colours_fit(header, chunks) and _pixels_fit(header, chunks) else _BROKEN


def without_extras(data: bytes) -> bytes:
    """The same picture without the chunks that printing does not need; unchanged where its chunks cannot be read.

    Programs write such chunks into most pictures: the resolution, colour profiles, texts, what a camera noted.
    """
    chunks = _chunks(data)
    return _SIGNATURE + b"".join(chunk.whole for chunk in chunks if _is_kept(chunk)) if chunks else data


def _header(content: bytes) -> _Header | None:
    depth, colour, compression, filters, interlaced = content[8:]
    if depth not in _DEPTHS.get(colour, ()) or compression or filters or interlaced > 1:
        return None
    width, height = int.from_bytes(content[:4], "big"), int.from_bytes(content[4:8], "big")
    return _Header(width, height, depth, colour, _ADAM7 if interlaced else _AT_ONCE)


def _chunks(data: bytes) -> list[_Chunk]:
    """None of them where the signature is missing, one is damaged, or the first IEND is not the end."""
    position, found = 8, list[_Chunk]()
    while data[:8] == _SIGNATURE and position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        kind, content = data[position + 4 : position + 8], data[position + 8 : end - 4]
        if end > len(data) or zlib.crc32(kind + content) != int.from_bytes(data[end - 4 : end], "big"):
            return []
        found.append(_Chunk(kind, content, data[position:end]))
        if kind == b"IEND":
            return found if end == len(data) else []
        position = end
    return []


def _is_kept(chunk: _Chunk) -> bool:
    """Critical chunks, whose first letter is a capital (section 5.4), even unknown ones: no picture is without them."""
    return not chunk.kind[0] & 0x20 or chunk.kind == b"tRNS"


def _content(chunks: list[_Chunk], kind: bytes) -> bytes:
    return b"".join(chunk.content for chunk in chunks if chunk.kind == kind)


def _colours_fit(header: _Header, chunks: list[_Chunk]) -> bool:
    """Sections 11.2.2 and 11.3.1.1: whether a palette and transparent colours are there where they may and must be."""
    kinds = {chunk.kind for chunk in chunks}
    palette, transparent = _content(chunks, b"PLTE"), _content(chunks, b"tRNS")
    colours, rest = divmod(len(palette), 3)
    most = 1 << min(header.depth, 8) if header.colour == _PALETTE else 256
    if b"PLTE" in kinds and (header.colour in (0, 4) or rest or not 0 < colours <= most):
        return False
    if header.colour == _PALETTE and b"PLTE" not in kinds:
        return False
    if b"tRNS" not in kinds:
        return True
    if header.colour == _PALETTE:
        return 0 < len(transparent) <= colours
    return len(transparent) == {_GREY: 2, _COLOURS: 6}.get(header.colour)


def _pixels_fit(header: _Header, chunks: list[_Chunk]) -> bool:
    """Whether the packed pixels are as many bytes as the header says, and every line has a filter that there is."""
    lines = _lines(header)
    expected = sum(length * count for length, count in lines)
    unpacking = zlib.decompressobj()
    try:
        # One byte more would show that there are too many, however many more there are.
        raw = unpacking.decompress(_content(chunks, b"IDAT"), expected + 1)
    except zlib.error:
        return False
    if len(raw) != expected or not unpacking.eof or unpacking.unused_data:
        return False
    position = 0
    for length, count in lines:
        end = position + length * count
        if max(raw[position:end:length]) > _LAST_FILTER:
            return False
        position = end
    return True


def _lines(header: _Header) -> list[tuple[int, int]]:
    """The bytes of a line with its filter byte, and the lines, of each pass that has pixels (sections 7.2 and 8.1)."""
    bits = header.depth * _SAMPLES[header.colour]
    sizes = [
        (-((left - header.width) // across), -((top - header.height) // down))
        for left, top, across, down in header.passes
    ]
    return [(1 + (width * bits + 7) // 8, height) for width, height in sizes if width > 0 and height > 0]
