"""What happens to meetings by itself: they end when all have left, and follow the tenant's office days and holidays.

Every replica does this. They decide the same, and the optimistic write lets one of them do it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from services.common.apart import Apart
from services.common.cancellation import heed_cancellation
from services.common.errors import DomainError
from services.common.ids import TenantId
from services.common.store import STORE_TROUBLE
from services.common.tenancy import tenant_scope
from services.roster.core import commands, span
from services.roster.core.schedule import Calendar
from services.roster.directory import Directory
from services.roster.keys import MeetingRef
from services.roster.meetings import Meetings
from services.roster.metrics import RosterMetrics
from services.roster.planning import calendar_of
from services.roster.shelves import Shelves

SWEEP_S = 5.0
# How often the tenants' calendars are looked at. Whoever adds a holiday does so days before.
CALENDAR_S = 60.0
_log = logging.getLogger(__name__)


class Schedules:
    """The sweep over meetings that are due."""

    def __init__(
        self,
        meetings: Meetings,
        shelves: Shelves,
        directory: Directory,
        metrics: RosterMetrics,
        now_ms: Callable[[], int],
    ) -> None:
        self._meetings = meetings
        self._shelves = shelves
        self._directory = directory
        self._metrics = metrics
        self._now_ms = now_ms
        self._calendars: dict[TenantId, Calendar] = {}
        self._taken_over: set[TenantId] = set()
        self._look_at_calendars_ms = 0
        self._apart = Apart(_log, "a meeting or a tenant cannot be looked at")

    async def run(self) -> None:
        """Sweeps until cancelled."""
        while True:
            try:
                await self.sweep()
            except STORE_TROUBLE as error:
                _log.info("the next sweep looks again", extra={"error": repr(error)})
            except Exception:  # The sweep must go on the next time.
                _log.exception("sweep of schedules failed")
            heed_cancellation()
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> None:
        """One look at everything that is due. Raises what the store raises."""
        now_ms = self._now_ms()
        calendars = now_ms >= self._look_at_calendars_ms
        for tenant_id in await self._shelves.tenants():
            with tenant_scope(tenant_id):
                with self._apart.each(("lists", tenant_id)):
                    await self._take_over(tenant_id, now_ms)
                for meeting_id, due_ms in await self._shelves.due(tenant_id, now_ms):
                    ref = MeetingRef(tenant_id, meeting_id)
                    with self._apart.each(ref):
                        await self._settle(ref, due_ms)
                if calendars:
                    with self._apart.each(("calendar", tenant_id)):
                        await self._follow(tenant_id)
        if calendars:
            self._look_at_calendars_ms = now_ms + int(CALENDAR_S * 1000)

    async def _take_over(self, tenant_id: TenantId, now_ms: int) -> None:
        if tenant_id not in self._taken_over:
            count = await self._shelves.take_over(tenant_id, now_ms)
            _log.info("meetings are listed", extra={"tenant": tenant_id, "looked_at": count})
            self._taken_over.add(tenant_id)

    async def _settle(self, ref: MeetingRef, due_ms: int) -> None:
        try:
            change = await self._meetings.run(ref, span.settle, fsync=True)
        except DomainError as error:
            _log.info("the next sweep looks again", extra={"meeting": ref.meeting_id, "error": repr(error)})
            return
        if not change.empty:
            self._metrics.settled.add(1, {"tenant": ref.tenant_id})
        else:
            await self._shelves.postpone(ref, due_ms, span.due_ms(change.state, self._now_ms()))

    async def _follow(self, tenant_id: TenantId) -> None:
        """Moves what is scheduled by office days and holidays, once these are others than before."""
        try:
            calendar = calendar_of((await self._directory.frame(tenant_id)).tenant)
            if self._calendars.get(tenant_id) == calendar:
                return
            for definition in await self._shelves.all_upcoming(tenant_id):
                schedule = definition.schedule
                if schedule is not None and schedule.by_calendar and schedule.calendar != calendar:
                    ref = MeetingRef(tenant_id, definition.meeting_id)
                    await self._meetings.run(ref, lambda state, now: commands.follow(state, calendar, now), fsync=True)
        except DomainError as error:
            _log.info("calendars are looked at again later", extra={"error": repr(error)})
            return
        self._calendars[tenant_id] = calendar
