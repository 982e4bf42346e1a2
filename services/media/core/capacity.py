"""What a connection is taken to carry, where an estimate cannot grow because nothing is sent to measure it by.

A REMB estimate stays within 1.5 times of what arrives, so a receiver whose faces were paused would never get them back.
While something is missing and nothing is lost, the node dares a little more every few seconds.
"""

from dataclasses import dataclass
from typing import Final

_FIRST_TRY_MS: Final = 8_000
_LONGEST_WAIT_MS: Final = 60_000
_LOSS_PER_MILLE: Final = 50


@dataclass(slots=True)
class Capacity:
    """Bit/s. `estimate` is what was reported last, `daring` what is added on trial."""

    estimate: int
    daring: int = 0
    wait_ms: int = _FIRST_TRY_MS
    next_try_ms: int = 0

    @property
    def usable(self) -> int:
        return self.estimate + self.daring

    def report(self, bitrate: int, loss_per_mille: int, now_ms: int) -> None:
        """A new estimate. Loss ends a trial, and the next one comes later."""
        if loss_per_mille >= _LOSS_PER_MILLE and self.daring:
            self.daring = 0
            self.wait_ms = min(self.wait_ms * 2, _LONGEST_WAIT_MS)
            self.next_try_ms = now_ms + self.wait_ms
        elif bitrate >= self.usable:
            self.daring, self.wait_ms = 0, _FIRST_TRY_MS
        else:
            self.daring = max(0, min(self.daring, self.usable - bitrate))
        self.estimate = bitrate

    def dare(self, now_ms: int) -> bool:
        """Called once a second while something is missing; True when more is dared."""
        if self.next_try_ms == 0:
            self.next_try_ms = now_ms + self.wait_ms
        if now_ms < self.next_try_ms:
            return False
        self.next_try_ms = now_ms + self.wait_ms
        self.daring += max(100_000, self.usable * 3 // 10)
        return True
