"""The lists of meetings: what is to come and what has taken place, of an account, of a unit, and of the whole tenant.

Each meeting stands on three shelves (its owner's, their unit's, everybody's), so that a list is read without looking at
meetings that are not on it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis

from services.common.errors import InvalidField
from services.common.ids import AccountId, MeetingId, TenantId
from services.roster import codec, keys, scripts
from services.roster.core.change import Change, Past
from services.roster.core.meeting import Definition, Phase
from services.roster.core.schedule import MINUTE_MS
from services.roster.core.span import due_ms
from services.roster.core.title_search import TitleSearch
from services.roster.gently import gently
from services.roster.keys import MeetingRef
from services.roster.walk import Walk
from sipulung.roster.v1 import schedule_pb2

_PASSED_ENTRY = re.compile(r"[0-9]{13}:[0-9]{10}:[0-9]{1,9}")
_UPCOMING_ENTRY = re.compile(r"[0-9]{13}:[0-9]{10}")
_AT_ONCE = 500
# Meetings that are read in one turn: so many take about 2 ms, in which the events of others wait.
_READ_AT_ONCE = 100
# Entries that a search looks through for one answer, with 30 ms of CPU, or 70 ms on the shelves of 40 units; for more
# the caller asks again.
_LOOKED_THROUGH = 2000
# Meetings of a version without these lists that may still be made, while it is being replaced.
_UPGRADE_MS = 48 * 3600 * 1000
_OVER = (Phase.ENDED, Phase.CANCELLED)
_YEAR_2100_MS = 4_102_444_800_000


class Listed(NamedTuple):
    """A meeting in a list, with how many are in it."""

    definition: Definition
    present: int


def whose(definition: Definition) -> tuple[str, str, str]:
    """The shelves that a meeting stands on. Those of no unit share one, which no head of a unit has."""
    return keys.of_account(definition.owner_account_id), keys.of_unit(definition.owner_unit_id), keys.EVERYBODY


def moved(ref: MeetingRef, change: Change) -> tuple[list[str], list[bytes | str | int]]:
    """More keys and arguments for the script COMMIT, where a change moves the meeting; none where it does not."""
    definition, now_ms = change.state.definition, change.state.changed_at_ms
    due = due_ms(change.state, now_ms)
    over = definition.closed and not change.before.definition.closed
    if not change.past and not over and not change.anew and due == due_ms(change.before, now_ms):
        return [], []
    places = [keys.past(ref), keys.due(ref.tenant_id)]
    for owner in whose(definition):
        places += (keys.upcoming(ref.tenant_id, owner), keys.passed(ref.tenant_id, owner))
    arguments: list[bytes | str | int] = [due, "1" if over else "", "1" if change.anew else "", len(change.past)]
    for past in change.past:
        record, number = codec.past_entry(past).SerializeToString(), _number_of(past)
        arguments += (number, record, passed_entry(past.at_ms, ref.meeting_id, number))
    return places, arguments


def passed_entry(at_ms: int, meeting_id: MeetingId, number: int) -> str:
    """How an occurrence stands in the sorted sets. By `number` its record is found (keys.past)."""
    return f"{at_ms:013d}:{meeting_id}:{number}"


def _number_of(past: Past) -> int:
    """A meeting may have several that nobody came to or that were called off: the minutes since 1970 that they stand
    under tell them apart, and are more than any meeting has occurrences."""
    return past.number or past.at_ms // MINUTE_MS


class Shelves:
    """Every method may raise redis' ConnectionError or TimeoutError, which the boundary turns into Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._postpone = redis.register_script(scripts.POSTPONE)

    async def upcoming(
        self,
        tenant_id: TenantId,
        owners: Sequence[str],
        page_size: int,
        page_token: str,
        now_ms: int,
        search: TitleSearch | None = None,
    ) -> tuple[list[Listed], str]:
        """What is not over, by when it takes place (without a schedule: first, newest first). Raises InvalidField."""

        def is_shown(definition: Definition) -> bool:
            return (search is None or search.finds(definition.title)) and definition.phase(now_ms) not in _OVER

        shelves = [keys.upcoming(tenant_id, owner) for owner in owners]
        found = await cast(Any, self._redis.sunion(shelves)) if shelves else set()
        listed = await self._definitions(tenant_id, sorted(MeetingId(raw.decode()) for raw in found))
        after = _entry(page_token, _UPCOMING_ENTRY) if page_token else ""
        places = await gently(listed, lambda one: _place(one.definition, now_ms) if is_shown(one.definition) else "")
        rows = sorted((place, number) for number, place in enumerate(places) if place > after)
        page = rows[:page_size]
        return [listed[number] for _, number in page], _token(page[-1][0]) if len(rows) > page_size else ""

    async def passed(
        self,
        tenant_id: TenantId,
        owners: Sequence[str],
        page_size: int,
        page_token: str,
        search: TitleSearch | None = None,
        within: tuple[int, int] | None = None,
    ) -> tuple[list[tuple[Listed, schedule_pb2.Occurrence]], str]:
        """What has taken place, newest first, or began between two moments (the first included). Raises InvalidField.

        A search looks through _LOOKED_THROUGH entries: it may find less than a page, and have more to look through.
        """
        after = _entry(page_token, _PASSED_ENTRY) if page_token else ""
        lowest, highest = "-", f"({after}" if after else "+"
        if within is not None:
            begin, end = (f"{at_ms:013d}" for at_ms in within)
            lowest, highest = f"[{begin}", f"({min(after, end) if after else end}"
        places = [keys.passed(tenant_id, owner) for owner in owners]
        walk = Walk(self._redis, places, highest, lowest, _READ_AT_ONCE if search else page_size + 1)
        found: list[str] = []
        known: dict[MeetingId, bool] = {}
        last, looked = "", 0
        while len(found) <= page_size and looked < _LOOKED_THROUGH:
            entries = await walk.entries()
            if not entries:
                last = ""
                break
            if search is not None:
                looked += len(entries)
                await self._judge(tenant_id, search, entries, known)
            last = entries[-1]
            found += [entry for entry in entries if search is None or known[_meeting_of(entry)]]
        if len(found) > page_size:
            del found[page_size:]
            last = found[-1]
        return await self._rows(tenant_id, found), _token(last) if last else ""

    async def _judge(
        self, tenant_id: TenantId, search: TitleSearch, entries: Iterable[str], known: dict[MeetingId, bool]
    ) -> None:
        """Whether the meetings of the entries are looked for; a series is judged once."""
        ids = [one for one in dict.fromkeys(map(_meeting_of, entries)) if one not in known]
        known.update(dict.fromkeys(ids, False))
        for begin in range(0, len(ids), _READ_AT_ONCE):
            pipe = self._redis.pipeline(transaction=False)
            some = ids[begin : begin + _READ_AT_ONCE]
            for meeting_id in some:
                pipe.hget(keys.meeting(MeetingRef(tenant_id, meeting_id)), "d")
            for meeting_id, raw in zip(some, await pipe.execute(), strict=True):
                known[meeting_id] = raw is not None and search.finds(codec.title_of(raw))

    async def _rows(self, tenant_id: TenantId, entries: Sequence[str]) -> list[tuple[Listed, schedule_pb2.Occurrence]]:
        ids = [_meeting_of(entry) for entry in entries]
        definitions = {one.definition.meeting_id: one for one in await self._definitions(tenant_id, sorted(set(ids)))}
        pipe = self._redis.pipeline(transaction=False)
        for entry, meeting_id in zip(entries, ids, strict=True):
            pipe.hget(keys.past(MeetingRef(tenant_id, meeting_id)), entry.rpartition(":")[2])
        return [
            (definitions[meeting_id], schedule_pb2.Occurrence.FromString(record))
            for meeting_id, record in zip(ids, await pipe.execute(), strict=True)
            if record is not None and meeting_id in definitions
        ]

    async def due(self, tenant_id: TenantId, now_ms: int) -> list[tuple[MeetingId, int]]:
        """The meetings to be looked at now, with when they were due."""
        found = await cast(
            Any, self._redis.zrangebyscore(keys.due(tenant_id), "-inf", now_ms, start=0, num=_AT_ONCE, withscores=True)
        )
        return [(MeetingId(raw.decode()), int(score)) for raw, score in found]

    async def postpone(self, ref: MeetingRef, was_due_ms: int, due: int) -> None:
        """Nothing was to be done: looks again at `due` (0: never), unless something happened meanwhile."""
        await self._postpone(keys=[keys.due(ref.tenant_id)], args=[ref.meeting_id, was_due_ms, due])

    async def tenants(self) -> list[TenantId]:
        """Those that have a meeting."""
        return sorted(TenantId(raw.decode()) for raw in await cast(Any, self._redis.smembers(keys.TENANTS)))

    async def all_upcoming(self, tenant_id: TenantId) -> list[Definition]:
        """Everything of a tenant that is not over."""
        found = await cast(Any, self._redis.smembers(keys.upcoming(tenant_id, keys.EVERYBODY)))
        listed = await self._definitions(tenant_id, sorted(MeetingId(raw.decode()) for raw in found))
        return [one.definition for one in listed]

    async def take_over(self, tenant_id: TenantId, now_ms: int) -> int:
        """Brings the meetings of a version without these lists into them, and those that it made while it was being
        replaced; returns how many it looked at. Doing it again changes nothing."""
        known = await self._redis.exists(keys.listed(tenant_id))
        since = f"[{max(now_ms - _UPGRADE_MS, 0):013d}:" if known else "-"
        ids: list[MeetingId] = []
        async for key in self._redis.scan_iter(match=keys.owner(tenant_id, AccountId("*")), count=1000):
            entries = cast(list[bytes], await self._redis.zrangebylex(key, since, "+"))
            ids += (MeetingId(entry.decode().partition(":")[2]) for entry in entries)
        for one in await self._definitions(tenant_id, ids):
            await self._take_over(one.definition)
        await self._redis.set(keys.listed(tenant_id), b"1")
        return len(ids)

    async def _take_over(self, definition: Definition) -> None:
        tenant_id, ref = definition.tenant_id, MeetingRef(definition.tenant_id, definition.meeting_id)
        pipe = self._redis.pipeline(transaction=True)
        if not definition.closed:
            for owner in whose(definition):
                pipe.sadd(keys.upcoming(tenant_id, owner), definition.meeting_id)
        elif definition.schedule is None and not definition.cancelled_at_ms:
            number = 1 if definition.started_at_ms else 0
            at_ms = definition.started_at_ms or definition.ended_at_ms
            record = schedule_pb2.Occurrence(
                number=number, started_at_ms=definition.started_at_ms, ended_at_ms=definition.ended_at_ms
            )
            pipe.hsetnx(keys.past(ref), str(number), record.SerializeToString())
            for owner in whose(definition):
                pipe.zadd(keys.passed(tenant_id, owner), {passed_entry(at_ms, definition.meeting_id, number): 0})
        await pipe.execute()

    async def _definitions(self, tenant_id: TenantId, ids: Sequence[MeetingId]) -> list[Listed]:
        """Those that exist, in the order of `ids`; others have their turn after every few."""
        found: list[Listed] = []
        for begin in range(0, len(ids), _READ_AT_ONCE):
            pipe = self._redis.pipeline(transaction=False)
            for meeting_id in ids[begin : begin + _READ_AT_ONCE]:
                pipe.hmget(keys.meeting(MeetingRef(tenant_id, meeting_id)), "d", "n")
            found += [Listed(codec.load_definition(d), int(n)) for d, n in await pipe.execute() if d is not None]
        return found


def _place(definition: Definition, now_ms: int) -> str:
    """Where a meeting stands in the list of what is to come. What is open all the time comes first, newest first."""
    occurrence = definition.coming(now_ms)
    if occurrence is not None:
        return f"{occurrence.starts_at_ms:013d}:{definition.meeting_id}"
    # The year 2100 lies before every meeting that takes place in this century, when counted in seconds.
    at = definition.opens_at_ms or (_YEAR_2100_MS - definition.created_at_ms) // 1000
    return f"{at:013d}:{definition.meeting_id}"


def _meeting_of(entry: str) -> MeetingId:
    """Of an entry of `passed`."""
    return MeetingId(entry.split(":")[1])


def _token(entry: str) -> str:
    return base64.urlsafe_b64encode(entry.encode()).decode().rstrip("=")


def _entry(page_token: str, form: re.Pattern[str]) -> str:
    try:
        entry = base64.urlsafe_b64decode(page_token + "=" * (-len(page_token) % 4)).decode()
    except (binascii.Error, ValueError):
        entry = ""
    if not form.fullmatch(entry):
        raise InvalidField("page_token", "a page_token is what next_page_token of the page before was")
    return entry
