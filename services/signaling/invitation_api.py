"""The JSON API of whoever was invited to a meeting and does not join it yet: its file for calendars."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from services.common.errors import InvalidField
from services.common.validation import validate
from services.signaling.calendar_response import calendar_response, language_of
from services.signaling.clients import AuthClient, RosterClient
from services.signaling.core.client_address import Network
from services.signaling.http_fields import PREFIX, bearer, fields_of, text
from services.signaling.peer import address_of
from sipulung.auth.v1 import session_pb2 as auth_pb2
from sipulung.roster.v1 import meeting_pb2


class InvitationApi:
    """Auth decides by ID and password, as for a join: with the same throttle, and the same answer to what is wrong."""

    def __init__(self, auth: AuthClient, roster: RosterClient, trusted_proxies: Sequence[Network]) -> None:
        self._auth = auth
        self._roster = roster
        self._trusted = trusted_proxies

    def routes(self) -> list[web.RouteDef]:
        """All of them, under /api/v1."""
        return [web.post(f"{PREFIX}/join/calendar.ics", self._calendar)]

    async def _calendar(self, request: web.Request) -> web.Response:
        """With the password in it: whoever asks has it, and needs it again on the day."""
        fields = await fields_of(request)
        language, password = language_of(fields), text(fields, "password")
        access_token = bearer(request)
        if not password and not access_token:
            raise InvalidField("password", "is required")
        wanted = auth_pb2.IssueJoinTokenRequest(
            meeting_id=text(fields, "meeting_id"),
            password=password,
            name=text(fields, "name"),
            device=text(fields, "device"),
            address=address_of(request, self._trusted)[:64],
        )
        validate(wanted)
        issued = await self._auth.issue_join_token(wanted, access_token)
        asked = meeting_pb2.GetInvitationCalendarRequest(meeting_id=wanted.meeting_id)
        found = await self._roster.invitation_calendar(asked, issued.join_token)
        return calendar_response(request, self._trusted, found, password, language)
