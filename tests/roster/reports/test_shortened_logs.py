"""A file whose log retention has shortened since: said to be so, and not that the file is wrong."""

from __future__ import annotations

import pytest

from services.roster.core.retention import cut
from services.roster.reports.worker import check, make
from sipulung.roster.v1 import attendance_pb2, report_pb2
from tests.roster.core.paper import KEY, MEETING, MINUTE, NINE, Record, held, source

DAY = 24 * 60 * MINUTE
OTHER = "9000000001"
FORMATS = [
    attendance_pb2.REPORT_FORMAT_CSV,
    attendance_pb2.REPORT_FORMAT_XLSX,
    attendance_pb2.REPORT_FORMAT_PDF,
]


def file_of(
    given: report_pb2.ReportSource,
    file_format: attendance_pb2.ReportFormat.ValueType = attendance_pb2.REPORT_FORMAT_CSV,
) -> bytes:
    return make(report_pb2.MakeReport(format=file_format, source=given), KEY, lambda *_: None).file


def shortened(given: report_pb2.ReportSource, before_ms: int, *, anchor_read: bool = True) -> report_pb2.ReportSource:
    """As retention leaves the logs. The record that a chain goes on from may lie outside of what a month reads."""
    now = report_pb2.ReportSource()
    now.CopyFrom(given)
    for log in now.logs:
        records = [Record.FromString(data) for data in log.records]
        gone = cut(records, before_ms)
        if gone is None:
            continue
        left = [record for record in records if record.number > gone.last_number]
        log.records[:] = [record.SerializeToString() for record in (left if anchor_read else left[1:])]
        log.deleted_up_to, log.deleted_occurrences = gone.last_number, gone.occurrences
    return now


def verdict(file: bytes, now: report_pb2.ReportSource) -> str:
    answer = check(report_pb2.CheckReport(file=file, source=now), KEY)
    return attendance_pb2.Verdict.Name(answer.verdict).removeprefix("VERDICT_")


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_month_of_which_meetings_went(file_format: attendance_pb2.ReportFormat.ValueType) -> None:
    given = source({MEETING: held(), OTHER: held(NINE + 10 * DAY, OTHER)}, month="2020-03")
    file = file_of(given, file_format)
    assert verdict(file, given) == "MATCHES"
    assert verdict(file, shortened(given, NINE + 5 * DAY)) == "LOG_DELETED"
    assert verdict(file, shortened(given, NINE + 40 * DAY)) == "LOG_DELETED"
    assert verdict(file, shortened(given, NINE + 40 * DAY, anchor_read=False)) == "LOG_DELETED"


def test_a_series_of_which_some_went() -> None:
    first = held()
    second = held(NINE + 7 * DAY, after=first[-1])
    given = source({MEETING: [*first, *second]}, month="2020-03")
    file = file_of(given)
    # What the same meeting did in the months after is none of that file.
    given.logs[0].records.extend(record.SerializeToString() for record in held(NINE + 40 * DAY, after=second[-1]))
    assert verdict(file, given) == "MATCHES"
    for before_ms in (NINE + 5 * DAY, NINE + 20 * DAY, NINE + 60 * DAY):
        assert verdict(file, shortened(given, before_ms)) == "LOG_DELETED"


def test_what_went_before_the_month_does_not_matter() -> None:
    """In a month's margin lies an occurrence of the month before: it went, and nothing of the file with it."""
    first = held(NINE - 19 * DAY)
    second = held(after=first[-1])
    given = source({MEETING: [*first, *second]}, month="2020-03")
    assert verdict(file_of(given), shortened(given, NINE - 5 * DAY)) == "MATCHES"


def test_a_log_that_was_changed_is_none_that_was_deleted() -> None:
    given = source({MEETING: held(), OTHER: held(NINE + 10 * DAY, OTHER)}, month="2020-03")
    file = file_of(given)
    records = [Record.FromString(data) for data in given.logs[1].records]
    records[2].at_ms += 1000
    given.logs[1].records[:] = [record.SerializeToString() for record in records]
    assert verdict(file, given) == "LOG_DAMAGED"


def test_an_occurrence_that_went() -> None:
    first = held()
    second = held(NINE + 7 * DAY, after=first[-1])
    given = source({MEETING: [*first, *second]}, occurrence=2)
    file = file_of(given)
    assert verdict(file, shortened(given, NINE + 5 * DAY)) == "MATCHES", "only the one before it"
    assert verdict(file, shortened(given, NINE + 20 * DAY)) == "LOG_DELETED"
