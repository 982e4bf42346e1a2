"""A report as a file for a spreadsheet: facts, the lines, the proof, parted by blank lines.

UTF-8 with a byte order mark, without which Excel takes it for the code page of the machine, and semicolons, which
Excel expects where the comma is the decimal mark, as in Indonesia. Every cell is quoted. A spreadsheet that parts cells
elsewhere takes those quotes for text and finds cells within ours: none of them is a formula either.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

from services.roster.core.document import FORMULA, Document, Grid
from services.roster.core.report_proof import NoReport, ReadFile, read_rows, rows_of
from services.roster.core.report_words import ReportWords
from services.roster.reports.row_width import fitted
from sipulung.roster.v1 import report_pb2

# Where another spreadsheet may begin a cell or a line within one of ours, and a formula behind it: also behind quotes,
# which go when it reads them, and behind apostrophes, so that one that was there before is told from one of ours.
_BEGINS: Final = r"(?<=[,;\t\r\n])"
_FORMULA_FOLLOWS: Final = rf"(?=['\"\s]*?[{re.escape(''.join(FORMULA))}])"
_BARE: Final = re.compile(_BEGINS + _FORMULA_FOLLOWS)
_GUARDED: Final = re.compile(f"{_BEGINS}'{_FORMULA_FOLLOWS}")


def csv_of(document: Document, proof: report_pb2.ReportProof, w: ReportWords) -> bytes:
    """The whole file. The proof's is that of the document's last table."""
    (table,) = document.tables[-1:]
    rows: list[Sequence[str]] = [
        *document.facts_grid(),
        (),
        document.headings(table),
        *document.grid(table),
        (),
        (w.proof, w.proof_text),
        *rows_of(proof),
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [_guarded(cell) for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8-sig")


def read_csv(data: bytes) -> ReadFile:
    """From a CSV of ours, also after a spreadsheet program saved it again, with every line as wide as the widest.

    Raises NoReport.
    """
    try:
        lines_read = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
        rows = [[_unguarded(cell) for cell in row] for row in lines_read]
    except (UnicodeDecodeError, csv.Error) as error:
        raise NoReport(f"no CSV: {error}") from None
    parts: list[Grid] = [[]]
    for row in rows:
        if any(row):
            parts[-1].append(row)
        elif parts[-1]:
            parts.append([])
    parts = [part for part in parts if part]
    if len(parts) != 3:
        raise NoReport("not the parts of a report")
    facts, lines, stated = parts
    proof = read_rows(stated)
    if len(proof.tables) != 1:
        raise NoReport("a CSV file has one table")
    (key,) = proof.tables
    headings = fitted(lines[0], 0)
    grid = [fitted(line, len(headings)) for line in lines[1:]]
    return ReadFile(proof, [fitted(fact, 2) for fact in facts], {key: headings}, {key: grid})


def _guarded(cell: str) -> str:
    """With an apostrophe before each formula that parting the cell would make."""
    return _BARE.sub("'", cell)


def _unguarded(cell: str) -> str:
    """The text that was guarded: what is compared and sealed is the same in every format."""
    return _GUARDED.sub("", cell)
