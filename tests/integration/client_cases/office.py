"""Office hours."""

from __future__ import annotations

from services.common.ids import new_id
from tests.integration.attempts import Control, HttpAttempts
from tests.integration.client_cases.registry import route
from tests.integration.world import ABSENT_ID, World, forged


@route("POST /api/v1/office/declare")
async def declare(world: World, http: HttpAttempts) -> None:
    path, body = "/api/v1/office/declare", {"state": "PRESENT", "note": "surat", "client_id": new_id()}
    await http.refused(path, "UNAUTHENTICATED", body=body)
    theirs = forged(world.attacker.participant, ten=world.victim.tenant_id)
    await http.refused(path, "UNAUTHENTICATED", body=body, bearer=theirs)
    await http.refused(path, "PERMISSION_DENIED", body=body, bearer=world.victim.guest_join)
    for wrong in ({"state": "HADIR"}, {"note": "a" * 201}, {"note": "\x00"}, {"client_id": ""}, {"client_id": "a b"}):
        await http.refused(path, "INVALID_FIELD", body=body | wrong, bearer=world.attacker.participant)
    for date in ("2026-02-30", "2020-01-01", 7):
        await http.refused(path, "INVALID_FIELD", body=body | {"date": date}, bearer=world.attacker.participant)
    await http.harmless(path, body=body, bearer=world.attacker.participant)


async def _own_office(world: World, http: HttpAttempts, path: str) -> Control:
    await http.refused(path, "UNAUTHENTICATED")
    await http.refused(path, "PERMISSION_DENIED", bearer=world.attacker.guest_join)
    await http.refused(f"{path}?date=2026-02-30", "INVALID_FIELD", bearer=world.attacker.participant)
    await http.harmless(path, bearer=world.attacker.participant)

    async def control() -> None:
        assert (await http.ask(path, bearer=world.victim.participant)).status == 200

    return control


@route("GET /api/v1/office/day")
async def own_office_day(world: World, http: HttpAttempts) -> Control:
    return await _own_office(world, http, "/api/v1/office/day")


@route("GET /api/v1/office/week")
async def own_office_week(world: World, http: HttpAttempts) -> Control:
    return await _own_office(world, http, "/api/v1/office/week")


async def _office_of_units(world: World, http: HttpAttempts, path: str) -> Control:
    def of(unit_id: str) -> str:
        return f"{path}?unit_id={unit_id}"

    await http.refused(path, "UNAUTHENTICATED")
    await http.alike(of(world.victim.tenant_id), of(ABSENT_ID), "NOT_FOUND", bearer=world.attacker.admin)
    await http.refused(of("..%2fx"), "INVALID_FIELD", bearer=world.attacker.admin)
    for bearer in (world.attacker.participant, world.victim.host):
        await http.refused(path, "NOT_FOUND", bearer=bearer)
    await http.harmless(path, bearer=world.attacker.admin)

    async def control() -> None:
        answer = await http.ask(path, bearer=world.victim.admin)
        assert answer.status == 200
        assert world.victim.participant_account.encode() in answer.body

    return control


@route("GET /api/v1/office/unit/day")
async def office_unit_day(world: World, http: HttpAttempts) -> Control:
    return await _office_of_units(world, http, "/api/v1/office/unit/day")


@route("GET /api/v1/office/unit/file")
async def office_unit_file(world: World, http: HttpAttempts) -> Control:
    def path(unit_id: str, more: str = "span=week&format=csv") -> str:
        return f"/api/v1/office/unit/file?{more}&unit_id={unit_id}"

    await http.refused(path(""), "UNAUTHENTICATED")
    await http.alike(path(world.victim.tenant_id), path(ABSENT_ID), "NOT_FOUND", bearer=world.attacker.admin)
    for wrong in ("span=year&format=csv", "span=day&format=exe", "span=day&format=csv&language=xx", ""):
        await http.refused(path("", wrong), "INVALID_FIELD", bearer=world.attacker.admin)
    for bearer in (world.attacker.participant, world.victim.host):
        await http.refused(path(""), "NOT_FOUND", bearer=bearer)
    await http.harmless(path(""), bearer=world.attacker.admin)

    async def control() -> None:
        answer = await http.ask(path(""), bearer=world.victim.admin)
        assert answer.status == 200
        assert b"host satu" in answer.body

    return control


@route("GET /api/v1/office/unit/week")
async def office_unit_week(world: World, http: HttpAttempts) -> Control:
    return await _office_of_units(world, http, "/api/v1/office/unit/week")
