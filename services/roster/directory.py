"""What auth knows of tenants and people, kept for a short while. While auth is away, what was known last counts on."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from weakref import WeakValueDictionary

import grpc

from services.common import rpc_client
from services.common.errors import DeadlineExceeded, Unavailable
from services.common.tokens import ServiceTokens
from sipulung.auth.v1 import directory_pb2, directory_pb2_grpc, tenant_pb2, unit_pb2

Person = directory_pb2.Person
_Value = TypeVar("_Value")

# For how long an answer counts as new, and for how long auth is not asked again after it did not answer.
FRESH_S: Final = 30.0
_AGAIN_S: Final = 3.0
_TIMEOUT_S: Final = 4.0
# The request's limit, and one page of all.
_AT_ONCE: Final = 5000
_PAGE: Final = 2000
_MAX_FRAMES: Final = 200
_MAX_LISTS: Final = 20
_MAX_PEOPLE: Final = 50_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frame:
    """A tenant with its office hours, letterhead and retention, and its units, parents before children."""

    tenant: tenant_pb2.Tenant
    units: tuple[unit_pb2.Unit, ...]


@dataclass(slots=True)
class _Kept(Generic[_Value]):
    value: _Value
    fresh_until_s: float


class _Shelf(Generic[_Value]):
    """The newest answers by key, so many of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], _Kept[_Value]] = OrderedDict()

    def get(self, key: tuple[str, str]) -> _Kept[_Value] | None:
        """Fresh or not."""
        return self._kept.get(key)

    def put(self, key: tuple[str, str], value: _Value, fresh_until_s: float) -> None:
        self._kept[key] = _Kept(value, fresh_until_s)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


class Directory:
    """Auth's DirectoryService. Messages that it returns are shared: nobody changes them.

    Each method raises NotFound for a tenant that does not exist, and Unavailable or DeadlineExceeded where auth is
    away and nothing is known from before.
    """

    def __init__(
        self, channel: grpc.aio.Channel, tokens: ServiceTokens, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stub: directory_pb2_grpc.DirectoryServiceAsyncStub = directory_pb2_grpc.DirectoryServiceStub(channel)
        self._tokens = tokens
        self._clock = clock
        self._frames: _Shelf[Frame] = _Shelf(_MAX_FRAMES)
        self._everybody: _Shelf[tuple[Person, ...]] = _Shelf(_MAX_LISTS)
        # None: there is no such account.
        self._people: _Shelf[Person | None] = _Shelf(_MAX_PEOPLE)
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def frame(self, tenant_id: str, *, newest: bool = False) -> Frame:
        """The tenant's frame, at most 30 s old while auth answers; `newest`: as it is now."""

        async def ask() -> Frame:
            request = directory_pb2.GetFrameRequest(tenant_id=tenant_id)
            answer = await rpc_client.call(
                self._stub.GetFrame, request, timeout_s=_TIMEOUT_S, token=self._tokens.issue()
            )
            return Frame(answer.tenant, tuple(answer.units))

        return await self._known(self._frames, ("frame", tenant_id), ask, newest=newest)

    async def everybody(self, tenant_id: str) -> list[Person]:
        """All accounts of the tenant, disabled ones too, ordered by user name."""

        async def ask() -> tuple[Person, ...]:
            people: list[Person] = []
            page_token = ""
            while True:
                request = directory_pb2.ListPeopleRequest(tenant_id=tenant_id, page_size=_PAGE, page_token=page_token)
                answer = await rpc_client.call(
                    self._stub.ListPeople, request, timeout_s=_TIMEOUT_S, token=self._tokens.issue()
                )
                people += answer.people
                page_token = answer.next_page_token
                if not page_token:
                    return tuple(people)

        everybody: tuple[Person, ...] = await self._known(self._everybody, ("everybody", tenant_id), ask)
        return list(everybody)

    async def people(self, tenant_id: str, account_ids: Iterable[str], *, newest: bool = False) -> dict[str, Person]:
        """Those of the accounts that exist in this tenant, disabled ones too; "" is nobody. As old as `frame`."""
        wanted = sorted({account_id for account_id in account_ids if account_id})
        now_s = self._clock()
        missing = [
            account_id
            for account_id in wanted
            if newest or (kept := self._people.get((tenant_id, account_id))) is None or kept.fresh_until_s <= now_s
        ]
        # What is asked for is taken from the answers, not from the shelf, which may be too small for all of it.
        found: dict[str, Person | None] = {}
        for begin in range(0, len(missing), _AT_ONCE):
            part = missing[begin : begin + _AT_ONCE]
            found.update(await self._look_up(tenant_id, part))
        for account_id in wanted:
            if account_id not in found and (kept := self._people.get((tenant_id, account_id))) is not None:
                found[account_id] = kept.value
        return {account_id: person for account_id, person in found.items() if person is not None}

    async def _look_up(self, tenant_id: str, account_ids: list[str]) -> dict[str, Person | None]:
        request = directory_pb2.LookUpPeopleRequest(tenant_id=tenant_id, account_ids=account_ids)
        try:
            answer = await rpc_client.call(
                self._stub.LookUpPeople, request, timeout_s=_TIMEOUT_S, token=self._tokens.issue()
            )
        except (Unavailable, DeadlineExceeded) as error:
            old = {account_id: self._people.get((tenant_id, account_id)) for account_id in account_ids}
            if not all(old.values()):
                raise
            _log.warning("auth is away: old names are used", extra={"tenant": tenant_id, "error": repr(error)})
            again_s = self._clock() + _AGAIN_S
            for kept in old.values():
                if kept is not None:
                    kept.fresh_until_s = again_s
            return {account_id: kept.value for account_id, kept in old.items() if kept is not None}
        fresh_until_s = self._clock() + FRESH_S
        people = {person.account_id: person for person in answer.people}
        for account_id in account_ids:
            self._people.put((tenant_id, account_id), people.get(account_id), fresh_until_s)
        return {account_id: people.get(account_id) for account_id in account_ids}

    async def _known(
        self,
        shelf: _Shelf[_Value],
        key: tuple[str, str],
        ask: Callable[[], Awaitable[_Value]],
        *,
        newest: bool = False,
    ) -> _Value:
        kept = shelf.get(key)
        if not newest and kept is not None and self._clock() < kept.fresh_until_s:
            return kept.value
        # Many who ask at the same time ask auth once.
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            kept = shelf.get(key)
            if not newest and kept is not None and self._clock() < kept.fresh_until_s:
                return kept.value
            try:
                value = await ask()
            except (Unavailable, DeadlineExceeded) as error:
                if kept is None:
                    raise
                _log.warning("auth is away: an old copy is used", extra={"tenant": key[1], "error": repr(error)})
                kept.fresh_until_s = self._clock() + _AGAIN_S
                return kept.value
            shelf.put(key, value, self._clock() + FRESH_S)
            return value
