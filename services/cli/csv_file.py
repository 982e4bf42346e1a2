"""CSV as spreadsheets write it: UTF-8 (with or without a byte order mark), commas or semicolons, first the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.cli.failures import USAGE, Failure

_LARGEST: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: the line that it ends on, and its values by column, without white space around them."""

    line: int
    values: dict[str, str]


def read_rows(path: Path, required: Collection[str], optional: Collection[str] = ()) -> list[Row]:
    """Raises Failure that names the line."""
    text = _text(path)
    first = text.split("\n", 1)[0]
    # Where the comma is the decimal sign, as in Indonesia, spreadsheets part columns by semicolons.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    # Lines end as in a file: str.splitlines would also part a name at U+2028 or a vertical tab.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_columns(path, columns, required, optional)
        rows: list[Row] = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(columns):
                raise Failure(
                    f"{path} line {reader.line_num}: {len(cells)} columns, but line 1 names {len(columns)}", USAGE
                )
            values = dict.fromkeys(columns, "") | dict(zip(columns, (cell.strip() for cell in cells), strict=False))
            rows.append(Row(reader.line_num, values))
    except csv.Error as error:
        raise Failure(f"{path} line {reader.line_num}: {error}", USAGE) from None
    if not rows:
        raise Failure(f"{path}: there are no lines below the column names", USAGE)
    return rows


def wrong(path: Path, row: Row, column: str, message: str) -> Failure:
    """What is wrong with one value."""
    return Failure(f"{path} line {row.line}, column {column}: {message}")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise Failure(f"{path}: at most {_LARGEST // 1024 // 1024} MB", USAGE)
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror})", USAGE) from None
    except UnicodeDecodeError:
        raise Failure(f"{path}: is not UTF-8; save it as “CSV UTF-8”", USAGE) from None


def _check_columns(path: Path, columns: list[str], required: Collection[str], optional: Collection[str]) -> None:
    allowed = f"columns are {', '.join(required)}" + (f", and if you like {', '.join(optional)}" if optional else "")
    for name in columns:
        if name not in required and name not in optional:
            raise Failure(f"{path} line 1: there is no column {name!r}; {allowed}", USAGE)
        if columns.count(name) > 1:
            raise Failure(f"{path} line 1: column {name} is there twice", USAGE)
    for name in required:
        if name not in columns:
            raise Failure(f"{path} line 1: column {name} is missing; {allowed}", USAGE)
