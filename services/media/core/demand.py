"""What anybody wants of one publisher: raised at once, lowered after a while.

So a passing change costs no key frame.
"""

from typing import Final

LOWER_AFTER_MS: Final = 3_000


class Demand:
    """How many layers of one source are wanted, by counting the viewers of each number of layers."""

    def __init__(self) -> None:
        self._viewers: dict[int, int] = {}
        self._lower_at_ms = 0
        self.asked = 0
        # Somebody is about to watch: the lowest layer is to flow already.
        self.warm = False

    def change(self, before: int, after: int) -> None:
        """A viewer wanted `before` layers and now wants `after` (0: none)."""
        if before:
            self._viewers[before] -= 1
            if not self._viewers[before]:
                del self._viewers[before]
        if after:
            self._viewers[after] = self._viewers.get(after, 0) + 1

    def decide(self, now_ms: int) -> bool:
        """Bring `asked` up to date; True when it changed. While `pending`, call it again later."""
        wanted = max(self._viewers, default=int(self.warm))
        if wanted >= self.asked:
            self._lower_at_ms = 0
        elif self._lower_at_ms == 0:
            self._lower_at_ms = now_ms + LOWER_AFTER_MS
        if wanted > self.asked or (self._lower_at_ms and now_ms >= self._lower_at_ms):
            self.asked, self._lower_at_ms = wanted, 0
            return True
        return False

    @property
    def pending(self) -> bool:
        return self._lower_at_ms != 0
