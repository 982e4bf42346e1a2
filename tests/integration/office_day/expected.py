"""What has to be on paper after the day. Written by hand, from the story and a calculator."""

from __future__ import annotations

from typing import Final

Rows = list[list[str]]
_DAY: Final = "2020-03-19"
SYAMSUL: Final = ["Drs. H. Syamsul Bahri, M.Si.", "19691109 199403 1 106", "Dinas Kominfo"]
NURHAYATI: Final = ["Hj. Nurhayati, S.E.", "19700228 199503 2 105", "Dinas Kominfo"]
ANDI: Final = ["Andi Tenri Abeng", "19850315 201001 2 101", "Dinas Kominfo"]
BASO: Final = ["Baso Amiruddin", "19900110 201503 1 103", "Dinas Kominfo"]
SITTI: Final = ["Sitti Rahmawati, S.Sos.", "19920518 201604 2 104", "Dinas Kominfo › Bidang IKP"]
DEWI: Final = ["Dewi Anggraini", "19930425 201801 2 108", "Dinas Kominfo › Bidang IKP"]
RUDI: Final = ["Rudi Hartono", "19881201 201212 1 107", "Dinas Kominfo › Bidang IKP"]
MUHLIS: Final = ["Muhlis Ali", "", "Dinas Kominfo › Bidang IKP"]
PATARAI: Final = ["A. Patarai, S.STP.", "19830607 200212 1 001", "Kecamatan Belopa"]
YUSUF: Final = ["Yusuf Manaf", "19791111 200604 1 010", "Kecamatan Belopa"]
FITRI: Final = ["Fitriani", "19950817 201903 2 011", "Kecamatan Belopa"]
ILHAM: Final = ["Ilham Jaya", "", "Kecamatan Belopa"]
GUEST: Final = ["Karim, tokoh masyarakat", "", ""]


def _was(
    number: int, who: list[str], first: str, last: str, present: str, rejoins: int, lost: int, how: str
) -> list[str]:
    kind = "tamu" if who is GUEST else "akun"
    return [str(number), *who, f"{_DAY} {first}", f"{_DAY} {last}", present, str(rejoins), str(lost), how, kind]


# First join, last leave, time present, rejoins, lost networks, how they went.
APEL: Final[Rows] = [
    _was(1, NURHAYATI, "07:38:00", "08:05:00", "0:27:00", 0, 0, "sampai selesai"),
    _was(2, SYAMSUL, "07:39:15", "08:05:00", "0:25:45", 0, 0, "sampai selesai"),
    _was(3, ILHAM, "07:40:00", "07:58:00", "0:18:00", 0, 0, "keluar"),
    _was(4, SITTI, "07:40:10", "08:05:00", "0:24:50", 0, 0, "sampai selesai"),
    # Two devices, one line: from the first of the one to the last of the other.
    _was(5, DEWI, "07:40:30", "08:01:05", "0:20:35", 0, 0, "keluar"),
    # 10:40 and, after a rejoin, 9:15.
    _was(6, RUDI, "07:41:20", "08:05:00", "0:19:55", 1, 0, "sampai selesai"),
    _was(7, PATARAI, "07:42:00", "08:05:00", "0:23:00", 0, 0, "sampai selesai"),
]
APEL_FACTS: Final = {
    "Daftar hadir": "Apel pagi",
    "Pertemuan ke": "1",
    "Penyelenggara": "Hj. Nurhayati, S.E.",
    "Mulai": "Kamis, 19 Maret 2020 pukul 07.38.00 WITA",
    "Selesai": "Kamis, 19 Maret 2020 pukul 08.05.00 WITA",
    "Dibuat": "Jumat, 20 Maret 2020 pukul 07.00.00 WITA",
    # It began; 9 joins and 4 leaves; the 5 who were there till the end; it ended.
    "Catatan": "20, utuh",
}
RAPAT: Final[Rows] = [
    _was(1, NURHAYATI, "10:00:00", "11:00:00", "1:00:00", 0, 0, "sampai selesai"),
    _was(2, PATARAI, "10:00:20", "11:00:00", "0:59:40", 0, 0, "sampai selesai"),
    # Gone with the network and never seen again, which is not the same as to leave.
    _was(3, MUHLIS, "10:00:40", "10:20:00", "0:19:20", 0, 1, "jaringan terputus"),
    # Without network for 20 seconds, which is no rejoin.
    _was(4, YUSUF, "10:01:00", "11:00:00", "0:58:40", 0, 1, "sampai selesai"),
    # 12:30 and, from the same device, 27:00.
    _was(5, GUEST, "10:02:30", "10:45:00", "0:39:30", 1, 0, "keluar"),
    # 25:00 and 29:30.
    _was(6, RUDI, "10:05:00", "11:00:00", "0:54:30", 1, 0, "sampai selesai"),
]
RAPAT_FACTS: Final = {
    "Daftar hadir": "Rapat koordinasi kecamatan",
    "Mulai": "Kamis, 19 Maret 2020 pukul 10.00.00 WITA",
    "Selesai": "Kamis, 19 Maret 2020 pukul 11.00.00 WITA",
}


