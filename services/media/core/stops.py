"""What hosts turned off of one participant's media, until their client says that it has heard of it.

The client's states and the host's acts cross on their way, and either channel may be away: what a state that knows
nothing of a stop says of its sources holds no longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class Stops:
    """`number` of the newest, and what is off by those that the client has not heard of."""

    number: int = 0
    sources: frozenset[str] = frozenset()

    def stop(self, sources: Iterable[str]) -> None:
        """A host turned these off."""
        self.number += 1
        self.sources |= frozenset(sources)

    def heard(self, number: int | None) -> None:
        """The client knows of those up to `number`; None: it knows of no such message, and nothing is held for it."""
        if number is None:
            self.sources = frozenset()
        elif number >= self.number:
            # Of another node's, whose numbers go on here.
            self.number, self.sources = number, frozenset()
