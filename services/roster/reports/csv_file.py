"""A report as a file for a spreadsheet: facts, the lines, the proof, parted by blank lines.

UTF-8 with a byte order mark, without which Excel takes it for the code page of the machine, and semicolons, which
Excel expects where the comma is the decimal mark, as in Indonesia. Every cell is quoted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from services.roster.core.document import Document, Grid
from services.roster.core.report_proof import NoReport, ReadFile, read_rows, rows_of
from services.roster.core.report_words import ReportWords
from services.roster.reports.row_width import fitted
from sipulung.roster.v1 import report_pb2


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
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def read_csv(data: bytes) -> ReadFile:
    """From a CSV of ours, also after a spreadsheet program saved it again, with every line as wide as the widest.

    Raises NoReport.
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
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
