"""Weeks of a meeting in a moment: the sweep over real stores, with a clock that is set by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from services.common import rpc_client, subjects
from services.common.bus import Bus
from services.common.errors import MeetingNotOpen
from services.common.ids import AccountId, MeetingId, TenantId, new_id, new_meeting_id
from services.common.store import open_store
from services.common.telemetry import Telemetry
from services.common.tokens import ServiceTokens
from services.roster import codec, keys, shelves
from services.roster.core import commands, polling
from services.roster.core.change import AuditNote
from services.roster.core.compose import month_bounds
from services.roster.core.meeting import Definition
from services.roster.core.occurrences import spans
from services.roster.core.schedule import LINGER_MS, Recurrence, Schedule
from services.roster.directory import Directory
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger, keep_streams
from services.roster.meetings import Meetings
from services.roster.metrics import RosterMetrics
from services.roster.planning import calendar_of
from services.roster.schedules import Schedules
from services.roster.shelves import Shelves
from services.roster.store import RosterStore
from sipulung.auth.v1 import tenant_pb2
from sipulung.roster.v1 import attendance_pb2, participant_pb2, schedule_pb2
from tests.roster.conftest import Site
from tests.roster.core.scene import definition, person
from tests.roster.core.test_schedule import DAY_MS, MONDAY
from tests.roster.core.test_span import ENDS, OPENS, STARTS

OWNER = AccountId("owner")


class Desk:
    """One tenant's meetings."""

    def __init__(self, site: Site, bus: Bus) -> None:
        self.site = site
        self.now_ms = STARTS - DAY_MS
        self.tenant = TenantId(new_id())
        self.redis = open_store(site.settings["SIPULUNG_REDIS_URL"])
        self.store = RosterStore(self.redis)
        metrics = RosterMetrics(Telemetry("roster"))
        self.ledger = Ledger(self.store, bus, metrics)
        self.meetings = Meetings(self.store, bus, self.ledger, metrics, self.clock)
        self.shelves = Shelves(self.redis)
        self.channel = rpc_client.channel(site.settings["SIPULUNG_AUTH_ADDRESS"])
        tokens = ServiceTokens.from_file("roster", Path(site.settings["SIPULUNG_SERVICE_KEY_FILE"]))
        self.auth_clock_s = 0.0
        directory = Directory(self.channel, tokens, lambda: self.auth_clock_s)
        self.schedules = Schedules(self.meetings, self.shelves, directory, metrics, self.clock)

    def clock(self) -> int:
        return self.now_ms

    async def sweep(self) -> None:
        """As the process does it; only this test's tenant has anything due at this time."""
        self.auth_clock_s += 60
        await self.schedules.sweep()

    async def make(self, schedule: Schedule | None = None, **more: object) -> MeetingRef:
        made = replace(
            definition(capacity=100),
            meeting_id=new_meeting_id(),
            tenant_id=self.tenant,
            created_at_ms=self.now_ms,
            schedule=schedule,
            **more,  # type: ignore[arg-type]  # the fields' names are checked by replace
        )
        await self.store.create(made, AuditNote(self.now_ms, "account:owner", "meeting.create", "meeting"))
        return MeetingRef(self.tenant, made.meeting_id)

    async def come(self, ref: MeetingRef, *names: str) -> None:
        for name in names:
            await self.meetings.run(ref, lambda state, now, name=name: commands.join(state, person(name), now))  # type: ignore[misc]

    async def go(self, ref: MeetingRef, *names: str) -> None:
        for name in names:
            who = person(name).participant_id
            await self.meetings.run(ref, lambda state, now, who=who: commands.leave(state, who, now))  # type: ignore[misc]

    async def past(self, owner: str = keys.of_account(OWNER)) -> list[tuple[str, int, int, int]]:
        rows, _ = await self.shelves.passed(self.tenant, [owner], 50, "")
        return [(one.definition.meeting_id, o.number, o.started_at_ms, o.most_present) for one, o in rows]

    async def upcoming(self, owner: str = keys.of_account(OWNER)) -> list[MeetingId]:
        found, _ = await self.shelves.upcoming(self.tenant, [owner], 50, "", self.now_ms)
        return [one.definition.meeting_id for one in found]

    async def definition(self, ref: MeetingRef) -> Definition:
        return (await self.store.load(ref)).definition


