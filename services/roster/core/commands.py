"""What may be done in a meeting. A command takes state and time (Unix ms), returns the change or refuses."""

from __future__ import annotations

from dataclasses import replace

from services.common.errors import Conflict, MeetingFull
from services.common.ids import ParticipantId
from services.roster.core import allowance, polling
from services.roster.core.change import (
    AttendanceNote,
    AuditNote,
    Change,
    Changed,
    Draft,
    Ended,
    Joined,
    Left,
    Line,
    Said,
    Updated,
)
from services.roster.core.meeting import Act
from services.roster.core.member import Member, Person
from services.roster.core.membership import Membership, Move, moved
from services.roster.core.names import told_apart
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, participant_pb2

# Those who left are remembered so that they come back as themselves; the oldest are forgotten above this number, so
# that a meeting with a thousand rejoins a day stays small. Whoever was removed is never forgotten.
KEPT_WHO_LEFT = 500


def join(state: MeetingState, person: Person, now_ms: int) -> Change:
    """Enters. Somebody who is present already stays as they are.

    Raises MeetingEnded, MeetingNotOpen (hosts may enter early), MeetingFull (a host always finds a seat) or Removed.
    """
    is_host = person.role == common_pb2.MEETING_ROLE_HOST
    state.definition.after(Act.ENTER_AS_HOST if is_host else Act.ENTER, now_ms)
    known = state.members.get(person.participant_id)
    before = known.membership if known else Membership.ABSENT
    after = moved(before, Move.JOIN)
    draft = Draft(state, now_ms)
    if before is after:
        return draft.change()
    if before is not Membership.LOST:
        _make_room(draft, person)
        if (
            not is_host
            and sum(1 for member in draft.members.values() if member.in_meeting) >= state.definition.capacity
        ):
            raise MeetingFull(f"{state.definition.capacity} people are in the meeting")
    if not state.definition.started_at_ms:
        draft.redefine(started_at_ms=draft.now_ms)
        draft.attendance.append(AttendanceNote(attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED, draft.now_ms))
    others = (
        m.name for m in draft.members.values() if m.in_meeting and m.person.participant_id != person.participant_id
    )
    member = Member(
        person,
        known.name if known and before is Membership.LOST else told_apart(person.name, others),
        after,
        joined_at_ms=known.joined_at_ms if known else draft.now_ms,
        present_since_ms=draft.now_ms,
        hand_raised_at_ms=known.hand_raised_at_ms if known else 0,
        busy_until_ms=known.busy_until_ms if known else 0,
        last_client_line_id=known.last_client_line_id if known else "",
        last_line_number=known.last_line_number if known else 0,
    )
    draft.put(member)
    draft.tell(Changed(member) if before is Membership.LOST else Joined(member))
    _forget_oldest(draft)
    return draft.change()


def leave(state: MeetingState, participant_id: ParticipantId, now_ms: int) -> Change:
    """Leaves. Leaving twice is one leave. Raises WrongState for somebody who never joined."""
    known = state.members.get(participant_id)
    draft = Draft(state, now_ms)
    after = moved(known.membership if known else Membership.ABSENT, Move.LEAVE)
    assert known is not None, "the table refuses to let somebody leave who is absent"
    if after is not known.membership:
        _part(draft, known, participant_pb2.LEAVE_REASON_LEFT)
    return draft.change()


def raise_hand(state: MeetingState, participant_id: ParticipantId, raised: bool, now_ms: int) -> Change:
    """Raises or lowers the hand. Raises MeetingEnded, WrongState (not in the meeting) or Throttled."""
    member = state.taking_part(participant_id, now_ms)
    draft = Draft(state, now_ms)
    if raised is bool(member.hand_raised_at_ms):
        return draft.change()
    busy = allowance.spend(member.busy_until_ms, draft.now_ms)
    member = replace(member, hand_raised_at_ms=draft.now_ms if raised else 0, busy_until_ms=busy)
    draft.put(member)
    draft.tell(Changed(member))
    return draft.change()


def say(state: MeetingState, participant_id: ParticipantId, text: str, client_line_id: str, now_ms: int) -> Change:
    """Adds a line of chat; the same line sent again (by its client's id) changes nothing.

    Raises MeetingEnded, WrongState (not in the meeting) or Throttled.
    """
    member = state.taking_part(participant_id, now_ms)
    draft = Draft(state, now_ms)
    if client_line_id and client_line_id == member.last_client_line_id:
        return draft.change()
    busy = allowance.spend(member.busy_until_ms, draft.now_ms)
    line = Line(state.sequence + 1, participant_id, member.name, text, draft.now_ms, client_line_id)
    draft.put(replace(member, busy_until_ms=busy, last_client_line_id=client_line_id, last_line_number=line.number))
    draft.tell(Said(line))
    draft.lines.append(line)
    return draft.change()


