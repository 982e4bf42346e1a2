"""Tells the roster which participants are connected here."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from services.common.errors import DomainError
from services.signaling.clients import RosterClient
from services.signaling.session import Meeting
from services.signaling.sessions import Sessions
from sipulung.roster.v1 import participant_pb2

log: Final = logging.getLogger(__name__)

EVERY_S: Final = 5.0
# Changes within that time go in one report.
GATHER_S: Final = 0.05
REPORTS_PER_CALL: Final = 1000
# Who is unknown for that long: the event that says why (the meeting ended, they left) comes first where there is one.
UNKNOWN_S: Final = 2.0


class Presence:
    """Reports all of them every 5 s, and at once when something changed."""

    def __init__(self, roster: RosterClient, sessions: Sessions) -> None:
        self._roster = roster
        self._sessions = sessions
        self._changed = asyncio.Event()
        # Since when the roster does not know somebody. Monotonic.
        self._unknown: dict[str, float] = {}

    def changed(self) -> None:
        """Somebody entered, lost their connection, or came back."""
        self._changed.set()

    async def report_forever(self) -> None:
        """Runs as a task."""
        while True:
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._changed.wait()
                await asyncio.sleep(GATHER_S)
            except TimeoutError:
                pass
            self._changed.clear()
            await self.report()

    async def report(self) -> None:
        """One round. What the roster does not know is closed, so that the client enters again."""
        reports = self.reports()
        unknown: set[str] = set()
        for first in range(0, len(reports), REPORTS_PER_CALL):
            try:
                unknown.update(await self._roster.report_presence(reports[first : first + REPORTS_PER_CALL]))
            except DomainError as error:
                log.warning("presence was not reported: %s", error.message)
                return
        self.unknown(unknown, time.monotonic())

    def reports(self) -> list[participant_pb2.PresenceReport]:
        """One for each meeting with anybody in it."""
        reports: dict[Meeting, participant_pb2.PresenceReport] = {}
        for session in self._sessions:
            if session.record.entered:
                tenant, meeting = session.meeting
                report = reports.get(session.meeting)
                if report is None:
                    report = reports[session.meeting] = participant_pb2.PresenceReport(
                        tenant_id=tenant, meeting_id=meeting
                    )
                (report.connected if session.connected else report.disconnected).append(session.record.participant_id)
        return list(reports.values())

    def unknown(self, unknown: set[str], now: float) -> None:
        """The roster does not know these ("<meeting>/<participant>"): those that it did not know before are closed."""
        self._unknown = {name: self._unknown.get(name, now) for name in unknown}
        if not unknown:
            return
        for session in self._sessions:
            record = session.record
            since = self._unknown.get(f"{record.meeting_id}/{record.participant_id}")
            # A request in progress may be their Leave, or their Enter.
            if since is not None and now - since >= UNKNOWN_S and record.entered and not session.lock.locked():
                self._sessions.rejoin(session)
