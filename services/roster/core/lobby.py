"""Who comes in at once, who waits for a host, and who stays out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from services.common.errors import MeetingFull, MeetingLocked, Removed
from services.common.ids import ParticipantId
from services.roster.core import span
from services.roster.core.change import Change, Draft, Joined
from services.roster.core.identity import former_self, kept_out_with, same_person
from services.roster.core.member import Member, Person
from services.roster.core.membership import WAS_HERE, Membership, Move, moved
from services.roster.core.parting import part
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import participant_pb2

_CAME_TO_THE_LOBBY = frozenset({Membership.WAITING, Membership.DENIED})


def _of_this_occurrence(state: MeetingState | Draft) -> Collection[Member]:
    """Who was in an earlier one waits for a host like everybody, and was removed from that one only."""
    return state.members.values() if state.definition.running else ()


def role_of(state: MeetingState | Draft, person: Person) -> common_pb2.MeetingRole.ValueType:
    """The token's role, or what a host made of this person before, whichever is more."""
    before = (
        member.role
        for member in _of_this_occurrence(state)
        if member.membership in WAS_HERE and same_person(member.person, person)
    )
    return max((person.role, *before))


def way_in(state: MeetingState | Draft, person: Person) -> Move:
    """JOIN or WAIT. Raises Removed or MeetingLocked; hosts and co-hosts, and who was here before, always come in."""
    known = state.members.get(person.participant_id)
    if known is not None and known.in_meeting:
        # Whoever a host removed is in no more. Another whose device they shared, and who was in already, stays.
        return Move.JOIN
    role = role_of(state, person)
    if role < common_pb2.MEETING_ROLE_HOST and any(
        member.membership is Membership.REMOVED and kept_out_with(member.person, person)
        for member in _of_this_occurrence(state)
    ):
        raise Removed("a host removed this participant")
    if known is not None and known.membership in _CAME_TO_THE_LOBBY:
        # They wait already, or hear that they were denied.
        return Move.JOIN
    if role >= common_pb2.MEETING_ROLE_CO_HOST or any(
        member.membership in WAS_HERE and same_person(member.person, person) for member in _of_this_occurrence(state)
    ):
        return Move.JOIN
    if state.definition.settings.locked:
        if any(member.waiting and same_person(member.person, person) for member in state.members.values()):
            # They came to the lobby before the lock, and have reloaded the page since.
            return Move.WAIT
        raise MeetingLocked("the host locked the meeting")
    return Move.WAIT if state.definition.settings.lobby else Move.JOIN


def look_in(state: MeetingState, person: Person) -> None:
    """Whether they would get in now, so that they hear it before they set up camera and microphone.

    Raises Removed, MeetingLocked or MeetingFull. Who has a seat already, by this token or by the one that they had
    before they reloaded the page, needs no other; nor do hosts, and who is to wait in the lobby.
    """
    move = way_in(state, person)
    known = state.members.get(person.participant_id)
    if move is Move.WAIT or (known is not None and (known.in_meeting or known.waiting)):
        return
    others = sum(1 for member in state.people() if not former_self(person, member.person))
    if role_of(state, person) < common_pb2.MEETING_ROLE_HOST and others >= state.definition.capacity:
        raise MeetingFull(f"{state.definition.capacity} people are in the meeting")


def make_room_to_wait(draft: Draft) -> None:
    """Raises MeetingFull when as many wait as the meeting holds: nobody fills a lobby without end."""
    if sum(1 for member in draft.members.values() if member.waiting) >= draft.definition.capacity:
        raise MeetingFull(f"{draft.definition.capacity} people wait in the lobby")


def admit(draft: Draft, members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Lets them in from the lobby, with the role that a host made theirs, and says who came in.

    The devices with which the same people wait come in with them, as far as there are seats. Raises MeetingFull when
    there are too few for those who were asked for, and lets nobody in then.
    """
    free = draft.definition.capacity - draft.present
    if len(members) > free:
        raise MeetingFull(f"{max(free, 0)} seats are free, {len(members)} people are to be admitted")
    entering = (*members, *_other_devices(draft, members)[: free - len(members)])
    for member in entering:
        span.begin(draft)
        entered = replace(
            member,
            membership=moved(member.membership, Move.ADMIT),
            role=max(member.role, role_of(draft, member.person)),
            joined_at_ms=draft.now_ms,
            present_since_ms=draft.now_ms,
        )
        draft.put(entered)
        draft.tell(Joined(entered))
    span.count_present(draft)
    return entering


def _other_devices(draft: Draft, members: tuple[Member, ...]) -> list[Member]:
    """Those who wait too, and are one of them."""
    asked_for = {member.person.participant_id for member in members}
    return [
        other
        for participant_id, other in draft.members.items()
        if other.waiting
        and participant_id not in asked_for
        and any(same_person(other.person, member.person) for member in members)
    ]


def give_up(state: MeetingState, participant_id: ParticipantId, now_ms: int) -> Change:
    """Whoever waited is gone: their connection was, for long enough. Only for somebody who waits (presence.py)."""
    draft = Draft(state, now_ms)
    part(draft, state.members[participant_id], participant_pb2.LEAVE_REASON_LOST)
    return draft.change()
