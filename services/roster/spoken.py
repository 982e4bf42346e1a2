"""What each person said of their days, by person: an index in Redis, and the log OFFICE behind it.

The log has one chain for each tenant and day, so that whole days can be deleted; whoever asks for all that is recorded
on one person would have to read all of it. The index is written together with each declaration. It is made again from
the log where Redis lost it, and completed where Redis was restarted and may have lost its newest writes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from redis.asyncio import Redis

from services.common.ids import AccountId, TenantId
from services.roster import keys, office_codec, scripts
from services.roster.core.office_states import Declaration
from services.roster.office_store import OfficeStore

# Days that are made again after a restart, in UTC: what is lost is younger, and local days may lie a day apart.
_AGAIN: Final = timedelta(days=2)
_log = logging.getLogger(__name__)


class Spoken:
    """Every method may raise what the store raises, and Unavailable while the log is needed and NATS away."""

    def __init__(self, redis: Redis, office: OfficeStore) -> None:
        self._redis = redis
        self._office = office
        self._learn_spoken = redis.register_script(scripts.LEARN_SPOKEN)

    async def of(self, tenant_id: TenantId, account_id: AccountId) -> dict[str, list[Declaration]]:
        """What somebody said on each local day ("20261124") that is kept, in order."""
        await self._complete(tenant_id)
        found = cast(dict[bytes, bytes], await cast(Any, self._redis.hgetall(keys.spoken(tenant_id, account_id))))
        return {day.decode(): office_codec.load_day(data) for day, data in found.items()}

    async def forget(self, tenant_id: TenantId, accounts: Sequence[AccountId], first: str) -> None:
        """Drops the days before that one: for when the log itself is not kept any longer."""
        pipe = self._redis.pipeline(transaction=False)
        for account_id in accounts:
            pipe.hkeys(keys.spoken(tenant_id, account_id))
        found = await pipe.execute() if accounts else []
        pipe = self._redis.pipeline(transaction=False)
        for account_id, days in zip(accounts, found, strict=True):
            if old := [day for day in days if day.decode() < first]:
                pipe.hdel(keys.spoken(tenant_id, account_id), *old)
        await pipe.execute()

    async def _complete(self, tenant_id: TenantId) -> None:
        """Sees to it that the index holds all that the log has."""
        run = str((await self._redis.info("server"))["run_id"])
        seconds, _ = await cast(Any, self._redis.time())
        day = (datetime.fromtimestamp(seconds, UTC) - _AGAIN).strftime("%Y%m%d")
        marked = cast(bytes | None, await self._redis.get(keys.spoken_known(tenant_id)))
        marked_run, _, marked_day = (marked or b"").decode().partition(":")
        if marked_run != run:
            await self._learn(tenant_id, marked_day)
        if marked_run != run or marked_day < day:
            await self._redis.set(keys.spoken_known(tenant_id), f"{run}:{day}")

    async def _learn(self, tenant_id: TenantId, first: str) -> None:
        days = [day for day in await self._office.days(tenant_id) if day >= first]
        for day in days:
            said: dict[str, list[Declaration]] = {}
            for record in await self._office.log(tenant_id, day):
                said.setdefault(record.account_id, []).append(office_codec.declaration_of(record))
            await self._learn_spoken(
                keys=[keys.spoken(tenant_id, AccountId(account_id)) for account_id in said],
                args=[day, *(office_codec.store_day(declarations) for declarations in said.values())],
            )
        _log.info("the index of declarations was made from the log", extra={"days": len(days), "first": first})
