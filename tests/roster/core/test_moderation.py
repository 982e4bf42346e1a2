from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.common.errors import InvalidField, MeetingEnded, PermissionDenied, Removed, WrongState
from services.common.ids import ParticipantId
from services.roster.core import commands
from services.roster.core.change import Change, Changed, Ended, Joined, Left, Moderated, Reacted, Said, Updated
from services.roster.core.membership import Membership
from services.roster.core.moderation import moderate
from services.roster.core.state import MeetingState
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from tests.roster.core.scene import NOON, meeting, member, person, restricted, with_people
from tests.roster.core.test_commands import kinds, told

ANDI, BUDI, CICI = ParticipantId("andi"), ParticipantId("budi"), ParticipantId("cici")
CO_HOST, PARTICIPANT, HOST = (
    common_pb2.MEETING_ROLE_CO_HOST,
    common_pb2.MEETING_ROLE_PARTICIPANT,
    common_pb2.MEETING_ROLE_HOST,
)


def act(**what: Any) -> pb.HostAct:
    return pb.HostAct(**what)


def crowd() -> MeetingState:
    """Andi is host, Cici co-host, Budi and Dedi are participants."""
    state = with_people(
        person("Andi", host=True), person("Budi"), person("Cici"), person("Dedi"), state=meeting(capacity=10)
    )
    return moderate(state, ANDI, act(set_role=pb.SetRole(participant_id="cici", role=CO_HOST)), NOON).state


def moderated(change: Change) -> Moderated:
    [what] = [event.what for event in change.events if isinstance(event.what, Moderated)]
    return what


def audit(change: Change) -> tuple[str, str, str]:
    [note] = change.audit
    assert note.object == "meeting:8123456789"
    return note.actor, note.action, note.detail


def test_muting_some_and_all() -> None:
    change = moderate(crowd(), CICI, act(mute=pb.Mute(participant_ids=["budi", "budi"])), NOON)
    assert told(change) == [Moderated]
    assert (moderated(change).by, moderated(change).by_name, moderated(change).affected) == ("cici", "Cici", ("budi",))
    assert audit(change) == ("participant:cici", "meeting.mute", "Cici: Budi (budi)")
    everybody = moderate(crowd(), ANDI, act(mute=pb.Mute()), NOON)
    assert moderated(everybody).affected == ("budi", "dedi")
    assert moderate(with_people(person("Andi", host=True)), ANDI, act(mute=pb.Mute()), NOON).empty


@pytest.mark.parametrize("kind", ["stop_camera", "stop_share", "remove"])
def test_acts_on_one(kind: str) -> None:
    change = moderate(crowd(), ANDI, act(**{kind: {"participant_id": "budi"}}), NOON)
    assert moderated(change).affected == ("budi",)
    assert audit(change) == ("participant:andi", f"meeting.{kind}", "Andi: Budi (budi)")


def test_removing_takes_all_of_ones_devices_away() -> None:
    state = with_people(
        person("Andi", host=True), person("Budi", "a", device="d", account="x"), person("Budi", "b", account="x")
    )
    change = moderate(state, ANDI, act(remove=pb.Remove(participant_id="b")), NOON)
    assert told(change) == [Moderated, Left, Left]
    assert kinds(change) == ["LEFT", "LEFT"]
    assert {member(change, one).membership for one in "ab"} == {Membership.REMOVED}


def half_hosts() -> MeetingState:
    """Dedi is on two devices, and host on one of them, as versions before this one left it."""
    dedi = person("Dedi", "d1", account="z", device="one"), person("Dedi", "d2", account="z", device="two")
    state = with_people(person("Andi", host=True), *dedi, state=meeting(capacity=10))
    role = act(set_role=pb.SetRole(participant_id="d1", role=CO_HOST))
    state = moderate(state, ANDI, role, NOON).state
    host = replace(member(state, "d1"), role=HOST)
    return replace(state, members={**state.members, ParticipantId("d1"): host})


@pytest.mark.parametrize("kind", ["remove", "set_role"])
def test_whoever_is_host_on_one_device_is_host(kind: str) -> None:
    what = {"participant_id": "d2"} | ({"role": PARTICIPANT} if kind == "set_role" else {})
    for state in (half_hosts(), commands.leave(half_hosts(), ParticipantId("d1"), NOON).state):
        with pytest.raises(PermissionDenied) as refused:
            moderate(state, ANDI, act(**{kind: what}), NOON)
        assert refused.value.field == f"act.{kind}.participant_id"