@pytest.fixture
async def desk(site: Site) -> AsyncIterator[Desk]:
    bus = await Bus.connect(site.settings["SIPULUNG_NATS_URL"], "test")
    streams = {
        subjects.AUDIT_STREAM: subjects.AUDIT_SUBJECTS,
        subjects.ATTENDANCE_STREAM: subjects.ATTENDANCE_SUBJECTS,
    }
    await keep_streams(bus, streams, 1)
    made = Desk(site, bus)
    yield made
    await made.ledger.close()
    await bus.close()
    await made.channel.close()
    await made.redis.aclose()


def apel(desk: Desk) -> Schedule:
    calendar = calendar_of(desk.site.auth.tenant(desk.tenant))
    return Schedule(MONDAY, time(7, 45), 30, 15, "Asia/Makassar", Recurrence(None, skip_holidays=True), calendar)


async def test_a_week_of_roll_calls(desk: Desk) -> None:
    ref = await desk.make(apel(desk))
    host = person("Andi", host=True)
    for day in range(3):
        desk.now_ms = OPENS + day * DAY_MS - 1
        await desk.sweep()
        with pytest.raises(MeetingNotOpen) as refused:
            await desk.come(ref, "Budi")
        assert refused.value.opens_at_ms == OPENS + day * DAY_MS
        desk.now_ms = STARTS + day * DAY_MS
        await desk.come(ref, "Budi", "Cici")
        assert not await desk.store.chat(ref)
        await desk.meetings.run(ref, lambda state, now: commands.join(state, host, now))
        await desk.meetings.run(ref, lambda state, now: commands.say(state, host.participant_id, "halo", "", now))
        await desk.meetings.run(
            ref, lambda state, now: polling.open_poll(state, host.participant_id, "p", "Setuju?", ("Ya", "Tidak"), now)
        )
        assert len((await desk.store.load(ref)).polls) == 1
        desk.now_ms = ENDS + day * DAY_MS
        await desk.go(ref, "Budi", "Cici", "Andi")
        if day == 1:
            # This one the host ends; the others end by themselves.
            await desk.meetings.run(ref, lambda state, now: commands.end(state, "account:owner", now))
        desk.now_ms = ENDS + LINGER_MS + day * DAY_MS
        await desk.sweep()
    assert await desk.past() == [(ref.meeting_id, n, STARTS + (n - 1) * DAY_MS, 3) for n in (3, 2, 1)]
    assert await desk.upcoming() == [ref.meeting_id]
    log = await desk.ledger.records(Outbox(ref.tenant_id, ref.meeting_id))
    kinds = [attendance_pb2.AttendanceKind.Name(one.kind).removeprefix("ATTENDANCE_KIND_") for one in log]
    assert kinds == ["MEETING_STARTED", *["JOINED"] * 3, *["LEFT"] * 3, "MEETING_ENDED"] * 3
    assert [one.at_ms for one in log if one.kind == attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED] == [
        ENDS + day * DAY_MS for day in range(3)
    ]
    # Thursday, nobody comes; then the weekend. Nothing is told of that.
    desk.now_ms = STARTS + 7 * DAY_MS
    await desk.sweep()
    assert len(await desk.past()) == 3
    assert (await desk.definition(ref)).coming(desk.now_ms) == (await desk.definition(ref)).coming(desk.now_ms - 1)


