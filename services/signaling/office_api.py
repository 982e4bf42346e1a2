"""The JSON API of office hours: one's own day, and those of a unit for whoever heads it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, TypeVar

from aiohttp import web

from services.common import report_formats
from services.common.errors import InvalidField
from services.common.validation import validate
from services.signaling.core import office_json
from services.signaling.core.office_json import STATES, Json
from services.signaling.http_fields import PREFIX, fields_of, required_bearer, text
from services.signaling.office_client import OfficeClient
from sipulung.roster.v1 import office_pb2

_HERE = f"{PREFIX}/office"
_SPANS: Final = {"day": office_pb2.OFFICE_SPAN_DAY, "week": office_pb2.OFFICE_SPAN_WEEK}
_Value = TypeVar("_Value")


class OfficeApi:
    """Each handler turns a request into one of roster, which authorises by itself."""

    def __init__(self, office: OfficeClient) -> None:
        self._office = office

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{_HERE}/declare", self._declare),
            web.get(f"{_HERE}/day", self._own_day),
            web.get(f"{_HERE}/week", self._own_week),
            web.get(f"{_HERE}/unit/day", self._unit_day),
            web.get(f"{_HERE}/unit/week", self._unit_week),
            web.get(f"{_HERE}/unit/file", self._unit_file),
        ]

    async def _declare(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        fields = await fields_of(request)
        state = STATES.get(text(fields, "state"))
        if state is None:
            raise InvalidField("state", f"must be one of {', '.join(STATES)}")
        wanted = office_pb2.DeclareRequest(
            state=state,
            note=text(fields, "note"),
            client_id=text(fields, "client_id"),
            date=text(fields, "date"),
        )
        validate(wanted)
        return web.json_response(office_json.declared(await self._office.declare(wanted, token)))

    async def _own_day(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = office_pb2.GetOwnDayRequest(date=request.query.get("date", ""))
        validate(wanted)
        return _unless_seen(request, office_json.own_day(await self._office.own_day(wanted, token)))

    async def _own_week(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = office_pb2.GetOwnWeekRequest(date=request.query.get("date", ""))
        validate(wanted)
        return web.json_response(office_json.own_week(await self._office.own_week(wanted, token)))

    async def _unit_day(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = office_pb2.GetUnitDayRequest(
            date=request.query.get("date", ""), unit_id=request.query.get("unit_id", "")
        )
        validate(wanted)
        answer = await self._office.unit_day(wanted, token)
        # A whole tenant's takes some tenths of a second, in which sockets have to be served.
        return await asyncio.to_thread(lambda: _unless_seen(request, office_json.unit_day(answer)))

    async def _unit_file(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = office_pb2.ExportOfficeRequest(
            span=_one_of(request, "span", _SPANS),
            format=_one_of(request, "format", report_formats.BY_NAME),
            date=request.query.get("date", ""),
            unit_id=request.query.get("unit_id", ""),
            language=request.query.get("language", ""),
        )
        validate(wanted)
        file = await self._office.export(wanted, token)
        headers = {
            "Content-Type": file.media_type,
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=file.data, headers=headers)

    async def _unit_week(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = office_pb2.GetUnitWeekRequest(
            date=request.query.get("date", ""), unit_id=request.query.get("unit_id", "")
        )
        validate(wanted)
        answer = await self._office.unit_week(wanted, token)
        return await asyncio.to_thread(lambda: web.json_response(office_json.unit_week(answer)))


def _one_of(request: web.Request, name: str, allowed: Mapping[str, _Value]) -> _Value:
    """Raises InvalidField."""
    value = allowed.get(request.query.get(name, ""))
    if value is None:
        raise InvalidField(name, f"must be one of {', '.join(allowed)}")
    return value


def _unless_seen(request: web.Request, body: Json) -> web.Response:
    """The whole answer, or only that it is the one that the page named as `seen`: it asks every few seconds.

    No ETag: answers with people in them are not to be stored by any cache, so no browser would ask with one.
    """
    mark = office_json.mark_of(body)
    if request.query.get("seen", "") == mark:
        return web.json_response({"mark": mark, "unchanged": True, "as_of_ms": body["as_of_ms"]})
    return web.json_response({**body, "mark": mark, "unchanged": False})
