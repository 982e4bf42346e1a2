"""A meeting as it is at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.common.errors import WrongState
from services.common.ids import ParticipantId
from services.roster.core.meeting import Act, Definition
from services.roster.core.member import Member
from services.roster.core.poll import Poll


@dataclass(frozen=True, slots=True)
class MeetingState:
    """The definition and everybody who is or was in the meeting. Never changed, only replaced."""

    definition: Definition
    # The number of the last event. It only grows, also over the days on which nobody is in the meeting.
    sequence: int
    # When that event was. Later events are never dated before it, so attendance survives a clock that is set back.
    changed_at_ms: int
    members: Mapping[ParticipantId, Member]
    # By their ids, first opened first.
    polls: Mapping[str, Poll] = field(default_factory=dict)

    def people(self) -> Iterator[Member]:
        """Those who are in the meeting, present or lost."""
        return (member for member in self.members.values() if member.in_meeting)

    def waiting(self) -> Iterator[Member]:
        """Those who are in the lobby."""
        return (member for member in self.members.values() if member.waiting)

    @property
    def present(self) -> int:
        """How many seats are taken."""
        return sum(1 for _ in self.people())

    @property
    def empty(self) -> bool:
        """Whether no seat is taken: for a full meeting much less to look at than `present`."""
        return next(self.people(), None) is None

    def taking_part(self, participant_id: ParticipantId, now_ms: int) -> Member:
        """The participant, who wants to do something in the meeting. Raises MeetingEnded or WrongState (not in it)."""
        self.definition.after(Act.TAKE_PART, now_ms)
        member = self.members.get(participant_id)
        if member is None or not member.in_meeting:
            raise WrongState("only who is in the meeting can do this")
        return member
