"""Pages of lists. A token is the last entry's sort key, in base64 so that nobody takes it for more than that."""

import base64
import binascii
from typing import Final

from services.common.errors import InvalidField

_DEFAULT_SIZE: Final = 50


def page_size(asked: int, default: int = _DEFAULT_SIZE) -> int:
    """What was asked for, or the default; the field's limit has capped it."""
    return asked or default


def page_token(last: str) -> str:
    """The token of the page after `last`."""
    return base64.urlsafe_b64encode(last.encode()).decode()


def after_token(token: str) -> str:
    """The sort key that a page follows, "" for the first. Raises InvalidField."""
    try:
        return base64.b64decode(token.encode(), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise InvalidField("page_token", "must be a next_page_token") from None
