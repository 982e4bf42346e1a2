"""A meeting whose record cannot be read: the sweeps go on to the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from google.protobuf.message import DecodeError

from services.common.bus import Bus
from services.common.ids import MeetingId, TenantId
from services.common.telemetry import Telemetry
from services.roster.core.change import Change
from services.roster.core.presence import Leases
from services.roster.directory import Directory
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from services.roster.meetings import Meetings
from services.roster.metrics import RosterMetrics
from services.roster.presence import Presence
from services.roster.schedules import Schedules
from services.roster.shelves import Shelves
from services.roster.store import RosterStore
from services.roster.turns import Command
from tests.roster.core.scene import meeting

TENANT = TenantId("luwu")
BAD, GOOD = MeetingRef(TenantId("aaaa"), MeetingId("8000000001")), MeetingRef(TENANT, MeetingId("8000000002"))
LATER = 4_000_000_000_000


@dataclass
class Records:
    """The store, the lists and the meetings, one of which is not readable."""

    retired: list[MeetingRef] = field(default_factory=list)
    looked_at: list[MeetingRef] = field(default_factory=list)
    feeds: Any = field(default_factory=lambda: type("Feeds", (), {"compare": lambda *_: None})())

    def cached(self, _ref: MeetingRef, _sequence: int | None = None) -> None:
        return None

    async def load(self, ref: MeetingRef) -> Any:
        if ref == BAD:
            raise DecodeError("no message")
        return meeting()

    async def run(self, ref: MeetingRef, _command: Command, *, fsync: bool = False) -> Change:
        state = await self.load(ref)
        self.looked_at.append(ref)
        return Change(state, state)

    async def work(self) -> tuple[dict[MeetingRef, int], list[Outbox]]:
        return {BAD: 1, GOOD: 1}, []

    async def retire(self, ref: MeetingRef, _sequence: int) -> None:
        self.retired.append(ref)

    async def tenants(self) -> list[TenantId]:
        return [BAD.tenant_id, GOOD.tenant_id]

    async def take_over(self, tenant_id: TenantId, _now_ms: int) -> int:
        if tenant_id == BAD.tenant_id:
            raise DecodeError("no message")
        return 1

    async def due(self, tenant_id: TenantId, _now_ms: int) -> list[tuple[MeetingId, int]]:
        return [(ref.meeting_id, 1) for ref in (BAD, GOOD) if ref.tenant_id == tenant_id]

    async def postpone(self, ref: MeetingRef, _was: int, _due: int) -> None:
        self.looked_at.append(ref)

    async def frame(self, _tenant_id: TenantId) -> Any:
        raise DecodeError("no message")


async def test_who_is_there_elsewhere_is_still_looked_at() -> None:
    records = Records()
    presence = Presence(
        cast(Meetings, records),
        cast(RosterStore, records),
        cast(Bus, None),
        cast(Ledger, None),
        Leases(grace_ms=1000),
        RosterMetrics(Telemetry("roster")),
        lambda: LATER,
    )
    await presence.sweep()
    assert records.retired == [GOOD]


async def test_other_meetings_end_by_themselves() -> None:
    records = Records()
    schedules = Schedules(
        cast(Meetings, records),
        cast(Shelves, records),
        cast(Directory, records),
        RosterMetrics(Telemetry("roster")),
        lambda: LATER,
    )
    await schedules.sweep()
    assert records.looked_at == [GOOD, GOOD]
