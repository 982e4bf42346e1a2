"""Events that came together, as frames: one write tells a client all of them that it may hear."""

from __future__ import annotations

from dataclasses import dataclass

from services.signaling.core import frame
from services.signaling.core.audience import Audience
from sipulung.roster.v1 import participant_pb2
from sipulung.signaling.v1 import client_pb2


@dataclass(frozen=True, slots=True)
class _Item:
    event: participant_pb2.RosterEvent
    octets: bytes
    least: Audience
    also: str

    def octets_for(self, audience: Audience, participant_id: str) -> bytes:
        if audience >= self.least or participant_id == self.also:
            return self.octets
        # The number alone, so that nothing seems to be missing.
        return _framed(participant_pb2.RosterEvent(sequence=self.event.sequence, at_ms=self.event.at_ms))


class News:
    """Events of one meeting in their order, each framed once for all who hear it."""

    def __init__(self) -> None:
        self._items: list[_Item] = []
        # Who hears more than their audience does.
        self._also: set[str] = set()
        self._joined: dict[tuple[Audience, int], bytes] = {}

    def __len__(self) -> int:
        return len(self._items)

    @property
    def last(self) -> int:
        """The number of the last event. Raises IndexError without one."""
        return self._items[-1].event.sequence

    def add(self, event: participant_pb2.RosterEvent, least: Audience, also: str) -> None:
        """The next one: for `least` and whoever hears more than they do, and for the participant `also`."""
        # For us only: the trace of who caused it is none of the others' business, and 60 bytes each.
        event.ClearField("trace")
        self._items.append(_Item(event, _framed(event), least, also))
        self._also.add(also)

    def octets(self, audience: Audience, participant_id: str, after: int) -> bytes:
        """The frames that tell a participant what came after the event of that number."""
        if participant_id in self._also:
            return self._join(audience, participant_id, after)
        # Nearly everybody hears the same.
        key = audience, after
        joined = self._joined.get(key)
        if joined is None:
            joined = self._joined[key] = self._join(audience, participant_id, after)
        return joined

    def _join(self, audience: Audience, participant_id: str, after: int) -> bytes:
        return b"".join(
            item.octets_for(audience, participant_id) for item in self._items if item.event.sequence > after
        )


def _framed(event: participant_pb2.RosterEvent) -> bytes:
    return frame.plain(client_pb2.ServerMessage(roster_event=event).SerializeToString())
