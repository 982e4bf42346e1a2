"""A host's meetings."""

from __future__ import annotations

from sipulung.roster.v1 import meeting_pb2
from tests.integration.attempts import Control, HttpAttempts
from tests.integration.client_cases.registry import route
from tests.integration.world import ABSENT_MEETING, World, forged

# No words of a title: too long, hidden characters, only what does not count.
BAD_QUERIES = ("a" * 121, "apel%E2%80%AE", "%E2%80%8B", "'", "rapat%00")


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
    for query in BAD_QUERIES:
        await http.refused(f"{path}?upcoming=1&query={query}", "INVALID_FIELD", bearer=world.attacker.host)
    await http.refused(f"{path}?query=rapat", "INVALID_FIELD", bearer=world.attacker.host)
    find = f"{path}?upcoming=1&query=RAPAT%20tertutup"
    for bearer, scope in ((world.attacker.host, "own"), (world.attacker.admin, "unit")):
        await http.harmless(f"{find}&scope={scope}", bearer=bearer)

    async def control() -> None:
        for asked in (path, find):
            assert world.victim.meeting_id.encode() in (await http.ask(asked, bearer=world.victim.host)).body

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


@route("GET /api/v1/meetings/{meeting_id}/days")
async def meeting_days(world: World, http: HttpAttempts) -> Control:
    def path(meeting_id: str) -> str:
        return f"/api/v1/meetings/{meeting_id}/days"

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
    for query in BAD_QUERIES:
        await http.refused(f"{path}?query={query}", "INVALID_FIELD", bearer=world.attacker.host)
    for month in ("2026-13", "11-2026", "1999-12", "maret"):
        await http.refused(f"{path}?month={month}", "INVALID_FIELD", bearer=world.attacker.host)
    await http.refused(f"{path}?page_token={world.victim.meeting_id}", "INVALID_FIELD", bearer=world.attacker.host)
    await http.refused(path, "PERMISSION_DENIED", bearer=world.attacker.host_join)

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        end = meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)
        await world.ask(meeting_pb2, "MeetingService", "EndMeeting", end, world.victim.host)
        find = f"{path}?query=RAPAT%20tertutup"
        for asked in (path, find):
            assert meeting_id.encode() in (await http.ask(asked, bearer=world.victim.host)).body
        for bearer, scope in ((world.attacker.host, "own"), (world.attacker.admin, "unit")):
            await http.harmless(f"{find}&scope={scope}", bearer=bearer)

    return control


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
