"""What a person may say of themselves after what they said before, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.common.errors import Throttled, WrongState
from sipulung.roster.v1 import office_pb2

State: TypeAlias = office_pb2.OfficeState.ValueType
NOTHING = office_pb2.OFFICE_STATE_UNSPECIFIED
PRESENT = office_pb2.OFFICE_STATE_PRESENT
BREAK = office_pb2.OFFICE_STATE_BREAK
DONE = office_pb2.OFFICE_STATE_DONE

# What each declaration leads to after each state; one that is absent is refused. PRESENT again tells of other work.
_MOVES: dict[tuple[State, State], State] = {
    (NOTHING, PRESENT): PRESENT,
    (PRESENT, PRESENT): PRESENT,
    (PRESENT, BREAK): BREAK,
    (PRESENT, DONE): DONE,
    (BREAK, PRESENT): PRESENT,
    (BREAK, BREAK): BREAK,
    (BREAK, DONE): DONE,
    (DONE, PRESENT): PRESENT,
    (DONE, DONE): DONE,
}
# No day of work has more; it bounds what one account can write.
MOST_A_DAY = 200
# Whoever works past midnight says until then that they are done with the day before: what follows is a day of its own.
CLOSING_MS = 12 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a person said, and when (Unix milliseconds)."""

    state: State
    at_ms: int
    note: str = ""
    client_id: str = ""


def declared(said: Sequence[Declaration], one: Declaration, end_ms: int) -> Declaration | None:
    """`one` as it is to be written down, dated behind the last; None when it changes nothing.

    Raises WrongState where it does not follow from what was said, Throttled (until the day ends) above MOST_A_DAY.
    """
    if any(other.client_id == one.client_id for other in said):
        return None
    last = said[-1] if said else Declaration(NOTHING, one.at_ms)
    if (last.state, one.state) not in _MOVES:
        raise WrongState("say that you are present first")
    if (last.state, last.note) == (one.state, one.note):
        return None
    if len(said) >= MOST_A_DAY:
        raise Throttled(max(end_ms - one.at_ms, 1), f"a day has at most {MOST_A_DAY} declarations")
    return Declaration(one.state, max(one.at_ms, last.at_ms), one.note, one.client_id)


def followed(said: Iterable[Declaration], start_ms: int, end_ms: int, now_ms: int) -> list[Declaration]:
    """The declarations of the day between these two that count: each once, possible after the one before, never dated
    backwards, or outside the day and what may lie behind it: being done, up to CLOSING_MS later.

    The order is that of the log, whatever the clocks said.
    """
    seen: set[str] = set()
    state, at_ms = NOTHING, start_ms
    kept: list[Declaration] = []
    for one in said:
        # Whoever was done after midnight was done with this day.
        if one.client_id in seen or (state, one.state) not in _MOVES or at_ms > end_ms:
            continue
        seen.add(one.client_id)
        latest_ms = end_ms + CLOSING_MS if one.state == DONE else end_ms
        state, at_ms = one.state, min(max(one.at_ms, at_ms), max(min(now_ms, latest_ms), start_ms))
        kept.append(Declaration(one.state, at_ms, one.note, one.client_id))
    return kept


def is_open(said: Sequence[Declaration]) -> bool:
    """Whether somebody is present or on a break, as far as they said."""
    return bool(said) and said[-1].state in (PRESENT, BREAK)
