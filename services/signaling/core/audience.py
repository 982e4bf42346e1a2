"""Who may hear what: hosts everything, others neither of the lobby nor what was said to hosts, who waits next to
nothing."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import participant_pb2


class Audience(IntEnum):
    """Each hears all that those before it hear."""

    WAITING = 0
    EVERYBODY = 1
    HOSTS = 2


def audience_of(person: participant_pb2.Participant) -> Audience:
    """Where that participant belongs now."""
    if person.presence == participant_pb2.PRESENCE_WAITING:
        return Audience.WAITING
    return Audience.HOSTS if person.role >= common_pb2.MEETING_ROLE_CO_HOST else Audience.EVERYBODY


def hearers(event: participant_pb2.RosterEvent, waits: Callable[[str], bool]) -> tuple[Audience, str]:
    """The least audience that hears the event, and the participant who does in any case ("" for nobody).

    `waits`: whether somebody was in the lobby before the event.
    """
    kind = event.WhichOneof("event")
    if kind in ("updated", "ended"):
        return Audience.WAITING, ""
    if kind == "joined":
        return Audience.EVERYBODY, event.joined.participant_id
    if kind == "changed" and event.changed.presence == participant_pb2.PRESENCE_WAITING:
        return Audience.HOSTS, event.changed.participant_id
    if kind == "left" and waits(event.left.participant_id):
        return Audience.HOSTS, event.left.participant_id
    if kind == "said" and event.said.to_hosts:
        return Audience.HOSTS, event.said.participant_id
    if kind == "moderated":
        act = event.moderated.act.WhichOneof("act")
        if act in ("admit", "deny") or (act == "remove" and all(waits(one) for one in event.moderated.affected)):
            return Audience.HOSTS, ""
    return Audience.EVERYBODY, ""


def open_to_all(snapshot: participant_pb2.Snapshot) -> bool:
    """Whether everybody in the meeting may see the whole of it."""
    return not any(line.to_hosts for line in snapshot.chat) and not any(
        person.presence == participant_pb2.PRESENCE_WAITING for person in snapshot.participants
    )


def seen_by(snapshot: participant_pb2.Snapshot, participant_id: str, audience: Audience) -> participant_pb2.Snapshot:
    """What of the meeting that participant may see."""
    if audience is Audience.HOSTS:
        return snapshot
    if audience is Audience.WAITING:
        own = [person for person in snapshot.participants if person.participant_id == participant_id]
        return participant_pb2.Snapshot(meeting=snapshot.meeting, participants=own, sequence=snapshot.sequence)
    if open_to_all(snapshot):
        return snapshot
    seen = participant_pb2.Snapshot()
    seen.CopyFrom(snapshot)
    del seen.participants[:], seen.chat[:]
    seen.participants.extend(p for p in snapshot.participants if p.presence != participant_pb2.PRESENCE_WAITING)
    seen.chat.extend(line for line in snapshot.chat if not line.to_hosts or line.participant_id == participant_id)
    return seen
