"""Attendance and its files."""

from __future__ import annotations

from tests.integration.attempts import Control, HttpAttempts
from tests.integration.client_cases.registry import route
from tests.integration.world import ABSENT_MEETING, World


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
