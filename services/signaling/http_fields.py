"""What a request of the JSON API brings: its body's fields, and the token in its header."""

from __future__ import annotations

import json
from typing import Any, Final

from aiohttp import web

from services.common.errors import InvalidField, Malformed, TooLarge, Unauthenticated

PREFIX: Final = "/api/v1"

Fields = dict[str, Any]


async def fields_of(request: web.Request, largest: int = 0) -> Fields:
    """The JSON object in the body; an empty body is an empty object. Raises Malformed.

    A body may have as many bytes as the application takes, or `largest` for a route that takes more: TooLarge.
    """
    body = await read_up_to(request, largest) if largest else await request.read()
    if not body.strip():
        return {}
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(fields, dict):
        raise Malformed("the body is not a JSON object")
    return fields


async def read_up_to(request: web.Request, largest: int) -> bytes:
    """The body, also where it is larger than the application takes. Raises TooLarge."""
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > largest:
            raise TooLarge(f"bodies have at most {largest} bytes here")
    return bytes(body)


def text(fields: Fields, name: str) -> str:
    """ "" when it is not there. Raises InvalidField."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidField(name, "must be a string")
    try:
        # JSON can hold half of a surrogate pair, UTF-8 (and so protobuf) cannot.
        value.encode()
    except UnicodeEncodeError:
        raise InvalidField(name, "must be valid Unicode") from None
    return value


def number(fields: Fields, name: str) -> int:
    """0 when it is not there. Raises InvalidField."""
    value = fields.get(name)
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise InvalidField(name, "must be a whole number")
    return value


def flag(fields: Fields, name: str) -> bool:
    """False when it is not there. Raises InvalidField."""
    value = fields.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidField(name, "must be true or false")
    return value


def bearer(request: web.Request) -> str:
    """The token of the header Authorization, or ""."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    # Only what can be a JWT may get into the metadata of a call.
    if scheme.lower() != "bearer" or len(token) > 4096 or not token.isascii() or not token.isprintable():
        return ""
    return token


def required_bearer(request: web.Request) -> str:
    """Raises Unauthenticated."""
    token = bearer(request)
    if not token:
        raise Unauthenticated("sign in first")
    return token