def _day(who: list[str], first: str, late: str, done: str, inside: str, outside: str, *more: str) -> list[str]:
    """`more`: breaks, time of breaks, meetings, remark."""
    breaks, break_time, meetings, remark = more
    at = [f"{_DAY} {clock}" if clock else "" for clock in (first, done)]
    status = "selesai" if first else "tidak ada catatan"
    return [*who, status, at[0], late, at[1], inside, outside, breaks, break_time, meetings, remark]


# First present, late, done, within office hours, outside of them.
OFFICE: Final = {
    "andi": _day(ANDI, "07:29:59", "0:00:00", "", "4:31:00", "0:00:01", "0", "0:00:00", "0", "tanpa “Selesai”"),
    "baso": _day(BASO, "", "0:00:00", "", "0:00:00", "0:00:00", "0", "0:00:00", "0", ""),
    # There by the meeting at first, and on their own word ten minutes after it.
    "dewi": _day(DEWI, "07:40:30", "0:10:30", "16:10:00", "8:10:35", "0:10:00", "0", "0:00:00", "1", ""),
    "syamsul": _day(SYAMSUL, "07:12:40", "0:00:00", "16:05:30", "7:30:00", "0:22:50", "1", "1:00:00", "1", ""),
    "nurhayati": _day(NURHAYATI, "07:24:05", "0:00:00", "16:00:00", "8:30:00", "0:05:55", "0", "0:00:00", "2", ""),
    "muhlis": _day(MUHLIS, "07:30:10", "0:00:00", "15:00:00", "7:29:50", "0:00:00", "0", "0:00:00", "1", ""),
    "rudi": _day(RUDI, "07:41:20", "0:11:20", "16:00:05", "8:13:55", "0:00:05", "0", "0:00:00", "2", ""),
    "sitti": _day(SITTI, "07:31:10", "0:00:00", "15:30:00", "7:58:50", "0:00:00", "0", "0:00:00", "1", ""),
    "patarai": _day(PATARAI, "07:20:00", "0:00:00", "17:00:00", "8:30:00", "1:10:00", "0", "0:00:00", "2", ""),
    "fitri": _day(FITRI, "08:17:45", "0:47:45", "16:00:15", "7:42:15", "0:00:15", "0", "0:00:00", "0", ""),
    # Said nothing, and was in a meeting: present by itself, and no longer than that.
    "ilham": _day(ILHAM, "07:40:00", "0:00:00", "", "0:18:00", "0:00:00", "0", "0:00:00", "1", ""),
    "yusuf": _day(YUSUF, "07:35:00", "0:00:00", "16:00:10", "7:40:10", "0:00:10", "1", "0:44:50", "1", ""),
}
DEPARTMENT: Final = ("andi", "baso", "dewi", "syamsul", "nurhayati", "muhlis", "rudi", "sitti")
SUB_DISTRICT: Final = ("patarai", "fitri", "ilham", "yusuf")
OFFICE_DAY: Final[Rows] = [[str(number), *OFFICE[who]] for number, who in enumerate(DEPARTMENT, 1)]
OFFICE_DAY_FACTS: Final = {
    "Unit kerja": "Dinas Kominfo",
    "Tanggal": "19 Maret 2020",
    "Jam kerja": "07.30–16.00 WITA, toleransi 10 menit",
    "Jumlah orang": "8",
    "Dibuat": "Jumat, 20 Maret 2020 pukul 07.00.00 WITA",
    # All that was said on that day: 17 times by the department, 8 times by the sub-district.
    "Catatan kehadiran": "25, utuh",
}

