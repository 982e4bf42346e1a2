"""How one tenant tries to reach another through each HTTP route and each message of the WebSocket."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping

from services.common.ids import new_id
from sipulung.auth.v1 import unit_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import meeting_pb2, moderation_pb2, participant_pb2, poll_pb2
from sipulung.signaling.v1 import client_pb2
from tests.integration.attempts import Control, HttpAttempts, SocketAttempts
from tests.integration.world import ABSENT_ID, ABSENT_MEETING, VICTIM, World, forged, password_of
from tests.media.core.sdp.offers import PC

HttpCase = Callable[[World, HttpAttempts], Awaitable[Control | None]]
SocketCase = Callable[[World, SocketAttempts], Awaitable[Control | None]]
ROUTES: dict[str, HttpCase] = {}
MESSAGES: dict[str, SocketCase] = {}


def route(name: str) -> Callable[[HttpCase], HttpCase]:
    def register(function: HttpCase) -> HttpCase:
        assert name not in ROUTES
        ROUTES[name] = function
        return function

    return register


def message(kind: str) -> Callable[[SocketCase], SocketCase]:
    def register(function: SocketCase) -> SocketCase:
        assert kind not in MESSAGES
        MESSAGES[kind] = function
        return function

    return register


# --- HTTP


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


@route("GET /api/v1/meetings")
async def list_meetings(world: World, http: HttpAttempts) -> Control:
    path = "/api/v1/meetings"
    await http.harmless(path, bearer=world.attacker.host)
    await http.harmless(f"{path}?upcoming=1", bearer=world.attacker.host)
    await http.harmless(f"{path}?upcoming=1&scope=unit", bearer=world.attacker.admin)
    await http.refused(f"{path}?upcoming=1&scope=unit", "PERMISSION_DENIED", bearer=world.attacker.host)
    await http.refused(f"{path}?page_token={world.victim.meeting_id}", "INVALID_FIELD", bearer=world.attacker.host)
    await http.refused(path, "UNAUTHENTICATED", bearer=forged(world.attacker.host, ten=world.victim.tenant_id))
    await http.refused(path, "PERMISSION_DENIED", bearer=world.attacker.host_join)

    async def control() -> None:
        assert world.victim.meeting_id.encode() in (await http.ask(path, bearer=world.victim.host)).body

    return control


@route("POST /api/v1/meetings")
async def create_meeting(world: World, http: HttpAttempts) -> None:
    path, body = "/api/v1/meetings", {"title": "Rapat baru"}
    await http.refused(path, "PERMISSION_DENIED", body=body, bearer=world.attacker.host_join)
    await http.refused(
        path, "UNAUTHENTICATED", body=body, bearer=forged(world.attacker.host, ten=world.victim.tenant_id)
    )
    await http.harmless(path, body=body, bearer=world.attacker.host)


@route("POST /api/v1/meetings/{meeting_id}/end")
async def end_meeting(world: World, http: HttpAttempts) -> Control:
    def path(meeting_id: str) -> str:
        return f"/api/v1/meetings/{meeting_id}/end"

    theirs = world.victim.meeting_id
    for bearer in (world.attacker.host, world.attacker.host_join, world.attacker.admin):
        await http.alike(path(theirs), path(ABSENT_MEETING), "NOT_FOUND", bearer=bearer)

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        assert (await http.ask(path(meeting_id), bearer=world.victim.host)).status == 200

    return control


@route("POST /api/v1/meetings/{meeting_id}/cancel")
async def cancel_meeting(world: World, http: HttpAttempts) -> Control:
    def path(meeting_id: str) -> str:
        return f"/api/v1/meetings/{meeting_id}/cancel"

    theirs = world.victim.meeting_id
    for bearer in (world.attacker.host, world.attacker.admin):
        await http.alike(path(theirs), path(ABSENT_MEETING), "NOT_FOUND", bearer=bearer)
    await http.refused(path(theirs), "PERMISSION_DENIED", bearer=world.attacker.host_join)

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        assert (await http.ask(path(meeting_id), bearer=world.victim.host)).status == 200

    return control


@route("PATCH /api/v1/meetings/{meeting_id}")
async def update_meeting(world: World, http: HttpAttempts) -> Control:
    def path(meeting_id: str) -> str:
        return f"/api/v1/meetings/{meeting_id}"

    body = {"revision": 1, "title": "Milik saya"}
    theirs = world.victim.meeting_id
    for bearer in (world.attacker.host, world.attacker.admin):
        await http.alike(path(theirs), path(ABSENT_MEETING), "NOT_FOUND", body=body, absent_body=body, bearer=bearer)
    await http.refused(path(theirs), "PERMISSION_DENIED", body=body, bearer=world.attacker.host_join)

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        changed = {"revision": 1, "capacity": 20}
        assert (await http.ask(path(meeting_id), changed, bearer=world.victim.host)).status == 200

    return control


@route("POST /api/v1/meetings/{meeting_id}/calendar.ics")
async def meeting_calendar(world: World, http: HttpAttempts) -> Control:
    def path(meeting_id: str) -> str:
        return f"/api/v1/meetings/{meeting_id}/calendar.ics"

    theirs = world.victim.meeting_id
    for bearer in (world.attacker.host, world.attacker.admin):
        await http.alike(path(theirs), path(ABSENT_MEETING), "NOT_FOUND", bearer=bearer)
    for bearer in (world.attacker.host_join, world.victim.guest_join, world.victim.participant):
        await http.refused(path(theirs), "PERMISSION_DENIED", bearer=bearer)

    async def control() -> None:
        # It is theirs, and was not scheduled.
        assert (await http.ask(path(theirs), bearer=world.victim.host)).code == "WRONG_STATE"

    return control


@route("GET /api/v1/occurrences")
async def list_occurrences(world: World, http: HttpAttempts) -> Control:
    path = "/api/v1/occurrences"
    await http.harmless(path, bearer=world.attacker.host)
    await http.harmless(f"{path}?scope=unit", bearer=world.attacker.admin)
    await http.refused(f"{path}?scope=unit", "PERMISSION_DENIED", bearer=world.attacker.host)
    await http.refused(f"{path}?scope=all", "INVALID_FIELD", bearer=world.attacker.host)
    await http.refused(f"{path}?page_token={world.victim.meeting_id}", "INVALID_FIELD", bearer=world.attacker.host)
    await http.refused(path, "PERMISSION_DENIED", bearer=world.attacker.host_join)

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        end = meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)
        await world.ask(meeting_pb2, "MeetingService", "EndMeeting", end, world.victim.host)
        assert meeting_id.encode() in (await http.ask(path, bearer=world.victim.host)).body

    return control


async def _only_its_host_reads(world: World, http: HttpAttempts, tail: str, holds: bytes = b"Tamu") -> Control:
    def path(meeting_id: str) -> str:
        return f"/api/v1/meetings/{meeting_id}/{tail}"

    theirs = world.victim.meeting_id
    for bearer in (world.attacker.host, world.attacker.admin):
        await http.alike(path(theirs), path(ABSENT_MEETING), "NOT_FOUND", bearer=bearer)
    for bearer in (world.attacker.host_join, world.victim.guest_join, world.victim.participant):
        await http.refused(path(theirs), "PERMISSION_DENIED", bearer=bearer)
    await http.refused(path(theirs), "UNAUTHENTICATED")
    for meeting_id in ("1", "81234567890", "..%2fx"):
        await http.refused(path(meeting_id), "INVALID_FIELD", "NOT_FOUND", bearer=world.attacker.host)

    async def control() -> None:
        answer = await http.ask(path(theirs), bearer=world.victim.host)
        assert answer.status == 200
        assert holds in answer.body

    return control


@route("GET /api/v1/meetings/{meeting_id}/attendance")
async def attendance(world: World, http: HttpAttempts) -> Control:
    return await _only_its_host_reads(world, http, "attendance")


@route("GET /api/v1/meetings/{meeting_id}/attendance.csv")
async def attendance_csv(world: World, http: HttpAttempts) -> Control:
    return await _only_its_host_reads(world, http, "attendance.csv")


@route("GET /api/v1/meetings/{meeting_id}/attendance.xlsx")
async def attendance_xlsx(world: World, http: HttpAttempts) -> Control:
    return await _only_its_host_reads(world, http, "attendance.xlsx", b"xl/workbook.xml")


@route("GET /api/v1/meetings/{meeting_id}/attendance.pdf")
async def attendance_pdf(world: World, http: HttpAttempts) -> Control:
    return await _only_its_host_reads(world, http, "attendance.pdf", b"%PDF")


@route("GET /api/v1/reports/attendance")
async def month_attendance(world: World, http: HttpAttempts) -> None:
    path = "/api/v1/reports/attendance?month=2026-11&format=csv"
    for scope in ("unit", "tenant", "province"):
        await http.refused(f"{path}&scope={scope}", "INVALID_FIELD", bearer=world.attacker.host)
    await http.refused(path, "UNAUTHENTICATED")
    await http.refused(path, "PERMISSION_DENIED", bearer=world.attacker.host_join)
    for bearer, scope in ((world.attacker.host, "own"), (world.attacker.admin, "tenant")):
        await http.harmless(f"{path}&scope={scope}", bearer=bearer)


@route("POST /api/v1/reports/verify")
async def verify_report(world: World, http: HttpAttempts) -> None:
    # A file is sent, not JSON.
    await http.refused("/api/v1/reports/verify", "MALFORMED", bearer=world.attacker.host)


@route("POST /api/v1/meetings/{meeting_id}/password")
async def set_password(world: World, http: HttpAttempts) -> Control:
    def path(meeting_id: str) -> str:
        return f"/api/v1/meetings/{meeting_id}/password"

    theirs = world.victim.meeting_id
    for bearer in (world.attacker.host, world.attacker.admin):
        await http.alike(path(theirs), path(ABSENT_MEETING), "NOT_FOUND", bearer=bearer)

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        assert (await http.ask(path(meeting_id), bearer=world.victim.host)).status == 200

    return control


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


@route("POST /api/v1/office/declare")
async def declare(world: World, http: HttpAttempts) -> None:
    path, body = "/api/v1/office/declare", {"state": "PRESENT", "note": "surat", "client_id": new_id()}
    await http.refused(path, "UNAUTHENTICATED", body=body)
    theirs = forged(world.attacker.participant, ten=world.victim.tenant_id)
    await http.refused(path, "UNAUTHENTICATED", body=body, bearer=theirs)
    await http.refused(path, "PERMISSION_DENIED", body=body, bearer=world.victim.guest_join)
    for wrong in ({"state": "HADIR"}, {"note": "a" * 201}, {"note": "\x00"}, {"client_id": ""}, {"client_id": "a b"}):
        await http.refused(path, "INVALID_FIELD", body=body | wrong, bearer=world.attacker.participant)
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


@route("GET /api/v1/me/accesses")
async def own_accesses(world: World, http: HttpAttempts) -> Control:
    await http.refused("/api/v1/me/accesses?page_token=x", "INVALID_FIELD", bearer=world.attacker.host)
    return await _only_ones_own(world, http, "/api/v1/me/accesses")


@route("GET /ws")
async def socket(world: World, http: HttpAttempts) -> None:
    # Without a message (see below) a connection has nobody's rights, whatever its headers say.
    http.tried += 1
    answer = await http.ask("/ws", bearer=world.victim.host, origin="https://jahat.example")
    assert answer.status == 403
    world.assert_tells_nothing(answer.body)


@route("GET /.well-known/jwks.json")
async def jwks(world: World, http: HttpAttempts) -> None:
    answer = await http.harmless("/.well-known/jwks.json")
    # RFC 8037: "d" is the private key.
    assert b'"d"' not in answer.body


@route("* /api/{rest:.*}")
async def no_such_route(world: World, http: HttpAttempts) -> None:
    for path in (f"/api/v1/tenants/{world.victim.tenant_id}", "/api/v1/meetings/", "/api/v2/join"):
        for method in ("GET", "PUT", "DELETE"):
            http.tried += 1
            answer = await http.ask(path, bearer=world.attacker.admin, method=method)
            assert answer.code == "NOT_FOUND", answer


@route("GET /{path:.*}")
async def page(world: World, http: HttpAttempts) -> None:
    paths = (
        "/",
        f"/r/{world.victim.meeting_id}",
        "/../keys/service.key",
        "/assets/../../../keys/service.key",
        "/%2e%2e/%2e%2e/keys/service.key",
        "/..%2f..%2fkeys%2fservice.key",
        "//etc/passwd",
    )
    for path in paths:
        http.tried += 1
        answer = await http.ask(path, bearer=world.attacker.admin)
        # The same for everybody: there is nothing of anybody's in it.
        assert answer == await http.ask(path), path
        assert answer.status in (200, 404), path
        world.assert_tells_nothing(answer.body)
        assert b"root:" not in answer.body


# --- WebSocket


async def _attacker(world: World, *, host: bool = False) -> str:
    """A join token of the attacker's for a meeting of their own, of which nobody else knows."""
    meeting_id, password = await world.meeting(world.attacker)
    if host:
        return (await world.join_token(meeting_id, token=world.attacker.host)).join_token
    return (await world.join_token(meeting_id, password)).join_token


