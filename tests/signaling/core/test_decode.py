"""What a message asks for, and everything that is no message."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import DomainError, InvalidField, Malformed
from services.signaling.core import decode
from services.signaling.core.connection import Request
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