def test_a_co_host_does_not_remove_one_of_anothers_devices() -> None:
    state = with_people(person("Eka", "e1", account="e"), person("Eka", "e2", account="e"), state=crowd())
    state = moderate(state, ANDI, act(set_role=pb.SetRole(participant_id="e1", role=CO_HOST)), NOON).state
    one_only = replace(member(state, "e2"), role=PARTICIPANT)
    state = replace(state, members={**state.members, ParticipantId("e2"): one_only})
    with pytest.raises(PermissionDenied):
        moderate(state, CICI, act(remove=pb.Remove(participant_id="e2")), NOON)
    gone = moderate(state, ANDI, act(remove=pb.Remove(participant_id="e2")), NOON)
    assert {member(gone, one).membership for one in ("e1", "e2")} == {Membership.REMOVED}


def test_who_is_removed_does_not_come_in_through_the_lobby_by_another_name() -> None:
    state = with_people(person("Andi", host=True), person("Budi", device="d"), state=meeting(capacity=10))
    waiting = (
        person("Badu", device="d"),
        person("Dedi", device="d", account="x"),
        person("Cici", device="e"),
    )
    state = with_people(*waiting, state=restricted(state, lobby=True))
    change = moderate(state, ANDI, act(remove=pb.Remove(participant_id="budi")), NOON + 1)
    assert told(change) == [Moderated, Left, Left, Left]
    assert moderated(change).affected == ("budi", "badu", "dedi")
    assert audit(change)[2] == "Andi: Budi (budi), Badu (badu), Dedi (dedi)"
    everybody = moderate(change.state, ANDI, act(admit=pb.Admit()), NOON + 2)
    assert {one.name for one in everybody.state.people()} == {"Andi", "Cici"}
    for back in (*waiting[:2], person("Badu", "b2", device="d")):
        with pytest.raises(Removed):
            commands.join(change.state, back, NOON + 3)
    # A colleague on the same computer is kept out there, but not with their account on their own.
    elsewhere = commands.join(change.state, person("Dedi", "dedi2", device="f", account="x"), NOON + 3)
    assert member(elsewhere, "dedi2").membership is Membership.WAITING


def test_hands_are_lowered() -> None:
    state = crowd()
    for who in (ANDI, BUDI, CICI):
        state = commands.raise_hand(state, who, True, NOON).state
    one = moderate(state, CICI, act(lower_hand=pb.LowerHand(participant_id="budi")), NOON)
    assert (told(one), member(one, "budi").hand_raised_at_ms) == ([Changed, Moderated], 0)
    assert moderate(one.state, CICI, act(lower_hand=pb.LowerHand(participant_id="budi")), NOON).empty
    rest = moderate(one.state, CICI, act(lower_hand=pb.LowerHand()), NOON)
    # Everybody's: also the host's, whom a co-host could not act on alone.
    assert moderated(rest).affected == ("andi", "cici")
    assert {one.hand_raised_at_ms for one in rest.state.people()} == {0}
    with pytest.raises(PermissionDenied):
        moderate(state, CICI, act(lower_hand=pb.LowerHand(participant_id="andi")), NOON)
    assert moderated(moderate(state, ANDI, act(lower_hand=pb.LowerHand()), NOON)).affected == ("andi", "budi", "cici")


def test_the_spotlight() -> None:
    change = moderate(crowd(), CICI, act(spotlight=pb.Spotlight(participant_id="andi")), NOON)
    assert (told(change), change.state.definition.spotlight) == ([Updated, Moderated], "andi")
    assert change.state.definition.revision == crowd().definition.revision
    assert moderate(change.state, ANDI, act(spotlight=pb.Spotlight(participant_id="andi")), NOON).empty
    off = moderate(change.state, ANDI, act(spotlight=pb.Spotlight()), NOON)
    assert off.state.definition.spotlight == ""
    assert audit(off) == ("participant:andi", "meeting.spotlight", "Andi: nobody")
    # Whoever goes is in the light no more.
    gone = commands.leave(change.state, ANDI, NOON)
    assert (told(gone), gone.state.definition.spotlight) == ([Left, Updated], "")


