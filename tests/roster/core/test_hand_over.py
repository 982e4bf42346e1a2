"""Somebody is still inside when the next occurrence opens: the one before ends, and they are in the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from services.common.ids import AccountId
from services.roster import codec
from services.roster.core import commands, polling, span
from services.roster.core.change import AttendanceNote, Change, Changed, Joined, Left, Past, Polled, Updated
from services.roster.core.lobby import way_in
from services.roster.core.meeting import Phase
from services.roster.core.meeting_times import times_by_account
from services.roster.core.membership import Membership, Move
from services.roster.core.moderation import moderate
from services.roster.core.occurrences import Record
from services.roster.core.report import Spell, report
from services.roster.core.schedule import LINGER_MS
from services.roster.core.settings import Settings
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, moderation_pb2, participant_pb2
from tests.roster.core.scene import definition, member, person
from tests.roster.core.test_schedule import DAY_MS
from tests.roster.core.test_span import BUDI, ENDS, HOST, OPENS, STARTS, daily, kinds, moved, scheduled

# Of the next day.
NEXT = OPENS + DAY_MS
CICI = person("Cici").participant_id
Act = moderation_pb2.HostAct


def forgotten(*others: str, state: MeetingState | None = None) -> MeetingState:
    """Budi, and others, are in Monday's roll call and do not leave."""
    state = state or daily()
    for one in (person("Budi", account="b"), *map(person, others)):
        state = commands.join(state, one, STARTS).state
    return state


def records(*changes: Change) -> list[Record]:
    notes: list[AttendanceNote] = [note for change in changes for note in change.attendance]
    found = [codec.attendance_entry(note, changes[0].state.definition) for note in notes]
    for number, record in enumerate(found, 1):
        record.number = number
    return found


def test_who_forgot_to_leave_is_in_the_next_one_from_its_opening() -> None:
    state = forgotten("Cici")
    assert span.due_ms(state, STARTS) == NEXT
    assert span.settle(state, NEXT - 1).empty
    change = span.settle(state, NEXT + 4000)
    assert kinds(change) == ["LEFT", "LEFT", "MEETING_ENDED", "MEETING_STARTED", "JOINED", "JOINED"]
    # As if somebody had looked at that very moment.
    assert {note.at_ms for note in change.attendance} == {NEXT}
    assert {note.reason for note in change.attendance[:2]} == {participant_pb2.LEAVE_REASON_MEETING_ENDED}
    now = change.state.definition
    assert (now.occurrences, now.started_at_ms, now.planned_at_ms) == (2, NEXT, STARTS + DAY_MS)
    assert (now.passed_at_ms, now.most_present, now.running) == (STARTS, 2, True)
    assert change.past == (Past(1, STARTS, STARTS, NEXT, 2),)
    # Nobody is put out, and who watches knows at what moment it is another one.
    assert change.events[-1].at_ms == NEXT
    assert [type(event.what) for event in change.events] == [Changed, Changed, Updated]
    assert [one.membership for one in change.state.people()] == [Membership.PRESENT] * 2
    assert member(change, "budi").joined_at_ms == NEXT
    assert change.anew, "chat and polls of the one before are deleted"
    assert [(note.actor, note.action, note.detail) for note in change.audit] == [
        ("service:roster", "meeting.end", "the next occurrence opened")
    ]
    assert span.settle(change.state, NEXT + 5000).empty
    assert span.due_ms(change.state, NEXT + 5000) == NEXT + DAY_MS


def test_whoever_comes_first_the_next_day_comes_to_the_next_one() -> None:
    change = commands.join(forgotten(), person("Cici"), STARTS + DAY_MS)
    assert kinds(change) == ["LEFT", "MEETING_ENDED", "MEETING_STARTED", "JOINED", "JOINED"]
    assert [note.at_ms - NEXT for note in change.attendance] == [0, 0, 0, 0, STARTS - OPENS]
    assert isinstance(change.events[-1].what, Joined)
    assert change.state.definition.planned_at_ms == STARTS + DAY_MS
    # The evening before, the meeting is simply running over.
    late = commands.join(forgotten(), person("Cici"), ENDS + LINGER_MS + 3_600_000)
    assert kinds(late) == ["JOINED"]
    assert late.state.definition.planned_at_ms == STARTS


def test_the_reports_have_each_day_by_itself() -> None:
    first = commands.join(daily(), person("Budi", account="b"), STARTS)
    second = span.settle(first.state, NEXT)
    third = commands.leave(second.state, BUDI, ENDS + DAY_MS)
    log = records(first, second, third)
    monday, tuesday = (report(log, NEXT + DAY_MS, number) for number in (1, 2))
    assert [(line.name, line.spells, line.reason) for line in monday.lines] == [
        ("Budi", (Spell(STARTS, NEXT),), participant_pb2.LEAVE_REASON_MEETING_ENDED)
    ]
    assert [(line.name, line.spells, line.reason) for line in tuesday.lines] == [
        ("Budi", (Spell(NEXT, ENDS + DAY_MS),), participant_pb2.LEAVE_REASON_LEFT)
    ]
    assert times_by_account(log)["b"].spells == [Spell(STARTS, NEXT), Spell(NEXT, ENDS + DAY_MS)]
    # By their joins it is known which meetings they were in on a day.
    assert [(note.at_ms, codec.account_of(note)) for note in codec.joins_of(second.attendance)] == [
        (NEXT, AccountId("b"))
    ]


