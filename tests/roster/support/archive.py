"""One tenant's logs over real stores, with a clock that is set by hand, and what deletes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common import subjects
from services.common.bus import Bus
from services.common.chain_writer import Chain, ChainWriter
from services.common.ids import MeetingId, TenantId, new_id, new_meeting_id
from services.common.store import open_store
from services.common.telemetry import Telemetry
from services.roster import keys
from services.roster.accesses import Accesses
from services.roster.attended import Attended
from services.roster.audited import Audited
from services.roster.deletions import Deletions
from services.roster.directory import Frame, Person
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger, keep_streams
from services.roster.metrics import RosterMetrics
from services.roster.office_store import OfficeStore
from services.roster.retention import Retention
from services.roster.store import RosterStore
from sipulung.auth.v1 import directory_pb2, tenant_pb2
from sipulung.roster.v1 import attendance_pb2, office_pb2
from tests.roster.conftest import Stores

DAY = 86_400_000
HOUR = 3_600_000
# 2026-11-24 09:00 WITA.
NOW = 1_795_482_000_000
S = attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED
J = attendance_pb2.ATTENDANCE_KIND_JOINED
L = attendance_pb2.ATTENDANCE_KIND_LEFT
E = attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED


class Archive:
    """One tenant's logs, with a clock that is set by hand."""

    def __init__(self, bus: Bus, url: str) -> None:
        self.now_ms = NOW
        self.days = 30
        self.audit_days = 60
        # Auth writes a chain of its own.
        self.auth = ChainWriter(bus)
        self.tenant = TenantId(new_id())
        self.zones: dict[str, str] = {}
        self.bus = bus
        self.redis = open_store(url)
        self.metrics = RosterMetrics(Telemetry("roster"))
        self.ledger = Ledger(RosterStore(self.redis), bus, self.metrics)
        self.accesses = Accesses(self.redis, self.ledger, lambda: self.now_ms)
        self.attended = Attended(self.redis, bus, self.ledger, lambda: self.now_ms)
        self.audited = Audited(self.redis, bus, self.ledger)
        self.deletions = Deletions(self.redis)
        self.retention = self.another()

    def another(self) -> Retention:
        office = OfficeStore(self.redis, self.bus, self.ledger)
        return Retention(
            self.redis,
            self.bus,
            self.ledger,
            self,
            office,
            self.attended,
            self.accesses,
            self.audited,
            self.metrics,
            730,
            730,
            lambda: self.now_ms,
        )

    async def frame(self, tenant_id: str) -> Frame:
        keeps = tenant_pb2.Retention(attendance_days=self.days, audit_days=self.audit_days)
        zone = self.zones.get(tenant_id, "Asia/Makassar")
        tenant = tenant_pb2.Tenant(tenant_id=tenant_id, time_zone=zone, retention=keeps)
        return Frame(tenant, ())

    async def everybody(self, tenant_id: str) -> list[Person]:
        return [directory_pb2.Person(account_id="budi", name="Budi")]

    async def write(self, box: Outbox, *entries: attendance_pb2.AttendanceRecord | office_pb2.OfficeRecord) -> None:
        await self.redis.sadd(keys.TENANTS, self.tenant)
        for entry in entries:
            await self.redis.rpush(box.key, entry.SerializeToString(deterministic=True))
        await self.redis.sadd(keys.pending(self.tenant), box.name)
        await self.ledger.drain(box)

    async def meeting(self, *happened: tuple[int, attendance_pb2.AttendanceKind.ValueType]) -> MeetingRef:
        """A new one, in which that happened; times are milliseconds before now."""
        ref = MeetingRef(self.tenant, MeetingId(new_meeting_id()))
        await self.goes_on(ref, *happened)
        return ref

    async def goes_on(self, ref: MeetingRef, *happened: tuple[int, attendance_pb2.AttendanceKind.ValueType]) -> None:
        entries = [
            attendance_pb2.AttendanceRecord(
                tenant_id=ref.tenant_id,
                meeting_id=ref.meeting_id,
                kind=kind,
                at_ms=self.now_ms - ago_ms,
                participant_id="p" if kind in (J, L) else "",
                account_id="budi" if kind in (J, L) else "",
            )
            for ago_ms, kind in happened
        ]
        await self.write(Outbox(*ref), *entries)

    async def log(self, ref: MeetingRef) -> list[attendance_pb2.AttendanceRecord]:
        return await self.ledger.records(Outbox(*ref))

    @property
    def box(self) -> Outbox:
        """Where roster's audit records wait."""
        return Outbox(self.tenant, None)

    async def noted(self, ago_ms: int, actor: str, action: str, about: str, *accounts: str) -> None:
        """Something that stands in roster's chain of the audit log; the time is milliseconds before now."""
        entry = self.audit_record(ago_ms, actor, action, about, *accounts)
        box = self.box
        await self.redis.rpush(box.key, entry.SerializeToString(deterministic=True))
        await self.ledger.drain(box)

    async def noted_by_auth(self, ago_ms: int, actor: str, action: str, about: str) -> None:
        """The same in auth's chain, written as auth does."""
        waiting = [self.audit_record(ago_ms, actor, action, about).SerializeToString(deterministic=True)]

        async def entries() -> list[bytes]:
            return list(waiting)

        async def cross_off(entry: bytes) -> None:
            waiting.remove(entry)

        subject = subjects.audit(self.tenant, "auth")
        chain = Chain(subjects.AUDIT_STREAM, subject, attendance_pb2.AuditRecord)
        await self.auth.drain(chain, entries, cross_off, lambda _: None)

    def audit_record(
        self, ago_ms: int, actor: str, action: str, about: str, *accounts: str
    ) -> attendance_pb2.AuditRecord:
        """One that waits, and is part of no chain."""
        return attendance_pb2.AuditRecord(
            tenant_id=self.tenant,
            at_ms=self.now_ms - ago_ms,
            actor=actor,
            action=action,
            object=about,
            accounts=accounts,
            note_id=new_id(),
        )

    async def audit(self, writer: str) -> list[attendance_pb2.AuditRecord]:
        """A chain of the audit log as it is."""
        await self.ledger.drain(self.box)
        subject = subjects.audit(self.tenant, writer)
        return [one async for one in self.bus.read_stream(subjects.AUDIT_STREAM, subject, attendance_pb2.AuditRecord)]

    async def said(self, action: str = "attendance.delete") -> list[tuple[str, str]]:
        """What the audit log says was deleted."""
        return [(one.object, one.detail) for one in await self.audit("roster") if one.action == action]


@asynccontextmanager
async def opened(stores: Stores) -> AsyncIterator[Archive]:
    """Of a new tenant, in an empty Redis."""
    bus = await Bus.connect(f"nats://127.0.0.1:{stores.nats.port}", "test")
    streams = {
        subjects.ATTENDANCE_STREAM: subjects.ATTENDANCE_SUBJECTS,
        subjects.AUDIT_STREAM: subjects.AUDIT_SUBJECTS,
        subjects.OFFICE_STREAM: subjects.OFFICE_SUBJECTS,
    }
    await keep_streams(bus, streams, 1, purgeable=streams)
    made = Archive(bus, f"redis://127.0.0.1:{stores.valkey.port}/0")
    await made.redis.flushdb()
    yield made
    await made.ledger.close()
    await made.redis.aclose()
    await bus.close()
