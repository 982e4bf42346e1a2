"""Between the core's own types and protobuf: what is stored, and what others read."""

from __future__ import annotations

from collections.abc import Iterable

from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId, new_id
from services.roster import planning
from services.roster.core.change import (
    AttendanceNote,
    AuditNote,
    Changed,
    Ended,
    Event,
    Joined,
    Left,
    Line,
    Moderated,
    Past,
    Polled,
    Reacted,
    Said,
    Updated,
    Voted,
)
from services.roster.core.meeting import Definition, Phase
from services.roster.core.member import Member, Person
from services.roster.core.membership import Membership
from services.roster.core.poll import Poll
from services.roster.core.report import Line as AttendedLine
from services.roster.core.settings import Settings
from services.roster.core.state import MeetingState
from services.roster.keys import MeetingRef
from sipulung.common.v1 import common_pb2
from sipulung.media.v1 import media_pb2
from sipulung.roster.v1 import (
    attendance_pb2,
    meeting_pb2,
    moderation_pb2,
    participant_pb2,
    poll_pb2,
    schedule_pb2,
    stored_pb2,
)

_STATES = {
    Phase.NOT_OPEN: meeting_pb2.MEETING_STATE_NOT_OPEN,
    Phase.OPEN: meeting_pb2.MEETING_STATE_OPEN,
    Phase.ENDED: meeting_pb2.MEETING_STATE_ENDED,
    Phase.CANCELLED: meeting_pb2.MEETING_STATE_CANCELLED,
}
_PRESENCES = {
    Membership.PRESENT: participant_pb2.PRESENCE_PRESENT,
    Membership.LOST: participant_pb2.PRESENCE_LOST,
    Membership.LEFT: participant_pb2.PRESENCE_LEFT,
    Membership.REMOVED: participant_pb2.PRESENCE_LEFT,
    Membership.DENIED: participant_pb2.PRESENCE_LEFT,
    Membership.WAITING: participant_pb2.PRESENCE_WAITING,
}
_MEMBERSHIPS = {
    participant_pb2.PRESENCE_PRESENT: Membership.PRESENT,
    participant_pb2.PRESENCE_LOST: Membership.LOST,
    participant_pb2.PRESENCE_WAITING: Membership.WAITING,
}
_GONE = {
    participant_pb2.LEAVE_REASON_REMOVED: Membership.REMOVED,
    participant_pb2.LEAVE_REASON_DENIED: Membership.DENIED,
}


def meeting_of(definition: Definition, present: int, now_ms: int) -> meeting_pb2.Meeting:
    """The meeting as others see it now."""
    meeting = _lasting(definition)
    meeting.state = _STATES[definition.phase(now_ms)]
    meeting.present = present
    meeting.opens_at_ms = definition.opening_ms(now_ms)
    if occurrence := definition.coming(now_ms):
        meeting.next_starts_at_ms, meeting.next_ends_at_ms = occurrence.starts_at_ms, occurrence.ends_at_ms
    return meeting


def _lasting(definition: Definition) -> meeting_pb2.Meeting:
    """What does not depend on the moment."""
    schedule = definition.schedule
    return meeting_pb2.Meeting(
        meeting_id=definition.meeting_id,
        tenant_id=definition.tenant_id,
        title=definition.title,
        owner_account_id=definition.owner_account_id,
        owner_name=definition.owner_name,
        created_at_ms=definition.created_at_ms,
        opens_at_ms=definition.opens_at_ms,
        ended_at_ms=definition.ended_at_ms,
        capacity=definition.capacity,
        revision=definition.revision,
        started_at_ms=definition.started_at_ms,
        settings=settings_of(definition.settings),
        spotlight_participant_id=definition.spotlight,
        owner_unit_id=definition.owner_unit_id,
        schedule=planning.told(schedule) if schedule else None,
        occurrences=definition.occurrences,
        occurrence_ended_at_ms=definition.occurrence_ended_at_ms,
        cancelled_at_ms=definition.cancelled_at_ms,
    )


