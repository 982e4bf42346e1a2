"""Files of office hours, as spreadsheets and people read them."""

from __future__ import annotations

import csv
import io

import openpyxl
import pypdfium2
import pytest

from services.roster.reports.office_files import office_file
from sipulung.auth.v1 import tenant_pb2
from sipulung.roster.v1 import attendance_pb2, office_pb2, report_pb2
from tests.roster.core.test_office_document import ANI, BUDI, DATE, HOUR, NOTHING, START, WORKED, day

CSV = attendance_pb2.REPORT_FORMAT_CSV
XLSX = attendance_pb2.REPORT_FORMAT_XLSX
PDF = attendance_pb2.REPORT_FORMAT_PDF
LETTERHEAD = tenant_pb2.Letterhead(
    titles=["PEMERINTAH KABUPATEN LUWU", "DINAS <KOMINFO> & SANDI"],
    address="Jl. Jenderal Sudirman, Belopa",
    place="Belopa",
    signer_title="Kepala Dinas",
    signer_name="Drs. H. Andi Baso, M.Si",
    signer_nip="196905121990031004",
)


def report(
    file_format: attendance_pb2.ReportFormat.ValueType, letterhead: tenant_pb2.Letterhead = LETTERHEAD
) -> report_pb2.OfficeReport:
    return report_pb2.OfficeReport(
        format=file_format,
        language="id",
        tenant=tenant_pb2.Tenant(name="Kabupaten Luwu", letterhead=letterhead),
        units={"u": "Dinas › Bidang"},
        scope_name="Dinas",
        day=day(START + 48 * HOUR),
        logs=[report_pb2.OfficeLog(date="2026-11-24", records=4, head=b"\xab" * 32, intact=True)],
    )


def of_a_week(file_format: attendance_pb2.ReportFormat.ValueType, people: int = 1) -> report_pb2.OfficeReport:
    made = report(file_format)
    weeks = [
        office_pb2.OfficePersonWeek(person=who, days=[mine], days_present=1, late_ms=HOUR, present_ms=9 * HOUR)
        for who, mine in [(ANI, WORKED), (BUDI, NOTHING)] * people
    ]
    made.week.CopyFrom(
        office_pb2.GetUnitWeekResponse(
            dates=[DATE], people=weeks, as_of_ms=START + 48 * HOUR, time_zone="Asia/Makassar"
        )
    )
    made.ClearField("day")
    return made


def pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_bounded() for page in document]


def test_csv() -> None:
    data = office_file(report(CSV))
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Unit kerja", "Dinas"]
    assert rows[8][:7] == [
        "1",
        "'=Ani",
        "19870312 201001 1 001",
        "Dinas › Bidang",
        "selesai",
        "2026-11-24 08:00:00",
        "1:00:00",
    ]
    assert rows[9][4] == "tidak ada catatan"


def test_a_workbook_has_no_formulas_and_real_times() -> None:
    book = openpyxl.load_workbook(io.BytesIO(office_file(report(XLSX))))
    (sheet,) = book.worksheets
    cells = next(sheet.iter_rows(min_row=9, max_row=9))
    assert (cells[1].value, cells[1].data_type) == ("=Ani", "s")
    assert cells[5].value.isoformat() == "2026-11-24T08:00:00"
    assert cells[6].value.total_seconds() == 3600
    week = openpyxl.load_workbook(io.BytesIO(office_file(of_a_week(XLSX))))
    assert week.sheetnames == ["Jumlah per orang", "Per orang dan hari"]


def test_pages_to_sign() -> None:
    (text,) = pages(office_file(report(PDF)))
    for shown in (
        "KEHADIRAN KANTOR",
        "DINAS <KOMINFO> & SANDI",
        "=Ani",
        "Belopa, 26 November 2026",
        "196905121990031004",
    ):
        assert shown in text
    assert "Mengetahui," in pages(office_file(report(PDF, tenant_pb2.Letterhead())))[0]


def test_pages_of_many_people_repeat_their_head() -> None:
    texts = pages(office_file(of_a_week(PDF, people=60)))
    assert len(texts) > 3
    assert all("Hari hadir" in " ".join(text.split()) for text in texts[:-1])
    assert "Drs. H. Andi Baso, M.Si" in texts[-1]


@pytest.mark.parametrize("file_format", [CSV, XLSX, PDF])
def test_nobody(file_format: attendance_pb2.ReportFormat.ValueType) -> None:
    empty = report(file_format)
    empty.day.ClearField("people")
    assert office_file(empty)
