"""Joining, signing in and out."""

from __future__ import annotations

import json

from tests.integration.attempts import Control, HttpAttempts
from tests.integration.client_cases.registry import route
from tests.integration.world import ABSENT_ID, ABSENT_MEETING, VICTIM, World, password_of


@route("POST /api/v1/join")
async def join(world: World, http: HttpAttempts) -> Control:
    def body(meeting_id: str, password: str = "") -> dict[str, str]:
        return {"meeting_id": meeting_id, "password": password, "name": "Tamu"}

    path, code, theirs = "/api/v1/join", "WRONG_ID_OR_PASSWORD", world.victim.meeting_id
    for password, bearer in (("", world.attacker.host), (world.attacker.meeting_password, "")):
        one, absent = body(theirs, password), body(ABSENT_MEETING, password)
        await http.alike(path, path, code, body=one, absent_body=absent, bearer=bearer)

    async def control() -> None:
        assert (await http.ask(path, body(theirs), bearer=world.victim.host)).status == 200

    return control


@route("POST /api/v1/join/calendar.ics")
async def join_calendar(world: World, http: HttpAttempts) -> Control:
    def body(meeting_id: str, password: str = "") -> dict[str, str]:
        return {"meeting_id": meeting_id, "password": password, "name": "Tamu"}

    path, code, theirs = "/api/v1/join/calendar.ics", "WRONG_ID_OR_PASSWORD", world.victim.meeting_id
    for password, bearer in (("", world.attacker.host), (world.attacker.meeting_password, "")):
        one, absent = body(theirs, password), body(ABSENT_MEETING, password)
        await http.alike(path, path, code, body=one, absent_body=absent, bearer=bearer)

    async def control() -> None:
        # They may know of it, and it was not scheduled.
        assert (await http.ask(path, body(theirs), bearer=world.victim.host)).code == "WRONG_STATE"

    return control


@route("POST /api/v1/sign-in")
async def sign_in(world: World, http: HttpAttempts) -> Control:
    def body(user: str, slug: str) -> dict[str, str]:
        return {"user": f"{user}@{VICTIM}", "password": password_of(slug)}

    path, own = "/api/v1/sign-in", world.attacker.slug
    await http.alike(
        path,
        path,
        "WRONG_USER_OR_PASSWORD",
        body=body("tenant_admin", own),
        absent_body=body("nobody", own),
        bearer=world.attacker.admin,
    )

    async def control() -> None:
        assert (await http.ask(path, body("tenant_admin", VICTIM))).status == 200

    return control


@route("POST /api/v1/session/refresh")
async def refresh(world: World, http: HttpAttempts) -> Control:
    path = "/api/v1/session/refresh"
    theirs = (await world.sign_in("host", VICTIM)).tokens.refresh_token
    untouched = (await world.sign_in("host", VICTIM)).tokens.refresh_token
    own = (await world.sign_in("host", world.attacker.slug)).tokens.refresh_token
    family, secret = theirs.split(".")[0], own.split(".")[1]
    one = await http.refused(path, "UNAUTHENTICATED", cookie=f"{family}.{secret}", bearer=world.attacker.host)
    assert one == await http.refused(path, "UNAUTHENTICATED", cookie=f"{ABSENT_ID}.{secret}")
    # The bearer is not looked at: the cookie alone says who one is.
    answer = await http.harmless(path, cookie=own, bearer=world.victim.host)
    assert json.loads(answer.body)["tenant_name"] == f"Kabupaten {world.attacker.slug}"
    # Nor from a page of another site, which would have the cookie.
    await http.refused(path, "PERMISSION_DENIED", cookie=answer.cookie, origin="https://jahat.example")

    async def control() -> None:
        assert (await http.ask(path, cookie=untouched)).status == 200

    return control


@route("POST /api/v1/session/sign-out")
async def sign_out(world: World, http: HttpAttempts) -> Control:
    theirs = (await world.sign_in("host", VICTIM)).tokens.refresh_token
    own = (await world.sign_in("host", world.attacker.slug)).tokens.refresh_token
    for cookie in (own, f"{world.victim.host_account}.{own.split('.')[1]}"):
        await http.harmless("/api/v1/session/sign-out", cookie=cookie, bearer=world.attacker.host)

    async def control() -> None:
        assert (await http.ask("/api/v1/session/refresh", cookie=theirs)).status == 200

    return control
