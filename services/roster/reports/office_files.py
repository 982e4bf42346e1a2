"""Office hours as CSV, as a workbook, and as pages with the letterhead to print and sign (A4, landscape)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    HRFlowable,
    Image,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from services.roster.core.document import Cell, Document, Kind, Table, inert, local
from services.roster.core.office_document import office_document
from services.roster.core.office_words import OfficeWords, office_words
from services.roster.core.report_words import day, words_of
from sipulung.auth.v1 import tenant_pb2
from sipulung.roster.v1 import attendance_pb2, report_pb2

_FONTS: Final = Path(__file__).parent / "fonts"
_PLAIN: Final = "DejaVuSans"
_BOLD: Final = "DejaVuSans-Bold"
_WIDTH: Final[float] = float(landscape(A4)[0]) - 24 * mm
# ECMA-376 part 1, section 18.17.4.1: serial day 0 of the 1900 date system, with its leap-year fault left behind.
_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
_WIDE: Final = {"name": 32, "unit": 40, "nip": 24, "status": 18, "remark": 20}
_KINDS: Final = {Kind.TEXT: 14, Kind.COUNT: 10, Kind.MOMENT: 21, Kind.DURATION: 14}
# Shares of a page's width.
_SHARES: Final = {
    "number": 0.6,
    "name": 3.0,
    "nip": 2.4,
    "unit": 2.6,
    "status": 1.3,
    "first": 1.2,
    "done": 1.2,
    "late": 1.2,
    "days_late": 1.3,
    "days_not_closed": 1.3,
    "breaks": 1.1,
    "break_time": 1.1,
    "remark": 1.5,
}


def office_file(report: report_pb2.OfficeReport) -> bytes:
    """The whole file, in the format that is asked for."""
    zone = ZoneInfo((report.week if report.HasField("week") else report.day).time_zone)
    document = office_document(report, zone)
    if report.format == attendance_pb2.REPORT_FORMAT_XLSX:
        return _xlsx(document)
    if report.format == attendance_pb2.REPORT_FORMAT_PDF:
        return _pdf(document, report)
    return _csv(document)


def _csv(document: Document) -> bytes:
    """As attendance reports are: UTF-8 with a byte order mark, semicolons, every cell quoted."""
    table = document.tables[-1]
    rows: list[Sequence[str]] = [
        *document.facts_grid(),
        (),
        [inert(column.title) for column in table.columns],
        *document.grid(table),
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(document: Document) -> bytes:
    """A sheet for each table, the facts above the first. Nothing in it is a formula."""
    file = io.BytesIO()
    book: Any = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {
        Kind.MOMENT: book.add_format({"num_format": "yyyy\\-mm\\-dd\\ hh:mm:ss", "align": "left"}),
        Kind.DURATION: book.add_format({"num_format": "[h]:mm:ss"}),
    }
    for place, table in enumerate(document.tables):
        sheet = book.add_worksheet(table.title[:31])
        facts = document.facts if place == 0 else ()
        for row, (label, value) in enumerate(facts):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 2, value)
        top = len(facts) + 1 if facts else 0
        for column, what in enumerate(table.columns):
            sheet.set_column(column, column, _WIDE.get(what.key, _KINDS[what.kind]))
            sheet.write_string(top, column, what.title, head)
        sheet.freeze_panes(top + 1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        for row, cells in enumerate(table.rows, top + 1):
            for column, (cell, what) in enumerate(zip(cells, table.columns, strict=True)):
                _write(sheet, row, column, cell, what.kind, formats, document)
    book.set_properties({"title": document.title})
    book.close()
    return file.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, kind: Kind, formats: Any, document: Document) -> None:
    if kind is Kind.TEXT:
        sheet.write_string(row, column, cell)
    elif kind is Kind.COUNT:
        sheet.write_number(row, column, cell)
    elif kind is Kind.DURATION:
        sheet.write_number(row, column, int(cell) // 1000 / 86400, formats[kind])
    elif cell:
        wall = local(int(cell), document.zone).replace(tzinfo=UTC)
        sheet.write_number(row, column, (wall - _EPOCH) / timedelta(days=1), formats[kind])


@lru_cache(maxsize=1)
def _styles() -> dict[str, ParagraphStyle]:
    for name in (_PLAIN, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))
    plain = ParagraphStyle("plain", fontName=_PLAIN, fontSize=8.5, leading=11)
    return {
        "plain": plain,
        "cell": ParagraphStyle("cell", plain, fontSize=7, leading=8.6, splitLongWords=1),
        "head": ParagraphStyle("head", plain, fontName=_BOLD, fontSize=7, leading=8.6),
        "bold": ParagraphStyle("bold", plain, fontName=_BOLD),
        "title": ParagraphStyle("title", plain, fontName=_BOLD, fontSize=12, leading=16, alignment=TA_CENTER),
        "letter": ParagraphStyle("letter", plain, fontName=_BOLD, fontSize=11, leading=14, alignment=TA_CENTER),
        "address": ParagraphStyle("address", plain, fontSize=8, alignment=TA_CENTER),
    }


def _pdf(document: Document, report: report_pb2.OfficeReport) -> bytes:
    styles, w = _styles(), office_words(report.language)
    table = document.tables[0]
    parts = [
        *_letterhead(report.tenant, styles),
        Paragraph(escape(document.title.upper()), styles["title"]),
        Spacer(0, 2 * mm),
        _facts(document, styles),
        Spacer(0, 3 * mm),
        _lines(document, table, styles) if table.rows else Paragraph(escape(w.nobody), styles["plain"]),
        Spacer(0, 2 * mm),
        Paragraph(escape(w.not_closed_text), styles["plain"]),
        _signature(document, report, w, styles),
    ]
    file = io.BytesIO()

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(_PLAIN, 7)
        canvas.drawRightString(12 * mm + _WIDTH, 7 * mm, w.page.format(page.page))
        canvas.drawString(12 * mm, 7 * mm, f"{document.title}, {document.facts[0][1]}, {document.facts[1][1]}"[:160])

    SimpleDocTemplate(
        file,
        pagesize=landscape(A4),
        leftMargin=12 * mm,
        rightMargin=12 * mm,
        topMargin=12 * mm,
        bottomMargin=14 * mm,
        title=document.title,
        author=report.tenant.name,
        invariant=1,
    ).build(parts, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def _letterhead(tenant: tenant_pb2.Tenant, styles: dict[str, ParagraphStyle]) -> list[Any]:
    head = tenant.letterhead
    titles = [Paragraph(escape(title), styles["letter"]) for title in head.titles or [tenant.name]]
    lines = [*titles, *([Paragraph(escape(head.address), styles["address"])] if head.address else [])]
    logo: Any = ""
    if head.logo_png:
        logo = Image(io.BytesIO(head.logo_png), width=22 * mm, height=22 * mm, kind="proportional")
    widths = [24 * mm, _WIDTH - 48 * mm, 24 * mm]
    block = Grid([[logo, lines, ""]], colWidths=widths, style=TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return [block, HRFlowable(width="100%", thickness=1.4, color=colors.black, spaceBefore=2, spaceAfter=8)]


def _facts(document: Document, styles: dict[str, ParagraphStyle]) -> Any:
    rows = [
        [Paragraph(escape(label), styles["plain"]), Paragraph(f": {escape(value)}", styles["plain"])]
        for label, value in document.facts
    ]
    style = TableStyle(
        [
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return Grid(rows, colWidths=[76 * mm, _WIDTH - 76 * mm], style=style)


def _lines(document: Document, table: Table, styles: dict[str, ParagraphStyle]) -> Any:
    shares = [_SHARES.get(column.key, 1.0) for column in table.columns]
    widths = [share * _WIDTH / sum(shares) for share in shares]
    # How a duration is written can be seen in it.
    titles = (c.title.partition(" (")[0] if c.kind is Kind.DURATION else c.title for c in table.columns)
    rows: list[list[Any]] = [[Paragraph(escape(title), styles["head"]) for title in titles]]
    for row, cells in zip(document.grid(table), table.rows, strict=True):
        # Only what may need several lines is set as a paragraph, which takes its time.
        rows.append(
            [
                Paragraph(escape(str(cell)), styles["cell"])
                if cell and column.kind is Kind.TEXT
                else _on_paper(text, cell, column.kind, document)
                for text, cell, column in zip(row, cells, table.columns, strict=True)
            ]
        )
    style = TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), _PLAIN, 7, 8.6),
            *(
                ("ALIGN", (place, 1), (place, -1), "RIGHT")
                for place, column in enumerate(table.columns)
                if column.kind is not Kind.TEXT
            ),
            ("GRID", (0, 0), (-1, -1), 0.3, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return LongTable(rows, colWidths=widths, repeatRows=1, style=style)


def _on_paper(text: str, cell: Cell, kind: Kind, document: Document) -> str:
    """The date stands above the table, so a time is enough; and what is nothing is a dash."""
    if kind is Kind.MOMENT:
        return local(int(cell), document.zone).strftime("%H.%M.%S") if cell else "–"
    if kind is Kind.DURATION and not cell:
        return "–"
    return text


def _signature(
    document: Document, report: report_pb2.OfficeReport, w: OfficeWords, styles: dict[str, ParagraphStyle]
) -> Any:
    """Place and date, who signs, and room for it."""
    head = report.tenant.letterhead
    as_of_ms = (report.week if report.HasField("week") else report.day).as_of_ms
    today = day(local(as_of_ms, document.zone), words_of(report.language))
    lines: list[Any] = [
        Paragraph(escape(f"{head.place}, {today}" if head.place else today), styles["plain"]),
        Paragraph(escape(head.signer_title or w.signer), styles["plain"]),
        Spacer(0, 20 * mm),
    ]
    if head.signer_name:
        lines.append(Paragraph(escape(head.signer_name), styles["bold"]))
    else:
        lines.append(HRFlowable(width="100%", thickness=0.5, color=colors.black))
    lines.append(Paragraph(escape(f"{w.nip} {head.signer_nip}".strip()), styles["plain"]))
    block = Grid([["", lines]], colWidths=[_WIDTH - 80 * mm, 80 * mm])
    return KeepTogether([Spacer(0, 5 * mm), block])
