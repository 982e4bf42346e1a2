"""What of a log is too old."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from services.common import record_chain as chain
from services.roster.core.occurrences import spans
from services.roster.core.retention import cut, first_kept_day, start_of
from sipulung.roster.v1 import attendance_pb2

S = attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED
J = attendance_pb2.ATTENDANCE_KIND_JOINED
L = attendance_pb2.ATTENDANCE_KIND_LEFT
E = attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED
Record = attendance_pb2.AttendanceRecord


def log(*happened: tuple[int, attendance_pb2.AttendanceKind.ValueType]) -> list[Record]:
    records: list[Record] = []
    for at_ms, kind in happened:
        entry = Record(tenant_id="t", meeting_id="8123456789", kind=kind, at_ms=at_ms)
        records.append(chain.sealed(entry, records[-1] if records else None))
    return records


def test_days_are_those_of_the_tenants_zone() -> None:
    zone = ZoneInfo("Asia/Makassar")
    # 2026-11-24 00:30 WITA is still the 23rd in UTC.
    now_ms = 1_795_451_400_000
    assert first_kept_day(now_ms, zone, 0).isoformat() == "2026-11-24"
    day = first_kept_day(now_ms, zone, 30)
    assert day.isoformat() == "2026-10-25"
    assert start_of(day, zone) == now_ms - 1_800_000 - 30 * 86_400_000


def test_nothing_of_an_empty_or_a_young_log() -> None:
    assert cut([], 100) is None
    # An end that names nobody stays.
    assert cut(log((10, E)), 100) is None
    assert cut(log((10, S), (11, J), (12, L), (13, E)), 13) is None


def test_an_old_occurrence_goes_up_to_its_end_which_stays() -> None:
    records = log((10, S), (11, J), (12, L), (13, E), (50, S), (51, J))
    found = cut(records, 14)
    assert found is not None
    assert (found.records, found.last_number, found.occurrences, found.until_ms) == (3, 3, 1, 13)
    assert found.head == records[2].hash
    # What is left goes on from there, and is not cut again.
    assert chain.intact(records[3:], (found.last_number, found.head))
    assert cut(records[3:], 14) is None
    later = cut(records[3:], 100)
    assert later is not None
    assert (later.records, later.last_number, later.occurrences) == (3, 6, 1)


def test_one_that_was_never_ended_goes_whole() -> None:
    records = log((10, S), (11, J), (12, L))
    found = cut(records, 13)
    assert found is not None
    assert (found.records, found.last_number, found.occurrences) == (3, 3, 1)
    assert cut(records, 12) is None


def test_an_occurrence_that_reaches_into_the_kept_days_stays_whole() -> None:
    assert cut(log((10, S), (11, J), (200, L), (201, E)), 100) is None
    # A clock that was set back does not make it old.
    assert cut(log((200, S), (11, J), (12, L), (13, E)), 100) is None


def test_a_chain_after_a_cut() -> None:
    records = log((10, S), (11, J), (12, L), (13, E))
    rest, gone = records[2:], (2, records[1].hash)
    assert chain.intact(rest, gone)
    assert chain.intact(records, gone)
    assert chain.intact([], gone)
    assert not chain.intact(rest)
    assert not chain.intact(rest[1:], gone)
    assert not chain.intact(rest, (2, records[0].hash))
    # All of it went, and a new chain was begun.
    assert chain.intact(log((99, S)), (4, records[3].hash))


@example([(0, S), (0, S), (1, S)], [1])
@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from([S, J, L, E])), max_size=14),
    st.lists(st.integers(0, 70), min_size=1, max_size=3),
)
def test_whatever_the_log_nothing_young_goes_and_the_rest_is_intact(
    happened: list[tuple[int, attendance_pb2.AttendanceKind.ValueType]], moments: list[int]
) -> None:
    records = log(*happened)
    gone: tuple[int, bytes] | None = None
    for before_ms in sorted(moments):
        found = cut(records, before_ms)
        if found is None:
            continue
        assert all(record.at_ms < before_ms for record in records if record.number <= found.last_number)
        records = [record for record in records if record.number > found.last_number]
        gone = (found.last_number, found.head)
        assert chain.intact(records, gone)
        # The first occurrence that is left reaches into the kept days, or is an end that stays alone.
        for span in spans(records)[:1]:
            ended_ms = max(span.ended_at_ms, *(record.at_ms for record in span.records))
            assert ended_ms >= before_ms or [record.kind for record in span.records] == [E]
