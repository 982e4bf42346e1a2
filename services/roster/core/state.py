"""A meeting as it is at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.common.ids import ParticipantId
from services.roster.core.meeting import Definition
from services.roster.core.member import Member


@dataclass(frozen=True, slots=True)
class MeetingState:
    """The definition and everybody who is or was in the meeting. Never changed, only replaced."""

    definition: Definition
    # The number of the last event. It only grows, also over the days on which nobody is in the meeting.
    sequence: int
    # When that event was. Later events are never dated before it, so attendance survives a clock that is set back.
    changed_at_ms: int
    members: Mapping[ParticipantId, Member]

    def people(self) -> Iterator[Member]:
        """Those who are in the meeting, present or lost."""
        return (member for member in self.members.values() if member.in_meeting)

    @property
    def present(self) -> int:
        """How many seats are taken."""
        return sum(1 for _ in self.people())
