"""What the tests of files of office hours are about: the logs of a day, a meeting on it, and whom they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.common import record_chain as chain
from sipulung.auth.v1 import directory_pb2, tenant_pb2
from sipulung.roster.v1 import attendance_pb2, office_pb2, report_pb2

OfficeRecord = office_pb2.OfficeRecord
Record = attendance_pb2.AttendanceRecord
# Tuesday, 24 November 2026, 00.00 WITA.
START = 1_795_449_600_000
HOUR = 3_600_000
MINUTE = 60_000
MEETING = "8123456789"
PRESENT, BREAK, DONE = office_pb2.OFFICE_STATE_PRESENT, office_pb2.OFFICE_STATE_BREAK, office_pb2.OFFICE_STATE_DONE
# A name that a spreadsheet would take for a formula, somebody whose unit is gone, and one who was disabled.
ANI = directory_pb2.Person(account_id="a1", name="=Ani", nip="198703122010011001", unit_id="u")
BUDI = directory_pb2.Person(account_id="b2", name="Budi", unit_id="gone")
CICI = directory_pb2.Person(account_id="c3", name="Cici", unit_id="u", disabled=True)
LETTERHEAD = tenant_pb2.Letterhead(
    titles=["PEMERINTAH KABUPATEN LUWU", "DINAS <KOMINFO> & SANDI"],
    address="Jl. Jenderal Sudirman, Belopa",
    place="Belopa",
    signer_title="Kepala Dinas",
    signer_name="Drs. H. Andi Baso, M.Si",
    signer_nip="196905121990031004",
)


def date(place: int = 0, **fields: object) -> office_pb2.OfficeDate:
    """The day, or one that many days later; office hours from 07.00 to 16.00."""
    start = START + place * 24 * HOUR
    hours = {"from_ms": start + 7 * HOUR, "to_ms": start + 16 * HOUR, "tolerance_minutes": 15}
    return office_pb2.OfficeDate(
        date=f"2026-11-{24 + place}",
        start_ms=start,
        end_ms=start + 24 * HOUR,
        **(fields or hours),
    )


def said(*what: tuple[str, office_pb2.OfficeState.ValueType, int], day: str = "20261124") -> list[OfficeRecord]:
    """Who said what, so many milliseconds after midnight."""
    made: list[OfficeRecord] = []
    for place, (account_id, state, after_ms) in enumerate(what):
        entry = OfficeRecord(
            tenant_id="luwu",
            day=day,
            account_id=account_id,
            state=state,
            at_ms=START + after_ms,
            note="surat",
            client_id=str(place),
        )
        made.append(chain.sealed(entry, made[-1] if made else None))
    return made


WORKED = said(
    ("a1", PRESENT, 8 * HOUR),
    ("a1", BREAK, 12 * HOUR),
    ("a1", PRESENT, 12 * HOUR + 30 * MINUTE),
    ("a1", DONE, 17 * HOUR),
)


def met(*what: tuple[attendance_pb2.AttendanceKind.ValueType, int], account_id: str = "b2") -> list[Record]:
    """A meeting's log with one person in it."""
    made: list[Record] = []
    for kind, after_ms in what:
        entry = Record(tenant_id="luwu", meeting_id=MEETING, kind=kind, at_ms=START + after_ms)
        if kind not in (attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED, attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED):
            entry.participant_id, entry.account_id, entry.name = "p", account_id, "Budi"
        made.append(chain.sealed(entry, made[-1] if made else None))
    return made


# One that was over before the day began, and one from nine to ten.
MET = met(
    (attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED, -2 * HOUR),
    (attendance_pb2.ATTENDANCE_KIND_JOINED, -2 * HOUR),
    (attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, -HOUR),
    (attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED, 9 * HOUR),
    (attendance_pb2.ATTENDANCE_KIND_JOINED, 9 * HOUR),
    (attendance_pb2.ATTENDANCE_KIND_LEFT, 10 * HOUR),
    (attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, 10 * HOUR),
)


def source(
    days: Mapping[str, Sequence[OfficeRecord]] | None = None,
    meetings: Mapping[str, Sequence[Record]] | None = None,
    language: str = "id",
    as_of_ms: int = START + 48 * HOUR,
    dates: Sequence[office_pb2.OfficeDate] = (),
    people: Sequence[directory_pb2.Person] = (ANI, BUDI, CICI),
    letterhead: tenant_pb2.Letterhead = LETTERHEAD,
) -> report_pb2.OfficeSource:
    """Of the one day, where no other dates are given."""
    given = {"20261124": WORKED} if days is None else days
    held = {MEETING: MET} if meetings is None else meetings
    return report_pb2.OfficeSource(
        language=language,
        time_zone="Asia/Makassar",
        as_of_ms=as_of_ms,
        tenant=tenant_pb2.Tenant(tenant_id="luwu", name="Kabupaten Luwu", letterhead=letterhead),
        units={"u": "Dinas › Bidang"},
        scope="unit:u",
        scope_name="Dinas",
        week=len(dates) > 1,
        dates=dates or [date()],
        people=people,
        days=[
            report_pb2.OfficeDayLog(day=day, records=[one.SerializeToString() for one in records])
            for day, records in given.items()
        ],
        meetings=[
            report_pb2.MeetingLog(meeting_id=meeting_id, records=[one.SerializeToString() for one in records])
            for meeting_id, records in held.items()
        ],
    )


def week_source(
    people: Sequence[directory_pb2.Person] = (ANI, BUDI, CICI), **fields: object
) -> report_pb2.OfficeSource:
    """The seven days from that one on, seen in the morning of the second."""
    given = {"as_of_ms": START + 30 * HOUR, "days": {"20261124": WORKED, "20261125": []}, **fields}
    return source(dates=[date(place) for place in range(7)], people=people, **given)  # type: ignore[arg-type]