def store_definition(definition: Definition) -> bytes:
    """The record in Redis: a Meeting without what depends on the moment (state, present, what comes next)."""
    meeting = _lasting(definition)
    meeting.plan.CopyFrom(planning.kept(definition))
    return meeting.SerializeToString()


def load_definition(data: bytes) -> Definition:
    """The reverse of `store_definition`."""
    meeting = meeting_pb2.Meeting.FromString(data)
    plan = meeting.plan
    return Definition(
        MeetingId(meeting.meeting_id),
        TenantId(meeting.tenant_id),
        meeting.title,
        AccountId(meeting.owner_account_id),
        meeting.owner_name,
        meeting.created_at_ms,
        meeting.opens_at_ms,
        meeting.capacity,
        meeting.revision,
        meeting.started_at_ms,
        meeting.ended_at_ms,
        settings_from(meeting.settings),
        meeting.spotlight_participant_id,
        meeting.owner_unit_id,
        planning.stored_schedule(meeting),
        meeting.cancelled_at_ms,
        # A version that did not count them kept no schedules: whatever has begun is the first one.
        max(meeting.occurrences, 1 if meeting.started_at_ms else 0),
        meeting.occurrence_ended_at_ms,
        plan.planned_at_ms,
        plan.passed_at_ms,
        plan.most_present,
    )


def title_of(data: bytes) -> str:
    """Of what `store_definition` made, without the rest, which takes ten times as long to load."""
    return meeting_pb2.Meeting.FromString(data).title


def settings_of(settings: Settings) -> moderation_pb2.MeetingSettings:
    """A meeting's settings as others see them."""
    return moderation_pb2.MeetingSettings(
        locked=settings.locked,
        lobby=settings.lobby,
        unmute_forbidden=settings.unmute_forbidden,
        share_mode=settings.share_mode,
        chat_mode=settings.chat_mode,
    )


def settings_from(message: moderation_pb2.MeetingSettings) -> Settings:
    """The reverse of `settings_of`; what is unspecified is for everybody."""
    return Settings(
        message.locked,
        message.lobby,
        message.unmute_forbidden,
        message.share_mode or moderation_pb2.SHARE_MODE_EVERYBODY,
        message.chat_mode or moderation_pb2.CHAT_MODE_EVERYBODY,
    )


def participant_of(member: Member) -> participant_pb2.Participant:
    """A member as others see them."""
    return participant_pb2.Participant(
        participant_id=member.person.participant_id,
        name=member.name,
        role=member.role,
        presence=_PRESENCES[member.membership],
        joined_at_ms=member.joined_at_ms,
        hand_raised_at_ms=member.hand_raised_at_ms,
    )


def store_member(member: Member) -> bytes:
    """The record in Redis."""
    return stored_pb2.StoredMember(
        participant=participant_of(member),
        given_name=member.person.name,
        account_id=member.person.account_id,
        device=member.person.device,
        present_since_ms=member.present_since_ms,
        absent_since_ms=member.absent_since_ms,
        left_reason=member.left_reason,
        busy_until_ms=member.busy_until_ms,
        last_client_line_id=member.last_client_line_id,
        last_line_number=member.last_line_number,
        token_role=member.person.role,
        unit_id=member.person.unit_id,
        account_since_s=member.person.account_since_s,
    ).SerializeToString()


def load_member(data: bytes) -> Member:
    """The reverse of `store_member`."""
    stored = stored_pb2.StoredMember.FromString(data)
    shown = stored.participant
    return Member(
        Person(
            ParticipantId(shown.participant_id),
            stored.given_name,
            # An older version stored the token's role only, as the role.
            stored.token_role or shown.role,
            AccountId(stored.account_id),
            stored.device,
            stored.unit_id,
            stored.account_since_s,
        ),
        shown.name,
        _MEMBERSHIPS.get(shown.presence) or _GONE.get(stored.left_reason, Membership.LEFT),
        shown.joined_at_ms,
        stored.present_since_ms,
        stored.absent_since_ms,
        stored.left_reason,
        shown.hand_raised_at_ms,
        stored.busy_until_ms,
        stored.last_client_line_id,
        stored.last_line_number,
        shown.role,
    )


