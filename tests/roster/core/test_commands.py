from __future__ import annotations

from dataclasses import replace

import pytest

from services.common.errors import Conflict, MeetingEnded, MeetingFull, MeetingNotOpen, Removed, Throttled, WrongState
from services.common.ids import ParticipantId
from services.roster.core import commands
from services.roster.core.allowance import BURST
from services.roster.core.change import Change, Changed, Ended, Joined, Left, Said, Updated
from services.roster.core.membership import Membership
from services.roster.core.state import MeetingState
from sipulung.roster.v1 import attendance_pb2, participant_pb2
from tests.roster.core.scene import NOON, meeting, member, person, with_people

BUDI, CICI = ParticipantId("budi"), ParticipantId("cici")


def kinds(change: Change) -> list[str]:
    names = (attendance_pb2.AttendanceKind.Name(note.kind) for note in change.attendance)
    return [name.removeprefix("ATTENDANCE_KIND_") for name in names]


def told(change: Change) -> list[type]:
    return [type(event.what) for event in change.events]


def test_the_first_who_joins_starts_the_meeting() -> None:
    change = commands.join(meeting(), person("Budi"), NOON)
    assert (told(change), kinds(change)) == ([Joined], ["MEETING_STARTED", "JOINED"])
    assert change.redefined
    assert change.state.definition.started_at_ms == NOON
    assert (change.state.sequence, change.state.changed_at_ms, change.state.present) == (1, NOON, 1)
    second = commands.join(change.state, person("Cici"), NOON + 5)
    assert (kinds(second), second.state.definition.most_present) == (["JOINED"], 2)


def test_joining_twice_changes_nothing() -> None:
    state = with_people(person("Budi"))
    again = commands.join(state, person("Budi"), NOON + 5)
    assert again.empty
    assert again.state == state


def test_same_names_are_told_apart_among_those_who_are_there() -> None:
    state = with_people(person("Budi", "a"), person("Budi", "b"))
    assert member(state, "b").name == "Budi (2)"
    state = commands.leave(state, ParticipantId("a"), NOON).state
    state = commands.join(state, person("Budi", "c"), NOON).state
    assert member(state, "c").name == "Budi"
    state = commands.join(state, person("Budi", "a"), NOON).state
    assert member(state, "a").name == "Budi (3)"


def test_leaving_and_coming_back_keeps_the_person() -> None:
    state = with_people(person("Budi"))
    left = commands.leave(state, BUDI, NOON + 10)
    assert (told(left), kinds(left)) == ([Left], ["LEFT"])
    assert commands.leave(left.state, BUDI, NOON + 11).empty
    back = commands.join(left.state, person("Budi"), NOON + 20)
    assert (told(back), kinds(back)) == ([Joined], ["JOINED"])
    assert member(back, "budi").joined_at_ms == NOON
    with pytest.raises(WrongState):
        commands.leave(state, CICI, NOON)


def test_lost_returned_and_expired() -> None:
    state = commands.raise_hand(with_people(person("Budi")), BUDI, True, NOON).state
    lost = commands.lose(state, BUDI, NOON + 1)
    assert (told(lost), kinds(lost)) == ([Changed], ["LOST"])
    back = commands.come_back(lost.state, BUDI, NOON + 2)
    assert (told(back), kinds(back)) == ([Changed], ["RETURNED"])
    assert member(back, "budi").hand_raised_at_ms == NOON
    rejoined = commands.join(lost.state, person("Budi"), NOON + 2)
    assert (told(rejoined), kinds(rejoined)) == ([Changed], ["RETURNED"])
    assert member(rejoined, "budi").name == "Budi"
    gone = commands.expire(lost.state, BUDI, NOON + 9)
    assert (told(gone), kinds(gone)) == ([Left], ["LEFT"])
    assert gone.attendance[0].reason == participant_pb2.LEAVE_REASON_LOST
    assert member(gone, "budi").hand_raised_at_ms == 0


def test_seats() -> None:
    state = with_people(person("Ani"), person("Budi"), person("Cici"))
    with pytest.raises(MeetingFull):
        commands.join(state, person("Dedi"), NOON)
    assert commands.join(state, person("Host", host=True), NOON).state.present == 4
    lost = commands.lose(state, BUDI, NOON).state
    with pytest.raises(MeetingFull):
        commands.join(lost, person("Dedi"), NOON)
    assert not commands.join(lost, person("Budi"), NOON).empty
    left = commands.leave(state, BUDI, NOON).state
    full = commands.join(left, person("Dedi"), NOON).state
    with pytest.raises(MeetingFull):
        commands.join(full, person("Budi"), NOON)


def test_before_it_opens_hosts_only() -> None:
    state = meeting(opens_at_ms=NOON + 1)
    with pytest.raises(MeetingNotOpen):
        commands.join(state, person("Budi"), NOON)
    assert commands.join(state, person("Andi", host=True), NOON).state.present == 1


def test_who_was_removed_stays_out() -> None:
    state = with_people(person("Budi"))
    removed = replace(member(state, "budi"), membership=Membership.REMOVED)
    with pytest.raises(Removed):
        commands.join(replace(state, members={BUDI: removed}), person("Budi"), NOON)


