"""What ends a command early: one line on standard error, and the exit code."""

from __future__ import annotations

from typing import Final

from services.common.errors import (
    AccountDisabled,
    DeadlineExceeded,
    DomainError,
    PermissionDenied,
    Throttled,
    TokenExpired,
    Unauthenticated,
)

REFUSED: Final = 1
USAGE: Final = 2


class Failure(Exception):
    """The message is one line, for a person; the code is REFUSED or USAGE."""

    def __init__(self, message: str, code: int = REFUSED) -> None:
        super().__init__(message)
        self.code = code


def sentence(error: DomainError) -> str:
    """What a service answered, as one line."""
    match error:
        case Unauthenticated() | TokenExpired():
            return "you are not signed in (any more): run `sipulung sign-in`"
        case AccountDisabled():
            return "your account is disabled"
        case PermissionDenied():
            # The service says more where the reason is not the caller's role alone.
            reason = "" if error.message == error.default_message else f": {error.message}"
            return f"your account may not do this{reason}"
        case Throttled():
            return f"too many tries: wait {error.retry_after_ms / 1000:.0f} s"
        case DeadlineExceeded():
            return "there was no answer in time; look whether it was done before you repeat it"
    if error.field == "revision":
        return "somebody else changed it at the same moment: look at it, and repeat the command"
    field = error.field.removeprefix("account.")
    return f"{field}: {error.message}" if field else error.message