def line_of(line: Line) -> participant_pb2.ChatLine:
    """A line of chat; it is stored as it is shown."""
    return participant_pb2.ChatLine(
        number=line.number,
        participant_id=line.participant_id,
        name=line.name,
        text=line.text,
        sent_at_ms=line.sent_at_ms,
        client_line_id=line.client_line_id,
        to_hosts=line.to_hosts,
    )


def poll_of(poll: Poll) -> poll_pb2.Poll:
    """A poll as others see it: how many votes each option has is told once it is closed."""
    return poll_pb2.Poll(
        poll_id=poll.poll_id,
        question=poll.question,
        options=[
            poll_pb2.PollOption(text=text, votes=votes) for text, votes in zip(poll.options, poll.shown, strict=True)
        ],
        state=_poll_state(poll),
        voters=poll.voters,
        opened_at_ms=poll.opened_at_ms,
        closed_at_ms=poll.closed_at_ms,
        by_name=poll.by_name,
    )


def _poll_state(poll: Poll) -> poll_pb2.PollState.ValueType:
    return poll_pb2.POLL_STATE_OPEN if poll.is_open else poll_pb2.POLL_STATE_CLOSED


def store_poll(poll: Poll) -> bytes:
    """The record in Redis."""
    return stored_pb2.StoredPoll(poll=poll_of(poll), votes=poll.votes).SerializeToString()


def load_poll(data: bytes) -> Poll:
    """The reverse of `store_poll`."""
    stored = stored_pb2.StoredPoll.FromString(data)
    shown = stored.poll
    return Poll(
        shown.poll_id,
        shown.question,
        tuple(option.text for option in shown.options),
        shown.by_name,
        shown.opened_at_ms,
        shown.closed_at_ms,
        dict(stored.votes),
        tuple(option.votes for option in shown.options) if shown.closed_at_ms else (),
    )


def snapshot_of(state: MeetingState, chat: Iterable[participant_pb2.ChatLine], now_ms: int) -> participant_pb2.Snapshot:
    """The whole meeting; lines that are newer than the state are left out, since their events follow.

    Between two occurrences without the chat and the polls of the last one, which are there until the next one begins:
    whoever watches already would have them in that.
    """
    running = state.definition.running
    return participant_pb2.Snapshot(
        meeting=meeting_of(state.definition, state.present, now_ms),
        participants=[participant_of(member) for member in (*state.people(), *state.waiting())],
        chat=[line for line in chat if running and line.number <= state.sequence],
        sequence=state.sequence,
        polls=[poll_of(poll) for poll in state.polls.values() if running],
    )


def snapshot_for(member: Member, snapshot: participant_pb2.Snapshot) -> participant_pb2.Snapshot:
    """What of the whole meeting that member may see."""
    if member.role >= common_pb2.MEETING_ROLE_CO_HOST:
        return snapshot
    own = member.person.participant_id
    if member.waiting:
        people = [person for person in snapshot.participants if person.participant_id == own]
        return participant_pb2.Snapshot(meeting=snapshot.meeting, participants=people, sequence=snapshot.sequence)
    seen = participant_pb2.Snapshot()
    seen.CopyFrom(snapshot)
    del seen.participants[:], seen.chat[:]
    seen.participants.extend(p for p in snapshot.participants if p.presence != participant_pb2.PRESENCE_WAITING)
    seen.chat.extend(line for line in snapshot.chat if not line.to_hosts or line.participant_id == own)
    return seen


