"""What a file says of a log."""

from services.roster.core.log_proof import log_proof
from sipulung.roster.v1 import attendance_pb2, report_pb2


def test_first_last_and_the_head_of_the_chain() -> None:
    records = [attendance_pb2.AttendanceRecord(number=number, hash=bytes([number] * 2)) for number in (4, 5, 6)]
    stated = report_pb2.LogProof(meeting_id="8123456789", first=4, last=6, head="0606")
    assert log_proof("8123456789", records) == stated


def test_nothing_is_stated_of_an_empty_log() -> None:
    assert log_proof("20261124", []) == report_pb2.LogProof(meeting_id="20261124")
