"""A report as a workbook: a sheet for each table (the facts above the first one) and one with the proof.

Times are real dates and durations real numbers, shown in a format; every text is written as a text, so nothing in it
is a formula. The proof also stands in the workbook's own properties.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

from services.roster.core.document import (
    MOMENT_FORMAT,
    CellMemo,
    Column,
    Document,
    Grid,
    Kind,
    Table,
    duration,
    inert,
    local,
)
from services.roster.core.report_proof import NoReport, ReadFile, read_rows, rows_of
from services.roster.core.report_words import ReportWords
from services.roster.reports.row_width import fitted
from services.roster.reports.written import Written, nobody
from services.roster.reports.xlsx_lines import LineSheet
from sipulung.roster.v1 import report_pb2

# ECMA-376 part 1, section 18.17.4.1: serial day 0 of the 1900 date system, with its leap-year fault left behind.
_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What a report of ours unpacks to at most; more is a bomb.
_LARGEST_PART: Final = 96 * 1024 * 1024
_WIDTHS: Final[Mapping[str, int]] = {
    "name": 32,
    "unit": 40,
    "title": 32,
    "host": 26,
    "nip": 24,
    "state": 20,
    "log": 30,
    "status": 18,
    "remark": 20,
}
_KIND_WIDTHS: Final = {Kind.MOMENT: 21, Kind.DURATION: 16, Kind.COUNT: 10, Kind.TEXT: 16}
# Which columns hold times and durations, by table, in a file whose headings may be in either language.
_MEETING: Final = (4, 5), (6,)
_LAYOUTS: Final[Mapping[str, tuple[Sequence[int], Sequence[int]]]] = {
    "people": ((), (6,)),
    "meetings": ((4, 5), (7,)),
    "office_day": ((5, 7), (6, 8, 9, 11)),
    "office_days": ((6, 8), (7, 9, 10, 12)),
    "office_week": ((), (6, 7, 8, 9, 11)),
}
_MONTH_LINES: Final = (2, 7, 8), (9,)
_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# What XML cannot hold, or reads as something else (a carriage return).
_UNHELD: Final = r"\x00-\x08\x0b-\x1f\ufffe\uffff"
# And the beginning of what would be read as such a character; the end of one escape may be the beginning of the next.
_ESCAPED: Final = re.compile(f"[{_UNHELD}]|_(?=x[0-9A-Fa-f]{{4}}[_{_UNHELD}])")


class _Texts(SharedStrings):  # type: ignore[misc]
    """All texts of a workbook, with whatever name somebody gave themselves.

    The library escapes only every other one of those that share an underscore, and takes a text that begins with <r>
    and ends with </r> for XML.
    """

    def _write_si(self, string: str) -> None:
        self.fh.write(f'<si><t xml:space="preserve">{escape(_escaped(string))}</t></si>')


class _Parts(Packager):  # type: ignore[misc]
    """The parts of a workbook, with its texts as they are written here."""

    def _write_shared_strings_file(self) -> None:
        texts: Any = _Texts()
        texts.string_table = self.workbook.str_table
        texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))  # noqa: SLF001 - as the library itself does it
        texts._assemble_xml_file()  # noqa: SLF001


class _Book(Workbook):  # type: ignore[misc]
    """A workbook that is packed here; the library lets the packager and its worksheets be others."""

    worksheet_class = LineSheet

    def _get_packager(self) -> Packager:
        return _Parts()


def xlsx_of(
    document: Document, proof: report_pb2.ReportProof, w: ReportWords, tell: Callable[[int, int], None] = nobody
) -> bytes:
    """The whole file. `tell` is told how many lines are written, of how many."""
    written = Written(sum(len(table.rows) for table in document.tables), tell)
    file = io.BytesIO()
    book: Any = _Book(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    formats = {
        "bold": book.add_format({"bold": True}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        Kind.MOMENT: book.add_format({"num_format": "yyyy\\-mm\\-dd\\ hh:mm:ss", "align": "left"}),
        Kind.DURATION: book.add_format({"num_format": "[h]:mm:ss"}),
    }
    for place, table in enumerate(document.tables):
        sheet = book.add_worksheet(table.title[:31])
        _write_table(sheet, document, table, formats, document.facts if place == 0 else (), written)
    sheet = book.add_worksheet(w.proof)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, w.proof, formats["bold"])
    sheet.write_string(0, 1, w.proof_text)
    for row, (name, value) in enumerate(rows_of(proof), 1):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    book.set_properties(
        {"title": document.title, "created": datetime.fromtimestamp(proof.as_of_ms // 1000, UTC).replace(tzinfo=None)}
    )
    for name, value in rows_of(proof):
        if name not in ("log", "day", "people"):
            book.set_custom_property(f"sipulung.{name}", value, "text")
    book.close()
    return file.getvalue()


def _write_table(
    sheet: LineSheet,
    document: Document,
    table: Table,
    formats: Mapping[Any, Any],
    facts: Sequence[tuple[str, str]],
    written: Written,
) -> None:
    for row, (label, value) in enumerate(facts):
        sheet.write_string(row, 0, label, formats["bold"])
        sheet.write_string(row, 1, value)
    top = len(facts) + 1 if facts else 0
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column))
        sheet.write_string(top, place, column.title, formats["head"])
    sheet.freeze_panes(top + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    columns = [_ends(sheet, column.kind, formats, document.zone) for column in table.columns]
    sheet.write_lines(top + 1, columns, table.rows, written.line)


def _ends(sheet: LineSheet, kind: Kind, formats: Mapping[Any, Any], zone: tzinfo) -> CellMemo:
    """How the cells of a column of that kind are written."""
    shape = formats.get(kind)

    def length(cell: int) -> str:
        return sheet.number_end(cell // 1000 / 86400, shape)

    def moment(cell: int) -> str:
        return sheet.number_end((local(cell, zone).replace(tzinfo=UTC) - _EPOCH) / _DAY, shape) if cell else ""

    ends: dict[Kind, Callable[[Any], str]] = {
        Kind.TEXT: sheet.text_end,
        Kind.COUNT: sheet.number_end,
        Kind.DURATION: length,
        Kind.MOMENT: moment,
    }
    return CellMemo(ends[kind])


def _width(column: Column) -> int:
    return _WIDTHS.get(column.key, _KIND_WIDTHS[column.kind])


def read_xlsx(data: bytes) -> ReadFile:
    """From a workbook of ours, also after a spreadsheet program saved it again. Raises NoReport."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            shared = _shared(parts)
            sheets = [_sheet(parts, path, shared) for path in _paths(parts)]
    except (
        zipfile.BadZipFile,
        # One wrong byte in what is packed.
        zlib.error,
        ElementTree.ParseError,
        KeyError,
        IndexError,
        ValueError,
        # What zipfile raises for a way of packing that it does not know, and for what seems to be encrypted.
        RuntimeError,
        EOFError,
    ) as error:
        raise NoReport(f"no workbook: {error!r}") from None
    if not sheets:
        raise NoReport("no sheets")
    proof = read_rows([[_plain(cell) for cell in row] for row in sheets[-1]])
    if len(sheets) != len(proof.tables) + 1:
        raise NoReport("a sheet is missing")
    facts: Grid = []
    headings: dict[str, list[str]] = {}
    tables: dict[str, Grid] = {}
    for place, (key, rows) in enumerate(zip(proof.tables, sheets, strict=False)):
        body = rows
        if place == 0:
            gap = next((number for number, row in enumerate(rows) if not any(cell != "" for cell in row)), len(rows))
            facts = [fitted([inert(_plain(cell)) for cell in row], 2) for row in rows[:gap]]
            body = rows[gap + 1 :]
        if not body:
            raise NoReport("a table is missing")
        headings[key] = fitted([inert(_plain(cell)) for cell in body[0]], 0)
        tables[key] = _grid(body[1:], len(headings[key]), key, month=bool(proof.month))
    return ReadFile(proof, facts, headings, tables)


