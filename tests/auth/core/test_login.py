"""What a person types to sign in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.core.login import NipLogin, UserLogin, parse_login


@pytest.mark.parametrize("text", ["host@luwu", " Host@LUWU "])
def test_a_user_and_a_slug(text: str) -> None:
    assert parse_login(text) == UserLogin("host", "luwu")


@pytest.mark.parametrize("text", ["198001012005011001", "19800101 200501 1 001"])
def test_a_civil_servant_number(text: str) -> None:
    assert parse_login(text) == NipLogin("198001012005011001")


@pytest.mark.parametrize(
    "text", ["", "host", "@luwu", "host@", "1980", "a" * 65 + "@luwu", "a@b@c", "١٩٨٠٠١٠١٢٠٠٥٠١١٠٠١"]
)
def test_what_can_be_nobody(text: str) -> None:
    assert parse_login(text) is None


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    parse_login(text)
