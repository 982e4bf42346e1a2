"""What a command changes: events for those who watch, notes for the logs, and what has to be written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from services.common.ids import AccountId, ParticipantId
from services.roster.core.meeting import Definition
from services.roster.core.member import Member
from services.roster.core.membership import Membership, record_of
from services.roster.core.poll import Poll
from services.roster.core.state import MeetingState
from sipulung.roster.v1 import attendance_pb2, moderation_pb2, participant_pb2

_PARTICIPANT = "participant:"
_NOBODY = AccountId("")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of chat. `number` is the number of its event, so it grows within the meeting."""

    number: int
    participant_id: ParticipantId
    name: str
    text: str
    sent_at_ms: int
    client_line_id: str
    # Only hosts, co-hosts and its writer get it.
    to_hosts: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    member: Member


@dataclass(frozen=True, slots=True)
class Changed:
    member: Member


@dataclass(frozen=True, slots=True)
class Left:
    participant_id: ParticipantId
    reason: participant_pb2.LeaveReason.ValueType


@dataclass(frozen=True, slots=True)
class Said:
    line: Line


@dataclass(frozen=True, slots=True)
class Updated:
    definition: Definition
    present: int


@dataclass(frozen=True, slots=True)
class Ended:
    definition: Definition


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll was opened or closed."""

    poll: Poll


@dataclass(frozen=True, slots=True)
class Voted:
    """Somebody voted. Others hear how many did: the rest of the poll they know, and how is nobody's business."""

    poll: Poll


@dataclass(frozen=True, slots=True)
class Moderated:
    """A host act that was carried out; `by` is "" where the system did it. `affected` are those whom it concerns."""

    by: str
    by_name: str
    act: moderation_pb2.HostAct
    affected: tuple[ParticipantId, ...]


@dataclass(frozen=True, slots=True)
class Reacted:
    participant_id: ParticipantId
    reaction: moderation_pb2.Reaction.ValueType


Happening = Joined | Changed | Left | Said | Updated | Ended | Moderated | Reacted | Polled | Voted


@dataclass(frozen=True, slots=True)
class Event:
    """Something that those in the meeting hear of (who exactly decides signaling)."""

    sequence: int
    at_ms: int
    what: Happening


@dataclass(frozen=True, slots=True)
class AttendanceNote:
    """A line for the attendance log, not yet part of its chain. `member` is None for the meeting as a whole."""

    kind: attendance_pb2.AttendanceKind.ValueType
    at_ms: int
    member: Member | None = None
    reason: participant_pb2.LeaveReason.ValueType = participant_pb2.LEAVE_REASON_UNSPECIFIED


@dataclass(frozen=True, slots=True)
class AuditNote:
    """A line for the tenant's audit log, not yet part of its chain.

    `accounts`: to whom it was done, beside `object`; sorted, each once. `actor_name` and `actor_account_id`: of a
    participant who did it, else "".
    """

    at_ms: int
    actor: str
    action: str
    object: str
    detail: str = ""
    accounts: tuple[AccountId, ...] = ()
    actor_name: str = ""
    actor_account_id: AccountId = _NOBODY


