"""A tenant's frame: units, accounts, office hours."""

from __future__ import annotations

import json
from collections.abc import Mapping

from services.common.ids import new_id
from sipulung.auth.v1 import unit_pb2
from tests.integration.attempts import Control, HttpAttempts
from tests.integration.client_cases.registry import route
from tests.integration.world import ABSENT_ID, VICTIM, World, forged


@route("GET /api/v1/tenant")
async def tenant(world: World, http: HttpAttempts) -> Control:
    path = "/api/v1/tenant"
    answer = await http.harmless(path, bearer=world.attacker.admin)
    assert json.loads(answer.body)["tenant"]["slug"] == world.attacker.slug
    await http.refused(path, "PERMISSION_DENIED", bearer=world.attacker.host_join)
    await http.refused(path, "UNAUTHENTICATED", bearer=forged(world.attacker.admin, ten=world.victim.tenant_id))

    async def control() -> None:
        assert world.victim.tenant_id.encode() in (await http.ask(path, bearer=world.victim.admin)).body

    return control


async def _only_an_admin(world: World, http: HttpAttempts, path: str, body: Mapping[str, object]) -> None:
    for bearer in (world.attacker.host, world.attacker.participant, world.victim.participant, world.attacker.host_join):
        await http.refused(path, "PERMISSION_DENIED", body=body, bearer=bearer)
    await http.refused(path, "UNAUTHENTICATED", body=body)
    await http.refused(
        path, "UNAUTHENTICATED", body=body, bearer=forged(world.attacker.admin, ten=world.victim.tenant_id)
    )


@route("PATCH /api/v1/tenant")
async def update_tenant(world: World, http: HttpAttempts) -> Control:
    path = "/api/v1/tenant"
    await _only_an_admin(world, http, path, {"revision": 1, "name": "Kabupaten lain"})
    # There is no way to name another tenant than one's own.
    body = {"revision": 999, "tenant_id": world.victim.tenant_id, "name": "Kabupaten lain"}
    await http.refused(path, "CONFLICT", body=body, bearer=world.attacker.admin)

    async def control() -> None:
        now = json.loads((await http.ask(path, method="GET", bearer=world.victim.admin)).body)["tenant"]
        same = {"revision": int(now["revision"]), "name": now["name"]}
        assert (await http.ask(path, same, bearer=world.victim.admin)).status == 200

    return control


async def _new_unit(world: World) -> str:
    """One more of the victim's, for what is done to it afterwards."""
    request = unit_pb2.CreateUnitRequest(name=f"Unit {new_id()}")
    created = await world.ask(unit_pb2, "UnitService", "CreateUnit", request, world.victim.admin)
    return str(created.unit.unit_id)


@route("GET /api/v1/units")
async def units(world: World, http: HttpAttempts) -> Control:
    path = "/api/v1/units"
    theirs = world.victim.unit_id
    assert theirs.encode() not in (await http.harmless(path, bearer=world.attacker.admin)).body
    await http.refused(path, "PERMISSION_DENIED", bearer=world.attacker.host_join)

    async def control() -> None:
        assert theirs.encode() in (await http.ask(path, bearer=world.victim.participant)).body

    return control


@route("POST /api/v1/units")
async def create_unit(world: World, http: HttpAttempts) -> Control:
    path = "/api/v1/units"
    theirs = world.victim.unit_id
    await _only_an_admin(world, http, path, {"name": "Dinas"})
    one, absent = {"name": "Dinas", "parent_id": theirs}, {"name": "Dinas", "parent_id": ABSENT_ID}
    codes = ("NOT_FOUND", "INVALID_FIELD")
    await http.alike(path, path, *codes, body=one, absent_body=absent, bearer=world.attacker.admin)

    async def control() -> None:
        assert (await http.ask(path, {**one, "name": f"Unit {new_id()}"}, bearer=world.victim.admin)).status == 201

    return control


