"""The errors that cross a boundary between parts. Each has one stable code (common.proto) and one gRPC status.

A `DomainError` is an answer, not a bug: its message is for developers and goes to the caller. Everything else that is
raised is a fault of ours, and the boundary turns it into `Internal` without saying more.
"""

from typing import ClassVar

import grpc

from sipulung.common.v1 import common_pb2


class DomainError(Exception):
    """The root. Attributes: `message` (English, for developers), `field` (path in proto names), `retry_after_ms`."""

    code: ClassVar[common_pb2.ErrorCode.ValueType] = common_pb2.ERROR_CODE_INTERNAL
    grpc_status: ClassVar[grpc.StatusCode] = grpc.StatusCode.INTERNAL
    default_message: ClassVar[str] = "internal error"

    def __init__(self, message: str = "", *, field: str = "", retry_after_ms: int = 0) -> None:
        self.message = message or self.default_message
        self.field = field
        self.retry_after_ms = retry_after_ms
        super().__init__(self.message)

    def to_proto(self) -> common_pb2.Error:
        """The error as it travels: in a gRPC trailer, a WebSocket message or the JSON of the HTTP API."""
        return common_pb2.Error(
            code=self.code,
            message=self.message,
            field=self.field,
            retry_after_ms=min(max(self.retry_after_ms, 0), 0xFFFFFFFF),
        )


class Internal(DomainError):
    """A bug or a fault of ours."""


class Unavailable(DomainError):
    """A component that is needed does not answer now; trying again is right."""

    code = common_pb2.ERROR_CODE_UNAVAILABLE
    grpc_status = grpc.StatusCode.UNAVAILABLE
    default_message = "a component that is needed does not answer"


class InvalidField(DomainError):
    """A field is wrong: `field` names it, the message says what is allowed."""

    code = common_pb2.ERROR_CODE_INVALID_FIELD
    grpc_status = grpc.StatusCode.INVALID_ARGUMENT
    default_message = "a field is wrong"

    def __init__(self, field: str, message: str = "") -> None:
        super().__init__(message, field=field)


class Malformed(DomainError):
    """The bytes are no message of the protocol."""

    code = common_pb2.ERROR_CODE_MALFORMED
    grpc_status = grpc.StatusCode.INVALID_ARGUMENT
    default_message = "malformed message"


class WrongState(DomainError):
    """The message makes no sense now."""

    code = common_pb2.ERROR_CODE_WRONG_STATE
    grpc_status = grpc.StatusCode.FAILED_PRECONDITION
    default_message = "not possible in this state"


class Throttled(DomainError):
    """Too many tries: `retry_after_ms` says when to try again."""

    code = common_pb2.ERROR_CODE_THROTTLED
    grpc_status = grpc.StatusCode.RESOURCE_EXHAUSTED
    default_message = "too many tries"

    def __init__(self, retry_after_ms: int, message: str = "") -> None:
        super().__init__(message, retry_after_ms=retry_after_ms)


class NotFound(DomainError):
    """No such object, or an object of somebody else: the two look alike."""

    code = common_pb2.ERROR_CODE_NOT_FOUND
    grpc_status = grpc.StatusCode.NOT_FOUND
    default_message = "not found"


class PermissionDenied(DomainError):
    """The caller is known and may not do this."""

    code = common_pb2.ERROR_CODE_PERMISSION_DENIED
    grpc_status = grpc.StatusCode.PERMISSION_DENIED
    default_message = "permission denied"

    def __init__(self, message: str = "", *, field: str = "") -> None:
        super().__init__(message, field=field)


class Unauthenticated(DomainError):
    """No credential, or one that is no good."""

    code = common_pb2.ERROR_CODE_UNAUTHENTICATED
    grpc_status = grpc.StatusCode.UNAUTHENTICATED
    default_message = "no valid credential"


class TokenExpired(DomainError):
    """The credential was good once."""

    code = common_pb2.ERROR_CODE_TOKEN_EXPIRED
    grpc_status = grpc.StatusCode.UNAUTHENTICATED
    default_message = "the token has expired"


class Conflict(DomainError):
    """The same object was changed meanwhile, or exists already."""

    code = common_pb2.ERROR_CODE_CONFLICT
    grpc_status = grpc.StatusCode.ABORTED
    default_message = "changed meanwhile or exists already"

    def __init__(self, message: str = "", *, field: str = "") -> None:
        super().__init__(message, field=field)


class TooLarge(DomainError):
    """More bytes than are accepted."""

    code = common_pb2.ERROR_CODE_TOO_LARGE
    grpc_status = grpc.StatusCode.RESOURCE_EXHAUSTED
    default_message = "too large"


class DeadlineExceeded(DomainError):
    """There was no answer in time; whether it took effect is unknown."""

    code = common_pb2.ERROR_CODE_DEADLINE_EXCEEDED
    grpc_status = grpc.StatusCode.DEADLINE_EXCEEDED
    default_message = "no answer in time"


class WrongIdOrPassword(DomainError):
    """Wrong meeting id or wrong password: nobody can tell which."""

    code = common_pb2.ERROR_CODE_WRONG_ID_OR_PASSWORD
    grpc_status = grpc.StatusCode.UNAUTHENTICATED
    default_message = "wrong meeting id or password"


