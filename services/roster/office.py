"""Office hours: a declaration written down, and days put together from what was said and the meetings attended."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from services.common.errors import InvalidField, Unavailable, WrongState
from services.common.ids import AccountId, MeetingId, TenantId
from services.roster.accesses import Accesses
from services.roster.attended import Attended
from services.roster.core.office import PersonDay, ends_ms, person_day
from services.roster.core.office_calendar import Day, day_of, local_date, parsed, week_of
from services.roster.core.office_states import CLOSING_MS, DONE, Declaration, State, declared, is_open
from services.roster.directory import Directory, Frame
from services.roster.gently import gently
from services.roster.metrics import RosterMetrics
from services.roster.office_store import OfficeStore
from sipulung.auth.v1 import directory_pb2
from sipulung.roster.v1 import meeting_pb2, office_pb2

# Two windows of one person, or a client that sends again while its first try is under way, take turns.
_TRIES = 10


@dataclass(frozen=True, slots=True)
class Office:
    """One replica's. Every method may raise what the stores raise, and Unavailable."""

    store: OfficeStore
    attended: Attended
    directory: Directory
    accesses: Accesses
    metrics: RosterMetrics
    now_ms: Callable[[], int]

    def today(self, frame: Frame) -> date:
        """The date that the tenant has now."""
        return local_date(self.now_ms(), zone_of(frame))

    def day(self, frame: Frame, asked: str) -> Day:
        """The day that was asked for, today for "". Raises InvalidField."""
        return day_of(parsed(asked, self.today(frame)), zone_of(frame), frame.tenant.office_hours)

    def week(self, frame: Frame, asked: str) -> list[Day]:
        """The week from Monday on that the day is in. Raises InvalidField."""
        zone, hours = zone_of(frame), frame.tenant.office_hours
        return [day_of(one, zone, hours) for one in week_of(self.day(frame, asked).date)]

    async def declare(
        self, tenant_id: TenantId, account_id: AccountId, asked: str, state: State, note: str, client_id: str
    ) -> tuple[Day, PersonDay]:
        """Writes it down durably, of today ("") or of the day before; that day as it is then.

        Raises InvalidField, WrongState, Throttled.
        """
        frame = await self.directory.frame(tenant_id)
        for attempt in range(_TRIES):
            now_ms = self.now_ms()
            day = await self._declarable(frame, account_id, asked, state)
            said = (await self.store.said(tenant_id, day.key, [account_id]))[account_id]
            one = declared(said, Declaration(state, now_ms, note, client_id), day.end_ms)
            if one is None or await self.store.declare(tenant_id, day.key, account_id, said, one):
                if one is not None:
                    labels = {"tenant": tenant_id, "state": office_pb2.OfficeState.Name(state)}
                    self.metrics.declarations.add(1, labels)
                days = await self.days(tenant_id, [account_id], [day])
                return day, days[account_id][0]
            await asyncio.sleep(random.uniform(0, 0.005 * (attempt + 1)))  # noqa: S311 - spreads tries, hides nothing
        raise Unavailable("the day is being changed from several places at once")

    async def still_open(self, tenant_id: TenantId, account_id: AccountId) -> tuple[Day, PersonDay] | None:
        """The day before today, if the account has not ended it and still can."""
        frame = await self.directory.frame(tenant_id)
        if account_id not in await self.open_since(frame, [account_id]):
            return None
        day = self._day_before(frame)
        return day, (await self.days(tenant_id, [account_id], [day]))[account_id][0]

    async def open_since(self, frame: Frame, accounts: Sequence[AccountId]) -> dict[AccountId, int]:
        """Of the accounts, those that have not ended the day before today and still can.

        With when they said last that they are present or on a break (Unix milliseconds).
        """
        tenant_id, day = TenantId(frame.tenant.tenant_id), self._day_before(frame)
        if self.now_ms() >= day.end_ms + CLOSING_MS:
            return {}
        begun = await self.store.said(tenant_id, self.day(frame, "").key, accounts)
        said = await self.store.said(tenant_id, day.key, [one for one in accounts if not begun[one]])
        return {account_id: mine[-1].at_ms for account_id, mine in said.items() if is_open(mine)}

    async def _declarable(self, frame: Frame, account_id: AccountId, asked: str, state: State) -> Day:
        """The day that is meant. Raises InvalidField, WrongState."""
        today, before = self.day(frame, ""), self._day_before(frame)
        if asked in ("", today.date.isoformat()):
            return today
        if asked != before.date.isoformat() or state != DONE or self.now_ms() >= before.end_ms + CLOSING_MS:
            hours = CLOSING_MS // 3_600_000
            raise InvalidField(
                "date", f"must be today; the day before can only be ended, within {hours} hours of its end"
            )
        today_said = await self.store.said(TenantId(frame.tenant.tenant_id), today.key, [account_id])
        if today_said[account_id]:
            raise WrongState("the next day has begun for you already")
        return before

    def _day_before(self, frame: Frame) -> Day:
        return self.day(frame, (self.today(frame) - timedelta(days=1)).isoformat())

    async def days(
        self, tenant_id: TenantId, accounts: Sequence[AccountId], days: Sequence[Day]
    ) -> dict[AccountId, list[PersonDay]]:
        """Each account's days, in the order of `days`, which follow each other."""
        now_ms = self.now_ms()
        # Nobody has said anything of a day that is still to come.
        said = [await self.store.said(tenant_id, day.key, accounts) if day.start_ms <= now_ms else {} for day in days]
        until_ms = max([days[-1].end_ms, *(ends_ms(days[-1], one, now_ms) for one in said[-1].values())])
        times = await self.attended.times(tenant_id, accounts, days[0].start_ms, until_ms)

        def of(account_id: AccountId) -> list[PersonDay]:
            return [
                person_day(day, told.get(account_id, ()), times.get(account_id, ()), now_ms)
                for day, told in zip(days, said, strict=True)
            ]

        return dict(zip(accounts, await gently(accounts, of), strict=True))

    async def described(
        self, tenant_id: TenantId, days: dict[AccountId, list[PersonDay]]
    ) -> dict[str, meeting_pb2.Meeting]:
        """The meetings that somebody attended."""
        wanted = {MeetingId(one.meeting_id) for mine in days.values() for day in mine for one in day.meetings}
        return dict(await self.store.described(tenant_id, sorted(wanted)))


def zone_of(frame: Frame) -> ZoneInfo:
    """The tenant's zone; auth has checked that it exists."""
    return ZoneInfo(frame.tenant.time_zone)


def expected(people: Sequence[directory_pb2.Person], units: frozenset[str] | None) -> list[directory_pb2.Person]:
    """Those of the units (None: of the whole tenant), by name."""
    chosen = [person for person in people if units is None or person.unit_id in units]
    return sorted(chosen, key=lambda person: (person.name.casefold(), person.account_id))
