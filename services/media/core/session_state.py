"""The life of a media session, as a table."""

from enum import Enum, auto
from typing import Final


class State(Enum):
    # Answered; nothing came yet.
    OPENING = auto()
    # An ICE check passed; DTLS is under way.
    CONNECTING = auto()
    CONNECTED = auto()
    # Nothing authenticated came for some seconds.
    SILENT = auto()
    CLOSED = auto()


class Happening(Enum):
    PAIR = auto()
    SECURED = auto()
    SILENCE = auto()
    END = auto()


class ImpossibleTransition(AssertionError):
    """A bug: the caller let something happen that cannot in this state."""


_TRANSITIONS: Final = {
    (State.OPENING, Happening.PAIR): State.CONNECTING,
    # A check passed and its path closed before DTLS began.
    (State.OPENING, Happening.SILENCE): State.OPENING,
    (State.OPENING, Happening.END): State.CLOSED,
    (State.CONNECTING, Happening.PAIR): State.CONNECTING,
    (State.CONNECTING, Happening.SECURED): State.CONNECTED,
    (State.CONNECTING, Happening.SILENCE): State.OPENING,
    (State.CONNECTING, Happening.END): State.CLOSED,
    (State.CONNECTED, Happening.PAIR): State.CONNECTED,
    (State.CONNECTED, Happening.SILENCE): State.SILENT,
    (State.CONNECTED, Happening.END): State.CLOSED,
    (State.SILENT, Happening.PAIR): State.CONNECTED,
    (State.SILENT, Happening.SILENCE): State.SILENT,
    (State.SILENT, Happening.END): State.CLOSED,
    # A record that was under way when silence was reported may still finish the handshake.
    (State.OPENING, Happening.SECURED): State.CONNECTED,
    (State.CLOSED, Happening.SECURED): State.CLOSED,
}

# How long a session may stay in a state, in ms. A preview may wait longer than signaling lets it; this is the backstop.
_UNCONNECTED_MS: Final = 30_000
_SILENT_MS: Final = 60_000


def step(state: State, happening: Happening) -> State:
    """Raises ImpossibleTransition for a pair that the table lacks."""
    try:
        return _TRANSITIONS[state, happening]
    except KeyError:
        raise ImpossibleTransition(f"{happening.name} in {state.name}") from None


def lifetime_ms(state: State, admitted: bool, preview_ms: int) -> int | None:
    """How long a session may stay as it is; None: for ever."""
    if state in (State.OPENING, State.CONNECTING):
        return _UNCONNECTED_MS
    if state is State.SILENT:
        return _SILENT_MS
    return None if admitted or state is State.CLOSED else preview_ms
