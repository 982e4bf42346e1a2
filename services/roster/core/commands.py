"""What may be done in a meeting. A command takes state and time (Unix ms), returns the change or refuses."""

from __future__ import annotations

from dataclasses import replace

from services.common.errors import Conflict, InvalidField, MeetingFull, WrongState
from services.common.ids import ParticipantId
from services.roster.core import allowance, called_off, lobby, polling, span
from services.roster.core.change import (
    Change,
    Changed,
    Draft,
    Ended,
    Joined,
    Line,
    Moderated,
    Past,
    Reacted,
    Said,
    Updated,
)
from services.roster.core.identity import former_self
from services.roster.core.meeting import Act, Phase
from services.roster.core.member import Member, Person
from services.roster.core.membership import Membership, Move, moved
from services.roster.core.names import told_apart
from services.roster.core.parting import part
from services.roster.core.schedule import Calendar, Schedule
from services.roster.core.settings import Settings
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import moderation_pb2, participant_pb2

# Those who left are remembered so that they come back as themselves; the oldest are forgotten above this number, so
# that a meeting with a thousand rejoins a day stays small. Whoever was removed is never forgotten.
KEPT_WHO_LEFT = 500


def join(state: MeetingState, person: Person, now_ms: int) -> Change:
    """Enters, or begins to wait in the lobby. Somebody who is present or waits already stays as they are.

    Raises MeetingEnded, MeetingNotOpen (hosts may enter early), MeetingLocked, MeetingFull (a host always finds a
    seat), Removed or LobbyDenied.
    """
    draft = Draft(state, now_ms)
    span.freshen(draft)
    role = lobby.role_of(draft, person)
    is_host = role == common_pb2.MEETING_ROLE_HOST
    draft.definition.after(Act.ENTER_AS_HOST if is_host else Act.ENTER, now_ms)
    known = draft.members.get(person.participant_id)
    before = known.membership if known else Membership.ABSENT
    after = moved(before, lobby.way_in(draft, person))
    if before is after:
        return draft.change()
    if before is not Membership.LOST:
        _make_room(draft, person)
        if after is Membership.WAITING:
            lobby.make_room_to_wait(draft)
        elif not is_host and draft.present >= state.definition.capacity:
            raise MeetingFull(f"{state.definition.capacity} people are in the meeting")
    if after is Membership.PRESENT:
        span.begin(draft)
    others = (
        m.name
        for m in draft.members.values()
        if (m.in_meeting or m.waiting) and m.person.participant_id != person.participant_id
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
        role=role,
    )
    draft.put(member)
    draft.tell(Joined(member) if after is Membership.PRESENT and before is not Membership.LOST else Changed(member))
    span.count_present(draft)
    _forget_oldest(draft)
    return draft.change()


def leave(state: MeetingState, participant_id: ParticipantId, now_ms: int) -> Change:
    """Leaves. Leaving twice is one leave. Raises WrongState for somebody who never joined."""
    known = state.members.get(participant_id)
    draft = Draft(state, now_ms)
    after = moved(known.membership if known else Membership.ABSENT, Move.LEAVE)
    assert known is not None, "the table refuses to let somebody leave who is absent"
    if after is not known.membership:
        part(draft, known, participant_pb2.LEAVE_REASON_LEFT)
    return draft.change()


def raise_hand(state: MeetingState, participant_id: ParticipantId, raised: bool, now_ms: int) -> Change:
    """Raises or lowers the hand. Raises MeetingEnded, WrongState (not in the meeting) or Throttled.

    Everybody's list orders hands by when they were raised. Commands that are written together have the same time, so
    a hand counts as raised at least a millisecond after the latest one that is up.
    """
    member = state.taking_part(participant_id, now_ms)
    draft = Draft(state, now_ms)
    if raised is bool(member.hand_raised_at_ms):
        return draft.change()
    busy = allowance.spend(member.busy_until_ms, now_ms)
    latest_ms = max(other.hand_raised_at_ms for other in state.members.values())
    raised_at_ms = max(draft.now_ms, latest_ms + 1) if raised else 0
    member = replace(member, hand_raised_at_ms=raised_at_ms, busy_until_ms=busy)
    draft.put(member)
    draft.tell(Changed(member))
    return draft.change()


