from __future__ import annotations

import pytest

from services.common.errors import InvalidField
from services.signaling.core.meeting_json import meeting_of, parsed, past_of, state_of
from sipulung.roster.v1 import meeting_pb2, schedule_pb2


def test_a_meeting() -> None:
    meeting = meeting_pb2.Meeting(meeting_id="8123456789", state=meeting_pb2.MEETING_STATE_OPEN, revision=3)
    shown = meeting_of(meeting)
    assert (shown["state"], shown["schedule"], shown["settings"]["lobby"]) == ("OPEN", None, False)
    meeting.schedule.date = "2026-11-23"
    meeting.schedule.recurrence.weekdays.append(1)
    schedule = meeting_of(meeting)["schedule"]
    assert (schedule["date"], schedule["recurrence"]["weekdays"], schedule["recurrence"]["workdays"]) == (
        "2026-11-23",
        [1],
        False,
    )
    assert parsed("schedule", schedule, schedule_pb2.Schedule()) == meeting.schedule
    meeting.plan.passed_at_ms = 5
    assert "plan" not in meeting_of(meeting)
    meeting.state = 77  # type: ignore[assignment]  # that of a newer roster
    assert state_of(meeting) == "UNSPECIFIED"


def test_whether_somebody_has_been_in_it() -> None:
    meeting = meeting_pb2.Meeting(started_at_ms=5, occurrence_ended_at_ms=9)
    assert (meeting_of(meeting)["started_at_ms"], meeting_of(meeting)["occurrence_ended_at_ms"]) == (5, 9)


def test_what_has_taken_place() -> None:
    past = meeting_pb2.PastOccurrence(
        meeting=meeting_pb2.Meeting(title="Apel"), occurrence=schedule_pb2.Occurrence(number=2, most_present=9)
    )
    shown = past_of(past)
    assert (shown["meeting"]["title"], shown["number"], shown["most_present"]) == ("Apel", 2, 9)


@pytest.mark.parametrize(
    "value",
    [
        5,
        [],
        {"datum": "x"},
        {"duration_minutes": "viele"},
        {"date": 5},
        {"recurrence": 1},
        # Half of a surrogate pair, which no answer can hold.
        {"date": "\ud800"},
        {"recurrence": "\ud800"},
        {"\ud800": 1},
    ],
)
def test_what_is_no_schedule(value: object) -> None:
    with pytest.raises(InvalidField) as refused:
        parsed("schedule", value, schedule_pb2.Schedule())
    assert refused.value.to_proto().field == "schedule"
