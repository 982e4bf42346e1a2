from __future__ import annotations

from dataclasses import replace

import pytest

from services.common.errors import PermissionDenied
from services.common.ids import ParticipantId
from services.roster.core import commands
from services.roster.core.change import Changed, Moderated
from services.roster.core.moderation import moderate
from services.roster.core.state import MeetingState
from services.roster.core.succession import HOST, heir, take_over
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from tests.roster.core.scene import NOON, meeting, member, person, with_people
from tests.roster.core.test_commands import told

ANDI = ParticipantId("andi")
LOST_MS = 120_000
CO_HOST = common_pb2.MEETING_ROLE_CO_HOST


def scene(*co_hosts: str, lost: bool = True) -> MeetingState:
    state = meeting(capacity=10)
    state = replace(state, definition=replace(state.definition, owner_unit_id="kominfo"))
    for number, someone in enumerate(
        (
            person("Andi", host=True, account="owner"),
            person("Budi", account="b", unit="kominfo", since_s=300),
            person("Cici", account="c", unit="kominfo", since_s=200),
            person("Dedi", account="d", unit="bkd", since_s=100),
            person("Eka"),
        )
    ):
        state = commands.join(state, someone, NOON + number).state
    for one in co_hosts:
        state = moderate(
            state, ANDI, pb.HostAct(set_role=pb.SetRole(participant_id=one, role=CO_HOST)), NOON + 10
        ).state
    return commands.lose(state, ANDI, NOON + 100).state if lost else state


def chosen(state: MeetingState, now_ms: int = NOON + 100 + LOST_MS, trusted_ms: int = 0) -> str:
    found = heir(state, trusted_ms, LOST_MS, now_ms)
    return found.person.participant_id if found else ""


def test_the_co_host_who_came_first() -> None:
    assert chosen(scene("dedi", "eka")) == "dedi"
    assert chosen(scene("dedi", "eka"), NOON + 99 + LOST_MS) == ""
    away = commands.leave(scene("dedi", "eka"), ParticipantId("dedi"), NOON + 200).state
    assert chosen(away) == "eka"


def test_else_the_oldest_account_of_the_owners_unit() -> None:
    assert chosen(scene()) == "cici"
    nobody = scene()
    for one in ("budi", "cici"):
        nobody = commands.leave(nobody, ParticipantId(one), NOON + 200).state
    assert chosen(nobody) == ""


def test_a_co_host_who_is_lost_for_a_moment_is_waited_for() -> None:
    lost_at_ms = NOON + 99 + LOST_MS
    state = commands.lose(scene("eka"), ParticipantId("eka"), lost_at_ms).state
    assert chosen(state) == ""
    assert chosen(state, lost_at_ms + LOST_MS - 1) == ""
    assert chosen(state, lost_at_ms + LOST_MS) == "cici"
    assert chosen(commands.come_back(state, ParticipantId("eka"), lost_at_ms + 2).state) == "eka"
    # Another co-host who is there, or that this one goes for good, ends the wait.
    assert chosen(commands.lose(scene("dedi", "eka"), ParticipantId("eka"), lost_at_ms).state) == "dedi"
    assert chosen(commands.leave(state, ParticipantId("eka"), lost_at_ms + 1).state) == "cici"


def test_not_while_a_host_is_there_or_before_one_came() -> None:
    assert chosen(scene("dedi", lost=False), NOON + 10 * LOST_MS) == ""
    assert chosen(with_people(person("Budi")), NOON + 10 * LOST_MS) == ""
    # The one before, of an earlier run of this meeting.
    old = scene("dedi")
    assert chosen(replace(old, definition=replace(old.definition, started_at_ms=NOON + 101))) == ""
    assert chosen(commands.end(scene("dedi"), "x", NOON + 200).state) == ""


def test_not_before_everybody_had_time_to_report() -> None:
    assert chosen(scene("dedi"), trusted_ms=NOON + 5000) == ""
    assert chosen(scene("dedi"), NOON + 5000 + LOST_MS, trusted_ms=NOON + 5000) == "dedi"


def test_taking_over_and_the_host_who_returns() -> None:
    change = take_over(scene("dedi"), ParticipantId("dedi"), NOON + LOST_MS)
    assert told(change) == [Changed, Moderated]
    assert member(change, "dedi").role == common_pb2.MEETING_ROLE_HOST
    assert change.audit[0].detail == "Dedi (dedi) is host, since no host has been there"
    assert (change.audit[0].actor, change.audit[0].action) == ("service:roster", "meeting.take_over")
    assert chosen(change.state, NOON + 10 * LOST_MS) == ""
    back = commands.join(change.state, person("Andi", "a2", host=True, account="owner"), NOON + LOST_MS)
    assert member(back, "a2").role == common_pb2.MEETING_ROLE_HOST
    # Both end it for all.
    assert moderate(back.state, ParticipantId("dedi"), pb.HostAct(end_for_all=pb.EndForAll()), NOON + LOST_MS).events


def test_taking_over_on_all_devices() -> None:
    host, z1, z2 = person("Andi", host=True), person("Zaki", "c1", account="z"), person("Zaki", "c2", account="z")
    z0, other = person("Zaki", "c0", account="z", device="old"), person("Budi")
    state = with_people(host, z0, z1, z2, other, state=meeting(capacity=10))
    state = commands.leave(state, z0.participant_id, NOON).state
    role = pb.HostAct(set_role=pb.SetRole(participant_id="c1", role=CO_HOST))
    change = take_over(moderate(state, ANDI, role, NOON).state, z1.participant_id, NOON + LOST_MS)
    assert {one: member(change, one).role for one in ("c0", "c1", "c2", "budi")} == {
        "c0": HOST,
        "c1": HOST,
        "c2": HOST,
        "budi": common_pb2.MEETING_ROLE_PARTICIPANT,
    }
    # Who is not there is shown to nobody.
    assert told(change) == [Changed, Changed, Moderated]
    what = change.events[-1].what
    assert isinstance(what, Moderated)
    assert what.affected == ("c1", "c2")
    assert change.audit[0].detail == "Zaki (2) (c1), Zaki (3) (c2) is host, since no host has been there"
    # The owner returns, and cannot remove one half of them, who would come back as host.
    with pytest.raises(PermissionDenied):
        moderate(change.state, ANDI, pb.HostAct(remove=pb.Remove(participant_id="c2")), NOON + LOST_MS)
