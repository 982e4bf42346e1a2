"""What the patterns of the interface's fields allow, in words: people read them, in the CLI too."""

from __future__ import annotations

from typing import Final

_DATE: Final = "must be a date, as 2026-11-24"
_WORDS: Final = {
    "[0-9]+": "must be digits only",
    "[1-9][0-9]*": "must be what next_page_token of the page before was",
    "[0-9]{10}": "must be 10 digits",
    "[0-9]{13}:[0-9a-f]{8}": "must be what next_page_token of the page before was",
    "[0-9]{18}": "must be 18 digits",
    "[0-9]{4}-[0-9]{2}-[0-9]{2}": _DATE,
    "20[0-9]{2}-[0-9]{2}-[0-9]{2}": _DATE,
    "20[0-9]{2}-(0[1-9]|1[0-2])": "must be a month, as 2026-11",
    "([01][0-9]|2[0-3]):[0-5][0-9]": "must be a time of the day, as 07:45",
    "[a-z0-9]+": "must be small letters and digits",
    "[a-z][a-z0-9-]*": "must be small letters, digits and hyphens, and begin with a letter",
    "[a-z0-9][a-z0-9._-]*": "must be small letters, digits and . _ -, and begin with a letter or digit",
    "[A-Za-z0-9.-]+": "must be letters, digits, dots and hyphens",
    "[A-Za-z0-9_-]+": "must be letters, digits, hyphens and underscores",
    "[A-Za-z_/+-]+[0-9]*": "must be an IANA time zone, as Asia/Makassar",
    "id|en": "must be id or en",
}


def pattern_words(pattern: str) -> str:
    """A sentence of what the RE2 expression allows; that it must match, for one that is not an interface's."""
    return _WORDS.get(pattern, f"must match {pattern}")
