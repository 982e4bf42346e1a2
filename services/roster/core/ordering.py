"""Events of one meeting put in order: replicas are heard over different ways, so a later one may come first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")

# A replica hears of another one's event by NATS sooner than of its own over Redis by a few ms at most.
PATIENCE_MS = 200
# More than this many events ahead of a missing one: a snapshot is cheaper.
MAX_WAITING = 256


@dataclass(slots=True)
class EventOrder(Generic[Item]):
    """Lets events through by consecutive number, drops those that came already, and knows when one is missing."""

    last: int
    waiting: dict[int, Item] = field(default_factory=dict)
    waiting_since_ms: int = 0

    def accept(self, sequence: int, item: Item, now_ms: int) -> list[Item]:
        """The events that are due now that this one came: none, this one, or this one and those that waited for it."""
        if sequence <= self.last:
            return []
        if not self.waiting:
            self.waiting_since_ms = now_ms
        self.waiting[sequence] = item
        due: list[Item] = []
        while self.last + 1 in self.waiting:
            self.last += 1
            due.append(self.waiting.pop(self.last))
        if due:
            self.waiting_since_ms = now_ms
        return due

    def is_missing(self, now_ms: int) -> bool:
        """Whether an event has been missing for so long that it will not come any more."""
        return bool(self.waiting) and (now_ms >= self.waiting_since_ms + PATIENCE_MS or len(self.waiting) > MAX_WAITING)

    def restart(self, last: int) -> None:
        """Goes on after a snapshot that contains all events up to `last`."""
        self.last = last
        self.waiting = {}
