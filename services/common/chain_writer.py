"""From outboxes to append-only streams: each entry exactly once, in order, chained to the one before.

An entry is crossed off its outbox only after its record is stored, and a record is only stored behind the last one
that was seen (JetStream's expected-last-subject-sequence). So whoever dies at any point, another replica goes on: it
finds either an entry that is not stored yet, or one that equals the last record, which it crosses off.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, NamedTuple

from services.common import record_chain
from services.common.bus import Bus
from services.common.cancellation import heed_cancellation
from services.common.errors import Conflict

_MAX_HEADS: Final = 1000
Record = record_chain.Record


class Chain(NamedTuple):
    """One chain: the stream that has it, its subject there, and what its records are."""

    stream: str
    subject: str
    kind: type[Record]


class ChainWriter:
    """Remembers where each chain ends. Whoever calls `drain` lets nobody else drain the same chain meanwhile."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        # The last record of each chain with its sequence in the stream, as far as known here; None: the chain is empty.
        self._heads: OrderedDict[str, tuple[int, Record] | None] = OrderedDict()

    async def drain(
        self,
        chain: Chain,
        waiting: Callable[[], Awaitable[list[bytes]]],
        cross_off: Callable[[bytes], Awaitable[None]],
        recorded: Callable[[Record], None],
    ) -> None:
        """Appends all that waits, oldest first. Raises Unavailable, and what `waiting` and `cross_off` raise."""
        try:
            while entries := await waiting():
                if chain.subject not in self._heads:
                    # The head before the entries: one that is in the head's past must be off the list by then.
                    await self._learn_head(chain)
                    continue
                await self._append(chain, entries, cross_off, recorded)
        except BaseException:  # A cancellation too: whether the last one was stored is unknown.
            self.forget(chain.subject)
            raise

    def forget(self, subject: str) -> None:
        """Its head has to be read again: records of it were deleted."""
        self._heads.pop(subject, None)

    async def _append(
        self,
        chain: Chain,
        entries: Iterable[bytes],
        cross_off: Callable[[bytes], Awaitable[None]],
        recorded: Callable[[Record], None],
    ) -> None:
        """Returns early when another replica was first, and the outbox has to be looked at again."""
        head = self._heads[chain.subject]
        for data in entries:
            heed_cancellation()
            entry = chain.kind.FromString(data)
            if head is None or not record_chain.is_entry_of(entry, head[1]):
                record = record_chain.sealed(entry, head[1] if head else None)
                after = head[0] if head else 0
                try:
                    # The hash as the message's id: the same entry on another head is another message.
                    head = (await self._bus.record(chain.subject, record, record.hash.hex(), after=after), record)
                except Conflict:
                    self.forget(chain.subject)
                    return
                self._heads[chain.subject] = head
                recorded(record)
            await cross_off(data)

    async def _learn_head(self, chain: Chain) -> None:
        self._heads[chain.subject] = await self._bus.last_record(chain.stream, chain.subject, chain.kind)
        self._heads.move_to_end(chain.subject)
        if len(self._heads) > _MAX_HEADS:
            self._heads.popitem(last=False)
