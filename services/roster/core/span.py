"""The spans of a meeting: an occurrence begins with the first who enters, and ends by its host or by itself.

A meeting without a schedule has one span. A scheduled one may have more: a host may try the room before it opens, and a
recurring meeting has one for each time that it takes place.
"""

from __future__ import annotations

from dataclasses import replace

from services.roster.core import polling
from services.roster.core.change import AttendanceNote, AuditNote, Change, Draft, Ended, Past
from services.roster.core.meeting import Definition, Phase
from services.roster.core.membership import Membership
from services.roster.core.parting import part
from services.roster.core.schedule import MINUTE_MS
from services.roster.core.state import MeetingState
from sipulung.roster.v1 import attendance_pb2, participant_pb2

# A meeting without a planned end ends by itself when nobody has been in it for so long.
EMPTY_MS = 12 * 60 * MINUTE_MS
# A host who only tried the room before it opens.
TRIED_MS = 10 * MINUTE_MS
SYSTEM = "service:roster"
_GONE = (Membership.LEFT, Membership.REMOVED, Membership.DENIED)


def freshen(draft: Draft) -> None:
    """The first step of whoever comes: what belongs to an earlier occurrence is over, and stays in the logs only.

    A meeting without a plan goes on for whoever comes before somebody looked whether it has ended by itself.
    """
    if draft.definition.schedule is not None:
        settle_draft(draft)
    if not draft.definition.running:
        for participant_id in [pid for pid, member in draft.members.items() if member.membership in _GONE]:
            draft.forget(participant_id)
        draft.polls.clear()


def begin(draft: Draft) -> None:
    """Somebody enters: the occurrence begins, unless it is running. Chat and polls of an earlier one are deleted
    (`Change.anew`)."""
    if draft.definition.running:
        return
    occurrence = draft.definition.coming(draft.now_ms)
    draft.redefine(
        started_at_ms=draft.now_ms,
        occurrence_ended_at_ms=0,
        occurrences=draft.definition.occurrences + 1,
        planned_at_ms=occurrence.starts_at_ms if occurrence else 0,
        most_present=0,
    )
    draft.attendance.append(AttendanceNote(attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED, draft.now_ms))


def close(draft: Draft, ended_at_ms: int) -> None:
    """The running occurrence ends. Everybody has left; without a next occurrence the meeting is over for good."""
    definition = draft.definition
    assert definition.running, "only what runs can end"
    occurrence = definition.coming(draft.now_ms)
    # The next one is not locked, and nobody of it is spotlighted.
    draft.redefine(
        occurrence_ended_at_ms=ended_at_ms, settings=replace(definition.settings, locked=False), spotlight=""
    )
    if occurrence is None:
        draft.redefine(ended_at_ms=ended_at_ms)
    elif ended_at_ms >= occurrence.opens_at_ms:
        # One that ended before it opened was a try: the planned one is still to come.
        draft.redefine(passed_at_ms=occurrence.starts_at_ms)
        if draft.definition.coming(draft.now_ms) is None:
            draft.redefine(ended_at_ms=ended_at_ms)
    draft.attendance.append(AttendanceNote(attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, ended_at_ms))
    draft.past.append(
        Past(
            definition.occurrences,
            definition.started_at_ms,
            definition.planned_at_ms,
            ended_at_ms,
            definition.most_present,
        )
    )


def count_present(draft: Draft) -> None:
    """Keeps how many were in it at the same time."""
    if draft.present > draft.definition.most_present:
        draft.redefine(most_present=draft.present)


def end_planned(draft: Draft) -> None:
    """The host ends an occurrence that is open and that nobody has come to: it is over too."""
    occurrence = draft.definition.coming(draft.now_ms)
    if occurrence is None:
        draft.redefine(ended_at_ms=draft.now_ms)
        draft.past.append(Past(0, draft.now_ms))
        return
    draft.redefine(passed_at_ms=occurrence.starts_at_ms)
    draft.past.append(Past(0, occurrence.starts_at_ms, occurrence.starts_at_ms))
    if draft.definition.coming(draft.now_ms) is None:
        draft.redefine(ended_at_ms=draft.now_ms)


def emptied_at_ms(state: MeetingState) -> int:
    """When the last person left. After a day without anybody the members are forgotten: then, the last event."""
    return max((member.absent_since_ms for member in state.members.values()), default=state.changed_at_ms)


def ends_itself_at_ms(state: MeetingState) -> int:
    """When the running occurrence ends if nobody comes; 0: somebody is in it, or it does not run."""
    definition = state.definition
    if not definition.running or not state.empty:
        return 0
    empty = emptied_at_ms(state)
    occurrence = definition.coming(empty)
    if occurrence is None:
        return max(empty, definition.opens_at_ms) + EMPTY_MS
    if empty < occurrence.opens_at_ms:
        return empty + TRIED_MS
    assert definition.schedule is not None, "an occurrence comes from a schedule"
    return max(definition.schedule.over_at_ms(occurrence), empty)


def due_ms(state: MeetingState, now_ms: int) -> int:
    """When somebody has to look whether the meeting has ended by itself; 0: never, before something else happens."""
    definition = state.definition
    if definition.closed:
        return 0
    if definition.running:
        return ends_itself_at_ms(state)
    if definition.schedule is None:
        return 0
    occurrence = definition.coming(now_ms)
    # At once, where nothing is left to come.
    return definition.schedule.over_at_ms(occurrence) if occurrence else now_ms


def settle(state: MeetingState, now_ms: int) -> Change:
    """Ends what has ended by itself. Does nothing before that."""
    draft = Draft(state, now_ms)
    settle_draft(draft)
    return draft.change()


def settle_draft(draft: Draft) -> None:
    """The same, as the first step of another command."""
    state = draft.before
    ends_at_ms = ends_itself_at_ms(state)
    if ends_at_ms and draft.now_ms >= ends_at_ms:
        # It was over when the last one left, not when somebody looked.
        polling.close_open(draft)
        for member in state.waiting():
            part(draft, member, participant_pb2.LEAVE_REASON_MEETING_ENDED)
        close(draft, emptied_at_ms(state))
        _told(draft)
    elif not draft.definition.closed and draft.definition.phase(draft.now_ms) is Phase.ENDED:
        # Scheduled, and nobody came.
        if not draft.definition.occurrences:
            planned = _last_planned(draft.definition)
            draft.past.append(Past(0, planned or draft.now_ms, planned))
        draft.redefine(ended_at_ms=draft.now_ms)
        _told(draft)


def _told(draft: Draft) -> None:
    if draft.definition.ended_at_ms:
        draft.redefine(revision=draft.definition.revision + 1)
    draft.audit.append(AuditNote(draft.now_ms, SYSTEM, "meeting.end", f"meeting:{draft.definition.meeting_id}"))
    draft.tell(Ended(draft.definition))


def _last_planned(definition: Definition) -> int:
    """The planned beginning of the last occurrence of a schedule that is over; 0: holidays left it none."""
    assert definition.schedule is not None, "without a schedule nothing is over by the clock"
    left = definition.schedule.occurrences(definition.passed_at_ms)
    return max((occurrence.starts_at_ms for occurrence in left), default=0)
