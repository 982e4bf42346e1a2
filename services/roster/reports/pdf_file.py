"""A report on A4, to print and to sign: letterhead, facts, a table with a repeated head, page numbers, a signature.

What proves it is in pdf_proof.py.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from services.roster.core.document import Document, Table, local, spaced_nip
from services.roster.core.report_words import ReportWords, day
from services.roster.reports.pdf_fonts import BOLD as _BOLD
from services.roster.reports.pdf_fonts import PLAIN as _PLAIN
from services.roster.reports.pdf_fonts import printable as _printable
from services.roster.reports.pdf_fonts import register_fonts
from services.roster.reports.pdf_proof import Attachment
from services.roster.reports.written import Written
from sipulung.auth.v1 import tenant_pb2
from sipulung.roster.v1 import report_pb2

_WIDTH, _HEIGHT = (float(side) for side in A4)
_MARGIN: Final[float] = 12 * mm
_BOTTOM: Final[float] = 24 * mm
_SIZE: Final = 7.5
_LEAD: Final = 9.5
_PAD: Final[float] = 1.2 * mm
# Room to sign in a line.
_LINE: Final = 9 * mm


@dataclass(frozen=True, slots=True)
class _Column:
    """On paper: its share of the width, and which cells of a row it shows, one below the other."""

    title: str
    width: float
    show: Callable[[Sequence[str]], list[str]]
    right: bool = False


@dataclass(frozen=True, slots=True)
class _Paper:
    """What the pages are made from."""

    document: Document
    proof: report_pb2.ReportProof
    tenant: tenant_pb2.Tenant
    w: ReportWords
    written: Written


class _Nowhere:
    """A canvas on which nothing appears: laying pages out costs less without drawing them."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    """What drawing does there."""


def pdf_of(
    document: Document,
    proof: report_pb2.ReportProof,
    tenant: tenant_pb2.Tenant,
    csv: bytes,
    w: ReportWords,
    key: bytes,
    tell: Callable[[int, int], None],
) -> bytes:
    """The whole file. `csv` is the same report's CSV file. `tell` is told how many lines are drawn, of how many."""
    register_fonts()
    # Each page says how many there are: they are laid out once without being drawn.
    written = Written(2 * sum(len(table.rows) for table in _shown(document)), tell)
    paper = _Paper(document, proof, tenant, w, written)
    pages = _lay_out(_Sheet(_Nowhere(), w, (), 0), paper)
    attachment = Attachment(csv, f"{document.title}.csv")
    return attachment.sealed(_drawn(paper, attachment, pages), key)


class _Sheet:
    """The canvas with a cursor that goes down the page."""

    def __init__(self, canvas: Any, w: ReportWords, foot: Sequence[str], pages: int) -> None:
        self.canvas = canvas
        self.w = w
        self._foot = foot
        self._pages = pages
        self.page = 1
        self.y = _HEIGHT - _MARGIN
        self.boxes = False

    def text(self, x: float, y: float, text: str, size: float = _SIZE, bold: bool = False, where: str = "left") -> None:
        """One line of text at that baseline."""
        shown = _printable(text)
        self.boxes = self.boxes or (shown != text)
        self.canvas.setFont(_BOLD if bold else _PLAIN, size)
        draw = {"left": "drawString", "right": "drawRightString", "centre": "drawCentredString"}[where]
        getattr(self.canvas, draw)(x, y, shown)

    def room(self, height: float) -> bool:
        """Whether so much is left on the page."""
        return self.y - height >= _BOTTOM

    def turn(self) -> None:
        """To the next page."""
        self.finish()
        self.canvas.showPage()
        self.page += 1
        self.y = _HEIGHT - _MARGIN

    def finish(self) -> None:
        """The foot of this page."""
        self.canvas.setLineWidth(0.3)
        self.canvas.line(_MARGIN, _BOTTOM - 4 * mm, _WIDTH - _MARGIN, _BOTTOM - 4 * mm)
        y = _BOTTOM - 7.5 * mm
        for line in self._foot:
            self.text(_MARGIN, y, line, 6)
            y -= 3 * mm
        number = self.w.page.format(self.page, self._pages or self.page)
        self.text(_WIDTH - _MARGIN, _BOTTOM - 7.5 * mm, number, 7, where="right")


def _shown(document: Document) -> Sequence[Table]:
    """Every line of a month would be hundreds of pages: they are in the embedded file."""
    return document.tables if len(document.tables) == 1 else document.tables[:-1]


