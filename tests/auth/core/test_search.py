"""Which accounts a text is found in."""

import pytest

from services.auth.core.search import is_found


@pytest.mark.parametrize(
    ("query", "found"),
    [("", True), (" ", True), ("SITTI", True), ("rahma", True), ("h.r", True), ("1992", True), ("1993", False)],
)
def test_search(query: str, found: bool) -> None:
    assert is_found(query, "h.rahma", "Hj. Sitti Rahmawati", "199205182016042004") == found
