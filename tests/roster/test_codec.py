"""What is stored is read back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from services.common.errors import InvalidField
from services.common.ids import ParticipantId
from services.roster import codec, planning
from services.roster.core import commands, poll, polling
from services.roster.core.membership import Membership
from services.roster.core.schedule import Calendar, Recurrence, Schedule
from sipulung.auth.v1 import tenant_pb2
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2, participant_pb2, poll_pb2, schedule_pb2, stored_pb2
from tests.roster.core.scene import NOON, definition, member, person, with_people


def test_definitions() -> None:
    whole = replace(definition(opens_at_ms=NOON), started_at_ms=NOON + 1, ended_at_ms=NOON + 2, occurrences=1)
    assert codec.load_definition(codec.store_definition(whole)) == whole
    stored = meeting_pb2.Meeting.FromString(codec.store_definition(whole))
    assert (stored.state, stored.present) == (meeting_pb2.MEETING_STATE_UNSPECIFIED, 0)


def test_schedules() -> None:
    calendar = Calendar(frozenset({1, 2, 6}), frozenset({date(2026, 8, 17), date(2026, 12, 25)}))
    for rule in (
        None,
        Recurrence(frozenset({1, 5}), every_weeks=2, until=date(2027, 1, 29)),
        Recurrence(None, skip_holidays=True, called_off=frozenset({date(2026, 12, 1), date(2026, 11, 30)})),
    ):
        schedule = Schedule(date(2026, 11, 23), time(7, 45), 30, 15, "Asia/Jayapura", rule)
        if schedule.by_calendar:
            schedule = replace(schedule, calendar=calendar)
        whole = replace(
            definition(),
            owner_unit_id="ikp",
            schedule=schedule,
            cancelled_at_ms=NOON,
            started_at_ms=NOON - 9,
            occurrences=7,
            occurrence_ended_at_ms=NOON - 5,
            planned_at_ms=NOON - 10,
            passed_at_ms=NOON - 11,
            most_present=12,
        )
        assert codec.load_definition(codec.store_definition(whole)) == whole
        assert not codec.meeting_of(whole, 0, NOON).HasField("plan")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"date": "2026-02-30"}, "schedule.date"),
        ({"recurrence": {}}, "schedule.recurrence.weekdays"),
        (
            {"recurrence": {"workdays": True, "called_off_dates": ["2026-02-30"]}},
            "schedule.recurrence.called_off_dates",
        ),
        ({"recurrence": {"workdays": True, "weekdays": [1]}}, "schedule.recurrence.weekdays"),
        ({"recurrence": {"weekdays": [1], "until_date": "2026-11-22"}}, "schedule.recurrence.until_date"),
        ({"recurrence": {"weekdays": [1], "until_date": "2026-13-01"}}, "schedule.recurrence.until_date"),
    ],
)
def test_schedules_that_make_no_sense(fields: dict[str, Any], field: str) -> None:
    asked = schedule_pb2.Schedule(**{"date": "2026-11-23", "time": "07:45", "duration_minutes": 30, **fields})
    with pytest.raises(InvalidField) as refused:
        planning.schedule_of(asked, "Asia/Makassar", Calendar())
    assert refused.value.field == field


def test_the_calendar_of_a_tenant() -> None:
    assert planning.calendar_of(tenant_pb2.Tenant()) == Calendar()
    hours = tenant_pb2.OfficeHours(
        days=[tenant_pb2.OfficeDay(weekday=6)], holidays=[tenant_pb2.Holiday(date="2026-08-17", name="Kemerdekaan")]
    )
    assert planning.calendar_of(tenant_pb2.Tenant(office_hours=hours)) == Calendar(
        frozenset({6}), frozenset({date(2026, 8, 17)})
    )


def test_members() -> None:
    budi = ParticipantId("budi")
    state = with_people(person("Budi", device="d", account="x"))
    state = commands.say(commands.raise_hand(state, budi, True, NOON).state, budi, "halo", "l1", NOON).state
    lost = commands.lose(state, budi, NOON + 5)
    removed = replace(
        member(commands.expire(lost.state, budi, NOON + 9), "budi"),
        membership=Membership.REMOVED,
        left_reason=participant_pb2.LEAVE_REASON_REMOVED,
    )
    for one in (member(state, "budi"), member(lost, "budi"), removed):
        assert codec.load_member(codec.store_member(one)) == one


def test_a_snapshot_between_two_occurrences_has_nothing_of_the_last_one() -> None:
    state = with_people(person("Cici", host=True))
    state = polling.open_poll(state, ParticipantId("cici"), "p", "Setuju?", ("Ya", "Tidak"), NOON).state
    lines = [participant_pb2.ChatLine(number=1)]
    running = codec.snapshot_of(state, lines, NOON)
    assert (len(running.chat), len(running.polls)) == (1, 1)
    ended = replace(state, definition=replace(state.definition, occurrence_ended_at_ms=NOON))
    between = codec.snapshot_of(ended, lines, NOON)
    assert (len(between.chat), len(between.polls)) == (0, 0)


def test_a_snapshot_has_no_lines_from_its_future() -> None:
    state = with_people(person("Budi"))
    lines = [participant_pb2.ChatLine(number=number) for number in (1, 2)]
    assert [line.number for line in codec.snapshot_of(state, lines, NOON).chat] == [1]


def test_polls() -> None:
    asked = poll.opened("7", "Setuju?", ("ya", "tidak"), "Ibu Camat", NOON).voted("account:x", 1).voted("device:d:b", 0)
    closed = asked.closed(NOON + 5)
    nobody = poll.opened("9", "Setuju?", ("ya", "tidak"), "Ibu Camat", NOON).closed(NOON + 5)
    for one in (asked, closed, nobody):
        assert codec.load_poll(codec.store_poll(one)) == one
    assert not stored_pb2.StoredPoll.FromString(codec.store_poll(closed)).votes


def test_what_others_hear_of_a_poll() -> None:
    host = ParticipantId("andi")
    state = with_people(person("Andi", host=True), person("Budi", account="rahasia"))
    opened = polling.open_poll(state, host, "7", "Setuju?", ("ya", "tidak"), NOON)
    poll_id = "7"
    voted = polling.vote(opened.state, ParticipantId("budi"), poll_id, 1, NOON)
    closed = polling.close_poll(voted.state, host, poll_id, NOON)
    told = [
        codec.event_of(change.events[0], change.state, common_pb2.TraceContext()) for change in (opened, voted, closed)
    ]
    assert [name for name, _ in told] == ["polled"] * 3
    messages = [event.polled for _, event in told]
    assert [[option.votes for option in message.options] for message in messages] == [[0, 0], [], [0, 1]]
    assert [message.voters for message in messages] == [0, 1, 1]
    assert messages[1] == poll_pb2.Poll(poll_id=poll_id, state=poll_pb2.POLL_STATE_OPEN, voters=1)
    assert [shown.voters for shown in codec.snapshot_of(voted.state, [], NOON).polls] == [1]
    for message in (*messages, codec.snapshot_of(voted.state, [], NOON)):
        assert b"rahasia" not in message.SerializeToString()
