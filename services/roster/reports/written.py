"""How many lines of a file are written, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable


class Written:
    """`tell` is called after each line, with how many there are by then, and how many there will be."""

    def __init__(self, total: int, tell: Callable[[int, int], None]) -> None:
        self._total = total
        self._tell = tell
        self._lines = 0

    def line(self) -> None:
        """One more."""
        self._lines += 1
        self._tell(self._lines, self._total)


def nobody(done: int, total: int) -> None:
    """Who waits for a file that is made at once."""
