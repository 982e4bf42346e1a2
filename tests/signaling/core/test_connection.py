"""The table of states, row by row."""

import itertools

import pytest

from services.common.errors import WrongState
from services.signaling.core.connection import Request, State, after, after_resume, state_now

ALLOWED = {
    State.CONNECTED: {Request.OPEN},
    State.PREVIEWING: {
        Request.ENTER,
        Request.NEGOTIATE,
        Request.RECONNECT,
        Request.LEAVE,
        Request.PING,
        Request.TIMINGS,
    },
    State.IN_MEETING: {
        Request.ENTER,
        Request.NEGOTIATE,
        Request.RECONNECT,
        Request.RAISE_HAND,
        Request.SAY,
        Request.LEAVE,
        Request.END_MEETING,
        Request.PING,
        Request.TIMINGS,
        Request.OPEN_POLL,
        Request.CLOSE_POLL,
        Request.VOTE,
        Request.MODERATE,
        Request.REACT,
    },
    State.WAITING: {
        Request.ENTER,
        Request.NEGOTIATE,
        Request.RECONNECT,
        Request.LEAVE,
        Request.PING,
        Request.TIMINGS,
    },
    State.CLOSED: set(),
}
MOVES = {
    Request.OPEN: State.PREVIEWING,
    Request.ENTER: State.IN_MEETING,
    Request.LEAVE: State.CLOSED,
    Request.END_MEETING: State.CLOSED,
}


@pytest.mark.parametrize(("state", "request_"), list(itertools.product(State, Request)))
def test_every_pair(state: State, request_: Request) -> None:
    if request_ in ALLOWED[state]:
        assert after(state, request_) is MOVES.get(request_, state)
    else:
        with pytest.raises(WrongState, match=request_.value):
            after(state, request_)


def test_resume_continues_where_the_session_was() -> None:
    assert after_resume(State.CONNECTED, entered=False) is State.PREVIEWING
    assert after_resume(State.CONNECTED, entered=True) is State.IN_MEETING


@pytest.mark.parametrize("state", [State.PREVIEWING, State.IN_MEETING, State.CLOSED])
def test_resume_is_a_first_message(state: State) -> None:
    with pytest.raises(WrongState):
        after_resume(state, entered=True)


def test_a_host_lets_who_waits_into_the_meeting() -> None:
    assert state_now(State.IN_MEETING, waiting=True) is State.WAITING
    assert state_now(State.WAITING, waiting=False) is State.IN_MEETING
    assert state_now(State.PREVIEWING, waiting=True) is State.PREVIEWING
