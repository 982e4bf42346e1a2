"""A meeting as its watchers see it: the roster's snapshot, kept up to date by its events."""

from __future__ import annotations

from typing import Final

from sipulung.roster.v1 import meeting_pb2, moderation_pb2, participant_pb2, poll_pb2

CHAT_LINES: Final = 200


class MeetingView:
    """What a client that connects now has to be told."""

    def __init__(self, snapshot: participant_pb2.Snapshot) -> None:
        self._snapshot = participant_pb2.Snapshot()
        self._snapshot.CopyFrom(snapshot)
        self._participants = {person.participant_id: person for person in snapshot.participants}

    @property
    def sequence(self) -> int:
        """The number of the last event that the view contains."""
        return self._snapshot.sequence

    def has(self, participant_id: str) -> bool:
        """Whether that participant is in the meeting, if only by the grace time."""
        person = self._participants.get(participant_id)
        return person is not None and person.presence != participant_pb2.PRESENCE_LEFT

    def person(self, participant_id: str) -> participant_pb2.Participant | None:
        """That participant, in the meeting or in its lobby."""
        return self._participants.get(participant_id)

    def waits(self, participant_id: str) -> bool:
        """Whether that participant is in the lobby."""
        person = self._participants.get(participant_id)
        return person is not None and person.presence == participant_pb2.PRESENCE_WAITING

    @property
    def settings(self) -> moderation_pb2.MeetingSettings:
        """What hosts restrict."""
        return self._snapshot.meeting.settings

    def snapshot(self) -> participant_pb2.Snapshot:
        """The view as a message of its own."""
        whole = participant_pb2.Snapshot(
            meeting=self._snapshot.meeting,
            chat=self._snapshot.chat,
            sequence=self._snapshot.sequence,
            polls=self._snapshot.polls,
        )
        whole.participants.extend(self._participants.values())
        return whole

    def apply(self, event: participant_pb2.RosterEvent) -> bool:
        """Takes in an event. False: it is not the next one (an old one, or some were missed)."""
        if event.sequence != self._snapshot.sequence + 1:
            return False
        self._snapshot.sequence = event.sequence
        kind = event.WhichOneof("event")
        if kind == "joined" or kind == "changed":
            person = event.joined if kind == "joined" else event.changed
            self._seated(_seats(person) - _seats(self._participants.get(person.participant_id)))
            self._participants[person.participant_id] = person
        elif kind == "left":
            self._seated(-_seats(self._participants.pop(event.left.participant_id, None)))
        elif kind == "said":
            self._snapshot.chat.append(event.said)
            if len(self._snapshot.chat) > CHAT_LINES:
                del self._snapshot.chat[0]
        elif kind == "updated" or kind == "ended":
            self._snapshot.meeting.CopyFrom(event.updated if kind == "updated" else event.ended)
            self._snapshot.meeting.present = sum(map(_seats, self._participants.values()))
        elif kind == "polled":
            self._polled(event.polled)
        # A kind of event that a newer roster sends is passed on to the clients, and changes nothing here.
        return True

    def cancelled(self) -> bool:
        """Whether it was called off."""
        return self._snapshot.meeting.state == meeting_pb2.MEETING_STATE_CANCELLED

    def ended(self) -> bool:
        """Whether the meeting is over."""
        over = (meeting_pb2.MEETING_STATE_ENDED, meeting_pb2.MEETING_STATE_CANCELLED)
        return self._snapshot.meeting.state in over

    def _seated(self, change: int) -> None:
        # What others do a hundred times a minute seats nobody: nothing is counted anew for it.
        if change:
            self._snapshot.meeting.present += change

    def _polled(self, poll: poll_pb2.Poll) -> None:
        for known in self._snapshot.polls:
            if known.poll_id == poll.poll_id:
                if poll.question:
                    known.CopyFrom(poll)
                else:
                    # A vote: the rest is as it was.
                    known.voters = poll.voters
                return
        self._snapshot.polls.append(poll)


def _seats(person: participant_pb2.Participant | None) -> int:
    """How many seats of the meeting they take: who waits in the lobby takes none."""
    return int(person is not None and person.presence != participant_pb2.PRESENCE_WAITING)
