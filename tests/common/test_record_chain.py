from __future__ import annotations

import pytest

from services.common.record_chain import ROOT, Record, intact, is_entry_of, sealed
from sipulung.roster.v1 import attendance_pb2


def entries() -> list[attendance_pb2.AttendanceRecord]:
    kinds = (
        attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED,
        attendance_pb2.ATTENDANCE_KIND_JOINED,
        attendance_pb2.ATTENDANCE_KIND_LEFT,
    )
    return [
        attendance_pb2.AttendanceRecord(tenant_id="luwu", meeting_id="8123456789", kind=kind, at_ms=number, name="Budi")
        for number, kind in enumerate(kinds, 1)
    ]


def chained() -> list[Record]:
    records: list[Record] = []
    for entry in entries():
        records.append(sealed(entry, records[-1] if records else None))
    return records


def test_a_whole_chain_is_intact() -> None:
    records = chained()
    assert intact(records)
    assert intact([])
    assert [record.number for record in records] == [1, 2, 3]
    assert records[0].previous_hash == ROOT


def test_what_is_missing_shows() -> None:
    records = chained()
    assert not intact(records[1:])
    assert not intact([records[0], records[2]])
    assert not intact([records[1], records[0], records[2]])


@pytest.mark.parametrize("position", [0, 1, 2])
def test_every_changed_byte_shows(position: int) -> None:
    whole = chained()[position].SerializeToString(deterministic=True)
    for index in range(len(whole)):
        records = chained()
        changed = bytearray(whole)
        changed[index] ^= 1
        try:
            records[position] = attendance_pb2.AttendanceRecord.FromString(bytes(changed))
        except Exception:
            continue
        assert not intact(records), index


def test_an_entry_is_known_again_in_its_record() -> None:
    first, second, _ = entries()
    assert is_entry_of(first, sealed(first, None))
    assert not is_entry_of(second, sealed(first, None))


def test_audit_records_chain_too() -> None:
    entry = attendance_pb2.AuditRecord(tenant_id="luwu", at_ms=1, actor="account:a", action="meeting.create")
    first = sealed(entry, None)
    assert intact([first, sealed(entry, first)])