def test_roles() -> None:
    change = moderate(crowd(), ANDI, act(set_role=pb.SetRole(participant_id="budi", role=CO_HOST)), NOON)
    assert (told(change), member(change, "budi").role) == ([Changed, Moderated], CO_HOST)
    assert audit(change)[2] == "Andi: Budi (budi) → co_host"
    assert moderate(change.state, ANDI, act(set_role=pb.SetRole(participant_id="budi", role=CO_HOST)), NOON).empty
    with pytest.raises(InvalidField) as refused:
        moderate(crowd(), ANDI, act(set_role=pb.SetRole(participant_id="budi", role=HOST)), NOON)
    assert refused.value.field == "act.set_role.role"
    with pytest.raises(PermissionDenied):
        moderate(crowd(), CICI, act(set_role=pb.SetRole(participant_id="budi", role=CO_HOST)), NOON)


def test_a_co_host_who_left_is_demoted() -> None:
    demote = act(set_role=pb.SetRole(participant_id="c2", role=PARTICIPANT))
    state = with_people(person("Eka", "c2", account="y"), person("Eka", "c3", account="y"), state=crowd())
    state = moderate(state, ANDI, act(set_role=pb.SetRole(participant_id="c2", role=CO_HOST)), NOON).state
    for one in ("c2", "c3"):
        state = commands.lose(state, ParticipantId(one), NOON).state
        state = commands.expire(state, ParticipantId(one), NOON).state
    change = moderate(state, ANDI, demote, NOON + 1)
    # Nobody is shown who is not there, but it is written down, and told: an empty change would not be kept.
    assert told(change) == [Moderated]
    assert audit(change)[2] == "Andi: Eka (c2), Eka (2) (c3) → participant"
    assert {one.person.participant_id for one in change.written} == {"c2", "c3"}
    for back in (person("Eka", "c2", account="y"), person("Eka", "c4", account="y")):
        assert member(commands.join(change.state, back, NOON + 2), back.participant_id).role == PARTICIPANT
    assert moderate(change.state, ANDI, demote, NOON + 2).empty
    # Nobody who has gone is promoted, and nobody demotes who has gone as host.
    with pytest.raises(InvalidField):
        moderate(state, ANDI, act(set_role=pb.SetRole(participant_id="c2", role=CO_HOST)), NOON)
    second = with_people(person("Ibu", host=True), state=crowd())
    second = commands.leave(second, ParticipantId("ibu"), NOON).state
    with pytest.raises(PermissionDenied):
        moderate(second, ANDI, act(set_role=pb.SetRole(participant_id="ibu", role=PARTICIPANT)), NOON)


def test_settings() -> None:
    asked = act(change_settings=pb.ChangeSettings(locked=True, lobby=True, share_mode=pb.SHARE_MODE_HOSTS))
    change = moderate(crowd(), CICI, asked, NOON)
    now = change.state.definition
    assert (now.settings.locked, now.settings.lobby, now.settings.share_mode) == (True, True, pb.SHARE_MODE_HOSTS)
    assert told(change) == [Updated, Moderated]
    assert [(note.action, note.detail) for note in change.audit] == [
        ("meeting.lock", "Cici"),
        ("meeting.change_settings", "Cici: lobby True, share_mode SHARE_MODE_HOSTS"),
    ]
    assert now.revision == crowd().definition.revision + 1
    assert moderate(change.state, CICI, asked, NOON).empty
    back = act(change_settings=pb.ChangeSettings(locked=False, share_mode=pb.SHARE_MODE_UNSPECIFIED))
    undone = moderate(change.state, CICI, back, NOON)
    assert undone.state.definition.settings.share_mode == pb.SHARE_MODE_EVERYBODY
    assert [note.action for note in undone.audit] == ["meeting.unlock", "meeting.change_settings"]
    only = moderate(change.state, CICI, act(change_settings=pb.ChangeSettings(locked=False)), NOON)
    assert audit(only) == ("participant:cici", "meeting.unlock", "Cici")


