from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.common.errors import LobbyDenied, MeetingFull, MeetingLocked, Removed, WrongState
from services.common.ids import ParticipantId
from services.roster.core import commands, lobby
from services.roster.core.change import Change, Changed, Joined, Left, Moderated
from services.roster.core.membership import Membership
from services.roster.core.moderation import moderate
from services.roster.core.state import MeetingState
from services.roster.core.succession import take_over
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from sipulung.roster.v1 import participant_pb2
from tests.roster.core.scene import NOON, meeting, member, person, restricted, with_people
from tests.roster.core.test_commands import kinds, told

ANDI, BUDI, CICI = ParticipantId("andi"), ParticipantId("budi"), ParticipantId("cici")
ADMIT_ALL = pb.HostAct(admit=pb.Admit())
DENY_ALL = pb.HostAct(deny=pb.Deny())


def with_lobby() -> MeetingState:
    """The host is inside, Budi waits."""
    return with_people(person("Andi", host=True), person("Budi", device="d"), state=restricted(lobby=True))


def test_who_comes_waits_without_a_seat_or_a_trace() -> None:
    state = with_people(person("Andi", host=True), state=restricted(lobby=True))
    change = commands.join(state, person("Budi"), NOON)
    assert (told(change), kinds(change)) == ([Changed], [])
    assert member(change, "budi").membership is Membership.WAITING
    assert change.state.present == 1
    assert [m.name for m in change.state.waiting()] == ["Budi"]
    assert commands.join(change.state, person("Budi"), NOON).empty


def test_a_lobby_alone_starts_no_meeting() -> None:
    change = commands.join(restricted(lobby=True), person("Budi"), NOON)
    assert change.state.definition.started_at_ms == 0
    gone = lobby.give_up(change.state, BUDI, NOON + 1)
    assert (told(gone), kinds(gone), gone.forgotten) == ([Left], [], ("budi",))


def test_who_waits_can_do_nothing() -> None:
    state = with_lobby()
    act = pb.HostAct(mute=pb.Mute())
    attempts: list[Callable[[], Change]] = [
        lambda: commands.say(state, BUDI, "halo", "", NOON),
        lambda: commands.raise_hand(state, BUDI, True, NOON),
        lambda: commands.react(state, BUDI, pb.REACTION_THANKS, NOON),
        lambda: moderate(state, BUDI, act, NOON),
    ]
    for attempt in attempts:
        with pytest.raises(WrongState):
            attempt()


def test_admitting() -> None:
    state = with_people(person("Cici"), state=with_lobby())
    one = moderate(state, ANDI, pb.HostAct(admit=pb.Admit(participant_ids=["cici"])), NOON + 5)
    assert kinds(one) == ["JOINED"]
    assert (member(one, "cici").membership, member(one, "cici").joined_at_ms) == (Membership.PRESENT, NOON + 5)
    # Another host did the same: no mistake, and nothing to tell.
    assert moderate(one.state, ANDI, pb.HostAct(admit=pb.Admit(participant_ids=["cici"])), NOON + 6).empty
    rest = moderate(one.state, ANDI, ADMIT_ALL, NOON + 6)
    assert member(rest, "budi").membership is Membership.PRESENT
    assert moderate(rest.state, ANDI, ADMIT_ALL, NOON + 7).empty


def admitting(*ids: str) -> pb.HostAct:
    return pb.HostAct(admit=pb.Admit(participant_ids=ids))


def denying(*ids: str) -> pb.HostAct:
    return pb.HostAct(deny=pb.Deny(participant_ids=ids))


@pytest.mark.parametrize("asking", [admitting, denying])
def test_who_waits_no_more_is_left_out_of_a_selection(asking: Callable[..., pb.HostAct]) -> None:
    state = with_people(person("Cici"), person("Dedi"), state=with_lobby())
    state = lobby.give_up(state, CICI, NOON + 1).state
    change = moderate(state, ANDI, asking("budi", "cici", "budi", "nobody", "andi"), NOON + 5)
    assert [event.what.affected for event in change.events if isinstance(event.what, Moderated)] == [("budi",)]
    assert [note.detail for note in change.audit] == ["Andi: Budi (budi)"]
    assert [m.name for m in change.state.waiting()] == ["Dedi"]
    assert moderate(change.state, ANDI, asking("cici"), NOON + 6).empty


def test_admitting_more_than_there_are_seats_admits_nobody() -> None:
    state = with_people(person("Cici"), person("Dedi"), state=with_lobby())
    with pytest.raises(MeetingFull):
        moderate(state, ANDI, ADMIT_ALL, NOON)
    two = moderate(state, ANDI, pb.HostAct(admit=pb.Admit(participant_ids=["budi", "cici"])), NOON)
    assert two.state.present == 3


def test_the_lobby_holds_as_many_as_the_meeting() -> None:
    state = with_people(person("Budi"), person("Cici"), person("Dedi"), state=restricted(lobby=True))
    with pytest.raises(MeetingFull):
        commands.join(state, person("Eka"), NOON)


