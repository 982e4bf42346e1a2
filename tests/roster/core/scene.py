"""What the tests of the core are about: one meeting, and people for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId
from services.roster.core.change import Change
from services.roster.core.commands import join
from services.roster.core.meeting import Definition
from services.roster.core.member import Member, Person
from services.roster.core.settings import Settings
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2

NOON = 1_700_000_000_000


def definition(opens_at_ms: int = 0, capacity: int = 3, ended_at_ms: int = 0) -> Definition:
    return Definition(
        MeetingId("8123456789"),
        TenantId("luwu"),
        "Apel pagi",
        AccountId("owner"),
        "Andi",
        created_at_ms=NOON - 1000,
        opens_at_ms=opens_at_ms,
        capacity=capacity,
        revision=1,
        ended_at_ms=ended_at_ms,
    )


def meeting(opens_at_ms: int = 0, capacity: int = 3) -> MeetingState:
    return MeetingState(definition(opens_at_ms, capacity), 0, NOON - 1000, {})


def person(
    name: str,
    participant_id: str = "",
    device: str = "",
    account: str = "",
    host: bool = False,
    unit: str = "",
    since_s: int = 0,
) -> Person:
    role = common_pb2.MEETING_ROLE_HOST if host else common_pb2.MEETING_ROLE_PARTICIPANT
    return Person(ParticipantId(participant_id or name.lower()), name, role, AccountId(account), device, unit, since_s)


def restricted(state: MeetingState | None = None, **settings: Any) -> MeetingState:
    state = state or meeting()
    return replace(state, definition=replace(state.definition, settings=Settings(**settings)))


def with_people(*people: Person, state: MeetingState | None = None) -> MeetingState:
    state = state or meeting()
    for someone in people:
        state = join(state, someone, NOON).state
    return state


def member(change: Change | MeetingState, participant_id: str) -> Member:
    state = change.state if isinstance(change, Change) else change
    return state.members[ParticipantId(participant_id)]