async def test_who_forgets_to_leave_is_in_the_next_roll_call(desk: Desk) -> None:
    """Each day has a row and a log of its own, and nobody hears the next day what was said on the one before."""
    ref = await desk.make(apel(desk))
    desk.now_ms = STARTS
    await desk.come(ref, "Budi", "Cici")
    budi = person("Budi").participant_id
    await desk.meetings.run(ref, lambda state, now: commands.say(state, budi, "halo", "", now))
    await desk.go(ref, "Cici")
    watching = cast(AsyncGenerator[participant_pb2.WatchResponse, None], desk.meetings.feeds.watch(ref))
    assert [line.text for line in (await anext(watching)).snapshot.chat] == ["halo"]
    desk.now_ms = OPENS + DAY_MS + 3000
    await desk.sweep()
    async with asyncio.timeout(60):
        while not (told := await anext(watching)).HasField("snapshot"):
            assert not any(one.HasField("left") or one.HasField("ended") for one in told.events), "nobody is put out"
    assert [one.name for one in told.snapshot.participants] == ["Budi"]
    assert not told.snapshot.chat
    await watching.aclose()
    await desk.come(ref, "Cici")
    desk.now_ms = ENDS + DAY_MS
    await desk.go(ref, "Budi", "Cici")
    desk.now_ms += LINGER_MS
    await desk.sweep()
    assert await desk.past() == [(ref.meeting_id, 2, OPENS + DAY_MS, 2), (ref.meeting_id, 1, STARTS, 2)]
    log = await desk.ledger.records(Outbox(ref.tenant_id, ref.meeting_id))
    assert [(one.started_at_ms, one.ended_at_ms) for one in spans(log)] == [
        (STARTS, OPENS + DAY_MS),
        (OPENS + DAY_MS, ENDS + DAY_MS),
    ]


async def test_a_mistyped_holiday_ends_nothing_for_good(desk: Desk) -> None:
    week = apel(desk)
    assert week.recurrence is not None
    ref = await desk.make(replace(week, recurrence=replace(week.recurrence, until=date(2026, 11, 24))))
    mistyped = [tenant_pb2.Holiday(date=f"2026-11-{day}", name="Cuti bersama") for day in (23, 24)]
    desk.site.auth.tenant(desk.tenant, office_hours=tenant_pb2.OfficeHours(holidays=mistyped))
    for _ in range(2):
        desk.now_ms += 60_000
        await desk.sweep()
    assert (await desk.definition(ref)).coming(desk.now_ms) is None
    assert await desk.past() == []
    desk.site.auth.tenant(desk.tenant, office_hours=tenant_pb2.OfficeHours())
    desk.now_ms += 60_000
    await desk.sweep()
    assert await desk.upcoming() == [ref.meeting_id]
    assert (await desk.definition(ref)).opening_ms(desk.now_ms) == OPENS
    # Where the holidays are right, it is over after the last day.
    desk.site.auth.tenant(desk.tenant, office_hours=tenant_pb2.OfficeHours(holidays=mistyped))
    desk.now_ms += 60_000
    await desk.sweep()
    desk.now_ms = ENDS + DAY_MS + LINGER_MS
    await desk.sweep()
    assert (await desk.definition(ref)).ended_at_ms == desk.now_ms
    assert len(await desk.past()) == 1


async def test_what_nobody_came_to_has_a_row_for_each_day_under_its_month(desk: Desk) -> None:
    ref = await desk.make(replace(apel(desk), first=date(2026, 11, 27)))
    days = [STARTS + number * DAY_MS for number in (4, 7, 8)]
    for starts_ms in days[:2]:
        desk.now_ms = starts_ms
        await desk.meetings.run(ref, lambda state, now: commands.end(state, "account:owner", now))
    # On the last day of November, for the first of December.
    await desk.meetings.run(ref, lambda state, now: commands.cancel(state, "account:owner", now))

    async def planned(within: tuple[int, int] | None = None) -> list[int]:
        rows, _ = await desk.shelves.passed(desk.tenant, [keys.of_account(OWNER)], 50, "", within=within)
        assert {occurrence.number for _, occurrence in rows} <= {0}
        return [occurrence.planned_at_ms for _, occurrence in rows]

    assert await planned() == days[::-1]
    zone = ZoneInfo("Asia/Makassar")
    assert await planned(month_bounds("2026-11", zone)) == days[1::-1]
    assert await planned(month_bounds("2026-12", zone)) == days[2:]


