"""All formats: what is in them, what becomes of hostile text, and whether every change of them is found."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import openpyxl
import pypdfium2
import pytest
from hypothesis import example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.roster.core.document import FORMULA
from services.roster.core.report_proof import NoReport
from services.roster.reports.worker import check, make, read, work
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, report_pb2
from tests.roster.core.paper import KEY, MEETING, MINUTE, NAMES, NINE, Record, held, sealed_anew, source

CSV = attendance_pb2.REPORT_FORMAT_CSV
XLSX = attendance_pb2.REPORT_FORMAT_XLSX
PDF = attendance_pb2.REPORT_FORMAT_PDF
FORMATS = (CSV, XLSX, PDF)
OTHER = "9000000001"


def file_of(given: report_pb2.ReportSource, file_format: attendance_pb2.ReportFormat.ValueType) -> bytes:
    return make(report_pb2.MakeReport(format=file_format, source=given), KEY, lambda _step, _done, _total: None).file


def judged(file: bytes, given: report_pb2.ReportSource, key: bytes = KEY) -> attendance_pb2.VerifyReportResponse:
    return check(report_pb2.CheckReport(file=file, source=given), key)


def verdict(file: bytes, given: report_pb2.ReportSource) -> str:
    return attendance_pb2.Verdict.Name(judged(file, given).verdict).removeprefix("VERDICT_")


def month() -> report_pb2.ReportSource:
    return source({MEETING: held(), OTHER: held(NINE + 120 * MINUTE, OTHER)}, month="2020-03")


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_an_untouched_file_matches(file_format: attendance_pb2.ReportFormat.ValueType, language: str) -> None:
    for given in (source(language=language), source({MEETING: []}, language, 0), month()):
        answer = judged(file_of(given, file_format), given)
        assert answer.verdict == attendance_pb2.VERDICT_MATCHES, answer
        assert answer.seal == attendance_pb2.SEAL_STATE_GENUINE


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_meeting_that_goes_on_has_more_records_by_now(file_format: attendance_pb2.ReportFormat.ValueType) -> None:
    records = held()
    file = file_of(source({MEETING: records[:4]}), file_format)
    assert verdict(file, source({MEETING: records})) == "MATCHES"


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("given", [source(), month()], ids=["meeting", "month"])
def test_a_log_that_was_touched_is_found(
    file_format: attendance_pb2.ReportFormat.ValueType, given: report_pb2.ReportSource
) -> None:
    file = file_of(given, file_format)

    def now(records: Sequence[Record]) -> str:
        touched = report_pb2.ReportSource()
        touched.CopyFrom(given)
        touched.logs[0].records[:] = [record.SerializeToString() for record in records]
        return verdict(file, touched)

    changed = held()
    changed[3].at_ms += 1
    assert now(changed) == "LOG_DAMAGED"
    # Even where the whole chain was written anew: the head in the file is another one.
    assert now(sealed_anew(changed)) == "LOG_DAMAGED"
    records = held()
    for missing in range(len(records)):
        assert now([*records[:missing], *records[missing + 1 :]]) == "LOG_DAMAGED"
    assert now([]) == "LOG_DAMAGED"


def test_a_log_that_is_gone() -> None:
    answer = judged(file_of(month(), CSV), source({}, month="2020-03"))
    assert answer.verdict == attendance_pb2.VERDICT_LOG_DAMAGED
    assert sorted(answer.damaged_logs) == [MEETING, OTHER]


def test_the_cell_that_differs_is_named() -> None:
    file = file_of(source(), CSV).replace(b'"0:10:00"', b'"1:10:00"')
    answer = judged(file, source())
    assert (answer.verdict, answer.differing) == (attendance_pb2.VERDICT_DIFFERS, 1)
    (one,) = answer.differences
    assert (one.line, one.in_file, one.in_log) == (1, "1:10:00", "0:10:00")
    assert "Lama hadir" in one.column


def test_what_the_log_does_not_know_is_sealed() -> None:
    file = file_of(source(), CSV)
    for old, new in ((b"19800101 200501 2 001", b"19800101 200501 2 002"), (b"Apel pagi", b"Apel sore")):
        answer = judged(file.replace(old, new), source())
        assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_DIFFERS, attendance_pb2.SEAL_STATE_BROKEN)


def test_a_file_of_another_key() -> None:
    for file_format in FORMATS:
        answer = judged(file_of(source(), file_format), source(), b"another key, as after it was changed")
        assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_UNKNOWN)


def test_lines_that_were_added_or_cut() -> None:
    rows = file_of(source(), CSV).decode("utf-8-sig").split("\r\n")
    place = next(number for number, row in enumerate(rows) if "Siti" in row)
    for changed in ([*rows[:place], *rows[place + 1 :]], [*rows[:place], rows[place], *rows[place:]]):
        answer = judged("\r\n".join(changed).encode(), source())
        assert answer.verdict == attendance_pb2.VERDICT_DIFFERS
        assert answer.differences[0].in_log == "4"


def test_headings_are_sealed() -> None:
    """Two that were exchanged would make another report of the same lines."""
    changed = FILES[CSV].replace(b"Jaringan terputus", b"Terlambat")
    assert changed != FILES[CSV]
    answer = judged(changed, source())
    assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_DIFFERS, attendance_pb2.SEAL_STATE_BROKEN)
    book = openpyxl.load_workbook(io.BytesIO(FILES[XLSX]))
    head = next(row for row in book["Daftar hadir"].iter_rows() if row[0].value == "No.")
    head[4].value, head[5].value = head[5].value, head[4].value
    again = io.BytesIO()
    book.save(again)
    assert verdict(again.getvalue(), source()) == "DIFFERS"


def test_a_remark_beside_the_lines_is_found() -> None:
    rows = FILES[CSV].decode("utf-8-sig").split("\r\n")
    place = next(number for number, row in enumerate(rows) if "Siti" in row)
    remarked = [*rows[:place], rows[place] + ';"hadir penuh"', *rows[place + 1 :]]
    assert verdict("\r\n".join(remarked).encode(), source()) == "DIFFERS"
    for cell in ("C1", "Z12"):
        book = openpyxl.load_workbook(io.BytesIO(FILES[XLSX]))
        book["Daftar hadir"][cell] = "hadir penuh"
        again = io.BytesIO()
        book.save(again)
        assert verdict(again.getvalue(), source()) == "DIFFERS", cell


def test_a_csv_that_was_saved_again() -> None:
    """As spreadsheets do: each line as wide as the widest, quotes only where they are needed, other line ends."""
    rows = list(csv.reader(io.StringIO(FILES[CSV].decode("utf-8-sig"), newline=""), delimiter=";"))
    width = max(map(len, rows))
    again = io.StringIO()
    csv.writer(again, delimiter=";", lineterminator="\n").writerows([*row, *[""] * (width - len(row))] for row in rows)
    answer = judged(again.getvalue().encode("utf-8-sig"), source())
    assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_GENUINE)


def parted(file: bytes, delimiter: str) -> list[str]:
    """The cells that a spreadsheet sees that parts them there, without the white space before them."""
    rows = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=None), delimiter=delimiter)
    return [cell.lstrip() for row in rows for cell in row]


HIDDEN = (
    *("a,=1+1,b", "a;+1", "a\t-1+1", "a, @SUM(1)", "a,＝1+1,b", "a,,=1", 'a,"=1+1,b', "a,\t=1", "a\n=1,b", "Siti,\r-1"),
    *("a,'=1", "a,''=1,'b", "',=1", "=1,=1", 'a,"\'"=1'),
)


@pytest.mark.parametrize("name", HIDDEN)
def test_a_formula_within_a_cell(name: str) -> None:
    """Where the comma parts cells, ours would be several, and one of them a formula."""
    given = source({MEETING: held(names=[name])})
    file = file_of(given, CSV)
    for delimiter in ",;\t":
        assert not [cell for cell in parted(file, delimiter) if cell.startswith(FORMULA)]
    rows = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";")
    again = io.StringIO()
    csv.writer(again, delimiter=";").writerows(rows)
    for one in (file, again.getvalue().encode("utf-8-sig"), file_of(given, PDF), file_of(given, XLSX)):
        answer = judged(one, given)
        assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_GENUINE)
    other = source({MEETING: held(names=[name.replace("1", "2") + "."])})
    assert verdict(file, other) == "LOG_DAMAGED"


def test_an_ordinary_name_stays_as_it_is() -> None:
    names = ["Drs. H. Andi, M.Si", "Rina, S.Pd", "Nur'aini; 'Ani', S.Pd.-2", "a=b, c+d", "O'Neill,'"]
    file = file_of(source({MEETING: held(names=names)}), CSV)
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows if row[-1:] in (["akun"], ["tamu"])] == names


@settings(max_examples=100, deadline=None)
@drawn(st.lists(st.text(",;\t\n\"'= -@a"), min_size=1, max_size=20))
def test_no_text_becomes_a_formula_or_another(names: list[str]) -> None:
    given = source({MEETING: held(names=names)})
    file = file_of(given, CSV)
    for delimiter in ",;\t":
        assert not [cell for cell in parted(file, delimiter) if cell.startswith(FORMULA)]
    assert judged(file, given).verdict == attendance_pb2.VERDICT_MATCHES


ESCAPES = (
    "_x0041_x0042_",
    "_x005F_x0041_",
    "_x0041\0",
    "_xD83D__xDE00_",
    "_xDE00_",
    "<r></r>",
    "<r><t>&</r>",
    " a\r\n b ",
)


@settings(max_examples=150, deadline=None)
@example(names=list(ESCAPES))
@drawn(
    st.lists(
        st.one_of(st.text("_x0123456789ABCDEFabcdef\0\x1f\uffff"), st.text(), st.sampled_from(ESCAPES)), max_size=30
    )
)
def test_a_workbook_gives_every_text_back(names: list[str]) -> None:
    """Whatever the library escapes, and whatever somebody calls themselves that looks like that."""
    given = source({MEETING: held(names=names)})
    file = file_of(given, XLSX)
    answer = judged(file, given)
    assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_GENUINE)


def test_a_workbook_names_people_as_they_are() -> None:
    """As ECMA-376 says it, for the programs that read it: an underscore that begins no character is one."""
    with zipfile.ZipFile(io.BytesIO(file_of(source({MEETING: held(names=["_x0041_x0042_", "a_x_b"])}), XLSX))) as parts:
        texts = parts.read("xl/sharedStrings.xml")
    assert b">_x005F_x0041_x005F_x0042_</t>" in texts
    assert b">a_x_b</t>" in texts


def packed_anew(part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with something else in one of its parts."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILES[XLSX])) as parts, zipfile.ZipFile(again, "w") as written:
        for name in parts.namelist():
            data = parts.read(name)
            written.writestr(name, re.sub(old, new, data) if name.endswith(part) else data)
    return again.getvalue()


def test_half_of_a_surrogate_pair() -> None:
    """Which no answer can hold: what was made of it is told in its place."""
    answer = judged(packed_anew("sharedStrings.xml", b"Siti Aminah", b"Siti _xD800_"), source())
    assert (answer.verdict, answer.differing) == (attendance_pb2.VERDICT_DIFFERS, 1)
    assert "Siti \ufffd" in answer.differences[0].in_file
    assert judged(packed_anew("sharedStrings.xml", b"Apel pagi", b"_xD83D__xDE00_"), source()).title == "\U0001f600"


@settings(max_examples=150, deadline=None)
@drawn(st.data())
def test_one_changed_byte(data: st.DataObject) -> None:
    """In the text of a CSV, in what is packed into a workbook, or anywhere in a PDF: never a match."""
    file_format = data.draw(st.sampled_from(FORMATS))
    file = bytearray(FILES[file_format])
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= data.draw(st.integers(1, 255))
    try:
        answer = judged(bytes(file), source())
    except NoReport:
        return
    if answer.verdict == attendance_pb2.VERDICT_MATCHES:
        # The seal's own name of its key was hit, or a quote around a cell: what is said is said as before.
        assert answer.seal == attendance_pb2.SEAL_STATE_UNKNOWN or same_content(bytes(file), file_format)


def test_a_seal_that_is_no_text() -> None:
    answer = judged(FILES[PDF].rstrip()[:-1] + b"\xe9\n", source())
    assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_DIFFERS, attendance_pb2.SEAL_STATE_BROKEN)
    with pytest.raises(NoReport):
        judged(FILES[CSV].replace(b'"seal";"', '"seal";"é'.encode()), source())


def same_content(file: bytes, file_format: attendance_pb2.ReportFormat.ValueType) -> bool:
    found, before = read(file, KEY), read(FILES[file_format], KEY)
    return (found.facts, found.headings, found.tables) == (before.facts, before.headings, before.tables)


FILES = {file_format: file_of(source(), file_format) for file_format in FORMATS}


@pytest.mark.parametrize("file_format", FORMATS)
def test_how_far_it_is(file_format: attendance_pb2.ReportFormat.ValueType) -> None:
    told: list[tuple[int, int, int]] = []

    def tick(step: attendance_pb2.ExportStep.ValueType, done: int, total: int) -> None:
        told.append((step, done, total))

    made = make(report_pb2.MakeReport(format=file_format, source=month()), KEY, tick)
    assert made.meetings == 2
    assert told == sorted(told), "it never goes back"
    composing = [(done, total) for step, done, total in told if step == attendance_pb2.EXPORT_STEP_COMPOSING]
    assert composing == [(1, 2), (2, 2)]
    writing = [(done, total) for step, done, total in told if step == attendance_pb2.EXPORT_STEP_WRITING]
    # A CSV file is written at once.
    assert bool(writing) == (file_format != CSV)
    assert all(done == total for done, total in writing[-1:])


def test_a_workbook() -> None:
    book = openpyxl.load_workbook(io.BytesIO(FILES[XLSX]))
    assert book.sheetnames == ["Daftar hadir", "Bukti"]
    sheet = book["Daftar hadir"]
    assert sheet["B1"].value == "Apel pagi"
    head = next(row for row in sheet.iter_rows() if row[0].value == "No.")
    top = head[0].row
    row = [cell.value for cell in sheet[top + 1]]
    assert row[:2] == [1, NAMES[0]]
    assert row[4:6] == [datetime(2020, 3, 19, 9), datetime(2020, 3, 19, 9, 10)]  # noqa: DTZ001 - as spreadsheets have it
    assert row[6] == timedelta(minutes=10)
    assert (row[7], row[8]) == (0, 1)
    formula = sheet.cell(top + 2, 2)
    assert (formula.value, formula.data_type) == (NAMES[1], "s")
    properties = {one.name: one.value for one in book.custom_doc_props.props}
    assert properties["sipulung.meeting"] == MEETING
    assert len(properties["sipulung.head"]) == 64


def test_a_workbook_that_was_saved_again() -> None:
    book = openpyxl.load_workbook(io.BytesIO(FILES[XLSX]))
    again = io.BytesIO()
    book.save(again)
    assert verdict(again.getvalue(), source()) == "MATCHES"
    sheet = book["Daftar hadir"]
    sheet["B1"] = "Apel sore"
    sheet.cell(12, 8).value = 3
    changed = io.BytesIO()
    book.save(changed)
    assert verdict(changed.getvalue(), source()) == "DIFFERS"


def test_a_paper() -> None:
    pdf = pypdfium2.PdfDocument(FILES[PDF])
    text = pdf[0].get_textpage().get_text_bounded()
    for shown in (
        "PEMERINTAH KABUPATEN LUWU",
        "Владимир Σωκράτης Đặng",
        "<b>Budi</b>; □□",
        "Tanda tangan",
        "Belopa, 19 Maret 2020",
    ):
        assert shown in text
    assert "huruf yang tidak dapat dicetak" in text
    assert "Halaman 1 dari 1" in text
    assert pdf.count_attachments() == 1
    assert bytes(pdf.get_attachment(0).get_data()).decode("utf-8-sig").startswith('"Daftar hadir"')


def test_a_long_paper() -> None:
    names = [f"Pegawai {number}" for number in range(100)]
    pdf = pypdfium2.PdfDocument(file_of(source({MEETING: held(names=names)}), PDF))
    texts = [page.get_textpage().get_text_bounded() for page in pdf]
    assert len(texts) > 3
    for number, text in enumerate(texts, 1):
        assert f"Halaman {number} dari {len(texts)}" in text
        # The head of the table again, but where only the signature is left.
        assert "Tanda" in text or "Pegawai" not in text
    assert sum("Drs. H. Andi Contoh" in text for text in texts) == 1


def test_a_paper_without_a_letterhead() -> None:
    given = source()
    given.tenant.ClearField("letterhead")
    text = pypdfium2.PdfDocument(file_of(given, PDF))[0].get_textpage().get_text_bounded()
    assert "Kabupaten Luwu" in text
    assert "Mengetahui," in text


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"nama;hadir\r\nBudi;ya\r\n",
        b"\xff\xfe\x00",
        b'"a";"b\n',
        b"%PDF-1.4\n%%EOF",
        b"PK\x03\x04 not really",
        FILES[CSV][: len(FILES[CSV]) // 2],
        FILES[PDF][: len(FILES[PDF]) // 2],
        FILES[XLSX][: len(FILES[XLSX]) // 2],
        FILES[CSV].replace(b"sipulung-report-1", b"sipulung-report-9"),
        FILES[CSV].replace(b'"tables";"lines"', b'"tables";"lines people"'),
        FILES[CSV].replace(b'"language";"id"', b'"language";"xx"'),
        FILES[CSV].replace(b'"as_of";"', b'"as_of";"x'),
        FILES[CSV].replace(b'"log";"8', b'"log";"x'),
        FILES[CSV].replace(b'"digest"', b'"gigest"'),
        # Parts of a log that end before they begin, or have more records than can be counted.
        FILES[CSV].replace(b" 1-7 ", b" 9-7 "),
        FILES[CSV].replace(b" 1-7 ", b" 0-7 "),
        FILES[CSV].replace(b" 1-7 ", b" 1-999999999999999999 "),
        packed_anew("sheet1.xml", rb"<v>[0-9]+\.[0-9]+</v>", b"<v>1e999</v>"),
        packed_anew("sheet1.xml", rb"<v>[0-9]+\.[0-9]+</v>", b"<v>nan</v>"),
    ],
)
def test_what_is_no_report(file: bytes) -> None:
    with pytest.raises(NoReport):
        read(file, KEY)


def test_a_bomb() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"<x>" + b" " * (100 * 1024 * 1024) + b"</x>")
        parts.writestr("xl/_rels/workbook.xml.rels", b"<x/>")
    with pytest.raises(NoReport):
        read(packed.getvalue(), KEY)
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("xl/_rels/workbook.xml.rels", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(NoReport):
        read(packed.getvalue(), KEY)


def test_when_it_was_made() -> None:
    made = openpyxl.load_workbook(io.BytesIO(FILES[XLSX])).properties.created
    assert made is not None
    assert made.replace(tzinfo=UTC) == datetime.fromtimestamp(source().as_of_ms / 1000, UTC)


def test_an_occurrence_that_was_deleted() -> None:
    """It is said as what it is, and is no fault of the worker."""
    given = source({MEETING: []}, occurrence=1)
    given.logs[0].deleted_up_to, given.logs[0].deleted_occurrences = len(held()) - 1, 1
    job = report_pb2.ReportJob(seal_key=KEY, make=report_pb2.MakeReport(format=CSV, source=given))
    outcome = work(job, lambda _: None)
    assert outcome.error.code == common_pb2.ERROR_CODE_INVALID_FIELD
    assert (outcome.error.field, outcome.error.message) == ("occurrence", "was deleted when its time was over")
