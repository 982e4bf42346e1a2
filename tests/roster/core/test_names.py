from __future__ import annotations

from services.roster.core.names import MAX_LENGTH, told_apart


def test_the_first_free_number() -> None:
    assert told_apart("Budi", []) == "Budi"
    assert told_apart("Budi", ["budi"]) == "Budi (2)"
    assert told_apart("Budi", ["Budi", "BUDI (2)", "Budi (4)"]) == "Budi (3)"


def test_a_long_name_stays_within_its_limit() -> None:
    long = "x" * MAX_LENGTH
    other = told_apart(long, [long])
    assert len(other) == MAX_LENGTH
    assert other.endswith("x (2)")
