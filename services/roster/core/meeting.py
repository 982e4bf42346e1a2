"""A meeting's definition and its states as a table."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from services.common.errors import DomainError, MeetingEnded, MeetingNotOpen
from services.common.ids import AccountId, MeetingId, TenantId
from services.roster.core.settings import OPEN, Settings


class Phase(enum.Enum):
    """Where a meeting stands. The first step is made by the clock, the last by its host."""

    NOT_OPEN = enum.auto()
    OPEN = enum.auto()
    ENDED = enum.auto()


class Act(enum.Enum):
    """What somebody wants to do with a meeting."""

    ENTER = enum.auto()
    ENTER_AS_HOST = enum.auto()
    TAKE_PART = enum.auto()
    EDIT = enum.auto()
    END = enum.auto()


# What each act leads to in each phase: a phase, or a refusal. Ending twice is no error, so that a lost answer can be
# asked for again.
_ACTS: dict[tuple[Phase, Act], Phase | type[DomainError]] = {
    (Phase.NOT_OPEN, Act.ENTER): MeetingNotOpen,
    (Phase.NOT_OPEN, Act.ENTER_AS_HOST): Phase.NOT_OPEN,
    (Phase.NOT_OPEN, Act.TAKE_PART): Phase.NOT_OPEN,
    (Phase.NOT_OPEN, Act.EDIT): Phase.NOT_OPEN,
    (Phase.NOT_OPEN, Act.END): Phase.ENDED,
    (Phase.OPEN, Act.ENTER): Phase.OPEN,
    (Phase.OPEN, Act.ENTER_AS_HOST): Phase.OPEN,
    (Phase.OPEN, Act.TAKE_PART): Phase.OPEN,
    (Phase.OPEN, Act.EDIT): Phase.OPEN,
    (Phase.OPEN, Act.END): Phase.ENDED,
    (Phase.ENDED, Act.ENTER): MeetingEnded,
    (Phase.ENDED, Act.ENTER_AS_HOST): MeetingEnded,
    (Phase.ENDED, Act.TAKE_PART): MeetingEnded,
    (Phase.ENDED, Act.EDIT): MeetingEnded,
    (Phase.ENDED, Act.END): Phase.ENDED,
}


@dataclass(frozen=True, slots=True)
class Definition:
    """What is kept of a meeting for as long as the instance lives. Times are Unix milliseconds, 0 = not yet."""

    meeting_id: MeetingId
    tenant_id: TenantId
    title: str
    owner_account_id: AccountId
    owner_name: str
    created_at_ms: int
    opens_at_ms: int
    capacity: int
    revision: int
    started_at_ms: int = 0
    ended_at_ms: int = 0
    settings: Settings = OPEN
    # Whom everybody sees large; "" for nobody.
    spotlight: str = ""
    # The unit of its owner when it was made; "" for none.
    owner_unit_id: str = ""

    def phase(self, now_ms: int) -> Phase:
        """Where the meeting stands at `now_ms`."""
        if self.ended_at_ms:
            return Phase.ENDED
        return Phase.NOT_OPEN if now_ms < self.opens_at_ms else Phase.OPEN

    def after(self, act: Act, now_ms: int) -> Phase:
        """The phase that `act` leads to. Raises MeetingNotOpen or MeetingEnded."""
        outcome = _ACTS[self.phase(now_ms), act]
        if isinstance(outcome, Phase):
            return outcome
        raise outcome(
            f"meeting {self.meeting_id}: {act.name.lower()} is not possible when {self.phase(now_ms).name.lower()}"
        )
