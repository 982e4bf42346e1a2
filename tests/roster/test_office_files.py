"""Files of office hours on real stores: who gets them, and what proves them."""

from __future__ import annotations

from datetime import timedelta

import nats
import pytest
from redis.asyncio import Redis

from services.common import subjects
from services.common.bus import Bus
from services.common.errors import NotFound
from services.common.telemetry import Telemetry
from services.roster.core.change import AuditNote
from services.roster.deletions import Deletions
from services.roster.ledger import Ledger
from services.roster.metrics import RosterMetrics
from services.roster.office_store import OfficeStore
from services.roster.store import RosterStore
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, office_pb2, personal_pb2, personal_pb2_grpc
from tests.roster.conftest import Site
from tests.roster.support.town import ADMIN, Town, records, settled

PRESENT = office_pb2.OFFICE_STATE_PRESENT
DONE = office_pb2.OFFICE_STATE_DONE


@pytest.fixture
async def town(site: Site) -> Town:
    return await settled(site)


async def export(
    town: Town, name: str, span: office_pb2.OfficeSpan.ValueType, unit_id: str = "", file_format: str = "CSV"
) -> bytes:
    request = office_pb2.ExportOfficeRequest(
        span=span, format=attendance_pb2.ReportFormat.Value(f"REPORT_FORMAT_{file_format}"), unit_id=unit_id
    )
    file = await town.roster.call(town.roster.office.ExportOffice, request, town.tokens[name])
    assert file.name.endswith(f".{file_format.lower()}")
    return bytes(file.data)


async def verify(town: Town, token: str, file: bytes) -> attendance_pb2.VerifyReportResponse:
    request = attendance_pb2.VerifyReportRequest(file=file)
    answer: attendance_pb2.VerifyReportResponse = await town.roster.call(town.roster.log.VerifyReport, request, token)
    return answer


async def test_files_of_a_unit(town: Town) -> None:
    await town.roster.declare(town.tokens["ani"], PRESENT, "surat")
    for span in (office_pb2.OFFICE_SPAN_DAY, office_pb2.OFFICE_SPAN_WEEK):
        text = (await export(town, "kadis", span, "bidang")).decode("utf-8-sig")
        assert "Dinas › Bidang" in text
        assert '"Ani"' in text
        assert '"1, utuh"' in text
        with pytest.raises(NotFound):
            await export(town, "camat", span, "bidang")


async def test_a_file_looks_at_nobody_who_has_no_line_in_it(town: Town) -> None:
    """Somebody without an account now, who was in a meeting on the day before that of the file."""
    gone = f"mantan{town.site.tenant}"[:20]
    town.site.auth.person(town.site.tenant, gone, "Mantan", unit_id="bidang", disabled=True)
    meeting = await town.roster.create(town.tokens["ani"])
    for name, account in (("Ani", town.accounts["ani"]), ("Mantan", gone)):
        person = town.site.auth.participant(
            town.site.tenant, meeting.meeting_id, name, account_id=account, device=account
        )
        await town.roster.join(person)
        await town.roster.leave(person)
    stub = personal_pb2_grpc.PersonalDataServiceStub(town.roster._channel)

    async def looks(name: str, account: str) -> int:
        token = town.site.auth.account(town.site.tenant, name, account)
        answer = await town.roster.call(stub.GetOwnAccesses, personal_pb2.GetOwnAccessesRequest(), token)
        return len(answer.accesses)

    async def made(date: str) -> bytes:
        request = office_pb2.ExportOfficeRequest(
            span=office_pb2.OFFICE_SPAN_DAY, format=attendance_pb2.REPORT_FORMAT_CSV, date=date
        )
        answer = await town.roster.call(town.roster.office.ExportOffice, request, town.tokens["kadis"])
        return bytes(answer.data)

    tomorrow = (town.today() + timedelta(days=1)).isoformat()
    file = await made(tomorrow)
    assert (b"Ani" in file, b"Mantan" in file) == (True, False)
    await verify(town, town.tokens["kadis"], file)
    assert (await looks("Ani", town.accounts["ani"]), await looks("Mantan", gone)) == (2, 0)
    # Of the day itself there is a line of them.
    assert b"Mantan" in await made("")
    assert (await looks("Ani", town.accounts["ani"]), await looks("Mantan", gone)) == (3, 1)


