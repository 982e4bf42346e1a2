"""Work over midnight, on real stores and a clock that the test sets: the day before is ended on the next one."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.common.errors import InvalidField, Unavailable, WrongState
from services.common.ids import new_id
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, office_pb2, personal_pb2, personal_pb2_grpc
from tests.roster.conftest import Site
from tests.roster.support.client import RosterClient, eventually
from tests.support.clocked_roster import VARIABLE, TestClock

PRESENT = office_pb2.OFFICE_STATE_PRESENT
BREAK = office_pb2.OFFICE_STATE_BREAK
DONE = office_pb2.OFFICE_STATE_DONE
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def late_zone(at_ms: int) -> str:
    """One in which it is between 23:00 and midnight then."""
    ahead = 23 - datetime.fromtimestamp(at_ms / 1000, UTC).hour
    # POSIX counts westwards, and zones end 14 hours east of Greenwich.
    return f"Etc/GMT{-(ahead if ahead <= 14 else ahead - 24):+d}"


@dataclass(frozen=True, slots=True)
class Night:
    """It is between 23:00 and midnight when it begins; `evening` is that date, `morning` the next."""

    site: Site
    roster: RosterClient
    clock: TestClock
    begin_ms: int
    ani: str
    admin: str
    evening: str
    morning: str

    def later(self, hours: float) -> int:
        """That many hours after it began; when that is (Unix milliseconds)."""
        at_ms = self.begin_ms + int(hours * HOUR_MS)
        self.clock.set(at_ms)
        return at_ms

    async def end(
        self, date: str, state: office_pb2.OfficeState.ValueType = DONE, key: str = ""
    ) -> office_pb2.DeclareResponse:
        request = office_pb2.DeclareRequest(state=state, client_id=key or new_id(), date=date)
        answer: office_pb2.DeclareResponse = await self.roster.call(self.roster.office.Declare, request, self.ani)
        return answer


@pytest.fixture
async def night(site: Site, tmp_path: Path) -> Night:
    begin_ms = time.time_ns() // 1_000_000
    zone = late_zone(begin_ms)
    site.auth.tenant(site.tenant, time_zone=zone)
    site.auth.person(site.tenant, "ani", "Ani", role=common_pb2.ACCOUNT_ROLE_HOST)
    clock = TestClock(tmp_path / "clock")
    clock.set(begin_ms)
    roster = site.replica("tests.support.clocked_roster", **{VARIABLE: str(tmp_path / "clock")})
    ani = site.auth.account(site.tenant, "Ani", "ani", common_pb2.ACCOUNT_ROLE_HOST)
    admin = site.auth.account(site.tenant, "Admin", "admin", common_pb2.ACCOUNT_ROLE_TENANT_ADMIN)
    evening = datetime.fromtimestamp(begin_ms / 1000, ZoneInfo(zone)).date()

    async def streams_are_made() -> bool:
        try:
            await roster.own_day(ani)
        except Unavailable:
            return False
        return True

    await eventually(streams_are_made)
    morning = evening + timedelta(days=1)
    return Night(site, roster, clock, begin_ms, ani, admin, evening.isoformat(), morning.isoformat())


async def refused(error: type[Exception], call: Callable[[], Awaitable[object]]) -> str:
    with pytest.raises(error) as found:
        await call()
    return str(found.value)


async def test_a_night_is_ended_on_the_next_day(night: Night) -> None:
    await night.roster.declare(night.ani, PRESENT, "posko banjir")
    assert not (await night.roster.own_day(night.ani)).HasField("open_day")
    # A meeting after midnight is presence of the day that it is on.
    meeting = await night.roster.create(night.ani, "Rapat posko")
    token = night.site.auth.participant(night.site.tenant, meeting.meeting_id, "Ani", account_id="ani")
    joined_ms = night.later(1.1)
    await night.roster.join(token)
    left_ms = night.later(1.4)
    await night.roster.leave(token)
    night.later(2)
    own = await night.roster.own_day(night.ani)
    assert (own.date.date, own.day.status) == (night.morning, office_pb2.OFFICE_STATUS_AFTER_MEETING)
    assert (own.open_date.date, own.open_day.not_closed) == (night.evening, True)
    assert [one.note for one in own.open_day.declarations] == ["posko banjir"]
    # And whoever heads them sees that they are at it.
    (seen,) = (await night.roster.unit_day(night.admin)).people
    assert seen.open_since_ms == night.begin_ms
    ended_ms, key = night.later(2.5), new_id()
    answer = await night.end(night.evening, key=key)
    assert (answer.date.date, answer.day.done_ms, answer.day.not_closed) == (night.evening, ended_ms, False)
    assert answer.day.present_ms == (ended_ms - night.begin_ms) - (left_ms - joined_ms)
    # Sent again, it is the same; and there is nothing left to end.
    assert (await night.end(night.evening, key=key)).day == answer.day
    assert not (await night.roster.own_day(night.ani)).HasField("open_day")
    (seen,) = (await night.roster.unit_day(night.admin)).people
    assert seen.open_since_ms == 0
    # The other views say the same.
    week = await night.roster.unit_day(night.admin, date=night.evening)
    assert [one.day.done_ms for one in week.people] == [ended_ms]
    stub = personal_pb2_grpc.PersonalDataServiceStub(night.roster._channel)
    mine = await night.roster.call(stub.GetOwnOffice, personal_pb2.GetOwnOfficeRequest(), night.ani)
    assert {one.date.date: one.day.present_ms for one in mine.days} == {
        night.evening: answer.day.present_ms,
        night.morning: left_ms - joined_ms,
    }


async def test_files_of_a_night_are_proven_by_the_logs(night: Night) -> None:
    await night.roster.declare(night.ani, PRESENT)
    meeting = await night.roster.create(night.ani, "Rapat posko")
    token = night.site.auth.participant(night.site.tenant, meeting.meeting_id, "Ani", account_id="ani")
    night.later(1.1)
    await night.roster.join(token)
    night.later(1.4)
    await night.roster.leave(token)
    night.later(2.5)
    day = (await night.end(night.evening)).day
    for kind in ("CSV", "XLSX", "PDF"):
        request = office_pb2.ExportOfficeRequest(
            span=office_pb2.OFFICE_SPAN_DAY,
            format=attendance_pb2.ReportFormat.Value(f"REPORT_FORMAT_{kind}"),
            date=night.evening,
        )
        file = (await night.roster.call(night.roster.office.ExportOffice, request, night.admin)).data
        if kind == "CSV":
            text = file.decode("utf-8-sig")
            seconds = day.outside_ms // 1000
            assert str(timedelta(seconds=seconds)) in text
            assert "selesai lewat tengah malam" in text
        checked = await night.roster.call(
            night.roster.log.VerifyReport, attendance_pb2.VerifyReportRequest(file=file), night.admin
        )
        assert checked.verdict == attendance_pb2.VERDICT_MATCHES
        # Of the day, and of the meeting after midnight that takes something from it.
        assert checked.records > 2


async def test_only_the_day_before_can_be_ended(night: Night) -> None:
    await night.roster.declare(night.ani, PRESENT)
    night.later(2)
    wrong_day = await refused(InvalidField, lambda: night.end("2026-01-05"))
    assert "the day before can only be ended, within 12 hours of its end" in wrong_day
    for state in (PRESENT, BREAK):
        await refused(InvalidField, lambda state=state: night.end(night.evening, state))  # type: ignore[misc]
    await refused(WrongState, lambda: night.end(night.morning))
    night.later(13.1)
    assert not (await night.roster.own_day(night.ani)).HasField("open_day")
    await refused(InvalidField, lambda: night.end(night.evening))


async def test_who_has_begun_the_next_day_is_done_with_the_last(night: Night) -> None:
    await night.roster.declare(night.ani, PRESENT)
    night.later(8)
    await night.roster.declare(night.ani, PRESENT)
    assert not (await night.roster.own_day(night.ani)).HasField("open_day")
    await refused(WrongState, lambda: night.end(night.evening))


async def test_who_was_done_or_never_came_has_nothing_to_end(night: Night) -> None:
    night.later(1.2)
    assert not (await night.roster.own_day(night.ani)).HasField("open_day")
    await refused(WrongState, lambda: night.end(night.evening))
