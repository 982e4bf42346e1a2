"""The audit log goes too when it is older than its tenant keeps it: both chains lose their beginnings.

It is said first, in the log itself ("audit.delete"); where a chain ended that went is kept (deletions.py), so that the
rest can be verified. What was said and not done is done by the next sweep, and not told a second time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.common import subjects
from services.common.bus import Bus
from services.common.ids import TenantId
from services.roster.audited import Audited
from services.roster.core.audit_cut import AuditCut
from services.roster.core.change import AuditNote
from services.roster.core.span import SYSTEM
from services.roster.deletions import Deletion, Deletions, gone
from services.roster.keys import Outbox
from services.roster.ledger import Ledger
from services.roster.metrics import RosterMetrics
from sipulung.roster.v1 import attendance_pb2

ACTION: Final = "audit.delete"
# Who writes a chain of its own. Roster's comes last: it has what is said of both.
_WRITERS: Final = ("auth", "roster")
_log = logging.getLogger(__name__)


class AuditRetention:
    """Every method may raise what the store raises, and Unavailable."""

    def __init__(
        self,
        bus: Bus,
        ledger: Ledger,
        deletions: Deletions,
        audited: Audited,
        metrics: RosterMetrics,
        now_ms: Callable[[], int],
    ) -> None:
        self._bus = bus
        self._ledger = ledger
        self._deletions = deletions
        self._audited = audited
        self._metrics = metrics
        self._now_ms = now_ms

    async def shorten(self, tenant_id: TenantId, before_ms: int, zone: ZoneInfo) -> None:
        """Deletes what is from before that moment, and what the index of people has of it."""
        if not (await self._bus.stream_state(subjects.AUDIT_STREAM)).purgeable:
            # The operator can copy the stream (docs/operators.md). What cannot be done is not said either.
            _log.error("the audit log cannot be shortened", extra={"stream": subjects.AUDIT_STREAM})
            return
        await self._ledger.drain(Outbox(tenant_id, None))
        for writer in _WRITERS:
            await self._shorten(tenant_id, writer, before_ms, zone)
        await self._audited.forget(tenant_id)

    async def _shorten(self, tenant_id: TenantId, writer: str, before_ms: int, zone: ZoneInfo) -> None:
        subject = subjects.audit(tenant_id, writer)
        cut = AuditCut(before_ms, gone(await self._deletions.of_audit(tenant_id, writer)))
        await self._read(subject, cut)
        if cut.records:
            last_day = datetime.fromtimestamp(cut.until_ms / 1000, zone).date().isoformat()
            deletion = Deletion(at_ms=self._now_ms(), last_number=cut.last_number, head=cut.head, last_day=last_day)
            detail = f"{cut.records} records, up to {last_day}, head {cut.head.hex()}"
            note = AuditNote(self._now_ms(), SYSTEM, ACTION, f"audit:{writer}", detail)
            await self._deletions.note_audit(tenant_id, writer, deletion, note)
        if not cut.total:
            return
        # What was said is in the log before it is done, so that roster's own chain goes on from it, however old it was.
        box = Outbox(tenant_id, None)
        await self._ledger.drain(box)
        await self._bus.purge(subjects.AUDIT_STREAM, subject, before=cut.last_sequence + 1)
        if subject == box.subject:
            self._ledger.forget(box)
        self._metrics.deleted.add(cut.total, {"log": "audit"})

    async def _read(self, subject: str, cut: AuditCut) -> None:
        stream = self._bus.read_from(subjects.AUDIT_STREAM, subject, 1)
        async with aclosing(stream):
            async for batch in stream:
                for one in batch:
                    if not cut.take(one.sequence, one.at_ms, attendance_pb2.AuditRecord.FromString(one.data)):
                        return
                await asyncio.sleep(0)