async def test_files_are_proven_by_the_logs(town: Town) -> None:
    await town.roster.declare(town.tokens["ani"], PRESENT, "surat")
    meeting = await town.roster.create(town.tokens["ani"])
    budi = town.accounts["budi"]
    token = town.site.auth.participant(town.site.tenant, meeting.meeting_id, "Budi", account_id=budi)
    await town.roster.join(token)
    spans = (office_pb2.OFFICE_SPAN_DAY, office_pb2.OFFICE_SPAN_WEEK)
    files = [await export(town, "admin", span, file_format=kind) for span in spans for kind in ("CSV", "XLSX", "PDF")]
    # What happens later is no part of what they say.
    await town.roster.declare(town.tokens["ani"], DONE)
    await town.roster.leave(token)
    for file in files:
        answer = await verify(town, town.tokens["admin"], file)
        assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_GENUINE)
        assert bool(answer.office_day) != bool(answer.office_week)
        assert answer.records == 3
    # As somebody with write access to the store: what Ani said first is not there any more.
    client = await nats.connect(town.site.settings["SIPULUNG_NATS_URL"])
    stream = client.jetstream()
    subject = subjects.office(town.tenant_id, town.day())
    last = await stream.get_last_msg(subjects.OFFICE_STREAM, subject)
    assert await stream.purge_stream(subjects.OFFICE_STREAM, last.seq, subject)
    await client.close()
    for file in files:
        answer = await verify(town, town.tokens["admin"], file)
        assert (answer.verdict, list(answer.damaged_logs)) == (attendance_pb2.VERDICT_LOG_DAMAGED, [town.day()])


async def test_a_file_of_a_day_that_was_deleted_on_time(town: Town) -> None:
    await town.roster.declare(town.tokens["ani"], PRESENT)
    file = await export(town, "admin", office_pb2.OFFICE_SPAN_DAY)
    (last,) = await records(town)
    redis = Redis.from_url(town.site.settings["SIPULUNG_REDIS_URL"])
    bus = await Bus.connect(town.site.settings["SIPULUNG_NATS_URL"], "test")
    deletion = attendance_pb2.Deletion(last_number=last.number, head=last.hash)
    note = AuditNote(1, "service:roster", "attendance.delete", f"office:{town.day()}")
    await Deletions(redis).note_day(town.tenant_id, town.day(), deletion, note)
    store = OfficeStore(redis, bus, Ledger(RosterStore(redis), bus, RosterMetrics(Telemetry("test"))))
    await store.forget_day(town.tenant_id, town.day())
    answer = await verify(town, town.tokens["admin"], file)
    assert answer.verdict == attendance_pb2.VERDICT_LOG_DELETED
    await bus.close()
    await redis.aclose()


async def test_who_may_have_a_file_of_office_hours_checked(town: Town) -> None:
    await town.roster.declare(town.tokens["ani"], PRESENT, "surat")
    file = await export(town, "kadis", office_pb2.OFFICE_SPAN_DAY)
    for name in ("kadis", "admin"):
        assert (await verify(town, town.tokens[name], file)).verdict == attendance_pb2.VERDICT_MATCHES
    elsewhere = town.site.auth.account("elsewhere", role=ADMIN)
    host = town.site.auth.account(town.site.tenant, role=common_pb2.ACCOUNT_ROLE_HOST)
    for token in (town.tokens["camat"], host, elsewhere):
        with pytest.raises(NotFound):
            await verify(town, token, file)
    # One that names people of another unit is not answered either: nobody learns in this way when they came.
    with pytest.raises(NotFound):
        await verify(town, town.tokens["camat"], file.replace(b"unit:dinas", b"unit:camat"))
    whole = await export(town, "admin", office_pb2.OFFICE_SPAN_DAY)
    for token in (town.tokens["kadis"], elsewhere):
        with pytest.raises(NotFound):
            await verify(town, token, whole)
    # One that was changed is compared for whoever may read its people, and says what differs.
    changed = file.replace(b'"hadir"', b'"selesai"')
    answer = await verify(town, town.tokens["kadis"], changed)
    assert (answer.verdict, answer.differences[0].in_log) == (attendance_pb2.VERDICT_DIFFERS, "hadir")
