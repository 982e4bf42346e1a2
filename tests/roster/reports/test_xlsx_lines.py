"""What is written at once is what the library would have written, cell by cell."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from xlsxwriter import Workbook

from services.roster.core.document import Cell, CellMemo
from services.roster.reports.xlsx_lines import LineSheet

# Texts that come again, an empty one, and cells of no text at all.
ROWS: tuple[tuple[Cell, ...], ...] = (
    ("Siti Aminah", 1, 90_000),
    ("Siti Aminah", 2, 0),
    ("", 12, 90_000),
    ("<r>Baso & Rahman</r>", 1, 61_000),
)


def parts_of(lines_at_once: bool, rows: tuple[tuple[Cell, ...], ...]) -> dict[str, bytes]:
    """A heading, a line that stays empty, and `rows`."""
    file = io.BytesIO()
    book: Any = Workbook(file, {"in_memory": True})
    shape = book.add_format({"num_format": "[h]:mm:ss"})
    sheet = book.add_worksheet("Lines", worksheet_class=LineSheet)
    sheet.write_string(0, 0, "Siti Aminah")
    if lines_at_once:
        columns = [
            CellMemo(sheet.text_end),
            CellMemo(sheet.number_end),
            CellMemo(lambda cell: sheet.number_end(cell / 86_400_000, shape)),
        ]
        told: list[None] = []
        sheet.write_lines(2, columns, rows, lambda: told.append(None))
        assert len(told) == len(rows)
    else:
        for row, (name, number, length) in enumerate(rows, 2):
            if name:
                sheet.write_string(row, 0, name)
            sheet.write_number(row, 1, number)
            sheet.write_number(row, 2, int(length) / 86_400_000, shape)
    book.close()
    with zipfile.ZipFile(file) as read:
        return {name: read.read(name) for name in read.namelist() if name != "docProps/core.xml"}


def test_it_is_the_sheet_that_the_library_writes() -> None:
    for rows in (ROWS, ROWS[:1], ()):
        at_once, by_library = parts_of(True, rows), parts_of(False, rows)
        sheet = "xl/worksheets/sheet1.xml"
        # How far the cells of 16 rows reach: the library says it, and nobody has to (ECMA-376 part 1, 18.3.1.73).
        at_once[sheet], by_library[sheet] = (
            re.sub(rb' spans="[0-9:]+"', b"", parts[sheet]) for parts in (at_once, by_library)
        )
        assert at_once == by_library
