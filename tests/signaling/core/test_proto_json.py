"""Messages as JSON."""

from services.signaling.core.proto_json import name_of, shown
from sipulung.auth.v1 import unit_pb2
from sipulung.roster.v1 import participant_pb2


def test_every_field_is_there_under_its_proto_name() -> None:
    unit = unit_pb2.Unit(unit_id="u1", revision=3)
    assert shown(unit) == {"unit_id": "u1", "parent_id": "", "name": "", "revision": "3"}


def test_names_of_values() -> None:
    enum = participant_pb2.LeaveReason
    assert name_of(enum, participant_pb2.LEAVE_REASON_LOST, "LEAVE_REASON_") == "LOST"
    assert name_of(enum, 0, "LEAVE_REASON_") == ""
    assert name_of(enum, 99, "LEAVE_REASON_") == ""
