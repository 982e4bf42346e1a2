"""Office hours as pages with the letterhead to print and sign (A4, landscape). What proves them is in pdf_proof.py."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
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

from services.roster.core.document import Cell, Document, Kind, Table, local, spaced_nip
from services.roster.core.office_words import OfficeWords, office_words
from services.roster.core.report_words import day, words_of
from services.roster.reports.pdf_fonts import BOLD, PLAIN, printable, register_fonts
from services.roster.reports.pdf_proof import Attachment
from sipulung.auth.v1 import tenant_pb2
from sipulung.roster.v1 import report_pb2

_WIDTH: Final[float] = float(landscape(A4)[0]) - 24 * mm
# Shares of a page's width.
_SHARES: Final = {
    "number": 0.6,
    "name": 3.0,
    "nip": 2.6,
    "unit": 2.4,
    "status": 1.75,
    "first": 1.2,
    "done": 1.2,
    "late": 1.2,
    "days_late": 1.3,
    "days_not_closed": 1.3,
    "breaks": 1.1,
    "break_time": 1.1,
    "remark": 1.4,
}


@lru_cache(maxsize=1)
def _styles() -> dict[str, ParagraphStyle]:
    register_fonts()
    plain = ParagraphStyle("plain", fontName=PLAIN, fontSize=8.5, leading=11)
    return {
        "plain": plain,
        "cell": ParagraphStyle("cell", plain, fontSize=7, leading=8.6, splitLongWords=1),
        "head": ParagraphStyle("head", plain, fontName=BOLD, fontSize=7, leading=8.6),
        "bold": ParagraphStyle("bold", plain, fontName=BOLD),
        "title": ParagraphStyle("title", plain, fontName=BOLD, fontSize=12, leading=16, alignment=TA_CENTER),
        "letter": ParagraphStyle("letter", plain, fontName=BOLD, fontSize=11, leading=14, alignment=TA_CENTER),
        "address": ParagraphStyle("address", plain, fontSize=8, alignment=TA_CENTER),
    }


def office_pdf(document: Document, report: report_pb2.OfficeSource, csv: bytes, key: bytes) -> bytes:
    """The whole file. `csv` is the same report's CSV file."""
    attachment = Attachment(csv, f"{document.title}.csv")
    # The number of pages is known when they were set once.
    pages = _set(document, report, attachment, 0)[1]
    return attachment.sealed(_set(document, report, attachment, pages)[0], key)


