"""Office hours on real stores: declared, read by whom it is meant for, and made again from the log."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from redis.asyncio import Redis

from services.common import record_chain, subjects
from services.common.bus import Bus
from services.common.errors import InvalidField, NotFound, WrongState
from services.common.ids import AccountId, TenantId
from services.common.telemetry import Telemetry
from services.roster import keys
from services.roster.core.office_states import Declaration
from services.roster.keys import Outbox
from services.roster.ledger import Ledger
from services.roster.metrics import RosterMetrics
from services.roster.office_codec import entry_of
from services.roster.office_store import OfficeStore
from services.roster.store import RosterStore
from sipulung.auth.v1 import tenant_pb2
from sipulung.roster.v1 import attendance_pb2, office_pb2, personal_pb2, personal_pb2_grpc
from tests.roster.conftest import Site
from tests.roster.support.client import eventually
from tests.roster.support.noon import noon_zone
from tests.roster.support.town import ADMIN, HEAD, Town, records, settled

PRESENT = office_pb2.OFFICE_STATE_PRESENT
BREAK = office_pb2.OFFICE_STATE_BREAK
DONE = office_pb2.OFFICE_STATE_DONE


@pytest.fixture
async def town(site: Site) -> Town:
    return await settled(site)


def names(answer: office_pb2.GetUnitDayResponse | office_pb2.GetUnitWeekResponse) -> list[str]:
    return [one.person.name for one in answer.people]


async def test_a_day_is_said_and_written_down(town: Town) -> None:
    ani = town.tokens["ani"]
    assert (await town.roster.own_day(ani)).day.status == office_pb2.OFFICE_STATUS_NONE
    for state in (BREAK, DONE):
        with pytest.raises(WrongState):
            await town.roster.declare(ani, state)
    day = await town.roster.declare(ani, PRESENT, "  surat   masuk ", "k1")
    assert (day.status, day.note, len(day.declarations)) == (office_pb2.OFFICE_STATUS_PRESENT, "surat masuk", 1)
    # The same again, as a client that heard no answer sends it.
    assert await town.roster.declare(ani, PRESENT, "surat masuk", "k1") is not None
    await town.roster.declare(ani, BREAK)
    await town.roster.declare(ani, PRESENT, "laporan")
    await town.roster.declare(town.tokens["budi"], PRESENT)
    day = await town.roster.declare(ani, DONE)
    assert day.status == office_pb2.OFFICE_STATUS_DONE
    assert [one.state for one in day.declarations] == [PRESENT, BREAK, PRESENT, DONE]
    own = await town.roster.own_day(ani)
    assert own.day.declarations == day.declarations
    assert (own.time_zone, own.date.date.replace("-", "")) == (town.zone, town.day())
    assert own.day.late_ms == own.day.first_ms - own.date.from_ms > 0

    async def all_written() -> bool:
        return len(await records(town)) == 5

    await eventually(all_written)
    log = await records(town)
    assert record_chain.intact(log)
    assert {record.account_id for record in log} == {town.accounts["ani"], town.accounts["budi"]}
    assert [record.note for record in log if record.note] == ["surat masuk", "laporan"]
    log[1].at_ms += 1
    assert not record_chain.intact(log)


async def test_two_windows_at_once(town: Town) -> None:
    ani = town.tokens["ani"]
    await town.roster.declare(ani, PRESENT)
    other = town.site.replica()
    await asyncio.gather(
        *(roster.declare(ani, PRESENT, f"kerja {number}") for number in range(6) for roster in (town.roster, other))
    )
    day = (await other.own_day(ani)).day
    times = [one.at_ms for one in day.declarations]
    assert times == sorted(times)
    # The same work twice in a row is said once.
    assert 6 < len(times) <= 13


async def test_who_reads_whom(town: Town) -> None:
    day = town.roster.unit_day
    assert names(await day(town.tokens["kadis"])) == ["Ani", "Kadis"]
    assert names(await day(town.tokens["kadis"], "bidang")) == ["Ani"]
    assert names(await day(town.tokens["camat"])) == ["Budi", "Camat"]
    assert names(await day(town.tokens["admin"])) == ["Admin", "Ani", "Budi", "Camat", "Kadis"]
    assert names(await day(town.tokens["admin"], "camat")) == ["Budi", "Camat"]
    assert [unit.unit_id for unit in (await day(town.tokens["kadis"])).units] == ["dinas", "bidang"]
    (bidang,) = [unit for unit in (await day(town.tokens["kadis"])).units if unit.unit_id == "bidang"]
    assert bidang.parent_id == "dinas"
    assert names(await town.roster.unit_week(town.tokens["kadis"])) == ["Ani", "Kadis"]
    stranger = town.site.auth.account("lain", "Orang", role=ADMIN)
    for token, unit in (
        ("kadis", "camat"),
        ("camat", "dinas"),
        ("camat", "takada"),
        ("admin", "takada"),
        ("ani", ""),
        ("ani", "bidang"),
        ("budi", "camat"),
    ):
        for ask in (town.roster.unit_day, town.roster.unit_week):
            with pytest.raises(NotFound):
                await ask(town.tokens[token], unit)
    with pytest.raises(NotFound):
        await day(stranger, "dinas")
    homeless = town.site.auth.account(town.site.tenant, "Kepala tanpa unit", role=HEAD)
    with pytest.raises(NotFound):
        await day(homeless)


async def test_a_date_that_does_not_exist(town: Town) -> None:
    for wrong in ("2026-02-30", "2019-01-01"):
        with pytest.raises(InvalidField) as refused:
            await town.roster.own_day(town.tokens["ani"], wrong)
        assert refused.value.field == "date"


async def test_a_meeting_is_presence_by_itself(town: Town) -> None:
    ani, budi = town.accounts["ani"], town.accounts["budi"]
    meeting = await town.roster.create(town.tokens["ani"], "Rapat tertutup bidang")
    joins = {
        account: town.site.auth.participant(town.site.tenant, meeting.meeting_id, name, account_id=account)
        for name, account in (("Ani", ani), ("Budi", budi))
    }
    for token in joins.values():
        await town.roster.join(token)
    own = (await town.roster.own_day(town.tokens["budi"])).day
    assert (own.status, own.meetings[0].title) == (office_pb2.OFFICE_STATUS_IN_MEETING, "Rapat tertutup bidang")
    assert own.meetings[0].last_ms == 0
    # The owner's unit is not one of the head's, so they learn that it was a meeting and no more.
    (seen,) = [
        one for one in (await town.roster.unit_day(town.tokens["camat"])).people if one.person.account_id == budi
    ]
    assert (seen.day.status, seen.day.meetings[0].title) == (office_pb2.OFFICE_STATUS_IN_MEETING, "")
    await town.roster.leave(joins[budi])

    async def is_over() -> bool:
        day = (await town.roster.own_day(town.tokens["budi"])).day
        return day.status == office_pb2.OFFICE_STATUS_AFTER_MEETING and day.meetings[0].last_ms > 0

    await eventually(is_over)
    week = await town.roster.unit_week(town.tokens["admin"])
    sums = {one.person.account_id: one for one in week.people}
    assert (sums[budi].days_present, sums[budi].meetings) == (1, 1)
    assert sums[budi].present_ms == sum(day.present_ms for day in sums[budi].days) > 0
    assert [date.date for date in week.dates] == sorted(date.date for date in week.dates)
    assert len(week.dates) == 7


async def test_what_redis_lost_comes_from_the_logs(town: Town) -> None:
    ani = town.accounts["ani"]
    meeting = await town.roster.create(town.tokens["ani"])
    await town.roster.join(town.site.auth.participant(town.site.tenant, meeting.meeting_id, "Ani", account_id=ani))
    await town.roster.declare(town.tokens["ani"], PRESENT, "surat")
    await town.roster.declare(town.tokens["ani"], BREAK)
    before = (await town.roster.own_day(town.tokens["ani"])).day
    assert (await town.roster.attendance(town.tokens["ani"], meeting.meeting_id)).records

    async def all_written() -> bool:
        return len(await records(town)) == 2

    await eventually(all_written)
    redis = Redis.from_url(town.site.settings["SIPULUNG_REDIS_URL"])
    lost = (keys.office(town.tenant_id, town.day()), keys.attended_known(town.tenant_id))
    assert await redis.delete(*lost, keys.attended(town.tenant_id, AccountId(ani))) == 3
    # Another replica, which remembers nothing.
    other = town.site.replica()
    day = (await other.own_day(town.tokens["ani"])).day
    assert (day.declarations, day.status) == (before.declarations, office_pb2.OFFICE_STATUS_IN_MEETING)
    assert [one.first_ms for one in day.meetings] == [one.first_ms for one in before.meetings]
    # And what is said now stands behind what was said before.
    day = await other.declare(town.tokens["ani"], DONE)
    assert [one.state for one in day.declarations] == [PRESENT, BREAK, DONE]
    await redis.aclose()


async def test_a_day_that_is_not_kept_any_longer(town: Town) -> None:
    await town.roster.declare(town.tokens["ani"], PRESENT)

    async def all_written() -> bool:
        return len(await records(town)) == 1

    await eventually(all_written)
    redis = Redis.from_url(town.site.settings["SIPULUNG_REDIS_URL"])
    bus = await Bus.connect(town.site.settings["SIPULUNG_NATS_URL"], "test")
    store = OfficeStore(redis, bus, Ledger(RosterStore(redis), bus, RosterMetrics(Telemetry("test"))))
    assert await store.days(town.tenant_id) == [town.day()]
    await store.forget_day(town.tenant_id, town.day())
    assert await store.days(town.tenant_id) == []
    assert await records(town) == []
    assert (await town.roster.own_day(town.tokens["ani"])).day.status == office_pb2.OFFICE_STATUS_NONE
    await bus.close()
    await redis.aclose()


async def own_days(town: Town, name: str, page: str = "") -> personal_pb2.GetOwnOfficeResponse:
    stub = personal_pb2_grpc.PersonalDataServiceStub(town.roster._channel)
    request = personal_pb2.GetOwnOfficeRequest(page_token=page)
    answer: personal_pb2.GetOwnOfficeResponse = await town.roster.call(stub.GetOwnOffice, request, town.tokens[name])
    return answer


async def test_everybody_sees_all_their_days(town: Town) -> None:
    site, ani = town.site, town.tokens["ani"]
    assert (await own_days(town, "ani")).days == []
    await town.roster.declare(ani, PRESENT, "surat masuk")
    await town.roster.declare(ani, DONE)
    meeting = await town.roster.create(town.tokens["kadis"], "Rapat dinas")
    person = site.auth.participant(site.tenant, meeting.meeting_id, "Ani", account_id=town.accounts["ani"])
    await town.roster.join(person)
    await town.roster.leave(person)
    (today,) = (await own_days(town, "ani")).days
    assert today.date.date.replace("-", "") == town.day()
    assert [(one.state, one.note) for one in today.day.declarations] == [(PRESENT, "surat masuk"), (DONE, "")]
    # Also of a meeting of another unit: they were in it.
    assert [one.title for one in today.day.meetings] == ["Rapat dinas"]
    assert today.day == (await town.roster.own_day(ani)).day
    # Nothing of the others', and nothing before.
    assert (await own_days(town, "budi")).days == []
    assert (await own_days(town, "ani", today.date.date)).days == []
    with pytest.raises(InvalidField):
        await own_days(town, "ani", "2026-13-01")


async def test_ones_days_come_from_the_log_again_and_in_pages(town: Town) -> None:
    """Days of some weeks, which the index has to learn: the newest first, each once."""
    ani = AccountId(town.accounts["ani"])
    bus = await Bus.connect(town.site.settings["SIPULUNG_NATS_URL"], "test")
    redis = Redis.from_url(town.site.settings["SIPULUNG_REDIS_URL"])
    today, zone = town.today(), ZoneInfo(town.zone)
    days = [today - timedelta(days=ago) for ago in range(1, 40, 2)]
    for day in days:
        key = day.strftime("%Y%m%d")
        at_ms = int(datetime(day.year, day.month, day.day, 12, tzinfo=zone).timestamp() * 1000)
        last = None
        for number, note in enumerate(("pagi", "siang")):
            said = Declaration(PRESENT, at_ms + number, note, f"c{number}")
            last = record_chain.sealed(entry_of(town.tenant_id, key, ani, said), last)
            await bus.record(subjects.office(town.tenant_id, key), last, last.hash.hex())
    found, page, pages = [], "", 0
    while True:
        answer = await own_days(town, "ani", page)
        found += [(one.date.date, [said.note for said in one.day.declarations]) for one in answer.days]
        page, pages = answer.next_page_token, pages + 1
        if not page:
            break
    assert found == [(day.isoformat(), ["pagi", "siang"]) for day in days]
    assert pages == 2
    # After a loss of everything it is made again, and what was said meanwhile is not forgotten.
    await town.roster.declare(town.tokens["ani"], PRESENT, "hari ini")

    async def all_written() -> bool:
        return len(await records(town)) == 1

    await eventually(all_written)
    await redis.delete(keys.spoken(town.tenant_id, ani), keys.spoken_known(town.tenant_id))
    again = await own_days(town, "ani")
    assert [said.note for said in again.days[0].day.declarations] == ["hari ini"]
    assert len(again.days) == 14
    # A restart of Redis looks at the last days only, and never takes away.
    await redis.set(keys.spoken_known(town.tenant_id), f"another:{today.strftime('%Y%m%d')}")
    await redis.hdel(keys.spoken(town.tenant_id, ani), days[-1].strftime("%Y%m%d"), today.strftime("%Y%m%d"))
    assert (await own_days(town, "ani")).days[0].date.date == today.isoformat()
    assert (await own_days(town, "ani", days[-2].isoformat())).days == []
    await bus.close()
    await redis.aclose()


async def test_each_day_has_the_office_hours_that_held_on_it(town: Town) -> None:
    """Shorter ones from Thursday on: in lists, for oneself and in files, which go on proving themselves later."""
    zone, ani = ZoneInfo(noon_zone()), AccountId(town.accounts["ani"])
    monday = datetime.now(zone).date() - timedelta(days=datetime.now(zone).weekday() + 7)
    days = [monday + timedelta(days=number) for number in range(7)]

    def hours(begin: int, end: int) -> list[tenant_pb2.OfficeDay]:
        return [tenant_pb2.OfficeDay(weekday=day, from_minute=begin * 60, to_minute=end * 60) for day in range(1, 8)]

    ramadan = tenant_pb2.OfficeChange(from_date=days[3].isoformat(), days=hours(8, 15), tolerance_minutes=30)
    dated = tenant_pb2.OfficeHours(days=hours(7, 16), changes=[ramadan])
    town.site.auth.tenant(town.site.tenant, time_zone=noon_zone(), office_hours=dated)
    bus = await Bus.connect(town.site.settings["SIPULUNG_NATS_URL"], "test")
    for day in days[:5]:
        key = day.strftime("%Y%m%d")
        at_ms = int(datetime(day.year, day.month, day.day, 8, 10, tzinfo=zone).timestamp()) * 1000
        last = None
        for state, after_ms in ((PRESENT, 0), (DONE, 7 * 3_600_000)):
            said = Declaration(state, at_ms + after_ms, "", f"c{after_ms}")
            last = record_chain.sealed(entry_of(town.tenant_id, key, ani, said), last)
            await bus.record(subjects.office(town.tenant_id, key), last, last.hash.hex())
    await bus.close()
    roster = town.site.replica()
    week = await roster.unit_week(town.tokens["kadis"], "bidang", monday.isoformat())
    minutes = [((one.to_ms - one.from_ms) // 60_000, one.tolerance_minutes) for one in week.dates]
    assert minutes == [(540, 0)] * 3 + [(420, 30)] * 4
    (person,) = [one for one in week.people if one.person.name == "Ani"]
    assert [day.late_ms // 60_000 for day in person.days[:5]] == [70] * 3 + [0] * 2
    # From 08.10 to 15.10: on the shorter days the last ten minutes are outside of them.
    assert [day.outside_ms // 60_000 for day in person.days[:5]] == [0] * 3 + [10] * 2
    stub = personal_pb2_grpc.PersonalDataServiceStub(roster._channel)
    own = await roster.call(stub.GetOwnOffice, personal_pb2.GetOwnOfficeRequest(), town.tokens["ani"])
    assert [one.day.late_ms // 60_000 for one in own.days] == [0] * 2 + [70] * 3

    def asked(kind: str, span: office_pb2.OfficeSpan.ValueType) -> office_pb2.ExportOfficeRequest:
        return office_pb2.ExportOfficeRequest(
            span=span, format=attendance_pb2.ReportFormat.Value(f"REPORT_FORMAT_{kind}"), date=days[3].isoformat()
        )

    files = [
        (await roster.call(roster.office.ExportOffice, asked(kind, span), town.tokens["kadis"])).data
        for kind in ("CSV", "XLSX", "PDF")
        for span in (office_pb2.OFFICE_SPAN_DAY, office_pb2.OFFICE_SPAN_WEEK)
    ]
    assert "08.00–15.00" in files[0].decode("utf-8-sig")
    # A correction since then: files say what held when they were made.
    town.site.auth.tenant(
        town.site.tenant, time_zone=noon_zone(), office_hours=tenant_pb2.OfficeHours(days=hours(7, 16))
    )
    later = town.site.replica()
    for file in files:
        request = attendance_pb2.VerifyReportRequest(file=file)
        answer = await later.call(later.log.VerifyReport, request, town.tokens["kadis"])
        assert (answer.verdict, answer.seal) == (attendance_pb2.VERDICT_MATCHES, attendance_pb2.SEAL_STATE_GENUINE)
    week = await later.unit_week(town.tokens["kadis"], "bidang", monday.isoformat())
    (person,) = [one for one in week.people if one.person.name == "Ani"]
    assert [day.late_ms // 60_000 for day in person.days[:5]] == [70] * 5


async def test_who_is_looked_at_can_see_it(town: Town) -> None:
    for _ in range(3):
        await town.roster.unit_day(town.tokens["kadis"])
    await town.roster.unit_week(town.tokens["kadis"], "bidang")
    bus = await Bus.connect(town.site.settings["SIPULUNG_NATS_URL"], "test")
    subject = subjects.audit(town.tenant_id, "roster")

    async def noted() -> bool:
        stream = bus.read_stream(subjects.AUDIT_STREAM, subject, attendance_pb2.AuditRecord)
        found = [(one.action, one.object) async for one in stream]
        return found == [("attendance.read", "unit:dinas"), ("attendance.read", "unit:bidang")]

    await eventually(noted)
    await bus.close()


async def test_a_month_takes_nothing_from_the_office_log(town: Town) -> None:
    """What waits for the log of office hours while the attendance of a month is read stays with that log."""
    redis = Redis.from_url(town.site.settings["SIPULUNG_REDIS_URL"])
    box = Outbox.office(town.tenant_id, town.day())
    await redis.sadd(keys.pending(TenantId("another")), box.name, "audit", "8123456789")
    waiting = await RosterStore(redis).waiting(TenantId("another"))
    assert sorted(one.subject for one in waiting) == [
        subjects.attendance("another", "8123456789"),
        subjects.audit("another", "roster"),
        subjects.office("another", town.day()),
    ]
    await redis.aclose()
