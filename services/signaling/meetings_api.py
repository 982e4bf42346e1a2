"""The JSON API of an account's meetings: before they run, and the list of those that did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from services.common.errors import InvalidField
from services.common.validation import validate
from services.signaling.calendar_response import calendar_response, language_of
from services.signaling.clients import AuthClient, RosterClient
from services.signaling.core.client_address import Network
from services.signaling.core.meeting_json import meeting_of, parsed, past_of
from services.signaling.http_fields import PREFIX, Fields, fields_of, number, required_bearer, text
from sipulung.auth.v1 import session_pb2 as auth_pb2
from sipulung.roster.v1 import meeting_pb2, moderation_pb2, schedule_pb2

_PAGE: Final = 100
_SCOPES: Final = {"": meeting_pb2.MEETING_SCOPE_OWN, "own": meeting_pb2.MEETING_SCOPE_OWN}
_SCOPES["unit"] = meeting_pb2.MEETING_SCOPE_UNIT


class MeetingsApi:
    """Each handler turns JSON into a request of auth or roster, which authorise by themselves."""

    def __init__(self, auth: AuthClient, roster: RosterClient, trusted_proxies: Sequence[Network]) -> None:
        self._auth = auth
        self._roster = roster
        self._trusted = trusted_proxies

    def routes(self) -> list[web.RouteDef]:
        """All of them, under /api/v1."""
        one = f"{PREFIX}/meetings/{{meeting_id}}"
        return [
            web.get(f"{PREFIX}/meetings", self._list),
            web.post(f"{PREFIX}/meetings", self._create),
            web.get(f"{PREFIX}/occurrences", self._occurrences),
            web.patch(one, self._update),
            web.post(f"{one}/end", self._end),
            web.post(f"{one}/cancel", self._cancel),
            web.post(f"{one}/password", self._set_password),
            web.get(f"{one}/days", self._days),
            web.post(f"{one}/calendar.ics", self._calendar),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        """Without `upcoming=1`: all of one's own, newest first. `query`: whose title has these words."""
        token = required_bearer(request)
        wanted = meeting_pb2.ListMeetingsRequest(
            page_size=_PAGE,
            page_token=request.query.get("page_token", ""),
            scope=_scope(request),
            upcoming=request.query.get("upcoming", "") == "1",
            query=request.query.get("query", "").strip(),
        )
        validate(wanted)
        listed = await self._roster.list_meetings(wanted, token)
        return web.json_response(
            {
                "meetings": [meeting_of(meeting) for meeting in listed.meetings],
                "next_page_token": listed.next_page_token,
                "time_zone": listed.time_zone,
            }
        )

    async def _occurrences(self, request: web.Request) -> web.Response:
        """With a `query` a page may be short, or empty, and yet name a next one: the search goes on there."""
        token = required_bearer(request)
        wanted = meeting_pb2.ListOccurrencesRequest(
            page_size=_PAGE,
            page_token=request.query.get("page_token", ""),
            scope=_scope(request),
            query=request.query.get("query", "").strip(),
            month=request.query.get("month", ""),
        )
        validate(wanted)
        listed = await self._roster.list_occurrences(wanted, token)
        return web.json_response(
            {
                "occurrences": [past_of(past) for past in listed.occurrences],
                "next_page_token": listed.next_page_token,
                "time_zone": listed.time_zone,
            }
        )

    async def _create(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request)
        wanted = meeting_pb2.CreateMeetingRequest(
            title=text(fields, "title"),
            password=text(fields, "password"),
            opens_at_ms=number(fields, "opens_at_ms"),
            capacity=_capacity(fields),
            schedule=_schedule(fields),
            settings=_settings(fields),
        )
        validate(wanted)
        created = await self._roster.create_meeting(wanted, token)
        return web.json_response({"meeting": meeting_of(created.meeting), "password": created.password}, status=201)

    async def _update(self, request: web.Request) -> web.Response:
        """What is not there stays as it is."""
        token = required_bearer(request)
        fields = await fields_of(request)
        wanted = meeting_pb2.UpdateMeetingRequest(
            meeting_id=request.match_info["meeting_id"],
            revision=number(fields, "revision"),
            title=text(fields, "title") if fields.get("title") is not None else None,
            capacity=_capacity(fields) if fields.get("capacity") is not None else None,
            schedule=_schedule(fields),
            settings=_settings(fields),
        )
        validate(wanted)
        if wanted.HasField("title") and not wanted.title:
            raise InvalidField("title", "must not be empty")
        return web.json_response({"meeting": meeting_of(await self._roster.update_meeting(wanted, token))})

    async def _end(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = meeting_pb2.EndMeetingRequest(meeting_id=request.match_info["meeting_id"])
        validate(wanted)
        return web.json_response({"meeting": meeting_of(await self._roster.end_meeting(wanted.meeting_id, token))})

    async def _cancel(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = meeting_pb2.CancelMeetingRequest(meeting_id=request.match_info["meeting_id"])
        validate(wanted)
        return web.json_response({"meeting": meeting_of(await self._roster.cancel_meeting(wanted, token))})

    async def _set_password(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request)
        wanted = auth_pb2.SetMeetingPasswordRequest(
            meeting_id=request.match_info["meeting_id"], password=text(fields, "password")
        )
        validate(wanted)
        password = await self._auth.set_meeting_password(wanted.meeting_id, wanted.password, token)
        return web.json_response({"password": password})

    async def _days(self, request: web.Request) -> web.Response:
        """What only the server knows of the days of a series: `weekdays` by the tenant's office days where the schedule
        goes by them, `free_dates` among these, on which it does not take place, and `extra_dates` besides them."""
        token = required_bearer(request)
        wanted = meeting_pb2.GetMeetingCalendarRequest(meeting_id=request.match_info["meeting_id"])
        validate(wanted)
        found = await self._roster.meeting_calendar(wanted, token)
        return web.json_response(
            {
                "meeting": meeting_of(found.meeting),
                "weekdays": list(found.weekdays),
                "free_dates": list(found.free_dates),
                "extra_dates": list(found.extra_dates),
            }
        )

    async def _calendar(self, request: web.Request) -> web.Response:
        """A POST, since the password that the host may want in the file is known to their page only."""
        token = required_bearer(request)
        fields = await fields_of(request)
        language = language_of(fields)
        wanted = meeting_pb2.GetMeetingCalendarRequest(meeting_id=request.match_info["meeting_id"])
        validate(wanted)
        validate(auth_pb2.SetMeetingPasswordRequest(meeting_id=wanted.meeting_id, password=text(fields, "password")))
        found = await self._roster.meeting_calendar(wanted, token)
        return calendar_response(request, self._trusted, found, text(fields, "password"), language)


def _scope(request: web.Request) -> meeting_pb2.MeetingScope.ValueType:
    scope = _SCOPES.get(request.query.get("scope", ""))
    if scope is None:
        raise InvalidField("scope", "must be own or unit")
    return scope


def _capacity(fields: Fields) -> int:
    capacity = number(fields, "capacity")
    if capacity > 1000:
        raise InvalidField("capacity", "from 0 to 1000")
    return capacity


def _schedule(fields: Fields) -> schedule_pb2.Schedule | None:
    value = fields.get("schedule")
    return None if value is None else parsed("schedule", value, schedule_pb2.Schedule())


def _settings(fields: Fields) -> moderation_pb2.MeetingSettings | None:
    value = fields.get("settings")
    return None if value is None else parsed("settings", value, moderation_pb2.MeetingSettings())
