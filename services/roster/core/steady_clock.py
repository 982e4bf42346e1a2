"""The time that records are dated by: the machine's clock, but for jumps that are put right soon.

What is dated in the future stays so: attendance goes by the order of records, and nothing in it is older than what came
before. So a clock that jumps is believed only when it has gone on for a while; until then time passes as it did before,
by the clock that counts since the machine was started (CLOCK_BOOTTIME, which nobody sets).
"""

from __future__ import annotations

# Far above what NTP does to a clock that it slews (500 ppm, 30 ms a minute), far below what attendance is told in.
TOLERANCE_MS = 2_000
# Somebody who sets the clock wrong by hand has noticed by then.
BELIEVED_AFTER_MS = 300_000


class SteadyClock:
    """`now_ms` wants both clocks at the same moment, in milliseconds."""

    def __init__(self, wall_ms: int, boot_ms: int) -> None:
        self._offset = wall_ms - boot_ms
        # Where the clock jumped to, and when (by the other one); None: it goes as it did.
        self._jump: tuple[int, int] | None = None

    @property
    def doubtful(self) -> bool:
        """Whether the clock has jumped, and is not believed yet."""
        return self._jump is not None

    def now_ms(self, wall_ms: int, boot_ms: int) -> int:
        """Unix milliseconds to date something by."""
        offset = wall_ms - boot_ms
        if abs(offset - self._offset) <= TOLERANCE_MS:
            self._offset, self._jump = offset, None
            return wall_ms
        if self._jump is None or abs(offset - self._jump[0]) > TOLERANCE_MS:
            self._jump = (offset, boot_ms)
        self._jump = (offset, self._jump[1])
        if boot_ms - self._jump[1] >= BELIEVED_AFTER_MS:
            self._offset, self._jump = offset, None
            return wall_ms
        return boot_ms + self._offset