def test_a_reload_replaces_the_lost_self() -> None:
    guest = commands.lose(with_people(person("Budi", "a", device="d")), ParticipantId("a"), NOON).state
    change = commands.join(guest, person("Budi", "b", device="d"), NOON + 5)
    assert (told(change), kinds(change)) == ([Left, Joined], ["LEFT", "JOINED"])
    assert member(change, "b").name == "Budi"
    for other in (person("Budi", "b"), person("Badu", "b", device="d"), person("Budi", "b", device="d", account="x")):
        assert told(commands.join(guest, other, NOON)) == [Joined]
    signed = person("Budi", "a", device="d", account="x")
    account = commands.lose(with_people(signed), ParticipantId("a"), NOON).state
    assert told(commands.join(account, replace(signed, participant_id=ParticipantId("b")), NOON)) == [Left, Joined]
    elsewhere = person("Budi", "b", device="e", account="x")
    assert told(commands.join(account, elsewhere, NOON)) == [Joined]


def test_hands() -> None:
    state = with_people(person("Budi"))
    up = commands.raise_hand(state, BUDI, True, NOON + 7)
    assert member(up, "budi").hand_raised_at_ms == NOON + 7
    assert commands.raise_hand(up.state, BUDI, True, NOON + 8).empty
    assert member(commands.raise_hand(up.state, BUDI, False, NOON + 9), "budi").hand_raised_at_ms == 0
    with pytest.raises(WrongState):
        commands.raise_hand(state, CICI, True, NOON)
    left = commands.leave(up.state, BUDI, NOON + 9).state
    with pytest.raises(WrongState):
        commands.raise_hand(left, BUDI, True, NOON)


def test_hands_keep_the_order_in_which_they_came_in_a_burst() -> None:
    names = [ParticipantId(name) for name in ("cici", "andi", "budi")]
    state = with_people(person("Andi"), person("Budi"), person("Cici"))
    for name in names:
        state = commands.raise_hand(state, name, True, NOON).state
    raised = {name: member(state, name).hand_raised_at_ms for name in names}
    assert sorted(names, key=raised.__getitem__) == names
    assert list(raised.values()) == [NOON, NOON + 1, NOON + 2]
    # Only the hands that are up count.
    down = state
    for name in names:
        down = commands.raise_hand(down, name, False, NOON + 2000).state
    assert member(commands.raise_hand(down, BUDI, True, NOON + 2000), "budi").hand_raised_at_ms == NOON + 2000


def test_chat() -> None:
    state = with_people(person("Budi"))
    said = commands.say(state, BUDI, "halo", "l1", NOON)
    assert told(said) == [Said]
    assert said.lines[0].number == said.state.sequence
    assert commands.say(said.state, BUDI, "halo", "l1", NOON).empty
    state = commands.say(said.state, BUDI, "halo", "", NOON).state

    def talk(state: MeetingState) -> None:
        for _ in range(20):
            state = commands.say(state, BUDI, "halo", "", NOON).state

    with pytest.raises(Throttled):
        talk(state)


def test_updates() -> None:
    state = with_people(person("Budi"))
    change = commands.update(state, 1, "Baru", NOON + 5, None, "account:owner", NOON)
    assert told(change) == [Updated]
    assert (change.state.definition.title, change.state.definition.revision) == ("Baru", 2)
    assert change.audit[0].detail == "revision 2: title, opens_at_ms"
    assert commands.update(state, 1, "Apel pagi", None, 3, "account:owner", NOON).empty
    with pytest.raises(Conflict):
        commands.update(change.state, 1, "Lain", None, None, "account:owner", NOON)


def test_the_end() -> None:
    state = commands.lose(with_people(person("Budi"), person("Cici")), CICI, NOON).state
    change = commands.end(state, "account:owner", NOON + 5)
    assert told(change) == [Left, Left, Ended]
    assert kinds(change) == ["LEFT", "LEFT", "MEETING_ENDED"]
    assert change.audit[0].action == "meeting.end"
    assert change.state.present == 0
    assert commands.end(change.state, "account:owner", NOON + 6).empty
    assert commands.leave(change.state, BUDI, NOON + 6).empty
    with pytest.raises(MeetingEnded):
        commands.say(change.state, BUDI, "halo", "", NOON + 6)


def test_a_clock_set_back_dates_nothing_before_what_was() -> None:
    state = with_people(person("Budi"))
    assert commands.leave(state, BUDI, NOON - 60_000).attendance[0].at_ms == NOON


def test_the_oldest_who_left_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "KEPT_WHO_LEFT", 1)
    state = with_people(person("Ani"), person("Budi"))
    state = commands.leave(state, ParticipantId("ani"), NOON + 1).state
    state = commands.leave(state, BUDI, NOON + 2).state
    change = commands.join(state, person("Cici"), NOON + 3)
    assert change.forgotten == ("ani",)
    assert set(change.state.members) == {"budi", "cici"}


def test_a_clock_that_was_set_back_silences_nobody() -> None:
    """Events are never dated back, but how often somebody speaks is counted by the clock as it runs."""
    state = with_people(person("Budi"), person("Cici"))
    budi = ParticipantId("budi")
    for number in range(30):
        state = commands.say(state, budi, "halo", str(number), NOON - 3_600_000 + 1000 * number).state
    for number in range(30, 30 + BURST):
        state = commands.say(state, budi, "halo", str(number), NOON - 3_570_000).state
    with pytest.raises(Throttled):
        commands.say(state, budi, "halo", "40", NOON - 3_570_000)
