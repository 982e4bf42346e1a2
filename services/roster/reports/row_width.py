"""Lines of a spreadsheet as wide as their table: programs add empty cells at the end, and leave them away."""

from __future__ import annotations

from collections.abc import Sequence


def fitted(cells: Sequence[str], width: int) -> list[str]:
    """At least so many. What stands beyond them stays, unless it is empty: somebody may have added it."""
    kept = list(cells)
    while len(kept) > width and not kept[-1]:
        kept.pop()
    return [*kept, *[""] * (width - len(kept))]