def lose(state: MeetingState, participant_id: ParticipantId, now_ms: int) -> Change:
    """Media is gone. Only for somebody who is present (presence.py)."""
    return _reported(state, participant_id, Move.LOSE, now_ms)


def come_back(state: MeetingState, participant_id: ParticipantId, now_ms: int) -> Change:
    """Media is back. Only for somebody who is lost (presence.py)."""
    return _reported(state, participant_id, Move.RETURN, now_ms)


def expire(state: MeetingState, participant_id: ParticipantId, now_ms: int) -> Change:
    """Media and signaling were gone for the grace time. Only for somebody who is lost (presence.py)."""
    draft = Draft(state, now_ms)
    _part(draft, state.members[participant_id], participant_pb2.LEAVE_REASON_LOST)
    return draft.change()


def update(
    state: MeetingState,
    revision: int,
    title: str | None,
    opens_at_ms: int | None,
    capacity: int | None,
    actor: str,
    now_ms: int,
) -> Change:
    """Edits the definition; None leaves a field as it is. Raises MeetingEnded, or Conflict for an old `revision`."""
    state.definition.after(Act.EDIT, now_ms)
    if revision != state.definition.revision:
        raise Conflict(
            f"the meeting was changed meanwhile: its revision is {state.definition.revision}", field="revision"
        )
    asked = {"title": title, "opens_at_ms": opens_at_ms, "capacity": capacity}
    edits = {
        name: value for name, value in asked.items() if value is not None and value != getattr(state.definition, name)
    }
    draft = Draft(state, now_ms)
    if not edits:
        return draft.change()
    draft.redefine(**edits, revision=revision + 1)
    draft.tell(Updated(draft.definition, state.present))
    draft.audit.append(
        AuditNote(draft.now_ms, actor, "meeting.update", _object(state), f"revision {revision + 1}: {', '.join(edits)}")
    )
    return draft.change()


def end(state: MeetingState, actor: str, now_ms: int) -> Change:
    """Ends the meeting for all. Ending twice changes nothing."""
    state.definition.after(Act.END, now_ms)
    draft = Draft(state, now_ms)
    if state.definition.ended_at_ms:
        return draft.change()
    # Before they go, so that they hear the result; and nobody's vote is kept.
    polling.close_open(draft)
    for member in state.people():
        _part(draft, member, participant_pb2.LEAVE_REASON_MEETING_ENDED)
    draft.redefine(ended_at_ms=draft.now_ms, revision=state.definition.revision + 1)
    draft.attendance.append(AttendanceNote(attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, draft.now_ms))
    draft.audit.append(AuditNote(draft.now_ms, actor, "meeting.end", _object(state)))
    draft.tell(Ended(draft.definition))
    return draft.change()


def _reported(state: MeetingState, participant_id: ParticipantId, move: Move, now_ms: int) -> Change:
    draft = Draft(state, now_ms)
    member = state.members[participant_id]
    after = moved(member.membership, move)
    if after is Membership.PRESENT:
        member = replace(member, membership=after, present_since_ms=draft.now_ms, absent_since_ms=0)
    else:
        member = replace(member, membership=after, absent_since_ms=draft.now_ms)
    draft.put(member)
    draft.tell(Changed(member))
    return draft.change()


def _part(draft: Draft, member: Member, reason: participant_pb2.LeaveReason.ValueType) -> None:
    after = moved(member.membership, Move.LEAVE)
    draft.put(replace(member, membership=after, absent_since_ms=draft.now_ms, left_reason=reason, hand_raised_at_ms=0))
    draft.tell(Left(member.person.participant_id, reason))


def _make_room(draft: Draft, person: Person) -> None:
    """Whoever reloads the page comes with a new token: their lost former self leaves, so that nobody is shown twice."""
    for member in tuple(draft.members.values()):
        former = member.person
        if member.membership is not Membership.LOST or former.participant_id == person.participant_id:
            continue
        if former.account_id or person.account_id:
            same = former.account_id == person.account_id and former.device == person.device
        else:
            same = bool(former.device) and former.device == person.device and former.name == person.name
        if same:
            _part(draft, member, participant_pb2.LEAVE_REASON_LOST)


def _forget_oldest(draft: Draft) -> None:
    gone = [member for member in draft.members.values() if member.membership is Membership.LEFT]
    excess = len(gone) - KEPT_WHO_LEFT
    if excess > 0:
        gone.sort(key=lambda member: member.absent_since_ms)
        for member in gone[:excess]:
            draft.forget(member.person.participant_id)


def _object(state: MeetingState) -> str:
    return f"meeting:{state.definition.meeting_id}"
