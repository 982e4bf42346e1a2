"""Commands for one meeting, in the order in which they came: those that came meanwhile are carried out together."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.common.errors import DomainError, Unavailable
from services.common.telemetry import traceparent
from services.common.tenancy import tenant_scope
from services.roster.core.change import Change
from services.roster.core.joint_change import joined, may_join
from services.roster.core.state import MeetingState
from services.roster.keys import MeetingRef
from sipulung.common.v1 import common_pb2

Command = Callable[[MeetingState, int], Change]
# As many events as a watcher is told together (services/roster/feeds.py).
MAX_JOINT = 100


@dataclass(eq=False, slots=True)
class Turn:
    """One command, whoever waits for it, and the trace that it belongs to."""

    command: Command
    fsync: bool
    started: float
    done: asyncio.Future[Change]
    tries: int = 0
    trace: common_pb2.TraceContext = field(default_factory=traceparent)

    def fail(self, error: Exception) -> None:
        """Unless nobody waits any more."""
        if not self.done.done():
            self.done.set_exception(error)

    def again(self, most: int) -> bool:
        """Another replica was first. False, and answered, when that was so too often."""
        self.tries += 1
        if self.tries < most:
            return True
        self.fail(Unavailable("the meeting is being changed by too many at once"))
        return False

    def succeed(self, change: Change) -> None:
        """Unless nobody waits any more."""
        if not self.done.done():
            self.done.set_result(change)


@dataclass(slots=True)
class Round:
    """The turns that are written together, with what each of them changes."""

    turns: list[tuple[Turn, Change]] = field(default_factory=list)
    whole: Change | None = None

    def add(self, turn: Turn, change: Change) -> None:
        """The next one."""
        self.whole = change if self.whole is None else joined(self.whole, change)
        self.turns.append((turn, change))

    @property
    def fsync(self) -> bool:
        """Whether one of them must not be lost."""
        return any(turn.fsync for turn, _ in self.turns)


def next_round(state: MeetingState, waiting: list[Turn], now_ms: int, *, fresh: bool) -> Round:
    """Takes from `waiting` what can be written together on that state; what cannot be done is answered.

    A refusal and a "nothing to do" count only on what is stored: not on a state in memory, which may be old (not
    `fresh`), nor on what this round may yet fail to write. The round ends before such a command, and is empty where
    that is the first.
    """
    round_ = Round()
    while waiting and len(round_.turns) < MAX_JOINT:
        turn = waiting[0]
        stored = fresh and round_.whole is None
        if turn.done.done():
            # Whoever asked has gone before its turn came: it was never begun.
            waiting.pop(0)
            continue
        try:
            change = turn.command(round_.whole.state if round_.whole is not None else state, now_ms)
            if round_.whole is not None and not (may_join(round_.whole) and may_join(change)):
                break
            if not change.empty:
                round_.add(turn, change)
            elif stored:
                turn.succeed(change)
            else:
                break
        except DomainError as error:
            if not stored:
                break
            turn.fail(error)
        except Exception as error:  # A fault of one command: the others have no part in it.
            turn.fail(error)
        waiting.pop(0)
    return round_


class Turns:
    """The queues of all meetings."""

    def __init__(self, carry_out: Callable[[MeetingRef, list[Turn]], Awaitable[None]]) -> None:
        """`carry_out` takes turns from the list, which grows meanwhile, until it is empty, and answers each."""
        self._carry_out = carry_out
        self._waiting: dict[MeetingRef, list[Turn]] = {}
        self._work: set[asyncio.Task[None]] = set()

    async def take(self, ref: MeetingRef, command: Command, *, fsync: bool) -> Change:
        """What the command changed, once it is written. Raises what `carry_out` answers it with.

        A task of its own writes for all who wait: that one of them gives up keeps nothing from the others.
        """
        turn = Turn(command, fsync, time.perf_counter(), asyncio.get_running_loop().create_future())
        waiting = self._waiting.get(ref)
        if waiting is None:
            waiting = self._waiting[ref] = []
            # It is no part of the trace of who happened to come first.
            task = asyncio.create_task(self._run(ref, waiting), context=contextvars.Context())
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        waiting.append(turn)
        return await turn.done

    async def _run(self, ref: MeetingRef, waiting: list[Turn]) -> None:
        try:
            with tenant_scope(ref.tenant_id):
                await self._carry_out(ref, waiting)
        except Exception as error:  # Whoever asked hears of it, and the edge that they came by tells the log.
            for turn in waiting:
                turn.fail(error)
        finally:
            del self._waiting[ref]
            for turn in waiting:
                turn.fail(Unavailable("this replica is being stopped"))
