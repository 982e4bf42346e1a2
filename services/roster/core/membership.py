"""One participant's membership of a meeting as a table."""

from __future__ import annotations

import enum

from services.common.errors import DomainError, LobbyDenied, Removed, WrongState
from sipulung.roster.v1 import attendance_pb2


class Membership(enum.Enum):
    """How a participant stands to the meeting; always exactly one of these."""

    ABSENT = enum.auto()
    PRESENT = enum.auto()
    LOST = enum.auto()
    LEFT = enum.auto()
    REMOVED = enum.auto()
    # In the lobby, and turned away from it.
    WAITING = enum.auto()
    DENIED = enum.auto()


class Move(enum.Enum):
    """What can happen to a membership."""

    JOIN = enum.auto()
    LEAVE = enum.auto()
    REMOVE = enum.auto()
    # Into the lobby, and out of it.
    WAIT = enum.auto()
    ADMIT = enum.auto()
    DENY = enum.auto()
    # Media was lost, and came back.
    LOSE = enum.auto()
    RETURN = enum.auto()


# The new membership, or the refusal. A pair that is not here is a bug of the caller, not of the person: presence
# reports are looked at before they become moves (presence.py), so that one never brings back somebody who left.
_MOVES: dict[tuple[Membership, Move], Membership | type[DomainError]] = {
    (Membership.ABSENT, Move.JOIN): Membership.PRESENT,
    (Membership.PRESENT, Move.JOIN): Membership.PRESENT,
    (Membership.LOST, Move.JOIN): Membership.PRESENT,
    (Membership.LEFT, Move.JOIN): Membership.PRESENT,
    (Membership.REMOVED, Move.JOIN): Removed,
    (Membership.ABSENT, Move.LEAVE): WrongState,
    (Membership.PRESENT, Move.LEAVE): Membership.LEFT,
    (Membership.LOST, Move.LEAVE): Membership.LEFT,
    (Membership.LEFT, Move.LEAVE): Membership.LEFT,
    (Membership.REMOVED, Move.LEAVE): Membership.REMOVED,
    (Membership.PRESENT, Move.REMOVE): Membership.REMOVED,
    (Membership.LOST, Move.REMOVE): Membership.REMOVED,
    (Membership.LEFT, Move.REMOVE): Membership.REMOVED,
    (Membership.PRESENT, Move.LOSE): Membership.LOST,
    (Membership.LOST, Move.RETURN): Membership.PRESENT,
    (Membership.ABSENT, Move.WAIT): Membership.WAITING,
    (Membership.WAITING, Move.JOIN): Membership.WAITING,
    (Membership.WAITING, Move.ADMIT): Membership.PRESENT,
    (Membership.WAITING, Move.DENY): Membership.DENIED,
    (Membership.WAITING, Move.REMOVE): Membership.REMOVED,
    # Nothing remains of somebody who only waited.
    (Membership.WAITING, Move.LEAVE): Membership.ABSENT,
    (Membership.DENIED, Move.JOIN): LobbyDenied,
    (Membership.DENIED, Move.LEAVE): Membership.DENIED,
}

# What the attendance log says of a change.
_RECORDS: dict[tuple[Membership, Membership], attendance_pb2.AttendanceKind.ValueType] = {
    (Membership.ABSENT, Membership.PRESENT): attendance_pb2.ATTENDANCE_KIND_JOINED,
    (Membership.LEFT, Membership.PRESENT): attendance_pb2.ATTENDANCE_KIND_JOINED,
    (Membership.WAITING, Membership.PRESENT): attendance_pb2.ATTENDANCE_KIND_JOINED,
    (Membership.LOST, Membership.PRESENT): attendance_pb2.ATTENDANCE_KIND_RETURNED,
    (Membership.PRESENT, Membership.LOST): attendance_pb2.ATTENDANCE_KIND_LOST,
    (Membership.PRESENT, Membership.LEFT): attendance_pb2.ATTENDANCE_KIND_LEFT,
    (Membership.LOST, Membership.LEFT): attendance_pb2.ATTENDANCE_KIND_LEFT,
    (Membership.PRESENT, Membership.REMOVED): attendance_pb2.ATTENDANCE_KIND_LEFT,
    (Membership.LOST, Membership.REMOVED): attendance_pb2.ATTENDANCE_KIND_LEFT,
}

# A tuple, not a set: an Enum's hash is a call of Python, and each event asks this of everybody.
IN_MEETING = (Membership.PRESENT, Membership.LOST)
# Who is or was in the meeting: they need not be let in again, and keep what a host made of them.
WAS_HERE = (*IN_MEETING, Membership.LEFT)


def moved(membership: Membership, move: Move) -> Membership:
    """The membership after `move`. Raises Removed, LobbyDenied or WrongState (a leave without a join)."""
    outcome = _MOVES[membership, move]
    if isinstance(outcome, Membership):
        return outcome
    raise outcome(f"{move.name.lower()} is not possible for a participant who is {membership.name.lower()}")


def record_of(before: Membership, after: Membership) -> attendance_pb2.AttendanceKind.ValueType | None:
    """What the attendance log says of this change; None when it says nothing."""
    return _RECORDS.get((before, after))
