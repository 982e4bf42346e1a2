"""Which passwords are refused, and how generated ones look."""

import random

import pytest

from services.auth.core.password import new_account_password, new_meeting_password, password_problem


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("too-short", "at least 10 characters"),
        ("ababababab", "different"),
        ("Password2026!", "tried first"),
        ("1234567890", "tried first"),
        ("sekretaris2026", "user name"),
        ("sekretaris@luwu", "user name"),
    ],
)
def test_weak_ones(password: str, problem: str) -> None:
    assert problem in password_problem(password, user="sekretaris", slug="luwu")


def test_a_phrase_is_good() -> None:
    assert password_problem("tuan-rumah-rapat", user="host", slug="luwu") == ""


def test_generated_ones_pass_and_differ() -> None:
    choose = random.Random(1).randrange
    passwords = {new_account_password(choose) for _ in range(100)}
    assert len(passwords) == 100
    assert all(password_problem(one, user="host", slug="luwu") == "" for one in passwords)
    assert len(new_meeting_password(choose)) == 8
