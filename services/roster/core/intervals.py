"""Sets of moments as lists of spells that are sorted, apart from each other and not empty."""

from __future__ import annotations

from collections.abc import Iterable

from services.roster.core.report import Spell


def union(spells: Iterable[Spell]) -> list[Spell]:
    """Whatever lies in one of them; spells that touch become one."""
    merged: list[Spell] = []
    for spell in sorted(spells, key=lambda one: one.start_ms):
        if spell.start_ms >= spell.end_ms:
            continue
        if merged and spell.start_ms <= merged[-1].end_ms:
            merged[-1] = Spell(merged[-1].start_ms, max(merged[-1].end_ms, spell.end_ms))
        else:
            merged.append(spell)
    return merged


def clipped(spells: Iterable[Spell], start_ms: int, end_ms: int) -> list[Spell]:
    """What of them lies between the two."""
    cut = (Spell(max(one.start_ms, start_ms), min(one.end_ms, end_ms)) for one in spells)
    return [one for one in cut if one.start_ms < one.end_ms]


def without(spells: Iterable[Spell], taken: Iterable[Spell]) -> list[Spell]:
    """What of the first lies in none of the second; both are sets of moments."""
    left: list[Spell] = []
    holes = list(taken)
    for spell in spells:
        start_ms = spell.start_ms
        for hole in holes:
            if hole.end_ms <= start_ms or hole.start_ms >= spell.end_ms:
                continue
            if hole.start_ms > start_ms:
                left.append(Spell(start_ms, hole.start_ms))
            start_ms = hole.end_ms
        if start_ms < spell.end_ms:
            left.append(Spell(start_ms, spell.end_ms))
    return left


def total_ms(spells: Iterable[Spell]) -> int:
    """How long they are together; they must not overlap."""
    return sum(one.end_ms - one.start_ms for one in spells)
