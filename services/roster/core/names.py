"""Telling people of the same name apart."""

from __future__ import annotations

from collections.abc import Iterable

# As options.proto limits a name, so that a told-apart one passes wherever a name passes.
MAX_LENGTH = 64


def told_apart(name: str, taken: Iterable[str]) -> str:
    """`name`, or "name (2)", "name (3)", … : the first that nobody of `taken` has. Letter case makes no difference."""
    others = {other.casefold() for other in taken}
    candidate, number = name, 1
    while candidate.casefold() in others:
        number += 1
        suffix = f" ({number})"
        candidate = name[: MAX_LENGTH - len(suffix)].rstrip() + suffix
    return candidate
