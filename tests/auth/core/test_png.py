"""Which bytes are a picture that a report can print."""

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL import ImageCms
from PIL.PngImagePlugin import PngInfo
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Image, SimpleDocTemplate

from services.auth.core.letterhead import checked_letterhead
from services.auth.core.png import MAX_SIDE, png_problem, without_extras
from services.common.errors import InvalidField
from sipulung.auth.v1.tenant_pb2 import Letterhead
from tests.auth.core.pictures import chunk, png, png_of

PIXEL = chunk(b"IDAT", zlib.compress(b"\0\0"))
END = chunk(b"IEND", b"")
TWO_COLOURS = chunk(b"PLTE", b"\1\2\3\4\5\6")
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
KINDS = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8)]
KINDS += [(4, 8), (4, 16), (6, 8), (6, 16)]
# Width and height of the passes of 5 × 3 interlaced pixels, counted in the table of section 8.1: the third has none.
PASSES = [(1, 1), (1, 1), (1, 1), (3, 1), (2, 2), (5, 1)]


def kind_of(colour: int, depth: int, interlaced: int = 0) -> bytes:
    return bytes([depth, colour, 0, 0, interlaced])


def packed(raw: bytes) -> bytes:
    return chunk(b"IDAT", zlib.compress(raw))


def square(*chunks: bytes, colour: int = 2, raw: bytes = (b"\0" + b"\x80" * 24) * 8) -> bytes:
    """8 × 8 pixels of 8 bits a sample, with these chunks after the header."""
    return png_of(*chunks, packed(raw), END, width=8, height=8, rest=kind_of(colour, 8))


def print_it(data: bytes) -> None:
    """In both ways of the reports. Raises whatever ReportLab and Pillow do."""
    canvas = Canvas(io.BytesIO())
    canvas.drawImage(ImageReader(io.BytesIO(data)), 0, 0, 50, 50, mask="auto")
    canvas.save()
    SimpleDocTemplate(io.BytesIO()).build([Image(io.BytesIO(data), width=60, height=60, kind="proportional")])


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "P", "1", "LA"])
def test_pictures(mode: str) -> None:
    assert png_problem(png(mode=mode)) == ""
    assert png_problem(png(MAX_SIDE, MAX_SIDE, mode)) == ""


def test_the_smallest() -> None:
    assert png_problem(png_of(PIXEL, END)) == ""


@pytest.mark.parametrize(("colour", "depth"), KINDS)
@pytest.mark.parametrize("interlaced", [0, 1])
def test_pixels_are_as_many_as_the_header_says(colour: int, depth: int, interlaced: int) -> None:
    bits = depth * SAMPLES[colour]
    # Each line has another one of the five filters.
    sizes = PASSES if interlaced else [(5, 3)]
    widths = [width for width, height in sizes for _ in range(height)]
    raw = b"".join(bytes([line % 5]) + bytes((width * bits + 7) // 8) for line, width in enumerate(widths))
    before = [TWO_COLOURS] if colour == 3 else []

    def picture(raw: bytes) -> bytes:
        return png_of(*before, packed(raw), END, width=5, height=3, rest=kind_of(colour, depth, interlaced))

    assert png_problem(picture(raw)) == ""
    print_it(picture(raw))
    assert "broken" in png_problem(picture(raw[:-1]))
    assert "broken" in png_problem(picture(raw + b"\0"))
    last_line = len(raw) - 1 - (widths[-1] * bits + 7) // 8
    assert "broken" in png_problem(picture(raw[:last_line] + b"\5" + raw[last_line + 1 :]))


@pytest.mark.parametrize(
    ("colour", "chunks", "good"),
    [
        (0, [(b"tRNS", 2)], True),
        (0, [(b"tRNS", 1)], False),
        (0, [(b"PLTE", 3)], False),
        (2, [(b"tRNS", 6)], True),
        (2, [(b"PLTE", 768), (b"tRNS", 6)], True),
        (2, [(b"tRNS", 5)], False),
        (2, [(b"PLTE", 771)], False),
        (3, [(b"PLTE", 6), (b"tRNS", 1)], True),
        (3, [(b"PLTE", 6), (b"tRNS", 2)], True),
        (3, [(b"PLTE", 768), (b"tRNS", 256)], True),
        (3, [(b"PLTE", 6), (b"tRNS", 3)], False),
        (3, [(b"PLTE", 6), (b"tRNS", 300)], False),
        (3, [(b"PLTE", 6), (b"tRNS", 0)], False),
        (3, [(b"tRNS", 1), (b"PLTE", 6)], False),
        (3, [(b"PLTE", 6), (b"PLTE", 6)], False),
        (3, [(b"PLTE", 6), (b"tRNS", 1), (b"tRNS", 1)], False),
        (3, [(b"PLTE", 0)], False),
        (3, [(b"PLTE", 7)], False),
        (3, [(b"PLTE", 771)], False),
        (3, [], False),
        (4, [(b"tRNS", 2)], False),
        (4, [(b"PLTE", 3)], False),
        (6, [(b"PLTE", 3)], True),
        (6, [(b"tRNS", 2)], False),
    ],
)
def test_palettes_and_transparent_colours(colour: int, chunks: list[tuple[bytes, int]], good: bool) -> None:
    raw = (b"\0" + bytes([1] * 8 * SAMPLES[colour])) * 8
    data = square(*(chunk(kind, bytes(length)) for kind, length in chunks), colour=colour, raw=raw)
    assert png_problem(data) == ("" if good else "the PNG picture is broken")
    if good:
        print_it(data)


def test_a_palette_has_no_more_colours_than_its_pixels_can_name() -> None:
    def picture(colours: int) -> bytes:
        return png_of(chunk(b"PLTE", bytes(3 * colours)), packed(b"\0\0"), END, rest=kind_of(3, 1))

    assert png_problem(picture(2)) == ""
    assert "broken" in png_problem(picture(3))


def test_what_programs_write_besides_is_dropped() -> None:
    text = PngInfo()
    text.add_text("Title", "Lambang")
    text.add_text("transparency", "a word that Pillow keeps something else under")
    text.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>", zip=True)
    exif = Picture.Exif()
    exif[0x0131] = "A program"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = io.BytesIO()
    Picture.new("RGBA", (40, 30)).save(file, "PNG", dpi=(300, 300), pnginfo=text, exif=exif, icc_profile=profile)
    # These two go before what the picture itself consists of, as section 5.6 wants it.
    more = chunk(b"gAMA", b"\0\0\xb1\x8f") + chunk(b"sRGB", b"\0")
    data = file.getvalue()[:33] + more + file.getvalue()[33:]
    for kind in (b"gAMA", b"sRGB", b"iCCP", b"tEXt", b"iTXt", b"pHYs", b"eXIf"):
        assert kind in data
    assert "without descriptions" in png_problem(data)
    assert without_extras(data) == png()


def test_transparent_colours_are_kept() -> None:
    data = square(TWO_COLOURS, chunk(b"tRNS", b"\0"), colour=3, raw=bytes(72))
    assert without_extras(data) == data


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(60), png()[:-1], png() + b"\0", bytes(8) + png()[8:]])
def test_what_cannot_be_read_is_left_for_the_check(data: bytes) -> None:
    assert without_extras(data) == data
    assert png_problem(data)


