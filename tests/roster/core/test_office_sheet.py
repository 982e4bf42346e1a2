"""Everybody's days from the logs."""

from __future__ import annotations

from services.roster.core.office_logs import OfficeLog, logs_of
from services.roster.core.office_sheet import sheet_of
from sipulung.auth.v1 import directory_pb2
from tests.roster.core.office_paper import CICI, HOUR, MEETING, MET, START, WORKED, source


def names(given: object, *, everybody: bool = False) -> list[str]:
    return [row.person.name for row in sheet_of(given, logs_of(given), everybody=everybody).rows]  # type: ignore[arg-type]


def test_who_belongs_into_the_list() -> None:
    assert names(source()) == ["=Ani", "Budi"]
    assert names(source(), everybody=True) == ["=Ani", "Budi", "Cici"]
    late = directory_pb2.Person(account_id="d4", name="Didi", created_at_ms=START + 24 * HOUR)
    gone = directory_pb2.Person(account_id="a1", name="Ani", disabled=True)
    # Who is known of is in it, whatever became of the account.
    assert names(source(people=[late, gone, CICI])) == ["Ani"]


def test_records_twice_and_out_of_order_change_nothing() -> None:
    given = source()
    mixed = [
        OfficeLog("20261124", days=(WORKED[2], WORKED[0], WORKED[3], WORKED[1], WORKED[0])),
        OfficeLog(MEETING, meetings=(*reversed(MET), MET[3])),
    ]
    assert sheet_of(given, mixed) == sheet_of(given, logs_of(given))
