"""The spans of a meeting: an occurrence begins with the first who enters, and ends by its host or by itself.

A meeting without a schedule has one span. A scheduled one may have more: a host may try the room before it opens, and a
recurring meeting has one for each time that it takes place. Whoever is still inside when the next one opens is in that.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from services.roster.core import polling
from services.roster.core.change import AttendanceNote, Change, Changed, Draft, Ended, Past, Updated
from services.roster.core.meeting import Definition, Phase
from services.roster.core.membership import Membership
from services.roster.core.parting import part
from services.roster.core.schedule import MINUTE_MS, Occurrence
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
        _forget_gone(draft)


def begin(draft: Draft) -> None:
    """Somebody enters: the occurrence begins, unless it is running. Chat and polls of an earlier one are deleted
    (`Change.anew`)."""
    if not draft.definition.running:
        _begin(draft, draft.definition.coming(draft.now_ms))


def _forget_gone(draft: Draft) -> None:
    for participant_id in [pid for pid, member in draft.members.items() if member.membership in _GONE]:
        draft.forget(participant_id)
    draft.polls.clear()


def _begin(draft: Draft, occurrence: Occurrence | None) -> None:
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
    taken_place = _finish(draft, ended_at_ms)
    if taken_place and draft.definition.possible(draft.now_ms) is None:
        draft.redefine(ended_at_ms=ended_at_ms)


def _finish(draft: Draft, ended_at_ms: int) -> bool:
    """False: it was a try, since it ended before it opened, and the planned one is still to come."""
    definition = draft.definition
    assert definition.running, "only what runs can end"
    occurrence = definition.coming(draft.now_ms)
    # The next one is not locked, and nobody of it is spotlighted.
    draft.redefine(
        occurrence_ended_at_ms=ended_at_ms, settings=replace(definition.settings, locked=False), spotlight=""
    )
    if definition.settings.locked:
        # A form that was loaded before would bring the lock back.
        draft.redefine(revision=draft.before.definition.revision + 1)
    taken_place = occurrence is None or ended_at_ms >= occurrence.opens_at_ms
    if occurrence is not None and taken_place:
        draft.redefine(passed_at_ms=occurrence.starts_at_ms)
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
    return taken_place


def _hand_over(draft: Draft, opens_at_ms: int) -> None:
    """The next occurrence opens while people are inside: the one before ends with that, and who is present is in the
    next one from then on, without coming again. What a host made of them was for the one before.

    Who is lost leaves, and comes by themselves when they are back: they were not there when it opened.
    """
    definition, looked_at_ms = draft.definition, draft.now_ms
    assert definition.schedule is not None, "without a schedule nothing opens"
    before = definition.schedule.planned(definition.planned_at_ms)
    opened = takewhile(lambda one: one.opens_at_ms <= looked_at_ms, definition.schedule.on_later_days(before))
    # The latest: where nobody has looked for days, nothing is known of those between.
    *_, occurrence = opened
    # As if somebody had looked at that moment, unless something has happened since.
    draft.now_ms = max(opens_at_ms, draft.before.changed_at_ms)
    polling.close_open(draft)
    staying = [member for member in draft.members.values() if member.membership is Membership.PRESENT]
    for member in [one for one in draft.members.values() if one.membership is Membership.LOST]:
        part(draft, member, participant_pb2.LEAVE_REASON_LOST)
    draft.attendance += (
        AttendanceNote(
            attendance_pb2.ATTENDANCE_KIND_LEFT, draft.now_ms, member, participant_pb2.LEAVE_REASON_MEETING_ENDED
        )
        for member in staying
    )
    _finish(draft, draft.now_ms)
    if staying:
        _forget_gone(draft)
        draft.now_ms = max(occurrence.opens_at_ms, draft.now_ms)
        _begin(draft, occurrence)
    for member in staying:
        entered = replace(member, role=member.person.role, joined_at_ms=draft.now_ms, hand_raised_at_ms=0)
        draft.put(entered)
        draft.attendance.append(AttendanceNote(attendance_pb2.ATTENDANCE_KIND_JOINED, draft.now_ms, entered))
        draft.tell(Changed(entered))
    count_present(draft)
    # At that very moment: so who watches learns that chat and polls are others (services/roster/feeds.py).
    draft.tell(Updated(draft.definition, draft.present))
    # What follows happens now.
    draft.now_ms = looked_at_ms
    _note_end(draft, "the next occurrence opened")


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
    if draft.definition.possible(draft.now_ms) is None:
        draft.redefine(ended_at_ms=draft.now_ms)


def replan(draft: Draft, tried: bool) -> None:
    """The schedule has become another one: who tries the room, tries it for what comes next by the new one."""
    schedule = draft.definition.schedule
    occurrence = schedule.coming(draft.definition.passed_at_ms, draft.now_ms) if schedule and tried else None
    if occurrence is not None:
        draft.redefine(planned_at_ms=occurrence.starts_at_ms)


def emptied_at_ms(state: MeetingState) -> int:
    """When the last person left. After a day without anybody the members are forgotten: then, the last event."""
    return max((member.absent_since_ms for member in state.members.values()), default=state.changed_at_ms)


def ends_itself_at_ms(state: MeetingState) -> int:
    """When the running occurrence ends if nobody comes or goes: while somebody is in it, when the next one opens.

    0: it does not run, or there is no next one.
    """
    definition = state.definition
    if not definition.running:
        return 0
    if not state.empty:
        return _next_opens_at_ms(definition)
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
    occurrence = definition.coming(now_ms) or definition.possible(now_ms)
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
        if not state.empty:
            _hand_over(draft, ends_at_ms)
            return
        # It was over when the last one left, not when somebody looked.
        polling.close_open(draft)
        for member in state.waiting():
            part(draft, member, participant_pb2.LEAVE_REASON_MEETING_ENDED)
        close(draft, emptied_at_ms(state))
        _told(draft)
    elif not draft.definition.closed and _is_over(draft.definition, draft.now_ms):
        # Scheduled, and nobody came.
        planned = _last_planned(draft.definition)
        # Where none is left, what its host ended without anybody stands in the list already.
        if not draft.definition.occurrences and (planned or not draft.definition.passed_at_ms):
            draft.past.append(Past(0, planned or draft.now_ms, planned))
        draft.redefine(ended_at_ms=draft.now_ms)
        _told(draft)


def _told(draft: Draft) -> None:
    if draft.definition.ended_at_ms:
        draft.redefine(revision=draft.before.definition.revision + 1)
    _note_end(draft)
    draft.tell(Ended(draft.definition))


def _note_end(draft: Draft, detail: str = "") -> None:
    draft.note(SYSTEM, "meeting.end", detail)


def _is_over(definition: Definition, now_ms: int) -> bool:
    """For good: where holidays alone leave nothing to come, they may be a mistake, and be taken back."""
    return definition.phase(now_ms) is Phase.ENDED and definition.possible(now_ms) is None


def _next_opens_at_ms(definition: Definition) -> int:
    """When the occurrence after the running one opens; 0: there is none."""
    schedule = definition.schedule
    if schedule is None:
        return 0
    following = next(schedule.on_later_days(schedule.planned(definition.planned_at_ms)), None)
    return following.opens_at_ms if following else 0


def _last_planned(definition: Definition) -> int:
    """The planned beginning of the last occurrence of a schedule that is over; 0: holidays left it none."""
    assert definition.schedule is not None, "without a schedule nothing is over by the clock"
    left = definition.schedule.occurrences(definition.passed_at_ms)
    return max((occurrence.starts_at_ms for occurrence in left), default=0)
