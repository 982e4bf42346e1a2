"""What is recorded on oneself."""

from __future__ import annotations

from google.protobuf.message import Message

from sipulung.roster.v1 import personal_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.rpc_cases.registry import case
from tests.integration.world import World


async def _only_ones_own(world: World, rpc: RpcAttempts, request: Message) -> Control:
    """Nobody can be named: the token says whose it is."""
    for token in (world.attacker.participant, world.attacker.host, world.attacker.admin):
        await rpc.harmless(token, request)
    return lambda: rpc.works(world.victim.participant, request)


@case("roster.v1.PersonalDataService.GetOwnRecord")
async def get_own_record(world: World, rpc: RpcAttempts) -> Control:
    return await _only_ones_own(world, rpc, personal_pb2.GetOwnRecordRequest())


@case("roster.v1.PersonalDataService.GetOwnAttendance")
async def get_own_attendance(world: World, rpc: RpcAttempts) -> Control:
    return await _only_ones_own(world, rpc, personal_pb2.GetOwnAttendanceRequest())


@case("roster.v1.PersonalDataService.GetOwnOffice")
async def get_own_office(world: World, rpc: RpcAttempts) -> Control:
    return await _only_ones_own(world, rpc, personal_pb2.GetOwnOfficeRequest())


@case("roster.v1.PersonalDataService.GetOwnAccesses")
async def get_own_accesses(world: World, rpc: RpcAttempts) -> Control:
    return await _only_ones_own(world, rpc, personal_pb2.GetOwnAccessesRequest())


@case("roster.v1.PersonalDataService.GetOwnAudit")
async def get_own_audit(world: World, rpc: RpcAttempts) -> Control:
    return await _only_ones_own(world, rpc, personal_pb2.GetOwnAuditRequest())
