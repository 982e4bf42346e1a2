# ruff: noqa: N802 - gRPC gives the methods their names.
"""The RPC edge of meetings, before and after they run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import grpc

from services.common.errors import Conflict, DomainError, InvalidField, PermissionDenied, Unavailable, WrongState
from services.common.ids import MeetingId, TenantId, new_meeting_id
from services.common.tenancy import AccountPrincipal, bearer, principal, require_account
from services.common.validation import normalise_name
from services.roster import codec, keys, planning
from services.roster.access import access_meeting, access_to_stop, actor, caller
from services.roster.clients import AuthClient
from services.roster.core import commands, lobby
from services.roster.core.change import AuditNote
from services.roster.core.compose import month_bounds
from services.roster.core.meeting import Definition
from services.roster.core.schedule import Schedule
from services.roster.core.state import MeetingState
from services.roster.core.title_search import TitleSearch
from services.roster.core.units import below
from services.roster.directory import Directory
from services.roster.meetings import Meetings
from services.roster.shelves import Shelves
from services.roster.store import RosterStore
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2, meeting_pb2_grpc, schedule_pb2

_Context = grpc.aio.ServicerContext[Any, Any]

# Of 9e9 ids, that several in a row are taken is no chance but a fault.
_ID_TRIES = 5
_DEFAULT_PAGE = 50
_log = logging.getLogger(__name__)


class MeetingServicer(meeting_pb2_grpc.MeetingServiceServicer):
    """Meetings, before and after they run."""

    def __init__(
        self,
        meetings: Meetings,
        store: RosterStore,
        shelves: Shelves,
        directory: Directory,
        auth: AuthClient,
        capacity: int,
        now_ms: Callable[[], int],
    ) -> None:
        self._meetings = meetings
        self._store = store
        self._shelves = shelves
        self._directory = directory
        self._auth = auth
        self._capacity = capacity
        self._now_ms = now_ms

    async def CreateMeeting(
        self, request: meeting_pb2.CreateMeetingRequest, context: _Context
    ) -> meeting_pb2.CreateMeetingResponse:
        who, token = require_account(), bearer()
        schedule = None
        if request.HasField("schedule"):
            if request.opens_at_ms:
                raise InvalidField("opens_at_ms", "a scheduled meeting opens by its schedule")
            schedule = await self._scheduled(who.tenant_id, request.schedule)
            schedule.check_coming(0, self._now_ms())
        for _ in range(_ID_TRIES):
            meeting_id = new_meeting_id()
            now_ms = self._now_ms()
            try:
                password = await self._auth.claim(meeting_id, request.password, token)
                definition = Definition(
                    meeting_id,
                    who.tenant_id,
                    normalise_name(request.title),
                    who.account_id,
                    who.name,
                    created_at_ms=now_ms,
                    opens_at_ms=request.opens_at_ms,
                    capacity=request.capacity or self._capacity,
                    revision=1,
                    settings=codec.settings_from(request.settings),
                    owner_unit_id=who.unit_id,
                    schedule=schedule,
                )
                await self._store.create(
                    definition,
                    AuditNote(now_ms, actor(who), "meeting.create", f"meeting:{meeting_id}", definition.title),
                )
            except Conflict:
                continue
            return meeting_pb2.CreateMeetingResponse(meeting=codec.meeting_of(definition, 0, now_ms), password=password)
        raise Unavailable("no free meeting id was found")

    async def GetMeeting(
        self, request: meeting_pb2.GetMeetingRequest, context: _Context
    ) -> meeting_pb2.GetMeetingResponse:
        _, state = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        if not state.definition.closed:
            lobby.look_in(state, caller()[1])
        return meeting_pb2.GetMeetingResponse(meeting=codec.meeting_of(state.definition, state.present, self._now_ms()))

    async def ListMeetings(
        self, request: meeting_pb2.ListMeetingsRequest, context: _Context
    ) -> meeting_pb2.ListMeetingsResponse:
        who, now_ms = require_account(), self._now_ms()
        size = request.page_size or _DEFAULT_PAGE
        found: list[tuple[Definition, int]]
        if request.upcoming:
            owners = await self._owners(who, request.scope)
            search = TitleSearch.of(request.query) if request.query else None
            listed, following = await self._shelves.upcoming(
                who.tenant_id, owners, size, request.page_token, now_ms, search
            )
            found = [(one.definition, one.present) for one in listed]
        elif request.scope == meeting_pb2.MEETING_SCOPE_UNIT:
            raise InvalidField("upcoming", "must be set in this scope; ListOccurrences has what is over")
        elif request.query:
            raise InvalidField("query", "is for upcoming meetings; ListOccurrences finds what is over")
        else:
            found, following = await self._store.meetings_of(who.tenant_id, who.account_id, size, request.page_token)
        return meeting_pb2.ListMeetingsResponse(
            meetings=[codec.meeting_of(definition, present, now_ms) for definition, present in found],
            next_page_token=following,
            time_zone=await self._zone(who.tenant_id),
        )

    async def ListOccurrences(
        self, request: meeting_pb2.ListOccurrencesRequest, context: _Context
    ) -> meeting_pb2.ListOccurrencesResponse:
        who, now_ms = require_account(), self._now_ms()
        owners = await self._owners(who, request.scope)
        size = request.page_size or _DEFAULT_PAGE
        search = TitleSearch.of(request.query) if request.query else None
        within = await self._month(who.tenant_id, request.month) if request.month else None
        rows, following = await self._shelves.passed(who.tenant_id, owners, size, request.page_token, search, within)
        return meeting_pb2.ListOccurrencesResponse(
            occurrences=[
                meeting_pb2.PastOccurrence(
                    meeting=codec.meeting_of(listed.definition, listed.present, now_ms), occurrence=occurrence
                )
                for listed, occurrence in rows
            ],
            next_page_token=following,
            time_zone=await self._zone(who.tenant_id),
        )

    async def GetMeetingCalendar(
        self, request: meeting_pb2.GetMeetingCalendarRequest, context: _Context
    ) -> meeting_pb2.GetMeetingCalendarResponse:
        _, state = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        return self._calendar(state)

    async def GetInvitationCalendar(
        self, request: meeting_pb2.GetInvitationCalendarRequest, context: _Context
    ) -> meeting_pb2.GetInvitationCalendarResponse:
        _, state = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        if not state.definition.closed:
            lobby.way_in(state, caller()[1])
        return meeting_pb2.GetInvitationCalendarResponse(calendar=self._calendar(state))

    def _calendar(self, state: MeetingState) -> meeting_pb2.GetMeetingCalendarResponse:
        """Raises WrongState."""
        schedule = state.definition.schedule
        if schedule is None:
            raise WrongState("the meeting was not scheduled")
        first = next(schedule.days(schedule.first), None)
        return meeting_pb2.GetMeetingCalendarResponse(
            meeting=codec.meeting_of(state.definition, state.present, self._now_ms()),
            first_date=first.isoformat() if first else "",
            weekdays=sorted(schedule.weekdays),
            free_dates=[day.isoformat() for day in schedule.free_days],
            extra_dates=[day.isoformat() for day in schedule.extra_days],
        )

    async def UpdateMeeting(
        self, request: meeting_pb2.UpdateMeetingRequest, context: _Context
    ) -> meeting_pb2.UpdateMeetingResponse:
        ref, state = await access_meeting(self._meetings, MeetingId(request.meeting_id))
        by = actor(principal())
        schedule = None
        if request.HasField("schedule"):
            # Whoever changes something of it means the times that they saw, whatever zone the tenant has by now.
            before = state.definition.schedule
            schedule = await self._scheduled(ref.tenant_id, request.schedule, before.zone if before else "")
        title = normalise_name(request.title) if request.HasField("title") else None
        opens_at_ms = request.opens_at_ms if request.HasField("opens_at_ms") else None
        capacity = (request.capacity or self._capacity) if request.HasField("capacity") else None
        settings = codec.settings_from(request.settings) if request.HasField("settings") else None
        change = await self._meetings.run(
            ref,
            lambda state, now_ms: commands.update(
                state, request.revision, title, opens_at_ms, capacity, by, now_ms, settings, schedule
            ),
            fsync=True,
        )
        return meeting_pb2.UpdateMeetingResponse(
            meeting=codec.meeting_of(change.state.definition, change.state.present, self._now_ms())
        )

    async def EndMeeting(
        self, request: meeting_pb2.EndMeetingRequest, context: _Context
    ) -> meeting_pb2.EndMeetingResponse:
        ref, _ = await access_to_stop(self._meetings, MeetingId(request.meeting_id))
        by = actor(principal())
        change = await self._meetings.run(ref, lambda state, now_ms: commands.end(state, by, now_ms), fsync=True)
        return meeting_pb2.EndMeetingResponse(meeting=codec.meeting_of(change.state.definition, 0, self._now_ms()))

    async def CancelMeeting(
        self, request: meeting_pb2.CancelMeetingRequest, context: _Context
    ) -> meeting_pb2.CancelMeetingResponse:
        ref, _ = await access_to_stop(self._meetings, MeetingId(request.meeting_id))
        by = actor(principal())
        change = await self._meetings.run(ref, lambda state, now_ms: commands.cancel(state, by, now_ms), fsync=True)
        return meeting_pb2.CancelMeetingResponse(meeting=codec.meeting_of(change.state.definition, 0, self._now_ms()))

    async def _scheduled(self, tenant_id: TenantId, asked: schedule_pb2.Schedule, zone: str = "") -> Schedule:
        """In that zone, or ("") in the tenant's."""
        tenant = (await self._directory.frame(tenant_id)).tenant
        return planning.schedule_of(asked, zone or tenant.time_zone, planning.calendar_of(tenant))

    async def _owners(self, who: AccountPrincipal, scope: meeting_pb2.MeetingScope.ValueType) -> tuple[str, ...]:
        """Whose meetings the caller asks for. Raises PermissionDenied."""
        if scope != meeting_pb2.MEETING_SCOPE_UNIT:
            return (keys.of_account(who.account_id),)
        if who.role >= common_pb2.ACCOUNT_ROLE_TENANT_ADMIN:
            return (keys.EVERYBODY,)
        if who.role < common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT or not who.unit_id:
            raise PermissionDenied("only the head of a unit sees the meetings of others")
        frame = await self._directory.frame(who.tenant_id)
        return tuple(keys.of_unit(unit_id) for unit_id in sorted(below(frame.units, who.unit_id)))

    async def _month(self, tenant_id: TenantId, month: str) -> tuple[int, int]:
        """Its begin and end in the tenant's zone, without which it cannot be told: raises Unavailable."""
        zone = (await self._directory.frame(tenant_id)).tenant.time_zone
        return month_bounds(month, ZoneInfo(zone))

    async def _zone(self, tenant_id: TenantId) -> str:
        """A list is worth having without it."""
        try:
            return (await self._directory.frame(tenant_id)).tenant.time_zone
        except DomainError as error:
            _log.info("the tenant's time zone is not known now", extra={"error": repr(error)})
            return ""
