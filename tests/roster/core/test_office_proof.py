"""The proof in a file of office hours."""

from __future__ import annotations

import pytest

from services.roster.core.office_document import office_document
from services.roster.core.office_logs import logs_of, since
from services.roster.core.office_proof import office_proof
from services.roster.core.office_sheet import sheet_of
from services.roster.core.report_proof import NoReport, ReadFile, judge, read_rows, rows_of, sealed
from sipulung.auth.v1 import directory_pb2
from sipulung.roster.v1 import report_pb2
from tests.roster.core.office_paper import MEETING, source, week_source
from tests.roster.core.paper import KEY

MANY = [directory_pb2.Person(account_id=f"p{number}", name=str(number)) for number in range(120)]


def proof(given: report_pb2.OfficeSource) -> report_pb2.ReportProof:
    logs = [since(log, given.dates[0].start_ms) for log in logs_of(given)]
    sheet = sheet_of(given, logs)
    document = office_document(given, sheet, logs)
    return sealed(office_proof(given, sheet, logs, document.tables), document, document.tables, KEY)


@pytest.mark.parametrize("given", [source(), source({}, {}), week_source(), source(people=MANY), source(people=[])])
def test_there_and_back(given: report_pb2.OfficeSource) -> None:
    made = proof(given)
    assert read_rows([("Bukti",), *rows_of(made)]) == made


def test_rows_that_are_no_proof() -> None:
    rows = rows_of(proof(week_source()))
    assert ("office", "week 2026-11-24") in rows
    days = [value for name, value in rows if name == "day"]
    for name, old, new in (
        ("office", "week 2026-11-24", "week 2026-11-25"),
        ("office", "week 2026-11-24", "day 2026-11-24"),
        ("office", "week 2026-11-24", "year 2026"),
        ("scope", "unit:u", "unit:"),
        ("scope", "unit:u", "unit:U"),
        ("people", "a1 b2", "a1 a1"),
        ("people", "a1 b2", "a1 <b>"),
        ("tables", "office_week office_days", "office_week lines"),
        ("day", days[1], days[1].replace("2026-11-25", "2026-11-35")),
        ("day", days[1], days[1].replace("2026-11-25", "2026-11-26")),
        ("day", days[1], days[1].replace(" 15", "")),
        ("day", days[1], days[1].replace("-1795622400000", "-1")),
        # Beyond the years that a calendar has.
        ("day", days[1], days[1].replace("-1795622400000", "-999999999999999")),
        ("log", "20261125 0-0 -", "20261126 0-0 -"),
        ("log", "20261125 0-0 -", "20261124 0-0 -"),
        ("log", "20261125 0-0 -", "2026112 0-0 -"),
    ):
        assert (name, old) in rows
        with pytest.raises(NoReport):
            read_rows([(one, new if (one, value) == (name, old) else value) for one, value in rows])
    for missing in (("day", days[0]), ("day", days[6])):
        with pytest.raises(NoReport):
            read_rows([row for row in rows if row != missing])
    with pytest.raises(NoReport):
        read_rows([row for row in rows if row[0] != "day"])


def test_the_verdict_says_of_which_day_it_is() -> None:
    for given, said in ((source(), ("2026-11-24", "")), (week_source(), ("", "2026-11-24"))):
        answer = judge(ReadFile(proof(given), [], {}, {}), None, [], KEY)
        assert (answer.office_day, answer.office_week) == said


def test_a_proof_of_one_kind_is_none_of_another() -> None:
    """Its logs or tables are those of another kind of file."""
    rows = rows_of(proof(source()))
    head = [("format", "sipulung-report-1"), ("month", "2026-11"), ("scope", "tenant")]
    with pytest.raises(NoReport):
        read_rows([*head, *rows[3:]])
    lines = [(name, "lines" if name == "tables" else value) for name, value in rows[3:]]
    with pytest.raises(NoReport):
        read_rows([*head, *lines])
    with pytest.raises(NoReport):
        read_rows([rows[0], ("meeting", MEETING), ("occurrence", "1"), *lines])
