"""What stands in an attendance report, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sipulung.roster.v1 import participant_pb2


@dataclass(frozen=True)
class ReportWords:
    attendance: str
    month_title: str
    meeting: str
    meeting_id: str
    occurrence: str
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
    month: str
    scope: str
    own: str
    tenant: str
    people: str
    meetings: str
    lines: str
    proof: str
    number: str
    name: str
    nip: str
    unit: str
    first_join: str
    last_leave: str
    present: str
    rejoins: str
    lost: str
    state: str
    kind: str
    account: str
    guest: str
    attended: str
    records: str
    signature: str
    page: str
    verify: str
    unprintable: str
    signer: str
    proof_text: str
    nip_short: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    at: str
    states: dict[int, str]


_ID: Final = ReportWords(
    attendance="Daftar hadir",
    month_title="Rekapitulasi kehadiran rapat",
    meeting="Rapat",
    meeting_id="ID rapat",
    occurrence="Pertemuan ke",
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
    month="Bulan",
    scope="Cakupan",
    own="rapat sendiri",
    tenant="seluruh instansi",
    people="Orang",
    meetings="Rapat",
    lines="Rincian",
    proof="Bukti",
    number="No.",
    name="Nama",
    nip="NIP",
    unit="Unit kerja",
    first_join="Masuk pertama",
    last_leave="Keluar terakhir",
    present="Lama hadir (jam:menit:detik)",
    rejoins="Kembali masuk",
    lost="Jaringan terputus",
    state="Keterangan",
    kind="Masuk sebagai",
    account="akun",
    guest="tamu",
    attended="Rapat diikuti",
    records="Catatan",
    signature="Tanda tangan",
    page="Halaman {0} dari {1}",
    verify="Periksa keaslian berkas ini di halaman /periksa, atau dengan: sipulung verify-report BERKAS",
    unprintable="□ = huruf yang tidak dapat dicetak di sini; tulisan aslinya ada di berkas CSV dan XLSX.",
    signer="Mengetahui,",
    proof_text="Baris-baris ini membuktikan asal laporan. Jangan diubah atau dihapus.",
    nip_short="NIP",
    days=("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    months=(
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
    at="pukul",
    states={
        participant_pb2.LEAVE_REASON_UNSPECIFIED: "masih hadir",
        participant_pb2.LEAVE_REASON_LEFT: "keluar",
        participant_pb2.LEAVE_REASON_LOST: "jaringan terputus",
        participant_pb2.LEAVE_REASON_REMOVED: "dikeluarkan",
        participant_pb2.LEAVE_REASON_MEETING_ENDED: "sampai selesai",
    },
)
_EN: Final = ReportWords(
    attendance="Attendance",
    month_title="Attendance of meetings in a month",
    meeting="Meeting",
    meeting_id="Meeting ID",
    occurrence="Occurrence",
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
    month="Month",
    scope="Scope",
    own="own meetings",
    tenant="the whole tenant",
    people="People",
    meetings="Meetings",
    lines="Details",
    proof="Proof",
    number="No.",
    name="Name",
    nip="NIP",
    unit="Unit",
    first_join="First join",
    last_leave="Last leave",
    present="Time present (h:mm:ss)",
    rejoins="Joined again",
    lost="Network lost",
    state="Remarks",
    kind="Joined as",
    account="account",
    guest="guest",
    attended="Meetings attended",
    records="Records",
    signature="Signature",
    page="Page {0} of {1}",
    verify="Check that this file is genuine on the page /periksa, or with: sipulung verify-report FILE",
    unprintable="□ = a character that cannot be printed here; it stands in the CSV and XLSX files.",
    signer="Acknowledged,",
    proof_text="These lines prove where the report is from. Do not change or delete them.",
    nip_short="NIP",
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    at="at",
    states={
        participant_pb2.LEAVE_REASON_UNSPECIFIED: "still present",
        participant_pb2.LEAVE_REASON_LEFT: "left",
        participant_pb2.LEAVE_REASON_LOST: "network lost",
        participant_pb2.LEAVE_REASON_REMOVED: "removed",
        participant_pb2.LEAVE_REASON_MEETING_ENDED: "until the end",
    },
)


def words_of(language: str) -> ReportWords:
    """Those of "en"; Bahasa Indonesia for everything else."""
    return _EN if language == "en" else _ID


def day(when: date, w: ReportWords) -> str:
    """19 Maret 2020."""
    return f"{when.day} {w.months[when.month - 1]} {when.year}"


def moment(when: datetime, w: ReportWords, label: str) -> str:
    """Kamis, 19 Maret 2020 pukul 09.00.00 WITA."""
    mark = "." if w is _ID else ":"
    clock = when.strftime(f"%H{mark}%M{mark}%S")
    return f"{w.days[when.weekday()]}, {day(when, w)} {w.at} {clock} {label}"
