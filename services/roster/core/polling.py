"""What may be done with the polls of a meeting, as commands like those of commands.py."""

from __future__ import annotations

from dataclasses import replace

from services.common.errors import Conflict, NotFound, PermissionDenied, WrongState
from services.common.ids import ParticipantId
from services.roster.core import allowance, poll
from services.roster.core.change import Change, Draft, Polled, Voted
from services.roster.core.member import Member
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2

MOST_POLLS = 20


def open_poll(
    state: MeetingState,
    participant_id: ParticipantId,
    poll_id: str,
    question: str,
    options: tuple[str, ...],
    now_ms: int,
) -> Change:
    """Asks everybody. Only hosts and co-hosts may.

    Raises MeetingEnded, WrongState (not in the meeting, or it had as many polls as it may have), PermissionDenied,
    InvalidField, Conflict (another poll is open) or Throttled.
    """
    member = _in_charge(state, participant_id, now_ms)
    if any(one.is_open for one in state.polls.values()):
        raise Conflict("another poll is open: it has to be closed first")
    if len(state.polls) >= MOST_POLLS:
        raise WrongState(f"a meeting has at most {MOST_POLLS} polls")
    draft = Draft(state, now_ms)
    asked = poll.opened(poll_id, question, options, member.name, draft.now_ms)
    _spend(draft, member, now_ms)
    draft.put_poll(asked)
    draft.tell(Polled(asked))
    _note(draft, member, "poll.open", asked)
    return draft.change()


def close_poll(state: MeetingState, participant_id: ParticipantId, poll_id: str, now_ms: int) -> Change:
    """Tells everybody the result. Only hosts and co-hosts may. Closing twice is closing once.

    Raises MeetingEnded, WrongState (not in the meeting), PermissionDenied, NotFound or Throttled.
    """
    member = _in_charge(state, participant_id, now_ms)
    asked = _poll(state, poll_id)
    draft = Draft(state, now_ms)
    if not asked.is_open:
        return draft.change()
    _spend(draft, member, now_ms)
    closed = asked.closed(draft.now_ms)
    draft.put_poll(closed)
    draft.tell(Polled(closed))
    _note(draft, member, "poll.close", closed)
    return draft.change()


def vote(state: MeetingState, participant_id: ParticipantId, poll_id: str, option: int, now_ms: int) -> Change:
    """Votes, or changes one's vote. The same vote again changes nothing.

    Raises MeetingEnded, WrongState (not in the meeting, or the poll is closed), NotFound, InvalidField or Throttled.
    """
    member = state.taking_part(participant_id, now_ms)
    before = _poll(state, poll_id)
    after = before.voted(poll.voter(member.person), option)
    draft = Draft(state, now_ms)
    if after is before:
        return draft.change()
    _spend(draft, member, now_ms)
    draft.put_poll(after)
    draft.tell(Voted(after))
    return draft.change()


def close_open(draft: Draft) -> None:
    """Closes the poll that is open, if there is one."""
    for asked in [one for one in draft.polls.values() if one.is_open]:
        closed = asked.closed(draft.now_ms)
        draft.put_poll(closed)
        draft.tell(Polled(closed))


def _in_charge(state: MeetingState, participant_id: ParticipantId, now_ms: int) -> Member:
    member = state.taking_part(participant_id, now_ms)
    if member.role < common_pb2.MEETING_ROLE_CO_HOST:
        raise PermissionDenied("only hosts and co-hosts open and close polls")
    return member


def _poll(state: MeetingState, poll_id: str) -> poll.Poll:
    found = state.polls.get(poll_id)
    if found is None:
        raise NotFound("no such poll")
    return found


def _spend(draft: Draft, member: Member, now_ms: int) -> None:
    draft.put(replace(member, busy_until_ms=allowance.spend(member.busy_until_ms, now_ms)))


def _note(draft: Draft, member: Member, action: str, asked: poll.Poll) -> None:
    detail = f"{member.name}: {asked.question}"
    if not asked.is_open:
        detail += f" ({asked.voters} votes)"
    draft.note(member, action, detail)
