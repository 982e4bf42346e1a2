"""What a message asks for, and everything that is no message."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import DomainError, InvalidField, Malformed
from services.signaling.core import decode
from services.signaling.core.connection import Request
from sipulung.roster.v1 import moderation_pb2, participant_pb2
from sipulung.signaling.v1 import client_pb2


def test_a_request() -> None:
    message = client_pb2.ClientMessage(request_id=4, say=client_pb2.Say(text="Selamat pagi"))
    assert decode.kind_of(decode.parse(message.SerializeToString())) is Request.SAY


def test_every_body_is_a_request() -> None:
    bodies = client_pb2.ClientMessage.DESCRIPTOR.oneofs_by_name["body"].fields
    assert {field.name for field in bodies} == {request.value for request in Request}


def test_no_protobuf() -> None:
    with pytest.raises(Malformed):
        decode.parse(b"\xff\xff\xff")


def test_without_a_number() -> None:
    with pytest.raises(InvalidField) as caught:
        decode.kind_of(client_pb2.ClientMessage(ping=client_pb2.Ping()))
    assert caught.value.field == "request_id"


def test_unknown_request() -> None:
    with pytest.raises(Malformed):
        decode.kind_of(client_pb2.ClientMessage.FromString(b"\x08\x01\xa2\x3f\x00"))


def test_field_beyond_its_limit() -> None:
    with pytest.raises(InvalidField) as caught:
        decode.kind_of(client_pb2.ClientMessage(request_id=1, say=client_pb2.Say(text="a" * 2001)))
    assert caught.value.field == "say.text"


@given(st.binary(max_size=300))
def test_any_bytes(payload: bytes) -> None:
    with contextlib.suppress(DomainError):
        decode.kind_of(decode.parse(payload))


def test_what_is_not_known_goes_no_further() -> None:
    message = client_pb2.ClientMessage(
        request_id=1, react=participant_pb2.ReactRequest(reaction=moderation_pb2.REACTION_AGREE)
    )
    # A field with a number that nobody has given out (length-delimited).
    inner = message.react.SerializeToString() + b"\xfa\x3f\x05" + b"x" * 5
    payload = client_pb2.ClientMessage(request_id=1).SerializeToString()
    number = client_pb2.ClientMessage.DESCRIPTOR.fields_by_name["react"].number
    payload += _key(number) + bytes([len(inner)]) + inner
    assert b"xxxxx" in payload
    assert decode.parse(payload) == message
    assert b"xxxxx" not in decode.parse(payload).react.SerializeToString()


def _key(number: int) -> bytes:
    """Of a length-delimited field (protobuf wire type 2), as a varint."""
    tag = number << 3 | 2
    return bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])
