"""The JSON API of the page on which everybody sees what is recorded on them."""

from __future__ import annotations

from aiohttp import web

from services.common.validation import validate
from services.signaling.core import office_json
from services.signaling.core.proto_json import name_of, shown
from services.signaling.http_fields import PREFIX, required_bearer
from services.signaling.own_data_client import OwnDataClient
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import participant_pb2, personal_pb2


class OwnDataApi:
    """Whose data it is follows from the token alone."""

    def __init__(self, client: OwnDataClient) -> None:
        self._client = client

    def routes(self) -> list[web.RouteDef]:
        """All of them, under /api/v1."""
        return [
            web.get(f"{PREFIX}/me", self._record),
            web.get(f"{PREFIX}/me/attendance", self._attendance),
            web.get(f"{PREFIX}/me/office", self._office),
            web.get(f"{PREFIX}/me/accesses", self._accesses),
            web.get(f"{PREFIX}/me/audit", self._audit),
        ]

    async def _record(self, request: web.Request) -> web.Response:
        record = await self._client.record(required_bearer(request))
        role = name_of(common_pb2.AccountRole, record.person.role, "ACCOUNT_ROLE_")
        return web.json_response(shown(record) | {"person": shown(record.person) | {"role": role}})

    async def _attendance(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = personal_pb2.GetOwnAttendanceRequest(page_token=request.query.get("page_token", ""))
        validate(wanted)
        found = await self._client.attendance(wanted, token)
        meetings = []
        for one in found.meetings:
            reason = name_of(participant_pb2.LeaveReason, one.line.reason, "LEAVE_REASON_")
            meetings.append(shown(one) | {"line": shown(one.line) | {"reason": reason}})
        return web.json_response({"meetings": meetings, "next_page_token": found.next_page_token})

    async def _office(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = personal_pb2.GetOwnOfficeRequest(page_token=request.query.get("page_token", ""))
        validate(wanted)
        return web.json_response(office_json.own_days(await self._client.office(wanted, token)))

    async def _accesses(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = personal_pb2.GetOwnAccessesRequest(page_token=request.query.get("page_token", ""))
        validate(wanted)
        found = await self._client.accesses(wanted, token)
        accesses = [
            shown(one) | {"kind": name_of(personal_pb2.AccessKind, one.kind, "ACCESS_KIND_")} for one in found.accesses
        ]
        return web.json_response({"accesses": accesses, "next_page_token": found.next_page_token})

    async def _audit(self, request: web.Request) -> web.Response:
        token = required_bearer(request)
        wanted = personal_pb2.GetOwnAuditRequest(page_token=request.query.get("page_token", ""))
        validate(wanted)
        found = await self._client.audit(wanted, token)
        entries = [
            shown(one) | {"actor": name_of(personal_pb2.AuditActor, one.actor, "AUDIT_ACTOR_")} for one in found.entries
        ]
        return web.json_response({"entries": entries, "next_page_token": found.next_page_token})