@message("open")
async def open_(world: World, ws: SocketAttempts) -> None:
    victim, attacker = world.victim, world.attacker

    def body(token: str) -> client_pb2.Open:
        return client_pb2.Open(join_token=token, offer_sdp=PC)

    for token, code in (
        (attacker.host, "PERMISSION_DENIED"),
        (victim.host, "PERMISSION_DENIED"),
        (world.service, "UNAUTHENTICATED"),
        (forged(attacker.guest_join, ten=victim.tenant_id, mtg=victim.meeting_id), "UNAUTHENTICATED"),
        (forged(attacker.guest_join, mtg=victim.meeting_id), "UNAUTHENTICATED"),
        (forged(attacker.guest_join, sub=victim.guest_id), "UNAUTHENTICATED"),
    ):
        client = await world.connect()
        await ws.refused(client, body(token), code)
        await client.socket.close()


@message("resume")
async def resume(world: World, ws: SocketAttempts) -> Control:
    victim = world.victim
    theirs = world.resident.opened
    own = await world.opened(await _attacker(world))
    secret = own.opened.resume_token.rpartition(".")[2]

    async def refusal(session_id: str, token: str) -> bytes:
        client = await world.connect()
        body = client_pb2.Resume(session_id=session_id, resume_token=token)
        error = await ws.refused(client, body, "SESSION_GONE")
        await client.socket.close()
        return error.SerializeToString()

    place = f"{victim.tenant_id}.{victim.meeting_id}.{victim.guest_id}"
    elsewhere = f"{victim.tenant_id}.{ABSENT_MEETING}.{victim.guest_id}"
    answers = {
        await refusal(theirs.session_id, own.opened.resume_token),
        await refusal(ABSENT_ID, own.opened.resume_token),
        await refusal(theirs.session_id, f"{place}.{secret}"),
        await refusal(theirs.session_id, f"{elsewhere}.{secret}"),
        await refusal(own.opened.session_id, f"{place}.{secret}"),
    }
    assert len(answers) == 1

    async def control() -> None:
        client = await world.connect()
        answer = await client.resume(own.opened.session_id, own.opened.resume_token)
        assert answer.WhichOneof("body") == "resumed", answer
        await client.socket.close()

    return control


