"""Which titles are found by what somebody types."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import InvalidField
from services.roster.core.title_search import TitleSearch, folded

TITLES = st.text(st.characters(exclude_categories=("Cs", "Co", "Cn", "Cc")), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("apel pagi maret", "Apel Pagi, Maret 2026"),
        ("MARET apel", "Apel pagi bulan Maret"),
        ("camat", "Rapat Kecamatan Larompong"),
        ("rapat rapat", "Rapat staf"),
        ("  koordinasi\tcamat ", "Rapat Koordinasi Camat"),
        ("cafe", "Café Désa"),
        ("DÉSA", "Cafe\u0301 desa"),
        ("jumat", "Salat Jum’at berjamaah"),
        ("jum'at", "Salat Jumat berjamaah"),
        ("qur´an", "Al-Qurʼan"),
        ("2025-2026", "Anggaran 2025–2026"),
        ("strasse", "Straße"),
        ("ﬁnal", "Rapat Final"),
        ("ꦫꦥꦠ꧀", "ꦫꦥꦠ꧀ ꦝꦺꦱ"),
        ("e-kinerja", "Sosialisasi e-Kinerja"),
        ("+", "Rapat A + B"),
    ],
)
def test_found(query: str, title: str) -> None:
    assert TitleSearch.of(query).finds(title)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("apel pagi maret", "Apel pagi April"),
        ("apelpagi", "Apel pagi"),
        ("pagi apel", "Apel"),
        ("larompong*", "Rapat Larompong"),
        (".", "Rapat Larompong"),
    ],
)
def test_not_found(query: str, title: str) -> None:
    assert not TitleSearch.of(query).finds(title)


@pytest.mark.parametrize("query", ["", "  ", "'", "’ ʼ", "\u0301"])
def test_what_every_title_would_have_is_refused(query: str) -> None:
    with pytest.raises(InvalidField) as refused:
        TitleSearch.of(query)
    assert refused.value.field == "query"


def test_a_word_is_looked_for_once() -> None:
    assert TitleSearch.of("Rapat rapat RAPAT camat").words == ("rapat", "camat")


@given(TITLES, st.data())
def test_a_title_is_found_by_its_words_however_they_are_written(title: str, data: st.DataObject) -> None:
    words = " ".join(data.draw(st.permutations(title.split())))
    for written in (words, words.casefold(), unicodedata.normalize("NFD", words)):
        if folded(written).split():
            assert TitleSearch.of(written).finds(title)


@given(TITLES)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
