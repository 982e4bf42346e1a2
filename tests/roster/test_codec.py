"""What is stored is read back as it was."""

from __future__ import annotations

from dataclasses import replace

from services.common.ids import ParticipantId
from services.roster import codec
from services.roster.core import commands
from services.roster.core.membership import Membership
from sipulung.roster.v1 import meeting_pb2, participant_pb2
from tests.roster.core.scene import NOON, definition, member, person, with_people


def test_definitions() -> None:
    whole = replace(definition(opens_at_ms=NOON), started_at_ms=NOON + 1, ended_at_ms=NOON + 2)
    assert codec.load_definition(codec.store_definition(whole)) == whole
    stored = meeting_pb2.Meeting.FromString(codec.store_definition(whole))
    assert (stored.state, stored.present) == (meeting_pb2.MEETING_STATE_UNSPECIFIED, 0)


def test_members() -> None:
    budi = ParticipantId("budi")
    state = with_people(person("Budi", device="d", account="x"))
    state = commands.say(commands.raise_hand(state, budi, True, NOON).state, budi, "halo", "l1", NOON).state
    lost = commands.lose(state, budi, NOON + 5)
    removed = replace(
        member(commands.expire(lost.state, budi, NOON + 9), "budi"),
        membership=Membership.REMOVED,
        left_reason=participant_pb2.LEAVE_REASON_REMOVED,
    )
    for one in (member(state, "budi"), member(lost, "budi"), removed):
        assert codec.load_member(codec.store_member(one)) == one


def test_a_snapshot_has_no_lines_from_its_future() -> None:
    state = with_people(person("Budi"))
    lines = [participant_pb2.ChatLine(number=number) for number in (1, 2)]
    assert [line.number for line in codec.snapshot_of(state, lines, NOON).chat] == [1]
