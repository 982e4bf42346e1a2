"""The fonts of printed reports, which are embedded in them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
_FONTS: Final = Path(__file__).parent / "fonts"
_MISSING: Final = "□"


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Before anything is set in them."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))


@lru_cache(maxsize=20_000)
def printable(text: str) -> str:
    """With a box for each character that the font lacks."""
    known = pdfmetrics.getFont(PLAIN).face.charToGlyph
    return "".join(one if ord(one) in known else _MISSING for one in text)
