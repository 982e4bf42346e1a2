# ruff: noqa: N802 - gRPC gives the methods their names.
"""The RPC edge of office hours. Who may call at all, and what a field may hold, was checked before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import grpc

from services.common.ids import AccountId
from services.common.tenancy import AccountPrincipal, require_account
from services.common.validation import normalise_name
from services.roster import office_codec
from services.roster.accesses import Reading
from services.roster.core.office import PersonDay
from services.roster.core.office_calendar import Day
from services.roster.core.office_sheet import listed
from services.roster.core.units import path
from services.roster.directory import Frame
from services.roster.gently import gently
from services.roster.office import Office, expected
from services.roster.office_codec import TitleOf
from services.roster.office_exports import OfficeExports
from services.roster.office_scope import asked, chosen, seen
from sipulung.auth.v1 import directory_pb2
from sipulung.roster.v1 import meeting_pb2, office_pb2, office_pb2_grpc, personal_pb2

_Context = grpc.aio.ServicerContext[Any, Any]


class OfficeServicer(office_pb2_grpc.OfficeServiceServicer):
    """Everybody's own days, and those of a unit for whoever heads it."""

    def __init__(self, office: Office, exports: OfficeExports) -> None:
        self._office = office
        self._exports = exports

    async def Declare(self, request: office_pb2.DeclareRequest, context: _Context) -> office_pb2.DeclareResponse:
        who = require_account()
        note = normalise_name(request.note)
        day, mine = await self._office.declare(
            who.tenant_id, who.account_id, request.date, request.state, note, request.client_id
        )
        titles = await self._own_titles(who, [mine])
        return office_pb2.DeclareResponse(
            date=office_codec.date_of(day), day=office_codec.day_of(mine, titles, declarations=True)
        )

    async def GetOwnDay(self, request: office_pb2.GetOwnDayRequest, context: _Context) -> office_pb2.GetOwnDayResponse:
        who = require_account()
        frame = await self._office.directory.frame(who.tenant_id)
        day = self._office.day(frame, request.date)
        (mine,) = (await self._office.days(who.tenant_id, [who.account_id], [day]))[who.account_id]
        today = day.date == self._office.today(frame)
        still_open = await self._office.still_open(who.tenant_id, who.account_id) if today else None
        titles = await self._own_titles(who, [mine, *([still_open[1]] if still_open else [])])
        answer = office_pb2.GetOwnDayResponse(
            date=office_codec.date_of(day),
            day=office_codec.day_of(mine, titles, declarations=True),
            as_of_ms=self._office.now_ms(),
            time_zone=frame.tenant.time_zone,
        )
        if still_open:
            answer.open_date.CopyFrom(office_codec.date_of(still_open[0]))
            answer.open_day.CopyFrom(office_codec.day_of(still_open[1], titles, declarations=True))
        return answer

    async def GetOwnWeek(
        self, request: office_pb2.GetOwnWeekRequest, context: _Context
    ) -> office_pb2.GetOwnWeekResponse:
        who = require_account()
        frame = await self._office.directory.frame(who.tenant_id)
        days = self._office.week(frame, request.date)
        mine = (await self._office.days(who.tenant_id, [who.account_id], days))[who.account_id]
        person = office_pb2.OfficePerson(account_id=who.account_id, name=who.name, unit_id=who.unit_id)
        return office_pb2.GetOwnWeekResponse(
            dates=[office_codec.date_of(day) for day in days],
            week=office_codec.week_of(person, mine, await self._own_titles(who, mine)),
            as_of_ms=self._office.now_ms(),
            time_zone=frame.tenant.time_zone,
        )

    async def GetUnitDay(
        self, request: office_pb2.GetUnitDayRequest, context: _Context
    ) -> office_pb2.GetUnitDayResponse:
        who = require_account()
        frame = await self._office.directory.frame(who.tenant_id)
        units = chosen(frame, who, request.unit_id)
        day = self._office.day(frame, request.date)
        people, days, titles = await self._of_units(who, frame, units, [day])
        await self._note(who, frame, request.unit_id, people, [day])
        today = day.date == self._office.today(frame)
        accounts = [AccountId(person.account_id) for person in people]
        open_since = await self._office.open_since(frame, accounts) if today else {}

        def told(person: directory_pb2.Person) -> office_pb2.OfficePersonDay:
            account_id = AccountId(person.account_id)
            (mine,) = days[account_id]
            return office_pb2.OfficePersonDay(
                person=office_codec.person_of(person),
                day=office_codec.day_of(mine, titles, declarations=True),
                open_since_ms=open_since.get(account_id, 0),
            )

        return office_pb2.GetUnitDayResponse(
            date=office_codec.date_of(day),
            people=await gently(people, told),
            units=_units(frame, who),
            as_of_ms=self._office.now_ms(),
            time_zone=frame.tenant.time_zone,
        )

    async def GetUnitWeek(
        self, request: office_pb2.GetUnitWeekRequest, context: _Context
    ) -> office_pb2.GetUnitWeekResponse:
        who = require_account()
        frame = await self._office.directory.frame(who.tenant_id)
        units = chosen(frame, who, request.unit_id)
        week = self._office.week(frame, request.date)
        people, days, titles = await self._of_units(who, frame, units, week)
        await self._note(who, frame, request.unit_id, people, week)

        def told(person: directory_pb2.Person) -> office_pb2.OfficePersonWeek:
            return office_codec.week_of(office_codec.person_of(person), days[AccountId(person.account_id)], titles)

        return office_pb2.GetUnitWeekResponse(
            dates=[office_codec.date_of(day) for day in week],
            people=await gently(people, told),
            units=_units(frame, who),
            as_of_ms=self._office.now_ms(),
            time_zone=frame.tenant.time_zone,
        )

    async def ExportOffice(
        self, request: office_pb2.ExportOfficeRequest, context: _Context
    ) -> office_pb2.ExportOfficeResponse:
        file = await self._exports.make(request)
        return office_pb2.ExportOfficeResponse(name=file.name, media_type=file.media_type, data=file.data)

    async def _of_units(
        self, who: AccountPrincipal, frame: Frame, units: frozenset[str] | None, days: Sequence[Day]
    ) -> tuple[list[directory_pb2.Person], dict[AccountId, list[PersonDay]], TitleOf]:
        people = expected(await self._office.directory.everybody(who.tenant_id), units)
        accounts = [AccountId(person.account_id) for person in people]
        found = await self._office.days(who.tenant_id, accounts, days)
        people = [
            person
            for person in people
            if listed(person, list(zip(days, found[AccountId(person.account_id)], strict=True)))
        ]
        meetings = await self._office.described(who.tenant_id, found)
        return people, found, _titles(meetings, who, seen(frame, who))

    async def _note(
        self,
        who: AccountPrincipal,
        frame: Frame,
        unit_id: str,
        people: Sequence[directory_pb2.Person],
        days: Sequence[Day],
    ) -> None:
        """Whoever is looked at can see it."""
        unit_id = asked(who, unit_id)
        what = Reading(
            personal_pb2.ACCESS_KIND_OFFICE,
            unit_id,
            path(frame.units, unit_id) or frame.tenant.name,
            days[0].date.isoformat(),
            days[-1].date.isoformat(),
        )
        await self._office.accesses.note(who, who.tenant_id, [person.account_id for person in people], what)

    async def _own_titles(self, who: AccountPrincipal, mine: list[PersonDay]) -> TitleOf:
        """Whoever was in a meeting knows what it was called."""
        meetings = await self._office.described(who.tenant_id, {who.account_id: mine})
        return _titles(meetings, who, None)


def _units(frame: Frame, who: AccountPrincipal) -> list[office_pb2.OfficeUnit]:
    readable = seen(frame, who)
    shown = [unit for unit in frame.units if readable is None or unit.unit_id in readable]
    ids = {unit.unit_id for unit in shown}
    return [
        office_pb2.OfficeUnit(
            unit_id=unit.unit_id, parent_id=unit.parent_id if unit.parent_id in ids else "", name=unit.name
        )
        for unit in shown
    ]


def _titles(
    meetings: Mapping[str, meeting_pb2.Meeting], who: AccountPrincipal, readable: frozenset[str] | None
) -> TitleOf:
    """Titles of all meetings (None), or of those of the units that are seen and of the reader's own."""

    def title_of(meeting_id: str) -> str:
        meeting = meetings.get(meeting_id)
        if meeting is None:
            return ""
        if readable is None or meeting.owner_unit_id in readable or meeting.owner_account_id == who.account_id:
            return meeting.title
        return ""

    return title_of
