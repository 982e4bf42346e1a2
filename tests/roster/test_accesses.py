"""Who looked at whose attendance: noted once per look, in the list of each person and in the tenant's audit log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from services.common import record_chain, subjects
from services.common.bus import Bus
from services.common.ids import AccountId, TenantId, new_id
from services.common.store import open_store
from services.common.telemetry import Telemetry
from services.common.tenancy import AccountPrincipal
from services.roster import keys
from services.roster.accesses import Accesses, Reading
from services.roster.ledger import Ledger, keep_streams
from services.roster.metrics import RosterMetrics
from services.roster.store import RosterStore
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, personal_pb2
from tests.roster.conftest import Site, Stores

MEETING = Reading(personal_pb2.ACCESS_KIND_MEETING, "8123456789", "Apel pagi")
MONTH = Reading(personal_pb2.ACCESS_KIND_OFFICE, "", "Kabupaten Luwu", "2026-11-01", "2026-11-30", as_file=True)


class Desk:
    """The accesses of one tenant, with a clock that is set by hand."""

    def __init__(self, bus: Bus, url: str) -> None:
        self.now_ms = 1_600_000_000_000
        self.bus = bus
        self.tenant = TenantId(new_id())
        self.redis = open_store(url)
        self.ledger = Ledger(RosterStore(self.redis), bus, RosterMetrics(Telemetry("roster")))
        self.accesses = Accesses(self.redis, self.ledger, lambda: self.now_ms)

    async def look(self, reader: str, people: list[str], what: Reading = MEETING) -> None:
        self.now_ms += 1
        who = AccountPrincipal(self.tenant, AccountId(reader), common_pb2.ACCOUNT_ROLE_HOST, f"Ibu {reader}")
        await self.accesses.note(who, self.tenant, people, what)

    async def looks(self, account: str) -> list[tuple[str, str]]:
        found, _ = await self.accesses.of(self.tenant, AccountId(account), 50, "")
        return [(one.reader_name, one.title) for one in found]

    async def audited(self) -> list[attendance_pb2.AuditRecord]:
        await self.ledger.drain(keys.Outbox(self.tenant, None))
        subject = subjects.audit(self.tenant, "roster")
        return [one async for one in self.bus.read_stream(subjects.AUDIT_STREAM, subject, attendance_pb2.AuditRecord)]


@pytest.fixture
async def desk(stores: Stores) -> AsyncIterator[Desk]:
    bus = await Bus.connect(f"nats://127.0.0.1:{stores.nats.port}", "test")
    await keep_streams(bus, {subjects.AUDIT_STREAM: subjects.AUDIT_SUBJECTS}, 1)
    made = Desk(bus, f"redis://127.0.0.1:{stores.valkey.port}/0")
    yield made
    await made.ledger.close()
    await made.redis.aclose()
    await bus.close()


async def test_two_looks_in_the_same_moment_are_one(desk: Desk) -> None:
    await asyncio.gather(*(desk.look("host", ["andi", "budi"]) for _ in range(8)))
    assert await desk.looks("andi") == [("Ibu host", "Apel pagi")]
    assert len(await desk.audited()) == 1


async def test_a_look_stands_in_the_list_of_each_who_was_seen(desk: Desk) -> None:
    await desk.look("ani", ["budi", "cici", "ani", "", "budi"])
    assert await desk.looks("budi") == await desk.looks("cici") == [("Ibu ani", "Apel pagi")]
    # Looking at oneself is no look; guests have no list.
    assert await desk.looks("ani") == await desk.looks("") == []
    records = await desk.audited()
    assert record_chain.intact(records)
    assert [(one.actor, one.action, one.object, one.detail) for one in records] == [
        ("account:ani", "attendance.read", "meeting:8123456789", "meeting, 2 people")
    ]


async def test_looking_again_counts_once_an_hour_and_newcomers_count_at_once(desk: Desk) -> None:
    await desk.look("ani", ["budi"])
    await desk.look("ani", ["budi"])
    assert len(await desk.looks("budi")) == 1
    await desk.look("ani", ["budi", "cici"])
    assert len(await desk.looks("budi")) == len(await desk.looks("cici")) == 1
    await desk.look("ani", ["budi"], MONTH)
    await desk.look("dewi", ["budi"])
    assert len(await desk.looks("budi")) == 3
    await desk.redis.delete(*[key async for key in desk.redis.scan_iter(f"*{desk.tenant}*:looking:*")])
    await desk.look("ani", ["budi"])
    assert len(await desk.looks("budi")) == 4
    assert [one.detail for one in await desk.audited()] == [
        "meeting, 1 people",
        "meeting, 1 people",
        "office as a file, 1 people, 2026-11-01 to 2026-11-30",
        "meeting, 1 people",
        "meeting, 1 people",
    ]


async def test_each_different_look_is_noted_and_named(desk: Desk) -> None:
    """Within the same hour: what was looked at is another occurrence, or the meetings of somebody else."""

    def meetings(object_id: str, title: str, *, owned: bool = False) -> Reading:
        kind = personal_pb2.ACCESS_KIND_MEETINGS
        return Reading(kind, object_id, title, "2026-11-01", "2026-11-30", as_file=True, owned=owned)

    looks = [
        replace(MEETING, occurrence=1),
        replace(MEETING, occurrence=2),
        MEETING,
        meetings("ani", "rapat sendiri: Ani", owned=True),
        meetings("ani", "Bidang yang bernama ani"),
        meetings("", "seluruh instansi"),
    ]
    for what in (*looks, *looks):
        await desk.look("ani", ["budi"], what)
    found, _ = await desk.accesses.of(desk.tenant, AccountId("budi"), 50, "")
    assert [(one.object_id, one.occurrence, one.title) for one in reversed(found)] == [
        (what.object_id, what.occurrence, what.title) for what in looks
    ]
    month = "meetings as a file, 1 people, 2026-11-01 to 2026-11-30"
    assert [(one.object, one.detail) for one in await desk.audited()] == [
        ("meeting:8123456789", "meeting, occurrence 1, 1 people"),
        ("meeting:8123456789", "meeting, occurrence 2, 1 people"),
        ("meeting:8123456789", "meeting, 1 people"),
        ("account:ani", month),
        ("unit:ani", month),
        ("tenant", month),
    ]


async def test_looks_come_in_pages_newest_first_and_are_forgotten_from_the_oldest(desk: Desk) -> None:
    for number in range(7):
        desk.now_ms += 1000 if number % 2 else -1
        await desk.look("ani", ["budi"], Reading(personal_pb2.ACCESS_KIND_MEETING, str(number), str(number)))
    account, page, titles = AccountId("budi"), "", []
    for _ in range(3):
        found, page = await desk.accesses.of(desk.tenant, account, 3, page)
        titles += [one.title for one in found]
    assert page == ""
    assert sorted(titles) == list("0123456")
    assert titles[0] in "56"
    assert titles[-1] == "0"
    assert await desk.accesses.forget(desk.tenant, desk.now_ms) == 5
    assert len(await desk.looks("budi")) == 2
    other = TenantId(new_id())
    assert await desk.accesses.forget(other, desk.now_ms + 1) == 0
    assert len(await desk.looks("budi")) == 2


async def test_a_big_reading_is_noted_quickly(desk: Desk) -> None:
    people = [new_id() for _ in range(2000)]
    async with asyncio.timeout(2):
        await desk.look("ani", people, MONTH)
    assert len(await desk.looks(people[1234])) == 1


async def test_reading_a_meetings_attendance_is_noted(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant, "Pak Camat")
    meeting = await roster.create(owner)
    budi = new_id()
    await roster.join(site.auth.participant(site.tenant, meeting.meeting_id, "Budi", account_id=budi))
    await roster.join(site.auth.participant(site.tenant, meeting.meeting_id, "Tamu"))
    for _ in range(2):
        await roster.report(owner, meeting.meeting_id)
        await roster.attendance(owner, meeting.meeting_id)
    redis = open_store(site.settings["SIPULUNG_REDIS_URL"])
    bus = await Bus.connect(site.settings["SIPULUNG_NATS_URL"], "test")
    ledger = Ledger(RosterStore(redis), bus, RosterMetrics(Telemetry("roster")))
    accesses = Accesses(redis, ledger, lambda: 0)
    found, _ = await accesses.of(TenantId(site.tenant), AccountId(budi), 10, "")
    about = ("Pak Camat", personal_pb2.ACCESS_KIND_MEETING, meeting.meeting_id)
    # The report is of the only occurrence; the log is the whole one.
    assert [(one.reader_name, one.kind, one.object_id, one.occurrence) for one in reversed(found)] == [
        (*about, 1),
        (*about, 0),
    ]
    await ledger.close()
    await bus.close()
    await redis.aclose()
