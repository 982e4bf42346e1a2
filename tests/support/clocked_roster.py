"""Roster as it is, but for its clock, which stands where a test sets it: `python -m tests.support.clocked_roster`.

The clock is a file with Unix milliseconds, named by SIPULUNG_TEST_CLOCK. It stands still until it is set again.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from services.common.lifecycle import run
from services.roster.__main__ import main

VARIABLE = "SIPULUNG_TEST_CLOCK"


class TestClock:
    """The file, from the test's side."""

    __test__ = False

    def __init__(self, file: Path) -> None:
        self._file = file

    def set(self, at_ms: int) -> None:
        """In one step, so that nobody reads half a number."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(at_ms))
        fresh.replace(self._file)

    def __call__(self) -> int:
        return int(self._file.read_text())


if __name__ == "__main__":
    run(partial(main, now_ms=TestClock(Path(os.environ[VARIABLE]))))
