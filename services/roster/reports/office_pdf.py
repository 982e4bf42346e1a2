"""Office hours as pages with the letterhead to print and sign (A4, landscape). What proves them is in pdf_proof.py."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
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
# As small as is read without effort on paper, and its distance from line to line.
_SIZE: Final = 9.0
_LEADING: Final = 11.0
# Between a cell's text and the line around it.
_PADDING: Final = 3
# What is said in words wraps when it is wider.
_WIDEST_WORDS: Final = 24 * mm
# These stand below each other in one cell: beside each other they would leave no room for letters of this size.
_WHO: Final = ("name", "nip", "unit")


@lru_cache(maxsize=1)
def _styles() -> dict[str, ParagraphStyle]:
    register_fonts()
    plain = ParagraphStyle("plain", fontName=PLAIN, fontSize=_SIZE, leading=11)
    return {
        "plain": plain,
        "cell": ParagraphStyle("cell", plain, leading=_LEADING, splitLongWords=1),
        "head": ParagraphStyle("head", plain, fontName=BOLD, leading=_LEADING),
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
    who = [place for place, column in enumerate(table.columns) if column.key in _WHO]
    others = [place for place in range(len(table.columns)) if place not in who]
    kinds = [table.columns[place].kind for place in others]
    # How a duration is written can be seen in it.
    titles = [c.title.partition(" (")[0] if c.kind is Kind.DURATION else c.title for c in table.columns]
    shown = [
        [_on_paper(row[place], cells[place], kind, document) for place, kind in zip(others, kinds, strict=True)]
        for row, cells in zip(document.grid(table), table.rows, strict=True)
    ]
    # The number stands first, then who it is, then the facts.
    heads = [titles[others[0]], " / ".join(titles[place] for place in who), *(titles[place] for place in others[1:])]
    rows: list[list[Any]] = [[Paragraph(_text(title), styles["head"]) for title in heads]]
    for texts, cells in zip(shown, table.rows, strict=True):
        person = "<br/>".join(_text(str(cells[place])) for place in who if cells[place])
        # Only what may need several lines is set as a paragraph, which takes its time.
        facts = [
            Paragraph(_text(one), styles["cell"]) if one and kind is Kind.TEXT else one
            for one, kind in zip(texts, kinds, strict=True)
        ]
        rows.append([facts[0], Paragraph(person, styles["cell"]), *facts[1:]])
    widths = [
        _width(titles[place], [texts[number] for texts in shown], kind)
        for number, (place, kind) in enumerate(zip(others, kinds, strict=True))
    ]
    style = TableStyle(
        [
            ("FONT", (0, 0), (-1, -1), PLAIN, _SIZE, _LEADING),
            *(
                ("ALIGN", (place + (place > 0), 1), (place + (place > 0), -1), "RIGHT")
                for place, kind in enumerate(kinds)
                if kind is not Kind.TEXT
            ),
            ("GRID", (0, 0), (-1, -1), 0.3, colors.black),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ]
    )
    return LongTable(rows, colWidths=[widths[0], _WIDTH - sum(widths), *widths[1:]], repeatRows=1, style=style)


def _width(title: str, texts: Sequence[str], kind: Kind) -> float:
    """So that no word of the title and no figure is torn; what remains of the page's width is for who it is."""
    widest = max(stringWidth(word, BOLD, _SIZE) for word in title.split())
    if kind is Kind.TEXT:
        words = (word for text in set(texts) for word in text.split())
        whole = min(max(stringWidth(text, PLAIN, _SIZE) for text in set(texts)), _WIDEST_WORDS)
        widest = max(widest, whole, *(stringWidth(word, PLAIN, _SIZE) for word in words))
    else:
        # Figures are equally wide.
        widest = max(widest, stringWidth(max(texts, key=len), PLAIN, _SIZE))
    # A little more than it takes, for sums of fractions that are rounded.
    return float(widest) + 2 * _PADDING + 0.5


def _on_paper(text: str, cell: Cell, kind: Kind, document: Document) -> str:
    """Words as they are. The date stands above the table, so a time is enough; and what is nothing is a dash."""
    if kind is Kind.TEXT:
        return str(cell)
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