BOMB = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(40_000_000)))


@pytest.mark.parametrize(
    ("data", "problem", "plain_problem"),
    [
        (square(raw=b"\0\1"), "broken", "broken"),
        (square(raw=(b"\x09" + bytes(24)) * 8), "broken", "broken"),
        (square(chunk(b"IHDR", b"\0\0\xea\x60" * 2 + kind_of(2, 8))), "broken", "broken"),
        (square(chunk(b"IHDR", b"\0\0\x23\x28" * 2 + kind_of(2, 8))), "broken", "broken"),
        (square(chunk(b"ABCD", b"")), "broken", "broken"),
        (square(chunk(b"\xff\0\0\0", b"")), "without descriptions", ""),
        (square(chunk(b"pHYs", b"\0")), "without descriptions", ""),
        (square(chunk(b"iCCP", b"x")), "without descriptions", ""),
        (square(chunk(b"tEXt", b"bbox\0x")), "without descriptions", ""),
        (square(chunk(b"acTL", bytes(8))), "without descriptions", ""),
        (square(BOMB), "without descriptions", ""),
        # The pixels are not parted, and nothing follows them in their stream.
        (png_of(PIXEL[:0], chunk(b"IDAT", zlib.compress(b"\0\0") + b"more"), END), "broken", "broken"),
        (png_of(PIXEL, TWO_COLOURS, chunk(b"IDAT", b""), END), "broken", "broken"),
    ],
)
def test_pictures_that_break_reports(data: bytes, problem: str, plain_problem: str) -> None:
    assert problem in png_problem(data)
    plain = without_extras(data)
    if plain_problem:
        assert plain_problem in png_problem(plain)
    else:
        assert png_problem(plain) == ""
        print_it(plain)


HEADER = b"\0\0\0\x08\0\0\0\x08" + kind_of(2, 8)
WITH_PALETTE = HEADER[:8] + kind_of(3, 8)
# Kinds and contents of chunks; pixels are packed when they are written.
SMALL = [
    [(b"IHDR", HEADER), (b"IDAT", bytes(200)), (b"IEND", b"")],
    [(b"IHDR", HEADER), (b"pHYs", bytes(9)), (b"tRNS", bytes(6)), (b"IDAT", bytes(200)), (b"IEND", b"")],
    [(b"IHDR", WITH_PALETTE), (b"PLTE", bytes(6)), (b"tRNS", b"\x80\0"), (b"IDAT", bytes(72)), (b"IEND", b"")],
]


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A small picture with a chunk or two left out, doubled, renamed or filled anew; their checksums are right."""
    chunks = list(draw(st.sampled_from(SMALL)))
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(chunks) - 1))
        kind, content = chunks[place]
        other = draw(st.sampled_from([b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"pHYs", b"zTXt", b"acTL"]))
        at, cut = draw(st.integers(0, len(content))), draw(st.integers(0, 3))
        filled = content[:at] + draw(st.binary(max_size=3)) + content[at + cut :]
        chunks[place : place + 1] = draw(
            st.sampled_from([[], [(kind, content)] * 2, [(other, content), (kind, content)], [(kind, filled)]])
        )
    packed_chunks = (chunk(kind, zlib.compress(content) if kind == b"IDAT" else content) for kind, content in chunks)
    return png()[:8] + b"".join(packed_chunks)


@given(mutations())
def test_what_is_accepted_is_printed(data: bytes) -> None:
    for picture in (data, without_extras(data)):
        if png_problem(picture) == "":
            print_it(picture)


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
