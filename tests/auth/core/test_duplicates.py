"""Accounts of one import that contradict each other."""

from services.auth.core.duplicates import first_duplicate


def test_the_first_one_is_named() -> None:
    assert first_duplicate([]) is None
    assert first_duplicate([("a", ""), ("b", ""), ("c", "1")]) is None
    assert first_duplicate([("a", ""), ("b", ""), ("a", "1")]) == (2, "user")
    assert first_duplicate([("a", "1"), ("b", "1")]) == (1, "nip")
