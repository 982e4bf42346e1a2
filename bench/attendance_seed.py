"""A month of a regency, written as the product writes it: its stores, its records, its hash chains; only in batches.

2,000 accounts in 40 units, and 400 meetings of 50 people with late comers, lost networks and rejoins. All of it is
drawn from a fixed seed, so each run has the same month.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import nats
from nats.js import JetStreamContext

from services.auth.store.accounts import Account, AccountStore
from services.auth.store.outbox import Outbox
from services.auth.store.units import UnitStore
from services.common import record_chain as chain
from services.common import subjects
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId, new_id
from services.common.store import open_store
from services.roster.codec import attendance_entry
from services.roster.core.change import AttendanceNote, AuditNote
from services.roster.core.meeting import Definition
from services.roster.core.member import Member, Person
from services.roster.core.membership import Membership
from services.roster.store import RosterStore
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, participant_pb2

_FIRST: Final = ("Siti", "Andi", "Baso", "Muhammad", "Ni Luh", "Sitti", "Abd.", "Hj. Nur", "Yohanes", "Rosmini")
_MIDDLE: Final = ("Aminah", "Tenri", "Rahman", "Arsyad", "Ayu", "Hasanuddin", "Fitriani", "Ilham", "Kartika", "Syamsul")
_LAST: Final = ("Mappatoba", "Tangke Allo", "Daeng Tayang", "Larompong", "Palopo", "Opu", "Pallawa", "Bua")
_TITLES: Final = ("", "S.STP", "S.Sos., M.A.P.", "M.Si", "S.Kom", "S.E., M.M.", "M.Kes")
_TOPICS: Final = ("Rapat koordinasi", "Apel pagi", "Pembahasan anggaran", "Evaluasi triwulan", "Sosialisasi e-Kinerja")
_UNITS: Final = 40
_ACCOUNTS_AT_ONCE: Final = 200
_PUBLISHED_S: Final = 60.0
_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 24 * 60 * _MINUTE_MS


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    people: int = 2000
    meetings: int = 400
    per_meeting: int = 50


@dataclass(frozen=True, slots=True)
class Month:
    """Where it goes: the tenant, who owns its meetings, and when it begins (Unix milliseconds)."""

    tenant_id: TenantId
    owner_id: AccountId
    owner_name: str
    begin_ms: int


async def seed(redis_url: str, nats_url: str, month: Month, size: Size) -> int:
    """Writes all of it; how many records there are. Raises what the stores raise."""
    dice = random.Random(2026)  # noqa: S311 - the same month each time
    redis = open_store(redis_url)
    client = await nats.connect(nats_url)
    try:
        outbox = Outbox(redis)
        people = await _people(
            AccountStore(redis, outbox), UnitStore(redis, outbox), month.tenant_id, size.people, dice
        )
        store, stream = RosterStore(redis), client.jetstream()
        records = 0
        for number in range(size.meetings):
            definition = _definition(month, number, size, dice)
            audit = AuditNote(definition.created_at_ms, "account:bench", "meeting.create", "meeting:bench")
            await store.create(definition, audit)
            present = dice.sample(people, min(size.per_meeting, len(people)))
            records += await _publish(stream, definition, _sealed(definition, _notes(definition, present, dice)))
        return records
    finally:
        await client.close()
        await redis.aclose()


async def _people(
    accounts: AccountStore, units: UnitStore, tenant_id: TenantId, count: int, dice: random.Random
) -> list[Account]:
    names = [f"Bagian {number + 1} Sekretariat Daerah" for number in range(_UNITS)]
    unit_ids = [(await units.create(tenant_id, new_id(), "", name, notes=[])).unit_id for name in names]
    made: list[Account] = []
    for number in range(count):
        name = f"{dice.choice(_FIRST)} {dice.choice(_MIDDLE)} {dice.choice(_LAST)}"
        title = dice.choice(_TITLES)
        made.append(
            Account(
                tenant_id=tenant_id,
                account_id=new_id(),
                user=f"pegawai{number + 1}",
                name=f"{name}, {title}" if title else name,
                nip=f"19800101200501{number + 1:04d}",
                role=common_pb2.ACCOUNT_ROLE_PARTICIPANT,
                # Nobody signs in with it: hashing one for each takes minutes.
                password_hash="",
                created_at_ms=1,
                unit_id=unit_ids[number % _UNITS],
            )
        )
    for begin in range(0, count, _ACCOUNTS_AT_ONCE):
        await accounts.create(made[begin : begin + _ACCOUNTS_AT_ONCE], notes=[])
    return made


def _definition(month: Month, number: int, size: Size, dice: random.Random) -> Definition:
    """One meeting, on one of 28 days."""
    day = number * 28 // size.meetings
    starts_ms = month.begin_ms + day * _DAY_MS + dice.randrange(7 * 60, 16 * 60) * _MINUTE_MS
    return Definition(
        MeetingId(f"{8_000_000_000 + number * 7919}"),
        month.tenant_id,
        f"{dice.choice(_TOPICS)} {dice.choice(_LAST)}",
        month.owner_id,
        month.owner_name,
        starts_ms,
        0,
        100,
        1,
        started_at_ms=starts_ms,
        ended_at_ms=starts_ms + dice.randrange(30, 120) * _MINUTE_MS,
        occurrences=1,
    )


def _notes(definition: Definition, people: Sequence[Account], dice: random.Random) -> list[AttendanceNote]:
    """Who comes, is lost, comes back and goes, by time."""
    starts_ms, ends_ms = definition.started_at_ms, definition.ended_at_ms
    notes = [AttendanceNote(attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED, starts_ms)]
    for place, account in enumerate(people):
        notes += _visit(account, starts_ms + dice.randrange(10 * _MINUTE_MS), ends_ms, place, dice)
    notes.sort(key=lambda note: note.at_ms)
    return [*notes, AttendanceNote(attendance_pb2.ATTENDANCE_KIND_MEETING_ENDED, ends_ms)]


def _visit(account: Account, comes_ms: int, ends_ms: int, place: int, dice: random.Random) -> Iterator[AttendanceNote]:
    """Every fifth loses the network for a while, every eighth goes and comes back."""
    member = _member(account, comes_ms)
    yield AttendanceNote(attendance_pb2.ATTENDANCE_KIND_JOINED, comes_ms, member)
    middle_ms = (comes_ms + ends_ms) // 2
    if place % 5 == 0:
        yield AttendanceNote(attendance_pb2.ATTENDANCE_KIND_LOST, middle_ms, member)
        yield AttendanceNote(attendance_pb2.ATTENDANCE_KIND_RETURNED, middle_ms + dice.randrange(5000, 55_000), member)
    elif place % 8 == 0:
        yield AttendanceNote(attendance_pb2.ATTENDANCE_KIND_LEFT, middle_ms, member, participant_pb2.LEAVE_REASON_LEFT)
        member = _member(account, middle_ms + 2 * _MINUTE_MS)
        yield AttendanceNote(attendance_pb2.ATTENDANCE_KIND_JOINED, middle_ms + 2 * _MINUTE_MS, member)
    yield AttendanceNote(
        attendance_pb2.ATTENDANCE_KIND_LEFT, ends_ms, member, participant_pb2.LEAVE_REASON_MEETING_ENDED
    )


def _member(account: Account, at_ms: int) -> Member:
    role = common_pb2.MEETING_ROLE_PARTICIPANT
    person = Person(ParticipantId(new_id()), account.name, role, AccountId(account.account_id), new_id())
    return Member(person, account.name, Membership.PRESENT, at_ms, at_ms)


def _sealed(definition: Definition, notes: Sequence[AttendanceNote]) -> Iterator[attendance_pb2.AttendanceRecord]:
    last: attendance_pb2.AttendanceRecord | None = None
    for note in notes:
        last = chain.sealed(attendance_entry(note, definition), last)
        yield last


async def _publish(
    stream: JetStreamContext, definition: Definition, records: Iterator[attendance_pb2.AttendanceRecord]
) -> int:
    """One meeting's log; returns when all of it is stored."""
    subject = subjects.attendance(definition.tenant_id, definition.meeting_id)
    stored = [
        await stream.publish_async(subject, record.SerializeToString(), headers={"Nats-Msg-Id": record.hash.hex()})
        for record in records
    ]
    async with asyncio.timeout(_PUBLISHED_S):
        return len(await asyncio.gather(*stored))