def _grid(rows: Sequence[Sequence[str | float]], width: int, key: str, *, month: bool) -> Grid:
    moments, durations = _LAYOUTS.get(key, _MONTH_LINES if month else _MEETING)
    grid: Grid = []
    for row in rows:
        cells = [_text(cell, moment=place in moments, length=place in durations) for place, cell in enumerate(row)]
        grid.append(fitted(cells, width))
    while grid and not any(grid[-1]):
        grid.pop()
    return grid


def _text(cell: str | float, *, moment: bool, length: bool) -> str:
    if isinstance(cell, float):
        seconds = round(cell * 86400)
        if moment and 0 <= seconds < 1 << 34:
            return (_EPOCH + timedelta(seconds=seconds)).strftime(MOMENT_FORMAT)
        if length and 0 <= seconds < 1 << 34:
            return duration(seconds)
    return inert(_plain(cell))


def _plain(cell: str | float) -> str:
    if isinstance(cell, str):
        return cell
    return str(int(cell)) if cell.is_integer() and abs(cell) < 1 << 53 else str(cell)


def _part(parts: zipfile.ZipFile, path: str) -> bytes:
    """Raises KeyError, ValueError for one that is too large."""
    with parts.open(path) as part:
        data = part.read(_LARGEST_PART + 1)
    if len(data) > _LARGEST_PART or b"<!DOCTYPE" in data[:1024]:
        raise ValueError("a part is too large, or no plain XML")
    return data


