"""The report as a file, byte for byte, and what must not become a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.signaling.core.attendance_csv import csv_of, inert, zone_label
from sipulung.roster.v1 import attendance_pb2, meeting_pb2, participant_pb2

WITA = ZoneInfo("Asia/Makassar")
START = int(datetime(2026, 3, 2, 23, 45, 3, 500_000, UTC).timestamp() * 1000)


def report(**more: int | bool) -> attendance_pb2.GetAttendanceReportResponse:
    lines = [
        attendance_pb2.AttendanceLine(
            name='Budi; "Santoso", S.STP',
            first_join_ms=START,
            last_leave_ms=START + 3_723_000,
            present_ms=3_723_999,
            rejoins=1,
            lost=2,
            reason=participant_pb2.LEAVE_REASON_LOST,
        ),
        attendance_pb2.AttendanceLine(
            name="=cmd|' /C calc'!A0", account_id="x", first_join_ms=START + 60_000, present_ms=90_000_000
        ),
    ]
    made = attendance_pb2.GetAttendanceReportResponse(
        meeting=meeting_pb2.Meeting(meeting_id="8123456789", title="-Apel pagi", owner_name="Andi"),
        started_at_ms=START,
        ended_at_ms=START + 7_200_000,
        as_of_ms=START + 9_000_000,
        lines=lines,
        head=bytes(range(32)),
        records=9,
        intact=True,
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_whole_file() -> None:
    data = csv_of(report(), WITA, "id")
    assert data.startswith(b'\xef\xbb\xbf"Daftar hadir";"\'-Apel pagi"\r\n')
    assert rows(data) == [
        ["Daftar hadir", "'-Apel pagi"],
        ["ID rapat", "812 345 6789"],
        ["Penyelenggara", "Andi"],
        ["Mulai (WITA)", "2026-03-03 07:45:03"],
        ["Selesai (WITA)", "2026-03-03 09:45:03"],
        ["Dibuat (WITA)", "2026-03-03 10:15:03"],
        ["Catatan", "9, utuh"],
        ["Kepala rantai catatan (SHA-256)", bytes(range(32)).hex()],
        [],
        [
            "No.",
            "Nama",
            "Masuk pertama (WITA)",
            "Keluar terakhir (WITA)",
            "Lama hadir (jam:menit:detik)",
            "Kembali masuk",
            "Jaringan terputus",
            "Keterangan",
        ],
        [
            "1",
            'Budi; "Santoso", S.STP',
            "2026-03-03 07:45:03",
            "2026-03-03 08:47:06",
            "1:02:03",
            "1",
            "2",
            "jaringan terputus",
        ],
        ["2", "'=cmd|' /C calc'!A0", "2026-03-03 07:46:03", "", "25:00:00", "0", "0", "masih hadir"],
    ]


def test_in_english_while_it_runs_and_with_a_broken_log() -> None:
    table = rows(csv_of(report(ended_at_ms=0, intact=False), ZoneInfo("UTC"), "en"))
    assert table[4:7] == [
        ["Ended (UTC)", "still running"],
        ["Made (UTC)", "2026-03-03 02:15:03"],
        ["Records", "9, NOT INTACT: a record is missing or was changed"],
    ]
    assert table[10][-1] == "network lost"


def test_before_anybody_came() -> None:
    empty = report(started_at_ms=0, ended_at_ms=0)
    del empty.lines[:]
    table = rows(csv_of(empty, WITA, "id"))
    assert table[3:5] == [["Mulai (WITA)", "belum ada yang masuk"], ["Selesai (WITA)", ""]]
    assert len(table) == 10


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t=1", "  =1", "\n+1", "\uff1d1", "\uff20A"])
def test_formulas_are_inert(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Budi", "S-1", "'=1", "2026-03-03"])
def test_other_text_stays(text: str) -> None:
    assert inert(text) == text


def test_the_zone_by_its_name() -> None:
    assert [zone_label(ZoneInfo(name), START) for name in ("Asia/Jakarta", "Asia/Jayapura")] == ["WIB", "WIT"]


def test_a_reason_that_a_newer_roster_knows() -> None:
    made = report()
    made.lines[0].ParseFromString(made.lines[0].SerializeToString() + b"\x40\x63")
    assert rows(csv_of(made, WITA, "id"))[10][-1] == ""