@message("enter")
async def enter(world: World, ws: SocketAttempts) -> None:
    client = await world.opened(await _attacker(world))
    publish = media_session_pb2.PublishState(microphone=True, camera=True)
    answer = await ws.harmless(client, client_pb2.Enter(publish=publish))
    assert len(answer.entered.snapshot.participants) == 1
    await client.socket.close()


@message("negotiate")
async def negotiate(world: World, ws: SocketAttempts) -> Control:
    client = await world.opened(await _attacker(world))

    def body(media_session_id: str) -> client_pb2.Negotiate:
        return client_pb2.Negotiate(media_session_id=media_session_id, offer_sdp=PC)

    theirs = await ws.refused(client, body(world.resident.opened.media_session_id), "SESSION_GONE")
    assert theirs == await ws.refused(client, body(ABSENT_ID), "SESSION_GONE")

    async def control() -> None:
        answer = await client.request(negotiate=body(client.opened.media_session_id))
        assert answer.WhichOneof("body") == "negotiated", answer
        await client.socket.close()

    return control


@message("reconnect")
async def reconnect(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    layout = media_session_pb2.LayoutRequest(
        number=1, tiles=[media_session_pb2.TileRequest(slot=1, height=360, participant_id=world.victim.guest_id)]
    )
    answer = await ws.harmless(client, client_pb2.Reconnect(offer_sdp=PC, layout=layout))
    assert answer.WhichOneof("body") == "reconnected"
    await client.socket.close()


@message("raise_hand")
async def raise_hand(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    await ws.harmless(client, client_pb2.RaiseHand(raised=True))
    await client.socket.close()


@message("say")
async def say(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    await ws.harmless(client, client_pb2.Say(text="halo", client_line_id=new_id()))
    await client.socket.close()


@message("moderate")
async def moderate(world: World, ws: SocketAttempts) -> Control:
    def body(participant_id: str) -> moderation_pb2.HostAct:
        return moderation_pb2.HostAct(remove=moderation_pb2.Remove(participant_id=participant_id))

    host = await world.entered(await _attacker(world, host=True))
    theirs = await ws.refused(host, body(world.victim.guest_id), "INVALID_FIELD")
    assert theirs == await ws.refused(host, body(ABSENT_ID), "INVALID_FIELD")
    await host.socket.close()
    guest = await world.entered(await _attacker(world))
    await ws.refused(guest, body(guest.opened.participant_id), "PERMISSION_DENIED")
    await guest.socket.close()

    async def control() -> None:
        meeting_id, password = await world.meeting(world.victim)
        inside = await world.entered((await world.join_token(meeting_id, password)).join_token)
        owner = await world.entered((await world.join_token(meeting_id, token=world.victim.host)).join_token)
        answer = await owner.request(moderate=body(inside.opened.participant_id))
        assert answer.WhichOneof("body") == "done", answer
        await owner.socket.close()
        await inside.socket.close()

    return control


@message("react")
async def react(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    await ws.harmless(client, participant_pb2.ReactRequest(reaction=moderation_pb2.REACTION_THANKS))
    await client.socket.close()


@message("leave")
async def leave(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    await ws.harmless(client, client_pb2.Leave())


@message("end_meeting")
async def end_the_meeting(world: World, ws: SocketAttempts) -> None:
    guest = await world.entered(await _attacker(world))
    await ws.refused(guest, client_pb2.EndMeeting(), "PERMISSION_DENIED")
    await guest.socket.close()
    host = await world.entered(await _attacker(world, host=True))
    await ws.harmless(host, client_pb2.EndMeeting())


@message("ping")
async def ping(world: World, ws: SocketAttempts) -> None:
    client = await world.opened(await _attacker(world))
    await ws.harmless(client, client_pb2.Ping())
    await client.socket.close()


@message("timings")
async def timings(world: World, ws: SocketAttempts) -> None:
    client = await world.opened(await _attacker(world))
    await ws.harmless(client, client_pb2.JoinTimings(token_ms=5, started_at_ms=1))
    await client.socket.close()


@message("open_poll")
async def open_poll(world: World, ws: SocketAttempts) -> None:
    question = poll_pb2.OpenPollRequest(question="Setuju?", options=["ya", "tidak"])
    guest = await world.entered(await _attacker(world))
    await ws.refused(guest, question, "PERMISSION_DENIED")
    await guest.socket.close()
    host = await world.entered(await _attacker(world, host=True))
    await ws.harmless(host, question)
    await host.socket.close()


@message("close_poll")
async def close_poll(world: World, ws: SocketAttempts) -> None:
    theirs = poll_pb2.ClosePollRequest(poll_id=world.victim.poll_id)
    host = await world.entered(await _attacker(world, host=True))
    one = await ws.refused(host, theirs, "NOT_FOUND")
    assert one == await ws.refused(host, poll_pb2.ClosePollRequest(poll_id=ABSENT_ID), "NOT_FOUND")
    await host.socket.close()


@message("vote")
async def vote(world: World, ws: SocketAttempts) -> None:
    theirs = poll_pb2.VoteRequest(poll_id=world.victim.poll_id)
    client = await world.entered(await _attacker(world))
    one = await ws.refused(client, theirs, "NOT_FOUND")
    assert one == await ws.refused(client, poll_pb2.VoteRequest(poll_id=ABSENT_ID), "NOT_FOUND")
    await client.socket.close()
