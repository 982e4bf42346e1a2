"""Signaling: for services only."""

from __future__ import annotations

from sipulung.signaling.v1 import signaling_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.rpc_cases.registry import case
from tests.integration.world import World


@case("signaling.v1.SignalingService.ListSessions")
async def list_sessions(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    theirs = signaling_pb2.ListSessionsRequest(tenant_id=victim.tenant_id)
    for token in (attacker.admin, attacker.host_join, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    mixed = signaling_pb2.ListSessionsRequest(tenant_id=attacker.tenant_id, meeting_id=victim.meeting_id)
    assert not (await rpc.harmless(world.service, mixed)).sessions

    async def control() -> None:
        assert (await rpc.works(world.service, theirs)).sessions

    return control


@case("signaling.v1.SignalingService.MoveSessions")
async def move_sessions(world: World, rpc: RpcAttempts) -> None:
    victim, attacker = world.victim, world.attacker
    theirs = signaling_pb2.MoveSessionsRequest(tenant_id=victim.tenant_id, meeting_id=victim.meeting_id)
    for token in (attacker.admin, attacker.host_join, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    mixed = signaling_pb2.MoveSessionsRequest(tenant_id=attacker.tenant_id, meeting_id=victim.meeting_id)
    assert (await rpc.harmless(world.service, mixed)).moved == 0


@case("signaling.v1.SignalingService.CloseSession")
async def close_signaling_session(world: World, rpc: RpcAttempts) -> None:
    attacker = world.attacker
    theirs = signaling_pb2.CloseSessionRequest(session_id=world.resident.opened.session_id)
    for token in (attacker.admin, attacker.host_join, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
