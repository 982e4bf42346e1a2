"""How much of the beginning of an audit chain is too old."""

from __future__ import annotations

from services.roster.core.audit_cut import AuditCut
from sipulung.roster.v1 import attendance_pb2


def told(cut: AuditCut, *times: int | tuple[int, int]) -> list[bool]:
    """Records from number 1 on, stored with every tenth sequence, when they were dated (or dated and stored)."""
    taken = []
    for number, time in enumerate(times, 1):
        at_ms, stored_ms = time if isinstance(time, tuple) else (time, time)
        record = attendance_pb2.AuditRecord(number=number, at_ms=at_ms, hash=bytes([number]))
        taken.append(cut.take(number * 10, stored_ms, record))
        if not taken[-1]:
            break
    return taken


def test_what_is_older_goes_up_to_the_first_that_is_not() -> None:
    cut = AuditCut(100)
    assert told(cut, 50, 99, 98, 100, 60) == [True, True, True, False]
    assert (cut.total, cut.last_sequence) == (3, 30)
    assert (cut.records, cut.last_number, cut.head, cut.until_ms) == (3, 3, b"\3", 99)


def test_nothing_and_everything() -> None:
    cut = AuditCut(100)
    assert told(cut, 100) == [False]
    assert (cut.total, cut.last_sequence, cut.records) == (0, 0, 0)
    cut = AuditCut(100)
    assert told(cut, 1, 2) == [True, True]
    assert cut.total == 2


def test_a_date_in_the_future_keeps_nothing_for_longer_than_it_is_stored() -> None:
    cut = AuditCut(100)
    assert told(cut, (9_999, 20), (50, 9_999), (9_999, 100)) == [True, True, False]
    assert (cut.total, cut.until_ms) == (2, 50)


def test_what_was_said_before_is_deleted_and_not_told_again() -> None:
    cut = AuditCut(100, (2, b"\2"))
    assert told(cut, 1, 2) == [True, True]
    assert (cut.total, cut.last_sequence, cut.records) == (2, 20, 0)
    cut = AuditCut(100, (2, b"\2"))
    assert told(cut, 90, 2, 3, 100) == [True, True, True, False]
    assert (cut.total, cut.records, cut.last_number, cut.until_ms) == (3, 1, 3, 3)
    # A chain that was begun anew has another one with that number.
    cut = AuditCut(100, (2, b"other"))
    assert told(cut, 1, 2) == [True, True]
    assert cut.records == 2
