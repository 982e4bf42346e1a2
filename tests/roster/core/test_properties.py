"""Whatever the sequence of commands, the meeting and its attendance make sense."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import DomainError
from services.common.ids import ParticipantId
from services.roster.core import commands, lobby, span
from services.roster.core.change import AttendanceNote, Change, Moderated
from services.roster.core.identity import kept_out_with, same_person
from services.roster.core.member import Person
from services.roster.core.membership import IN_MEETING, WAS_HERE, Membership
from services.roster.core.moderation import moderate
from services.roster.core.state import MeetingState
from services.roster.core.succession import CO_HOST, HOST, heir, take_over
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from tests.roster.core.replay import replayed
from tests.roster.core.scene import NOON, meeting, person, restricted
from tests.roster.core.test_span import STARTS, daily

PEOPLE = [
    person("Budi", "a", device="d1"),
    person("Budi", "b", device="d1"),
    person("BUDI", "c", account="x", device="d2"),
    person("Budi (2)", "d"),
    person("Cici", "e", host=True),
    person("Dedi", "f", account="y", unit="u", since_s=5),
    person("Dedi", "g", account="y", device="d3"),
    # Another name on a device that is another's too.
    person("Badu", "h", device="d1"),
]
ACTS = [name for name in pb.HostAct.DESCRIPTOR.fields_by_name if name != "end_for_all"]
# Joins are most of it, so that there is somebody to act on.
ACTIONS = ["join", "join", "join", "leave", "lose", "back", "expire", "give up", "hand", "say", "react", "succeed"]
ACTIONS += ["update", "end", "end_for_all", *ACTS, "admit", "change_settings"]
# The clock is set back and forth at will.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.sampled_from(range(len(PEOPLE))),
        st.sampled_from(range(len(PEOPLE))),
        st.integers(-5_000, 20_000),
    ),
    max_size=60,
)


def host_act(kind: str, target: ParticipantId, now_ms: int) -> pb.HostAct:
    act = pb.HostAct()
    one = getattr(act, kind)
    one.SetInParent()
    if kind == "change_settings":
        name = ("locked", "lobby", "unmute_forbidden")[now_ms % 3]
        setattr(one, name, now_ms % 2 == 0)
    elif "participant_ids" in one.DESCRIPTOR.fields_by_name:
        if now_ms % 2:
            one.participant_ids.append(target)
    elif "participant_id" in one.DESCRIPTOR.fields_by_name:
        one.participant_id = target
    if kind == "set_role":
        one.role = (common_pb2.MEETING_ROLE_PARTICIPANT, common_pb2.MEETING_ROLE_CO_HOST)[now_ms % 2]
    return act


def step(state: MeetingState, action: str, number: int, other: int, now_ms: int) -> Change:
    someone = PEOPLE[number]
    participant_id = someone.participant_id
    known = state.members.get(participant_id)
    membership = known.membership if known else Membership.ABSENT
    match action:
        case "join":
            return commands.join(state, someone, now_ms)
        case "leave":
            return commands.leave(state, participant_id, now_ms)
        case "lose" if membership is Membership.PRESENT:
            return commands.lose(state, participant_id, now_ms)
        case "back" if membership is Membership.LOST:
            return commands.come_back(state, participant_id, now_ms)
        case "expire" if membership is Membership.LOST:
            return commands.expire(state, participant_id, now_ms)
        case "give up" if membership is Membership.WAITING:
            return lobby.give_up(state, participant_id, now_ms)
        case "succeed":
            found = heir(state, 0, 10_000, now_ms)
            if found is not None:
                return take_over(state, found.person.participant_id, now_ms)
        case "react":
            return commands.react(state, participant_id, pb.REACTION_AGREE, now_ms)
        case "hand":
            return commands.raise_hand(state, participant_id, now_ms % 2 == 0, now_ms)
        case "say":
            return commands.say(state, participant_id, "halo", str(now_ms % 3), now_ms)
        case "update":
            return commands.update(state, state.definition.revision, str(now_ms), None, None, "account:x", now_ms)
        case "end" if number == 0:
            return commands.end(state, "account:x", now_ms)
        case kind if kind == "end_for_all" or kind in ACTS:
            return moderate(state, participant_id, host_act(kind, PEOPLE[other].participant_id, now_ms), now_ms)
    return Change(state, state)


@settings(max_examples=600, deadline=None)
@given(STEPS, st.booleans())
def test_any_sequence(steps: list[tuple[str, int, int, int]], with_lobby: bool) -> None:
    state, now_ms = meeting(capacity=3), NOON
    if with_lobby:
        state = restricted(state, lobby=True)
    notes: list[AttendanceNote] = []
    removed: list[Person] = []
    for action, number, other, passed in steps:
        now_ms += passed
        before = state
        try:
            change = step(state, action, number, other, now_ms)
        except DomainError:
            continue
        sequences = [event.sequence for event in change.events]
        assert sequences == list(range(state.sequence + 1, change.state.sequence + 1))
        written = {m.person.participant_id for m in change.written}
        assert {pid for pid, m in change.state.members.items() if m is not state.members.get(pid)} == written, (
            "what differs is what is written"
        )
        assert set(state.members) - set(change.state.members) == set(change.forgotten)
        state = change.state
        notes += change.attendance
        assert_right(before, change, action, PEOPLE[number])
        assert_ways_in(before, change, removed)
        if action == "succeed":
            assert_whole_hosts(change)
        removed += [m.person for m in change.written if m.membership is Membership.REMOVED]
        names = [m.name.casefold() for m in (*state.people(), *state.waiting())]
        assert len(names) == len(set(names))
        assert sum(1 for m in state.people() if m.role != HOST) <= 3
        for member in state.members.values():
            here = (Membership.PRESENT, Membership.WAITING)
            assert (member.absent_since_ms == 0) is (member.membership in here)
            assert member.in_meeting or member.hand_raised_at_ms == 0
        spotlight = state.definition.spotlight
        assert not spotlight or state.definition.ended_at_ms or state.members[ParticipantId(spotlight)].in_meeting
    assert_intervals(notes, state)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*ACTIONS, "settle", "settle"]),
            st.sampled_from(range(len(PEOPLE))),
            st.sampled_from(range(len(PEOPLE))),
            st.sampled_from([-60_000, 1_000, 60_000, 3_600_000, 20 * 3_600_000]),
        ),
        max_size=80,
    )
)
def test_any_sequence_of_a_series(steps: list[tuple[str, int, int, int]]) -> None:
    """Each occurrence of a recurring meeting stands for itself, whoever comes, goes, or is removed when."""
    state, now_ms = daily(), STARTS
    notes: list[AttendanceNote] = []
    removed: list[Person] = []
    for action, number, other, passed in steps:
        now_ms += passed
        before = state
        try:
            change = span.settle(state, now_ms) if action == "settle" else step(state, action, number, other, now_ms)
        except DomainError:
            continue
        state = change.state
        notes += change.attendance
        assert_right(before, change, action, PEOPLE[number])
        if state.definition.occurrences != before.definition.occurrences:
            removed = []
        for member in change.written:
            if member.in_meeting and member.role < HOST:
                known = before.members.get(member.person.participant_id)
                # Whoever shares a device with the removed, and was in already, stays.
                kept_out = same_person if known is not None and known.in_meeting else kept_out_with
                assert not any(kept_out(one, member.person) for one in removed)
        removed += [m.person for m in change.written if m.membership is Membership.REMOVED]
        assert state.definition.running or not state.present
    assert_spans(notes, state)


def assert_spans(notes: Iterable[AttendanceNote], state: MeetingState) -> None:
    """Whatever is noted lies within one occurrence, and ends as the state says."""
    end = replayed(notes)
    assert end.running is state.definition.running
    assert end.started == state.definition.occurrences
    assert end.inside == {member.person.participant_id for member in state.people()}


def assert_right(before: MeetingState, change: Change, action: str, actor: Person) -> None:
    """An act that succeeded was done by who may, to whom they may, is told, and stands in the audit log."""
    if change.empty or not (action == "end_for_all" or action in ACTS):
        return
    by = before.members[actor.participant_id]
    assert by.in_meeting
    assert by.role >= (HOST if action in ("set_role", "end_for_all") else CO_HOST)
    [told] = [event.what for event in change.events if isinstance(event.what, Moderated)]
    assert told.by == actor.participant_id
    assert change.audit
    assert all(note.actor == f"participant:{actor.participant_id}" for note in change.audit)
    if action not in ("spotlight", "end_for_all"):
        for participant_id in told.affected:
            target = before.members[participant_id]
            assert target is by or target.role < (HOST if by.role == HOST else CO_HOST)
    for participant_id, known in before.members.items():
        after = change.state.members.get(participant_id)
        if known.role == HOST:
            assert action != "remove" or not any(
                member.membership is Membership.REMOVED and same_person(member.person, known.person)
                for member in change.written
            )
            assert after is not None
            assert after.role == HOST
            assert after.membership is known.membership or action == "end_for_all"


def assert_whole_hosts(change: Change) -> None:
    """Whoever became host is host on all devices that they have in the meeting, or had."""
    hosts = [member.person for member in change.written]
    for member in change.state.members.values():
        if member.membership in WAS_HERE and any(same_person(member.person, host) for host in hosts):
            assert member.role == HOST


def assert_ways_in(before: MeetingState, change: Change, removed: Iterable[Person]) -> None:
    """Whom a host kept out is not in; nobody new passes a lobby or a lock by themselves."""
    settings = before.definition.settings
    admitted = {pid for e in change.events if isinstance(e.what, Moderated) for pid in e.what.affected}
    for member in change.written:
        participant_id = member.person.participant_id
        known = before.members.get(participant_id)
        was = known.membership if known else Membership.ABSENT
        if member.role < HOST and (member.in_meeting or member.waiting) and was not in IN_MEETING:
            assert not any(kept_out_with(one, member.person) for one in removed)
            assert was is not Membership.DENIED
        if was is Membership.WAITING and member.in_meeting:
            assert participant_id in admitted
        if was is Membership.ABSENT and (member.in_meeting or member.waiting) and member.role < CO_HOST:
            was_here = any(
                m.membership in (*IN_MEETING, Membership.LEFT) and same_person(m.person, member.person)
                for m in before.members.values()
            )
            waited = any(m.waiting and same_person(m.person, member.person) for m in before.members.values())
            assert was_here or not settings.locked or (waited and member.waiting)
            assert was_here or member.waiting is (settings.lobby or settings.locked)


def assert_intervals(notes: Iterable[AttendanceNote], state: MeetingState) -> None:
    """Replays the log: a person's intervals never overlap, nor reach beyond the meeting, and end as the state says."""
    there: dict[ParticipantId, Membership] = {}
    started = ended = False
    last_ms = 0
    for note in notes:
        assert note.at_ms >= last_ms
        last_ms = note.at_ms
        if note.member is None:
            if note.kind == attendance_pb2.ATTENDANCE_KIND_MEETING_STARTED:
                assert not started
                assert not ended
                started = True
            else:
                assert not ended
                assert all(m is Membership.LEFT for m in there.values())
                ended = True
            continue
        assert started
        assert not ended
        participant_id = note.member.person.participant_id
        before = there.get(participant_id, Membership.ABSENT)
        match note.kind:
            case attendance_pb2.ATTENDANCE_KIND_JOINED:
                assert before in (Membership.ABSENT, Membership.LEFT)
                there[participant_id] = Membership.PRESENT
            case attendance_pb2.ATTENDANCE_KIND_LOST:
                assert before is Membership.PRESENT
                there[participant_id] = Membership.LOST
            case attendance_pb2.ATTENDANCE_KIND_RETURNED:
                assert before is Membership.LOST
                there[participant_id] = Membership.PRESENT
            case _:
                assert before in (Membership.PRESENT, Membership.LOST)
                there[participant_id] = Membership.LEFT
    # Who only waited, or was turned away, was never there.
    seen = (*IN_MEETING, Membership.LEFT)
    assert {pid: m for pid, m in there.items() if state.members[pid].membership is not Membership.REMOVED} == {
        pid: m.membership for pid, m in state.members.items() if m.membership in seen
    }
    assert all(
        m is Membership.LEFT for pid, m in there.items() if pid not in {p.person.participant_id for p in state.people()}
    )
