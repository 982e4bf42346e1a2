"""Occurrences of a meeting: begun, ended by the host or by themselves, and what is written down of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from services.common.errors import Conflict, InvalidField, MeetingCancelled, MeetingEnded, MeetingNotOpen, WrongState
from services.common.ids import ParticipantId
from services.roster.core import commands, span
from services.roster.core.change import Change, Ended, Left, Past, Updated
from services.roster.core.lobby import way_in
from services.roster.core.meeting import Phase
from services.roster.core.membership import Move
from services.roster.core.moderation import moderate
from services.roster.core.schedule import LINGER_MS, Calendar, Recurrence, Schedule
from services.roster.core.settings import Settings
from services.roster.core.state import MeetingState
from sipulung.roster.v1 import attendance_pb2, moderation_pb2
from tests.roster.core.scene import definition, member, person
from tests.roster.core.test_schedule import DAY_MS, MONDAY, ms

BUDI = ParticipantId("budi")
OPENS, STARTS, ENDS = ms(MONDAY, 7, 30), ms(MONDAY, 7, 45), ms(MONDAY, 8, 15)
HOST = person("Andi", host=True)


def scheduled(rule: Recurrence | None = None, calendar: Calendar | None = None) -> MeetingState:
    schedule = Schedule(MONDAY, time(7, 45), 30, 15, "Asia/Makassar", rule, calendar or Calendar())
    return MeetingState(replace(definition(), schedule=schedule), 0, STARTS - 30 * DAY_MS, {})


def daily(until: date | None = None) -> MeetingState:
    return scheduled(Recurrence(frozenset({1, 2, 3, 4, 5}), until=until))


def kinds(change: Change) -> list[str]:
    names = (attendance_pb2.AttendanceKind.Name(note.kind) for note in change.attendance)
    return [name.removeprefix("ATTENDANCE_KIND_") for name in names]


def came_and_left(state: MeetingState, came_ms: int, left_ms: int) -> MeetingState:
    state = commands.join(state, person("Budi"), came_ms).state
    return commands.leave(state, BUDI, left_ms).state


def test_it_opens_before_it_begins_and_says_when() -> None:
    state = scheduled()
    assert state.definition.phase(OPENS - 1) is Phase.NOT_OPEN
    with pytest.raises(MeetingNotOpen) as refused:
        commands.join(state, person("Budi"), OPENS - 1000)
    error = refused.value.to_proto()
    assert (error.opens_at_ms, error.time_zone, error.retry_after_ms) == (OPENS, "Asia/Makassar", 1000)
    assert state.definition.phase(OPENS) is Phase.OPEN
    joined = commands.join(state, person("Budi"), OPENS)
    assert kinds(joined) == ["MEETING_STARTED", "JOINED"]
    assert (joined.state.definition.occurrences, joined.state.definition.planned_at_ms) == (1, STARTS)
    assert joined.state.definition.phase(ENDS + DAY_MS) is Phase.OPEN


def test_ending_one_of_a_series_ends_this_one() -> None:
    state = commands.join(daily(), person("Budi"), STARTS).state
    state = commands.say(state, BUDI, "halo", "", STARTS).state
    state = commands.join(state, person("Cici"), STARTS).state
    change = commands.end(state, "account:owner", ENDS - 1)
    assert [type(event.what) for event in change.events] == [Left, Left, Ended]
    assert kinds(change) == ["LEFT", "LEFT", "MEETING_ENDED"]
    assert change.past == (Past(1, STARTS, STARTS, ENDS - 1, 2),)
    ended = change.state
    assert (ended.definition.ended_at_ms, ended.definition.revision) == (0, 1)
    assert ended.definition.phase(ENDS - 1) is Phase.NOT_OPEN
    assert ended.definition.opening_ms(ENDS) == OPENS + DAY_MS
    assert commands.end(ended, "account:owner", ENDS).empty
    with pytest.raises(MeetingNotOpen):
        commands.join(ended, person("Budi"), ENDS)
    tuesday = commands.join(ended, person("Budi"), OPENS + DAY_MS)
    assert kinds(tuesday) == ["MEETING_STARTED", "JOINED"]
    assert tuesday.forgotten == ("cici",), "who is here again is kept"
    assert member(tuesday, "budi").joined_at_ms == OPENS + DAY_MS
    now = tuesday.state.definition
    assert (now.occurrences, now.most_present, tuesday.anew) == (2, 1, True)
    assert not change.anew


def test_the_last_of_a_series_ends_it() -> None:
    state = commands.join(daily(until=MONDAY), person("Budi"), STARTS).state
    ended = commands.end(state, "account:owner", ENDS).state
    assert (ended.definition.ended_at_ms, ended.definition.revision) == (ENDS, 2)
    with pytest.raises(MeetingEnded):
        commands.join(ended, person("Budi"), ENDS)


def test_an_occurrence_ends_by_itself_when_everybody_has_left() -> None:
    state = came_and_left(daily(), STARTS, ENDS - 7)
    due = ENDS + LINGER_MS
    assert span.due_ms(state, ENDS) == due
    assert span.settle(state, due - 1).empty
    change = span.settle(state, due)
    assert [type(event.what) for event in change.events] == [Ended]
    # It was over when the last one left.
    assert [(note.kind, note.at_ms) for note in change.attendance] == [
        (attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, ENDS - 7)
    ]
    assert change.audit[0].actor == "service:roster"
    assert change.past == (Past(1, STARTS, STARTS, ENDS - 7, 1),)
    assert span.settle(change.state, due).empty
    assert span.due_ms(change.state, due) == due + DAY_MS
    present = commands.join(daily(), person("Budi"), STARTS).state
    # Not while somebody is in it, before the next one opens.
    assert (span.due_ms(present, STARTS), span.settle(present, due).empty) == (OPENS + DAY_MS, True)
    longer = came_and_left(daily(), STARTS, due + 60_000)
    assert span.due_ms(longer, due + 60_000) == due + 60_000


def test_whoever_comes_first_the_next_day_ends_what_nobody_ended() -> None:
    state = came_and_left(daily(), STARTS, ENDS)
    change = commands.join(state, person("Cici"), OPENS + DAY_MS)
    assert kinds(change) == ["MEETING_ENDED", "MEETING_STARTED", "JOINED"]
    assert (change.state.definition.occurrences, change.state.definition.planned_at_ms) == (2, STARTS + DAY_MS)
    assert [one.number for one in change.past] == [1]


def test_a_host_tries_the_room() -> None:
    tried = commands.join(scheduled(), HOST, STARTS - DAY_MS).state
    with pytest.raises(MeetingNotOpen):
        commands.join(tried, person("Budi"), STARTS - DAY_MS)
    left = commands.leave(tried, ParticipantId("andi"), STARTS - DAY_MS + 5).state
    assert span.due_ms(left, STARTS - DAY_MS) == STARTS - DAY_MS + 5 + span.TRIED_MS
    change = span.settle(left, STARTS - DAY_MS + 5 + span.TRIED_MS)
    assert change.state.definition.phase(STARTS) is Phase.OPEN
    assert commands.end(tried, "account:owner", STARTS - DAY_MS + 9).state.definition.phase(STARTS) is Phase.OPEN
    held = commands.join(change.state, person("Budi"), STARTS).state
    assert (held.definition.occurrences, held.definition.planned_at_ms) == (2, STARTS)
    assert commands.end(held, "account:owner", ENDS).state.definition.ended_at_ms == ENDS


def test_nobody_came() -> None:
    state = scheduled()
    over = ENDS + LINGER_MS
    assert span.due_ms(state, STARTS) == over
    assert state.definition.phase(over) is Phase.ENDED
    assert (state.definition.opening_ms(over), span.due_ms(state, over)) == (0, over)
    change = span.settle(state, over)
    assert change.past == (Past(0, STARTS, STARTS),)
    assert (change.state.definition.ended_at_ms, kinds(change)) == (over, [])
    assert span.due_ms(change.state, over) == 0
    # One of many that nobody came to is nothing to tell: the next one is due.
    assert span.settle(daily(), over).empty
    assert span.due_ms(daily(), over) == over + DAY_MS
    # A series that came to its end, after one that was held.
    series = daily(until=date(2026, 11, 24))
    held = commands.end(commands.join(series, person("Budi"), STARTS).state, "account:owner", ENDS).state
    last = span.settle(held, over + 2 * DAY_MS)
    assert (last.past, bool(last.state.definition.ended_at_ms)) == ((), True)
    assert span.settle(daily(until=date(2026, 11, 24)), over + 9 * DAY_MS).past == (
        Past(0, STARTS + DAY_MS, STARTS + DAY_MS),
    )


def test_a_host_ends_what_nobody_came_to() -> None:
    change = commands.end(daily(), "account:owner", STARTS)
    assert (change.past, kinds(change)) == ((Past(0, STARTS, STARTS),), [])
    assert change.state.definition.phase(STARTS) is Phase.NOT_OPEN
    once = commands.end(scheduled(), "account:owner", STARTS)
    assert once.state.definition.ended_at_ms == STARTS
    assert commands.end(scheduled(), "account:owner", OPENS - 1).empty
    unplanned = commands.end(MeetingState(definition(), 0, 0, {}), "account:owner", STARTS)
    assert unplanned.past == (Past(0, STARTS),)


def test_a_meeting_without_a_plan_ends_when_it_was_empty_for_long() -> None:
    state = came_and_left(MeetingState(definition(), 0, 0, {}), STARTS, ENDS)
    assert span.due_ms(MeetingState(definition(), 0, 0, {}), STARTS) == 0
    assert span.due_ms(state, ENDS) == ENDS + span.EMPTY_MS
    change = span.settle(state, ENDS + span.EMPTY_MS)
    assert change.state.definition.ended_at_ms == ENDS
    # Whoever comes before somebody looked goes on with it.
    assert kinds(commands.join(state, person("Budi"), ENDS + span.EMPTY_MS)) == ["JOINED"]
    # A host looked in before it opens: it counts from there.
    early = commands.join(MeetingState(definition(opens_at_ms=ENDS), 0, 0, {}), HOST, OPENS).state
    early = commands.leave(early, ParticipantId("andi"), OPENS).state
    assert span.due_ms(early, OPENS) == ENDS + span.EMPTY_MS
    # The members are forgotten after a day: then the last event counts.
    assert span.emptied_at_ms(replace(state, members={})) == state.changed_at_ms


def test_cancelled() -> None:
    change = commands.cancel(daily(), "account:owner", OPENS - 5 * DAY_MS)
    # Under the time that it shows, not that of the click.
    assert change.past == (Past(0, STARTS, STARTS),)
    assert (change.audit[0].action, change.state.definition.revision) == ("meeting.cancel", 2)
    assert isinstance(change.events[0].what, Ended)
    assert change.state.definition.phase(STARTS) is Phase.CANCELLED
    assert change.state.definition.coming(STARTS) is None
    assert commands.cancel(change.state, "account:owner", OPENS).empty
    assert span.due_ms(change.state, STARTS) == 0
    with pytest.raises(MeetingCancelled):
        commands.join(change.state, person("Budi"), STARTS)
    with pytest.raises(MeetingCancelled):
        commands.end(change.state, "account:owner", STARTS)
    with pytest.raises(MeetingCancelled):
        commands.update(change.state, 2, "Lain", None, None, "account:owner", STARTS)
    inside = commands.join(daily(), person("Budi"), STARTS).state
    with pytest.raises(WrongState):
        commands.cancel(inside, "account:owner", STARTS)
    empty = commands.leave(inside, BUDI, STARTS + 5).state
    closed = commands.cancel(empty, "account:owner", STARTS + 9)
    # What was held is not called off: that is the next one.
    assert [(one.number, one.planned_at_ms) for one in closed.past] == [(1, STARTS), (0, STARTS + DAY_MS)]
    assert kinds(closed) == ["MEETING_ENDED"]
    held = came_and_left(scheduled(), STARTS, STARTS + 5)
    assert [one.number for one in commands.cancel(held, "account:owner", STARTS + 9).past] == [1]
    tried = commands.leave(commands.join(scheduled(), HOST, OPENS - 9).state, ParticipantId("andi"), OPENS - 5).state
    assert [(one.number, one.at_ms) for one in commands.cancel(tried, "account:owner", OPENS - 1).past] == [
        (1, OPENS - 9),
        (0, STARTS),
    ]
    # Without a plan the list shows when it was made.
    unplanned = MeetingState(definition(), 0, 0, {})
    assert commands.cancel(unplanned, "account:owner", STARTS).past == (Past(0, definition().created_at_ms),)
    with pytest.raises(MeetingEnded):
        commands.cancel(MeetingState(definition(ended_at_ms=5), 0, 0, {}), "account:owner", STARTS)


def test_it_is_moved() -> None:
    state = daily()
    schedule = state.definition.schedule
    assert schedule is not None
    later = replace(schedule, at=time(16))
    change = commands.update(state, 1, None, None, None, "account:owner", OPENS, schedule=later)
    assert [type(event.what) for event in change.events] == [Updated]
    assert change.state.definition.opening_ms(OPENS) == ms(MONDAY, 15, 45)
    assert change.audit[0].detail == "revision 2: schedule"
    assert commands.update(state, 1, None, None, None, "account:owner", OPENS, schedule=schedule).empty
    over = replace(schedule, recurrence=None)
    with pytest.raises(InvalidField) as refused:
        commands.update(state, 1, None, None, None, "account:owner", ENDS + DAY_MS, schedule=over)
    assert refused.value.field == "schedule.date"
    with pytest.raises(InvalidField):
        commands.update(state, 1, None, OPENS, None, "account:owner", OPENS)
    running = commands.join(MeetingState(definition(), 0, 0, {}), person("Budi"), OPENS).state
    with pytest.raises(InvalidField):
        commands.update(running, 1, None, None, None, "account:owner", OPENS, schedule=schedule)
    fresh = MeetingState(definition(), 0, 0, {})
    planned = commands.update(fresh, 1, None, None, None, "account:owner", OPENS, schedule=schedule).state
    assert planned.definition.coming(OPENS) is not None


def moved(state: MeetingState, now_ms: int, **fields: object) -> MeetingState:
    schedule = state.definition.schedule
    assert schedule is not None
    asked = replace(schedule, **fields)  # type: ignore[arg-type]  # the fields' names are checked by replace
    revision = state.definition.revision
    return commands.update(state, revision, None, None, None, "account:owner", now_ms, schedule=asked).state


def test_it_is_moved_while_its_host_tries_the_room() -> None:
    tried = commands.join(scheduled(), HOST, OPENS - 60_000).state
    # To now: guests come in, and it is this one.
    earlier = moved(tried, OPENS - 30_000, at=time(7, 40))
    now = commands.join(earlier, person("Budi"), OPENS - 10_000).state
    assert (now.definition.planned_at_ms, now.definition.occurrences) == (ms(MONDAY, 7, 40), 1)
    assert commands.end(now, "account:owner", STARTS).state.definition.ended_at_ms == STARTS
    # To tomorrow: nobody comes in today, and the room that was tried is still a try.
    later = moved(tried, OPENS - 30_000, first=date(2026, 11, 24))
    with pytest.raises(MeetingNotOpen) as refused:
        commands.join(later, person("Budi"), STARTS)
    assert refused.value.opens_at_ms == OPENS + DAY_MS
    ended = commands.end(later, "account:owner", STARTS).state
    held = commands.join(ended, person("Budi"), STARTS + DAY_MS).state
    assert (held.definition.planned_at_ms, held.definition.occurrences) == (STARTS + DAY_MS, 2)


def test_it_is_moved_while_it_is_on() -> None:
    """Who is inside goes on, and who lost the network comes back: what is on is what was planned for that day."""
    running = commands.join(scheduled(), person("Budi"), OPENS).state
    for fields in ({"at": time(9)}, {"first": date(2026, 11, 24)}):
        later = moved(running, OPENS + 60_000, **fields)
        assert later.definition.planned_at_ms == STARTS
        assert later.definition.phase(OPENS + 60_000) is Phase.OPEN


def test_a_holiday_comes_while_its_host_tries_the_room() -> None:
    tried = commands.join(scheduled(Recurrence(None, skip_holidays=True)), HOST, OPENS - 60_000).state
    holiday = commands.follow(tried, Calendar(holidays=frozenset({MONDAY})), OPENS - 30_000).state
    assert holiday.definition.planned_at_ms == STARTS + DAY_MS
    last = commands.join(scheduled(Recurrence(None, skip_holidays=True, until=MONDAY)), HOST, OPENS - 60_000).state
    none_left = commands.follow(last, Calendar(holidays=frozenset({MONDAY})), OPENS - 30_000).state
    assert none_left.definition.planned_at_ms == STARTS


def test_a_lock_that_was_lifted_does_not_come_back_with_an_old_form() -> None:
    state = commands.join(daily(), HOST, STARTS).state
    lock = moderation_pb2.HostAct(change_settings=moderation_pb2.ChangeSettings(locked=True))
    locked = moderate(state, HOST.participant_id, lock, STARTS).state
    form = locked.definition
    for over in (
        commands.end(locked, "account:owner", ENDS).state,
        span.settle(commands.leave(locked, HOST.participant_id, ENDS).state, ENDS + LINGER_MS).state,
        span.settle(locked, OPENS + DAY_MS).state,
    ):
        assert not over.definition.settings.locked
        with pytest.raises(Conflict):
            commands.update(over, form.revision, None, None, None, "x", over.changed_at_ms, settings=form.settings)
    # For good, it is one change all the same.
    once = moderate(commands.join(scheduled(), HOST, STARTS).state, HOST.participant_id, lock, STARTS).state
    assert commands.end(once, "account:owner", ENDS).state.definition.revision == once.definition.revision + 1
    left = commands.leave(once, HOST.participant_id, ENDS).state
    for over in (
        span.settle(left, ENDS + LINGER_MS).state,
        commands.cancel(left, "account:owner", ENDS + 1).state,
    ):
        assert over.definition.revision == once.definition.revision + 1


def test_it_follows_the_tenants_holidays() -> None:
    state = scheduled(Recurrence(None, skip_holidays=True))
    assert state.definition.opening_ms(0) == OPENS
    calendar = Calendar(frozenset({1, 2}), frozenset({MONDAY}))
    change = commands.follow(state, calendar, 0)
    assert change.state.definition.opening_ms(0) == OPENS + DAY_MS
    assert (change.state.definition.revision, change.audit[0].actor) == (2, "service:roster")
    assert commands.follow(change.state, calendar, 0).empty
    for other in (daily(), scheduled(), MeetingState(definition(), 0, 0, {})):
        assert commands.follow(other, calendar, 0).empty
    cancelled = commands.cancel(state, "account:owner", OPENS).state
    assert commands.follow(cancelled, calendar, OPENS).empty


def test_the_next_occurrence_is_another_meeting() -> None:
    """Who waited, was let in, removed or shut out of one comes to the next like everybody; its lock is lifted."""
    state = daily()
    state = replace(state, definition=replace(state.definition, settings=Settings(lobby=True)))
    state = commands.join(state, HOST, OPENS).state
    for name in ("Budi", "Cici", "Dedi"):
        state = commands.join(state, person(name), STARTS).state
    host = HOST.participant_id
    act = moderation_pb2.HostAct
    for one in (
        act(admit=moderation_pb2.Admit(participant_ids=["budi"])),
        act(admit=moderation_pb2.Admit(participant_ids=["cici"])),
        act(remove=moderation_pb2.Remove(participant_id="cici")),
        act(spotlight=moderation_pb2.Spotlight(participant_id="andi")),
        act(change_settings=moderation_pb2.ChangeSettings(unmute_forbidden=True)),
        act(change_settings=moderation_pb2.ChangeSettings(locked=True)),
    ):
        state = moderate(state, host, one, STARTS).state
    assert state.definition.most_present == 3
    state = commands.leave(state, host, ENDS).state
    state = commands.leave(state, BUDI, ENDS).state
    assert [one.person.name for one in state.waiting()] == ["Dedi"]
    over = span.settle(state, ENDS + LINGER_MS)
    assert [type(event.what) for event in over.events] == [Left, Ended]
    assert not list(over.state.waiting())
    settings = over.state.definition.settings
    assert (settings.locked, settings.lobby, over.state.definition.spotlight) == (False, True, "")
    assert way_in(over.state, person("Cici")) is Move.WAIT
    tomorrow = over.state
    for name in ("Budi", "Cici"):
        change = commands.join(tomorrow, person(name), OPENS + DAY_MS)
        assert (kinds(change), member(change, name.lower()).waiting) == ([], True)
        tomorrow = change.state
    assert not tomorrow.definition.running
    assert span.due_ms(tomorrow, OPENS + DAY_MS) == ENDS + LINGER_MS + DAY_MS
    called_off = commands.cancel(tomorrow, "account:owner", OPENS + DAY_MS)
    assert [type(event.what) for event in called_off.events] == [Left, Left, Ended]
    begun = commands.join(tomorrow, HOST, STARTS + DAY_MS)
    assert kinds(begun) == ["MEETING_STARTED", "JOINED"]
    assert [one.person.name for one in begun.state.waiting()] == ["Budi", "Cici"]