async def test_a_row_of_a_version_before_is_still_shown(desk: Desk) -> None:
    ref = await desk.make(apel(desk))
    record = schedule_pb2.Occurrence(planned_at_ms=STARTS)
    await desk.redis.hset(keys.past(ref), "0", record.SerializeToString())
    entry = shelves.passed_entry(STARTS, ref.meeting_id, 0)
    await desk.redis.zadd(keys.passed(desk.tenant, keys.of_account(OWNER)), {entry: 0})
    desk.now_ms = STARTS + DAY_MS
    await desk.meetings.run(ref, lambda state, now: commands.end(state, "account:owner", now))
    rows, token = await desk.shelves.passed(desk.tenant, [keys.of_account(OWNER)], 1, "")
    older, _ = await desk.shelves.passed(desk.tenant, [keys.of_account(OWNER)], 1, token)
    assert [occurrence.planned_at_ms for _, occurrence in (*rows, *older)] == [STARTS + DAY_MS, STARTS]


async def test_a_holiday_that_is_added_moves_it(desk: Desk) -> None:
    ref = await desk.make(apel(desk))
    plain = await desk.make(Schedule(MONDAY, apel(desk).at, 30, 0, "Asia/Makassar", Recurrence(frozenset({1}))))
    await desk.sweep()
    assert (await desk.definition(ref)).revision == 1
    hours = tenant_pb2.OfficeHours(holidays=[tenant_pb2.Holiday(date=MONDAY.isoformat(), name="Cuti bersama")])
    desk.site.auth.tenant(desk.tenant, office_hours=hours)
    desk.now_ms += 60_000
    await desk.sweep()
    moved = await desk.definition(ref)
    assert (moved.opening_ms(desk.now_ms), moved.revision) == (OPENS + DAY_MS, 2)
    assert (await desk.definition(plain)).opening_ms(desk.now_ms) == STARTS
    desk.now_ms += 60_000
    await desk.sweep()
    assert (await desk.definition(ref)).revision == 2


async def test_it_goes_by_the_office_days_of_each_date(desk: Desk) -> None:
    """A week of six days, said before it comes: nothing moves until then, and nothing when only the hours change."""
    ref = await desk.make(apel(desk))

    def change(from_date: str, days: int, begin: int = 450) -> tenant_pb2.OfficeChange:
        week = [tenant_pb2.OfficeDay(weekday=day + 1, from_minute=begin, to_minute=900) for day in range(days)]
        return tenant_pb2.OfficeChange(from_date=from_date, days=week)

    usual = change("", 5).days
    shorter = [change("2026-11-24", 5, 480), change("2026-12-24", 5)]
    desk.site.auth.tenant(desk.tenant, office_hours=tenant_pb2.OfficeHours(days=usual, changes=shorter))
    desk.now_ms += 60_000
    await desk.sweep()
    assert (await desk.definition(ref)).revision == 1
    six = [change("2026-11-26", 6), change("2026-12-03", 5)]
    desk.site.auth.tenant(desk.tenant, office_hours=tenant_pb2.OfficeHours(days=usual, changes=six))
    desk.now_ms += 60_000
    await desk.sweep()
    moved = await desk.definition(ref)
    assert (moved.opening_ms(desk.now_ms), moved.revision) == (OPENS, 2)
    assert moved.schedule is not None
    days = moved.schedule.days(date(2026, 11, 27))
    assert [next(days).day for _ in range(4)] == [27, 28, 30, 1]
    assert moved.schedule.extra_days == (date(2026, 11, 28),)
    # The Saturday comes without anybody changing anything.
    desk.now_ms = STARTS + 5 * DAY_MS
    await desk.come(ref, "Budi")
    await desk.go(ref, "Budi")
    assert (await desk.definition(ref)).revision == 2


