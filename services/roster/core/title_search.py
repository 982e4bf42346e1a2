"""Whether the title of a meeting is one that somebody looks for.

Every word of what they typed has to be in the title, in any order, also as a part of a word: words take prefixes and
suffixes in Bahasa Indonesia, so that "camat" finds "Kecamatan". Neither case nor diacritics count, and no apostrophes
either, which keyboards write in many ways ("jumat" finds "Jum’at"); all dashes are alike.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from services.common.errors import InvalidField

# Taken out first: the compatibility decomposition of some is a blank and a mark.
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("'`´‘’‛′＇ʹʻʼʾʿˈ"))
# Marks that stand on a letter, and what nobody sees (joiners).
_LEFT_OUT: Final = frozenset({"Mn", "Cf"})


@dataclass(frozen=True, slots=True)
class TitleSearch:
    """The words that a title must have, as `folded` gives them."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, query: str) -> TitleSearch:
        """Raises InvalidField for a text of apostrophes and marks alone, which every title would have."""
        words = tuple(dict.fromkeys(folded(query).split()))
        if not words:
            raise InvalidField("query", "must have a letter, a digit or a sign, not only apostrophes and marks")
        return cls(words)

    def finds(self, title: str) -> bool:
        """Whether all words are in it."""
        text = folded(title)
        return all(word in text for word in self.words)


def folded(text: str) -> str:
    """The text as it is compared, without what does not count: a compatibility caseless form (Unicode, 3.13, D146)."""
    bare = text.translate(_APOSTROPHES)
    if bare.isascii():
        return bare.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold())
    kinds = ((character, unicodedata.category(character)) for character in decomposed)
    return "".join("-" if kind == "Pd" else character for character, kind in kinds if kind not in _LEFT_OUT)
