"""The attendance report as a file for a spreadsheet.

UTF-8 with a byte order mark, without which Excel takes it for the code page of the machine, and semicolons, which
Excel expects where the comma is the decimal mark, as in Indonesia. Every cell is quoted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final, Literal

from sipulung.roster.v1 import attendance_pb2, participant_pb2

Language = Literal["id", "en"]
LANGUAGES: Final[dict[str, Language]] = {"id": "id", "en": "en"}

# A cell that begins with one of these is a formula, or becomes one when what is before it is cut off; the wide forms
# are what some input methods give and some spreadsheets take (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class _Words:
    attendance: str
    meeting_id: str
    host: str
    started: str
    ended: str
    made: str
    nobody: str
    running: str
    log: str
    intact: str
    broken: str
    head: str
    name: str
    first_join: str
    last_leave: str
    present: str
    rejoins: str
    lost: str
    state: str
    states: dict[int, str]


_WORDS: Final[dict[Language, _Words]] = {
    "id": _Words(
        attendance="Daftar hadir",
        meeting_id="ID rapat",
        host="Penyelenggara",
        started="Mulai",
        ended="Selesai",
        made="Dibuat",
        nobody="belum ada yang masuk",
        running="masih berlangsung",
        log="Catatan",
        intact="utuh",
        broken="TIDAK UTUH: ada catatan yang hilang atau berubah",
        head="Kepala rantai catatan (SHA-256)",
        name="Nama",
        first_join="Masuk pertama",
        last_leave="Keluar terakhir",
        present="Lama hadir (jam:menit:detik)",
        rejoins="Kembali masuk",
        lost="Jaringan terputus",
        state="Keterangan",
        states={
            participant_pb2.LEAVE_REASON_UNSPECIFIED: "masih hadir",
            participant_pb2.LEAVE_REASON_LEFT: "keluar",
            participant_pb2.LEAVE_REASON_LOST: "jaringan terputus",
            participant_pb2.LEAVE_REASON_REMOVED: "dikeluarkan",
            participant_pb2.LEAVE_REASON_MEETING_ENDED: "sampai selesai",
        },
    ),
    "en": _Words(
        attendance="Attendance",
        meeting_id="Meeting ID",
        host="Host",
        started="Started",
        ended="Ended",
        made="Made",
        nobody="nobody has been in it yet",
        running="still running",
        log="Records",
        intact="intact",
        broken="NOT INTACT: a record is missing or was changed",
        head="Head of the chain of records (SHA-256)",
        name="Name",
        first_join="First join",
        last_leave="Last leave",
        present="Time present (h:mm:ss)",
        rejoins="Joined again",
        lost="Network lost",
        state="Remarks",
        states={
            participant_pb2.LEAVE_REASON_UNSPECIFIED: "still present",
            participant_pb2.LEAVE_REASON_LEFT: "left",
            participant_pb2.LEAVE_REASON_LOST: "network lost",
            participant_pb2.LEAVE_REASON_REMOVED: "removed",
            participant_pb2.LEAVE_REASON_MEETING_ENDED: "until the end",
        },
    ),
}


def csv_of(report: attendance_pb2.GetAttendanceReportResponse, zone: tzinfo, language: Language) -> bytes:
    """The whole file. Times are those of `zone`, which the headings name."""
    w, meeting = _WORDS[language], report.meeting
    started, ended = (_moment(at_ms, zone) for at_ms in (report.started_at_ms, report.ended_at_ms))
    # The zone's name may depend on the time of the year.
    label = zone_label(zone, report.started_at_ms or report.as_of_ms)
    rows: list[Sequence[str]] = [
        (w.attendance, meeting.title),
        (w.meeting_id, f"{meeting.meeting_id[:3]} {meeting.meeting_id[3:6]} {meeting.meeting_id[6:]}"),
        (w.host, meeting.owner_name),
        (f"{w.started} ({label})", started or w.nobody),
        (f"{w.ended} ({label})", ended or (w.running if started else "")),
        (f"{w.made} ({label})", _moment(report.as_of_ms, zone)),
        (w.log, f"{report.records}, {w.intact if report.intact else w.broken}"),
        (w.head, report.head.hex()),
        (),
        (
            "No.",
            w.name,
            f"{w.first_join} ({label})",
            f"{w.last_leave} ({label})",
            w.present,
            w.rejoins,
            w.lost,
            w.state,
        ),
    ]
    for number, line in enumerate(report.lines, 1):
        rows.append(
            (
                str(number),
                line.name,
                _moment(line.first_join_ms, zone),
                _moment(line.last_leave_ms, zone),
                _duration(line.present_ms // 1000),
                str(line.rejoins),
                str(line.lost),
                w.states.get(line.reason, ""),
            )
        )
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def inert(cell: str) -> str:
    """The same text as no spreadsheet takes for a formula: behind an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def zone_label(zone: tzinfo, at_ms: int) -> str:
    """How people call the zone at that time: WITA."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).tzname() or str(zone)


def _duration(seconds: int) -> str:
    """Hours may be more than a day's."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _moment(at_ms: int, zone: tzinfo) -> str:
    """As spreadsheets read a date and time; "" for 0."""
    if not at_ms:
        return ""
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
