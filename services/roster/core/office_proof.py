"""What a file of office hours says to prove itself besides its logs: the days, their hours, and whose lines they are.

The lines follow from the logs and from these. Who is in the list and when they were expected is proven by the seal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from services.roster.core.document import Table
from services.roster.core.office_logs import OfficeLog, proofs
from services.roster.core.office_sheet import OfficeSheet
from sipulung.roster.v1 import office_pb2, report_pb2

TABLES: Final = frozenset({"office_day", "office_days", "office_week"})
_PEOPLE_IN_A_ROW: Final = 50
_SCOPE: Final = re.compile(r"tenant|unit:[a-z0-9]{1,64}")
_DAY: Final = re.compile(
    r"(20[0-9]{2}-[0-9]{2}-[0-9]{2}) ([0-9]{1,15})-([0-9]{1,15}) ([0-9]{1,15})-([0-9]{1,15}) ([0-9]{1,4})"
)
_PERSON: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WEEK: Final = 7
_DAY_DIGITS: Final = 8
# The year 2100, as of everything that a proof dates.
_END_MS: Final = 4_102_444_800_000


def office_proof(
    source: report_pb2.OfficeSource, sheet: OfficeSheet, logs: Sequence[OfficeLog], tables: Sequence[Table]
) -> report_pb2.ReportProof:
    """Without digest and seal."""
    return report_pb2.ReportProof(
        scope=source.scope,
        as_of_ms=source.as_of_ms,
        time_zone=source.time_zone,
        language=source.language,
        logs=proofs(logs),
        tables=[table.key for table in tables],
        office=report_pb2.OfficeProof(
            week=source.week, dates=source.dates, people=[row.person.account_id for row in sheet.rows]
        ),
        tenant_id=source.tenant.tenant_id,
    )


def head_rows(office: report_pb2.OfficeProof, scope: str) -> list[tuple[str, str]]:
    """What the file is about."""
    return [("office", f"{'week' if office.week else 'day'} {office.dates[0].date}"), ("scope", scope)]


def body_rows(office: report_pb2.OfficeProof) -> list[tuple[str, str]]:
    """Days and people."""
    people = list(office.people)
    return [
        *(
            ("day", f"{one.date} {one.start_ms}-{one.end_ms} {one.from_ms}-{one.to_ms} {one.tolerance_minutes}")
            for one in office.dates
        ),
        *(
            ("people", " ".join(people[begin : begin + _PEOPLE_IN_A_ROW]))
            for begin in range(0, len(people), _PEOPLE_IN_A_ROW)
        ),
    ]


def read_office(kind: str, rows: Sequence[tuple[str, str]]) -> report_pb2.OfficeProof:
    """From the value of the row "office" and the rows "day" and "people". Raises ValueError."""
    office = report_pb2.OfficeProof(week=kind.startswith("week "))
    for name, value in rows:
        if name == "people":
            office.people.extend(value.split())
        elif (found := _DAY.fullmatch(value)) is not None:
            start_ms, end_ms, from_ms, to_ms, tolerance = (int(number) for number in found.groups()[1:])
            office.dates.append(
                office_pb2.OfficeDate(
                    date=found[1],
                    start_ms=start_ms,
                    end_ms=end_ms,
                    from_ms=from_ms,
                    to_ms=to_ms,
                    tolerance_minutes=tolerance,
                )
            )
        else:
            raise ValueError("a day is none")
    if not office.dates or kind != head_rows(office, "")[0][1]:
        raise ValueError("the file does not say of which day it is")
    return office


def sound(proof: report_pb2.ReportProof) -> bool:
    """Whether it could be one of ours. Raises ValueError for a date that does not exist."""
    office = proof.office
    days = [date.fromisoformat(one.date) for one in office.dates]
    logs = [log.meeting_id for log in proof.logs]
    keys = [day.strftime("%Y%m%d") for day in days]
    # Days come first, and a day that had not come yet has no log.
    held = sum(len(log) == _DAY_DIGITS for log in logs)
    return (
        len(days) == (_WEEK if office.week else 1)
        and all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))
        and all(one.start_ms < one.end_ms < _END_MS and one.from_ms <= one.to_ms < _END_MS for one in office.dates)
        and logs[:held] == keys[:held]
        and len(set(logs)) == len(logs)
        and bool(_SCOPE.fullmatch(proof.scope))
        and len(set(office.people)) == len(office.people)
        and all(_PERSON.fullmatch(one) for one in office.people)
        and set(proof.tables) <= TABLES
    )
