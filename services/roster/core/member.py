"""One participant as the roster knows them."""

from __future__ import annotations

from dataclasses import dataclass

from services.common.ids import AccountId, ParticipantId
from services.roster.core.membership import IN_MEETING, Membership
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import participant_pb2


@dataclass(frozen=True, slots=True)
class Person:
    """Who a join token says its bearer is. `account_id` is empty for guests."""

    participant_id: ParticipantId
    name: str
    role: common_pb2.MeetingRole.ValueType
    account_id: AccountId
    device: str
    # Of the account: its unit ("" for none) and when it was made, in seconds since the epoch (0 for guests).
    unit_id: str = ""
    account_since_s: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a meeting, or who was in it. Times are Unix milliseconds."""

    person: Person
    # The person's name, told apart from the others'.
    name: str
    membership: Membership
    joined_at_ms: int
    present_since_ms: int
    # When they became LOST, LEFT, REMOVED or DENIED; 0 while PRESENT or WAITING.
    absent_since_ms: int = 0
    left_reason: participant_pb2.LeaveReason.ValueType = participant_pb2.LEAVE_REASON_UNSPECIFIED
    hand_raised_at_ms: int = 0
    busy_until_ms: int = 0
    last_client_line_id: str = ""
    last_line_number: int = 0
    # What they are in this meeting now; `person.role` is what their token says.
    role: common_pb2.MeetingRole.ValueType = common_pb2.MEETING_ROLE_PARTICIPANT

    @property
    def in_meeting(self) -> bool:
        """Present, or lost and expected back: takes a seat, and a name."""
        return self.membership in IN_MEETING

    @property
    def waiting(self) -> bool:
        """In the lobby."""
        return self.membership is Membership.WAITING
