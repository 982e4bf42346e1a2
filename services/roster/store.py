"""Roster's state in Redis: definitions for ever, the live state with expiry, and the outboxes of the logs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from redis.asyncio import Redis

from services.common.errors import Conflict, InvalidField, NotFound
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId
from services.common.store import CROSS_OFF, durable
from services.roster import codec, keys, scripts, shelves
from services.roster.core.change import AuditNote, Change
from services.roster.core.meeting import Definition
from services.roster.core.presence import SignalingReport
from services.roster.core.span import due_ms
from services.roster.core.state import MeetingState
from services.roster.keys import MeetingRef, Outbox
from sipulung.roster.v1 import participant_pb2

LIVE_S = 24 * 3600
CHAT_LINES = 200
_AT_ONCE = 500
_INDEX_ENTRY = re.compile(r"[0-9]{13}:[0-9]{10}")


class RosterStore:
    """Every method may raise redis' ConnectionError or TimeoutError, which the boundary turns into Unavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._commit = redis.register_script(scripts.COMMIT)
        self._create = redis.register_script(scripts.CREATE)
        self._retire = redis.register_script(scripts.RETIRE)
        self._cross_off = redis.register_script(CROSS_OFF)

    async def create(self, definition: Definition, audit: AuditNote) -> None:
        """Stores a new meeting durably. Raises Conflict when the id is taken, Unavailable without an fsync."""
        ref = MeetingRef(definition.tenant_id, definition.meeting_id)
        box = Outbox(ref.tenant_id, None)
        created = await self._create(
            keys=[
                keys.meeting(ref),
                keys.owner(ref.tenant_id, definition.owner_account_id),
                keys.TENANTS,
                keys.pending(ref.tenant_id),
                box.key,
                keys.due(ref.tenant_id),
                *(keys.upcoming(ref.tenant_id, whose) for whose in shelves.whose(definition)),
            ],
            args=[
                codec.store_definition(definition),
                f"{definition.created_at_ms:013d}:{definition.meeting_id}",
                definition.tenant_id,
                definition.created_at_ms,
                codec.audit_entry(audit, ref.tenant_id).SerializeToString(deterministic=True),
                definition.meeting_id,
                due_ms(MeetingState(definition, 0, definition.created_at_ms, {}), definition.created_at_ms),
            ],
        )
        if not created:
            raise Conflict("the meeting id is taken")
        await durable(self._redis)

    async def load(self, ref: MeetingRef) -> MeetingState:
        """The meeting as it is now. Raises NotFound."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.hmget(keys.meeting(ref), "d", "s", "t")
        pipe.hgetall(keys.live(ref))
        pipe.hgetall(keys.polls(ref))
        (definition, sequence, changed_at), live, stored_polls = await pipe.execute()
        if definition is None:
            raise NotFound()
        members = {ParticipantId(key.decode()): codec.load_member(value) for key, value in live.items()}
        polls = sorted(map(codec.load_poll, stored_polls.values()), key=lambda poll: poll.opened_at_ms)
        return MeetingState(
            codec.load_definition(definition),
            int(sequence),
            int(changed_at),
            members,
            {poll.poll_id: poll for poll in polls},
        )

    async def commit(self, ref: MeetingRef, change: Change, *, fsync: bool) -> bool:
        """Writes what changed; False when another replica was first. Raises NotFound; Unavailable without an fsync."""
        attendance, audit = Outbox(ref.tenant_id, ref.meeting_id), Outbox(ref.tenant_id, None)
        definition = change.state.definition
        args: list[bytes | str | int] = [
            change.before.sequence,
            change.state.sequence,
            codec.store_definition(definition) if change.redefined else b"",
            change.state.changed_at_ms,
            change.state.present,
            ref.meeting_id,
            LIVE_S,
            CHAT_LINES,
            len(change.written),
        ]
        for member in change.written:
            args += (member.person.participant_id, codec.store_member(member))
        args += (len(change.forgotten), *change.forgotten)
        args += (len(change.lines), *(codec.line_of(line).SerializeToString() for line in change.lines))
        entries = [codec.attendance_entry(note, definition) for note in change.attendance]
        args += (len(entries), *(entry.SerializeToString(deterministic=True) for entry in entries))
        audits = [codec.audit_entry(note, ref.tenant_id) for note in change.audit]
        args += (len(audits), *(entry.SerializeToString(deterministic=True) for entry in audits))
        args.append(len(change.polls))
        for poll in change.polls:
            args += (poll.poll_id, codec.store_poll(poll))
        joins = codec.joins_of(change.attendance)
        args.append(len(joins))
        for note in joins:
            args += (codec.attended_entry(ref.meeting_id, note.at_ms), note.at_ms)
        more_keys, more_args = shelves.moved(ref, change)
        outcome = await self._commit(
            keys=[
                keys.meeting(ref),
                keys.live(ref),
                keys.chat(ref),
                keys.active(ref.tenant_id),
                keys.pending(ref.tenant_id),
                attendance.key,
                audit.key,
                keys.polls(ref),
                *(keys.attended(ref.tenant_id, account_id) for account_id in map(codec.account_of, joins)),
                *more_keys,
            ],
            args=[*args, *more_args],
        )
        if outcome == -1:
            raise NotFound()
        if outcome == 1 and fsync:
            await durable(self._redis)
        return bool(outcome == 1)

    async def chat(self, ref: MeetingRef) -> list[participant_pb2.ChatLine]:
        """The newest lines, oldest first."""
        lines = await cast(Any, self._redis.lrange(keys.chat(ref), 0, -1))
        return [participant_pb2.ChatLine.FromString(line) for line in lines]

    async def meetings_of(
        self, tenant_id: TenantId, account_id: AccountId, page_size: int, page_token: str
    ) -> tuple[list[tuple[Definition, int]], str]:
        """An owner's meetings with the seats taken, newest first, and the next page's token. Raises InvalidField."""
        above = f"({_index_entry(page_token)}" if page_token else "+"
        index = keys.owner(tenant_id, account_id)
        found = cast(list[bytes], await self._redis.zrevrangebylex(index, above, "-", start=0, num=page_size + 1))
        entries = [entry.decode() for entry in found[:page_size]]
        pipe = self._redis.pipeline(transaction=False)
        for entry in entries:
            pipe.hmget(keys.meeting(MeetingRef(tenant_id, MeetingId(entry.partition(":")[2]))), "d", "n")
        meetings = [(codec.load_definition(d), int(n)) for d, n in await pipe.execute() if d is not None]
        return meetings, _page_token(entries[-1]) if len(found) > page_size else ""

    async def definitions(self, tenant_id: TenantId, meeting_ids: Iterable[MeetingId]) -> list[Definition]:
        """Those of the meetings that exist in this tenant."""
        wanted = list(dict.fromkeys(meeting_ids))
        found: list[Definition] = []
        for begin in range(0, len(wanted), _AT_ONCE):
            pipe = self._redis.pipeline(transaction=False)
            for meeting_id in wanted[begin : begin + _AT_ONCE]:
                pipe.hget(keys.meeting(MeetingRef(tenant_id, meeting_id)), "d")
            found += [codec.load_definition(raw) for raw in await pipe.execute() if raw is not None]
        return found

    async def waiting(self, tenant_id: TenantId) -> list[Outbox]:
        """The tenant's outboxes that are not empty."""
        names = await cast(Any, self._redis.smembers(keys.pending(tenant_id)))
        return [Outbox.named(tenant_id, name.decode()) for name in names]

    async def sequences(self, refs: Sequence[MeetingRef]) -> list[int | None]:
        """The number of the last event of each; None where there is no such meeting."""
        pipe = self._redis.pipeline(transaction=False)
        for ref in refs:
            pipe.hget(keys.meeting(ref), "s")
        return [None if found is None else int(found) for found in await pipe.execute()]

    async def incarnation(self) -> str:
        """Another one than before means that the store was restarted, and may have lost its newest writes."""
        return str((await self._redis.info("server"))["run_id"])

    async def work(self) -> tuple[dict[MeetingRef, int], list[Outbox]]:
        """The meetings that somebody is in, with their sequence, and the outboxes that are not empty."""
        tenants = sorted(TenantId(raw.decode()) for raw in await cast(Any, self._redis.smembers(keys.TENANTS)))
        pipe = self._redis.pipeline(transaction=False)
        for tenant_id in tenants:
            pipe.hgetall(keys.active(tenant_id))
            pipe.smembers(keys.pending(tenant_id))
        answers = await pipe.execute()
        active: dict[MeetingRef, int] = {}
        boxes: list[Outbox] = []
        for tenant_id, meetings, names in zip(tenants, answers[::2], answers[1::2], strict=True):
            for meeting_id, sequence in meetings.items():
                active[MeetingRef(tenant_id, MeetingId(meeting_id.decode()))] = int(sequence)
            boxes += [Outbox.named(tenant_id, name.decode()) for name in names]
        return active, boxes

    async def retire(self, ref: MeetingRef, sequence: int) -> None:
        """The meeting is empty: it is no work any more, unless something happened since `sequence`."""
        await self._retire(keys=[keys.active(ref.tenant_id)], args=[ref.meeting_id, sequence])

    async def report(self, reports: Mapping[MeetingRef, Mapping[ParticipantId, SignalingReport]]) -> None:
        """Keeps what signaling said, and the live state for as long as it says something."""
        pipe = self._redis.pipeline(transaction=False)
        for ref, said in reports.items():
            if said:
                stamps = {pid: report.at_ms if report.connected else -report.at_ms for pid, report in said.items()}
                pipe.hset(keys.seen(ref), mapping=cast(Any, stamps))
                for key in (keys.seen(ref), keys.live(ref), keys.chat(ref), keys.polls(ref)):
                    pipe.expire(key, LIVE_S)
        await pipe.execute()

    async def reported(
        self, ref: MeetingRef, participants: Sequence[ParticipantId]
    ) -> dict[ParticipantId, SignalingReport]:
        """What signaling last said of them."""
        stamps = await cast(Any, self._redis.hmget(keys.seen(ref), list(participants)))
        return {
            participant_id: SignalingReport(abs(int(stamp)), int(stamp) > 0)
            for participant_id, stamp in zip(participants, stamps, strict=True)
            if stamp is not None
        }

    async def forget_reports(self, ref: MeetingRef, participants: Iterable[ParticipantId]) -> None:
        """Drops what signaling said of participants who left."""
        await cast(Any, self._redis.hdel(keys.seen(ref), *participants))

    async def entries(self, box: Outbox, limit: int) -> list[bytes]:
        """What waits in an outbox, oldest first."""
        return cast(list[bytes], await cast(Any, self._redis.lrange(box.key, 0, limit - 1)))

    async def cross_off(self, box: Outbox, entry: bytes) -> None:
        """The entry is in its stream."""
        await self._cross_off(keys=[box.key, keys.pending(box.tenant_id)], args=[entry, box.name])


def _page_token(entry: str) -> str:
    return base64.urlsafe_b64encode(entry.encode()).decode().rstrip("=")


def _index_entry(page_token: str) -> str:
    try:
        entry = base64.urlsafe_b64decode(page_token + "=" * (-len(page_token) % 4)).decode()
    except (binascii.Error, ValueError):
        entry = ""
    if not _INDEX_ENTRY.fullmatch(entry):
        raise InvalidField("page_token", "a page_token is what next_page_token of the page before was")
    return entry