@dataclass(frozen=True, slots=True)
class Past:
    """A line for the list of what has taken place, from `at_ms` on. Number 0: nobody came, or it was called off."""

    number: int
    at_ms: int
    planned_at_ms: int = 0
    ended_at_ms: int = 0
    most_present: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """The state after a command, and how it differs from the one before."""

    before: MeetingState
    state: MeetingState
    events: tuple[Event, ...] = ()
    written: tuple[Member, ...] = ()
    forgotten: tuple[ParticipantId, ...] = ()
    lines: tuple[Line, ...] = ()
    attendance: tuple[AttendanceNote, ...] = ()
    audit: tuple[AuditNote, ...] = ()
    polls: tuple[Poll, ...] = ()
    past: tuple[Past, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing happened: there is nothing to write and nothing to tell."""
        return not self.events

    @property
    def anew(self) -> bool:
        """Another occurrence has begun: what was said in the one before is nothing to those who are here now."""
        return 0 < self.before.definition.occurrences < self.state.definition.occurrences

    @property
    def redefined(self) -> bool:
        """The durable definition is another one."""
        return self.state.definition is not self.before.definition


@dataclass(slots=True)
class Draft:
    """A change while it is made. Every step that others hear of takes the next sequence number."""

    before: MeetingState
    now_ms: int
    definition: Definition = field(init=False)
    members: dict[ParticipantId, Member] = field(init=False)
    sequence: int = field(init=False)
    written: dict[ParticipantId, Member] = field(default_factory=dict)
    forgotten: list[ParticipantId] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    attendance: list[AttendanceNote] = field(default_factory=list)
    audit: list[AuditNote] = field(default_factory=list)
    polls: dict[str, Poll] = field(init=False)
    written_polls: dict[str, Poll] = field(default_factory=dict)
    past: list[Past] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.definition = self.before.definition
        self.members = dict(self.before.members)
        self.polls = dict(self.before.polls)
        self.sequence = self.before.sequence
        self.now_ms = max(self.now_ms, self.before.changed_at_ms)

    @property
    def present(self) -> int:
        """How many seats are taken now."""
        return sum(1 for member in self.members.values() if member.in_meeting)

    def tell(self, what: Happening) -> None:
        """Adds an event."""
        self.sequence += 1
        self.events.append(Event(self.sequence, self.now_ms, what))

    def note(self, by: Member | str, action: str, detail: str = "", whom: Iterable[Member] = ()) -> None:
        """Adds a line to the audit log: what `by` (a member, or an actor as the log names it) did to whom."""
        who = self.before.members.get(ParticipantId(by.removeprefix(_PARTICIPANT))) if isinstance(by, str) else by
        accounts = {one.person.account_id for one in whom if one.person.account_id}
        self.audit.append(
            AuditNote(
                self.now_ms,
                by if isinstance(by, str) else f"{_PARTICIPANT}{by.person.participant_id}",
                action,
                f"meeting:{self.definition.meeting_id}",
                detail,
                tuple(sorted(accounts)),
                who.name if who is not None else "",
                who.person.account_id if who is not None else _NOBODY,
            )
        )

    def put(self, member: Member) -> None:
        """Keeps `member` in this form, and notes a change of membership for the attendance log."""
        before = self.members.get(member.person.participant_id)
        self.members[member.person.participant_id] = member
        self.written[member.person.participant_id] = member
        if member.person.participant_id in self.forgotten:
            # Of an earlier occurrence, and here again: what is forgotten is deleted after all has been written.
            self.forgotten.remove(member.person.participant_id)
        kind = record_of(before.membership if before else Membership.ABSENT, member.membership)
        if kind is not None:
            self.attendance.append(AttendanceNote(kind, self.now_ms, member, member.left_reason))

    def forget(self, participant_id: ParticipantId) -> None:
        """Drops a participant who left long ago."""
        del self.members[participant_id]
        self.written.pop(participant_id, None)
        self.forgotten.append(participant_id)

    def put_poll(self, poll: Poll) -> None:
        """Keeps `poll` in this form."""
        self.polls[poll.poll_id] = poll
        self.written_polls[poll.poll_id] = poll

    def redefine(self, **fields: object) -> None:
        """Replaces fields of the definition."""
        self.definition = replace(self.definition, **fields)  # type: ignore[arg-type]  # the fields' names are checked by replace

    def change(self) -> Change:
        """The finished change."""
        at_ms = self.now_ms if self.events else self.before.changed_at_ms
        return Change(
            self.before,
            MeetingState(self.definition, self.sequence, at_ms, self.members, self.polls),
            tuple(self.events),
            tuple(self.written.values()),
            tuple(self.forgotten),
            tuple(self.lines),
            tuple(self.attendance),
            tuple(self.audit),
            tuple(self.written_polls.values()),
            tuple(self.past),
        )
