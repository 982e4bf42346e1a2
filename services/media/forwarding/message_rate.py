"""How often one client may speak on its data channel."""

from dataclasses import dataclass
from typing import Final

_PER_SECOND: Final = 20.0
_BURST: Final = 60.0


@dataclass(slots=True)
class MessageRate:
    """A token bucket. Times in ms."""

    tokens: float = _BURST
    at_ms: int = 0

    def take(self, now_ms: int) -> bool:
        """False: too many."""
        self.tokens = min(_BURST, self.tokens + (now_ms - self.at_ms) * _PER_SECOND / 1000)
        self.at_ms = now_ms
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
