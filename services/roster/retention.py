"""What is recorded on people goes when it is older than their tenant keeps it (UU 27/2022, 43), and that is said.

Once a local day for each tenant, and again when the tenant changes how long: attendance of meetings, office hours, the
looks at both, and the audit log (audit_retention.py). One replica does it at a time. Each deletion stands in the
tenant's audit log ("attendance.delete") before it is done; one that was interrupted is done again by the next sweep,
and not told a second time.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, Protocol, cast
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from services.common import subjects
from services.common.apart import Apart
from services.common.bus import Bus
from services.common.cancellation import heed_cancellation
from services.common.errors import DomainError, NotFound
from services.common.ids import AccountId, MeetingId, TenantId
from services.common.store import STORE_TROUBLE
from services.common.tenancy import tenant_scope
from services.roster import keys
from services.roster.accesses import Accesses
from services.roster.attended import Attended
from services.roster.audit_retention import AuditRetention
from services.roster.audited import Audited
from services.roster.core.change import AuditNote
from services.roster.core.retention import cut, first_kept_day, start_of
from services.roster.deletions import Deletion, Deletions, left
from services.roster.directory import Frame, Person
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from services.roster.metrics import RosterMetrics
from services.roster.office_store import OfficeStore
from services.roster.spoken import Spoken
from sipulung.roster.v1 import attendance_pb2

ACTION: Final = "attendance.delete"
BY: Final = "service:roster"
# A new local day is noticed that late at most, and so is a shorter time.
LOOK_S: Final = 3600.0
# After a fault; and how long a replica that died keeps the others from it.
_AGAIN_S: Final = 60.0
_LOCK_S: Final = 900
# More than any time zone that somebody set by mistake.
_CLOCKS_APART_MS: Final = 24 * 3600 * 1000
_log = logging.getLogger(__name__)


class Tenants(Protocol):
    """What is needed of the directory."""

    async def frame(self, tenant_id: str) -> Frame: ...

    async def everybody(self, tenant_id: str) -> list[Person]: ...


class Retention:
    """One task runs `run`."""

    def __init__(
        self,
        redis: Redis,
        bus: Bus,
        ledger: Ledger,
        directory: Tenants,
        office: OfficeStore,
        attended: Attended,
        accesses: Accesses,
        audited: Audited,
        metrics: RosterMetrics,
        default_days: int,
        default_audit_days: int,
        now_ms: Callable[[], int],
    ) -> None:
        self._apart = Apart(_log, "old attendance of a tenant cannot be deleted")
        self._redis = redis
        self._bus = bus
        self._ledger = ledger
        self._directory = directory
        self._office = office
        self._attended = attended
        self._accesses = accesses
        self._metrics = metrics
        self._audited = audited
        self._default_days = default_days
        self._default_audit_days = default_audit_days
        self._now_ms = now_ms
        self._deletions = Deletions(redis)
        self._spoken = Spoken(redis, office)
        self._audit = AuditRetention(bus, ledger, self._deletions, audited, metrics, now_ms)

    async def run(self) -> None:
        """Sweeps at once and then every hour, until cancelled."""
        while True:
            try:
                done = await self._dated() and await self.sweep()
            except STORE_TROUBLE as error:
                _log.warning("old attendance waits to be deleted", extra={"error": repr(error)})
                done = False
            except Exception:  # The next sweep has to come, whatever this one met.
                _log.exception("the sweep of old attendance failed")
                done = False
            heed_cancellation()
            await asyncio.sleep(LOOK_S if done else _AGAIN_S)

    async def _dated(self) -> bool:
        """Whether the store's machine has about the same time: by a clock that is years ahead everything is too old.

        Raises what the store raises.
        """
        seconds, _ = await cast(Any, self._redis.time())
        apart_ms = abs(self._now_ms() - seconds * 1000)
        if apart_ms <= _CLOCKS_APART_MS:
            return True
        self._metrics.deletion_refused.add(1)
        _log.error("roster's clock is not that of its store: nothing is deleted", extra={"apart_s": apart_ms // 1000})
        return False

    async def sweep(self) -> bool:
        """All tenants, unless another replica is at it; False when something has to be tried again soon.

        Raises what the store raises.
        """
        mine = secrets.token_hex(8)
        if not await self._redis.set(keys.RETENTION_LOCK, mine, nx=True, ex=_LOCK_S):
            return True
        try:
            tenants, done = await self._tenants()
            for tenant_id in tenants:
                finished = False
                with tenant_scope(tenant_id), self._apart.each(tenant_id):
                    try:
                        await self._of(tenant_id)
                        finished = True
                    except NotFound:
                        # Its log outlived it: the store was restored from before it was made.
                        _log.info("auth knows no such tenant: nothing says for how long it keeps")
                        finished = True
                    except DomainError as error:
                        _log.warning("old attendance waits to be deleted", extra={"error": repr(error)})
                done = done and finished
                await self._redis.expire(keys.RETENTION_LOCK, _LOCK_S)
        finally:
            if await self._redis.get(keys.RETENTION_LOCK) == mine.encode():
                await self._redis.delete(keys.RETENTION_LOCK)
        return done

    async def _tenants(self) -> tuple[list[TenantId], bool]:
        """All that have anything, in order; False when it is not known whether there are more."""
        found = {TenantId(raw.decode()) for raw in await cast(Any, self._redis.smembers(keys.TENANTS))}
        try:
            # Where people sign in and nobody has made a meeting yet.
            signed = await self._bus.subjects_of(subjects.AUDIT_STREAM, subjects.audit("*", "auth"))
        except DomainError as error:
            _log.warning("the tenants without a meeting wait", extra={"error": repr(error)})
            return sorted(found), False
        return sorted(found | {subjects.tenant_of(subject) for subject in signed}), True

    async def _of(self, tenant_id: TenantId) -> None:
        frame = await self._directory.frame(tenant_id)
        # So that nobody's page has to read what has come together in a day.
        await self._audited.complete(tenant_id)
        zone = ZoneInfo(frame.tenant.time_zone)
        days = frame.tenant.retention.attendance_days or self._default_days
        audit_days = frame.tenant.retention.audit_days or self._default_audit_days
        first = first_kept_day(self._now_ms(), zone, days)
        mark = f"{first.isoformat()} {days} {audit_days}"
        if await self._redis.get(keys.retained(tenant_id)) == mark.encode():
            return
        before_ms = start_of(first, zone)
        found = await self._bus.subjects_of(subjects.ATTENDANCE_STREAM, subjects.attendance(tenant_id, "*"))
        for subject in sorted(found):
            await self._meeting(MeetingRef(tenant_id, MeetingId(subject.rpartition(".")[2])), before_ms, zone)
        for day in await self._office.days(tenant_id):
            if day < first.strftime("%Y%m%d"):
                await self._office_day(tenant_id, day)
        accounts = [AccountId(person.account_id) for person in await self._directory.everybody(tenant_id)]
        await self._attended.forget(tenant_id, accounts, before_ms)
        await self._spoken.forget(tenant_id, accounts, first.strftime("%Y%m%d"))
        if dropped := await self._accesses.forget(tenant_id, before_ms):
            await self._say(tenant_id, "accesses", f"{dropped} entries, up to {_day_before(first)}")
        await self._audit.shorten(tenant_id, start_of(first_kept_day(self._now_ms(), zone, audit_days), zone), zone)
        self._ledger.kick(Outbox(tenant_id, None))
        await self._redis.set(keys.retained(tenant_id), mark)

    async def _meeting(self, ref: MeetingRef, before_ms: int, zone: ZoneInfo) -> None:
        box = Outbox(ref.tenant_id, ref.meeting_id)
        oldest = await self._bus.first_record(box.stream, box.subject, attendance_pb2.AttendanceRecord)
        if oldest is None or oldest.at_ms >= before_ms:
            return
        await self._ledger.drain(box)
        numbered = [
            one
            async for one in self._bus.read_stream_numbered(box.stream, box.subject, attendance_pb2.AttendanceRecord)
        ]
        before = await self._deletions.of(ref) or Deletion()
        records = [record for _, record in numbered]
        kept = left(records, before)
        last_number = before.last_number if len(kept) < len(records) else 0
        if found := cut(kept, before_ms):
            last_number = found.last_number
            last_day = datetime.fromtimestamp(found.until_ms / 1000, zone).date().isoformat()
            deletion = Deletion(
                at_ms=self._now_ms(),
                last_number=found.last_number,
                head=found.head,
                occurrences=before.occurrences + found.occurrences,
                last_day=last_day,
            )
            detail = f"{found.records} records, up to {last_day}, head {found.head.hex()}"
            note = AuditNote(self._now_ms(), BY, ACTION, f"meeting:{ref.meeting_id}", detail)
            await self._deletions.note(ref, deletion, note)
        if not last_number:
            return
        going = [sequence for sequence, record in numbered if record.number <= last_number]
        following = numbered[len(going)][0] if len(going) < len(numbered) else 0
        await self._bus.purge(box.stream, box.subject, before=following)
        self._ledger.forget(box)
        self._metrics.deleted.add(len(going), {"log": "attendance"})

    async def _office_day(self, tenant_id: TenantId, day: str) -> None:
        records = await self._ledger.office_records(Outbox.office(tenant_id, day))
        before = await self._deletions.of_day(tenant_id, day)
        if records and (before is None or before.head != records[-1].hash):
            deletion = Deletion(
                at_ms=self._now_ms(), last_number=records[-1].number, head=records[-1].hash, last_day=_dashed(day)
            )
            detail = f"{len(records)} records, up to {day}, head {records[-1].hash.hex()}"
            note = AuditNote(self._now_ms(), BY, ACTION, f"office:{day}", detail)
            await self._deletions.note_day(tenant_id, day, deletion, note)
        await self._office.forget_day(tenant_id, day)
        self._ledger.forget(Outbox.office(tenant_id, day))
        self._metrics.deleted.add(len(records), {"log": "office"})

    async def _say(self, tenant_id: TenantId, about: str, detail: str) -> None:
        await self._deletions.audit(tenant_id, AuditNote(self._now_ms(), BY, ACTION, about, detail))


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def _day_before(day: date) -> str:
    return date.fromordinal(day.toordinal() - 1).isoformat()