def event_of(
    event: Event, state: MeetingState, trace: common_pb2.TraceContext
) -> tuple[str, participant_pb2.RosterEvent]:
    """The event's name (the last token of its subject) and message."""
    message = participant_pb2.RosterEvent(
        tenant_id=state.definition.tenant_id,
        meeting_id=state.definition.meeting_id,
        sequence=event.sequence,
        at_ms=event.at_ms,
        trace=trace,
    )
    match event.what:
        case Joined(member):
            message.joined.CopyFrom(participant_of(member))
        case Changed(member):
            message.changed.CopyFrom(participant_of(member))
        case Left(participant_id, reason):
            message.left.CopyFrom(participant_pb2.Left(participant_id=participant_id, reason=reason))
        case Said(line):
            message.said.CopyFrom(line_of(line))
        case Updated(definition, present):
            message.updated.CopyFrom(meeting_of(definition, present, event.at_ms))
        case Polled(poll):
            message.polled.CopyFrom(poll_of(poll))
        case Voted(poll):
            news = poll_pb2.Poll(poll_id=poll.poll_id, state=_poll_state(poll), voters=poll.voters)
            message.polled.CopyFrom(news)
        case Ended(definition):
            message.ended.CopyFrom(meeting_of(definition, 0, event.at_ms))
        case Moderated(by, by_name, act, affected):
            message.moderated.CopyFrom(
                moderation_pb2.Moderated(by_participant_id=by, by_name=by_name, act=act, affected=affected)
            )
        case Reacted(participant_id, reaction):
            message.reacted.CopyFrom(moderation_pb2.Reacted(participant_id=participant_id, reaction=reaction))
    name = message.WhichOneof("event")
    assert name is not None, "each happening sets one field"
    return name, message


def attendance_entry(note: AttendanceNote, definition: Definition) -> attendance_pb2.AttendanceRecord:
    """An attendance record that is not yet part of the chain."""
    entry = attendance_pb2.AttendanceRecord(
        tenant_id=definition.tenant_id,
        meeting_id=definition.meeting_id,
        kind=note.kind,
        at_ms=note.at_ms,
        reason=note.reason,
    )
    if note.member is not None:
        person = note.member.person
        entry.participant_id, entry.name = person.participant_id, note.member.name
        entry.account_id, entry.device = person.account_id, person.device
    return entry


def joins_of(notes: Iterable[AttendanceNote]) -> list[AttendanceNote]:
    """Those by which a signed-in person came into the meeting."""
    return [note for note in notes if note.kind == attendance_pb2.ATTENDANCE_KIND_JOINED and account_of(note)]


def account_of(note: AttendanceNote) -> AccountId:
    """Whom a note is about; "" for guests and for the meeting as a whole."""
    return note.member.person.account_id if note.member is not None else AccountId("")


def attended_entry(meeting_id: MeetingId, joined_at_ms: int) -> str:
    """How the index of the meetings that a person attended has one of them."""
    return f"{meeting_id}:{joined_at_ms}"


def attendance_line(line: AttendedLine) -> attendance_pb2.AttendanceLine:
    """One person's line of the report."""
    return attendance_pb2.AttendanceLine(
        name=line.name,
        account_id=line.account_id,
        first_join_ms=line.first_join_ms,
        last_leave_ms=line.last_leave_ms,
        present_ms=line.present_ms,
        rejoins=line.rejoins,
        lost=line.lost,
        reason=line.reason,
    )


def past_entry(past: Past) -> schedule_pb2.Occurrence:
    """A line of the list of what has taken place; it is stored as it is shown."""
    return schedule_pb2.Occurrence(
        number=past.number,
        planned_at_ms=past.planned_at_ms,
        started_at_ms=past.at_ms if past.number else 0,
        ended_at_ms=past.ended_at_ms,
        most_present=past.most_present,
    )


def audit_entry(note: AuditNote, tenant_id: TenantId) -> attendance_pb2.AuditRecord:
    """An audit record that is not yet part of the chain."""
    return attendance_pb2.AuditRecord(
        tenant_id=tenant_id,
        at_ms=note.at_ms,
        actor=note.actor,
        action=note.action,
        object=note.object,
        detail=note.detail,
        # While a clock that was set back catches up, all that is done has the same time: a host who mutes somebody
        # twice did so twice.
        note_id=new_id(),
        accounts=note.accounts,
        actor_name=note.actor_name,
        actor_account_id=note.actor_account_id,
    )


def ref_of(
    message: participant_pb2.RosterEvent | participant_pb2.PresenceReport | media_pb2.MediaPresence,
) -> MeetingRef:
    """Which meeting a message is about."""
    return MeetingRef(TenantId(message.tenant_id), MeetingId(message.meeting_id))