def test_what_a_host_did_was_for_the_one_before() -> None:
    state = commands.join(replace(daily(), definition=replace(daily().definition, capacity=9)), HOST, STARTS).state
    state = forgotten("Cici", "Dedi", state=state)
    state = polling.open_poll(state, HOST.participant_id, "p", "Setuju?", ("Ya", "Tidak"), STARTS).state
    co_host = moderation_pb2.SetRole(participant_id=BUDI, role=common_pb2.MEETING_ROLE_CO_HOST)
    for act in (
        Act(set_role=co_host),
        Act(remove=moderation_pb2.Remove(participant_id="dedi")),
        Act(spotlight=moderation_pb2.Spotlight(participant_id=BUDI)),
        Act(change_settings=moderation_pb2.ChangeSettings(locked=True, unmute_forbidden=True)),
    ):
        state = moderate(state, HOST.participant_id, act, STARTS).state
    state = commands.raise_hand(state, CICI, True, STARTS).state
    change = span.settle(state, NEXT)
    now = change.state
    assert now.definition.settings == Settings(unmute_forbidden=True)
    assert (now.definition.spotlight, dict(now.polls)) == ("", {})
    assert [event.what.poll.result for event in change.events if isinstance(event.what, Polled)] == [(0, 0)]
    assert {one.name: one.role for one in now.people()} == {
        "Andi": common_pb2.MEETING_ROLE_HOST,
        "Budi": common_pb2.MEETING_ROLE_PARTICIPANT,
        "Cici": common_pb2.MEETING_ROLE_PARTICIPANT,
    }
    assert member(now, CICI).hand_raised_at_ms == 0
    # Whom a host removed from the one before comes to this one like everybody.
    assert change.forgotten == ("dedi",)
    assert way_in(now, person("Dedi")) is Move.JOIN


def test_who_waits_goes_on_waiting() -> None:
    state = forgotten()
    state = replace(state, definition=replace(state.definition, settings=Settings(lobby=True)))
    state = commands.join(state, person("Cici"), NEXT - 1000).state
    change = span.settle(state, NEXT)
    assert [one.name for one in change.state.waiting()] == ["Cici"]
    assert kinds(change) == ["LEFT", "MEETING_ENDED", "MEETING_STARTED", "JOINED"]


def test_who_is_lost_at_that_moment_comes_by_themselves() -> None:
    state = commands.lose(forgotten("Cici"), BUDI, NEXT - 1000).state
    change = span.settle(state, NEXT)
    assert kinds(change) == ["LEFT", "LEFT", "MEETING_ENDED", "MEETING_STARTED", "JOINED"]
    # With this reason signaling has their client enter again.
    assert [event.what for event in change.events if isinstance(event.what, Left)] == [
        Left(BUDI, participant_pb2.LEAVE_REASON_LOST)
    ]
    assert [one.name for one in change.state.people()] == ["Cici"]
    again = commands.join(change.state, person("Budi", account="b"), NEXT + 1000)
    assert kinds(again) == ["JOINED"]


def test_nobody_is_left_when_all_are_lost() -> None:
    state = commands.lose(forgotten(), BUDI, NEXT - 1000).state
    change = span.settle(state, NEXT)
    assert kinds(change) == ["LEFT", "MEETING_ENDED"]
    assert [type(event.what) for event in change.events] == [Left, Updated]
    now = change.state.definition
    assert (now.running, now.closed, now.phase(NEXT)) == (False, False, Phase.OPEN)
    again = commands.join(change.state, person("Budi"), NEXT + 1000)
    assert kinds(again) == ["MEETING_STARTED", "JOINED"]
    assert again.state.definition.planned_at_ms == STARTS + DAY_MS


def test_nobody_has_looked_for_days() -> None:
    """Roster was away from Monday to Thursday: what was between is not made up."""
    state = forgotten()
    looked = ENDS + 3 * DAY_MS
    change = span.settle(state, looked)
    assert [(note.kind, note.at_ms) for note in change.attendance if note.member is None] == [
        (attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, NEXT),
        (attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED, OPENS + 3 * DAY_MS),
    ]
    now = change.state.definition
    assert (now.occurrences, now.planned_at_ms) == (2, STARTS + 3 * DAY_MS)
    assert change.state.changed_at_ms == looked
    # Where something was noted meanwhile, nothing is dated before that.
    said = replace(state, changed_at_ms=NEXT + 7)
    assert {note.at_ms for note in span.settle(said, NEXT + 9).attendance} == {NEXT + 7}


def test_the_last_one_goes_on_for_as_long_as_somebody_is_inside() -> None:
    state = forgotten(state=daily(until=date(2026, 11, 24)))
    tuesday = span.settle(state, NEXT).state
    assert span.due_ms(tuesday, NEXT) == 0
    for state in (scheduled(), MeetingState(definition(), 0, 0, {})):
        assert span.due_ms(forgotten(state=state), STARTS) == 0
    left = commands.leave(tuesday, BUDI, ENDS + 2 * DAY_MS).state
    assert span.settle(left, ENDS + 2 * DAY_MS).state.definition.ended_at_ms == ENDS + 2 * DAY_MS


def test_one_that_is_moved_on_its_day_is_not_torn_in_two() -> None:
    state = moved(forgotten(), STARTS + 60_000, at=time(9))
    assert span.settle(state, STARTS + 3_600_000).empty
    assert span.due_ms(state, STARTS + 3_600_000) == OPENS + DAY_MS + 75 * 60_000
