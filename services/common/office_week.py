"""Office hours as operators write them: "mon-thu 07:30-16:00, fri 07:30-16:30"; "none" is no day at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from sipulung.auth.v1.tenant_pb2 import OfficeDay

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Bahasa Indonesia as well: Senin, Selasa, Rabu, Kamis, Jumat, Sabtu, Minggu.
_NUMBERS: Final = {
    name: number
    for names in (_DAYS, ("sen", "sel", "rab", "kam", "jum", "sab", "min"))
    for number, name in enumerate(names, 1)
}
_SPAN: Final = re.compile(
    r"(?P<first>[a-z]{3,})(?:\s*-\s*(?P<last>[a-z]{3,}))?\s+"
    r"(?P<from>[0-9]{1,2}[:.][0-9]{2})\s*-\s*(?P<to>[0-9]{1,2}[:.][0-9]{2})"
)
_ALLOWED: Final = 'must be days with times, as "mon-thu 07:30-16:00, fri 07:30-16:30", or "none"'


def parse_week(text: str) -> list[OfficeDay]:
    """The days in order. Raises ValueError with a sentence about what is wrong."""
    folded = text.strip().lower()
    if folded == "none":
        return []
    days: dict[int, OfficeDay] = {}
    for part in re.split(r"[,;\n]", folded):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{_ALLOWED}: {part.strip()!r} is not")
        first = _day(match["first"])
        last = _day(match["last"]) if match["last"] else first
        if last < first:
            raise ValueError(f"{part.strip()!r}: the last day comes before the first")
        begin, end = _minute(match["from"]), _minute(match["to"])
        if end <= begin:
            raise ValueError(f"{part.strip()!r}: the end must lie after the beginning")
        for number in range(first, last + 1):
            if number in days:
                raise ValueError(f"{_DAYS[number - 1]} is there twice")
            days[number] = OfficeDay(weekday=number, from_minute=begin, to_minute=end)
    return [days[number] for number in sorted(days)]


def format_week(days: Iterable[OfficeDay]) -> str:
    """The same as text, days of equal hours that follow each other as a span."""
    spans: list[str] = []
    ordered = sorted(days, key=lambda day: day.weekday)
    numbered = enumerate(ordered)
    for _, same in groupby(numbered, lambda pair: (pair[1].weekday - pair[0], pair[1].from_minute, pair[1].to_minute)):
        run = [day for _, day in same]
        names = _DAYS[run[0].weekday - 1] + (f"-{_DAYS[run[-1].weekday - 1]}" if len(run) > 1 else "")
        spans.append(f"{names} {_clock(run[0].from_minute)}-{_clock(run[0].to_minute)}")
    return ", ".join(spans) or "none"


def _day(word: str) -> int:
    number = _NUMBERS.get(word[:3])
    if number is None:
        raise ValueError(f"{word!r} is no day: allowed are {', '.join(_DAYS)}")
    return number


def _minute(text: str) -> int:
    hours, minutes = (int(part) for part in re.split("[:.]", text))
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise ValueError(f"{text!r} is no time of the day: allowed is 00:00 to 24:00")
    return hours * 60 + minutes


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
