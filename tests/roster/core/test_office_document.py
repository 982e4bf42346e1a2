"""A unit's day and week as a document."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from services.roster.core.document import Document
from services.roster.core.office_document import office_document
from sipulung.auth.v1 import tenant_pb2
from sipulung.roster.v1 import office_pb2, report_pb2

ZONE = ZoneInfo("Asia/Makassar")
START = 1_795_449_600_000
HOUR = 3_600_000
DATE = office_pb2.OfficeDate(
    date="2026-11-24",
    start_ms=START,
    end_ms=START + 24 * HOUR,
    from_ms=START + 7 * HOUR,
    to_ms=START + 16 * HOUR,
    tolerance_minutes=15,
)
ANI = office_pb2.OfficePerson(account_id="a", name="=Ani", nip="198703122010011001", unit_id="u")
BUDI = office_pb2.OfficePerson(account_id="b", name="Budi", unit_id="gone")
WORKED = office_pb2.OfficeDay(
    status=office_pb2.OFFICE_STATUS_DONE,
    first_ms=START + 8 * HOUR,
    late_ms=HOUR,
    done_ms=START + 17 * HOUR,
    present_ms=9 * HOUR,
    inside_ms=8 * HOUR,
    outside_ms=HOUR,
    breaks=1,
    break_ms=HOUR // 2,
    meetings=[office_pb2.OfficeMeeting(meeting_id="8123456789")],
    not_closed=True,
)
NOTHING = office_pb2.OfficeDay(status=office_pb2.OFFICE_STATUS_NONE)


def made(language: str = "id", **fields: object) -> Document:
    report = report_pb2.OfficeReport(
        language=language,
        tenant=tenant_pb2.Tenant(name="Kabupaten Luwu"),
        units={"u": "Dinas › Bidang"},
        scope_name="Dinas",
        **fields,  # type: ignore[arg-type]  # as the message has them
    )
    return office_document(report, ZONE)


def day(as_of_ms: int, date: office_pb2.OfficeDate = DATE) -> office_pb2.GetUnitDayResponse:
    people = [
        office_pb2.OfficePersonDay(person=ANI, day=WORKED),
        office_pb2.OfficePersonDay(person=BUDI, day=NOTHING),
    ]
    return office_pb2.GetUnitDayResponse(date=date, people=people, as_of_ms=as_of_ms, time_zone="Asia/Makassar")


def test_a_day() -> None:
    log = report_pb2.OfficeLog(date="2026-11-24", records=4, head=b"\xab" * 32, intact=True)
    document = made(day=day(START + 12 * HOUR), logs=[log])
    assert document.facts == (
        ("Unit kerja", "Dinas"),
        ("Tanggal", "24 November 2026"),
        ("Jam kerja", "07.00–16.00 WITA, toleransi 15 menit"),
        ("Jumlah orang", "2"),
        ("Dibuat", "Selasa, 24 November 2026 pukul 12.00.00 WITA"),
        ("Kepala rantai catatan (SHA-256)", f"{'ab' * 32} (4, utuh)"),
    )
    (table,) = document.tables
    assert [column.title for column in table.columns][4:8] == [
        "Status",
        "Hadir pertama (WITA)",
        "Terlambat (jam:menit:detik)",
        "Selesai (WITA)",
    ]
    assert document.grid(table) == [
        [
            *["1", "'=Ani", "19870312 201001 1 001", "Dinas › Bidang", "selesai", "2026-11-24 08:00:00", "1:00:00"],
            *["2026-11-24 17:00:00", "8:00:00", "1:00:00", "1", "0:30:00", "1", "tanpa “Selesai”"],
        ],
        ["2", "Budi", "", "", "belum hadir", "", "0:00:00", "", "0:00:00", "0:00:00", "0", "0:00:00", "0", ""],
    ]


def test_a_day_that_is_over_and_free_and_broken() -> None:
    holiday = office_pb2.OfficeDate(date="2026-11-24", start_ms=START, end_ms=START + 24 * HOUR, holiday="Hari Raya")
    log = report_pb2.OfficeLog(date="2026-11-24", records=4, head=b"\xab" * 32)
    document = made("en", day=day(START + 48 * HOUR, holiday), logs=[log])
    facts = dict(document.facts)
    assert facts["Office hours"] == "Hari Raya"
    assert "NOT INTACT" in facts["Head of the chain of records (SHA-256)"]
    assert document.grid(document.tables[0])[1][4] == "no record"
    holiday.holiday = ""
    facts = dict(made("en", day=day(START + 48 * HOUR, holiday)).facts)
    assert facts["Office hours"] == "No working day"
    assert facts["Head of the chain of records (SHA-256)"] == "no records"


def test_a_week() -> None:
    dates = [
        office_pb2.OfficeDate(date=f"2026-11-{24 + number}", start_ms=begin, end_ms=begin + 24 * HOUR)
        for number, begin in enumerate(range(START, START + 72 * HOUR, 24 * HOUR))
    ]
    week = office_pb2.OfficePersonWeek(
        person=ANI,
        days=[WORKED, NOTHING, NOTHING],
        days_present=1,
        days_late=1,
        late_ms=HOUR,
        breaks=1,
        break_ms=HOUR // 2,
        present_ms=9 * HOUR,
        inside_ms=8 * HOUR,
        outside_ms=HOUR,
        meetings=1,
        days_not_closed=1,
    )
    document = made(
        week=office_pb2.GetUnitWeekResponse(
            dates=dates, people=[week], as_of_ms=START + 30 * HOUR, time_zone="Asia/Makassar"
        )
    )
    assert document.facts[1:3] == (("Minggu", "24 November 2026 sampai 26 November 2026"), ("Jumlah orang", "1"))
    assert document.facts[-1] == ("Kepala rantai catatan (SHA-256), 26 November 2026", "tidak ada catatan")
    sums, days = document.tables
    assert document.grid(sums)[0][4:] == [
        *["1", "1", "1:00:00", "8:00:00", "1:00:00", "9:00:00", "1", "0:30:00", "1", "1"]
    ]
    # The day that has not come has no line.
    assert [(row[0], row[4], row[5]) for row in document.grid(days)] == [
        ("1", "2026-11-24", "selesai"),
        ("2", "2026-11-25", "belum hadir"),
    ]
