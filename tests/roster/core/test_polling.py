"""Polls in a meeting: who may do what, and that the counts are right whatever happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import (
    Conflict,
    DomainError,
    InvalidField,
    MeetingEnded,
    NotFound,
    PermissionDenied,
    Throttled,
    WrongState,
)
from services.common.ids import ParticipantId
from services.roster.core import allowance, commands, polling
from services.roster.core.change import Change, Ended, Left, Polled, Voted
from services.roster.core.state import MeetingState
from tests.roster.core.scene import NOON, meeting, person, with_people

ANDI, BUDI, CICI = ParticipantId("andi"), ParticipantId("budi"), ParticipantId("cici")
OPTIONS = ("ya", "tidak", "tidak tahu")


def three() -> MeetingState:
    return with_people(person("Andi", host=True), person("Budi", account="x"), person("Cici"))


def opened(state: MeetingState | None = None) -> tuple[MeetingState, str]:
    change = polling.open_poll(state or three(), ANDI, "4", "Setuju?", OPTIONS, NOON)
    return change.state, change.polls[0].poll_id


def test_from_the_question_to_the_result() -> None:
    change = polling.open_poll(three(), ANDI, "4", "Setuju?", OPTIONS, NOON)
    [asked] = change.polls
    assert [type(event.what) for event in change.events] == [Polled]
    assert (asked.poll_id, asked.question, asked.options, asked.by_name) == ("4", "Setuju?", OPTIONS, "Andi")
    assert [(note.actor, note.action, note.object, note.detail) for note in change.audit] == [
        ("participant:andi", "poll.open", "meeting:8123456789", "Andi: Setuju?")
    ]
    voted = polling.vote(change.state, BUDI, "4", 1, NOON + 1)
    assert [type(event.what) for event in voted.events] == [Voted]
    assert (voted.state.polls["4"].voters, voted.audit) == (1, ())
    state = polling.vote(voted.state, ANDI, "4", 1, NOON + 2).state
    closed = polling.close_poll(state, ANDI, "4", NOON + 3)
    assert closed.state.polls["4"].shown == (0, 2, 0)
    assert [(note.action, note.detail) for note in closed.audit] == [("poll.close", "Andi: Setuju? (2 votes)")]
    assert polling.close_poll(closed.state, ANDI, "4", NOON + 4).empty
    with pytest.raises(WrongState):
        polling.vote(closed.state, CICI, "4", 0, NOON + 4)


def test_the_same_vote_again_is_no_news() -> None:
    state, poll_id = opened()
    state = polling.vote(state, BUDI, poll_id, 1, NOON).state
    assert polling.vote(state, BUDI, poll_id, 1, NOON).empty
    assert not polling.vote(state, BUDI, poll_id, 2, NOON).empty


def test_an_account_on_two_devices_has_one_vote() -> None:
    state, poll_id = opened()
    state = polling.vote(state, BUDI, poll_id, 1, NOON).state
    state = commands.leave(state, CICI, NOON).state
    state = commands.join(state, person("Budi", "budi2", account="x", device="laptop"), NOON).state
    state = polling.vote(state, ParticipantId("budi2"), poll_id, 0, NOON).state
    assert polling.close_poll(state, ANDI, poll_id, NOON).state.polls[poll_id].shown == (1, 0, 0)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda state: polling.open_poll(state, BUDI, "5", "Mengapa?", OPTIONS, NOON), PermissionDenied),
        (lambda state: polling.close_poll(state, BUDI, "4", NOON), PermissionDenied),
        (lambda state: polling.open_poll(state, ANDI, "5", "Mengapa?", OPTIONS, NOON), Conflict),
        (lambda state: polling.close_poll(state, ANDI, "99", NOON), NotFound),
        (lambda state: polling.vote(state, BUDI, "99", 0, NOON), NotFound),
        (lambda state: polling.vote(state, BUDI, "4", 3, NOON), InvalidField),
        (lambda state: polling.vote(state, ParticipantId("nobody"), "4", 0, NOON), WrongState),
    ],
)
def test_what_is_refused(act: Callable[[MeetingState], Change], error: type[DomainError]) -> None:
    state, _ = opened()
    with pytest.raises(error):
        act(state)


def test_a_bad_question_leaves_nothing_behind() -> None:
    with pytest.raises(InvalidField):
        polling.open_poll(three(), ANDI, "4", "Setuju?", ("ya",), NOON)


def test_twenty_polls_are_enough() -> None:
    state, now_ms = three(), NOON
    for number in range(polling.MOST_POLLS):
        now_ms += 10_000
        change = polling.open_poll(state, ANDI, str(number), "Setuju?", OPTIONS, now_ms)
        state = polling.close_poll(change.state, ANDI, change.polls[0].poll_id, now_ms).state
    with pytest.raises(WrongState):
        polling.open_poll(state, ANDI, "x", "Setuju?", OPTIONS, now_ms + 10_000)


def test_nobody_votes_back_and_forth_without_end() -> None:
    state, poll_id = opened()
    for number in range(allowance.BURST):
        state = polling.vote(state, BUDI, poll_id, number % 2, NOON).state
    with pytest.raises(Throttled):
        polling.vote(state, BUDI, poll_id, 2, NOON)


def test_the_end_of_the_meeting_closes_it_first() -> None:
    state, poll_id = opened()
    state = polling.vote(state, BUDI, poll_id, 1, NOON).state
    ended = commands.end(state, "account:x", NOON + 5)
    assert [type(event.what) for event in ended.events] == [Polled, Left, Left, Left, Ended]
    assert ended.state.polls[poll_id].shown == (0, 1, 0)
    assert not ended.state.polls[poll_id].votes
    with pytest.raises(MeetingEnded):
        polling.vote(ended.state, BUDI, poll_id, 0, NOON + 6)


PEOPLE = [
    person("Andi", host=True),
    person("Budi", "b1", account="x", device="d1"),
    person("Budi", "b2", account="x", device="d2"),
    person("Cici", "c1", device="d3"),
    person("cici", "c2", device="d3"),
    person("Dedi", "d1", device="d3"),
]
# Two of account x, two of "cici" from one device.
PERSONS = {"andi": "andi", "b1": "budi", "b2": "budi", "c1": "cici", "c2": "cici", "d1": "dedi"}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "leave", "open", "close", "vote", "vote", "vote", "end"]),
        st.sampled_from(PEOPLE),
        st.integers(0, 3),
        st.integers(-2_000, 10_000),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_any_sequence(steps: list[tuple[str, object, int, int]]) -> None:
    """Against a ledger of its own: who last voted what, in which poll."""
    state, now_ms = with_people(PEOPLE[0], state=meeting(capacity=20)), NOON
    ledger: dict[str, dict[str, int]] = {}
    for action, someone, number, passed in steps:
        now_ms += passed
        assert hasattr(someone, "participant_id")
        who = someone.participant_id
        newest = list(state.polls)[-1] if state.polls else ""
        try:
            change = _step(state, action, who, newest, number, now_ms)
        except DomainError:
            continue
        if action == "vote":
            ledger.setdefault(newest, {})[PERSONS[who]] = number
        assert action not in ("open", "close") or who == "andi", "only a host is in charge"
        assert {key for key, one in change.state.polls.items() if one is not state.polls.get(key)} == {
            one.poll_id for one in change.polls
        }, "what differs is what is written"
        state = change.state
        assert sum(one.is_open for one in state.polls.values()) <= 1
        assert len(state.polls) <= polling.MOST_POLLS
        for poll_id, one in state.polls.items():
            chosen = list(ledger.get(poll_id, {}).values())
            assert one.voters == len(chosen)
            expected = tuple(chosen.count(option) for option in range(len(OPTIONS)))
            assert one.shown == ((0, 0, 0) if one.is_open else expected)
            assert one.is_open or not one.votes


def _step(state: MeetingState, action: str, who: ParticipantId, poll_id: str, number: int, now_ms: int) -> Change:
    match action:
        case "join":
            return commands.join(state, next(one for one in PEOPLE if one.participant_id == who), now_ms)
        case "leave":
            return commands.leave(state, who, now_ms)
        case "open":
            return polling.open_poll(state, who, str(state.sequence), "Setuju?", OPTIONS, now_ms)
        case "close":
            return polling.close_poll(state, who, poll_id, now_ms)
        case "vote":
            return polling.vote(state, who, poll_id, number, now_ms)
    return commands.end(state, "account:x", now_ms) if number == 0 and who == "andi" else Change(state, state)
