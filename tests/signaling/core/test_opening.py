"""Who is let in when."""

import pytest

from services.common.errors import MeetingEnded, MeetingFull, MeetingNotOpen
from services.signaling.core.opening import refuse_unless_open, refuse_when_full
from sipulung.roster.v1 import meeting_pb2


def test_open() -> None:
    meeting = meeting_pb2.Meeting(state=meeting_pb2.MEETING_STATE_OPEN, capacity=100, present=99)
    refuse_unless_open(meeting)
    refuse_when_full(meeting)


def test_refused() -> None:
    with pytest.raises(MeetingEnded):
        refuse_unless_open(meeting_pb2.Meeting(state=meeting_pb2.MEETING_STATE_ENDED))
    with pytest.raises(MeetingNotOpen):
        refuse_unless_open(meeting_pb2.Meeting(state=meeting_pb2.MEETING_STATE_NOT_OPEN))
    with pytest.raises(MeetingFull):
        refuse_when_full(meeting_pb2.Meeting(capacity=100, present=100))