def test_ending_for_all() -> None:
    with pytest.raises(PermissionDenied):
        moderate(crowd(), CICI, act(end_for_all=pb.EndForAll()), NOON)
    change = moderate(crowd(), ANDI, act(end_for_all=pb.EndForAll()), NOON)
    assert told(change) == [Moderated, Left, Left, Left, Left, Ended]
    assert audit(change) == ("participant:andi", "meeting.end", "Andi")
    with pytest.raises(MeetingEnded):
        moderate(change.state, ANDI, act(end_for_all=pb.EndForAll()), NOON)


def test_without_the_right() -> None:
    everything = [
        act(**{kind: {}})
        for kind in ("mute", "lower_hand", "spotlight", "admit", "deny", "change_settings", "end_for_all")
    ] + [act(**{kind: {"participant_id": "cici"}}) for kind in ("stop_camera", "stop_share", "remove", "set_role")]
    for one in everything:
        with pytest.raises(PermissionDenied):
            moderate(crowd(), BUDI, one, NOON)
    with pytest.raises(WrongState):
        moderate(crowd(), ParticipantId("nobody"), act(mute=pb.Mute()), NOON)
    left = commands.leave(crowd(), ANDI, NOON).state
    with pytest.raises(WrongState):
        moderate(left, ANDI, act(mute=pb.Mute()), NOON)
    with pytest.raises(InvalidField) as refused:
        moderate(crowd(), ANDI, act(), NOON)
    assert refused.value.field == "act"


@pytest.mark.parametrize(
    ("by", "asked", "path"),
    [
        (ANDI, act(mute=pb.Mute(participant_ids=["budi", "andi"])), "act.mute.participant_ids[1]"),
        (CICI, act(mute=pb.Mute(participant_ids=["cici"])), "act.mute.participant_ids[0]"),
        (CICI, act(remove=pb.Remove(participant_id="andi")), "act.remove.participant_id"),
        (CICI, act(stop_share=pb.StopShare(participant_id="cici")), "act.stop_share.participant_id"),
    ],
)
def test_nobody_acts_on_a_host_and_only_hosts_on_co_hosts(by: ParticipantId, asked: pb.HostAct, path: str) -> None:
    with pytest.raises(PermissionDenied) as refused:
        moderate(crowd(), by, asked, NOON)
    assert refused.value.field == path


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (act(mute=pb.Mute(participant_ids=["budi", "eka"])), "act.mute.participant_ids[1]"),
        (act(spotlight=pb.Spotlight(participant_id="eka")), "act.spotlight.participant_id"),
        (act(mute=pb.Mute(participant_ids=["waiting"])), "act.mute.participant_ids[0]"),
    ],
)
def test_who_is_not_there_is_named_at_their_field(asked: pb.HostAct, path: str) -> None:
    state = with_people(person("Menunggu", "waiting"), state=restricted(crowd(), lobby=True))
    with pytest.raises(InvalidField) as refused:
        moderate(state, ANDI, asked, NOON)
    assert refused.value.field == path


def test_chat_to_hosts() -> None:
    assert commands.say(crowd(), BUDI, "halo", "", NOON, to_hosts=True).lines[0].to_hosts
    assert not commands.say(crowd(), BUDI, "halo", "", NOON).lines[0].to_hosts
    quiet = restricted(crowd(), chat_mode=pb.CHAT_MODE_HOSTS)
    change = commands.say(quiet, BUDI, "halo", "", NOON)
    assert (told(change), change.lines[0].to_hosts) == ([Said], True)
    assert not commands.say(quiet, CICI, "halo", "", NOON).lines[0].to_hosts


def test_reactions() -> None:
    change = commands.react(crowd(), BUDI, pb.REACTION_APPLAUSE, NOON)
    assert told(change) == [Reacted]
    with pytest.raises(WrongState):
        commands.react(crowd(), ParticipantId("nobody"), pb.REACTION_APPLAUSE, NOON)


def test_a_host_finds_a_seat_in_a_full_meeting_and_the_owner_edits_settings() -> None:
    state = with_people(person("Budi"), state=meeting(capacity=1))
    assert told(commands.join(state, person("Andi", host=True), NOON)) == [Joined]
    wanted = restricted(lobby=True).definition.settings
    change = commands.update(state, 1, None, None, None, "account:owner", NOON, wanted)
    assert (told(change), change.state.definition.settings.lobby) == ([Updated], True)
