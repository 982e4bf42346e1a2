from __future__ import annotations

from typing import Any

import pytest

from services.signaling.core.audience import Audience, audience_of, hearers, open_to_all, seen_by
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2, moderation_pb2, participant_pb2

CO_HOST = common_pb2.MEETING_ROLE_CO_HOST
WAITING = participant_pb2.PRESENCE_WAITING
PRESENT = participant_pb2.PRESENCE_PRESENT


def person(name: str, presence: Any = PRESENT, role: Any = 1) -> participant_pb2.Participant:
    return participant_pb2.Participant(participant_id=name, presence=presence, role=role)


def line(by: str, *, to_hosts: bool = False) -> participant_pb2.ChatLine:
    return participant_pb2.ChatLine(participant_id=by, text="x", to_hosts=to_hosts)


WHOLE = participant_pb2.Snapshot(
    meeting=meeting_pb2.Meeting(title="Rapat"),
    participants=[person("andi", role=CO_HOST), person("budi"), person("cici", WAITING), person("dedi", WAITING)],
    chat=[line("andi"), line("budi", to_hosts=True), line("eka", to_hosts=True)],
    sequence=7,
)


def test_where_people_belong() -> None:
    assert audience_of(person("a", WAITING, CO_HOST)) is Audience.WAITING
    assert audience_of(person("a", role=CO_HOST)) is Audience.HOSTS
    assert audience_of(person("a")) is Audience.EVERYBODY


@pytest.mark.parametrize(
    ("what", "least", "also"),
    [
        ({"updated": meeting_pb2.Meeting()}, Audience.WAITING, ""),
        ({"ended": meeting_pb2.Meeting()}, Audience.WAITING, ""),
        ({"joined": person("a")}, Audience.EVERYBODY, "a"),
        ({"changed": person("a", WAITING)}, Audience.HOSTS, "a"),
        ({"changed": person("a")}, Audience.EVERYBODY, ""),
        ({"left": participant_pb2.Left(participant_id="cici")}, Audience.HOSTS, "cici"),
        ({"left": participant_pb2.Left(participant_id="a")}, Audience.EVERYBODY, ""),
        ({"said": line("a", to_hosts=True)}, Audience.HOSTS, "a"),
        ({"said": line("a")}, Audience.EVERYBODY, ""),
        ({"moderated": {"act": {"admit": {}}}}, Audience.HOSTS, ""),
        ({"moderated": {"act": {"mute": {}}}}, Audience.EVERYBODY, ""),
        ({"moderated": {"act": {"remove": {}}, "affected": ["budi"]}}, Audience.EVERYBODY, ""),
        ({"moderated": {"act": {"remove": {}}, "affected": ["cici"]}}, Audience.HOSTS, ""),
        ({"reacted": moderation_pb2.Reacted()}, Audience.EVERYBODY, ""),
        ({}, Audience.EVERYBODY, ""),
    ],
)
def test_who_hears_an_event(what: dict[str, Any], least: Audience, also: str) -> None:
    assert hearers(participant_pb2.RosterEvent(**what), lambda one: one == "cici") == (least, also)


def test_what_hosts_participants_and_those_who_wait_see() -> None:
    assert seen_by(WHOLE, "andi", Audience.HOSTS) == WHOLE
    seen = seen_by(WHOLE, "budi", Audience.EVERYBODY)
    assert [one.participant_id for one in seen.participants] == ["andi", "budi"]
    assert [one.participant_id for one in seen.chat] == ["andi", "budi"]
    assert (seen.meeting.title, seen.sequence) == ("Rapat", 7)
    waits = seen_by(WHOLE, "cici", Audience.WAITING)
    assert [one.participant_id for one in waits.participants] == ["cici"]
    assert (len(waits.chat), waits.meeting.title, waits.sequence) == (0, "Rapat", 7)


def test_where_nothing_is_hidden_nothing_is_copied() -> None:
    plain = participant_pb2.Snapshot(participants=[person("budi")], chat=[line("andi")])
    assert open_to_all(plain)
    assert seen_by(plain, "budi", Audience.EVERYBODY) is plain
    assert not open_to_all(participant_pb2.Snapshot(participants=[person("a", WAITING)]))
