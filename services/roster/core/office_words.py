"""What stands in a file of office hours, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sipulung.roster.v1 import office_pb2


@dataclass(frozen=True)
class OfficeWords:
    title: str
    scope: str
    date: str
    week: str
    to: str
    hours: str
    free: str
    tolerance: str
    made: str
    people: str
    sums: str
    days: str
    log: str
    meeting_log: str
    head: str
    intact: str
    broken: str
    no_log: str
    number: str
    name: str
    nip: str
    unit: str
    status: str
    first: str
    late: str
    done: str
    inside: str
    outside: str
    present: str
    breaks: str
    break_time: str
    meetings: str
    remark: str
    not_closed: str
    after_midnight: str
    not_closed_text: str
    days_present: str
    days_late: str
    days_not_closed: str
    nobody: str
    signer: str
    page: str
    statuses: dict[int, str]
    no_record: str


_ID: Final = OfficeWords(
    title="Kehadiran kantor",
    scope="Unit kerja",
    date="Tanggal",
    week="Minggu",
    to="sampai",
    hours="Jam kerja",
    free="Bukan hari kerja",
    tolerance="toleransi {0} menit",
    made="Dibuat",
    people="Jumlah orang",
    sums="Jumlah per orang",
    days="Per orang dan hari",
    log="Catatan kehadiran",
    meeting_log="Catatan rapat yang dihitung",
    head="Kepala rantai catatan (SHA-256)",
    intact="utuh",
    broken="TIDAK UTUH: ada catatan yang hilang atau berubah",
    no_log="tidak ada catatan",
    number="No.",
    name="Nama",
    nip="NIP",
    unit="Unit kerja",
    status="Status",
    first="Hadir pertama",
    late="Terlambat (jam:menit:detik)",
    done="Selesai",
    inside="Dalam jam kerja",
    outside="Di luar jam kerja",
    present="Lama hadir",
    breaks="Istirahat",
    break_time="Lama istirahat",
    meetings="Rapat",
    remark="Keterangan",
    not_closed="tanpa “Selesai”",
    after_midnight="selesai lewat tengah malam",
    not_closed_text=(
        "Tanpa “Selesai”: hari itu tidak ditutup. Jam dihitung sampai catatan terakhir hari itu, tidak ditebak."
    ),
    days_present="Hari hadir",
    days_late="Hari terlambat",
    days_not_closed="Hari tanpa “Selesai”",
    nobody="Tidak ada orang.",
    signer="Mengetahui,",
    page="Halaman {0} dari {1}",
    statuses={
        office_pb2.OFFICE_STATUS_NONE: "belum hadir",
        office_pb2.OFFICE_STATUS_PRESENT: "hadir",
        office_pb2.OFFICE_STATUS_IN_MEETING: "dalam rapat",
        office_pb2.OFFICE_STATUS_BREAK: "istirahat",
        office_pb2.OFFICE_STATUS_DONE: "selesai",
        office_pb2.OFFICE_STATUS_AFTER_MEETING: "usai rapat",
    },
    no_record="tidak ada catatan",
)
_EN: Final = OfficeWords(
    title="Office presence",
    scope="Unit",
    date="Date",
    week="Week",
    to="to",
    hours="Office hours",
    free="No working day",
    tolerance="tolerance {0} minutes",
    made="Made",
    people="People",
    sums="Sums by person",
    days="By person and day",
    log="Records of presence",
    meeting_log="Records of meetings counted in",
    head="Head of the chain of records (SHA-256)",
    intact="intact",
    broken="NOT INTACT: a record is missing or was changed",
    no_log="no records",
    number="No.",
    name="Name",
    nip="NIP",
    unit="Unit",
    status="Status",
    first="First present",
    late="Late (h:mm:ss)",
    done="Done",
    inside="Within office hours",
    outside="Outside office hours",
    present="Time present",
    breaks="Breaks",
    break_time="Time of breaks",
    meetings="Meetings",
    remark="Remarks",
    not_closed="without “Done”",
    after_midnight="done after midnight",
    not_closed_text=(
        "Without “Done”: that day was not closed. Time is counted up to its last record; nothing is guessed."
    ),
    days_present="Days present",
    days_late="Days late",
    days_not_closed="Days without “Done”",
    nobody="There are no people.",
    signer="Acknowledged,",
    page="Page {0} of {1}",
    statuses={
        office_pb2.OFFICE_STATUS_NONE: "not yet present",
        office_pb2.OFFICE_STATUS_PRESENT: "present",
        office_pb2.OFFICE_STATUS_IN_MEETING: "in a meeting",
        office_pb2.OFFICE_STATUS_BREAK: "on a break",
        office_pb2.OFFICE_STATUS_DONE: "done",
        office_pb2.OFFICE_STATUS_AFTER_MEETING: "after a meeting",
    },
    no_record="no record",
)


def office_words(language: str) -> OfficeWords:
    """Those of "en"; Bahasa Indonesia for everything else."""
    return _EN if language == "en" else _ID
