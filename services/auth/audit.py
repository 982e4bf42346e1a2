"""What auth notes down in the stream AUDIT: who signed in, and who changed which tenant, account or password.

A note is written to Redis in the transaction of the change that it tells of (store/outbox.py) and appended from there
(services/common/chain_writer.py), so neither a kill of auth nor an outage of NATS loses one. Nobody waits for NATS.
Roster makes the stream (services/roster/ledger.py). Each tenant has a chain of its own, to which every replica of auth
appends.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Final

from opentelemetry.metrics import CallbackOptions, Observation

from services.auth.core.access import Actor
from services.auth.store.outbox import Outbox
from services.common import record_chain, subjects
from services.common.apart import Apart
from services.common.bus import Bus
from services.common.cancellation import heed_cancellation
from services.common.chain_writer import Chain, ChainWriter
from services.common.errors import DomainError
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
        self._waiting = 0
        self._apart = Apart(_log, "a tenant's audit records cannot be written")
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
        warned, chains = False, ChainWriter(bus)
        while True:
            heed_cancellation()
            try:
                for tenant_id in await self._outbox.tenants():
                    with self._apart.each(tenant_id):
                        await self._drain(chains, tenant_id)
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

    async def _drain(self, chains: ChainWriter, tenant_id: str) -> None:
        """Append all that waits of one tenant. Raises Unavailable."""
        with tenant_scope(tenant_id):
            await chains.drain(
                Chain(subjects.AUDIT_STREAM, subjects.audit(tenant_id, _SERVICE), AuditRecord),
                lambda: self._outbox.entries(tenant_id, _BATCH),
                lambda entry: self._outbox.cross_off(tenant_id, entry),
                self._count_recorded,
            )

    def _count_recorded(self, record: record_chain.Record) -> None:
        assert isinstance(record, AuditRecord), "a chain's records are of its kind"
        self._recorded_counter.add(1, {"action": record.action})

    def _drop(self, action: str, reason: str) -> None:
        self._dropped += 1
        self._dropped_counter.add(1, {"action": action, "reason": reason})
        # One line for each power of two: a long outage must not fill the log as well.
        if self._dropped & (self._dropped - 1) == 0:
            _log.error("audit record dropped", extra={"action": action, "reason": reason, "dropped": self._dropped})

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        yield Observation(self._waiting)