def _paths(parts: zipfile.ZipFile) -> list[str]:
    """The sheets' parts in the order of their tabs."""
    targets = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in ElementTree.fromstring(_part(parts, "xl/_rels/workbook.xml.rels"))  # noqa: S314 - no DOCTYPE
    }
    book = ElementTree.fromstring(_part(parts, "xl/workbook.xml"))  # noqa: S314
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    found = [targets[sheet.get(relation, "")] for sheet in book.iter(f"{_MAIN}sheet")]
    return [path.lstrip("/") if path.startswith("/") else f"xl/{path}" for path in found[:8]]


def _shared(parts: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in parts.namelist():
        return []
    root = ElementTree.fromstring(_part(parts, "xl/sharedStrings.xml"))  # noqa: S314
    return [_joined(item) for item in root.findall(f"{_MAIN}si")]


def _joined(item: ElementTree.Element) -> str:
    """Of all runs, but not of the phonetic ones (rPh)."""
    runs = [item.find(f"{_MAIN}t"), *(run.find(f"{_MAIN}t") for run in item.findall(f"{_MAIN}r"))]
    return _unescaped("".join(run.text or "" for run in runs if run is not None))


def _escaped(text: str) -> str:
    """So that `_unescaped` gives it back, whatever it is."""
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescaped(text: str) -> str:
    """ECMA-376 part 1, section 22.4.2.4: _x000D_ is a character that XML cannot hold. They are units of UTF-16; what is
    half of a pair only is replaced."""
    units = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if units != text else text


def _sheet(parts: zipfile.ZipFile, path: str, shared: Sequence[str]) -> list[list[str | float]]:
    rows: list[list[str | float]] = []
    root = ElementTree.fromstring(_part(parts, path))  # noqa: S314
    for row in root.iter(f"{_MAIN}row"):
        number = int(row.get("r", len(rows) + 1))
        if not 0 < number <= 1 << 20 or number - len(rows) > 1000:
            raise ValueError("rows are missing")
        while len(rows) < number - 1:
            rows.append([])
        cells: list[str | float] = []
        for cell in row.iter(f"{_MAIN}c"):
            place = _place(cell.get("r", ""), len(cells))
            cells += [""] * (place - len(cells))
            cells.append(_value(cell, shared))
        rows.append(cells)
    return rows


def _place(reference: str, default: int) -> int:
    found = _CELL.fullmatch(reference)
    if found is None:
        return default
    place = 0
    for letter in found[1]:
        place = place * 26 + ord(letter) - 64
    if place - 1 < default or place > 200:
        raise ValueError("cells out of order")
    return place - 1


def _value(cell: ElementTree.Element, shared: Sequence[str]) -> str | float:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return _joined(inline) if inline is not None else ""
    value = cell.find(f"{_MAIN}v")
    raw = (value.text or "") if value is not None else ""
    if cell.find(f"{_MAIN}f") is not None:
        raise ValueError("a report has no formulas")
    if kind == "s":
        return shared[int(raw)]
    if kind == "n" and raw:
        number = float(raw)
        if not math.isfinite(number):
            raise ValueError("a number is none")
        return number
    return raw
