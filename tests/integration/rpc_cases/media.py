"""Media."""

from __future__ import annotations

from services.common.ids import new_id
from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.rpc_cases.registry import case
from tests.integration.world import ABSENT_ID, World
from tests.media.core.sdp.offers import PC


@case("media.v1.MediaService.OpenSession")
async def open_session(world: World, rpc: RpcAttempts) -> None:
    victim, attacker = world.victim, world.attacker
    theirs = await world.media_session(victim)
    taken = media_pb2.OpenSessionRequest(session_id=theirs, offer_sdp=PC)
    await rpc.refused(attacker.guest_join, taken, "CONFLICT")
    # A layout that pins the victim's guest shows nothing of them.
    layout = media_session_pb2.LayoutRequest(
        number=1, tiles=[media_session_pb2.TileRequest(slot=1, height=360, participant_id=victim.guest_id)]
    )
    own = media_pb2.OpenSessionRequest(session_id=new_id(), offer_sdp=PC, layout=layout)
    await rpc.harmless(attacker.guest_join, own)
    stats = media_pb2.GetStatsRequest(tenant_id=attacker.tenant_id, meeting_id=attacker.meeting_id)
    mine = await world.ask(media_pb2, "MediaService", "GetStats", stats, world.service)
    assert own.session_id in {one.session_id for one in mine.sessions}
    assert theirs not in {one.session_id for one in mine.sessions}


@case("media.v1.MediaService.Negotiate")
async def negotiate(world: World, rpc: RpcAttempts) -> Control:
    def request(session_id: str) -> media_pb2.NegotiateRequest:
        return media_pb2.NegotiateRequest(session_id=session_id, offer_sdp=PC)

    theirs = await world.media_session(world.victim)
    for token in (world.attacker.guest_join, world.attacker.host_join):
        await rpc.alike(token, request(theirs), request(ABSENT_ID), "SESSION_GONE")
    return lambda: rpc.works(world.victim.guest_join, request(theirs))


@case("media.v1.MediaService.UpdatePermissions")
async def update_permissions(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    session_id = await world.media_session(victim)

    def request(session_id: str, tenant_id: str, meeting_id: str) -> media_pb2.UpdatePermissionsRequest:
        return media_pb2.UpdatePermissionsRequest(
            tenant_id=tenant_id, meeting_id=meeting_id, session_id=session_id, admitted=True
        )

    theirs = request(session_id, victim.tenant_id, victim.meeting_id)
    for token in (attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    for tenant_id, meeting_id in (
        (attacker.tenant_id, attacker.meeting_id),
        (attacker.tenant_id, victim.meeting_id),
        (victim.tenant_id, attacker.meeting_id),
    ):
        mixed, absent = request(session_id, tenant_id, meeting_id), request(ABSENT_ID, tenant_id, meeting_id)
        await rpc.alike(world.service, mixed, absent, "SESSION_GONE")
    return lambda: rpc.works(world.service, theirs)


@case("media.v1.MediaService.CloseSession")
async def close_media_session(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    session_id = await world.media_session(victim)

    def request(session_id: str, tenant_id: str, meeting_id: str) -> media_pb2.CloseSessionRequest:
        return media_pb2.CloseSessionRequest(tenant_id=tenant_id, meeting_id=meeting_id, session_id=session_id)

    theirs = request(session_id, victim.tenant_id, victim.meeting_id)
    for token in (attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    mixed = request(session_id, attacker.tenant_id, attacker.meeting_id)
    absent = request(ABSENT_ID, attacker.tenant_id, attacker.meeting_id)
    await rpc.alike(world.service, mixed, absent, "SESSION_GONE")
    return lambda: rpc.works(world.service, theirs)


@case("media.v1.MediaService.GetStats")
async def get_stats(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    await world.media_session(victim)

    def request(tenant_id: str, meeting_id: str) -> media_pb2.GetStatsRequest:
        return media_pb2.GetStatsRequest(tenant_id=tenant_id, meeting_id=meeting_id)

    theirs = request(victim.tenant_id, victim.meeting_id)
    for token in (attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    for mixed in (request(attacker.tenant_id, victim.meeting_id), request("", "")):
        assert not (await rpc.harmless(world.service, mixed)).sessions

    async def control() -> None:
        assert (await rpc.works(world.service, theirs)).sessions

    return control


@case("media.v1.MediaService.Drain")
async def drain(world: World, rpc: RpcAttempts) -> None:
    for token in (world.attacker.host_join, world.attacker.admin, world.operator):
        await rpc.refused(token, media_pb2.DrainRequest(deadline_ms=1000), "PERMISSION_DENIED")
