"""Office hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from services.common.ids import new_id
from sipulung.roster.v1 import attendance_pb2, office_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.rpc_cases.registry import case
from tests.integration.world import ABSENT_ID, World, forged


@case("roster.v1.OfficeService.Declare")
async def declare(world: World, rpc: RpcAttempts) -> None:
    request = office_pb2.DeclareRequest(state=office_pb2.OFFICE_STATE_PRESENT, client_id=new_id())
    forgery = forged(world.attacker.participant, ten=world.victim.tenant_id, sub=world.victim.participant_account)
    await rpc.refused(forgery, request, "UNAUTHENTICATED")
    await rpc.refused(world.victim.guest_join, request, "PERMISSION_DENIED")
    for date in ("2026-02-30", "2020-01-01", "kemarin"):
        ended = office_pb2.DeclareRequest(state=office_pb2.OFFICE_STATE_DONE, client_id=new_id(), date=date)
        await rpc.refused(world.attacker.participant, ended, "INVALID_FIELD")
    answer = await rpc.harmless(world.attacker.participant, request)
    assert answer.day.status == office_pb2.OFFICE_STATUS_PRESENT


async def _own(world: World, rpc: RpcAttempts, request: Message) -> Control:
    for token in (world.attacker.participant, world.attacker.admin):
        await rpc.harmless(token, request)
    await rpc.refused(world.attacker.guest_join, request, "PERMISSION_DENIED")
    return lambda: rpc.works(world.victim.participant, request)


@case("roster.v1.OfficeService.GetOwnDay")
async def get_own_day(world: World, rpc: RpcAttempts) -> Control:
    return await _own(world, rpc, office_pb2.GetOwnDayRequest())


@case("roster.v1.OfficeService.GetOwnWeek")
async def get_own_week(world: World, rpc: RpcAttempts) -> Control:
    return await _own(world, rpc, office_pb2.GetOwnWeekRequest())


async def _units(world: World, rpc: RpcAttempts, request: Callable[[str], Message]) -> Control:
    """A unit's id that is another tenant's looks like none, and the whole tenant is one's own."""
    for token in (world.attacker.admin, world.operator):
        await rpc.alike(token, request(world.victim.tenant_id), request(ABSENT_ID), "NOT_FOUND")
        await rpc.harmless(token, request(""))
    # Whoever heads nothing finds nothing, in their own tenant too.
    for token in (world.attacker.host, world.attacker.participant, world.victim.host):
        await rpc.refused(token, request(""), "NOT_FOUND")

    async def control() -> None:
        answer: Any = await rpc.works(world.victim.admin, request(""))
        assert world.victim.participant_account in [one.person.account_id for one in answer.people]

    return control


@case("roster.v1.OfficeService.GetUnitDay")
async def get_unit_day(world: World, rpc: RpcAttempts) -> Control:
    return await _units(world, rpc, lambda unit_id: office_pb2.GetUnitDayRequest(unit_id=unit_id))


@case("roster.v1.OfficeService.GetUnitWeek")
async def get_unit_week(world: World, rpc: RpcAttempts) -> Control:
    return await _units(world, rpc, lambda unit_id: office_pb2.GetUnitWeekRequest(unit_id=unit_id))


@case("roster.v1.OfficeService.ExportOffice")
async def export_office(world: World, rpc: RpcAttempts) -> Control:
    def request(unit_id: str) -> office_pb2.ExportOfficeRequest:
        return office_pb2.ExportOfficeRequest(
            span=office_pb2.OFFICE_SPAN_DAY, format=attendance_pb2.REPORT_FORMAT_CSV, unit_id=unit_id
        )

    await rpc.alike(world.attacker.admin, request(world.victim.tenant_id), request(ABSENT_ID), "NOT_FOUND")
    await rpc.harmless(world.attacker.admin, request(""))
    for token in (world.attacker.participant, world.victim.host):
        await rpc.refused(token, request(""), "NOT_FOUND")

    async def control() -> None:
        assert b"host satu" in (await rpc.works(world.victim.admin, request(""))).data

    return control
