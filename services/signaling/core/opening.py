"""Whether a meeting lets anybody in now."""

from __future__ import annotations

from services.common.errors import MeetingEnded, MeetingFull, MeetingNotOpen
from sipulung.roster.v1 import meeting_pb2


def refuse_unless_open(meeting: meeting_pb2.Meeting) -> None:
    """Raises MeetingEnded or MeetingNotOpen, so that people hear it before they set up camera and microphone."""
    if meeting.state == meeting_pb2.MEETING_STATE_ENDED:
        raise MeetingEnded("the meeting was ended")
    if meeting.state == meeting_pb2.MEETING_STATE_NOT_OPEN:
        raise MeetingNotOpen("the meeting is not open yet")


def refuse_when_full(meeting: meeting_pb2.Meeting) -> None:
    """Raises MeetingFull. For people who come new: one who is in already may open a second connection in a full
    meeting."""
    if meeting.capacity and meeting.present >= meeting.capacity:
        raise MeetingFull(f"all {meeting.capacity} places are taken")