def test_the_denied_hear_so_and_may_ask_again_with_a_new_token() -> None:
    denied = moderate(with_lobby(), ANDI, DENY_ALL, NOON + 5)
    assert member(denied, "budi").left_reason == participant_pb2.LEAVE_REASON_DENIED
    assert kinds(denied) == []
    with pytest.raises(LobbyDenied):
        commands.join(denied.state, person("Budi", device="d"), NOON + 6)
    assert commands.leave(denied.state, BUDI, NOON + 6).empty
    again = commands.join(denied.state, person("Budi", "b2", device="d"), NOON + 6)
    assert member(again, "b2").membership is Membership.WAITING


def test_who_was_inside_does_not_wait_again() -> None:
    state = with_people(person("Budi", "a", device="d"), person("Andi", host=True))
    state = restricted(commands.leave(state, ParticipantId("a"), NOON).state, lobby=True, locked=True)
    for back in (person("Budi", "a", device="d"), person("Budi", "b", device="d")):
        assert told(commands.join(state, back, NOON + 1)) == [Joined]
    lost = commands.lose(with_people(person("Cici", account="x")), CICI, NOON).state
    assert told(commands.join(restricted(lost, lobby=True), person("Cici", account="x"), NOON + 1)) == [Changed]
    elsewhere = person("Cici", "c2", account="x", device="e")
    assert told(commands.join(restricted(lost, lobby=True), elsewhere, NOON + 1)) == [Joined]


def test_a_locked_meeting_lets_nobody_new_in() -> None:
    state = restricted(locked=True, lobby=True)
    with pytest.raises(MeetingLocked):
        commands.join(state, person("Budi"), NOON)
    assert told(commands.join(state, person("Andi", host=True), NOON)) == [Joined]
    # Whoever waits already goes on waiting.
    waiting = restricted(with_lobby(), locked=True)
    assert commands.join(waiting, person("Budi", device="d"), NOON).empty


def test_who_waits_and_reloads_after_the_lock_goes_on_waiting() -> None:
    account = person("Cici", account="x", device="one")
    locked = restricted(with_people(account, state=with_lobby()), locked=True, lobby=True)
    for number, again in enumerate(
        (
            person("Budi", "b2", device="d"),
            person("Cici", "c2", account="x", device="one"),
            person("Cici", "c3", account="x", device="two"),
        )
    ):
        # So they do where the lobby has been switched off since: the lock lets nobody in by themselves.
        for state in (locked, restricted(locked, locked=True)):
            lobby.look_in(state, again)
            assert member(commands.join(state, again, NOON + number), again.participant_id).waiting
    denied = moderate(locked, ANDI, DENY_ALL, NOON).state
    for state, someone in ((locked, person("Dedi", device="d")), (denied, person("Budi", "b2", device="d"))):
        with pytest.raises(MeetingLocked):
            commands.join(state, someone, NOON)


def test_an_account_that_waits_on_two_devices_is_let_in_on_both() -> None:
    devices = person("Cici", "c1", account="x", device="one"), person("Cici", "c2", account="x", device="two")
    others = person("Andi", host=True), person("Budi")
    state = with_people(*others, *devices, state=restricted(meeting(capacity=4), lobby=True))
    change = moderate(state, ANDI, pb.HostAct(admit=pb.Admit(participant_ids=["c2"])), NOON + 5)
    assert kinds(change) == ["JOINED", "JOINED"]
    assert [event.what.affected for event in change.events if isinstance(event.what, Moderated)] == [("c2", "c1")]
    assert [one.name for one in change.state.waiting()] == ["Budi"]
    # Where one seat is free, the device that was asked for gets it.
    full = replace(state, definition=replace(state.definition, capacity=2))
    one = moderate(full, ANDI, pb.HostAct(admit=pb.Admit(participant_ids=["c2"])), NOON + 5)
    assert {m.person.participant_id for m in one.state.people()} == {"andi", "c2"}


def test_who_is_let_in_has_the_role_that_a_host_made_theirs() -> None:
    here, waits = (person("Cici", f"c{n}", account="x", device=str(n)) for n in (1, 2))
    state = with_people(waits, person("Andi", host=True), state=restricted(meeting(capacity=4), lobby=True))
    # The other device came in while there was no lobby.
    state = restricted(commands.join(restricted(state), here, NOON).state, lobby=True)
    state = take_over(state, here.participant_id, NOON).state
    assert member(state, "c2").role == common_pb2.MEETING_ROLE_PARTICIPANT
    assert member(moderate(state, ANDI, ADMIT_ALL, NOON), "c2").role == common_pb2.MEETING_ROLE_HOST


