"""One person's days at the office, newest first, a page at a time: for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from services.common.errors import InvalidField
from services.common.ids import AccountId, TenantId
from services.roster.core.office import PersonDay, ends_ms, person_day
from services.roster.core.office_calendar import Day, day_of, local_date
from services.roster.office import Office, zone_of
from services.roster.spoken import Spoken

# The logs of the meetings of so many days are read for a page.
_PAGE: Final = 14
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwnDays:
    """Every method may raise what the stores raise, and Unavailable."""

    office: Office
    spoken: Spoken

    async def page(
        self, tenant_id: TenantId, account_id: AccountId, page_token: str
    ) -> tuple[list[tuple[Day, PersonDay]], str]:
        """The days of which anything is recorded, and the next page's token ("" for none). Raises InvalidField."""
        frame = await self.office.directory.frame(tenant_id)
        zone, now_ms = zone_of(frame), self.office.now_ms()
        said = await self.spoken.of(tenant_id, account_id)
        joins = (await self.office.attended.joins(tenant_id, [account_id], 0, now_ms + 1))[account_id]
        joined = {local_date(at_ms, zone) for _, at_ms in joins}
        # A meeting may go on after midnight.
        dates = {_date_of(day) for day in said} | joined | {one + _DAY for one in joined}
        before = _before(page_token) if page_token else local_date(now_ms, zone) + _DAY
        left = sorted((one for one in dates if one < before), reverse=True)
        while left:
            chosen, left = left[:_PAGE], left[_PAGE:]
            days = [day_of(one, zone, frame.tenant.office_hours) for one in chosen]
            until_ms = ends_ms(days[0], said.get(days[0].key, ()), now_ms)
            times = await self.office.attended.times(tenant_id, [account_id], days[-1].start_ms, until_ms)
            found = [(day, person_day(day, said.get(day.key, ()), times[account_id], now_ms)) for day in days]
            recorded = [(day, mine) for day, mine in found if mine.known or mine.declarations]
            if recorded:
                return recorded, chosen[-1].isoformat() if left else ""
        return [], ""


def _before(page_token: str) -> date:
    try:
        return date.fromisoformat(page_token)
    except ValueError:
        raise InvalidField("page_token", "a page_token is what next_page_token of the page before was") from None


def _date_of(day: str) -> date:
    """Of "20261124"."""
    return datetime.strptime(day, "%Y%m%d").date()  # noqa: DTZ007 - a day of a calendar, in no zone