def _lay_out(sheet: _Sheet, paper: _Paper) -> int:
    """All pages, on the sheet's canvas; how many there are."""
    _letterhead(sheet, paper.tenant)
    _facts(sheet, paper.document)
    for table in _shown(paper.document):
        _table(sheet, paper.document, table, paper.written)
    _sign(sheet, paper.document, paper.proof, paper.tenant)
    if sheet.boxes:
        sheet.y -= 4 * mm
        sheet.text(_MARGIN, max(sheet.y, _BOTTOM), paper.w.unprintable, 6.5)
    sheet.finish()
    return sheet.page


def _drawn(paper: _Paper, attachment: Attachment, pages: int) -> bytes:
    """The document with its attachment."""
    document, w = paper.document, paper.w
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(f"{document.title}: {document.facts[0][1]}")
    canvas.setAuthor(paper.tenant.name)
    head = document.facts[-1][1]
    canvas.setSubject(head)
    _lay_out(_Sheet(canvas, w, (f"{document.facts[-1][0]}: {head}", w.verify), pages), paper)
    attachment.embed(canvas)
    canvas.save()
    return file.getvalue()


def _letterhead(sheet: _Sheet, tenant: tenant_pb2.Tenant) -> None:
    head, canvas = tenant.letterhead, sheet.canvas
    top, height = sheet.y, 0.0
    if head.logo_png:
        image = ImageReader(io.BytesIO(head.logo_png))
        width, tall = image.getSize()
        scale = min(22 * mm / width, 24 * mm / tall)
        height = tall * scale
        canvas.drawImage(image, _MARGIN, top - height, width * scale, height, mask="auto")
    y = top - 4 * mm
    side = 24 * mm if head.logo_png else 0
    centre, room = _WIDTH / 2, _WIDTH - 2 * _MARGIN - 2 * side
    titles = list(head.titles) or [tenant.name]
    for place, title in enumerate(titles):
        size = 13.0 if place == len(titles) - 1 else 11.0
        for line in _wrapped(_printable(title), room, size, _BOLD):
            sheet.text(centre, y, line, size, bold=True, where="centre")
            y -= 16.5
    for line in _wrapped(_printable(head.address), room, 8):
        sheet.text(centre, y, line, 8, where="centre")
        y -= 10
    sheet.y = min(y + 4, top - height) - 2 * mm
    canvas.setLineWidth(1.6)
    canvas.line(_MARGIN, sheet.y, _WIDTH - _MARGIN, sheet.y)
    canvas.setLineWidth(0.5)
    canvas.line(_MARGIN, sheet.y - 1.8, _WIDTH - _MARGIN, sheet.y - 1.8)
    sheet.y -= 9 * mm


def _facts(sheet: _Sheet, document: Document) -> None:
    sheet.text(_WIDTH / 2, sheet.y, document.title.upper(), 12, bold=True, where="centre")
    sheet.y -= 7 * mm
    (_, subject), *facts = document.facts
    shown = [(sheet.w.meeting if len(document.tables) == 1 else sheet.w.tenant.capitalize(), subject), *facts[:-1]]
    for label, value in shown:
        sheet.text(_MARGIN, sheet.y, label, 8.5)
        for line in _wrapped(_printable(value), _WIDTH - 2 * _MARGIN - 38 * mm, 8.5) or [""]:
            sheet.text(_MARGIN + 36 * mm, sheet.y, f": {line}", 8.5)
            sheet.y -= 4.4 * mm
    sheet.y -= 2 * mm


def _columns(document: Document, table: Table, w: ReportWords) -> list[_Column]:
    """Widths in shares of 186."""

    def cell(place: int) -> Callable[[Sequence[str]], list[str]]:
        return lambda row: [row[place]]

    if table.key == "people":
        return [
            _Column(w.number, 9, cell(0), right=True),
            _Column(w.name, 62, cell(1)),
            _Column(w.nip, 36, cell(2)),
            _Column(w.unit, 45, cell(3)),
            _Column(w.attended, 15, cell(5), right=True),
            _Column(w.present, 19, cell(6), right=True),
        ]
    if table.key == "meetings":
        return [
            _Column(w.number, 9, cell(0), right=True),
            _Column(w.meeting, 62, lambda row: [row[2], row[1]]),
            _Column(w.host, 37, cell(3)),
            _Column(table.columns[4].title, 21, cell(4)),
            _Column(table.columns[5].title, 21, cell(5)),
            _Column(w.people, 16, cell(6), right=True),
            _Column(w.present, 20, cell(7), right=True),
        ]
    return [
        _Column(w.number, 8, cell(0), right=True),
        _Column(f"{w.name} / {w.nip} / {w.unit}", 46, lambda row: [row[1], *(one for one in row[2:4] if one)]),
        _Column(table.columns[4].title, 18, cell(4)),
        _Column(table.columns[5].title, 18, cell(5)),
        _Column(w.present.partition(" (")[0], 14, cell(6), right=True),
        _Column(w.rejoins, 16, cell(7), right=True),
        _Column(w.lost, 17.5, cell(8), right=True),
        _Column(w.state, 25, lambda row: [row[9], row[10]]),
        _Column(w.signature, 23, lambda _: []),
    ]


