"""Reading a record's fields from Redis, where everything is bytes. An absent field has its default (older records)."""

from collections.abc import Mapping

Fields = Mapping[bytes, bytes]


def text(fields: Fields, name: str) -> str:
    """A text, "" by default."""
    return fields.get(name.encode(), b"").decode()


def number(fields: Fields, name: str) -> int:
    """A whole number, 0 by default."""
    return int(fields.get(name.encode(), b"0"))
