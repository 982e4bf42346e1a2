"""Frames that any WebSocket client reads."""

import zlib

import pytest

from services.signaling.core import frame


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (0, b"\x82\x00"),
        (125, b"\x82\x7d"),
        (126, b"\x82\x7e\x00\x7e"),
        (65535, b"\x82\x7e\xff\xff"),
        (65536, b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_header_by_length(size: int, header: bytes) -> None:
    assert frame.plain(b"x" * size) == header + b"x" * size


def test_deflated_messages_follow_each_other_in_one_inflater() -> None:
    inflater = zlib.decompressobj(wbits=-15)
    for payload in (b"a" * 3000, b"b" * 3000, bytes(range(256)) * 12):
        octets = frame.deflated(payload, 15)
        assert octets[0] == 0xC2
        body = octets[2:] if octets[1] < 126 else octets[4:]
        assert inflater.decompress(body + b"\x00\x00\xff\xff") == payload


def test_only_what_is_worth_it_is_compressed() -> None:
    small, large = b"a" * (frame.COMPRESS_FROM - 1), b"a" * frame.COMPRESS_FROM
    assert frame.for_client(small, 15) == frame.plain(small)
    assert frame.for_client(large, 0) == frame.plain(large)
    assert frame.for_client(large, 12) == frame.deflated(large, 12)
