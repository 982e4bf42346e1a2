"""Dates as the pages say them in Bahasa Indonesia."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

WITA: Final = ZoneInfo("Asia/Makassar")

_DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS: Final = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)


def said(moment: datetime) -> str:
    """ "Kamis, 19 Maret 2020 pukul 09.00 WITA" for a moment of that zone."""
    day = f"{_DAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day} pukul {moment:%H.%M} WITA"
