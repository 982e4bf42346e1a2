"""The files of the day as somebody has them in a spreadsheet or on paper: cells as text, whatever the format."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple

import openpyxl
import pypdfium2
from PIL import Image

Rows = list[list[str]]
# What stands below each other in a column begins at about the same place: letters have bearings of their own.
_COLUMN_PT: Final = 6.0
# A number of a line stands in the first column.
_FIRST_COLUMN_PT: Final = 58.0
# Three lines of text.
_TALLEST_PT: Final = 24.0
_INCH_MM: Final = 25.4


class Paper(NamedTuple):
    """Facts by their labels, and the lines of the last table without their headings."""

    facts: dict[str, str]
    rows: Rows


class _Text(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float
    text: str


def of_csv(data: bytes) -> Paper:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    parts: list[Rows] = [[]]
    for row in rows:
        if row:
            parts[-1].append(row)
        else:
            parts.append([])
    facts, lines, _ = parts
    return Paper({row[0]: row[1] for row in facts}, lines[1:])


def of_xlsx(data: bytes) -> tuple[dict[str, str], list[Rows]]:
    """The facts, and the lines of every table."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    facts: dict[str, str] = {}
    tables: list[Rows] = []
    # The last sheet is the proof.
    for sheet in book.worksheets[:-1]:
        rows = [[_shown(cell.value) for cell in row] for row in sheet.iter_rows()]
        if not tables:
            gap = next(number for number, row in enumerate(rows) if not any(row))
            facts = {row[0]: row[1] for row in rows[:gap]}
            rows = rows[gap + 1 :]
        tables.append(rows[1:])
    return facts, tables


def of_pdf(data: bytes) -> list[str]:
    """Each numbered line of the table as one text, from left to right and each column from top to bottom."""
    lines: list[str] = []
    for page in pypdfium2.PdfDocument(data):
        texts = list(_texts(page))
        while True:
            found = [one for one in texts if one.text == str(len(lines) + 1) and one.right < _FIRST_COLUMN_PT]
            if not found:
                break
            after = [one for one in texts if one.text == str(len(lines) + 2) and one.right < _FIRST_COLUMN_PT]
            # The last line of a page has no other below it; what is written under the table begins at the margin.
            floor = after[0].top + 1 if after else found[0].bottom - _TALLEST_PT
            inside = [one for one in texts if floor < one.bottom and one.top <= found[0].top + 1]
            lines.append(_line([one for one in inside if one in found or one.left >= _FIRST_COLUMN_PT]))
    return lines


def attachment(data: bytes) -> bytes:
    """The CSV file inside of a PDF."""
    document = pypdfium2.PdfDocument(data)
    assert document.count_attachments() == 1
    return bytes(document.get_attachment(0).get_data())


def text_of(data: bytes) -> str:
    """All that can be read on the pages."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))


def pictures(data: bytes) -> list[Image.Image]:
    """The pages, 4 points to the millimetre."""
    return [page.render(scale=4 * _INCH_MM / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(data)]


def on_paper(row: Sequence[str]) -> str:
    """How a line of office hours is printed: the date stands above, and what is nothing is a dash.

    Nothing is written for a text that is empty; a time that is empty is a dash.
    """
    shown = []
    for place, cell in enumerate(row):
        if place in (5, 7):
            shown.append(cell.partition(" ")[2].replace(":", ".") or "–")
        else:
            shown.append("–" if cell == "0:00:00" else cell)
    return " ".join(cell for cell in shown if cell)


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if value is None else str(value)


def _texts(page: Any) -> Iterator[_Text]:
    textpage = page.get_textpage()
    for number in range(textpage.count_rects()):
        left, bottom, right, top = textpage.get_rect(number)
        text = " ".join(textpage.get_text_bounded(left, bottom, right, top).split())
        if text:
            yield _Text(left, bottom, right, top, text)


def _line(texts: Sequence[_Text]) -> str:
    columns: list[list[_Text]] = []
    for one in sorted(texts, key=lambda one: one.left):
        if columns and one.left - columns[-1][0].left < _COLUMN_PT:
            columns[-1].append(one)
        else:
            columns.append([one])
    ordered = [one for column in columns for one in sorted(column, key=lambda one: -one.top)]
    return " ".join(one.text for one in ordered)
