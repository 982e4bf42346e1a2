"""What auth notes down in the stream AUDIT: who signed in, and who changed which tenant, account or password.

Nobody waits for it and nothing fails because of it. While NATS is away, records wait in memory; beyond `capacity` they
are dropped and counted by their action. The same line is in the log, whatever becomes of the record. Roster makes the
stream (services/roster/ledger.py). Each tenant has a chain of its own, to which every replica of auth appends.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from typing import Final

from opentelemetry import context as trace_context
from opentelemetry.metrics import CallbackOptions, Observation

from services.auth.core.access import Actor
from services.auth.store.notes import NoteStore
from services.common import record_chain, subjects
from services.common.bus import Bus
from services.common.errors import Conflict, DomainError
from services.common.ids import new_id
from services.common.store import STORE_TROUBLE
from services.common.telemetry import Telemetry
from services.common.tenancy import tenant_scope
from sipulung.roster.v1.attendance_pb2 import AuditRecord

NOBODY: Final = "nobody"
_SERVICE: Final = "auth"
# About 4 MB: an outage of NATS of an hour or so, when a whole province signs in.
_CAPACITY: Final = 10_000
_AGAIN_S: Final = 1.0
_MOST_HEADS: Final = 1000
_ADOPT_S: Final = 5.0
_log = logging.getLogger("services.auth.audit")


class _Entry:
    """A record that is not yet part of its chain, and where in which trace it comes from."""

    __slots__ = ("context", "message_id", "record", "uncertain")

    def __init__(self, record: AuditRecord) -> None:
        self.record = record
        self.context = trace_context.get_current()
        # The same for each try, so that one whose confirmation was lost is stored once (Nats-Msg-Id).
        self.message_id = new_id()
        self.uncertain = False


class AuditLog:
    """`note` is for the servicers; one task runs `write`."""

    def __init__(self, telemetry: Telemetry, now_ms: Callable[[], int], capacity: int = _CAPACITY) -> None:
        self._now_ms = now_ms
        self._capacity = capacity
        self._waiting: deque[_Entry] = deque()
        self._filled = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        # The last record of each tenant's chain with its sequence in the stream; None: the chain is empty.
        self._heads: OrderedDict[str, tuple[int, AuditRecord] | None] = OrderedDict()
        self._dropped = 0
        meter = telemetry.meter
        self._recorded_counter = meter.create_counter("audit_recorded", "1", "Audit records that are stored.")
        self._dropped_counter = meter.create_counter("audit_dropped", "1", "Audit records that were dropped.")
        meter.create_observable_gauge("audit_waiting", [self._observe], "1", "Audit records that wait for NATS.")

    def by(self, actor: Actor, tenant_id: str, action: str, about: str, detail: str = "") -> None:
        """Something that an account did, in the log of the tenant that it was done to."""
        if actor.tenant_id != tenant_id:
            detail = f"{detail}, by tenant:{actor.tenant_id}".lstrip(", ")
        self.note(tenant_id, f"account:{actor.account_id}", action, about, detail)

    def note(self, tenant_id: str, actor: str, action: str, about: str, detail: str = "") -> None:
        """Note it down, without credentials or names of people. Never waits, never raises."""
        extra = {"action": action, "actor": actor, "object": about, "detail": detail, "audit_tenant": tenant_id}
        _log.info("audit", extra=extra)
        if len(self._waiting) >= self._capacity:
            self._drop(action, "full")
            return
        record = AuditRecord(
            tenant_id=tenant_id, at_ms=self._now_ms(), actor=actor, action=action, object=about, detail=detail
        )
        self._queue(record)

    async def adopt(self, notes: NoteStore) -> None:
        """Append what commands noted beside auth (bootstrap), until cancelled.

        One after the other, so that no more than one waits in memory: the rest is safe in the store meanwhile.
        """
        while True:
            try:
                record = await notes.take()
            except STORE_TROUBLE:
                record = None
            if record is None:
                await asyncio.sleep(_ADOPT_S)
                continue
            self._queue(record)
            await self._empty.wait()

    async def write(self, bus: Bus) -> None:
        """Append what is noted, in order, until cancelled. While NATS is away it tries once a second."""
        warned = False
        while True:
            await self._filled.wait()
            entry = self._waiting[0]
            token = trace_context.attach(entry.context)
            try:
                with tenant_scope(entry.record.tenant_id):
                    await self._append(bus, entry)
                warned = False
            except DomainError as error:
                # Whether it was stored is unknown, and so is the end of the chain.
                entry.uncertain = True
                self._heads.pop(entry.record.tenant_id, None)
                if not warned:
                    _log.warning("audit records wait", extra={"error": repr(error), "waiting": len(self._waiting)})
                warned = True
                await asyncio.sleep(_AGAIN_S)
                continue
            except Exception:  # The boundary of this task: one record that cannot be written must not stop the others.
                _log.exception("an audit record cannot be written")
                self._drop(entry.record.action, "fault")
            finally:
                trace_context.detach(token)
            self._waiting.popleft()
            if not self._waiting:
                self._filled.clear()
                self._empty.set()

    async def flush(self, timeout_s: float) -> None:
        """Wait until all is written, but no longer than that; what is left is lost with the process."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._empty.wait()
        except TimeoutError:
            _log.error("audit records are lost at the end", extra={"waiting": len(self._waiting)})

    def _queue(self, record: AuditRecord) -> None:
        self._waiting.append(_Entry(record))
        self._filled.set()
        self._empty.clear()

    async def _append(self, bus: Bus, entry: _Entry) -> None:
        """Raises Unavailable."""
        tenant_id = entry.record.tenant_id
        subject = subjects.audit(tenant_id, _SERVICE)
        while True:
            if tenant_id not in self._heads:
                self._heads[tenant_id] = await bus.last_record(subjects.AUDIT_STREAM, subject, AuditRecord)
                if len(self._heads) > _MOST_HEADS:
                    self._heads.popitem(last=False)
            head = self._heads[tenant_id]
            if entry.uncertain and head is not None and record_chain.is_entry_of(entry.record, head[1]):
                return
            record = record_chain.sealed(entry.record, head[1] if head else None)
            try:
                sequence = await bus.record(subject, record, entry.message_id, after=head[0] if head else 0)
            except Conflict:
                # Another replica was first.
                del self._heads[tenant_id]
                continue
            self._heads[tenant_id] = (sequence, record)
            self._heads.move_to_end(tenant_id)
            self._recorded_counter.add(1, {"action": entry.record.action})
            return

    def _drop(self, action: str, reason: str) -> None:
        self._dropped += 1
        self._dropped_counter.add(1, {"action": action, "reason": reason})
        # One line for each power of two: a long outage must not fill the log as well.
        if self._dropped & (self._dropped - 1) == 0:
            _log.error("audit record dropped", extra={"action": action, "reason": reason, "dropped": self._dropped})

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(len(self._waiting))
