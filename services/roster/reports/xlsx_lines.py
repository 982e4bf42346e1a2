"""A worksheet whose lines are written as XML at once; all else of it is the library's.

Through the library each of a month's 300,000 cells takes six calls and three objects, which is more than half the time
of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from services.roster.core.document import Cell, CellMemo

_SHARED: Final = ' t="s"'


class LineSheet(Worksheet):  # type: ignore[misc]
    """Has `write_lines` besides what any sheet has."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []

    def text_end(self, text: str) -> str:
        """Of a cell with a text. None of ours comes near the 32,767 characters that a cell may have."""
        return f'"{_SHARED}><v>{self.str_table._get_shared_string_index(text)}</v></c>' if text else ""  # noqa: SLF001

    def number_end(self, number: float, shape: Any = None) -> str:
        """Of a cell with a number, in the format `shape`."""
        style = f' s="{shape._get_xf_index()}"' if shape is not None else ""  # noqa: SLF001 - as the library itself does
        return f'"{style}><v>{number:.16G}</v></c>'

    def write_lines(
        self, top: int, columns: Sequence[CellMemo], rows: Sequence[Sequence[Cell]], wrote: Callable[[], None]
    ) -> None:
        """Below everything else in the sheet, from the row `top` on (0 is the first). `wrote` is called after each.

        `columns` give what follows a cell's reference, as `text_end` and `number_end` do; "" leaves the cell out.
        """
        texts = self.str_table.count
        names = [f'<c r="{xl_col_to_name(place)}' for place in range(len(columns))]
        for number, row in enumerate(rows, top + 1):
            ends = zip(names, columns, row, strict=True)
            cells = "".join([f"{name}{number}{end}" for name, ends_of, cell in ends if (end := ends_of[cell])])
            self._lines.append(f'<row r="{number}">{cells}</row>')
            wrote()
        # Each time that a text stands in a cell counts, not only the first.
        self.str_table.count = texts + sum(line.count(_SHARED) for line in self._lines)
        if rows:
            self._check_dimensions(top + len(rows) - 1, len(columns) - 1)

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.writelines(self._lines)
