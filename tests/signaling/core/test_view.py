"""A meeting's view, event by event."""

from services.signaling.core.view import CHAT_LINES, MeetingView
from sipulung.roster.v1 import meeting_pb2, moderation_pb2, participant_pb2, poll_pb2


def person(
    name: str, presence: participant_pb2.Presence.ValueType = participant_pb2.PRESENCE_PRESENT
) -> participant_pb2.Participant:
    return participant_pb2.Participant(participant_id=name, name=name, presence=presence)


def view() -> MeetingView:
    meeting = meeting_pb2.Meeting(
        meeting_id="8123456789", title="Rapat", state=meeting_pb2.MEETING_STATE_OPEN, present=1
    )
    return MeetingView(participant_pb2.Snapshot(meeting=meeting, participants=[person("ani")], sequence=7))


def test_join_change_and_leave() -> None:
    here = view()
    assert here.apply(participant_pb2.RosterEvent(sequence=8, joined=person("budi")))
    assert here.has("budi")
    assert here.snapshot().meeting.present == 2
    changed = person("budi")
    changed.hand_raised_at_ms = 5
    assert here.apply(participant_pb2.RosterEvent(sequence=9, changed=changed))
    assert [one.hand_raised_at_ms for one in here.snapshot().participants] == [0, 5]
    assert here.apply(participant_pb2.RosterEvent(sequence=10, left=participant_pb2.Left(participant_id="budi")))
    assert not here.has("budi")
    assert here.sequence == here.snapshot().sequence == 10


def test_those_who_left_are_not_in() -> None:
    here = view()
    here.apply(participant_pb2.RosterEvent(sequence=8, changed=person("ani", participant_pb2.PRESENCE_LEFT)))
    assert not here.has("ani")


def test_gaps_and_repeats_are_refused() -> None:
    here = view()
    assert not here.apply(participant_pb2.RosterEvent(sequence=7, joined=person("budi")))
    assert not here.apply(participant_pb2.RosterEvent(sequence=9, joined=person("budi")))
    assert not here.has("budi")
    assert here.sequence == 7


def test_chat_keeps_the_newest() -> None:
    here = view()
    for number in range(CHAT_LINES + 5):
        line = participant_pb2.ChatLine(number=number)
        assert here.apply(participant_pb2.RosterEvent(sequence=8 + number, said=line))
    chat = here.snapshot().chat
    assert len(chat) == CHAT_LINES
    assert chat[0].number == 5


def test_update_and_end() -> None:
    here = view()
    here.apply(participant_pb2.RosterEvent(sequence=8, updated=meeting_pb2.Meeting(title="Rapat baru")))
    assert here.snapshot().meeting.title == "Rapat baru"
    assert not here.ended()
    ended = meeting_pb2.Meeting(state=meeting_pb2.MEETING_STATE_ENDED)
    here.apply(participant_pb2.RosterEvent(sequence=9, ended=ended))
    assert here.ended()


def test_an_event_of_a_newer_roster_counts() -> None:
    here = view()
    assert here.apply(participant_pb2.RosterEvent(sequence=8))
    assert here.sequence == 8


def test_the_view_is_a_copy() -> None:
    snapshot = participant_pb2.Snapshot(sequence=1)
    here = MeetingView(snapshot)
    here.apply(participant_pb2.RosterEvent(sequence=2))
    assert snapshot.sequence == 1


def test_polls() -> None:
    here = view()
    options = [poll_pb2.PollOption(text="ya"), poll_pb2.PollOption(text="tidak")]
    one = poll_pb2.Poll(poll_id="8", question="Setuju?", options=options, state=poll_pb2.POLL_STATE_OPEN)
    assert here.apply(participant_pb2.RosterEvent(sequence=8, polled=one))
    voted = poll_pb2.Poll(poll_id="8", state=poll_pb2.POLL_STATE_OPEN, voters=3)
    assert here.apply(participant_pb2.RosterEvent(sequence=9, polled=voted))
    assert [(poll.question, len(poll.options), poll.voters) for poll in here.snapshot().polls] == [("Setuju?", 2, 3)]
    closed = poll_pb2.Poll(poll_id="8", question="Setuju?", options=options, state=poll_pb2.POLL_STATE_CLOSED, voters=4)
    assert here.apply(participant_pb2.RosterEvent(sequence=10, polled=closed))
    assert here.apply(participant_pb2.RosterEvent(sequence=11, polled=poll_pb2.Poll(poll_id="11", question="Kapan?")))
    assert [(poll.poll_id, poll.voters) for poll in here.snapshot().polls] == [("8", 4), ("11", 0)]


def test_who_waits_takes_no_seat() -> None:
    waits = participant_pb2.Participant(participant_id="w", presence=participant_pb2.PRESENCE_WAITING)
    view = MeetingView(participant_pb2.Snapshot(sequence=1))
    assert view.apply(participant_pb2.RosterEvent(sequence=2, changed=waits))
    assert (view.waits("w"), view.waits("x"), view.snapshot().meeting.present) == (True, False, 0)
    inside = participant_pb2.Participant(participant_id="w", presence=participant_pb2.PRESENCE_PRESENT)
    assert view.apply(participant_pb2.RosterEvent(sequence=3, joined=inside))
    assert (view.waits("w"), view.snapshot().meeting.present, view.person("w")) == (False, 1, inside)
    settings = moderation_pb2.MeetingSettings(lobby=True)
    updated = meeting_pb2.Meeting(settings=settings)
    assert view.apply(participant_pb2.RosterEvent(sequence=4, updated=updated))
    assert (view.settings, view.person("x")) == (settings, None)


def test_called_off() -> None:
    off = meeting_pb2.Meeting(state=meeting_pb2.MEETING_STATE_CANCELLED)
    view = MeetingView(participant_pb2.Snapshot(sequence=4))
    assert not view.cancelled()
    assert view.apply(participant_pb2.RosterEvent(sequence=5, ended=off))
    assert view.cancelled()
    assert view.ended()
