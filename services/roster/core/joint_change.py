"""Several changes of one meeting, each made on the state that the one before left, as one that is written at once."""

from __future__ import annotations

from services.roster.core.change import Change


def may_join(change: Change) -> bool:
    """Whether a change may be written together with others.

    Not one by which the meeting itself becomes another: what a new occurrence clears away would take with it what was
    said in it already.
    """
    return not (change.redefined or change.past)


def joined(first: Change, then: Change) -> Change:
    """What both change together. Both may join, and `then` was made on the state of `first`."""
    assert then.before is first.state, "a change follows the one that it was made after"
    written = {member.person.participant_id: member for member in first.written}
    for participant_id in then.forgotten:
        written.pop(participant_id, None)
    written |= {member.person.participant_id: member for member in then.written}
    # Whoever was forgotten and came again is to be kept: what is forgotten is deleted after all has been written.
    forgotten = [one for one in (*first.forgotten, *then.forgotten) if one not in written]
    polls = {poll.poll_id: poll for poll in (*first.polls, *then.polls)}
    return Change(
        first.before,
        then.state,
        first.events + then.events,
        tuple(written.values()),
        tuple(forgotten),
        first.lines + then.lines,
        first.attendance + then.attendance,
        first.audit + then.audit,
        tuple(polls.values()),
    )
