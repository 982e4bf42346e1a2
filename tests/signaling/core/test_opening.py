"""Who is let in when."""

import pytest

from services.common.errors import MeetingCancelled, MeetingEnded, MeetingNotOpen
from services.signaling.core.opening import refuse_unless_open
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2, schedule_pb2

GUEST, HOST = common_pb2.MEETING_ROLE_PARTICIPANT, common_pb2.MEETING_ROLE_HOST


def test_open() -> None:
    meeting = meeting_pb2.Meeting(state=meeting_pb2.MEETING_STATE_OPEN, capacity=100, present=99)
    refuse_unless_open(meeting, GUEST, 0)


def test_refused() -> None:
    for role in (GUEST, HOST):
        with pytest.raises(MeetingEnded):
            refuse_unless_open(meeting_pb2.Meeting(state=meeting_pb2.MEETING_STATE_ENDED), role, 0)
        with pytest.raises(MeetingCancelled):
            refuse_unless_open(meeting_pb2.Meeting(state=meeting_pb2.MEETING_STATE_CANCELLED), role, 0)


def test_before_it_opens_a_host_comes_in_and_others_hear_when() -> None:
    early = meeting_pb2.Meeting(
        state=meeting_pb2.MEETING_STATE_NOT_OPEN,
        opens_at_ms=5000,
        schedule=schedule_pb2.Schedule(time_zone="Asia/Jayapura"),
    )
    refuse_unless_open(early, HOST, 1000)
    with pytest.raises(MeetingNotOpen) as refused:
        refuse_unless_open(early, GUEST, 1000)
    error = refused.value.to_proto()
    assert (error.opens_at_ms, error.time_zone, error.retry_after_ms) == (5000, "Asia/Jayapura", 4000)
