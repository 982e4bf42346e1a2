"""The document of a report."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from services.common import record_chain as chain
from services.common.errors import InvalidField
from services.roster.core.compose import (
    MARGIN_MS,
    Setting,
    common_head,
    compose,
    meeting_logs,
    month_bounds,
    month_days,
    proofs,
    until,
)
from services.roster.core.document import Document, duration, inert, spaced_nip, zone_label
from services.roster.core.report import report
from services.roster.core.report_words import words_of
from sipulung.roster.v1 import attendance_pb2, report_pb2
from tests.roster.core.paper import MEETING, MINUTE, NINE, Record, held, source

OTHER = "9000000001"


def made(given: report_pb2.ReportSource) -> Document:
    return compose(given, meeting_logs(given), lambda _: None)


def test_a_meeting() -> None:
    document = made(source())
    facts = dict(document.facts)
    assert facts["Daftar hadir"] == "Apel pagi"
    assert facts["ID rapat"] == "812 345 6789"
    assert facts["Mulai"] == "Kamis, 19 Maret 2020 pukul 09.00.00 WITA"
    assert facts["Selesai"] == "Kamis, 19 Maret 2020 pukul 10.00.00 WITA"
    assert facts["Catatan"] == "7, utuh"
    (table,) = document.tables
    grid = document.grid(table)
    assert grid[0] == [
        "1",
        "Siti Aminah, S.Kom.",
        "19800101 200501 2 001",
        "Dinas Kominfo › Bidang IKP",
        "2020-03-19 09:00:00",
        "2020-03-19 09:10:00",
        "0:10:00",
        "0",
        "1",
        "jaringan terputus",
        "akun",
    ]
    assert grid[1][1] == '\'=HYPERLINK("https://jahat.example")'
    assert grid[1][9:] == ["sampai selesai", "tamu"]


def test_in_english() -> None:
    document = made(source(language="en"))
    assert dict(document.facts)["Started"] == "Thursday, 19 March 2020 at 09:00:00 WITA"
    assert document.grid(document.tables[0])[0][9:] == ["network lost", "account"]


def test_one_that_goes_on_and_one_that_nobody_entered() -> None:
    running = dict(made(source({MEETING: held()[:-1]})).facts)
    assert running["Selesai"] == "masih berlangsung"
    nobody = dict(made(source({MEETING: []}, occurrence=0)).facts)
    assert (nobody["Mulai"], nobody["Selesai"], nobody["Catatan"]) == ("belum ada yang masuk", "", "0, utuh")


def test_a_log_that_is_not_whole_says_so() -> None:
    records = held()
    records[2].name = "Budy"
    assert dict(made(source({MEETING: records})).facts)["Catatan"].startswith("7, TIDAK UTUH")


def test_occurrences() -> None:
    monday = held()
    series = [*monday, *held(NINE + 24 * 60 * MINUTE, names=["Siti"], after=monday[-1])]
    assert len(made(source({MEETING: series}, occurrence=2)).tables[0].rows) == 1
    with pytest.raises(InvalidField):
        made(source({MEETING: series}, occurrence=3))


def test_occurrences_keep_their_numbers_when_the_first_were_deleted() -> None:
    monday = held()
    tuesday = held(NINE + 24 * 60 * MINUTE, names=["Siti"], after=monday[-1])
    given = source({MEETING: tuesday}, occurrence=1)
    assert dict(made(given).facts)["Catatan"].startswith("4, TIDAK UTUH")
    given.occurrence = 2
    given.logs[0].deleted_up_to, given.logs[0].deleted_occurrences = len(monday), 1
    document = made(given)
    assert len(document.tables[0].rows) == 1
    assert dict(document.facts)["Catatan"] == "4, utuh"
    given.occurrence = 1
    with pytest.raises(InvalidField):
        made(given)


def test_a_month_is_the_sum_of_its_meetings() -> None:
    february = held(NINE - 25 * 24 * 60 * MINUTE)
    series = [*february, *held(after=february[-1])]
    logs = {MEETING: series, OTHER: held(NINE + 120 * MINUTE, OTHER)}
    ticks: list[int] = []
    given = source(logs, month="2020-03")
    document = compose(given, meeting_logs(given), ticks.append)
    assert ticks == [1, 2]
    people, meetings, lines = (document.grid(table) for table in document.tables)
    assert [row[1] for row in meetings] == ["812 345 6789", "900 000 0001"]
    assert dict(document.facts)["Bulan"] == "Maret 2020"
    single = [report(log, given.as_of_ms) for log in (series, logs[OTHER])]
    assert len(lines) == sum(len(one.lines) for one in single) == 8
    assert [row[3] for row in lines] == [str(number) for number in range(1, 9)]
    for row in people:
        spent = sum(line.present_ms for one in single for line in one.lines if inert(line.name) == row[1])
        assert (row[5], row[6]) == ("2", duration(spent // 1000))
    assert {row[1]: row[2] for row in people}["Siti Aminah, S.Kom."] == "19800101 200501 2 001"


def comings(*what: tuple[attendance_pb2.AttendanceKind.ValueType, int, str]) -> list[Record]:
    """What happened so many minutes after nine, by one device after the other of guests called Andi."""
    made: list[Record] = []
    for kind, minutes, device in what:
        record = Record(tenant_id="luwu", meeting_id=MEETING, kind=kind, at_ms=NINE + minutes * MINUTE)
        if device:
            record.participant_id, record.device, record.name = f"p-{device}", device, "Andi"
        made.append(chain.sealed(record, made[-1] if made else None))
    return made


STARTED = attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED
ENDED = attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED
JOINED = attendance_pb2.ATTENDANCE_KIND_JOINED
LEFT = attendance_pb2.ATTENDANCE_KIND_LEFT


def test_a_guest_with_two_devices_was_in_one_meeting() -> None:
    once = [(STARTED, 0, ""), (JOINED, 0, "hp"), (LEFT, 10, "hp"), (JOINED, 20, "laptop"), (ENDED, 60, "")]
    people, meetings, lines = made(source({MEETING: comings(*once)}, month="2020-03")).tables
    assert [row[1:2] + row[5:] for row in people.rows] == [("Andi", 1, 50 * MINUTE)]
    assert (len(meetings.rows), len(lines.rows)) == (1, 2)
    # Another occurrence of the same meeting is another one that they were in.
    twice = [*once, *((kind, minutes + 120, device) for kind, minutes, device in once)]
    (person,) = made(source({MEETING: comings(*twice)}, month="2020-03")).tables[0].rows
    assert person[5:] == (2, 100 * MINUTE)


def test_what_goes_on_beyond_what_was_read_counts_up_to_there() -> None:
    given = source({MEETING: comings((STARTED, 0, ""), (JOINED, 0, "hp"))}, month="2020-03")
    _, end_ms = month_bounds("2020-03", ZoneInfo("Asia/Makassar"))
    for as_of_ms, until_ms in (
        (end_ms + MARGIN_MS - 1, end_ms + MARGIN_MS - 1),
        (end_ms + 90 * 24 * 60 * MINUTE, end_ms + MARGIN_MS),
    ):
        given.as_of_ms = as_of_ms
        people, meetings, lines = made(given).tables
        assert people.rows[0][6] == meetings.rows[0][7] == until_ms - NINE
        # Nothing says that it ended, or that they left.
        assert (meetings.rows[0][5], lines.rows[0][8]) == (0, 0)
    # The report of the meeting alone has all of its records, and so no such end.
    given.month, given.occurrence = "", 1
    assert made(given).tables[0].rows[0][6] == given.as_of_ms - NINE


def test_records_from_the_middle_of_an_occurrence() -> None:
    before = held(NINE - 25 * 24 * 60 * MINUTE)
    series = [*before, *held(after=before[-1])]
    # The first record that is known is the loss of somebody in February.
    document = made(source({MEETING: series[5:]}, month="2020-03"))
    assert len(document.tables[1].rows) == 1
    # From its own beginning on it counts, whatever its number is.
    assert len(made(source({MEETING: series[len(before) :]}, month="2020-03")).tables[1].rows) == 1
    assert dict(document.facts)["Catatan"].endswith("utuh")


def test_a_month_says_which_log_is_not_whole() -> None:
    touched = held(NINE + 120 * MINUTE, OTHER)
    touched[2].at_ms += 1
    document = made(source({MEETING: held(), OTHER: touched}, month="2020-03"))
    logs = [str(row[8]) for row in document.tables[1].rows]
    assert logs == ["utuh", "TIDAK UTUH: ada catatan yang hilang atau berubah"]
    assert dict(document.facts)["Catatan"].endswith(logs[1])


def test_a_month_with_nothing_in_it() -> None:
    document = made(source({}, month="2020-04"))
    assert [table.rows for table in document.tables] == [(), (), ()]


def test_the_bounds_of_a_month() -> None:
    begin, end = month_bounds("2020-12", ZoneInfo("Asia/Makassar"))
    assert (end - begin) == 31 * 24 * 60 * MINUTE
    assert zone_label(ZoneInfo("Asia/Makassar"), begin) == "WITA"


def test_heads() -> None:
    logs = meeting_logs(source({MEETING: held(), OTHER: []}))
    stated = proofs(logs)
    assert [(one.first, one.last) for one in stated] == [(1, 7), (0, 0)]
    assert common_head(stated[:1]) == stated[0].head
    assert len(common_head(stated)) == 64
    assert until(logs[0], 3).records == logs[0].records[:3]


def test_names_and_numbers() -> None:
    assert spaced_nip("198001012005012001") == "19800101 200501 2 001"
    assert spaced_nip("123") == "123"
    assert Setting(source()).of("nobody") == ("", "")
    assert words_of("fr") is words_of("id")


@pytest.mark.parametrize(
    ("month", "last"), [("2026-02", "28"), ("2028-02", "29"), ("2026-11", "30"), ("2026-12", "31")]
)
def test_a_month_ends_with_a_day_of_the_calendar(month: str, last: str) -> None:
    """People are told of which days somebody looked at their attendance."""
    assert month_days(month) == (f"{month}-01", f"{month}-{last}")
