"""What reports are made from, who is looked at by them, and where others do not answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from services.common import rpc_client
from services.common.errors import DeadlineExceeded, DomainError, InvalidField, NotFound, Unavailable
from services.common.ids import MeetingId, TenantId, new_id
from services.common.store import open_store
from services.roster import keys
from services.roster.directory import Directory
from services.roster.exports import people_of
from services.roster.keys import MeetingRef, Outbox
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, personal_pb2, personal_pb2_grpc
from tests.roster.conftest import Site
from tests.roster.support.client import RosterClient
from tests.roster.support.noon import noon_zone

Record = attendance_pb2.AttendanceRecord
STARTED = attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED
JOINED = attendance_pb2.ATTENDANCE_KIND_JOINED
LEFT = attendance_pb2.ATTENDANCE_KIND_LEFT
ENDED = attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED
ADMIN = common_pb2.ACCOUNT_ROLE_TENANT_ADMIN
HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.mark.parametrize("error", [NotFound(), Unavailable(), DeadlineExceeded()])
async def test_a_page_does_without_nip_and_unit(error: DomainError) -> None:
    """Also while auth takes calls and answers none."""

    class Away:
        async def frame(self, _tenant_id: str) -> None:
            raise error

    assert await people_of(cast(Directory, Away()), TenantId("luwu"), ["a"]) == (None, {})


@dataclass(frozen=True, slots=True)
class Hall:
    """A tenant with one host, whose meetings' logs are written by hand: who was in each occurrence, and when."""

    site: Site
    roster: RosterClient
    host_id: str
    host: str

    @property
    def tenant_id(self) -> TenantId:
        return TenantId(self.site.tenant)

    async def meeting(self, *held: tuple[int, str]) -> MeetingRef:
        ref = MeetingRef(self.tenant_id, MeetingId((await self.roster.create(self.host)).meeting_id))
        redis = open_store(self.site.settings["SIPULUNG_REDIS_URL"])
        for begin_ms, name in held:
            for kind, at_ms in ((STARTED, 0), (JOINED, 0), (LEFT, HOUR), (ENDED, HOUR)):
                record = Record(tenant_id=ref.tenant_id, meeting_id=ref.meeting_id, kind=kind, at_ms=begin_ms + at_ms)
                if kind in (JOINED, LEFT):
                    record.participant_id, record.name, record.account_id = "p", name, self.account(name)
                await redis.rpush(Outbox(*ref).key, record.SerializeToString(deterministic=True))
        await redis.sadd(keys.pending(ref.tenant_id), Outbox(*ref).name)
        await redis.aclose()
        return ref

    def account(self, name: str) -> str:
        return f"{name}{self.site.tenant}"[:20]

    async def export(self, token: str = "", **wanted: Any) -> bytes:
        request = attendance_pb2.ExportAttendanceRequest(format=attendance_pb2.REPORT_FORMAT_CSV, **wanted)
        data = b""
        async for part in rpc_client.stream(self.roster.log.ExportAttendance, request, token=token or self.host):
            data += part.chunk
        return data

    async def verify(self, token: str, file: bytes) -> attendance_pb2.VerifyReportResponse:
        request = attendance_pb2.VerifyReportRequest(file=file)
        answer: attendance_pb2.VerifyReportResponse = await self.roster.call(
            self.roster.log.VerifyReport, request, token
        )
        return answer

    async def looks(self, name: str) -> list[personal_pb2.Access]:
        """At that account, in the order in which they were noted."""
        stub = personal_pb2_grpc.PersonalDataServiceStub(self.roster._channel)
        token = self.site.auth.account(self.site.tenant, name, self.account(name))
        found = await self.roster.call(stub.GetOwnAccesses, personal_pb2.GetOwnAccessesRequest(), token)
        return list(reversed(found.accesses))


@pytest.fixture
async def hall(site: Site) -> Hall:
    host_id = new_id()
    return Hall(site, site.replica(), host_id, site.auth.account(site.tenant, "Pak Camat", host_id))


def this_month(hall: Hall, language: str = "id") -> tuple[str, int]:
    """And when it begins there. The tenant is where half a day of it has passed at least, and none of it ends soon."""
    zone = noon_zone()
    hall.site.auth.tenant(hall.site.tenant, time_zone=zone, language=language)
    now = datetime.now(ZoneInfo(zone))
    begin = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return now.strftime("%Y-%m"), int(begin.timestamp() * 1000)


async def test_a_meeting_that_retention_has_deleted_has_no_file(hall: Hall) -> None:
    ref = await hall.meeting((DAY, "budi"))
    *_, last, _ = (await hall.roster.attendance(hall.host, ref.meeting_id)).records
    deletion = attendance_pb2.Deletion(last_number=last.number, head=last.hash, occurrences=1, last_day="1970-01-02")
    redis = open_store(hall.site.settings["SIPULUNG_REDIS_URL"])
    await redis.hset(keys.deleted(ref.tenant_id), ref.meeting_id, deletion.SerializeToString())
    await redis.aclose()
    said = []
    for occurrence in (0, 1):
        with pytest.raises(InvalidField) as refused:
            await hall.export(meeting_id=ref.meeting_id, occurrence=occurrence)
        said.append(refused.value.message)
    request = attendance_pb2.GetAttendanceReportRequest(meeting_id=ref.meeting_id, occurrence=1)
    with pytest.raises(InvalidField) as refused:
        await hall.roster.call(hall.roster.log.GetAttendanceReport, request, hall.host)
    assert [*said, refused.value.message] == ["was deleted when its time was over"] * 3
    # The page of it is still there, and says what went.
    page = await hall.roster.report(hall.host, ref.meeting_id)
    assert (list(page.lines), page.deletion) == ([], deletion)


