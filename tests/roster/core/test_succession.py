from __future__ import annotations

from dataclasses import replace

from services.common.ids import ParticipantId
from services.roster.core import commands
from services.roster.core.change import Changed, Moderated
from services.roster.core.moderation import moderate
from services.roster.core.state import MeetingState
from services.roster.core.succession import heir, take_over
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
    assert (change.audit[0].actor, change.audit[0].action) == ("service:roster", "meeting.take_over")
    assert chosen(change.state, NOON + 10 * LOST_MS) == ""
    back = commands.join(change.state, person("Andi", "a2", host=True, account="owner"), NOON + LOST_MS)
    assert member(back, "a2").role == common_pb2.MEETING_ROLE_HOST
    # Both end it for all.
    assert moderate(back.state, ParticipantId("dedi"), pb.HostAct(end_for_all=pb.EndForAll()), NOON + LOST_MS).events
