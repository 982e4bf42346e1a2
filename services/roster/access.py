"""The one gate to a meeting: tenant first. Another tenant's, another owner's or no meeting at all look the same."""

from __future__ import annotations

from services.common.errors import NotFound
from services.common.ids import AccountId, MeetingId
from services.common.tenancy import (
    AccountPrincipal,
    ParticipantPrincipal,
    Principal,
    ServicePrincipal,
    principal,
    require_participant,
)
from services.roster.core.member import Person
from services.roster.core.state import MeetingState
from services.roster.keys import MeetingRef
from services.roster.meetings import Meetings
from sipulung.common.v1 import common_pb2


async def access_meeting(meetings: Meetings, meeting_id: MeetingId) -> tuple[MeetingRef, MeetingState]:
    """The meeting, for its owner's account or a join token for it. Raises NotFound."""
    who = principal()
    if isinstance(who, AccountPrincipal):
        ref = MeetingRef(who.tenant_id, meeting_id)
        state = await meetings.load(ref)
        if state.definition.owner_account_id != who.account_id:
            raise NotFound()
        return ref, state
    if isinstance(who, ParticipantPrincipal) and who.meeting_id == meeting_id:
        ref = MeetingRef(who.tenant_id, meeting_id)
        return ref, await meetings.load(ref)
    raise NotFound()


async def access_to_stop(meetings: Meetings, meeting_id: MeetingId) -> tuple[MeetingRef, MeetingState]:
    """The meeting, also for the admin of its tenant: an owner may be gone, and what they planned goes on.

    Raises NotFound.
    """
    who = principal()
    if isinstance(who, AccountPrincipal) and who.role >= common_pb2.ACCOUNT_ROLE_TENANT_ADMIN:
        ref = MeetingRef(who.tenant_id, meeting_id)
        return ref, await meetings.load(ref)
    return await access_meeting(meetings, meeting_id)


def actor(who: Principal | None) -> str:
    """How the audit log names the caller."""
    match who:
        case AccountPrincipal():
            return f"account:{who.account_id}"
        case ParticipantPrincipal():
            return f"participant:{who.participant_id}"
        case ServicePrincipal():
            return f"service:{who.service}"
        case None:
            return "nobody"


def caller() -> tuple[MeetingRef, Person]:
    """The participant whom the join token names, and their meeting. Raises Unauthenticated or TokenExpired."""
    who = require_participant()
    role = common_pb2.MeetingRole.ValueType(who.role)
    person = Person(
        who.participant_id,
        who.name,
        role,
        AccountId(who.account_id),
        who.device,
        who.unit_id,
        who.account_since_s,
    )
    return MeetingRef(who.tenant_id, who.meeting_id), person
