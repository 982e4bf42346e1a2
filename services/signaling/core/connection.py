"""The states of a client's connection, as a table: what it may ask for in which state."""

from __future__ import annotations

from enum import Enum
from typing import Final

from services.common.errors import WrongState


class State(Enum):
    """Where a connection is between its first message and its end."""

    CONNECTED = "connected"
    PREVIEWING = "previewing"
    # In the lobby.
    WAITING = "waiting"
    IN_MEETING = "in meeting"
    CLOSED = "closed"


class Request(Enum):
    """The bodies of a ClientMessage, named as the fields of its oneof."""

    OPEN = "open"
    RESUME = "resume"
    ENTER = "enter"
    NEGOTIATE = "negotiate"
    RECONNECT = "reconnect"
    RAISE_HAND = "raise_hand"
    SAY = "say"
    LEAVE = "leave"
    END_MEETING = "end_meeting"
    PING = "ping"
    TIMINGS = "timings"
    OPEN_POLL = "open_poll"
    CLOSE_POLL = "close_poll"
    VOTE = "vote"
    MODERATE = "moderate"
    REACT = "react"


# What a hundred people may all ask for within a second.
FREQUENT: Final = frozenset({Request.RAISE_HAND, Request.SAY, Request.REACT, Request.VOTE})

# The state after the request succeeded. `resume` is not here: it continues the state that its session was in.
_TRANSITIONS: Final[dict[tuple[State, Request], State]] = {
    (State.CONNECTED, Request.OPEN): State.PREVIEWING,
    (State.PREVIEWING, Request.ENTER): State.IN_MEETING,
    (State.PREVIEWING, Request.NEGOTIATE): State.PREVIEWING,
    (State.PREVIEWING, Request.RECONNECT): State.PREVIEWING,
    (State.PREVIEWING, Request.LEAVE): State.CLOSED,
    (State.PREVIEWING, Request.PING): State.PREVIEWING,
    (State.PREVIEWING, Request.TIMINGS): State.PREVIEWING,
    # Its answer was lost with the socket: the client asks again, and is told again.
    (State.IN_MEETING, Request.ENTER): State.IN_MEETING,
    (State.IN_MEETING, Request.NEGOTIATE): State.IN_MEETING,
    (State.IN_MEETING, Request.RECONNECT): State.IN_MEETING,
    (State.IN_MEETING, Request.RAISE_HAND): State.IN_MEETING,
    (State.IN_MEETING, Request.SAY): State.IN_MEETING,
    (State.IN_MEETING, Request.LEAVE): State.CLOSED,
    (State.IN_MEETING, Request.END_MEETING): State.CLOSED,
    (State.IN_MEETING, Request.PING): State.IN_MEETING,
    (State.IN_MEETING, Request.TIMINGS): State.IN_MEETING,
    (State.IN_MEETING, Request.OPEN_POLL): State.IN_MEETING,
    (State.IN_MEETING, Request.CLOSE_POLL): State.IN_MEETING,
    (State.IN_MEETING, Request.VOTE): State.IN_MEETING,
    (State.IN_MEETING, Request.MODERATE): State.IN_MEETING,
    (State.IN_MEETING, Request.REACT): State.IN_MEETING,
    (State.WAITING, Request.ENTER): State.IN_MEETING,
    (State.WAITING, Request.NEGOTIATE): State.WAITING,
    (State.WAITING, Request.RECONNECT): State.WAITING,
    (State.WAITING, Request.LEAVE): State.CLOSED,
    (State.WAITING, Request.PING): State.WAITING,
    (State.WAITING, Request.TIMINGS): State.WAITING,
}


def after(state: State, request: Request) -> State:
    """The state that `request` leads to from `state`. Raises WrongState when the protocol has no such step."""
    following = _TRANSITIONS.get((state, request))
    if following is None:
        raise WrongState(f"'{request.value}' is not possible while {state.value}")
    return following


def state_now(state: State, *, waiting: bool) -> State:
    """The state of a connection: others decide whether who entered waits or is in the meeting."""
    if state in (State.WAITING, State.IN_MEETING):
        return State.WAITING if waiting else State.IN_MEETING
    return state


def after_resume(state: State, *, entered: bool) -> State:
    """The state of a connection that took over a session. Raises WrongState unless it is the connection's first
    request."""
    if state is not State.CONNECTED:
        raise WrongState(f"'resume' is not possible while {state.value}")
    return State.IN_MEETING if entered else State.PREVIEWING