class WrongUserOrPassword(DomainError):
    """Wrong user or wrong password: nobody can tell which."""

    code = common_pb2.ERROR_CODE_WRONG_USER_OR_PASSWORD
    grpc_status = grpc.StatusCode.UNAUTHENTICATED
    default_message = "wrong user or password"


class MeetingFull(DomainError):
    """As many people are in the meeting as it holds."""

    code = common_pb2.ERROR_CODE_MEETING_FULL
    grpc_status = grpc.StatusCode.RESOURCE_EXHAUSTED
    default_message = "the meeting is full"


class MeetingEnded(DomainError):
    """The meeting was ended."""

    code = common_pb2.ERROR_CODE_MEETING_ENDED
    grpc_status = grpc.StatusCode.FAILED_PRECONDITION
    default_message = "the meeting has ended"


class MeetingNotOpen(DomainError):
    """The meeting opens later: at `opens_at_ms` (Unix time), which people read in `time_zone`; 0 and "": not known."""

    code = common_pb2.ERROR_CODE_MEETING_NOT_OPEN
    grpc_status = grpc.StatusCode.FAILED_PRECONDITION
    default_message = "the meeting is not open yet"

    def __init__(self, message: str = "", *, opens_at_ms: int = 0, time_zone: str = "", now_ms: int = 0) -> None:
        super().__init__(message, retry_after_ms=max(opens_at_ms - now_ms, 0) if now_ms else 0)
        self.opens_at_ms = opens_at_ms
        self.time_zone = time_zone

    def to_proto(self) -> common_pb2.Error:
        """With the moment from which trying again makes sense."""
        error = super().to_proto()
        error.opens_at_ms, error.time_zone = self.opens_at_ms, self.time_zone
        return error


class MeetingCancelled(DomainError):
    """The meeting was called off."""

    code = common_pb2.ERROR_CODE_MEETING_CANCELLED
    grpc_status = grpc.StatusCode.FAILED_PRECONDITION
    default_message = "the meeting was cancelled"


class Removed(DomainError):
    """The participant was removed, or their session was closed from elsewhere."""

    code = common_pb2.ERROR_CODE_REMOVED
    grpc_status = grpc.StatusCode.PERMISSION_DENIED
    default_message = "removed from the meeting"


class MeetingLocked(DomainError):
    """A host locked the meeting: nobody new enters."""

    code = common_pb2.ERROR_CODE_MEETING_LOCKED
    grpc_status = grpc.StatusCode.FAILED_PRECONDITION
    default_message = "the meeting is locked"


class LobbyDenied(DomainError):
    """A host did not let them in from the lobby."""

    code = common_pb2.ERROR_CODE_LOBBY_DENIED
    grpc_status = grpc.StatusCode.PERMISSION_DENIED
    default_message = "not admitted from the lobby"


class AccountDisabled(DomainError):
    """The account was disabled by its tenant's administrator. Said only after the right password."""

    code = common_pb2.ERROR_CODE_ACCOUNT_DISABLED
    grpc_status = grpc.StatusCode.PERMISSION_DENIED
    default_message = "the account is disabled"


class OfferRefused(DomainError):
    """The SDP offer cannot be answered: the message says which line."""

    code = common_pb2.ERROR_CODE_OFFER_REFUSED
    grpc_status = grpc.StatusCode.INVALID_ARGUMENT
    default_message = "the offer cannot be answered"


class NoMediaNode(DomainError):
    """No live media node has room."""

    code = common_pb2.ERROR_CODE_NO_MEDIA_NODE
    grpc_status = grpc.StatusCode.UNAVAILABLE
    default_message = "no media node has room"


class SessionGone(DomainError):
    """The session is unknown here (the node was restarted): open a new one."""

    code = common_pb2.ERROR_CODE_SESSION_GONE
    grpc_status = grpc.StatusCode.NOT_FOUND
    default_message = "the session is gone"


class PreviewExpired(DomainError):
    """A preview was left idle for too long."""

    code = common_pb2.ERROR_CODE_PREVIEW_EXPIRED
    grpc_status = grpc.StatusCode.FAILED_PRECONDITION
    default_message = "the preview has expired"


class Replaced(DomainError):
    """The same participant opened another connection, which replaced this one."""

    code = common_pb2.ERROR_CODE_REPLACED
    grpc_status = grpc.StatusCode.ABORTED
    default_message = "replaced by another connection"


class ShuttingDown(DomainError):
    """This process ends; another one answers."""

    code = common_pb2.ERROR_CODE_SHUTTING_DOWN
    grpc_status = grpc.StatusCode.UNAVAILABLE
    default_message = "shutting down"


def _by_code() -> dict[int, type[DomainError]]:
    return {int(kind.code): kind for kind in DomainError.__subclasses__()}


_BY_CODE = _by_code()


def from_proto(error: common_pb2.Error) -> DomainError:
    """The exception for an error that came over a boundary; a code of a newer version becomes `Internal`."""
    kind = _BY_CODE.get(int(error.code), Internal)
    raised = kind.__new__(kind)
    DomainError.__init__(raised, error.message, field=error.field, retry_after_ms=error.retry_after_ms)
    if isinstance(raised, MeetingNotOpen):
        raised.opens_at_ms, raised.time_zone = error.opens_at_ms, error.time_zone
    return raised
