"""Resume tokens: one use, a short second life for the one before, and nothing to steal in Redis."""

import pytest

from services.common.errors import SessionGone
from services.signaling.core import resume
from sipulung.signaling.v1 import record_pb2

JOIN_TOKEN = "header.payload.signature"


def token(number: int = 0) -> resume.ResumeToken:
    return resume.make_token("tenant", "8123456789", "person", bytes([number]) * 16)


def record_with(*numbers: int, now_ms: int = 0) -> record_pb2.SessionRecord:
    record = record_pb2.SessionRecord(session_id="session")
    for number in numbers:
        resume.replace_key(record, resume.seal(token(number), JOIN_TOKEN), now_ms)
    return record


def test_written_and_read() -> None:
    assert resume.parse_token(str(token())) == token()
    assert len(str(token())) <= 128
    assert token().secret not in repr(token())


@pytest.mark.parametrize(
    "text", ["", "a.b.c.d", "tenant.8123456789.person.short", str(token()) + "a", str(token()).upper()]
)
def test_forged_tokens(text: str) -> None:
    with pytest.raises(SessionGone):
        resume.parse_token(text)


def test_opens_the_join_token() -> None:
    assert resume.unseal(record_with(1), "session", token(1), 0) == JOIN_TOKEN


def test_nothing_readable_is_stored() -> None:
    stored = record_with(1).SerializeToString()
    assert JOIN_TOKEN.encode() not in stored
    assert token(1).secret.encode() not in stored


def test_previous_token_works_for_a_while() -> None:
    record = record_with(1, 2, now_ms=1000)
    assert resume.unseal(record, "session", token(2), 10**9) == JOIN_TOKEN
    assert resume.unseal(record, "session", token(1), 1000 + resume.PREVIOUS_VALID_MS - 1) == JOIN_TOKEN
    with pytest.raises(SessionGone):
        resume.unseal(record, "session", token(1), 1000 + resume.PREVIOUS_VALID_MS)


def test_older_tokens_are_dead() -> None:
    with pytest.raises(SessionGone):
        resume.unseal(record_with(1, 2, 3), "session", token(1), 0)


@pytest.mark.parametrize(("session_id", "number"), [("other", 1), ("session", 9)])
def test_wrong_session_or_secret(session_id: str, number: int) -> None:
    with pytest.raises(SessionGone):
        resume.unseal(record_with(1), session_id, token(number), 0)


def test_record_without_keys() -> None:
    with pytest.raises(SessionGone):
        resume.unseal(record_pb2.SessionRecord(session_id="session"), "session", token(), 0)


def test_damaged_record() -> None:
    record = record_with(1)
    record.current.sealed_join_token = b"damaged" * 5
    with pytest.raises(SessionGone):
        resume.unseal(record, "session", token(1), 0)
