"""Whether a meeting lets anybody in now."""

from __future__ import annotations

from services.common.errors import MeetingCancelled, MeetingEnded, MeetingNotOpen
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2


def refuse_unless_open(meeting: meeting_pb2.Meeting, role: int, now_ms: int) -> None:
    """Raises MeetingEnded, MeetingCancelled or MeetingNotOpen, so that people hear it before they set up camera and
    microphone. A host may enter early."""
    if meeting.state == meeting_pb2.MEETING_STATE_ENDED:
        raise MeetingEnded("the meeting was ended")
    if meeting.state == meeting_pb2.MEETING_STATE_CANCELLED:
        raise MeetingCancelled("the meeting was called off")
    if meeting.state == meeting_pb2.MEETING_STATE_NOT_OPEN and role < common_pb2.MEETING_ROLE_HOST:
        raise MeetingNotOpen(
            "the meeting is not open yet",
            opens_at_ms=meeting.opens_at_ms,
            time_zone=meeting.schedule.time_zone,
            now_ms=now_ms,
        )
