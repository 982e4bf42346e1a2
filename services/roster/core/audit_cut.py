"""Which records at the beginning of an audit chain are older than a tenant keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from sipulung.roster.v1 import attendance_pb2


@dataclass(slots=True)
class AuditCut:
    """Told of one record after the other, from the first on; what goes is older than `before_ms` (Unix milliseconds).

    `said` is the number and the hash of the last record that was said to be deleted already, None for none: what lies
    up to it is in the chain only because that was interrupted, and is not counted again.
    """

    before_ms: int
    said: tuple[int, bytes] | None = None
    # All that goes, and the last of it in the stream; 0: nothing does.
    total: int = 0
    last_sequence: int = 0
    # What goes and has not been said yet: how many, the last of them, and when the youngest of them was.
    records: int = 0
    last_number: int = 0
    head: bytes = b""
    until_ms: int = 0

    def take(self, sequence: int, stored_ms: int, record: attendance_pb2.AuditRecord) -> bool:
        """False: this one is kept, and so is all that follows, which is chained to it."""
        # What a wrong clock dated in the future was at least not after it was stored.
        at_ms = min(record.at_ms, stored_ms)
        if at_ms >= self.before_ms:
            return False
        self.total += 1
        self.last_sequence = sequence
        if (record.number, record.hash) == self.said:
            self.records = self.until_ms = 0
        else:
            self.records += 1
            self.last_number, self.head = record.number, record.hash
            self.until_ms = max(self.until_ms, at_ms)
        return True
