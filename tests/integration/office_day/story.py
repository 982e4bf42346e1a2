"""Who does what at what time, on the clocks of the office (WITA).

A person is somewhere by a window of theirs: "rudi" is Rudi's first, "dewi's phone" a second device of Dewi's. The guest
has no account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

APEL: Final = "Apel pagi"
RAPAT: Final = "Rapat koordinasi kecamatan"
GUEST: Final = "Karim, tokoh masyarakat"


@dataclass(frozen=True, slots=True)
class Says:
    """On the page of office hours: PRESENT, BREAK or DONE, and what they are working on."""

    who: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Makes:
    """A meeting; `daily` at that time on each day of the office, or at once."""

    who: str
    title: str
    daily: str = ""


@dataclass(frozen=True, slots=True)
class Joins:
    """`media`: with sound and picture on a media node, not the room alone."""

    window: str
    title: str
    media: bool = False


@dataclass(frozen=True, slots=True)
class Leaves:
    window: str


@dataclass(frozen=True, slots=True)
class LosesNetwork:
    """All of them in the same moment: nothing is sent any more, nobody says goodbye."""

    windows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComesBack:
    """With the same window, to the same place."""

    window: str


@dataclass(frozen=True, slots=True)
class Ends:
    """For all."""

    who: str
    title: str


@dataclass(frozen=True, slots=True)
class LooksAtMeeting:
    """Somebody opens the attendance of a meeting that is running."""

    who: str
    title: str


@dataclass(frozen=True, slots=True)
class LooksAtUnit:
    """Somebody opens the page of who is at work now, and finds that."""

    who: str
    sees: str


Act = Says | Makes | Joins | Leaves | LosesNetwork | ComesBack | Ends | LooksAtMeeting | LooksAtUnit

STORY: Final[tuple[tuple[str, Act], ...]] = (
    ("2020-03-18 15:00:00", Makes("nurhayati", APEL, daily="07:45")),
    ("2020-03-19 07:12:40", Says("syamsul", "PRESENT", "menyiapkan apel")),
    ("2020-03-19 07:20:00", Says("patarai", "PRESENT")),
    ("2020-03-19 07:24:05", Says("nurhayati", "PRESENT")),
    ("2020-03-19 07:29:59", Says("andi", "PRESENT", "surat masuk")),
    ("2020-03-19 07:30:10", Says("muhlis", "PRESENT", "jaringan kecamatan")),
    ("2020-03-19 07:31:10", Says("sitti", "PRESENT")),
    ("2020-03-19 07:35:00", Says("yusuf", "PRESENT")),
    # The morning's assembly opens a quarter of an hour before it begins.
    ("2020-03-19 07:38:00", Joins("nurhayati", APEL)),
    ("2020-03-19 07:39:15", Joins("syamsul", APEL)),
    # The last second that is not late, and the first half minute that is.
    ("2020-03-19 07:40:00", Joins("ilham", APEL)),
    ("2020-03-19 07:40:10", Joins("sitti", APEL)),
    ("2020-03-19 07:40:30", Joins("dewi", APEL)),
    ("2020-03-19 07:41:20", Joins("rudi", APEL)),
    ("2020-03-19 07:42:00", Joins("patarai", APEL)),
    # A second device at the same time; then the first one goes.
    ("2020-03-19 07:43:10", Joins("dewi's phone", APEL)),
    ("2020-03-19 07:50:30", Leaves("dewi")),
    ("2020-03-19 07:52:00", Leaves("rudi")),
    ("2020-03-19 07:55:45", Joins("rudi's second try", APEL)),
    ("2020-03-19 07:58:00", Leaves("ilham")),
    ("2020-03-19 08:01:05", Leaves("dewi's phone")),
    ("2020-03-19 08:05:00", Ends("nurhayati", APEL)),
    ("2020-03-19 08:06:00", Says("rudi", "PRESENT")),
    ("2020-03-19 08:10:00", Says("dewi", "PRESENT", "rilis berita")),
    ("2020-03-19 08:17:45", Says("fitri", "PRESENT", "pelayanan KTP")),
    ("2020-03-19 09:00:00", Says("sitti", "PRESENT", "laporan kinerja")),
    ("2020-03-19 09:30:00", Makes("nurhayati", RAPAT)),
    ("2020-03-19 10:00:00", Joins("nurhayati's second meeting", RAPAT)),
    ("2020-03-19 10:00:20", Joins("patarai's second meeting", RAPAT)),
    ("2020-03-19 10:00:40", Joins("muhlis", RAPAT, media=True)),
    ("2020-03-19 10:01:00", Joins("yusuf", RAPAT, media=True)),
    ("2020-03-19 10:02:30", Joins("guest", RAPAT)),
    ("2020-03-19 10:05:00", Joins("rudi's meeting", RAPAT)),
    ("2020-03-19 10:15:00", Leaves("guest")),
    ("2020-03-19 10:18:00", Joins("guest, again", RAPAT)),
    ("2020-03-19 10:19:00", LooksAtUnit("patarai", "the sub-district in the meeting")),
    # The line to the sub-district breaks. Muhlis never comes back.
    ("2020-03-19 10:20:00", LosesNetwork(("muhlis", "yusuf"))),
    ("2020-03-19 10:20:05", LooksAtMeeting("nurhayati", RAPAT)),
    ("2020-03-19 10:20:20", ComesBack("yusuf")),
    ("2020-03-19 10:30:00", Leaves("rudi's meeting")),
    ("2020-03-19 10:30:30", Joins("rudi's meeting, again", RAPAT)),
    ("2020-03-19 10:45:00", Leaves("guest, again")),
    ("2020-03-19 11:00:00", Ends("nurhayati", RAPAT)),
    ("2020-03-19 12:00:00", Says("syamsul", "BREAK")),
    # Andi says nothing more on that day.
    ("2020-03-19 12:01:00", Says("andi", "BREAK")),
    ("2020-03-19 12:05:10", Says("yusuf", "BREAK")),
    ("2020-03-19 12:30:00", LooksAtUnit("syamsul", "the department at noon")),
    ("2020-03-19 12:50:00", Says("yusuf", "PRESENT")),
    ("2020-03-19 13:00:00", Says("syamsul", "PRESENT")),
    ("2020-03-19 15:00:00", Says("muhlis", "DONE")),
    ("2020-03-19 15:30:00", Says("sitti", "DONE")),
    ("2020-03-19 16:00:00", Says("nurhayati", "DONE")),
    ("2020-03-19 16:00:05", Says("rudi", "DONE")),
    ("2020-03-19 16:00:10", Says("yusuf", "DONE")),
    ("2020-03-19 16:00:15", Says("fitri", "DONE")),
    ("2020-03-19 16:05:30", Says("syamsul", "DONE")),
    ("2020-03-19 16:10:00", Says("dewi", "DONE")),
    ("2020-03-19 17:00:00", Says("patarai", "DONE")),
)
# Somebody asks for the files.
NEXT_MORNING: Final = "2020-03-20 07:00:00"
