"""Whatever the sequence of commands, the meeting and its attendance make sense."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import DomainError
from services.common.ids import ParticipantId
from services.roster.core import commands
from services.roster.core.change import AttendanceNote, Change
from services.roster.core.membership import Membership
from services.roster.core.state import MeetingState
from sipulung.roster.v1 import attendance_pb2
from tests.roster.core.scene import NOON, meeting, person

PEOPLE = [
    person("Budi", "a", device="d1"),
    person("Budi", "b", device="d1"),
    person("BUDI", "c", account="x", device="d2"),
    person("Budi (2)", "d"),
    person("Cici", "e", host=True),
]
ACTIONS = ["join", "leave", "lose", "back", "expire", "hand", "say", "update", "end"]
# The clock is set back and forth at will.
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.sampled_from(range(len(PEOPLE))), st.integers(-5_000, 20_000)), max_size=60
)


def step(state: MeetingState, action: str, number: int, now_ms: int) -> Change:
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
        case "hand":
            return commands.raise_hand(state, participant_id, now_ms % 2 == 0, now_ms)
        case "say":
            return commands.say(state, participant_id, "halo", str(now_ms % 3), now_ms)
        case "update":
            return commands.update(state, state.definition.revision, str(now_ms), None, None, "account:x", now_ms)
        case "end" if number == 0:
            return commands.end(state, "account:x", now_ms)
    return Change(state, state)


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_any_sequence(steps: list[tuple[str, int, int]]) -> None:
    state, now_ms = meeting(capacity=3), NOON
    notes: list[AttendanceNote] = []
    for action, number, passed in steps:
        now_ms += passed
        try:
            change = step(state, action, number, now_ms)
        except DomainError:
            continue
        sequences = [event.sequence for event in change.events]
        assert sequences == list(range(state.sequence + 1, change.state.sequence + 1))
        written = {m.person.participant_id for m in change.written}
        assert {pid for pid, m in change.state.members.items() if m is not state.members.get(pid)} == written, (
            "what differs is what is written"
        )
        state = change.state
        notes += change.attendance
        names = [m.name.casefold() for m in state.people()]
        assert len(names) == len(set(names))
        assert sum(1 for m in state.people() if m.person.participant_id != "e") <= 3
        for member in state.members.values():
            assert (member.absent_since_ms == 0) is (member.membership is Membership.PRESENT)
            assert member.in_meeting or member.hand_raised_at_ms == 0
    assert_intervals(notes, state)


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
    assert there == {pid: m.membership for pid, m in state.members.items()}
