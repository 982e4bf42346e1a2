"""Hears media nodes, and once a second looks at every meeting that somebody is in: who is lost, who is back, who left.

Every replica does this. They decide the same from the same reports, and the optimistic write lets one of them do it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from services.common.apart import Apart
from services.common.bus import Bus
from services.common.cancellation import heed_cancellation
from services.common.errors import DomainError
from services.common.ids import NodeId, ParticipantId
from services.common.store import STORE_TROUBLE
from services.common.tenancy import tenant_scope
from services.roster import codec
from services.roster.core import commands, lobby, succession
from services.roster.core.change import Change
from services.roster.core.membership import Membership, Move
from services.roster.core.presence import (
    Leases,
    MediaReports,
    SignalingReport,
    has_given_up,
    has_left,
    may_have_given_up,
    may_have_left,
    media_move,
)
from services.roster.core.state import MeetingState
from services.roster.keys import MeetingRef
from services.roster.ledger import Ledger
from services.roster.meetings import Meetings
from services.roster.metrics import RosterMetrics
from services.roster.store import RosterStore
from sipulung.media.v1 import media_pb2
from sipulung.roster.v1 import participant_pb2

SWEEP_S = 1.0
# A sweep that is this late, or a clock that is this far off, means that the machine slept or the clock was set.
_JUMP_S = 3.0
# An empty meeting is looked at a little longer, so that watchers who missed the last leave find out.
_RETIRE_AFTER_MS = 60_000
_log = logging.getLogger(__name__)


class Presence:
    """What this replica knows of who is there."""

    def __init__(
        self,
        meetings: Meetings,
        store: RosterStore,
        bus: Bus,
        ledger: Ledger,
        leases: Leases,
        metrics: RosterMetrics,
        now_ms: Callable[[], int],
    ) -> None:
        self._meetings = meetings
        self._store = store
        self._bus = bus
        self._ledger = ledger
        self._leases = leases
        self._metrics = metrics
        self._now_ms = now_ms
        self._media: dict[MeetingRef, MediaReports] = {}
        self._trusted_since_ms = now_ms()
        self._store_answers = True
        self._incarnation = ""
        self._clock = (time.monotonic(), now_ms())
        self._apart = Apart(_log, "a meeting cannot be looked at")

    def distrust(self) -> None:
        """We have not heard everything up to now: every lease counts from here."""
        self._trusted_since_ms = self._now_ms()

    async def hear(self, _: str, report: media_pb2.MediaPresence) -> None:
        """A media node's report. What it changes is done at once."""
        ref = codec.ref_of(report)
        now_ms = self._now_ms()
        reports = self._media.setdefault(ref, MediaReports())
        connected = [ParticipantId(participant_id) for participant_id in report.connected]
        lost = [ParticipantId(participant_id) for participant_id in report.lost]
        reports.hear(NodeId(report.node_id), connected, lost, now_ms)
        state = self._meetings.cached(ref)
        if lost or (state is not None and _any_lost(state, connected)):
            try:
                with tenant_scope(ref.tenant_id):
                    await self._judge(ref, await self._meetings.load(ref))
            except (DomainError, *STORE_TROUBLE) as error:
                _log.info("the next sweep looks again", extra={"meeting": ref.meeting_id, "error": repr(error)})

    async def report(self, reports: Sequence[participant_pb2.PresenceReport]) -> list[str]:
        """What signaling sees; returns "<meeting>/<participant>" of those who are not in their meeting."""
        now_ms = self._now_ms()
        refs = list(dict.fromkeys(codec.ref_of(report) for report in reports))
        states = await self._meetings.current(refs)
        unknown: list[str] = []
        said: dict[MeetingRef, dict[ParticipantId, SignalingReport]] = {ref: {} for ref in refs}
        for report in reports:
            ref = codec.ref_of(report)
            state = states.get(ref)
            for text, connected in [
                *((pid, False) for pid in report.disconnected),
                *((p, True) for p in report.connected),
            ]:
                participant_id = ParticipantId(text)
                member = state.members.get(participant_id) if state is not None else None
                if member is not None and (member.in_meeting or member.waiting):
                    said[ref][participant_id] = SignalingReport(now_ms, connected)
                elif connected:
                    unknown.append(f"{ref.meeting_id}/{participant_id}")
        await self._store.report(await self._news(said))
        return unknown

    async def _news(
        self, said: dict[MeetingRef, dict[ParticipantId, SignalingReport]]
    ) -> dict[MeetingRef, dict[ParticipantId, SignalingReport]]:
        """Without what was said before: that somebody is still gone must not look as if they had gone just now."""
        for ref, reports in said.items():
            gone = [participant_id for participant_id, report in reports.items() if not report.connected]
            if gone:
                for participant_id, before in (await self._store.reported(ref, gone)).items():
                    if not before.connected:
                        del reports[participant_id]
        return said

    async def run(self) -> None:
        """Sweeps until cancelled."""
        while True:
            self._look_at_clock()
            try:
                await self._notice_restart()
                await self.sweep()
            except STORE_TROUBLE as error:
                if self._store_answers:
                    _log.warning("the store does not answer", extra={"error": repr(error)})
                self._store_answers = False
            except Exception:  # The sweep must go on the next second.
                _log.exception("sweep failed")
            heed_cancellation()
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> None:
        """One look at everything that is going on. Raises what the store raises."""
        active, boxes = await self._store.work()
        for box in boxes:
            self._ledger.kick(box)
        present: Counter[str] = Counter()
        running: Counter[str] = Counter()
        for ref, sequence in active.items():
            with tenant_scope(ref.tenant_id), self._apart.each(ref):
                try:
                    state = self._meetings.cached(ref, sequence) or await self._meetings.load(ref)
                    self._meetings.feeds.compare(ref, sequence)
                    seats = state.present
                    if seats:
                        present[ref.tenant_id] += seats
                        running[ref.tenant_id] += 1
                    if seats or any(state.waiting()):
                        await self._judge(ref, state)
                    elif self._now_ms() > state.changed_at_ms + _RETIRE_AFTER_MS:
                        await self._store.retire(ref, state.sequence)
                except DomainError as error:
                    _log.info("the next sweep looks again", extra={"meeting": ref.meeting_id, "error": repr(error)})
        for ref in [ref for ref in self._media if ref not in active]:
            del self._media[ref]
        self._metrics.present, self._metrics.meetings, self._metrics.outboxes = present, running, len(boxes)

    async def _judge(self, ref: MeetingRef, state: MeetingState) -> None:
        # While NATS is away nobody is judged: media nodes go on, we only do not hear them.
        if not self._bus.connected or not self._store_answers:
            return
        reports, now_ms = self._media.setdefault(ref, MediaReports()), self._look_at_clock()
        await self._judge_lobby(ref, state, now_ms)
        if succession.heir(state, self._trusted_since_ms, self._leases.host_lost_ms, now_ms) is not None:
            await self._meetings.run(ref, self._succeed)
        for member in tuple(state.people()):
            move = media_move(member, reports, self._trusted_since_ms, self._leases, now_ms)
            if move is not None:
                await self._move(ref, member.person.participant_id, move, reports)
        waiting = [m for m in state.people() if may_have_left(m, self._trusted_since_ms, self._leases, now_ms)]
        if waiting:
            ids = [member.person.participant_id for member in waiting]
            said = await self._store.reported(ref, ids)
            gone = [
                pid
                for member, pid in zip(waiting, ids, strict=True)
                if has_left(member, said.get(pid), self._leases, now_ms)
            ]
            for participant_id in gone:
                await self._move(ref, participant_id, Move.LEAVE, reports)
                reports.forget(participant_id)
            if gone:
                await self._store.forget_reports(ref, gone)

    async def _judge_lobby(self, ref: MeetingRef, state: MeetingState, now_ms: int) -> None:
        ids = [
            member.person.participant_id
            for member in state.waiting()
            if may_have_given_up(member, self._trusted_since_ms, self._leases, now_ms)
        ]
        if not ids:
            return
        said = await self._store.reported(ref, ids)
        gone = [pid for pid in ids if has_given_up(said.get(pid), self._leases, now_ms)]
        for participant_id in gone:
            await self._meetings.run(ref, partial(_give_up, participant_id))
        if gone:
            await self._store.forget_reports(ref, gone)

    def _succeed(self, state: MeetingState, now_ms: int) -> Change:
        heir = succession.heir(state, self._trusted_since_ms, self._leases.host_lost_ms, now_ms)
        return Change(state, state) if heir is None else succession.take_over(state, heir.person.participant_id, now_ms)

    async def _move(self, ref: MeetingRef, participant_id: ParticipantId, move: Move, reports: MediaReports) -> None:
        """Makes the move if it still is one: another replica, or the person, may have been first."""

        def command(state: MeetingState, now_ms: int) -> Change:
            member = state.members.get(participant_id)
            if member is None:
                return Change(state, state)
            if move is Move.LEAVE:
                still = may_have_left(member, self._trusted_since_ms, self._leases, now_ms)
                return commands.expire(state, participant_id, now_ms) if still else Change(state, state)
            if media_move(member, reports, self._trusted_since_ms, self._leases, now_ms) is not move:
                return Change(state, state)
            command_of = commands.lose if move is Move.LOSE else commands.come_back
            return command_of(state, participant_id, now_ms)

        await self._meetings.run(ref, command)

    async def _notice_restart(self) -> None:
        """A store that was away, however shortly: signaling's reports did not get through, new writes may be lost."""
        incarnation = await self._store.incarnation()
        if self._incarnation not in ("", incarnation) or not self._store_answers:
            _log.info("the store is back")
            self.distrust()
            self._meetings.forget()
        self._incarnation, self._store_answers = incarnation, True

    def _look_at_clock(self) -> int:
        """The time, by which nobody is judged before it is known whether the clock has jumped."""
        steady, wall = time.monotonic(), self._now_ms()
        late = steady - self._clock[0] - SWEEP_S
        jumped = (wall - self._clock[1]) / 1000 - (steady - self._clock[0])
        self._clock = (steady, wall)
        if late > _JUMP_S or abs(jumped) > _JUMP_S:
            _log.warning("the machine slept or its clock was set", extra={"late_s": late, "jumped_s": jumped})
            self._trusted_since_ms = wall
        return wall


def _give_up(participant_id: ParticipantId, state: MeetingState, now_ms: int) -> Change:
    member = state.members.get(participant_id)
    if member is None or not member.waiting:
        return Change(state, state)
    return lobby.give_up(state, participant_id, now_ms)


def _any_lost(state: MeetingState, participants: Sequence[ParticipantId]) -> bool:
    members = (state.members.get(participant_id) for participant_id in participants)
    return any(member is not None and member.membership is Membership.LOST for member in members)
