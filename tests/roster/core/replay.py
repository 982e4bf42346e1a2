"""Attendance notes, replayed: what must hold of any sequence of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.common.ids import ParticipantId
from services.roster.core.change import AttendanceNote
from sipulung.roster.v1 import attendance_pb2


@dataclass
class Replay:
    """Where the notes lead: who is inside, and how many occurrences started and ended."""

    inside: set[ParticipantId] = field(default_factory=set)
    started: int = 0
    ended: int = 0

    @property
    def running(self) -> bool:
        return self.started > self.ended


def replayed(notes: Iterable[AttendanceNote]) -> Replay:
    """Occurrences start and end in turn; each note lies within one, in which everybody comes before they go, and goes
    by its end; time never goes back."""
    so_far = Replay()
    last_ms = 0
    for note in notes:
        assert note.at_ms >= last_ms
        last_ms = note.at_ms
        if note.kind == attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED:
            assert not so_far.running
            so_far.started += 1
            continue
        assert so_far.running
        if note.kind == attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED:
            assert not so_far.inside
            so_far.ended += 1
            continue
        assert note.member is not None
        participant_id = note.member.person.participant_id
        if note.kind == attendance_pb2.ATTENDANCE_KIND_JOINED:
            assert participant_id not in so_far.inside
            so_far.inside.add(participant_id)
        else:
            assert participant_id in so_far.inside
        if note.kind == attendance_pb2.ATTENDANCE_KIND_LEFT:
            so_far.inside.remove(participant_id)
    return so_far
