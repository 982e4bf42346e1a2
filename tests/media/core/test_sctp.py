import struct

import pytest
from aiortc.rtcsctptransport import (
    CookieEchoChunk,
    DataChunk,
    HeartbeatChunk,
    InitChunk,
    ReconfigChunk,
    SackChunk,
    serialize_packet,
)
from hypothesis import given
from hypothesis import strategies as st

from services.media.core.sctp import SctpRefused, check_packet

HEAD = struct.pack("!HHLL", 5000, 5000, 1, 0)


def chunk(kind: int, body: bytes, length: int | None = None) -> bytes:
    size = 4 + len(body) if length is None else length
    return struct.pack("!BBH", kind, 3, size) + body + bytes(-len(body) % 4)


def data(stream: int = 0, text: bytes = b"x") -> bytes:
    return chunk(0, struct.pack("!LHHL", 1, stream, 0, 53) + text)


def sack(*gaps: tuple[int, int], duplicates: int = 0, count: int | None = None) -> bytes:
    blocks = b"".join(struct.pack("!HH", *gap) for gap in gaps) + bytes(4 * duplicates)
    return chunk(3, struct.pack("!LLHH", 1, 2, len(gaps) if count is None else count, duplicates) + blocks)


def test_what_a_browser_sends_passes() -> None:
    check_packet(HEAD + data() + sack((2, 3), (5, 1024), duplicates=2) + data(text=b"abcde"))
    check_packet(HEAD + chunk(1, bytes(16) + struct.pack("!HH", 0xC000, 4) + struct.pack("!HHBB", 0x8008, 6, 1, 2)))
    check_packet(HEAD + chunk(4, struct.pack("!HH", 1, 8) + b"beat"))
    # Types that are not looked into: COOKIE ACK, and one that nobody knows.
    check_packet(HEAD + chunk(11, b"") + chunk(77, b"\x00\x00\x00\x00"))
    # Nothing whole: aiortc refuses it by itself.
    for size in range(len(HEAD) + 4):
        check_packet((HEAD + b"\x00" * 3)[:size])


def test_what_aiortc_writes_passes() -> None:
    init = InitChunk()
    init.params.append((0xC000, b""))
    beat, reset = HeartbeatChunk(), ReconfigChunk()
    beat.params.append((1, b"12345"))
    reset.params.append((13, bytes(14)))
    message = DataChunk()
    message.user_data = b"hello"
    acknowledged = SackChunk()
    acknowledged.gaps = [(2, 4)]
    for written in (init, beat, reset, message, acknowledged, CookieEchoChunk(body=bytes(24))):
        check_packet(serialize_packet(5000, 5000, 1, written))


@pytest.mark.parametrize(
    ("chunks", "says"),
    [
        (chunk(4, b"\x00\x01\x00\x00"), "parameter"),
        (chunk(1, bytes(16) + b"\xc0\x00\x00\x00"), "parameter"),
        (chunk(130, b"\x00\x0d\x00\x03"), "parameter"),
        (data() + chunk(6, b"\x00\x0c\x00\x04" + b"\x00\x0c\x00\x02"), "parameter"),
        (chunk(0, b"", 3), "length of 3"),
        (chunk(0, bytes(20), 40), "length of 40"),
        (chunk(0, struct.pack("!LHHL", 1, 0, 0, 53)), "no data"),
        (data(stream=1), "stream 1"),
        (chunk(3, bytes(8)), "cut off"),
        (sack((1, 2), count=2), "length"),
        (sack((1, 1025)), "never sent"),
        (sack((3, 2)), "never sent"),
        (sack((0, 2)), "never sent"),
        (sack((2, 5), (5, 6)), "never sent"),
        (chunk(192, bytes(4)), "unreliably"),
    ],
)  # fmt: skip
def test_what_no_browser_sends_is_refused(chunks: bytes, says: str) -> None:
    with pytest.raises(SctpRefused, match=says):
        check_packet(HEAD + chunks)


@given(st.binary(max_size=200))
def test_noise_raises_nothing_else(noise: bytes) -> None:
    try:
        check_packet(HEAD + noise)
    except SctpRefused:
        return