def _table(sheet: _Sheet, document: Document, table: Table, written: Written) -> None:
    columns = _columns(document, table, sheet.w)
    share = (_WIDTH - 2 * _MARGIN) / sum(column.width for column in columns)
    widths = [column.width * share for column in columns]
    heads = [
        _wrapped(_printable(column.title), width - 2 * _PAD, _SIZE, _BOLD)
        for column, width in zip(columns, widths, strict=True)
    ]
    if len(document.tables) > 1:
        if not sheet.room(30 * mm):
            sheet.turn()
        sheet.text(_MARGIN, sheet.y, table.title, 9.5, bold=True)
        sheet.y -= 3 * mm
    least = _LINE if table.key == "lines" else 5 * mm
    if not sheet.room(_height(heads) + least):
        sheet.turn()
    _line(sheet, widths, heads, [False] * len(columns), bold=True)
    rights = [column.right for column in columns]
    for row in document.grid(table):
        cells = [
            [line for part in column.show(row) for line in _wrapped(_printable(part), width - 2 * _PAD, _SIZE)]
            for column, width in zip(columns, widths, strict=True)
        ]
        sheet.boxes = sheet.boxes or any(_printable(part) != part for column in columns for part in column.show(row))
        if not sheet.room(max(_height(cells), least)):
            sheet.turn()
            _line(sheet, widths, heads, [False] * len(columns), bold=True)
        _line(sheet, widths, cells, rights, least=least)
        written.line()
    if not table.rows:
        _line(sheet, [_WIDTH - 2 * _MARGIN], [[sheet.w.nobody]], [False], least=least)
    sheet.y -= 6 * mm


def _height(cells: Sequence[Sequence[str]]) -> float:
    return max(len(lines) for lines in cells) * _LEAD + 2 * _PAD


def _line(
    sheet: _Sheet,
    widths: Sequence[float],
    cells: Sequence[Sequence[str]],
    rights: Sequence[bool],
    bold: bool = False,
    least: float = 0,
) -> None:
    canvas, x, height = sheet.canvas, _MARGIN, max(_height(cells), least)
    canvas.setLineWidth(0.3)
    canvas.setFont(_BOLD if bold else _PLAIN, _SIZE)
    for width, lines, right in zip(widths, cells, rights, strict=True):
        canvas.rect(x, sheet.y - height, width, height)
        y = sheet.y - _PAD - _SIZE
        for line in lines:
            if right:
                canvas.drawRightString(x + width - _PAD, y, line)
            else:
                canvas.drawString(x + _PAD, y, line)
            y -= _LEAD
        x += width
    sheet.y -= height


def _sign(sheet: _Sheet, document: Document, proof: report_pb2.ReportProof, tenant: tenant_pb2.Tenant) -> None:
    """Place and date, who signs, and room for it."""
    head, w = tenant.letterhead, sheet.w
    width = 75 * mm
    title = _wrapped(_printable(head.signer_title), width, 8.5)
    if not sheet.room(44 * mm + len(title) * 4.2 * mm):
        sheet.turn()
    x, y = _WIDTH - _MARGIN - width, sheet.y - 4 * mm
    today = day(local(proof.as_of_ms, document.zone), w)
    sheet.text(x, y, f"{head.place}, {today}" if head.place else today, 8.5)
    for line in title or [w.signer]:
        y -= 4.2 * mm
        sheet.text(x, y, line, 8.5)
    y -= 24 * mm
    if head.signer_name:
        for line in _wrapped(_printable(head.signer_name), width, 8.5, _BOLD):
            sheet.text(x, y, line, 8.5, bold=True)
            y -= 4.2 * mm
    else:
        sheet.canvas.line(x, y, x + width, y)
        y -= 4.2 * mm
    if head.signer_nip:
        sheet.text(x, y, f"{w.nip_short} {spaced_nip(head.signer_nip)}", 8.5)
    elif not head.signer_name:
        sheet.text(x, y, w.nip_short, 8.5)
    sheet.y = y


@lru_cache(maxsize=20_000)
def _wrapped(text: str, width: float, size: float, font: str = _PLAIN) -> list[str]:
    """Lines that fit, broken at blanks, and within a word only where it alone is too long."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if pdfmetrics.stringWidth(longer, font, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while pdfmetrics.stringWidth(line, font, size) > width and len(line) > 1:
            cut = len(line) - 1
            while cut > 1 and pdfmetrics.stringWidth(line[:cut], font, size) > width:
                cut -= 1
            lines.append(line[:cut])
            line = line[cut:]
    if line:
        lines.append(line)
    return lines
