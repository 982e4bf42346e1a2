"""The JSON API for what a page does before it has a WebSocket: join, sign in; and what all routes share."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiohttp import web

from services.common.errors import (
    DomainError,
    Internal,
    InvalidField,
    Malformed,
    NotFound,
    PermissionDenied,
    Throttled,
    TokenExpired,
    TooLarge,
    Unauthenticated,
)
from services.common.telemetry import Telemetry
from services.common.validation import validate
from services.signaling.clients import AuthClient, RosterClient
from services.signaling.core.client_address import Network, throttle_key
from services.signaling.core.http_errors import body_of, retry_after_s, status_of
from services.signaling.core.meeting_json import state_of
from services.signaling.core.opening import refuse_unless_open
from services.signaling.core.rate_limit import ADDRESS_API_CALLS, AddressLimits
from services.signaling.http_fields import PREFIX, bearer, fields_of, text
from services.signaling.peer import address_of, encrypted, same_origin
from sipulung.auth.v1 import session_pb2 as auth_pb2
from sipulung.common.v1 import common_pb2

log: Final = logging.getLogger(__name__)

LARGEST_BODY: Final = 16 * 1024
# RFC 9110 section 9.2.1. Everything else may change something.
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# Where a file is sent, not JSON.
FILE_PATHS: Final = frozenset({f"{PREFIX}/reports/verify"})
COOKIE: Final = "sipulung_refresh"
COOKIE_PATH: Final = "/api/v1/session"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HttpApi:
    """Each handler turns JSON into a request of auth or roster, which authorise by themselves."""

    def __init__(
        self,
        auth: AuthClient,
        roster: RosterClient,
        telemetry: Telemetry,
        trusted_proxies: Sequence[Network],
    ) -> None:
        self._auth = auth
        self._roster = roster
        self._telemetry = telemetry
        self._trusted = trusted_proxies
        self._addresses = AddressLimits(ADDRESS_API_CALLS)

    def routes(self) -> list[web.RouteDef]:
        """All of them, under /api/v1."""
        return [
            web.post(f"{PREFIX}/join", self._join),
            web.post(f"{PREFIX}/sign-in", self._sign_in),
            web.post(f"{PREFIX}/session/refresh", self._refresh),
            web.post(f"{PREFIX}/session/sign-out", self._sign_out),
        ]

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Limits, trace and errors of every call under /api."""
        if not request.path.startswith("/api/"):
            return await handler(request)
        context = common_pb2.TraceContext(
            traceparent=_header(request, "traceparent", 64), tracestate=_header(request, "tracestate", 512)
        )
        route = request.match_info.route.resource
        name = route.canonical if route is not None else "unknown"
        try:
            with self._telemetry.continue_from(context), self._telemetry.span(f"http {request.method} {name}"):
                self._guard(request)
                response = await handler(request)
        except DomainError as error:
            response = self._error(request, error)
        except web.HTTPRequestEntityTooLarge:
            response = self._error(request, TooLarge(f"bodies have at most {LARGEST_BODY} bytes"))
        except web.HTTPException as error:
            # No such route, or not with this method.
            response = self._error(request, NotFound("no such route"))
            if error.status == 405:
                response.set_status(405)
                response.headers["Allow"] = error.headers.get("Allow", "")
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            log.exception("%s %s failed", request.method, name)
            response = self._error(request, Internal("something went wrong"))
        response.headers["Cache-Control"] = "no-store"
        return response

    def _guard(self, request: web.Request) -> None:
        wait_ms = self._addresses.take(throttle_key(address_of(request, self._trusted)), time.monotonic())
        if wait_ms:
            raise Throttled(wait_ms)
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Malformed("the body must not be compressed")
        if request.method not in _SAFE:
            # A page of another site can send forms and text, with our cookie, but neither JSON nor bytes without asking
            # first (CORS).
            body = "application/octet-stream" if request.path in FILE_PATHS else "application/json"
            if request.content_type != body:
                raise Malformed(f"the body must be {body}")
            if not same_origin(request):
                raise PermissionDenied("the request comes from a page of another site")

    def _error(self, request: web.Request, error: DomainError) -> web.Response:
        proto = error.to_proto()
        log.info("%s %s refused: %s", request.method, request.path, error.message, extra={"code": type(error).__name__})
        response = web.json_response(body_of(proto), status=status_of(proto.code))
        if wait_s := retry_after_s(proto):
            response.headers["Retry-After"] = str(wait_s)
        if isinstance(error, (Unauthenticated, TokenExpired)):
            response.headers["WWW-Authenticate"] = "Bearer"
            if request.path.startswith(COOKIE_PATH):
                response.del_cookie(COOKIE, path=COOKIE_PATH)
        return response

    async def _join(self, request: web.Request) -> web.Response:
        fields = await fields_of(request)
        access_token = bearer(request)
        password = text(fields, "password")
        meeting_id = text(fields, "meeting_id")
        if not password and not access_token:
            raise InvalidField("password", "is required")
        wanted = auth_pb2.IssueJoinTokenRequest(
            meeting_id=meeting_id,
            password=password,
            name=text(fields, "name"),
            device=text(fields, "device"),
            address=address_of(request, self._trusted)[:64],
        )
        validate(wanted)
        issued = await self._auth.issue_join_token(wanted, access_token)
        meeting = await self._roster.get_meeting(meeting_id, issued.join_token)
        refuse_unless_open(meeting, issued.role, time.time_ns() // 1_000_000)
        return web.json_response(
            {
                "join_token": issued.join_token,
                "participant_id": issued.participant_id,
                "expires_in_s": issued.expires_in_s,
                "role": _role(common_pb2.MeetingRole, issued.role, "MEETING_ROLE_"),
                "name": issued.name,
                "meeting": {
                    "meeting_id": meeting.meeting_id,
                    "title": meeting.title,
                    "state": state_of(meeting),
                    "present": meeting.present,
                    "capacity": meeting.capacity,
                },
            }
        )

    async def _sign_in(self, request: web.Request) -> web.Response:
        fields = await fields_of(request)
        wanted = auth_pb2.SignInRequest(user=text(fields, "user"), password=text(fields, "password"))
        validate(wanted)
        address = address_of(request, self._trusted)[:64]
        return self._signed_in(request, await self._auth.sign_in(wanted.user, wanted.password, address))

    async def _refresh(self, request: web.Request) -> web.Response:
        return self._signed_in(request, await self._auth.refresh(_refresh_token(request)))

    async def _sign_out(self, request: web.Request) -> web.Response:
        await self._auth.sign_out(_refresh_token(request))
        response = web.json_response({})
        response.del_cookie(COOKIE, path=COOKIE_PATH)
        return response

    def _signed_in(
        self, request: web.Request, signed_in: auth_pb2.SignInResponse | auth_pb2.RefreshResponse
    ) -> web.Response:
        account, tokens = signed_in.account, signed_in.tokens
        response = web.json_response(
            {
                "access_token": tokens.access_token,
                "expires_in_s": tokens.access_expires_in_s,
                "account": {
                    "account_id": account.account_id,
                    "user": account.user,
                    "name": account.name,
                    "role": _role(common_pb2.AccountRole, account.role, "ACCOUNT_ROLE_"),
                },
                "tenant_name": signed_in.tenant_name,
            }
        )
        response.set_cookie(
            COOKIE,
            tokens.refresh_token,
            max_age=tokens.refresh_expires_in_s,
            path=COOKIE_PATH,
            httponly=True,
            samesite="Strict",
            secure=encrypted(request, self._trusted),
        )
        return response


def _header(request: web.Request, name: str, longest: int) -> str:
    """ "" for one that is no text: a header may have any bytes."""
    value = request.headers.get(name, "")[:longest]
    return value if value.isascii() else ""


def _refresh_token(request: web.Request) -> str:
    token = request.cookies.get(COOKIE, "")
    if not token or len(token) > 256 or not token.isascii():
        raise Unauthenticated("not signed in")
    return token


def _role(enum: Any, value: int, prefix: str) -> str:
    return str(enum.Name(value)).removeprefix(prefix)
