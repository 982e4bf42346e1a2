"""The languages that the HTTP API answers in, by how they are asked for."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["id", "en"]
LANGUAGES: Final[dict[str, Language]] = {"id": "id", "en": "en"}
