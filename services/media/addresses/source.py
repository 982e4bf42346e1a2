"""Where clients reach this node, and how willing it is to be stopped."""

from typing import Protocol


class AddressSource(Protocol):
    async def addresses(self, port: int) -> tuple[tuple[str, int], ...]:
        """(ip, port) of each address for candidates, best first; the node listens on `port`. Raises ConfigError."""

    def deletion_cost(self, sessions: int) -> None:
        """Make known how many sessions would be disturbed; never raises, never waits."""