def test_a_reload_in_the_lobby_replaces_the_former_self() -> None:
    change = commands.join(with_lobby(), person("Budi", "b2", device="d"), NOON + 5)
    assert (told(change), kinds(change)) == ([Left, Changed], [])
    assert [(m.person.participant_id, m.name) for m in change.state.waiting()] == [("b2", "Budi")]


def test_leaving_the_lobby_and_the_end() -> None:
    left = commands.leave(with_lobby(), BUDI, NOON + 1)
    assert (told(left), left.forgotten) == ([Left], ("budi",))
    ended = commands.end(with_lobby(), "account:owner", NOON + 1)
    assert kinds(ended) == ["LEFT", "MEETING_ENDED"]
    assert not list(ended.state.waiting())


def test_the_removed_stay_out_by_token_account_and_device() -> None:
    state = with_people(person("Andi", host=True), person("Budi", "a", device="d", account="x"))
    state = moderate(state, ANDI, pb.HostAct(remove=pb.Remove(participant_id="a")), NOON).state
    state = restricted(state, lobby=True)
    for back in (person("Budi", "a"), person("Tamu", "b", device="d"), person("Budi", "c", account="x")):
        with pytest.raises(Removed):
            commands.join(state, back, NOON + 1)
    # The office's only computer: the host may still use it.
    assert told(commands.join(state, person("Ibu", "i", device="d", host=True), NOON + 1)) == [Joined]


def test_whoever_shares_the_device_of_the_removed_and_was_inside_stays_and_returns() -> None:
    badu = person("Badu", device="d")
    state = with_people(person("Andi", host=True), person("Budi", device="d"), badu)
    state = moderate(state, ANDI, pb.HostAct(remove=pb.Remove(participant_id="budi")), NOON).state
    assert commands.join(state, badu, NOON + 1).empty
    lost = commands.lose(state, badu.participant_id, NOON + 1).state
    lobby.look_in(lost, badu)
    assert member(commands.join(lost, badu, NOON + 2), "badu").membership is Membership.PRESENT
    # Not with another token, nor after they left: that might be anybody on this device.
    left = commands.leave(state, badu.participant_id, NOON + 1).state
    for then, back in ((left, badu), (lost, person("Badu", "b2", device="d"))):
        with pytest.raises(Removed):
            commands.join(then, back, NOON + 2)


def test_removed_from_the_lobby() -> None:
    change = moderate(with_lobby(), ANDI, pb.HostAct(remove=pb.Remove(participant_id="budi")), NOON)
    assert (member(change, "budi").membership, kinds(change)) == (Membership.REMOVED, [])
    with pytest.raises(Removed):
        commands.join(change.state, person("Budi", "b2", device="d"), NOON)


def test_a_role_survives_a_rejoin() -> None:
    state = with_people(person("Andi", host=True), person("Budi", "a", device="d"))
    role = pb.HostAct(set_role=pb.SetRole(participant_id="a", role=common_pb2.MEETING_ROLE_CO_HOST))
    state = commands.leave(moderate(state, ANDI, role, NOON).state, ParticipantId("a"), NOON).state
    back = commands.join(restricted(state, lobby=True), person("Budi", "b", device="d"), NOON)
    assert member(back, "b").role == common_pb2.MEETING_ROLE_CO_HOST
    # Taken away, it does not come back by an older self.
    role.set_role.participant_id, role.set_role.role = "b", common_pb2.MEETING_ROLE_PARTICIPANT
    state = moderate(back.state, ANDI, role, NOON).state
    again = commands.join(state, person("Budi", "c", device="d"), NOON)
    assert member(again, "c").role == common_pb2.MEETING_ROLE_PARTICIPANT


def test_old_denials_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "KEPT_WHO_LEFT", 0)
    state = moderate(with_lobby(), ANDI, DENY_ALL, NOON).state
    assert commands.join(state, person("Cici"), NOON + 1).forgotten == ("budi",)


def test_a_full_meeting_is_told_before_but_not_to_who_has_a_seat() -> None:
    here, lost = person("Budi", "b", device="d1"), person("Cici", "c", device="d2")
    state = with_people(here, lost, state=meeting(capacity=2))
    state = commands.lose(state, lost.participant_id, NOON).state
    for someone in (
        here,
        person("Ani", "a", host=True),
        # Who reloaded the page comes with another token, and takes their own seat.
        person("Budi", "b2", device="d1"),
        person("Cici", "c2", device="d2"),
    ):
        lobby.look_in(state, someone)
    for someone in (person("Dedi", "d"), person("Budi", "b2", device="d9")):
        with pytest.raises(MeetingFull):
            lobby.look_in(state, someone)
    # The lobby has room.
    lobby.look_in(restricted(state, lobby=True), person("Dedi", "d"))
    with pytest.raises(MeetingLocked):
        lobby.look_in(restricted(state, locked=True), person("Dedi", "d"))
    waiting = commands.join(restricted(state, lobby=True), person("Dedi", "d"), NOON).state
    lobby.look_in(waiting, person("Dedi", "d"))
