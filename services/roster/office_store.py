"""What people said of their days, in Redis with expiry, and the log OFFICE behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from redis.asyncio import Redis

from services.common import subjects
from services.common.bus import Bus
from services.common.errors import Unavailable
from services.common.ids import AccountId, MeetingId, TenantId
from services.common.store import durable
from services.roster import keys, office_codec, scripts
from services.roster.core.office_states import Declaration
from services.roster.keys import MeetingRef, Outbox
from services.roster.ledger import Ledger
from sipulung.roster.v1 import meeting_pb2, office_pb2

# A day is looked at most while it runs, and in the days after.
KEPT_S = 48 * 3600
_TRIES = 3


class OfficeStore:
    """Every method may raise what the store raises, and Unavailable while the log is needed and NATS away."""

    def __init__(self, redis: Redis, bus: Bus, ledger: Ledger) -> None:
        self._redis = redis
        self._bus = bus
        self._ledger = ledger
        self._declare = redis.register_script(scripts.DECLARE)
        self._learn = redis.register_script(scripts.LEARN_DAY)

    async def said(
        self, tenant_id: TenantId, day: str, accounts: Sequence[AccountId]
    ) -> dict[AccountId, list[Declaration]]:
        """What each of the accounts said on a local day, in order."""
        for _ in range(_TRIES):
            fields = ["known", *accounts]
            known, *found = await cast(Any, self._redis.hmget(keys.office(tenant_id, day), fields))
            if known is not None:
                return {
                    account_id: office_codec.load_day(data) if data is not None else []
                    for account_id, data in zip(accounts, found, strict=True)
                }
            await self._learn_day(tenant_id, day)
        raise Unavailable("the store forgets the day faster than it is read from the log")

    async def declare(
        self, tenant_id: TenantId, day: str, account_id: AccountId, said: Sequence[Declaration], one: Declaration
    ) -> bool:
        """Writes down `one` behind what they said before; False when somebody else was first.

        Raises Unavailable without an fsync.
        """
        box = Outbox.office(tenant_id, day)
        outcome = await self._declare(
            keys=[
                keys.office(tenant_id, day),
                keys.pending(tenant_id),
                box.key,
                keys.TENANTS,
                keys.spoken(tenant_id, account_id),
            ],
            args=[
                account_id,
                office_codec.store_day(said) if said else b"",
                office_codec.store_day([*said, one]),
                office_codec.entry_of(tenant_id, day, account_id, one).SerializeToString(deterministic=True),
                box.name,
                tenant_id,
                KEPT_S,
                day,
            ],
        )
        if outcome != 1:
            return False
        await durable(self._redis)
        self._ledger.kick(box)
        return True

    async def described(self, tenant_id: TenantId, meetings: Sequence[MeetingId]) -> Mapping[str, meeting_pb2.Meeting]:
        """The meetings as they are defined; those that are gone are left out."""
        pipe = self._redis.pipeline(transaction=False)
        for meeting_id in meetings:
            pipe.hget(keys.meeting(MeetingRef(tenant_id, meeting_id)), "d")
        answers = await pipe.execute() if meetings else []
        return {
            meeting_id: meeting_pb2.Meeting.FromString(data)
            for meeting_id, data in zip(meetings, answers, strict=True)
            if data is not None
        }

    async def forget_day(self, tenant_id: TenantId, day: str) -> None:
        """Deletes all that was said on a local day ("20261124"), from the log too: it is not kept any longer."""
        box = Outbox.office(tenant_id, day)
        await self._bus.purge(box.stream, box.subject)
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(keys.office(tenant_id, day), box.key)
        pipe.srem(keys.pending(tenant_id), box.name)
        await pipe.execute()

    async def days(self, tenant_id: TenantId) -> list[str]:
        """The local days of which the log has records, oldest first."""
        found = await self._bus.subjects_of(subjects.OFFICE_STREAM, subjects.office(tenant_id, "*"))
        return sorted(subject.rpartition(".")[2] for subject in found)

    async def log(self, tenant_id: TenantId, day: str) -> list[office_pb2.OfficeRecord]:
        """All records of a local day, in order."""
        return await self._ledger.office_records(Outbox.office(tenant_id, day))

    async def _learn_day(self, tenant_id: TenantId, day: str) -> None:
        said: dict[str, list[Declaration]] = {}
        for record in await self.log(tenant_id, day):
            said.setdefault(record.account_id, []).append(office_codec.declaration_of(record))
        args: list[str | bytes | int] = [KEPT_S]
        for account_id, declarations in said.items():
            args += (account_id, office_codec.store_day(declarations))
        await self._learn(keys=[keys.office(tenant_id, day)], args=args)
