"""Files of reports as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    data: bytes
    # Of attendance: how many occurrences of meetings are in it.
    meetings: int = 0