def say(
    state: MeetingState,
    participant_id: ParticipantId,
    text: str,
    client_line_id: str,
    now_ms: int,
    *,
    to_hosts: bool = False,
) -> Change:
    """Adds a line of chat; the same line sent again (by its client's id) changes nothing. Lines of participants reach
    hosts only where the meeting's settings say so.

    Raises MeetingEnded, WrongState (not in the meeting) or Throttled.
    """
    member = state.taking_part(participant_id, now_ms)
    draft = Draft(state, now_ms)
    if client_line_id and client_line_id == member.last_client_line_id:
        return draft.change()
    busy = allowance.spend(member.busy_until_ms, now_ms)
    hosts_only = (
        state.definition.settings.chat_mode == moderation_pb2.CHAT_MODE_HOSTS
        and member.role < common_pb2.MEETING_ROLE_CO_HOST
    )
    line = Line(
        state.sequence + 1,
        participant_id,
        member.name,
        text,
        draft.now_ms,
        client_line_id,
        to_hosts=to_hosts or hosts_only,
    )
    draft.put(replace(member, busy_until_ms=busy, last_client_line_id=client_line_id, last_line_number=line.number))
    draft.tell(Said(line))
    draft.lines.append(line)
    return draft.change()


def react(
    state: MeetingState, participant_id: ParticipantId, reaction: moderation_pb2.Reaction.ValueType, now_ms: int
) -> Change:
    """Shows a reaction, of which nothing is kept. Raises MeetingEnded, WrongState (not in the meeting) or Throttled."""
    member = state.taking_part(participant_id, now_ms)
    draft = Draft(state, now_ms)
    draft.put(replace(member, busy_until_ms=allowance.spend(member.busy_until_ms, now_ms)))
    draft.tell(Reacted(participant_id, reaction))
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
    part(draft, state.members[participant_id], participant_pb2.LEAVE_REASON_LOST)
    return draft.change()


def update(
    state: MeetingState,
    revision: int,
    title: str | None,
    opens_at_ms: int | None,
    capacity: int | None,
    actor: str,
    now_ms: int,
    settings: Settings | None = None,
    schedule: Schedule | None = None,
) -> Change:
    """Edits the definition; None leaves a field as it is.

    Raises MeetingEnded, MeetingCancelled, Conflict for an old `revision`, InvalidField for a schedule that is over.
    """
    state.definition.after(Act.EDIT, now_ms)
    if revision != state.definition.revision:
        raise Conflict(
            f"the meeting was changed meanwhile: its revision is {state.definition.revision}", field="revision"
        )
    if schedule is not None:
        schedule = called_off.checked(state, schedule, now_ms)
    asked = {
        "title": title,
        "opens_at_ms": opens_at_ms,
        "capacity": capacity,
        "settings": settings,
        "schedule": schedule,
    }
    edits = {
        name: value for name, value in asked.items() if value is not None and value != getattr(state.definition, name)
    }
    draft = Draft(state, now_ms)
    if not edits:
        return draft.change()
    detail = f"revision {revision + 1}: {', '.join(edits)}"
    if schedule is not None and "schedule" in edits:
        _check_new_schedule(state, schedule, now_ms)
        detail += called_off.told(state.definition.schedule, schedule, now_ms)
    elif edits.get("opens_at_ms") and state.definition.schedule is not None:
        raise InvalidField("opens_at_ms", "a scheduled meeting opens by its schedule")
    tried = draft.definition.tried(draft.now_ms)
    draft.redefine(**edits, revision=revision + 1)
    span.replan(draft, tried)
    draft.tell(Updated(draft.definition, state.present))
    draft.note(actor, "meeting.update", detail)
    return draft.change()


def follow(state: MeetingState, calendar: Calendar, now_ms: int) -> Change:
    """The tenant has other office days or holidays: what is scheduled by them moves. Does nothing to other meetings."""
    draft = Draft(state, now_ms)
    schedule = state.definition.schedule
    if schedule is None or not schedule.by_calendar or schedule.calendar == calendar or state.definition.closed:
        return draft.change()
    tried = draft.definition.tried(draft.now_ms)
    draft.redefine(schedule=replace(schedule, calendar=calendar), revision=state.definition.revision + 1)
    span.replan(draft, tried)
    draft.tell(Updated(draft.definition, state.present))
    draft.note(span.SYSTEM, "meeting.update", "office days, holidays")
    return draft.change()


