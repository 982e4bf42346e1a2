"""Office hours: a declaration written down, and days put together from what was said and the meetings attended."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from services.common.errors import Unavailable
from services.common.ids import AccountId, MeetingId, TenantId
from services.roster.accesses import Accesses
from services.roster.attended import Attended
from services.roster.core.office import PersonDay, person_day
from services.roster.core.office_calendar import Day, day_of, local_date, parsed, week_of
from services.roster.core.office_states import Declaration, State, declared
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
        self, tenant_id: TenantId, account_id: AccountId, state: State, note: str, client_id: str
    ) -> tuple[Day, PersonDay]:
        """Writes it down durably; today as it is then. Raises WrongState, Throttled."""
        frame = await self.directory.frame(tenant_id)
        for attempt in range(_TRIES):
            now_ms = self.now_ms()
            day = self.day(frame, "")
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

    async def days(
        self, tenant_id: TenantId, accounts: Sequence[AccountId], days: Sequence[Day]
    ) -> dict[AccountId, list[PersonDay]]:
        """Each account's days, in the order of `days`, which follow each other."""
        now_ms = self.now_ms()
        times = await self.attended.times(tenant_id, accounts, days[0].start_ms, days[-1].end_ms)
        # Nobody has said anything of a day that is still to come.
        said = [await self.store.said(tenant_id, day.key, accounts) if day.start_ms <= now_ms else {} for day in days]

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
