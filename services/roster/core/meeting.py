"""A meeting's definition and its states as a table."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from services.common.errors import DomainError, MeetingCancelled, MeetingEnded, MeetingNotOpen
from services.common.ids import AccountId, MeetingId, TenantId
from services.roster.core.schedule import Occurrence, Schedule
from services.roster.core.settings import OPEN, Settings


class Phase(enum.Enum):
    """Where a meeting stands. It opens by the clock and ends by its host, or by itself when it is over.

    A recurring meeting is NOT_OPEN again after each of its occurrences but the last.
    """

    NOT_OPEN = enum.auto()
    OPEN = enum.auto()
    ENDED = enum.auto()
    CANCELLED = enum.auto()


class Act(enum.Enum):
    """What somebody wants to do with a meeting."""

    ENTER = enum.auto()
    ENTER_AS_HOST = enum.auto()
    TAKE_PART = enum.auto()
    EDIT = enum.auto()
    END = enum.auto()
    CANCEL = enum.auto()


# What each act leads to in each phase: a phase, or a refusal. Ending or cancelling twice is no error, so that a lost
# answer can be asked for again.
_ACTS: dict[tuple[Phase, Act], Phase | type[DomainError]] = {
    (Phase.NOT_OPEN, Act.ENTER): MeetingNotOpen,
    (Phase.NOT_OPEN, Act.ENTER_AS_HOST): Phase.NOT_OPEN,
    (Phase.NOT_OPEN, Act.TAKE_PART): Phase.NOT_OPEN,
    (Phase.NOT_OPEN, Act.EDIT): Phase.NOT_OPEN,
    (Phase.NOT_OPEN, Act.END): Phase.ENDED,
    (Phase.NOT_OPEN, Act.CANCEL): Phase.CANCELLED,
    (Phase.OPEN, Act.ENTER): Phase.OPEN,
    (Phase.OPEN, Act.ENTER_AS_HOST): Phase.OPEN,
    (Phase.OPEN, Act.TAKE_PART): Phase.OPEN,
    (Phase.OPEN, Act.EDIT): Phase.OPEN,
    (Phase.OPEN, Act.END): Phase.ENDED,
    (Phase.OPEN, Act.CANCEL): Phase.CANCELLED,
    (Phase.ENDED, Act.ENTER): MeetingEnded,
    (Phase.ENDED, Act.ENTER_AS_HOST): MeetingEnded,
    (Phase.ENDED, Act.TAKE_PART): MeetingEnded,
    (Phase.ENDED, Act.EDIT): MeetingEnded,
    (Phase.ENDED, Act.END): Phase.ENDED,
    (Phase.ENDED, Act.CANCEL): MeetingEnded,
    (Phase.CANCELLED, Act.ENTER): MeetingCancelled,
    (Phase.CANCELLED, Act.ENTER_AS_HOST): MeetingCancelled,
    (Phase.CANCELLED, Act.TAKE_PART): MeetingCancelled,
    (Phase.CANCELLED, Act.EDIT): MeetingCancelled,
    (Phase.CANCELLED, Act.END): MeetingCancelled,
    (Phase.CANCELLED, Act.CANCEL): Phase.CANCELLED,
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
    # Of the present occurrence, or the last one.
    started_at_ms: int = 0
    # For good.
    ended_at_ms: int = 0
    settings: Settings = OPEN
    # Whom everybody sees large; "" for nobody.
    spotlight: str = ""
    # The unit of its owner when it was made; "" for none.
    owner_unit_id: str = ""
    schedule: Schedule | None = None
    cancelled_at_ms: int = 0
    # How many occurrences have begun, and when the last one ended.
    occurrences: int = 0
    occurrence_ended_at_ms: int = 0
    # The planned beginnings of the occurrence that began last, and of the last one that is over.
    planned_at_ms: int = 0
    passed_at_ms: int = 0
    # How many were in it at the same time.
    most_present: int = 0

    @property
    def running(self) -> bool:
        """Somebody has been in the occurrence that began last, and it has not ended."""
        return bool(self.started_at_ms) and not (self.occurrence_ended_at_ms or self.ended_at_ms)

    @property
    def closed(self) -> bool:
        """Nothing will ever happen in it again, and that is written down."""
        return bool(self.ended_at_ms or self.cancelled_at_ms)

    def coming(self, now_ms: int) -> Occurrence | None:
        """The planned occurrence that is on or comes next; None for a meeting without one."""
        if self.schedule is None or self.closed:
            return None
        if self.running:
            return self.schedule.planned(self.planned_at_ms)
        return self.schedule.coming(self.passed_at_ms, now_ms)

    def possible(self, now_ms: int) -> Occurrence | None:
        """The one that is on or comes next if the tenant takes its holidays back. Not for a meeting that is running."""
        if self.schedule is None or self.closed:
            return None
        return self.schedule.despite_holidays.coming(self.passed_at_ms, now_ms)

    def tried(self, now_ms: int) -> bool:
        """Whether it is running before it opens: a host tries the room."""
        return self.running and self.phase(now_ms) is Phase.NOT_OPEN

    def opening_ms(self, now_ms: int) -> int:
        """When it opens, or opened; 0: it was open from the beginning, or opens no more."""
        if self.schedule is None:
            return self.opens_at_ms
        occurrence = self.coming(now_ms)
        return occurrence.opens_at_ms if occurrence else 0

    def phase(self, now_ms: int) -> Phase:
        """Where the meeting stands at `now_ms`."""
        if self.cancelled_at_ms:
            return Phase.CANCELLED
        if self.ended_at_ms:
            return Phase.ENDED
        if self.schedule is not None and self.coming(now_ms) is None:
            return Phase.ENDED
        return Phase.NOT_OPEN if now_ms < self.opening_ms(now_ms) else Phase.OPEN

    def after(self, act: Act, now_ms: int) -> Phase:
        """The phase that `act` leads to. Raises MeetingNotOpen, MeetingEnded or MeetingCancelled."""
        phase = self.phase(now_ms)
        outcome = _ACTS[phase, act]
        if isinstance(outcome, Phase):
            return outcome
        message = f"meeting {self.meeting_id}: {act.name.lower()} is not possible when {phase.name.lower()}"
        if outcome is MeetingNotOpen:
            zone = self.schedule.zone if self.schedule else ""
            raise MeetingNotOpen(message, opens_at_ms=self.opening_ms(now_ms), time_zone=zone, now_ms=now_ms)
        raise outcome(message)