# Days present, days late, late, within, outside, present, breaks, time of breaks, meetings, days not closed.
WEEK_SUMS: Final[Rows] = [
    ["1", *PATARAI, "1", "0", "0:00:00", "8:30:00", "1:10:00", "9:40:00", "0", "0:00:00", "2", "0"],
    ["2", *FITRI, "1", "1", "0:47:45", "7:42:15", "0:00:15", "7:42:30", "0", "0:00:00", "0", "0"],
    ["3", *ILHAM, "1", "0", "0:00:00", "0:18:00", "0:00:00", "0:18:00", "0", "0:00:00", "1", "0"],
    ["4", *YUSUF, "1", "0", "0:00:00", "7:40:10", "0:00:10", "7:40:20", "1", "0:44:50", "1", "0"],
]
# The days of the week that have come; Friday has not begun for anybody.
_OTHER_DAYS: Final = (
    ("2020-03-16", "tidak ada catatan"),
    ("2020-03-17", "tidak ada catatan"),
    ("2020-03-18", "tidak ada catatan"),
    (_DAY, ""),
    ("2020-03-20", "belum hadir"),
)


def _week_days() -> Rows:
    rows: Rows = []
    for who in SUB_DISTRICT:
        for date, status in _OTHER_DAYS:
            name, nip, unit, *day = OFFICE[who]
            nothing = [status, "", "0:00:00", "", "0:00:00", "0:00:00", "0", "0:00:00", "0", ""]
            rows.append([str(len(rows) + 1), name, nip, unit, date, *(nothing if status else day)])
    return rows


WEEK_DAYS: Final[Rows] = _week_days()
WEEK_FACTS: Final = {
    "Unit kerja": "Kecamatan Belopa",
    "Minggu": "16 Maret 2020 sampai 22 Maret 2020",
    "Jumlah orang": "4",
}

# What was to be seen while the day went on: name, status, what they are working on.
UNITS: Final = {
    "the sub-district in the meeting": [
        ("A. Patarai, S.STP.", "IN_MEETING", ""),
        ("Fitriani", "PRESENT", "pelayanan KTP"),
        ("Ilham Jaya", "AFTER_MEETING", ""),
        ("Yusuf Manaf", "IN_MEETING", ""),
    ],
    "the department at noon": [
        ("Andi Tenri Abeng", "BREAK", ""),
        ("Baso Amiruddin", "NONE", ""),
        ("Dewi Anggraini", "PRESENT", "rilis berita"),
        ("Drs. H. Syamsul Bahri, M.Si.", "BREAK", ""),
        ("Hj. Nurhayati, S.E.", "PRESENT", ""),
        ("Muhlis Ali", "PRESENT", "jaringan kecamatan"),
        ("Rudi Hartono", "PRESENT", ""),
        ("Sitti Rahmawati, S.Sos.", "PRESENT", "laporan kinerja"),
    ],
}
# Name, how they went ("": they are there), and for how many seconds they have been there.
WITHOUT_NETWORK: Final = [
    ("Hj. Nurhayati, S.E.", "", 1205),
    ("A. Patarai, S.STP.", "", 1185),
    ("Muhlis Ali", "LOST", 1160),
    ("Yusuf Manaf", "LOST", 1140),
    ("Karim, tokoh masyarakat", "", 875),
    ("Rudi Hartono", "", 905),
]
