"""Sets of moments, compared with sets of numbers."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from services.roster.core.intervals import clipped, total_ms, union, without
from services.roster.core.report import Spell

SPELLS = st.lists(st.builds(Spell, st.integers(0, 30), st.integers(0, 30)), max_size=6)


def moments(spells: Iterable[Spell]) -> set[int]:
    return {at for spell in spells for at in range(spell.start_ms, spell.end_ms)}


def apart(spells: list[Spell]) -> bool:
    ends = [spell.end_ms for spell in spells]
    return all(spell.start_ms < spell.end_ms for spell in spells) and all(
        end < spell.start_ms for end, spell in zip(ends, spells[1:], strict=False)
    )


@given(SPELLS)
def test_union(spells: list[Spell]) -> None:
    merged = union(spells)
    assert moments(merged) == moments(spells)
    assert apart(merged)
    assert total_ms(merged) == len(moments(spells))


@given(SPELLS, SPELLS)
def test_without(spells: list[Spell], taken: list[Spell]) -> None:
    left = without(union(spells), union(taken))
    assert moments(left) == moments(spells) - moments(taken)
    assert apart(left)


@given(SPELLS, st.integers(0, 30), st.integers(0, 30))
def test_clipped(spells: list[Spell], start_ms: int, end_ms: int) -> None:
    cut = clipped(union(spells), start_ms, end_ms)
    assert moments(cut) == moments(spells) & set(range(start_ms, end_ms))
    assert apart(cut)
