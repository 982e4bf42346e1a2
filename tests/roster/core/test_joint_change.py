"""Changes that are written together leave what they would have left one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import DomainError
from services.common.ids import ParticipantId
from services.roster.core import commands, polling
from services.roster.core.change import Change
from services.roster.core.joint_change import joined, may_join
from services.roster.core.member import Member
from services.roster.core.poll import Poll
from services.roster.core.state import MeetingState
from tests.roster.core.scene import NOON, meeting, person, with_people
from tests.roster.core.test_properties import PEOPLE, STEPS, step


@dataclass
class Stored:
    """What the script COMMIT (services/roster/scripts.py) leaves, in its order: what is written, then forgotten."""

    sequence: int = 0
    members: dict[ParticipantId, Member] = field(default_factory=dict)
    polls: dict[str, Poll] = field(default_factory=dict)
    logs: dict[str, list[Any]] = field(default_factory=dict)

    def commit(self, change: Change) -> None:
        assert change.before.sequence == self.sequence
        self.sequence = change.state.sequence
        self.members |= {member.person.participant_id: member for member in change.written}
        for participant_id in change.forgotten:
            self.members.pop(participant_id, None)
        self.polls |= {poll.poll_id: poll for poll in change.polls}
        for name in ("events", "lines", "attendance", "audit"):
            self.logs.setdefault(name, []).extend(getattr(change, name))


@settings(max_examples=300, deadline=None)
@given(STEPS, st.integers(1, 5))
def test_any_sequence_in_rounds_of_any_length(steps: list[tuple[str, int, int, int]], length: int) -> None:
    state, now_ms = meeting(capacity=3), NOON
    one_by_one, in_rounds = Stored(), Stored()
    whole: Change | None = None
    count = 0
    for action, number, other, passed in steps:
        now_ms += passed
        try:
            change = step(state, action, number, other, now_ms)
        except DomainError:
            continue
        if change.empty:
            continue
        one_by_one.commit(change)
        if whole is not None and count < length and may_join(whole) and may_join(change):
            whole, count = joined(whole, change), count + 1
        else:
            if whole is not None:
                in_rounds.commit(whole)
            whole, count = change, 1
        state = change.state
    if whole is not None:
        in_rounds.commit(whole)
        assert whole.state is state
    assert in_rounds == one_by_one
    assert in_rounds.members == state.members


def test_what_redefines_the_meeting_is_written_by_itself() -> None:
    first = commands.join(meeting(), PEOPLE[0], NOON)
    assert first.redefined, "the meeting has begun"
    assert not may_join(first)
    assert may_join(commands.raise_hand(first.state, PEOPLE[0].participant_id, True, NOON))


def test_whoever_is_forgotten_and_comes_again_is_kept() -> None:
    budi, cici = person("Budi"), person("Cici")
    state = with_people(budi, cici)
    without = replace(state, members={budi.participant_id: state.members[budi.participant_id]})
    forgotten = Change(state, without, forgotten=(cici.participant_id,))
    again = Change(without, state, written=(state.members[cici.participant_id],))
    both = joined(forgotten, again)
    assert both.forgotten == ()
    assert both.written == (state.members[cici.participant_id],)
    there_and_away = joined(again, Change(state, without, forgotten=(cici.participant_id,)))
    assert there_and_away.written == ()
    assert there_and_away.forgotten == (cici.participant_id,)


def test_of_a_poll_the_last_form_is_written() -> None:
    state = with_people(person("Andi", host=True), person("Budi"))
    opened = polling.open_poll(state, ParticipantId("andi"), "p", "Setuju?", ("Ya", "Tidak"), NOON)
    voted = polling.vote(opened.state, ParticipantId("budi"), "p", 1, NOON)
    assert joined(opened, voted).polls == voted.polls


def test_changes_of_different_states_are_no_sequence() -> None:
    state = with_people(person("Budi"), person("Cici"))
    hands = [commands.raise_hand(state, ParticipantId(name), True, NOON) for name in ("budi", "cici")]
    with pytest.raises(AssertionError, match="follows"):
        joined(*hands)


def test_a_meeting_that_nobody_touched() -> None:
    state: MeetingState = meeting()
    assert may_join(Change(state, state))
