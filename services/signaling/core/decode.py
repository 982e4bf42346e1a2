"""What a WebSocket message asks for, before anybody acts on it."""

from __future__ import annotations

from typing import Final

from google.protobuf.message import DecodeError

from services.common.errors import InvalidField, Malformed
from services.common.validation import validate
from services.signaling.core.connection import Request
from sipulung.signaling.v1 import client_pb2

# The largest message that the protocol allows, in bytes.
LARGEST: Final = 256 * 1024


def parse(payload: bytes) -> client_pb2.ClientMessage:
    """The message in those bytes. Raises Malformed; the connection is then of no more use."""
    try:
        message = client_pb2.ClientMessage.FromString(payload)
    except DecodeError:
        raise Malformed("the bytes are no ClientMessage") from None
    # Parts of it go on to other services, which nobody should reach by what we do not know.
    message.DiscardUnknownFields()
    return message


def kind_of(message: client_pb2.ClientMessage) -> Request:
    """What it asks for. Raises Malformed for nothing, or for what a newer client knows; InvalidField for a field
    beyond its limits."""
    if message.request_id == 0:
        raise InvalidField("request_id", "must not be 0: that is for events")
    kind = message.WhichOneof("body")
    if kind is None:
        raise Malformed("the message asks for nothing that this server knows")
    validate(message)
    return Request(kind)
