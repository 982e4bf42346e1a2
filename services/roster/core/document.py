"""A report as all file formats share it: facts, tables, and the text of each cell as it is compared."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, Final

# A cell that begins with one of these is a formula, or becomes one when what is before it is cut off; the wide forms
# are what some input methods give and some spreadsheets take (OWASP, "CSV Injection").
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MOMENT_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_MOMENT_LENGTH: Final = len("2020-03-19 09:00:00")


class Kind(enum.Enum):
    """What the cells of a column hold: str, int, Unix milliseconds (0: nothing), milliseconds."""

    TEXT = enum.auto()
    COUNT = enum.auto()
    MOMENT = enum.auto()
    DURATION = enum.auto()


@dataclass(frozen=True, slots=True)
class Column:
    """`from_log`: what is in it follows from the log alone, so it can be made again when a report is verified."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    from_log: bool = True


Cell = str | int
Grid = list[list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`tables`: the last one has every line; a file that holds one table only holds that."""

    title: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    zone: tzinfo
    # A month's lines are needed as text by the proof and by the file: made once.
    _grids: dict[str, Grid] = field(default_factory=dict, init=False, repr=False, compare=False)

    def facts_grid(self) -> Grid:
        """As a file holds them."""
        return [[inert(label), inert(value)] for label, value in self.facts]

    def headings(self, table: Table) -> list[str]:
        """Of the columns, as a file holds them."""
        return [inert(column.title) for column in table.columns]

    def grid(self, table: Table) -> Grid:
        """The lines without their headings, each cell as text; to be read only."""
        grid = self._grids.get(table.key)
        if grid is None:
            texts = [CellMemo(partial(text, kind=column.kind, zone=self.zone)) for column in table.columns]
            grid = [[known[cell] for cell, known in zip(row, texts, strict=True)] for row in table.rows]
            self._grids[table.key] = grid
        return grid


class CellMemo(dict[Cell, str]):
    """What is made of the cells of a column: once of each, since a month has the same person, unit and start often."""

    def __init__(self, make: Callable[[Any], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, cell: Cell) -> str:
        made = self[cell] = self._make(cell)
        return made


def text(cell: Cell, kind: Kind, zone: tzinfo) -> str:
    """A cell as CSV has it, and as it is compared in every format."""
    if kind is Kind.MOMENT:
        # As MOMENT_FORMAT has it, at a third of strftime's price, without the offset behind it.
        return local(int(cell), zone).isoformat(" ")[:_MOMENT_LENGTH] if cell else ""
    if kind is Kind.DURATION:
        return duration(int(cell) // 1000)
    return inert(str(cell))


def inert(cell: str) -> str:
    """The same text as no spreadsheet takes for a formula: behind an apostrophe."""
    return f"'{cell}" if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA) else cell


def duration(seconds: int) -> str:
    """h:mm:ss; hours may be more than a day's."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def local(at_ms: int, zone: tzinfo) -> datetime:
    """That moment on the zone's clocks, in whole seconds."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(zone)


def zone_label(zone: tzinfo, at_ms: int) -> str:
    """How people call the zone at that time: WITA."""
    return local(at_ms, zone).tzname() or str(zone)


def spaced_nip(nip: str) -> str:
    """As it is written, 19700101 199003 1 001: no spreadsheet takes that for a number and rounds it."""
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" if len(nip) == 18 else nip


def spaced_meeting_id(meeting_id: str) -> str:
    """812 345 6789."""
    return f"{meeting_id[:3]} {meeting_id[3:6]} {meeting_id[6:]}"
