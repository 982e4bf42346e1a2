"""Who is there, from what media nodes and signaling say. Times are Unix milliseconds.

PRESENT while media is alive, or for one lease after joining. LOST when media's lease is over or its loss was reported,
whatever signaling says. LEFT when media and signaling have both been gone for the grace time.
When this process has just begun to hear (it was started, NATS was away, the clock jumped), leases count from then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.common.ids import NodeId, ParticipantId
from services.roster.core.member import Member
from services.roster.core.membership import Membership, Move


@dataclass(frozen=True, slots=True)
class Leases:
    """How long a report counts, and how long somebody who is lost (or gone from the lobby) is waited for."""

    grace_ms: int
    # Media nodes report every 3 s, signaling every 5 s: three reports may be late or lost.
    media_ms: int = 10_000
    signaling_ms: int = 15_000
    # How long a meeting waits for its host before somebody else becomes it.
    host_lost_ms: int = 120_000


@dataclass(frozen=True, slots=True)
class SignalingReport:
    """The last that signaling said of a participant. `connected` is False when it said that the connection is gone."""

    at_ms: int
    connected: bool


@dataclass(slots=True)
class MediaReports:
    """What media nodes said of one meeting. A participant may be on two nodes for a moment, while they are moved."""

    heard: dict[ParticipantId, dict[NodeId, int]] = field(default_factory=dict)
    lost: dict[ParticipantId, int] = field(default_factory=dict)

    def hear(
        self, node: NodeId, connected: Iterable[ParticipantId], lost: Iterable[ParticipantId], now_ms: int
    ) -> None:
        """One report of one node. Connected outweighs lost: a second connection of the same participant lives."""
        for participant_id in lost:
            nodes = self.heard.get(participant_id, {})
            nodes.pop(node, None)
            self.lost[participant_id] = now_ms
        for participant_id in connected:
            self.heard.setdefault(participant_id, {})[node] = now_ms

    def last_heard(self, participant_id: ParticipantId) -> int:
        """When a node that still counts last said "connected"; 0 for never."""
        return max(self.heard.get(participant_id, {}).values(), default=0)

    def last_lost(self, participant_id: ParticipantId) -> int:
        """When a node last reported the loss; 0 for never."""
        return self.lost.get(participant_id, 0)

    def forget(self, participant_id: ParticipantId) -> None:
        """Drops what was said of a participant who left."""
        self.heard.pop(participant_id, None)
        self.lost.pop(participant_id, None)


def media_move(
    member: Member, reports: MediaReports, trusted_since_ms: int, leases: Leases, now_ms: int
) -> Move | None:
    """LOSE or RETURN where the reports of media say so, else None."""
    participant_id = member.person.participant_id
    heard, lost = reports.last_heard(participant_id), reports.last_lost(participant_id)
    alive = now_ms < heard + leases.media_ms
    if member.membership is Membership.PRESENT:
        said_lost = lost > member.present_since_ms and not alive
        since = max(heard, member.present_since_ms, trusted_since_ms)
        return Move.LOSE if said_lost or now_ms >= since + leases.media_ms else None
    if member.membership is Membership.LOST:
        return Move.RETURN if alive and heard > member.absent_since_ms else None
    return None


def may_have_given_up(member: Member, trusted_since_ms: int, leases: Leases, now_ms: int) -> bool:
    """Whether it is time to look at what signaling said of somebody in the lobby: everybody had time to report."""
    since = max(member.joined_at_ms, trusted_since_ms)
    return member.waiting and now_ms >= since + max(leases.grace_ms, leases.signaling_ms)


def has_given_up(report: SignalingReport | None, leases: Leases, now_ms: int) -> bool:
    """Whether somebody of whom `may_have_given_up` holds is gone from the lobby: without a connection for so long."""
    if report is None:
        return True
    return now_ms >= report.at_ms + (max(leases.grace_ms, leases.signaling_ms) if report.connected else leases.grace_ms)


def may_have_left(member: Member, trusted_since_ms: int, leases: Leases, now_ms: int) -> bool:
    """Whether it is time to look at what signaling said: lost for the grace time, and everybody had time to report."""
    return (
        member.membership is Membership.LOST
        and now_ms >= member.absent_since_ms + leases.grace_ms
        and now_ms >= trusted_since_ms + max(leases.signaling_ms, leases.media_ms)
    )


def has_left(member: Member, report: SignalingReport | None, leases: Leases, now_ms: int) -> bool:
    """Whether somebody of whom `may_have_left` holds has been without signaling for the grace time as well."""
    if report is None:
        return True
    if report.connected and now_ms < report.at_ms + leases.signaling_ms:
        return False
    return now_ms >= max(report.at_ms, member.absent_since_ms) + leases.grace_ms