def end(state: MeetingState, actor: str, now_ms: int, told: Moderated | None = None) -> Change:
    """Ends the meeting for all; of a recurring one, the occurrence that is on. Ending twice changes nothing.

    `told`: the act of the host who does it inside. Raises MeetingCancelled.
    """
    state.definition.after(Act.END, now_ms)
    draft = Draft(state, now_ms)
    definition = state.definition
    if definition.ended_at_ms:
        return draft.change()
    if not definition.running and definition.schedule is not None and definition.phase(now_ms) is Phase.NOT_OPEN:
        # Between two occurrences, or before the first: there is nothing to end.
        return draft.change()
    # Before they go, so that they hear the result; and nobody's vote is kept.
    polling.close_open(draft)
    if told is not None:
        draft.tell(told)
    for member in (*state.people(), *state.waiting()):
        part(draft, member, participant_pb2.LEAVE_REASON_MEETING_ENDED)
    if definition.running:
        span.close(draft, draft.now_ms)
    else:
        span.end_planned(draft)
    if draft.definition.ended_at_ms:
        draft.redefine(revision=definition.revision + 1)
    draft.note(actor, "meeting.end", told.by_name if told else "")
    draft.tell(Ended(draft.definition))
    return draft.change()


def cancel(state: MeetingState, actor: str, now_ms: int) -> Change:
    """Calls the meeting off, with all occurrences that were to come. Cancelling twice changes nothing.

    Raises MeetingEnded, or WrongState while somebody is in it.
    """
    state.definition.after(Act.CANCEL, now_ms)
    draft = Draft(state, now_ms)
    if state.definition.cancelled_at_ms:
        return draft.change()
    if state.present:
        raise WrongState("somebody is in the meeting: end it for all first")
    for member in state.waiting():
        part(draft, member, participant_pb2.LEAVE_REASON_MEETING_ENDED)
    if draft.definition.running:
        polling.close_open(draft)
        span.close(draft, span.emptied_at_ms(state))
    _call_off(draft)
    draft.redefine(cancelled_at_ms=draft.now_ms, revision=state.definition.revision + 1)
    draft.note(actor, "meeting.cancel")
    draft.tell(Ended(draft.definition))
    return draft.change()


def _call_off(draft: Draft) -> None:
    """A line for what was to come, under the time that the list shows of it. What was held has one of its own."""
    occurrence = draft.definition.coming(draft.now_ms)
    if occurrence is not None:
        draft.past.append(Past(0, occurrence.starts_at_ms, occurrence.starts_at_ms))
    elif not draft.past:
        # Without a plan nothing but its making has a time.
        draft.past.append(Past(0, draft.definition.created_at_ms))


def _check_new_schedule(state: MeetingState, schedule: Schedule, now_ms: int) -> None:
    definition = state.definition
    if definition.schedule is None and definition.started_at_ms:
        raise InvalidField("schedule", "the meeting has begun without one")
    schedule.check_coming(definition.passed_at_ms, now_ms)


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


def _make_room(draft: Draft, person: Person) -> None:
    """Whoever reloads the page comes with a new token: their former self, lost or waiting, leaves, so that nobody is
    shown twice."""
    for member in tuple(draft.members.values()):
        if (member.membership is Membership.LOST or member.waiting) and former_self(person, member.person):
            # Signaling lets the lost come again, but tells an older page in the lobby that a newer one took its place.
            part(
                draft,
                member,
                participant_pb2.LEAVE_REASON_LEFT if member.waiting else participant_pb2.LEAVE_REASON_LOST,
            )


def _forget_oldest(draft: Draft) -> None:
    gone = [member for member in draft.members.values() if member.membership in (Membership.LEFT, Membership.DENIED)]
    excess = len(gone) - KEPT_WHO_LEFT
    if excess > 0:
        gone.sort(key=lambda member: member.absent_since_ms)
        for member in gone[:excess]:
            draft.forget(member.person.participant_id)
