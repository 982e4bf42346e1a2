"""One meeting on this node: who is in it, and what changes for whom. Keyed by (tenant, meeting) in the node.

Changes only mark what is out of date; one flush per turn of the event loop recomputes each viewer once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from services.media.core.demand import Demand
from services.media.core.session_state import State
from services.media.core.stops import Stops
from services.media.forwarding import viewing
from services.media.forwarding.packet_path import PacketPath
from services.media.forwarding.session import SOURCES, PublishedTrack, Session, Shown
from sipulung.media.v1 import session_pb2

_SCREEN: Final = session_pb2.SOURCE_SCREEN
# For how long a preview keeps cameras running that nobody watches yet.
_WARM_MS: Final = 60_000


class Member:
    """A participant. Of several sessions the newest that carries media is the one that is heard and seen."""

    def __init__(self, participant: str) -> None:
        self.participant = participant
        self.sessions: list[Session] = []
        self.camera = Demand()
        self.screen = Demand()

    @property
    def active(self) -> Session:
        carrying = [session for session in self.sessions if session.carries]
        return (carrying or self.sessions)[-1]

    @property
    def lost(self) -> bool:
        return all(session.state is State.SILENT for session in self.sessions)

    def state(self) -> session_pb2.MediaState:
        effective = self.active.effective
        return session_pb2.MediaState(
            participant_id=self.participant,
            publish=session_pb2.PublishState(**effective),
            lost=self.lost,
        )


class Room:
    """Times in ms of a monotonic clock, given by `now`."""

    def __init__(
        self,
        tenant: str,
        meeting: str,
        handle: int,
        path: PacketPath,
        schedule: Callable[[Callable[[], None]], object],
        now: Callable[[], int],
    ) -> None:
        self.tenant, self.meeting, self.handle = tenant, meeting, handle
        self._path, self._schedule, self._now = path, schedule, now
        self.sessions: dict[int, Session] = {}
        self.members: dict[str, Member] = {}
        # Tracks that are on, by participant; `screens` in the order they started.
        self.microphones: dict[str, PublishedTrack] = {}
        self.cameras: dict[str, PublishedTrack] = {}
        self.screens: dict[str, PublishedTrack] = {}
        self.screen_sounds: dict[str, PublishedTrack] = {}
        # Those with their cameras on: who spoke, latest first; and everybody in the order they came.
        self.spoke: list[str] = []
        self.seen: list[str] = []
        self.loud: frozenset[int] = frozenset()
        self.speakers: tuple[str, ...] = ()
        self.dominant = ""
        self.presence_changed = False
        # By participant, and not by session: a mute holds for the connection that takes the place of the one it met.
        self.stops: dict[str, Stops] = {}
        self._spoken: dict[str, None] = {}
        self._stale: set[int] = set()
        self._unpaired = False
        self._changed: dict[str, None] = {}
        self._told: dict[str, bytes] = {}
        self._told_speakers: tuple[str, ...] = ()
        self._demands: dict[str, None] = {}
        self._awaited = False
        self._scheduled = False

    # What happened.

    def add(self, session: Session) -> None:
        self.sessions[session.handle] = session

    def admit(self, session: Session) -> None:
        """It takes part from now on. Its first assignments are computed at once."""
        member = self.members.setdefault(session.participant, Member(session.participant))
        member.camera.warm = self._awaited
        if session not in member.sessions:
            member.sessions.append(session)
        self.presence_changed = True
        self.tell_stops(session)
        self.refresh(session.participant)
        self.stale([session])

    def dismiss(self, session: Session) -> None:
        """It takes part no longer: closed, or sent back to the lobby."""
        member = self.members.get(session.participant)
        if member is None or session not in member.sessions:
            return
        member.sessions.remove(session)
        for track in session.tracks.values():
            self._enable(track, False)
        for shown in session.shown.values():
            self.want(shown, shown.wanted, 0)
        for index in (session.video_slots[slot] for slot, shown in session.shown.items() if shown.layer >= 0):
            self._path.assign_video(session.handle, index, None)
        session.shown, session.faces, session.told_assignments = {}, {}, b""
        if not member.sessions:
            del self.members[session.participant]
            self._spoken.pop(session.participant, None)
        self.presence_changed = True
        self.refresh(session.participant)

    def remove(self, session: Session) -> None:
        self.dismiss(session)
        self.sessions.pop(session.handle, None)
        self._stale.discard(session.handle)
        if all(other.participant != session.participant for other in self.sessions.values()):
            self.stops.pop(session.participant, None)

    def publish(self, session: Session, publish: session_pb2.PublishState) -> None:
        """What the client would send, but for what a host turned off and it has not heard of."""
        stops = self.stops.setdefault(session.participant, Stops())
        stops.heard(publish.stops_heard if publish.HasField("stops_heard") else None)
        session.publish = {s: bool(getattr(publish, s)) and s not in stops.sources for s in SOURCES}

    def stop(self, session: Session, stop: session_pb2.PublishState) -> None:
        """Off, until the client turns it on again and knows of this."""
        stopped = [source for source in SOURCES if getattr(stop, source)]
        if not stopped:
            return
        self.stops.setdefault(session.participant, Stops()).stop(stopped)
        session.publish = {source: on and source not in stopped for source, on in session.publish.items()}
        self.tell_stops(session)

    def refresh(self, participant: str) -> None:
        """What the participant sends, or whether they are there, may have changed."""
        member = self.members.get(participant)
        active = member.active if member is not None else None
        tables = (self.microphones, self.cameras, self.screens, self.screen_sounds)
        changed = False
        for source, table in zip(SOURCES, tables, strict=True):
            track = active.tracks[source] if active is not None and active.effective[source] else None
            if table.get(participant) is track:
                continue
            changed = True
            if participant in table:
                self._enable(off := table.pop(participant), False)
                # What starts again may come in another codec.
                for session in self.sessions.values():
                    session.undecodable = {pair for pair in session.undecodable if pair[1] != off.handle}
            if track is not None:
                table[participant] = track
                self._enable(track, True)
        if member is not None or participant in self._told:
            # Whoever is still in the preview is nobody's business.
            self._changed[participant] = None
        if changed:
            self._order()
            self._demands[participant] = None
            self.stale(self.sessions.values())
        if member is not None:
            for session in member.sessions:
                # A person on two connections must not hear themselves on the other.
                denied = tuple(
                    t.handle for other in member.sessions if other is not session for t in other.tracks.values()
                )
                if denied != session.denied:
                    session.denied = denied
                    self._path.deny_audio(session.handle, denied)
        self._wake()

    def spoke_now(self, tracks: tuple[int, ...], people: tuple[str, ...]) -> None:
        """The loud ones, dominant first."""
        self.loud, self.speakers = frozenset(tracks), people
        self.dominant = people[0] if people else self.dominant
        for person in reversed(people):
            self._spoken.pop(person, None)
            self._spoken[person] = None
        self._order()
        # A speaker whom everybody sees already moves nobody; who is shown only changes where someone is missing.
        visible = [person for person in people if person in self.cameras]
        for session in self.sessions.values():
            if session.admitted and any(person not in session.faces.values() for person in visible):
                self._stale.add(session.handle)
        self._unpaired = True
        self._wake()

    def layers_changed(self, track: PublishedTrack, bitrates: tuple[int, ...]) -> None:
        arrived = [rate > 0 for rate in track.bitrates]
        track.bitrates = bitrates
        if arrived != [rate > 0 for rate in bitrates]:
            self.stale(
                session
                for session in self.sessions.values()
                if any(shown.track == track.handle for shown in session.shown.values())
            )

    def stale(self, sessions: Iterable[Session]) -> None:
        """Recompute what these are shown."""
        self._stale.update(session.handle for session in sessions)
        self._wake()

    def want(self, shown: Shown, before: int, after: int) -> None:
        """Called while a viewer is brought up to date: how many layers of what it is shown it wants."""
        member = self.members.get(shown.participant)
        if member is not None:
            (member.screen if shown.source == _SCREEN else member.camera).change(before, after)
            self._demands[shown.participant] = None

    # What follows.

    def flush(self) -> None:
        """Bring everything up to date now."""
        self._scheduled = False
        stale, self._stale = self._stale, set()
        for handle in stale:
            session = self.sessions.get(handle)
            if session is not None:
                viewing.show(self, session, self._path)
                self._tell_assignments(session)
                self._tell_quality(session)
        if self._unpaired:
            self._unpaired = False
            for session in self.sessions.values():
                if session.admitted and session.handle not in stale:
                    viewing.pair(self, session, self._path)
        self._tell_states()
        if self.speakers != self._told_speakers:
            self._told_speakers = self.speakers
            self._tell_all(session_pb2.NodeToClient(speakers=self.speakers_message()))
        self.ask()

    def ask(self) -> None:
        """Tell publishers what is wanted of them. Called again each second while something is about to be lowered."""
        now = self._now()
        self._await(now)
        demands, self._demands = self._demands, {}
        for participant in demands:
            member = self.members.get(participant)
            if member is None:
                continue
            camera, screen = member.camera.decide(now), member.screen.decide(now)
            if camera or screen:
                for session in member.sessions:
                    self.tell_wanted(session)
            if member.camera.pending or member.screen.pending:
                self._demands[participant] = None

    def _await(self, now: int) -> None:
        """While somebody's preview is connected, cameras that nobody watches run in their lowest layer.

        Starting an encoder takes longer than the rest of a join.
        """
        awaited = any(
            session.carries and not (session.admitted or session.closing) and now - session.since_ms < _WARM_MS
            for session in self.sessions.values()
        )
        if awaited != self._awaited:
            self._awaited = awaited
            for member in self.members.values():
                member.camera.warm = awaited
                self._demands[member.participant] = None

    def tell_wanted(self, session: Session) -> None:
        member = self.members.get(session.participant)
        if member is not None:
            wanted = session_pb2.PublishRequest(camera_layers=member.camera.asked, screen=member.screen.asked > 0)
            session.tell(session_pb2.NodeToClient(publish_request=wanted))

    def tell_everything(self, session: Session) -> None:
        """The data channel has just opened, or the client reads again."""
        session.behind = False
        if not session.admitted:
            return
        session.told_assignments, session.told_quality = b"", (0, 0)
        self.tell_stops(session)
        self._tell_assignments(session)
        session.tell(session_pb2.NodeToClient(media_states=self.states_message()))
        session.tell(session_pb2.NodeToClient(speakers=self.speakers_message()))
        self.tell_wanted(session)
        self._tell_quality(session)

    def tell_stops(self, session: Session) -> None:
        """Nothing where the client has heard of all."""
        stops = self.stops.get(session.participant)
        if stops is None or not stops.sources:
            return
        sources = session_pb2.PublishState(**{source: source in stops.sources for source in SOURCES})
        stopped = session_pb2.Stopped(number=stops.number, sources=sources)
        session.tell(session_pb2.NodeToClient(stopped=stopped))

    def states_message(self) -> session_pb2.MediaStates:
        return session_pb2.MediaStates(whole=True, states=[member.state() for member in self.members.values()])

    def speakers_message(self) -> session_pb2.Speakers:
        return session_pb2.Speakers(participant_ids=self.speakers)

    def connected(self) -> list[str]:
        """Participants with a live, admitted transport."""
        return [p for p, member in self.members.items() if any(session.carries for session in member.sessions)]

    def _enable(self, track: PublishedTrack, enabled: bool) -> None:
        if track.enabled != enabled:
            track.enabled = enabled
            self._path.set_track_enabled(track.handle, enabled)

    def _order(self) -> None:
        self.spoke = [person for person in reversed(self._spoken) if person in self.cameras]
        self.seen = [person for person in self.members if person in self.cameras]

    def _wake(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._schedule(self.flush)

    def _tell_assignments(self, session: Session) -> None:
        if not session.admitted:
            return
        message = session_pb2.NodeToClient(assignments=viewing.assignments(session))
        encoded = message.SerializeToString()
        if encoded != session.told_assignments and session.tell_encoded(encoded):
            session.told_assignments = encoded

    def _tell_quality(self, session: Session) -> None:
        # What was only not tried yet is no weakness of the network's.
        limitation = session.limitation if session.capacity.limited else int(session_pb2.LIMITATION_NONE)
        available = session.capacity.estimate
        told, told_limitation = session.told_quality
        # A quarter more or less is worth a message.
        if not session.admitted or (limitation == told_limitation and told * 3 < available * 4 < told * 5):
            return
        quality = session_pb2.Quality(available=available, limitation=session_pb2.Limitation.ValueType(limitation))
        if session.tell(session_pb2.NodeToClient(quality=quality)):
            session.told_quality = (available, limitation)

    def _tell_states(self) -> None:
        changed, self._changed = self._changed, {}
        states = []
        for participant in changed:
            member = self.members.get(participant)
            state = session_pb2.MediaState(participant_id=participant, publish=session_pb2.PublishState())
            if member is not None:
                state = member.state()
            encoded = state.SerializeToString()
            if self._told.get(participant) != encoded:
                self._told[participant] = encoded
                states.append(state)
            if member is None:
                del self._told[participant]
        if states:
            self._tell_all(session_pb2.NodeToClient(media_states=session_pb2.MediaStates(states=states)))

    def _tell_all(self, message: session_pb2.NodeToClient) -> None:
        encoded = message.SerializeToString()
        for session in self.sessions.values():
            if session.admitted:
                session.tell_encoded(encoded)
