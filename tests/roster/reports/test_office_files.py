"""Files of office hours, as spreadsheets and people read them, and whether every change of them is found."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import openpyxl
import pypdfium2
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.common import record_chain as chain
from services.roster.core.report_proof import NoReport
from services.roster.reports.office_files import check_office, make_office
from services.roster.reports.worker import read
from sipulung.auth.v1 import directory_pb2, tenant_pb2
from sipulung.roster.v1 import attendance_pb2, report_pb2
from tests.roster.core.office_paper import (
    BUDI,
    DONE,
    HOUR,
    MEETING,
    MET,
    START,
    WORKED,
    OfficeRecord,
    Record,
    said,
    source,
    week_source,
)
from tests.roster.core.paper import KEY

CSV = attendance_pb2.REPORT_FORMAT_CSV
XLSX = attendance_pb2.REPORT_FORMAT_XLSX
PDF = attendance_pb2.REPORT_FORMAT_PDF
FORMATS = (CSV, XLSX, PDF)
SOURCES = pytest.mark.parametrize("given", [source(), week_source()], ids=["day", "week"])


def file_of(given: report_pb2.OfficeSource, file_format: attendance_pb2.ReportFormat.ValueType) -> bytes:
    return make_office(report_pb2.MakeOffice(format=file_format, source=given), KEY)


def judged(file: bytes, given: report_pb2.OfficeSource, key: bytes = KEY) -> attendance_pb2.VerifyReportResponse:
    """As roster asks: dates and people from the file, logs as they are now."""
    found = read(file, key)
    now = report_pb2.OfficeSource()
    now.CopyFrom(given)
    now.ClearField("dates")
    now.ClearField("people")
    now.dates.extend(found.proof.office.dates)
    now.people.extend(directory_pb2.Person(account_id=one) for one in found.proof.office.people)
    return check_office(found, now, key)


def verdict(file: bytes, given: report_pb2.OfficeSource) -> str:
    return attendance_pb2.Verdict.Name(judged(file, given).verdict).removeprefix("VERDICT_")


def pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_bounded() for page in document]


def test_csv() -> None:
    rows = list(csv.reader(io.StringIO(file_of(source(), CSV).decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Unit kerja", "Dinas"]
    assert rows[10][:7] == [
        *["1", "'=Ani", "19870312 201001 1 001", "Dinas › Bidang", "selesai", "2026-11-24 08:00:00", "1:00:00"]
    ]
    assert rows[11][4:9] == ["selesai", "2026-11-24 09:00:00", "2:00:00", "", "1:00:00"]
    assert ["office", "day 2026-11-24"] in rows
    assert ["log", f"{MEETING} 4-7 {MET[-1].hash.hex()}"] in rows


def test_a_workbook_has_no_formulas_and_real_times() -> None:
    book = openpyxl.load_workbook(io.BytesIO(file_of(source(), XLSX)))
    assert book.sheetnames == ["Kehadiran kantor", "Bukti"]
    cells = next(book.worksheets[0].iter_rows(min_row=11, max_row=11))
    assert (cells[1].value, cells[1].data_type) == ("=Ani", "s")
    assert cells[5].value.isoformat() == "2026-11-24T08:00:00"
    assert cells[6].value.total_seconds() == 3600
    week = openpyxl.load_workbook(io.BytesIO(file_of(week_source(), XLSX)))
    assert week.sheetnames == ["Jumlah per orang", "Per orang dan hari", "Bukti"]


def test_pages_to_sign() -> None:
    (text,) = pages(file_of(source(), PDF))
    for shown in (
        "KEHADIRAN KANTOR",
        "DINAS <KOMINFO> & SANDI",
        "=Ani",
        "Belopa, 26 November 2026",
        "19690512 199003 1 004",
        "Halaman 1 dari 1",
        "sipulung verify-report",
    ):
        assert shown in text
    assert "Mengetahui," in pages(file_of(source(letterhead=tenant_pb2.Letterhead()), PDF))[0]


def test_what_the_font_lacks_is_a_box() -> None:
    named = directory_pb2.Person(account_id="b2", name="名前 <b>")
    assert "□□ <b>" in pages(file_of(source(people=[named]), PDF))[0]


def test_pages_of_many_people_repeat_their_head() -> None:
    people = [directory_pb2.Person(account_id=f"p{number}", name=f"Pegawai {number}") for number in range(120)]
    texts = pages(file_of(week_source(people), PDF))
    assert len(texts) > 3
    assert all("Hari hadir" in " ".join(text.split()) for text in texts[:-1])
    assert "Drs. H. Andi Baso, M.Si" in texts[-1]
    assert all(f"Halaman {number} dari {len(texts)}" in text for number, text in enumerate(texts, 1))


@pytest.mark.parametrize("file_format", FORMATS)
@SOURCES
def test_an_untouched_file_matches(
    file_format: attendance_pb2.ReportFormat.ValueType, given: report_pb2.OfficeSource
) -> None:
    answer = judged(file_of(given, file_format), given)
    assert answer.verdict == attendance_pb2.VERDICT_MATCHES, answer
    assert answer.seal == attendance_pb2.SEAL_STATE_GENUINE
    assert (answer.office_day, answer.office_week) == (("", "2026-11-24") if given.week else ("2026-11-24", ""))
    assert (answer.title, answer.records) == ("Dinas", 8)
    empty = source({"20261124": []}, {}, people=[], language="en")
    assert verdict(file_of(empty, file_format), empty) == "MATCHES"


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_day_that_goes_on_has_more_records_by_now(file_format: attendance_pb2.ReportFormat.ValueType) -> None:
    noon = source({"20261124": WORKED[:2]}, {MEETING: MET[:5]}, as_of_ms=START + 12 * HOUR)
    file = file_of(noon, file_format)
    later = source(as_of_ms=START + 12 * HOUR)
    assert verdict(file, later) == "MATCHES"
    # Also where the hours of the office are others now, for the file says those that it counted with.
    later.dates[0].from_ms += HOUR
    assert verdict(file, later) == "MATCHES"


@pytest.mark.parametrize("file_format", FORMATS)
@SOURCES
def test_a_log_that_was_touched_is_found(
    file_format: attendance_pb2.ReportFormat.ValueType, given: report_pb2.OfficeSource
) -> None:
    file = file_of(given, file_format)

    def now(day: Sequence[OfficeRecord] = WORKED, meeting: Sequence[Record] = MET) -> list[str]:
        touched = report_pb2.OfficeSource()
        touched.CopyFrom(given)
        touched.days[0].records[:] = [record.SerializeToString() for record in day]
        touched.meetings[0].records[:] = [record.SerializeToString() for record in meeting]
        answer = judged(file, touched)
        assert answer.verdict in (attendance_pb2.VERDICT_MATCHES, attendance_pb2.VERDICT_LOG_DAMAGED)
        assert (answer.verdict == attendance_pb2.VERDICT_LOG_DAMAGED) == bool(answer.damaged_logs)
        return list(answer.damaged_logs)

    assert now() == []
    for place in range(len(WORKED)):
        assert now([*WORKED[:place], *WORKED[place + 1 :]]) == ["20261124"]
    for place in range(3, len(MET)):
        assert now(meeting=[*MET[:place], *MET[place + 1 :]]) == [MEETING]
    assert now([], []) == ["20261124", MEETING]
    later = [OfficeRecord.FromString(one.SerializeToString()) for one in WORKED]
    later[1].at_ms += 1
    assert now(later) == ["20261124"]
    # Even where the whole chain was written anew: the head in the file is another one.
    anew: list[OfficeRecord] = []
    for record in later:
        anew.append(chain.sealed(record, anew[-1] if anew else None))
    assert now(anew) == ["20261124"]


def test_a_log_that_is_gone() -> None:
    file = file_of(source(), CSV)
    assert list(judged(file, source({}, {})).damaged_logs) == ["20261124", MEETING]
    for part in ("days", "meetings"):
        deleted = source({"20261124": []}, {MEETING: []})
        getattr(deleted, part)[0].deleted_up_to = 4
        assert verdict(file, deleted) == "LOG_DELETED"


def test_a_new_chain_after_the_old_one_was_deleted() -> None:
    given = source({"20261124": said(("a1", DONE, HOUR))})
    given.days[0].deleted_up_to = 4
    assert verdict(file_of(source(), CSV), given) == "LOG_DELETED"


def test_the_cell_that_differs_is_named() -> None:
    file = file_of(source(), CSV).replace(b'"7:30:00"', b'"8:30:00"')
    answer = judged(file, source())
    assert (answer.verdict, answer.differing) == (attendance_pb2.VERDICT_DIFFERS, 1)
    (one,) = answer.differences
    assert (one.line, one.column, one.in_file, one.in_log) == (1, "Dalam jam kerja", "8:30:00", "7:30:00")


def test_what_the_logs_do_not_know_is_sealed() -> None:
    file = file_of(source(), CSV)
    for old, new in (
        (b"19870312 201001 1 001", b"19870312 201001 1 002"),
        (b"Dinas \xe2\x80\xba Bidang", b"Dinas \xe2\x80\xba Seksi"),
        (b'"people";"a1 b2"', b'"people";"a1 b3"'),
        (b"07.00", b"06.00"),
    ):
        assert old in file
        answer = judged(file.replace(old, new), source())
        assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_DIFFERS, attendance_pb2.SEAL_STATE_BROKEN)
    answer = judged(file, source(), b"another key, as after it was changed")
    assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_UNKNOWN)


FILES = {file_format: file_of(source(), file_format) for file_format in FORMATS}


@settings(max_examples=150, deadline=None)
@drawn(st.data())
def test_one_changed_byte(data: st.DataObject) -> None:
    """In the text of a CSV, or anywhere in a PDF: never a match."""
    file = bytearray(FILES[data.draw(st.sampled_from([CSV, PDF]))])
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= data.draw(st.integers(1, 255))
    try:
        answer = judged(bytes(file), source())
    except NoReport:
        return
    if answer.verdict == attendance_pb2.VERDICT_MATCHES:
        # The seal's own name of its key was hit, or a quote around a cell: what is said is said as before.
        found, before = read(bytes(file), KEY), read(FILES[CSV], KEY)
        same = (found.facts, found.tables) == (before.facts, before.tables)
        assert answer.seal == attendance_pb2.SEAL_STATE_UNKNOWN or same


def test_a_workbook_that_was_saved_again() -> None:
    book = openpyxl.load_workbook(io.BytesIO(FILES[XLSX]))
    again = io.BytesIO()
    book.save(again)
    assert verdict(again.getvalue(), source()) == "MATCHES"
    book.worksheets[0].cell(11, 9).value = 0.5
    changed = io.BytesIO()
    book.save(changed)
    assert verdict(changed.getvalue(), source()) == "DIFFERS"


def test_nobody() -> None:
    empty = source({}, {}, people=[BUDI])
    empty.ClearField("people")
    for file_format in FORMATS:
        assert file_of(empty, file_format)
    assert "Tidak ada orang." in pages(file_of(empty, PDF))[0]
