"""Which bytes are a picture that a report can print."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.core.letterhead import checked_letterhead
from services.auth.core.png import MAX_SIDE, png_problem
from services.common.errors import InvalidField
from sipulung.auth.v1.tenant_pb2 import Letterhead
from tests.auth.core.pictures import chunk, png, png_of

PIXEL = chunk(b"IDAT", zlib.compress(b"\0\0"))
END = chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "P", "1", "LA"])
def test_pictures(mode: str) -> None:
    assert png_problem(png(mode=mode)) == ""
    assert png_problem(png(MAX_SIDE, MAX_SIDE, mode)) == ""


def test_the_smallest() -> None:
    assert png_problem(png_of(PIXEL, END)) == ""


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "must be a PNG"),
        (b"\xff\xd8\xff\xe0JFIF", "must be a PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>" + bytes(60), "must be a PNG"),
        (png()[:30], "must be a PNG"),
        (png_of(PIXEL, END, rest=b"\x03\x00\x00\x00\x00"), "must be a PNG"),
        (png_of(PIXEL, END, rest=b"\x08\x05\x00\x00\x00"), "must be a PNG"),
        (png_of(PIXEL, END, rest=b"\x08\x00\x01\x00\x00"), "must be a PNG"),
        (png_of(PIXEL, END, rest=b"\x08\x00\x00\x01\x00"), "must be a PNG"),
        (png_of(PIXEL, END, rest=b"\x08\x00\x00\x00\x02"), "must be a PNG"),
        (png(MAX_SIDE + 1, 1), "1200 × 1200"),
        (png(1, MAX_SIDE + 1), "1200 × 1200"),
        (png_of(PIXEL, END, width=0), "1200 × 1200"),
        (png_of(PIXEL, END, height=0), "1200 × 1200"),
        (png_of(PIXEL), "broken"),
        (png_of(END), "broken"),
        (png_of(PIXEL, END) + b"<script>", "broken"),
        (png_of(chunk(b"IDAT", b"no zlib"), END), "broken"),
        (png_of(chunk(b"IDAT", zlib.compress(b"\0\0")[:-3]), END), "broken"),
        (png_of(chunk(b"IDAT", zlib.compress(b"")), END), "broken"),
        # 1000 times as large when it is unpacked.
        (png_of(chunk(b"IDAT", zlib.compress(bytes(60_000_000), 9)), END), "broken"),
        (png_of(PIXEL[:-1] + b"\0", END), "broken"),
        (png_of(b"\xff\xff\xff\xff" + PIXEL[4:], END), "broken"),
    ],
)
def test_what_is_none(data: bytes, problem: str) -> None:
    assert problem in png_problem(data)


@given(st.integers(0, len(png()) - 1), st.integers(1, 255))
def test_one_changed_byte_is_found(position: int, change: int) -> None:
    data = bytearray(png())
    data[position] ^= change
    assert png_problem(bytes(data))


@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    assert png_problem(data)
    assert png_problem(png_of() + data) or data.endswith(END)


def test_a_letterhead_is_tidied() -> None:
    letterhead = Letterhead(
        titles=["PEMERINTAH  KABUPATEN LUWU", "", "DINAS"], address=" Jalan  Poros ", logo_png=png(), place="Belopa"
    )
    tidy = checked_letterhead(letterhead)
    assert list(tidy.titles) == ["PEMERINTAH KABUPATEN LUWU", "DINAS"]
    assert (tidy.address, tidy.place, tidy.logo_png) == ("Jalan Poros", "Belopa", png())
    assert checked_letterhead(Letterhead()) == Letterhead()
    with pytest.raises(InvalidField) as raised:
        checked_letterhead(Letterhead(logo_png=b"GIF89a"))
    assert raised.value.field == "letterhead.logo_png"
