"""What a connection is taken to carry, where an estimate cannot grow because nothing is sent to measure it by.

An estimate begins with a guess, and after congestion it follows what arrives, so a receiver whose faces were paused
would never get them back. While something is missing the node dares half as much again, step by step: at once as long
as the connection has never shown a limit, else after a wait that doubles with every trial that failed.
"""

from dataclasses import dataclass
from typing import Final

# A receiver that gets too much says so within about a second.
_STEP_MS: Final = 1_000
_STEP_AFTER_LIMIT_MS: Final = 2_000
_FIRST_TRY_MS: Final = 4_000
_LONGEST_WAIT_MS: Final = 60_000
_LOSS_PER_MILLE: Final = 50


@dataclass(slots=True)
class Capacity:
    """Bit/s. `estimate` is what was reported last, `daring` what is added on trial.

    `limited`: the connection has shown a limit (its estimate fell, or it lost packets) and has not got over it. Until
    then what is missing is missing for want of trying, and no fault of the network's.
    """

    estimate: int
    daring: int = 0
    wait_ms: int = _FIRST_TRY_MS
    next_try_ms: int = 0
    limited: bool = False

    @property
    def usable(self) -> int:
        return self.estimate + self.daring

    def report(self, bitrate: int, loss_per_mille: int, now_ms: int) -> None:
        """A new estimate. Congestion ends a trial, and the next one comes later."""
        if bitrate < self.estimate or loss_per_mille >= _LOSS_PER_MILLE:
            if self.limited and self.daring:
                self.wait_ms = min(self.wait_ms * 2, _LONGEST_WAIT_MS)
            self.limited, self.daring = True, 0
            self.next_try_ms = now_ms + self.wait_ms
        elif bitrate >= self.usable:
            self.limited, self.daring, self.wait_ms = False, 0, _FIRST_TRY_MS
        else:
            self.daring = self.usable - bitrate
        self.estimate = bitrate

    def dare(self, now_ms: int) -> bool:
        """Called once a second while something is missing; True when more is dared."""
        if self.next_try_ms == 0:
            self.next_try_ms = now_ms + _STEP_MS
        if now_ms < self.next_try_ms:
            return False
        self.next_try_ms = now_ms + (_STEP_AFTER_LIMIT_MS if self.limited else _STEP_MS)
        self.daring += max(100_000, self.usable // 2)
        return True