def _set(document: Document, report: report_pb2.OfficeSource, attachment: Attachment, pages: int) -> tuple[bytes, int]:
    styles, w = _styles(), office_words(report.language)
    table = document.tables[0]
    parts = [
        *_letterhead(report.tenant, styles),
        Paragraph(_text(document.title.upper()), styles["title"]),
        Spacer(0, 2 * mm),
        _facts(document, styles),
        Spacer(0, 3 * mm),
        _lines(document, table, styles) if table.rows else Paragraph(_text(w.nobody), styles["plain"]),
        Spacer(0, 2 * mm),
        Paragraph(_text(w.not_closed_text), styles["plain"]),
        _signature(document, report, w, styles),
    ]
    file = io.BytesIO()
    numbers = [0]
    about = printable(f"{document.title}, {document.facts[0][1]}, {document.facts[1][1]}"[:160])
    head = f"{document.facts[-1][0]}: {document.facts[-1][1]}"

    def foot(canvas: Any, page: Any) -> None:
        if page.page == 1:
            attachment.embed(canvas)
        numbers[0] = page.page
        canvas.setFont(PLAIN, 6)
        for place, line in enumerate((about, head, words_of(report.language).verify)):
            canvas.drawString(12 * mm, (15 - 3 * place) * mm, line)
        canvas.setFont(PLAIN, 7)
        canvas.drawRightString(12 * mm + _WIDTH, 15 * mm, w.page.format(page.page, pages or page.page))

    SimpleDocTemplate(
        file,
        pagesize=landscape(A4),
        # A frame keeps 6 points inside of its edges.
        leftMargin=12 * mm - 6,
        rightMargin=12 * mm - 6,
        topMargin=12 * mm,
        bottomMargin=20 * mm,
        title=document.title,
        author=report.tenant.name,
        subject=document.facts[-1][1],
        invariant=1,
    ).build(parts, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue(), numbers[0]


def _text(text: str) -> str:
    """As a paragraph takes it: nothing in it is markup, and what the font lacks is a box."""
    return escape(printable(text))


def _letterhead(tenant: tenant_pb2.Tenant, styles: dict[str, ParagraphStyle]) -> list[Any]:
    head = tenant.letterhead
    titles = [Paragraph(_text(title), styles["letter"]) for title in head.titles or [tenant.name]]
    lines = [*titles, *([Paragraph(_text(head.address), styles["address"])] if head.address else [])]
    logo: Any = ""
    if head.logo_png:
        logo = Image(io.BytesIO(head.logo_png), width=22 * mm, height=22 * mm, kind="proportional")
    widths = [24 * mm, _WIDTH - 48 * mm, 24 * mm]
    block = Grid([[logo, lines, ""]], colWidths=widths, style=TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return [block, HRFlowable(width="100%", thickness=1.4, color=colors.black, spaceBefore=2, spaceAfter=8)]


def _facts(document: Document, styles: dict[str, ParagraphStyle]) -> Any:
    rows = [
        [Paragraph(_text(label), styles["plain"]), Paragraph(f": {_text(value)}", styles["plain"])]
        # The last one, the head of the logs, stands at the foot of each page.
        for label, value in document.facts[:-1]
    ]
    style = TableStyle(
        [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return Grid(rows, colWidths=[52 * mm, _WIDTH - 52 * mm], style=style)


def _lines(document: Document, table: Table, styles: dict[str, ParagraphStyle]) -> Any:
    shares = [_SHARES.get(column.key, 1.0) for column in table.columns]
    widths = [share * _WIDTH / sum(shares) for share in shares]
    # How a duration is written can be seen in it.
    titles = (c.title.partition(" (")[0] if c.kind is Kind.DURATION else c.title for c in table.columns)
    rows: list[list[Any]] = [[Paragraph(_text(title), styles["head"]) for title in titles]]
    for row, cells in zip(document.grid(table), table.rows, strict=True):
        # Only what may need several lines is set as a paragraph, which takes its time.
        rows.append(
            [
                Paragraph(_text(str(cell)), styles["cell"])
                if cell and column.kind is Kind.TEXT
                else _on_paper(text, cell, column.kind, document)
                for text, cell, column in zip(row, cells, table.columns, strict=True)
            ]
        )
    style = TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), PLAIN, 7, 8.6),
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
    document: Document, report: report_pb2.OfficeSource, w: OfficeWords, styles: dict[str, ParagraphStyle]
) -> Any:
    """Place and date, who signs, and room for it."""
    head = report.tenant.letterhead
    today = day(local(report.as_of_ms, document.zone), words_of(report.language))
    lines: list[Any] = [
        Paragraph(_text(f"{head.place}, {today}" if head.place else today), styles["plain"]),
        Paragraph(_text(head.signer_title or w.signer), styles["plain"]),
        Spacer(0, 20 * mm),
    ]
    if head.signer_name:
        lines.append(Paragraph(_text(head.signer_name), styles["bold"]))
    else:
        lines.append(HRFlowable(width="100%", thickness=0.5, color=colors.black))
    lines.append(Paragraph(_text(f"{w.nip} {spaced_nip(head.signer_nip)}".strip()), styles["plain"]))
    block = Grid([["", lines]], colWidths=[_WIDTH - 80 * mm, 80 * mm])
    return KeepTogether([Spacer(0, 5 * mm), block])
