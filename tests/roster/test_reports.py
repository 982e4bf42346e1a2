"""Reports of real logs: made, verified, and checked again after somebody with write access to the store was there."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import nats
import pytest
from nats.js.api import StreamConfig

from services.common import record_chain as chain
from services.common import rpc_client, subjects
from services.common.errors import DomainError, Internal, InvalidField, NotFound
from services.common.ids import MeetingId, TenantId, new_id
from services.common.store import open_store
from services.roster import keys
from services.roster.keys import MeetingRef, Outbox
from services.roster.workshop import Workshop
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2
from tests.roster.conftest import Site
from tests.roster.core.paper import KEY, source
from tests.roster.support.client import RosterClient, eventually
from tests.roster.support.noon import noon_zone

CSV = attendance_pb2.REPORT_FORMAT_CSV
MEMORY_MIB = 512
FORMATS = (CSV, attendance_pb2.REPORT_FORMAT_XLSX, attendance_pb2.REPORT_FORMAT_PDF)


async def export(client: RosterClient, token: str, **wanted: Any) -> bytes:
    request = attendance_pb2.ExportAttendanceRequest(**{"format": CSV, "language": "id", **wanted})
    name, size, data = "", 0, b""
    async for part in rpc_client.stream(client.log.ExportAttendance, request, token=token):
        if part.HasField("file"):
            name, size = part.file.name, part.file.size
        assert len(part.chunk) <= 64 * 1024
        data += part.chunk
    assert name
    assert size == len(data)
    return data


async def verify(client: RosterClient, token: str, file: bytes) -> attendance_pb2.VerifyReportResponse:
    request = attendance_pb2.VerifyReportRequest(file=file)
    answer: attendance_pb2.VerifyReportResponse = await client.call(client.log.VerifyReport, request, token)
    return answer


async def rewrite(site: Site, change: Callable[[list[attendance_pb2.AttendanceRecord]], None], anew: bool) -> None:
    """As somebody with write access to the store: the stream is dropped, and what was in it is published again."""
    client = await nats.connect(f"nats://127.0.0.1:{site.stores.nats.port}")
    stream = client.jetstream()
    name = subjects.ATTENDANCE_STREAM
    held = (await stream.stream_info(name)).state
    kept = []
    for sequence in range(held.first_seq, held.last_seq + 1):
        raw = await stream.get_msg(name, sequence)
        kept.append((str(raw.subject), attendance_pb2.AttendanceRecord.FromString(raw.data or b"")))
    await stream.delete_stream(name)
    await stream.add_stream(StreamConfig(name=name, subjects=[subjects.ATTENDANCE_SUBJECTS], allow_direct=True))
    own = [record for subject, record in kept if f".{site.tenant}." in subject]
    change(own)
    if anew:
        resealed: list[attendance_pb2.AttendanceRecord] = []
        for record in own:
            resealed.append(chain.sealed(record, resealed[-1] if resealed else None))
        own = resealed
    for record in own:
        subject = subjects.attendance(site.tenant, record.meeting_id)
        await stream.publish(subject, record.SerializeToString())
    await client.close()


async def meeting_with_people(site: Site, client: RosterClient, token: str) -> str:
    meeting = await client.create(token)
    for name in ("Siti", "=Budi", "<b>Cici</b>"):
        person = site.auth.participant(site.tenant, meeting.meeting_id, name, device=name[:1])
        await client.join(person)
        await client.leave(person)
    await client.end(token, meeting.meeting_id)
    return meeting.meeting_id


def this_month(site: Site) -> str:
    """The tenant is where it is not about to end."""
    zone = noon_zone()
    site.auth.tenant(site.tenant, time_zone=zone)
    return datetime.now(ZoneInfo(zone)).strftime("%Y-%m")


async def test_a_deletion_that_goes_on_moves_no_occurrence(site: Site) -> None:
    """It is said before it is done: until then the stream still has what does not count any more."""
    client = site.replica()
    host = site.auth.account(site.tenant)
    ref = MeetingRef(TenantId(site.tenant), MeetingId((await client.create(host)).meeting_id))
    redis = open_store(f"redis://127.0.0.1:{site.stores.valkey.port}/0")
    kinds = (
        attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED,
        attendance_pb2.ATTENDANCE_KIND_JOINED,
        attendance_pb2.ATTENDANCE_KIND_LEFT,
        attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED,
    )
    for name, day in (("Senin", 1), ("Selasa", 2)):
        for kind in kinds:
            record = attendance_pb2.AttendanceRecord(tenant_id=site.tenant, meeting_id=ref.meeting_id, kind=kind)
            record.at_ms = day * 86_400_000
            if kind in kinds[1:3]:
                record.participant_id, record.name = "p", name
            await redis.rpush(Outbox(*ref).key, record.SerializeToString(deterministic=True))
    whole = (await client.attendance(host, ref.meeting_id)).records
    assert len(whole) == 8
    file = await export(client, host, meeting_id=ref.meeting_id, occurrence=2)
    deletion = attendance_pb2.Deletion(last_number=3, head=whole[2].hash, occurrences=1, last_day="1970-01-02")
    await redis.hset(keys.deleted(ref.tenant_id), ref.meeting_id, deletion.SerializeToString())
    await redis.aclose()
    log = await client.attendance(host, ref.meeting_id)
    assert (log.intact, [record.number for record in log.records]) == (True, [4, 5, 6, 7, 8])
    report = await client.report(host, ref.meeting_id)
    assert (report.occurrence, [one.number for one in report.occurrences]) == (2, [2])
    assert [line.name for line in report.lines] == ["Selasa"]
    assert b"Selasa" in await export(client, host, meeting_id=ref.meeting_id, occurrence=2)
    for occurrence in (1, 3):
        with pytest.raises(InvalidField):
            await export(client, host, meeting_id=ref.meeting_id, occurrence=occurrence)
    assert (await verify(client, host, file)).verdict == attendance_pb2.VERDICT_MATCHES


async def test_reports_and_what_is_done_to_the_log(site: Site) -> None:
    client, month = site.replica(), this_month(site)
    host = site.auth.account(site.tenant)
    meeting_id = await meeting_with_people(site, client, host)
    files = [await export(client, host, format=one, meeting_id=meeting_id) for one in FORMATS]
    files += [await export(client, host, format=one, month=month) for one in FORMATS]
    for file in files:
        answer = await verify(client, host, file)
        assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_GENUINE)

    def later(records: list[attendance_pb2.AttendanceRecord]) -> None:
        records[2].at_ms += 60_000

    def fewer(records: list[attendance_pb2.AttendanceRecord]) -> None:
        del records[3]

    def nothing(records: list[attendance_pb2.AttendanceRecord]) -> None:
        records.clear()

    for change, anew in ((later, False), (later, True), (fewer, True), (nothing, False)):
        await rewrite(site, change, anew)
        for file in files:
            answer = await verify(client, host, file)
            assert answer.verdict == attendance_pb2.VERDICT_LOG_DAMAGED, (change, anew)
            assert list(answer.damaged_logs) == [meeting_id]


async def test_who_may_read(site: Site) -> None:
    client, month = site.replica(), this_month(site)
    site.auth.unit(site.tenant, "kominfo", "Dinas Kominfo")
    site.auth.unit(site.tenant, "ikp", "Bidang IKP", "kominfo")
    site.auth.unit(site.tenant, "bpbd", "BPBD")
    host = site.auth.account(site.tenant, unit_id="ikp")
    meeting_id = await meeting_with_people(site, client, host)
    file = await export(client, host, meeting_id=meeting_id)
    head = common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT
    for reader in (
        site.auth.account(site.tenant, role=head, unit_id="kominfo"),
        site.auth.account(site.tenant, role=head, unit_id="ikp"),
        site.auth.account(site.tenant, role=common_pb2.ACCOUNT_ROLE_TENANT_ADMIN),
    ):
        assert (await client.report(reader, meeting_id)).records > 0
        assert b"Siti" in await export(client, reader, meeting_id=meeting_id)
        assert (await verify(client, reader, file)).verdict == attendance_pb2.VERDICT_MATCHES
    above = site.auth.account(site.tenant, role=head, unit_id="kominfo")
    unit = await export(client, above, month=month, scope=attendance_pb2.REPORT_SCOPE_UNIT)
    assert b"Dinas Kominfo" in unit
    assert b"Siti" in unit
    assert b"Siti" not in await export(client, above, month=month)
    for stranger in (
        site.auth.account(site.tenant),
        site.auth.account(site.tenant, role=head, unit_id="bpbd"),
        site.auth.account(site.tenant, role=head),
        site.auth.account(new_id(), role=common_pb2.ACCOUNT_ROLE_TENANT_ADMIN),
    ):
        for refused in (client.report(stranger, meeting_id), export(client, stranger, meeting_id=meeting_id)):
            with pytest.raises(NotFound):
                await refused
        with pytest.raises(NotFound):
            await verify(client, stranger, file)
    for token, scope in ((host, "UNIT"), (host, "TENANT"), (above, "TENANT")):
        with pytest.raises(InvalidField):
            await export(client, token, month=month, scope=attendance_pb2.ReportScope.Value(f"REPORT_SCOPE_{scope}"))
    for wanted in ({}, {"meeting_id": meeting_id, "month": month}, {"meeting_id": meeting_id, "occurrence": 2}):
        with pytest.raises(InvalidField):
            await export(client, host, **wanted)


async def test_names_from_the_directory(site: Site) -> None:
    client = site.replica()
    host = site.auth.account(site.tenant)
    site.auth.unit(site.tenant, "ikp", "Bidang IKP")
    site.auth.tenant(site.tenant, time_zone="Asia/Jayapura", language="en")
    site.auth.person(site.tenant, "siti", "Siti", nip="197001011990031001", unit_id="ikp")
    meeting = await client.create(host)
    person = site.auth.participant(site.tenant, meeting.meeting_id, "Siti", account_id="siti")
    await client.join(person)
    answer = await client.report(host, meeting.meeting_id)
    assert [(line.nip, line.unit) for line in answer.lines] == [("197001011990031001", "Bidang IKP")]
    assert (answer.time_zone, answer.occurrence, len(answer.occurrences)) == ("Asia/Jayapura", 1, 1)
    file = (await export(client, host, meeting_id=meeting.meeting_id, language="")).decode()
    assert '"Siti";"19700101 199003 1 001";"Bidang IKP"' in file
    assert '"First join (WIT)"' in file


async def test_a_worker_that_dies_costs_one_report_only() -> None:
    workshop = Workshop(KEY, MEMORY_MIB)
    try:
        file, meetings = await workshop.make(source(), CSV, lambda _: None)
        assert meetings == 1
        assert await workshop.read(file) is not None
        assert await workshop.read(b"nothing") is None
        process = workshop._process
        assert process is not None
        assert resource.prlimit(process.pid, resource.RLIMIT_AS)[0] == MEMORY_MIB * 1024**2
        os.kill(process.pid, signal.SIGSTOP)
        waiting = asyncio.create_task(workshop.make(source(), CSV, lambda _: None))
        await asyncio.sleep(0.2)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(Internal):
            await waiting
        assert await workshop.make(source(), CSV, lambda _: None) == (file, 1)
        # One that cannot be made says so, in its own words where it is no fault of ours, and the worker goes on.
        with pytest.raises(InvalidField, match="must be 1 to 1") as refused:
            await workshop.make(source(occurrence=7), CSV, lambda _: None)
        assert refused.value.field == "occurrence"
        with pytest.raises(Internal):
            await workshop.make(source(month="2020-13"), CSV, lambda _: None)
        assert workshop._process is not process
        assert await workshop.make(source(), CSV, lambda _: None) == (file, 1)
    finally:
        await workshop.close()


async def test_whoever_goes_away_ends_the_work(site: Site) -> None:
    client, month = site.replica(), this_month(site)
    host = site.auth.account(site.tenant)
    await meeting_with_people(site, client, host)
    file = await export(client, host, month=month)
    roster = site.replicas[0]

    def children() -> list[str]:
        return Path(f"/proc/{roster.pid}/task/{roster.pid}/children").read_text().split()

    (worker,) = children()
    os.kill(int(worker), signal.SIGSTOP)
    request = attendance_pb2.ExportAttendanceRequest(format=CSV, month=month)
    parts = rpc_client.stream(client.log.ExportAttendance, request, token=host)
    assert (await anext(parts)).HasField("progress")
    await parts.aclose()

    async def it_is_gone() -> bool:
        return worker not in children()

    await eventually(it_is_gone)
    assert len(await export(client, host, month=month)) == len(file)


async def test_a_report_that_takes_too_long() -> None:
    workshop = Workshop(KEY, MEMORY_MIB, job_s=0.001)
    with pytest.raises(DomainError):
        await workshop.make(source(), CSV, lambda _: None)
    await workshop.close()


def test_the_fonts_and_their_licence_are_there() -> None:
    fonts = Path(__file__).parents[2] / "services" / "roster" / "reports" / "fonts"
    assert sorted(one.name for one in fonts.iterdir()) == ["DejaVuSans-Bold.ttf", "DejaVuSans.ttf", "LICENSE"]
