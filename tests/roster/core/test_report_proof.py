"""The proof in a report's file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.roster.core.compose import MeetingLog, compose, meeting_logs
from services.roster.core.report_proof import (
    NoReport,
    ReadFile,
    all_deleted,
    damaged,
    judge,
    key_of,
    part_deleted,
    proof_of,
    read_rows,
    rows_of,
    seal,
    seal_state,
)
from sipulung.roster.v1 import attendance_pb2, report_pb2
from tests.roster.core.paper import KEY, MEETING, held, source

DIGEST = "ab" * 32


def proof(given: report_pb2.ReportSource) -> tuple[report_pb2.ReportProof, ReadFile]:
    logs = meeting_logs(given)
    document = compose(given, logs, lambda _: None)
    made = proof_of(given, logs, document, document.tables, KEY)
    headings = {table.key: document.headings(table) for table in document.tables}
    grids = {table.key: document.grid(table) for table in document.tables}
    return made, ReadFile(made, document.facts_grid(), headings, grids)


@pytest.mark.parametrize("given", [source(), source({MEETING: []}, occurrence=0), source(month="2020-03")])
def test_there_and_back(given: report_pb2.ReportSource) -> None:
    made, _ = proof(given)
    assert read_rows([("Bukti",), *rows_of(made)]) == made


def test_rows_that_are_no_proof() -> None:
    rows = rows_of(proof(source())[0])
    for name, value in (
        ("format", "x"),
        ("as_of", "tomorrow"),
        ("as_of", "-1"),
        ("occurrence", "x"),
        ("meeting", "8999999999"),
        ("digest", "AB"),
        ("seal", "x"),
        ("language", "fr"),
        ("tables", ""),
        ("tables", "lines lines"),
        ("tables", "others"),
        ("log", "8123456789"),
        # A part of a log that ends before it begins, has no head, or is none and has one.
        ("log", f"8123456789 9-7 {DIGEST}"),
        ("log", "8123456789 1-7 -"),
        ("log", f"8123456789 0-0 {DIGEST}"),
    ):
        with pytest.raises(NoReport):
            read_rows([(one, value if one == name else old) for one, old in rows])
    for name in ("zone", "seal", "digest", "tables", "as_of", "language"):
        with pytest.raises(NoReport):
            read_rows([row for row in rows if row[0] != name])
    month = rows_of(proof(source(month="2020-03"))[0])
    with pytest.raises(NoReport):
        read_rows([(one, "2020-13" if one == "month" else old) for one, old in month])


def test_seals() -> None:
    assert seal_state(KEY, DIGEST, seal(KEY, DIGEST)) == attendance_pb2.SEAL_STATE_GENUINE
    assert seal_state(KEY, "cd" * 32, seal(KEY, DIGEST)) == attendance_pb2.SEAL_STATE_BROKEN
    assert seal_state(KEY, DIGEST, "³" + seal(KEY, DIGEST)[1:]) == attendance_pb2.SEAL_STATE_UNKNOWN
    assert seal_state(key_of(KEY), DIGEST, seal(KEY, DIGEST)) == attendance_pb2.SEAL_STATE_UNKNOWN
    assert seal_state(KEY, DIGEST, seal(KEY, DIGEST)[:-1] + "\x80") == attendance_pb2.SEAL_STATE_BROKEN


def test_damaged_logs() -> None:
    stated = proof(source())[0]
    logs = {log.meeting_id: log for log in meeting_logs(source())}
    assert damaged(stated, logs) == []
    assert damaged(stated, {}) == [MEETING]
    shorter = {log.meeting_id: log for log in meeting_logs(source({MEETING: held()[:3]}))}
    assert damaged(stated, shorter) == [MEETING]
    nobody = proof(source({MEETING: []}, occurrence=0))[0]
    assert damaged(nobody, {log.meeting_id: log for log in meeting_logs(source({MEETING: []}))}) == []


def test_what_retention_deleted_of() -> None:
    """Of eight records; the last is left in any case, for the chain to go on from."""
    logs = {log.meeting_id: log for log in meeting_logs(source())}
    last = logs[MEETING].records[-1].number
    month, occurrence = proof(source(month="2020-03"))[0], proof(source())[0]

    def up_to(number: int) -> dict[str, MeetingLog]:
        return {MEETING: replace(logs[MEETING], deleted_up_to=number)}

    for stated in (month, occurrence):
        assert not all_deleted(stated, up_to(last - 1))
        assert all_deleted(stated, up_to(last))
        assert not all_deleted(stated, {})
    assert part_deleted(month, up_to(1))
    assert not part_deleted(month, up_to(0))
    assert not part_deleted(month, {})
    assert not part_deleted(occurrence, up_to(1)), "of the log before it the file says nothing"


def test_verdicts() -> None:
    given = source()
    made, file = proof(given)
    document = compose(given, meeting_logs(given), lambda _: None)
    assert judge(file, document, [], KEY).verdict == attendance_pb2.VERDICT_MATCHES
    assert judge(file, None, [], KEY).verdict == attendance_pb2.VERDICT_LOG_DAMAGED
    assert judge(file, None, [MEETING], KEY, deleted=True).verdict == attendance_pb2.VERDICT_LOG_DELETED
    assert judge(file, document, [MEETING], KEY).verdict == attendance_pb2.VERDICT_LOG_DAMAGED
    broken = ReadFile(made, file.facts, file.headings, file.tables, attendance_pb2.SEAL_STATE_BROKEN)
    assert judge(broken, document, [], KEY).verdict == attendance_pb2.VERDICT_DIFFERS
    bare = judge(ReadFile(made, [], {}, {}), document, [], KEY)
    assert (bare.title, bare.verdict, bare.differing) == ("", attendance_pb2.VERDICT_DIFFERS, 0)
    short = ReadFile(made, file.facts, file.headings, {"lines": [["1"]]})
    answer = judge(short, document, [], KEY)
    assert (answer.differing > 1, answer.differences[0].in_file, answer.differences[0].in_log) == (True, "1", "4")
