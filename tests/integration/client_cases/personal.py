"""What a person reads of themselves."""

from __future__ import annotations

from tests.integration.attempts import Control, HttpAttempts
from tests.integration.client_cases.registry import route
from tests.integration.world import World, forged


async def _only_ones_own(world: World, http: HttpAttempts, path: str) -> Control:
    await http.harmless(path, bearer=world.attacker.participant)
    # Nobody else can be named, not even with their own tenant's token.
    own = await http.harmless(f"{path}?account_id={world.victim.host_account}", bearer=world.attacker.participant)
    assert world.victim.host_account.encode() not in own.body
    for bearer in (world.attacker.host_join, world.victim.guest_join):
        await http.refused(path, "PERMISSION_DENIED", bearer=bearer)
    await http.refused(path, "UNAUTHENTICATED", bearer=forged(world.attacker.host, sub=world.victim.host_account))

    async def control() -> None:
        assert (await http.ask(path, bearer=world.victim.participant)).status == 200

    return control


@route("GET /api/v1/me")
async def own_record(world: World, http: HttpAttempts) -> Control:
    return await _only_ones_own(world, http, "/api/v1/me")


@route("GET /api/v1/me/attendance")
async def own_attendance(world: World, http: HttpAttempts) -> Control:
    await http.refused("/api/v1/me/attendance?page_token=x", "INVALID_FIELD", bearer=world.attacker.host)
    return await _only_ones_own(world, http, "/api/v1/me/attendance")


@route("GET /api/v1/me/office")
async def own_office(world: World, http: HttpAttempts) -> Control:
    await http.refused("/api/v1/me/office?page_token=2026-13-01", "INVALID_FIELD", bearer=world.attacker.host)
    return await _only_ones_own(world, http, "/api/v1/me/office")


@route("GET /api/v1/me/accesses")
async def own_accesses(world: World, http: HttpAttempts) -> Control:
    await http.refused("/api/v1/me/accesses?page_token=x", "INVALID_FIELD", bearer=world.attacker.host)
    return await _only_ones_own(world, http, "/api/v1/me/accesses")


@route("GET /api/v1/me/audit")
async def own_audit(world: World, http: HttpAttempts) -> Control:
    for page_token in ("x", "0", "-1", "1" * 16):
        await http.refused(f"/api/v1/me/audit?page_token={page_token}", "INVALID_FIELD", bearer=world.attacker.host)
    return await _only_ones_own(world, http, "/api/v1/me/audit")
