"""How somebody goes: of themselves, lost, removed, or because the meeting ends."""

from __future__ import annotations

from dataclasses import replace

from services.roster.core.change import Draft, Left, Updated
from services.roster.core.member import Member
from services.roster.core.membership import Membership, Move, moved
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import participant_pb2


def part(draft: Draft, member: Member, reason: participant_pb2.LeaveReason.ValueType, move: Move = Move.LEAVE) -> None:
    """Makes `move` (LEAVE, REMOVE or DENY) and tells it. Whoever only waited and goes by themselves is forgotten."""
    after = moved(member.membership, move)
    if after is Membership.ABSENT:
        draft.forget(member.person.participant_id)
    else:
        role = common_pb2.MEETING_ROLE_PARTICIPANT if after is Membership.REMOVED else member.role
        draft.put(
            replace(
                member,
                membership=after,
                role=role,
                absent_since_ms=draft.now_ms,
                left_reason=reason,
                hand_raised_at_ms=0,
            )
        )
    draft.tell(Left(member.person.participant_id, reason))
    if draft.definition.spotlight == member.person.participant_id:
        draft.redefine(spotlight="")
        draft.tell(Updated(draft.definition, draft.present))
