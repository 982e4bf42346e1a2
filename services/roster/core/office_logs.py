"""The logs that a file of office hours is made from: of its days, and of the meetings that people were in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.common import record_chain as chain
from services.roster.core.log_proof import log_proof
from services.roster.core.occurrences import spans
from sipulung.roster.v1 import attendance_pb2, office_pb2, report_pb2

_DAY_DIGITS = 8


@dataclass(frozen=True, slots=True)
class OfficeLog:
    """`name` is a meeting's id, or a day ("20261124"). `records` may begin in the middle of the log."""

    name: str
    days: tuple[office_pb2.OfficeRecord, ...] = ()
    meetings: tuple[attendance_pb2.AttendanceRecord, ...] = ()
    # What retention deleted from its beginning: up to that number.
    deleted_up_to: int = 0

    @property
    def of_day(self) -> bool:
        """Rather than of a meeting."""
        return len(self.name) == _DAY_DIGITS

    @property
    def records(self) -> Sequence[chain.Record]:
        return self.days if self.of_day else self.meetings

    @property
    def intact(self) -> bool:
        """Whether all from the first that is known on are as they were sealed; a day's from its first."""
        if not self.records:
            return True
        return chain.linked(self.records) and (not self.of_day or self.records[0].number == 1)

    def part(self, first: int, last: int) -> OfficeLog:
        """Only the records with these numbers."""
        return replace(
            self,
            days=tuple(one for one in self.days if first <= one.number <= last),
            meetings=tuple(one for one in self.meetings if first <= one.number <= last),
        )


def logs_of(source: report_pb2.OfficeSource) -> list[OfficeLog]:
    """All of them, days first."""
    parse_day, parse_meeting = office_pb2.OfficeRecord.FromString, attendance_pb2.AttendanceRecord.FromString
    days = [
        OfficeLog(one.day, days=tuple(map(parse_day, one.records)), deleted_up_to=one.deleted_up_to)
        for one in source.days
    ]
    meetings = [
        OfficeLog(one.meeting_id, meetings=tuple(map(parse_meeting, one.records)), deleted_up_to=one.deleted_up_to)
        for one in source.meetings
    ]
    return [*days, *meetings]


def since(log: OfficeLog, start_ms: int) -> OfficeLog:
    """A meeting's without the occurrences that were over before; a day's as it is."""
    kept: list[attendance_pb2.AttendanceRecord] = []
    for span in spans(log.meetings):
        if not span.ended_at_ms or span.ended_at_ms > start_ms:
            kept += span.records
    return replace(log, meetings=tuple(kept))


def proofs(logs: Iterable[OfficeLog]) -> list[report_pb2.LogProof]:
    """What a file says of the logs that it was made from."""
    return [log_proof(log.name, log.records) for log in logs]


def as_stated(stated: report_pb2.LogProof, log: OfficeLog) -> bool:
    """Whether the part of the log that a file was made from is what it was then."""
    return not stated.last or (log.intact and proofs([log]) == [stated])
