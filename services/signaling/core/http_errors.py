"""Errors as the HTTP API tells them."""

from __future__ import annotations

from math import ceil
from typing import Final

from sipulung.common.v1 import common_pb2

_STATUS: Final[dict[int, int]] = {
    common_pb2.ERROR_CODE_INTERNAL: 500,
    common_pb2.ERROR_CODE_UNAVAILABLE: 503,
    common_pb2.ERROR_CODE_INVALID_FIELD: 400,
    common_pb2.ERROR_CODE_MALFORMED: 400,
    common_pb2.ERROR_CODE_WRONG_STATE: 409,
    common_pb2.ERROR_CODE_THROTTLED: 429,
    common_pb2.ERROR_CODE_NOT_FOUND: 404,
    common_pb2.ERROR_CODE_PERMISSION_DENIED: 403,
    common_pb2.ERROR_CODE_UNAUTHENTICATED: 401,
    common_pb2.ERROR_CODE_TOKEN_EXPIRED: 401,
    common_pb2.ERROR_CODE_CONFLICT: 409,
    common_pb2.ERROR_CODE_TOO_LARGE: 413,
    common_pb2.ERROR_CODE_DEADLINE_EXCEEDED: 504,
    common_pb2.ERROR_CODE_WRONG_ID_OR_PASSWORD: 403,
    common_pb2.ERROR_CODE_WRONG_USER_OR_PASSWORD: 401,
    common_pb2.ERROR_CODE_MEETING_FULL: 409,
    common_pb2.ERROR_CODE_MEETING_ENDED: 410,
    common_pb2.ERROR_CODE_MEETING_NOT_OPEN: 409,
    common_pb2.ERROR_CODE_REMOVED: 403,
    common_pb2.ERROR_CODE_ACCOUNT_DISABLED: 403,
    common_pb2.ERROR_CODE_MEETING_LOCKED: 409,
    common_pb2.ERROR_CODE_LOBBY_DENIED: 403,
    common_pb2.ERROR_CODE_OFFER_REFUSED: 400,
    common_pb2.ERROR_CODE_NO_MEDIA_NODE: 503,
    common_pb2.ERROR_CODE_SESSION_GONE: 410,
    common_pb2.ERROR_CODE_PREVIEW_EXPIRED: 410,
    common_pb2.ERROR_CODE_REPLACED: 409,
    common_pb2.ERROR_CODE_SHUTTING_DOWN: 503,
    common_pb2.ERROR_CODE_MEETING_CANCELLED: 410,
}


def status_of(code: int) -> int:
    """The HTTP status for an error code; 500 for one that a newer service sends."""
    return _STATUS.get(code, 500)


def body_of(error: common_pb2.Error) -> dict[str, dict[str, str | int]]:
    """The JSON of an error, with the code's name without its prefix."""
    try:
        name = common_pb2.ErrorCode.Name(error.code).removeprefix("ERROR_CODE_")
    except ValueError:
        name = "INTERNAL"
    body: dict[str, str | int] = {
        "code": name,
        "field": error.field,
        "message": error.message,
        "retry_after_ms": error.retry_after_ms,
    }
    if error.opens_at_ms:
        body |= {"opens_at_ms": error.opens_at_ms, "time_zone": error.time_zone}
    return {"error": body}


def retry_after_s(error: common_pb2.Error) -> int:
    """For the header Retry-After; 0: none."""
    return ceil(error.retry_after_ms / 1000)
