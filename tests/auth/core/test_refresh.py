"""Rotation of refresh tokens."""

import pytest

from services.auth.core.refresh import Family, Refusal, rotate, split_token

FAMILY = Family("t", "a", 1, "current")


def test_the_newest_token_is_exchanged() -> None:
    assert rotate(FAMILY, "current", "next", 1) == Family("t", "a", 1, "next")


def test_an_older_one_is_a_copy() -> None:
    after = rotate(FAMILY, "current", "next", 1)
    assert isinstance(after, Family)
    assert rotate(after, "current", "third", 1) is Refusal.REUSED


@pytest.mark.parametrize("epoch", [2, None])
def test_a_reset_password_or_a_missing_account_ends_it(epoch: int | None) -> None:
    assert rotate(FAMILY, "current", "next", epoch) is Refusal.OUTDATED


def test_an_unknown_family() -> None:
    assert rotate(None, "current", "next", 1) is Refusal.UNKNOWN


def test_tokens_are_split() -> None:
    assert split_token("family." + "s" * 43) == ("family", "s" * 43)


@pytest.mark.parametrize(
    "token",
    ["", "family", "." + "s" * 43, "fam:ily." + "s" * 43, "é." + "s" * 43, "f.short", "f" * 33 + "." + "s" * 43],
)
def test_what_cannot_be_a_token(token: str) -> None:
    assert split_token(token) is None
