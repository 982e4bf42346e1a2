"""What auth notes down in the stream AUDIT: who signed in, and who changed which tenant, account or password.

A note is written to Redis in the transaction of the change that it tells of (store/outbox.py) and appended from there,
so neither a kill of auth nor an outage of NATS loses one. Nobody waits for NATS. Roster makes the stream
(services/roster/ledger.py). Each tenant has a chain of its own, to which every replica of auth appends: an entry is
crossed off only after its record is stored, and a record is stored only behind the last one that was seen (JetStream's
expected-last-subject-sequence). So whoever dies at any point, another goes on: it finds either an entry that is not
stored yet, or one that equals the last record, which it crosses off.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

from opentelemetry.metrics import CallbackOptions, Observation

from services.auth.core.access import Actor
from services.auth.store.outbox import Outbox
from services.common import record_chain, subjects
from services.common.bus import Bus
from services.common.cancellation import heed_cancellation
from services.common.errors import Conflict, DomainError
from services.common.ids import new_id
from services.common.store import STORE_TROUBLE
from services.common.telemetry import Telemetry
from services.common.tenancy import tenant_scope
from sipulung.roster.v1.attendance_pb2 import AuditRecord

NOBODY: Final = "nobody"
_SERVICE: Final = "auth"
# Of tries that changed nothing, when NATS is away: strangers must not fill the store. About 2 MB for each tenant.
_CAPACITY: Final = 10_000
_AGAIN_S: Final = 1.0
_COUNT_S: Final = 10.0
_BATCH: Final = 100
_MOST_HEADS: Final = 1000
_log = logging.getLogger("services.auth.audit")


def note(now_ms: int, tenant_id: str, actor: str, action: str, about: str, detail: str = "") -> AuditRecord:
    """One, without credentials or names of people. Its id parts it from one that says the same of the same moment."""
    return AuditRecord(
        tenant_id=tenant_id, at_ms=now_ms, actor=actor, action=action, object=about, detail=detail, note_id=new_id()
    )


class AuditLog:
    """`by` and `note` are for the servicers; one task runs `write`."""

    def __init__(
        self, outbox: Outbox, telemetry: Telemetry, now_ms: Callable[[], int], capacity: int = _CAPACITY
    ) -> None:
        self._outbox = outbox
        self._now_ms = now_ms
        self._capacity = capacity
        # The last record of each tenant's chain with its sequence in the stream; None: the chain is empty.
        self._heads: OrderedDict[str, tuple[int, AuditRecord] | None] = OrderedDict()
        self._waiting = 0
        # The tenants whose oldest record cannot be written: said once.
        self._stuck: set[str] = set()
        self._dropped = 0
        meter = telemetry.meter
        self._recorded_counter = meter.create_counter("audit_recorded", "1", "Audit records that are stored.")
        self._dropped_counter = meter.create_counter("audit_dropped", "1", "Audit records that were dropped.")
        meter.create_observable_gauge("audit_waiting", [self._observe], "1", "Audit records that wait for NATS.")

    def by(self, actor: Actor, tenant_id: str, action: str, about: str, detail: str = "") -> AuditRecord:
        """Of something that an account does, for the log of the tenant that it is done to."""
        if actor.tenant_id != tenant_id:
            detail = f"{detail}, by tenant:{actor.tenant_id}".lstrip(", ")
        return self.of(tenant_id, f"account:{actor.account_id}", action, about, detail)

    def of(self, tenant_id: str, actor: str, action: str, about: str, detail: str = "") -> AuditRecord:
        """The same of whoever it is: a note for the transaction of what is done."""
        return note(self._now_ms(), tenant_id, actor, action, about, detail)

    async def put(self, noted: AuditRecord) -> None:
        """Note down what changed nothing. Never raises: whoever is refused is refused for their own reason."""
        try:
            if not await self._outbox.put(noted, self._capacity):
                self._drop(noted.action, "full")
        except STORE_TROUBLE as error:
            _log.warning("an audit record is not kept", extra={"error": repr(error)})
            self._drop(noted.action, "store")

    async def write(self, bus: Bus) -> None:
        """Append what waits, until cancelled; also what other processes noted. While NATS is away it tries again."""
        warned = False
        while True:
            heed_cancellation()
            try:
                for tenant_id in await self._outbox.tenants():
                    await self._drain_apart(bus, tenant_id)
                warned = False
            except (DomainError, *STORE_TROUBLE) as error:
                if not warned:
                    _log.warning("audit records wait", extra={"error": repr(error), "waiting": self._waiting})
                warned = True
                # Nothing new makes NATS come back sooner.
                await asyncio.sleep(_AGAIN_S)
                continue
            try:
                async with asyncio.timeout(_AGAIN_S):
                    await self._outbox.filled.wait()
            except TimeoutError:
                continue
            self._outbox.filled.clear()

    async def count(self) -> None:
        """How many wait, for the metric, until cancelled: also while NATS was never there."""
        while True:
            with contextlib.suppress(*STORE_TROUBLE):
                self._waiting = sum((await self._outbox.tenants()).values())
            await asyncio.sleep(_COUNT_S)

    async def _drain_apart(self, bus: Bus, tenant_id: str) -> None:
        """What is wrong with one tenant's records must not stop those of others. Raises Unavailable."""
        try:
            await self._drain(bus, tenant_id)
        except (DomainError, *STORE_TROUBLE):
            raise
        except Exception:  # The boundary of this task.
            if tenant_id not in self._stuck:
                _log.exception("an audit record cannot be written", extra={"audit_tenant": tenant_id})
            self._stuck.add(tenant_id)
        else:
            self._stuck.discard(tenant_id)

    async def _drain(self, bus: Bus, tenant_id: str) -> None:
        """Append all that waits of one tenant. Raises Unavailable."""
        try:
            while entries := await self._outbox.entries(tenant_id, _BATCH):
                if tenant_id not in self._heads:
                    # The head before the entries: one that is in the head's past must be off the list by then.
                    await self._learn_head(bus, tenant_id)
                    continue
                for entry in entries:
                    if not await self._append(bus, tenant_id, entry):
                        break
        except BaseException:
            # Whether the last one was stored is unknown.
            self._heads.pop(tenant_id, None)
            raise

    async def _append(self, bus: Bus, tenant_id: str, entry: bytes) -> bool:
        """False when another replica was first, and the outbox has to be looked at again. Raises Unavailable."""
        head = self._heads[tenant_id]
        noted = AuditRecord.FromString(entry)
        if head is None or not record_chain.is_entry_of(noted, head[1]):
            record = record_chain.sealed(noted, head[1] if head else None)
            try:
                with tenant_scope(tenant_id):
                    subject = subjects.audit(tenant_id, _SERVICE)
                    # The hash as the message's id: the same entry on another head is another message.
                    sequence = await bus.record(subject, record, record.hash.hex(), after=head[0] if head else 0)
            except Conflict:
                del self._heads[tenant_id]
                return False
            self._heads[tenant_id] = (sequence, record)
            self._recorded_counter.add(1, {"action": noted.action})
        await self._outbox.cross_off(tenant_id, entry)
        return True

    async def _learn_head(self, bus: Bus, tenant_id: str) -> None:
        subject = subjects.audit(tenant_id, _SERVICE)
        self._heads[tenant_id] = await bus.last_record(subjects.AUDIT_STREAM, subject, AuditRecord)
        if len(self._heads) > _MOST_HEADS:
            self._heads.popitem(last=False)

    def _drop(self, action: str, reason: str) -> None:
        self._dropped += 1
        self._dropped_counter.add(1, {"action": action, "reason": reason})
        # One line for each power of two: a long outage must not fill the log as well.
        if self._dropped & (self._dropped - 1) == 0:
            _log.error("audit record dropped", extra={"action": action, "reason": reason, "dropped": self._dropped})

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._waiting)
