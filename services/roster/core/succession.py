"""Who becomes host when the host is lost."""

from __future__ import annotations

from dataclasses import replace

from services.common.ids import ParticipantId
from services.roster.core.change import Change, Changed, Draft, Moderated
from services.roster.core.identity import same_person
from services.roster.core.member import Member
from services.roster.core.membership import WAS_HERE, Membership
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import moderation_pb2

HOST, CO_HOST = common_pb2.MEETING_ROLE_HOST, common_pb2.MEETING_ROLE_CO_HOST


def heir(state: MeetingState, trusted_since_ms: int, host_lost_ms: int, now_ms: int) -> Member | None:
    """Who is to take over now; None while a host is there, was there just now, has not come yet, or nobody can.

    First the co-host who has been in the meeting for longest; else, of those signed in who belong to the unit of the
    meeting's owner, the one with the oldest account, but not before a co-host has been lost for as long as the host
    must have been. `trusted_since_ms`: since when we have heard everything.
    """
    if state.definition.ended_at_ms:
        return None
    hosts = [member for member in state.members.values() if member.role == HOST]
    gone_ms = max((member.absent_since_ms for member in hosts), default=0)
    if any(member.membership is Membership.PRESENT for member in hosts) or gone_ms < state.definition.started_at_ms:
        return None
    if not hosts or now_ms < max(gone_ms, trusted_since_ms) + host_lost_ms:
        return None
    there = [member for member in state.members.values() if member.membership is Membership.PRESENT]
    co_hosts = [member for member in there if member.role == CO_HOST]
    if co_hosts:
        return min(co_hosts, key=lambda member: (member.joined_at_ms, member.person.participant_id))
    # A co-host whose network fails for a moment is not passed over: nobody takes the role from a host again.
    if any(
        member.role == CO_HOST
        and member.membership is Membership.LOST
        and now_ms < member.absent_since_ms + host_lost_ms
        for member in state.members.values()
    ):
        return None
    return _oldest_colleague(there, state.definition.owner_unit_id)


def _oldest_colleague(there: list[Member], unit_id: str) -> Member | None:
    colleagues = [
        member
        for member in there
        if member.person.account_id and member.person.account_since_s and unit_id and member.person.unit_id == unit_id
    ]
    return min(
        colleagues,
        key=lambda member: (member.person.account_since_s, member.joined_at_ms, member.person.participant_id),
        default=None,
    )


def take_over(state: MeetingState, participant_id: ParticipantId, now_ms: int) -> Change:
    """Makes them host, in the name of the system, on all their devices and on those that they may come back with.

    Somebody who is host on one device only could be removed on another and come back as host. A device that waits in
    the lobby gets the role when it is let in (lobby.py).
    """
    draft = Draft(state, now_ms)
    person = state.members[participant_id].person
    whom = [
        replace(member, role=HOST)
        for member in state.members.values()
        if member.membership in WAS_HERE and same_person(member.person, person)
    ]
    there = [member for member in whom if member.in_meeting]
    for member in whom:
        draft.put(member)
    for member in there:
        draft.tell(Changed(member))
    act = moderation_pb2.HostAct(set_role=moderation_pb2.SetRole(participant_id=participant_id, role=HOST))
    draft.tell(Moderated("", "", act, tuple(member.person.participant_id for member in there)))
    names = ", ".join(f"{member.name} ({member.person.participant_id})" for member in there)
    draft.note("service:roster", "meeting.take_over", f"{names} is host, since no host has been there", there)
    return draft.change()
