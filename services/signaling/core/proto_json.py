"""Protobuf messages as the JSON of the HTTP API: proto names, every field there, 64-bit numbers as strings."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message


def shown(message: Message) -> dict[str, Any]:
    """The object."""
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def name_of(enum: Any, value: int, prefix: str) -> str:
    """The name of an enum's value without its prefix; "" for the unspecified, and for one that is newer than this."""
    known = value in enum.values() and value != 0
    return str(enum.Name(value)).removeprefix(prefix) if known else ""


def read_into(message: Message, value: object) -> str:
    """Fills the message from its JSON, with proto names; what is wrong with it, or ""."""
    if not isinstance(value, dict):
        return "must be an object"
    try:
        # JSON can hold half of a surrogate pair. Protobuf's own reader fails at one in a way that is no ValueError.
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "must be valid Unicode"
    try:
        json_format.ParseDict(value, message)
    except (json_format.ParseError, TypeError, ValueError) as error:
        return f"is not of the right form: {error}"[:200]
    return ""
