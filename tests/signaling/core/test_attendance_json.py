"""The report as the pages of accounts get it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from services.signaling.core.attendance_json import attendance
from services.signaling.core.verdict_json import verdict
from services.signaling.core.zone_label import zone_label
from sipulung.roster.v1 import attendance_pb2, meeting_pb2, participant_pb2

WITA = ZoneInfo("Asia/Makassar")
# Thursday, 19 March 2020, 09.00.00 WITA.
NINE = 1_584_579_600_000


def report() -> attendance_pb2.GetAttendanceReportResponse:
    return attendance_pb2.GetAttendanceReportResponse(
        meeting=meeting_pb2.Meeting(meeting_id="8123456789", title="-Apel pagi", owner_name="Andi"),
        started_at_ms=NINE,
        as_of_ms=NINE + 7_200_000,
        head=bytes(range(32)),
        records=4,
        intact=True,
        occurrence=1,
        occurrences=[attendance_pb2.HeldOccurrence(number=1, started_at_ms=NINE)],
        lines=[
            attendance_pb2.AttendanceLine(
                name='Budi; "Santoso", S.STP',
                account_id="budi",
                nip="197001011990031001",
                unit="Dinas Kominfo › Bidang IKP",
                first_join_ms=NINE,
                last_leave_ms=NINE + 3_723_000,
                present_ms=3_723_999,
                reason=participant_pb2.LEAVE_REASON_LOST,
            ),
            attendance_pb2.AttendanceLine(name="=cmd|' /C calc'!A0", first_join_ms=NINE, present_ms=90_000_000),
        ],
    )


def test_as_json() -> None:
    body = attendance(report(), WITA)
    assert (body["title"], body["time_zone"], body["zone"], body["head"]) == (
        "-Apel pagi",
        "Asia/Makassar",
        "WITA",
        bytes(range(32)).hex(),
    )
    assert [(one["name"], one["nip"], one["unit"], one["present_s"], one["reason"]) for one in body["people"]] == [
        ('Budi; "Santoso", S.STP', "197001011990031001", "Dinas Kominfo › Bidang IKP", 3723, "LOST"),
        ("=cmd|' /C calc'!A0", "", "", 90_000, ""),
    ]
    assert body["deletion"] is None
    assert body["occurrences"] == [{"number": 1, "started_at_ms": NINE, "ended_at_ms": 0}]


def test_what_retention_deleted() -> None:
    made = report()
    made.deletion.CopyFrom(attendance_pb2.Deletion(at_ms=NINE, last_day="2018-03-18", occurrences=2))
    assert attendance(made, WITA)["deletion"] == {"at_ms": NINE, "last_day": "2018-03-18"}


def test_in_the_zone_of_the_tenant() -> None:
    made = report()
    made.time_zone = "Asia/Jayapura"
    assert attendance(made, WITA)["zone"] == "WIT"


def test_a_reason_that_a_newer_roster_knows() -> None:
    made = report()
    made.lines[0].ParseFromString(made.lines[0].SerializeToString() + b"\x40\x63")
    assert attendance(made, WITA)["people"][0]["reason"] == ""


def test_how_a_zone_is_called() -> None:
    assert zone_label(WITA, NINE) == "WITA"
    assert zone_label(ZoneInfo("Etc/GMT-8"), NINE) == "+08"


def test_a_verdict() -> None:
    body = verdict(
        attendance_pb2.VerifyReportResponse(
            verdict=attendance_pb2.VERDICT_DIFFERS,
            seal=attendance_pb2.SEAL_STATE_BROKEN,
            meeting_id="8123456789",
            office_week="2026-11-23",
            differing=1,
            differences=[attendance_pb2.ReportDifference(table="Daftar hadir", line=2, column="Nama", in_file="Budy")],
        )
    )
    assert (body["verdict"], body["seal"], body["differing"]) == ("DIFFERS", "BROKEN", 1)
    assert (body["office_day"], body["office_week"]) == ("", "2026-11-23")
    assert body["differences"][0] == {
        "table": "Daftar hadir",
        "line": 2,
        "column": "Nama",
        "in_file": "Budy",
        "in_log": "",
    }
