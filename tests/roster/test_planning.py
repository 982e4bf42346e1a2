"""Scheduling over the real gRPC server: what is asked for, refused, changed, called off and listed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.common.errors import (
    Conflict,
    InvalidField,
    MeetingCancelled,
    MeetingNotOpen,
    NotFound,
    PermissionDenied,
    WrongState,
)
from services.common.ids import new_id
from sipulung.auth.v1 import tenant_pb2
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2, schedule_pb2
from tests.roster.conftest import Site
from tests.roster.support.client import RosterClient

HEAD, ADMIN = common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT, common_pb2.ACCOUNT_ROLE_TENANT_ADMIN
UNIT = meeting_pb2.MEETING_SCOPE_UNIT
WITA = ZoneInfo("Asia/Makassar")


def schedule(days: int = 1, **fields: Any) -> schedule_pb2.Schedule:
    """So many days from now, at nine."""
    day = (datetime.now(WITA) + timedelta(days=days)).date()
    given = {"date": day.isoformat(), "time": "09:00", "duration_minutes": 60, "open_before_minutes": 15, **fields}
    return schedule_pb2.Schedule(**given)


def starts_ms(asked: schedule_pb2.Schedule) -> int:
    return int(datetime.fromisoformat(f"{asked.date}T{asked.time}").replace(tzinfo=WITA).timestamp()) * 1000


async def upcoming(roster: RosterClient, token: str, **fields: Any) -> list[str]:
    request = meeting_pb2.ListMeetingsRequest(upcoming=True, **fields)
    answer = await roster.call(roster.meetings.ListMeetings, request, token)
    assert answer.time_zone == "Asia/Makassar"
    return [meeting.meeting_id for meeting in answer.meetings]


async def past(roster: RosterClient, token: str, **fields: Any) -> list[tuple[str, int]]:
    request = meeting_pb2.ListOccurrencesRequest(**fields)
    answer = await roster.call(roster.meetings.ListOccurrences, request, token)
    return [(one.meeting.meeting_id, one.occurrence.number) for one in answer.occurrences]


async def test_a_scheduled_meeting_is_planned_moved_and_called_off(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    asked = schedule()
    meeting = await roster.create(owner, schedule=asked)
    assert meeting.state == meeting_pb2.MEETING_STATE_NOT_OPEN
    assert (meeting.next_starts_at_ms, meeting.next_ends_at_ms) == (starts_ms(asked), starts_ms(asked) + 3_600_000)
    assert (meeting.opens_at_ms, meeting.schedule.time_zone) == (starts_ms(asked) - 900_000, "Asia/Makassar")
    guest = site.auth.participant(site.tenant, meeting.meeting_id, "Budi")
    with pytest.raises(MeetingNotOpen) as early:
        await roster.join(guest)
    assert (early.value.opens_at_ms, early.value.time_zone) == (meeting.opens_at_ms, "Asia/Makassar")
    assert early.value.retry_after_ms > 0

    moved = schedule(2)
    change = meeting_pb2.UpdateMeetingRequest(meeting_id=meeting.meeting_id, revision=1, schedule=moved)
    changed = (await roster.call(roster.meetings.UpdateMeeting, change, owner)).meeting
    assert (changed.next_starts_at_ms, changed.revision) == (starts_ms(moved), 2)
    with pytest.raises(Conflict):
        await roster.call(roster.meetings.UpdateMeeting, change, owner)

    cancel = meeting_pb2.CancelMeetingRequest(meeting_id=meeting.meeting_id)
    cancelled = (await roster.call(roster.meetings.CancelMeeting, cancel, owner)).meeting
    assert (cancelled.state, cancelled.revision) == (meeting_pb2.MEETING_STATE_CANCELLED, 3)
    assert cancelled == (await roster.call(roster.meetings.CancelMeeting, cancel, owner)).meeting
    with pytest.raises(MeetingCancelled):
        await roster.join(guest)
    with pytest.raises(MeetingCancelled):
        await roster.call(roster.meetings.UpdateMeeting, change, owner)
    assert await upcoming(roster, owner) == []
    assert await past(roster, owner) == [(meeting.meeting_id, 0)]


async def test_who_is_in_it_is_not_called_off(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    meeting_id = (await roster.create(owner)).meeting_id
    guest = site.auth.participant(site.tenant, meeting_id, "Budi")
    await roster.join(guest)
    cancel = meeting_pb2.CancelMeetingRequest(meeting_id=meeting_id)
    with pytest.raises(WrongState):
        await roster.call(roster.meetings.CancelMeeting, cancel, owner)
    for stranger in (site.auth.account("lain"), site.auth.account(site.tenant)):
        with pytest.raises(NotFound):
            await roster.call(roster.meetings.CancelMeeting, cancel, stranger)
    with pytest.raises(PermissionDenied):
        await roster.call(roster.meetings.CancelMeeting, cancel, guest)
    await roster.end(owner, meeting_id)
    assert await past(roster, owner) == [(meeting_id, 1)]
    assert await upcoming(roster, owner) == []


async def test_what_makes_no_sense_is_refused_at_its_field(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"schedule": schedule(-2)}, "schedule.date"),
        ({"schedule": schedule(date="2026-02-31")}, "schedule.date"),
        ({"schedule": schedule(date="besok")}, "schedule.date"),
        ({"schedule": schedule(time="9.00")}, "schedule.time"),
        ({"schedule": schedule(duration_minutes=4)}, "schedule.duration_minutes"),
        ({"schedule": schedule(duration_minutes=0)}, "schedule.duration_minutes"),
        ({"schedule": schedule(open_before_minutes=241)}, "schedule.open_before_minutes"),
        ({"schedule": schedule(recurrence={"weekdays": [8]})}, "schedule.recurrence.weekdays[0]"),
        ({"schedule": schedule(recurrence={"weekdays": []})}, "schedule.recurrence.weekdays"),
        ({"schedule": schedule(recurrence={"workdays": True, "every_weeks": 53})}, "schedule.recurrence.every_weeks"),
        (
            {"schedule": schedule(recurrence={"workdays": True, "until_date": "2020-01-01"})},
            "schedule.recurrence.until_date",
        ),
        ({"schedule": schedule(), "opens_at_ms": 4_000_000_000_000}, "opens_at_ms"),
    ]
    for fields, field in cases:
        with pytest.raises(InvalidField) as refused:
            await roster.create(owner, **fields)
        assert refused.value.field == field
    assert await upcoming(roster, owner) == []
    unit_without = meeting_pb2.ListMeetingsRequest(scope=UNIT)
    with pytest.raises(InvalidField):
        await roster.call(roster.meetings.ListMeetings, unit_without, site.auth.account(site.tenant, role=ADMIN))
    for request in (
        meeting_pb2.ListMeetingsRequest(upcoming=True, page_token="x"),
        meeting_pb2.ListMeetingsRequest(upcoming=True, page_token="MTIz"),
    ):
        with pytest.raises(InvalidField):
            await roster.call(roster.meetings.ListMeetings, request, owner)
    with pytest.raises(InvalidField):
        await roster.call(roster.meetings.ListOccurrences, meeting_pb2.ListOccurrencesRequest(page_token="x"), owner)
    for query in ("'", "a" * 121, "apel\u202e", "\u200b"):
        for ask, asked in (
            (roster.meetings.ListMeetings, meeting_pb2.ListMeetingsRequest(upcoming=True, query=query)),
            (roster.meetings.ListOccurrences, meeting_pb2.ListOccurrencesRequest(query=query)),
        ):
            with pytest.raises(InvalidField) as refused:
                await roster.call(ask, asked, owner)
            assert refused.value.field == "query"
    with pytest.raises(InvalidField) as refused:
        await roster.call(roster.meetings.ListMeetings, meeting_pb2.ListMeetingsRequest(query="apel"), owner)
    assert refused.value.field == "query"
    for month in ("2026-13", "2026-1", "0000-01", "maret"):
        with pytest.raises(InvalidField) as refused:
            await roster.call(roster.meetings.ListOccurrences, meeting_pb2.ListOccurrencesRequest(month=month), owner)
        assert refused.value.field == "month"


async def test_a_title_finds_only_what_the_list_has(site: Site) -> None:
    """Of the same titles everywhere: one's own, the unit's and those below, the tenant's; never another tenant's."""
    roster, neighbour = site.replica(), new_id()
    for unit, parent in (("kominfo", ""), ("ikp", "kominfo"), ("diknas", "")):
        site.auth.unit(site.tenant, unit, unit, parent)
    people = {
        "ikp": site.auth.account(site.tenant, "Ani", "ani", unit_id="ikp"),
        "diknas": site.auth.account(site.tenant, "Budi", "budi", unit_id="diknas"),
        "lain": site.auth.account(neighbour, "Cici", "cici"),
    }
    coming, over = {}, {}
    months = {f"{datetime.now(WITA):%Y-%m}"}
    for whose, owner in people.items():
        coming[whose] = (await roster.create(owner, title="Apel Pagi Maret")).meeting_id
        over[whose] = (await roster.create(owner, title="Apel Pagi, bulan Maret")).meeting_id
        for title in ("Apel pagi April", "Rapat Maret"):
            await roster.end(owner, (await roster.create(owner, title=title)).meeting_id)
        await roster.end(owner, over[whose])
    # A month may have begun meanwhile.
    months.add(f"{datetime.now(WITA):%Y-%m}")
    heads = {unit: site.auth.account(site.tenant, "Ibu", role=HEAD, unit_id=unit) for unit in ("kominfo", "diknas")}
    admin = site.auth.account(site.tenant, "Admin", role=ADMIN)
    seen: list[tuple[str, dict[str, Any], set[str]]] = [
        (people["ikp"], {}, {"ikp"}),
        (people["diknas"], {}, {"diknas"}),
        (people["lain"], {}, {"lain"}),
        (heads["kominfo"], {}, set()),
        (heads["kominfo"], {"scope": UNIT}, {"ikp"}),
        (heads["diknas"], {"scope": UNIT}, {"diknas"}),
        (admin, {"scope": UNIT}, {"ikp", "diknas"}),
        (site.auth.account(neighbour, "Admin", role=ADMIN), {"scope": UNIT}, {"lain"}),
    ]
    for token, fields, where in seen:
        found = await upcoming(roster, token, query="maret APEL", **fields)
        assert set(found) == {coming[one] for one in where}
        for when in ([""], months):
            held = [await past(roster, token, query="maret APEL", month=month, **fields) for month in when]
            assert {one for month in held for one, _ in month} == {over[one] for one in where}
        assert await past(roster, token, query="apel", month="2020-02", **fields) == []
        assert await upcoming(roster, token, query="sore", **fields) == []
    for request in (
        meeting_pb2.ListMeetingsRequest(upcoming=True, scope=UNIT, query="apel"),
        meeting_pb2.ListOccurrencesRequest(scope=UNIT, query="apel"),
    ):
        ask = getattr(roster.meetings, type(request).__name__.removesuffix("Request"))
        with pytest.raises(PermissionDenied):
            await roster.call(ask, request, people["ikp"])


async def test_a_series_and_who_sees_it(site: Site) -> None:
    """The head of a unit sees the meetings of the unit and of those below, the admin all, others their own."""
    roster = site.replica()
    for unit, parent in (("kominfo", ""), ("ikp", "kominfo"), ("diknas", "")):
        site.auth.unit(site.tenant, unit, unit, parent)
    owner = site.auth.account(site.tenant, "Ani", "ani", unit_id="ikp")
    other = site.auth.account(site.tenant, "Budi", "budi", unit_id="diknas")
    series = await roster.create(owner, schedule=schedule(recurrence={"workdays": True, "skip_holidays": True}))
    assert series.schedule.recurrence.workdays
    assert series.owner_unit_id == "ikp"
    wanted = meeting_pb2.GetMeetingCalendarRequest(meeting_id=series.meeting_id)
    calendar = await roster.call(roster.meetings.GetMeetingCalendar, wanted, owner)
    assert (list(calendar.weekdays), list(calendar.free_dates)) == ([1, 2, 3, 4, 5], [])
    assert calendar.first_date >= series.schedule.date
    with pytest.raises(NotFound):
        await roster.call(roster.meetings.GetMeetingCalendar, wanted, other)
    now = await roster.create(owner)
    theirs = await roster.create(other)
    assert await upcoming(roster, owner) == [now.meeting_id, series.meeting_id]
    unplanned = meeting_pb2.GetMeetingCalendarRequest(meeting_id=now.meeting_id)
    with pytest.raises(WrongState):
        await roster.call(roster.meetings.GetMeetingCalendar, unplanned, owner)
    heads = {
        unit: site.auth.account(site.tenant, "Ibu", role=HEAD, unit_id=unit) for unit in ("kominfo", "ikp", "diknas")
    }
    for unit in ("kominfo", "ikp"):
        assert await upcoming(roster, heads[unit], scope=UNIT) == [now.meeting_id, series.meeting_id]
        assert await upcoming(roster, heads[unit]) == []
    assert await upcoming(roster, heads["diknas"], scope=UNIT) == [theirs.meeting_id]
    admin = site.auth.account(site.tenant, "Admin", role=ADMIN)
    assert len(await upcoming(roster, admin, scope=UNIT)) == 3
    assert await upcoming(roster, site.auth.account("lain", "Admin", role=ADMIN), scope=UNIT) == []
    await roster.join(site.auth.participant(site.tenant, now.meeting_id, "Cici"))
    await roster.end(owner, now.meeting_id)
    assert await past(roster, heads["kominfo"], scope=UNIT) == [(now.meeting_id, 1)]
    assert await past(roster, heads["diknas"], scope=UNIT) == []
    for nobody in (other, site.auth.account(site.tenant, role=HEAD)):
        for method, request in (
            (roster.meetings.ListMeetings, meeting_pb2.ListMeetingsRequest(upcoming=True, scope=UNIT)),
            (roster.meetings.ListOccurrences, meeting_pb2.ListOccurrencesRequest(scope=UNIT)),
        ):
            with pytest.raises(PermissionDenied):
                await roster.call(method, request, nobody)


async def test_one_time_of_a_series_is_called_off(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    asked = schedule(recurrence={"weekdays": [1, 2, 3, 4, 5, 6, 7]})
    series = await roster.create(owner, schedule=asked)
    first = starts_ms(asked)
    second = first + 24 * 3_600_000
    assert series.next_starts_at_ms == first
    asked.recurrence.called_off_dates.append(asked.date)
    request = meeting_pb2.UpdateMeetingRequest(meeting_id=series.meeting_id, revision=series.revision, schedule=asked)
    changed = (await roster.call(roster.meetings.UpdateMeeting, request, owner)).meeting
    assert changed.next_starts_at_ms == second
    assert list(changed.schedule.recurrence.called_off_dates) == [asked.date]
    wanted = meeting_pb2.GetMeetingCalendarRequest(meeting_id=series.meeting_id)
    calendar = await roster.call(roster.meetings.GetMeetingCalendar, wanted, owner)
    assert list(calendar.free_dates) == [asked.date]
    assert calendar.first_date > asked.date
    with pytest.raises(MeetingNotOpen) as refused:
        await roster.join(site.auth.participant(site.tenant, series.meeting_id, "Budi"))
    assert refused.value.to_proto().opens_at_ms == second - 15 * 60_000
    for days in (["2026-02-31"], ["besok"], [asked.date] * 101):
        del asked.recurrence.called_off_dates[:]
        asked.recurrence.called_off_dates.extend(days)
        wrong = meeting_pb2.UpdateMeetingRequest(
            meeting_id=series.meeting_id, revision=changed.revision, schedule=asked
        )
        with pytest.raises(InvalidField) as why:
            await roster.call(roster.meetings.UpdateMeeting, wrong, owner)
        assert why.value.field.startswith("schedule.recurrence.called_off_dates")


async def test_calendars_are_told_of_office_days_that_hold_for_a_while(site: Site) -> None:
    today = datetime.now(WITA).date()
    begin, end = (today + timedelta(days=days) for days in (7, 14))
    usual, others = (
        [tenant_pb2.OfficeDay(weekday=day, from_minute=450, to_minute=960) for day in days]
        for days in (range(1, 6), (1, 2, 3, 6))
    )
    changes = [
        tenant_pb2.OfficeChange(from_date=begin.isoformat(), days=others),
        tenant_pb2.OfficeChange(from_date=end.isoformat(), days=usual),
    ]
    site.auth.tenant(site.tenant, office_hours=tenant_pb2.OfficeHours(days=usual, changes=changes))
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    series = await roster.create(owner, schedule=schedule(recurrence={"workdays": True}))
    wanted = meeting_pb2.GetMeetingCalendarRequest(meeting_id=series.meeting_id)
    calendar = await roster.call(roster.meetings.GetMeetingCalendar, wanted, owner)
    within = {day.isoweekday(): day.isoformat() for day in (begin + timedelta(days=number) for number in range(7))}
    assert list(calendar.weekdays) == [1, 2, 3, 4, 5]
    assert list(calendar.free_dates) == sorted([within[4], within[5]])
    assert list(calendar.extra_dates) == [within[6]]


async def test_a_change_leaves_the_meeting_in_its_zone(site: Site) -> None:
    """The tenant moved to another zone since: whoever changes the title, or calls a day off, moves no meeting."""
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    asked = schedule(recurrence={"weekdays": [1, 2, 3, 4, 5, 6, 7]})
    series = await roster.create(owner, schedule=asked)
    site.auth.tenant(site.tenant, time_zone="Asia/Jakarta")
    other = site.replica()
    request = meeting_pb2.UpdateMeetingRequest(
        meeting_id=series.meeting_id, revision=series.revision, title="Apel", schedule=asked
    )
    changed = (await other.call(other.meetings.UpdateMeeting, request, owner)).meeting
    assert (changed.title, changed.schedule.time_zone) == ("Apel", "Asia/Makassar")
    assert changed.next_starts_at_ms == series.next_starts_at_ms
    new = await other.create(owner, schedule=asked)
    assert new.schedule.time_zone == "Asia/Jakarta"


async def test_an_admin_stops_what_somebody_planned_who_is_gone(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    planned, open_now = await roster.create(owner, schedule=schedule()), await roster.create(owner)
    admin = site.auth.account(site.tenant, "Admin", role=ADMIN)
    cancel = meeting_pb2.CancelMeetingRequest(meeting_id=planned.meeting_id)
    for nobody in (
        site.auth.account(site.tenant, "Budi"),
        site.auth.account(site.tenant, "Ibu", role=HEAD, unit_id="ikp"),
        site.auth.account("lain", "Admin", role=ADMIN),
    ):
        with pytest.raises(NotFound):
            await roster.call(roster.meetings.CancelMeeting, cancel, nobody)
        with pytest.raises(NotFound):
            await roster.end(nobody, open_now.meeting_id)
    cancelled = (await roster.call(roster.meetings.CancelMeeting, cancel, admin)).meeting
    assert cancelled.state == meeting_pb2.MEETING_STATE_CANCELLED
    assert (await roster.end(admin, open_now.meeting_id)).state == meeting_pb2.MEETING_STATE_ENDED
    change = meeting_pb2.UpdateMeetingRequest(meeting_id=open_now.meeting_id, revision=1, title="Lain")
    with pytest.raises(NotFound):
        await roster.call(roster.meetings.UpdateMeeting, change, admin)