async def test_a_single_meeting_that_nobody_came_to_is_over(desk: Desk) -> None:
    once = Schedule(MONDAY, apel(desk).at, 30, 15, "Asia/Makassar")
    ref = await desk.make(once, owner_unit_id="ikp")
    now = await desk.make()
    later = await desk.make(replace(once, first=date(2026, 11, 24)))
    assert await desk.upcoming() == [now.meeting_id, ref.meeting_id, later.meeting_id]
    assert await desk.upcoming(keys.of_unit("ikp")) == [ref.meeting_id]
    desk.now_ms = ENDS + LINGER_MS
    assert ref.meeting_id not in await desk.upcoming()
    await desk.sweep()
    assert await desk.past() == [(ref.meeting_id, 0, 0, 0)]
    assert await desk.past(keys.EVERYBODY) == await desk.past(keys.of_unit("ikp")) == await desk.past()
    assert (await desk.definition(ref)).ended_at_ms == desk.now_ms
    assert await desk.upcoming(keys.of_unit("ikp")) == []
    # A meeting without a plan stays; twelve hours after the last one has left it is over.
    await desk.come(now, "Budi")
    await desk.go(now, "Budi")
    desk.now_ms += DAY_MS // 2
    await desk.sweep()
    assert (await desk.past())[0] == (now.meeting_id, 1, ENDS + LINGER_MS, 1)


async def test_lists_have_pages(desk: Desk) -> None:
    refs = [await desk.make(Schedule(MONDAY, apel(desk).at, 30 + n, 0, "Asia/Makassar")) for n in range(5)]
    desk.now_ms = STARTS
    seen: list[str] = []
    token = ""
    for expected in (2, 2, 1):
        page, token = await desk.shelves.upcoming(desk.tenant, [keys.EVERYBODY], 2, token, desk.now_ms)
        assert len(page) == expected
        seen += [one.definition.meeting_id for one in page]
    assert (token, seen) == ("", sorted(ref.meeting_id for ref in refs))
    for ref in refs:
        await desk.meetings.run(ref, lambda state, now: commands.cancel(state, "account:owner", now))
    assert await desk.upcoming() == []
    rows: list[str] = []
    for expected in (2, 2, 1):
        found, token = await desk.shelves.passed(desk.tenant, [keys.EVERYBODY, keys.of_account(OWNER)], 2, token)
        assert len(found) == expected
        rows += [one.definition.meeting_id for one, _ in found]
    assert (token, sorted(rows)) == ("", sorted(seen))


async def test_meetings_of_the_version_before_are_taken_over(desk: Desk) -> None:
    """They stand in the owner's index only, and have no plan."""
    ended = replace(
        definition(), tenant_id=desk.tenant, meeting_id=new_meeting_id(), started_at_ms=STARTS, ended_at_ms=ENDS
    )
    running = replace(definition(), tenant_id=desk.tenant, meeting_id=new_meeting_id(), started_at_ms=STARTS)
    for one in (ended, running):
        message = codec.meeting_of(one, 0, desk.now_ms)
        message.ClearField("state")
        message.ClearField("occurrences")
        ref = MeetingRef(desk.tenant, one.meeting_id)
        await desk.redis.hset(keys.meeting(ref), mapping={"d": message.SerializeToString(), "s": 5, "t": ENDS, "n": 0})
        await desk.redis.zadd(keys.owner(desk.tenant, OWNER), {f"{one.created_at_ms:013d}:{one.meeting_id}": 0})
    await desk.redis.sadd(keys.TENANTS, desk.tenant)
    await desk.sweep()
    for _ in range(2):
        assert await desk.past() == [(ended.meeting_id, 1, STARTS, 0)]
        assert await desk.upcoming() == [running.meeting_id]
        assert await desk.shelves.take_over(desk.tenant, desk.now_ms) == 0
    loaded = await desk.definition(MeetingRef(desk.tenant, running.meeting_id))
    assert (loaded.occurrences, loaded.running, loaded.schedule) == (1, True, None)
    # Nobody ends it but its host, or twelve hours after somebody was in it again.
    desk.now_ms = ENDS + 30 * DAY_MS
    await desk.sweep()
    assert await desk.upcoming() == [running.meeting_id]
    again = MeetingRef(desk.tenant, running.meeting_id)
    await desk.come(again, "Budi")
    await desk.go(again, "Budi")
    desk.now_ms += DAY_MS
    await desk.sweep()
    assert (running.meeting_id, 1, STARTS, 1) in await desk.past()


def test_an_entry_sorts_by_its_time() -> None:
    assert shelves.passed_entry(5, MeetingId("8123456789"), 3) < shelves.passed_entry(50, MeetingId("8123456789"), 1)