async def test_a_file_of_one_occurrence_looks_at_nobody_of_the_others(hall: Hall) -> None:
    ref = await hall.meeting((DAY, "senin"), (2 * DAY, "selasa"), (3 * DAY, "rabu"))
    file = await hall.export(meeting_id=ref.meeting_id, occurrence=2)
    assert (await hall.verify(hall.host, file)).verdict == attendance_pb2.VERDICT_MATCHES
    assert [(one.occurrence, one.as_file) for one in await hall.looks("selasa")] == [(2, True), (2, False)]
    assert await hall.looks("senin") == await hall.looks("rabu") == []
    await hall.export(meeting_id=ref.meeting_id)
    assert [(one.occurrence, one.as_file) for one in await hall.looks("rabu")] == [(3, True)]


async def test_a_file_of_a_running_meeting_looks_at_nobody_who_came_later(hall: Hall) -> None:
    meeting = await hall.roster.create(hall.host)
    tokens = [
        hall.site.auth.participant(hall.site.tenant, meeting.meeting_id, name, account_id=hall.account(name))
        for name in ("ani", "budi")
    ]
    await hall.roster.join(tokens[0])
    file = await hall.export(meeting_id=meeting.meeting_id)
    await hall.roster.join(tokens[1])
    assert (await hall.verify(hall.host, file)).verdict == attendance_pb2.VERDICT_MATCHES
    assert [one.as_file for one in await hall.looks("ani")] == [True, False]
    assert await hall.looks("budi") == []


async def test_a_file_of_a_month_looks_at_nobody_of_the_days_around_it(hall: Hall) -> None:
    month, begin_ms = this_month(hall)
    await hall.meeting((begin_ms - DAY, "kemarin"), (begin_ms, "pertama"))
    await hall.meeting((begin_ms - 2 * HOUR, "semalam"))
    file = await hall.export(month=month)
    assert (await hall.verify(hall.host, file)).verdict == attendance_pb2.VERDICT_MATCHES
    assert [one.as_file for one in await hall.looks("pertama")] == [True, False]
    assert await hall.looks("kemarin") == await hall.looks("semalam") == []


async def test_looks_at_a_month_are_named_by_what_it_was_of(hall: Hall) -> None:
    month, begin_ms = this_month(hall)
    await hall.meeting((begin_ms, "budi"))
    admin = hall.site.auth.account(hall.site.tenant, "Admin", role=ADMIN)
    hall.site.auth.person(hall.site.tenant, hall.host_id, "Pak Camat")
    tenant = attendance_pb2.REPORT_SCOPE_TENANT
    own = await hall.export(month=month, language="id")
    await hall.export(admin, month=month)
    await hall.export(admin, month=month, scope=tenant)
    await hall.export(admin, month=month, scope=tenant)
    # A file that says of itself what it is of is believed only as far as its seal goes.
    changed = own.replace(b'"budi', b'"Budi')
    for file, seal in ((own, "GENUINE"), (changed, "BROKEN")):
        answer = await hall.verify(admin, file)
        assert answer.seal == attendance_pb2.SealState.Value(f"SEAL_STATE_{seal}")
    assert (await hall.verify(hall.host, changed)).verdict == attendance_pb2.VERDICT_DIFFERS
    found = [(one.reader_name, one.title, one.object_id, one.as_file) for one in await hall.looks("budi")]
    mine = ("rapat sendiri: Pak Camat", hall.host_id)
    everything = ("seluruh instansi", "")
    assert found == [
        ("Pak Camat", *mine, True),
        ("Admin", *everything, True),
        ("Admin", *mine, False),
        ("Admin", *everything, False),
        ("Pak Camat", *mine, False),
    ]


async def test_looks_at_a_units_month_and_at_meetings_of_who_is_gone(hall: Hall) -> None:
    month, begin_ms = this_month(hall)
    hall.site.auth.unit(hall.site.tenant, "dinas", "Dinas")
    head_of_unit = common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT
    head_id = new_id()
    head = hall.site.auth.account(hall.site.tenant, "Kadis", head_id, head_of_unit, "dinas")
    of_unit = Hall(hall.site, hall.roster, head_id, head)
    await of_unit.meeting((begin_ms, "budi"))
    file = await of_unit.export(month=month, scope=attendance_pb2.REPORT_SCOPE_UNIT)
    changed = file.replace(b'"budi', b'"Budi')
    for one in (file, changed):
        await hall.verify(head, one)
    own = await of_unit.export(month=month, language="id")
    # Auth does not know the head any more.
    await hall.verify(hall.site.auth.account(hall.site.tenant, "Admin", role=ADMIN), own)
    found = [(one.title, one.object_id, one.as_file) for one in await hall.looks("budi")]
    assert found == [
        ("Dinas", "dinas", True),
        ("Dinas", "dinas", False),
        ("rapat sendiri: Kadis", head_id, True),
        ("rapat sendiri", head_id, False),
    ]


async def test_a_file_is_in_the_tenants_language_as_a_whole(hall: Hall) -> None:
    month, begin_ms = this_month(hall, "en")
    await hall.meeting((begin_ms, "budi"))
    admin = hall.site.auth.account(hall.site.tenant, "Admin", role=ADMIN)
    whole = (await hall.export(admin, month=month, scope=attendance_pb2.REPORT_SCOPE_TENANT)).decode()
    assert '"the whole tenant"' in whole
    assert "seluruh instansi" not in whole
    assert '"own meetings: Pak Camat"' in (await hall.export(month=month)).decode()
    # Unless another one is asked for.
    assert '"rapat sendiri: Pak Camat"' in (await hall.export(month=month, language="id")).decode()