@route("PATCH /api/v1/units/{unit_id}")
async def update_unit(world: World, http: HttpAttempts) -> Control:
    def path(unit_id: str) -> str:
        return f"/api/v1/units/{unit_id}"

    theirs, body = world.victim.unit_id, {"revision": 1, "name": "Dinas lain"}
    await _only_an_admin(world, http, path(theirs), body)
    await http.alike(
        path(theirs), path(ABSENT_ID), "NOT_FOUND", body=body, absent_body=body, bearer=world.attacker.admin
    )

    async def control() -> None:
        own = {"revision": 1, "name": f"Unit {new_id()}"}
        assert (await http.ask(path(await _new_unit(world)), own, bearer=world.victim.admin)).status == 200

    return control


@route("DELETE /api/v1/units/{unit_id}")
async def delete_unit(world: World, http: HttpAttempts) -> Control:
    def path(unit_id: str) -> str:
        return f"/api/v1/units/{unit_id}?revision=1"

    theirs = world.victim.unit_id
    await _only_an_admin(world, http, path(theirs), {})
    await http.alike(path(theirs), path(ABSENT_ID), "NOT_FOUND", bearer=world.attacker.admin)

    async def control() -> None:
        assert (await http.ask(path(await _new_unit(world)), bearer=world.victim.admin)).status == 200

    return control


@route("GET /api/v1/accounts")
async def accounts(world: World, http: HttpAttempts) -> Control:
    path = "/api/v1/accounts"
    await http.harmless(path, bearer=world.attacker.admin)
    await http.harmless(f"{path}?query={VICTIM}", bearer=world.attacker.admin)
    for bearer in (world.attacker.host, world.attacker.participant, world.attacker.host_join):
        await http.refused(path, "PERMISSION_DENIED", bearer=bearer)

    async def control() -> None:
        assert world.victim.host_account.encode() in (await http.ask(path, bearer=world.victim.admin)).body

    return control


@route("POST /api/v1/accounts")
async def create_account(world: World, http: HttpAttempts) -> None:
    path = "/api/v1/accounts"
    body = {"user": f"baru{new_id()[:8]}", "name": "Baru", "role": "HOST"}
    await _only_an_admin(world, http, path, body)
    await http.refused(
        path, "PERMISSION_DENIED", body={**body, "role": "PROVINCE_OPERATOR"}, bearer=world.attacker.admin
    )
    await http.refused(
        path,
        "NOT_FOUND",
        "INVALID_FIELD",
        body={**body, "unit_id": world.victim.unit_id},
        bearer=world.attacker.admin,
    )
    await http.harmless(path, body=body, bearer=world.attacker.admin)


async def _of_an_account(world: World, http: HttpAttempts, tail: str, body: Mapping[str, object]) -> Control:
    def path(account_id: str) -> str:
        return f"/api/v1/accounts/{account_id}{tail}"

    theirs = world.victim.participant_account
    await _only_an_admin(world, http, path(theirs), body)
    await http.alike(
        path(theirs), path(ABSENT_ID), "NOT_FOUND", body=body, absent_body=body, bearer=world.attacker.admin
    )

    async def control() -> None:
        # Of one of their own that nobody else here needs.
        new = {"user": f"baru{new_id()[:8]}", "name": "Baru", "role": "PARTICIPANT"}
        made = await http.ask("/api/v1/accounts", new, method="POST", bearer=world.victim.admin)
        own = json.loads(made.body)["account"]["account_id"]
        assert (await http.ask(path(own), body, bearer=world.victim.admin)).status == 200

    return control


@route("PATCH /api/v1/accounts/{account_id}")
async def update_account(world: World, http: HttpAttempts) -> Control:
    return await _of_an_account(world, http, "", {"revision": 1, "name": "Nama lain"})


@route("POST /api/v1/accounts/{account_id}/disable")
async def disable_account(world: World, http: HttpAttempts) -> Control:
    return await _of_an_account(world, http, "/disable", {})


@route("POST /api/v1/accounts/{account_id}/password")
async def reset_account_password(world: World, http: HttpAttempts) -> Control:
    return await _of_an_account(world, http, "/password", {})
