"""Who is shown, heard, asked and told when something changes in a meeting."""

from __future__ import annotations

from services.media.core.session_state import Happening
from services.media.forwarding.session import Permissions
from sipulung.media.v1 import session_pb2
from tests.media.forwarding.meeting import Meeting

MANY = ["budi", "citra", "dewi", "eka", "fajar", "gita"]


def test_a_speaker_takes_the_place_of_whoever_was_silent_longest_and_nobody_else_moves() -> None:
    meeting = Meeting()
    seats = {name: meeting.enter(name, "microphone", "camera") for name in MANY}
    viewer = meeting.enter("ana", faces=3)
    viewer.show(0, 180, 180, 180)
    assert viewer.shown() == {1: "budi", 2: "citra", 3: "dewi"}
    meeting.speak(seats["gita"])
    assert viewer.shown() == {1: "budi", 2: "citra", 3: "gita"}
    meeting.speak(seats["fajar"], seats["gita"])
    assert viewer.shown() == {1: "budi", 2: "fajar", 3: "gita"}
    # Those who are shown may speak: nothing moves, and nobody is told.
    before = viewer.flowing()
    viewer.heard("assignments")
    meeting.speak(seats["budi"], seats["fajar"])
    assert (viewer.flowing(), viewer.heard("assignments")) == (before, [])
    # Whoever is not seen needs no tile: a voice without a camera moves nobody.
    hadi = meeting.enter("hadi", "microphone")
    meeting.speak(hadi)
    assert viewer.flowing() == before


def test_a_pinned_tile_keeps_its_person() -> None:
    meeting = Meeting()
    seats = {name: meeting.enter(name, "microphone", "camera") for name in MANY}
    viewer = meeting.enter("ana", faces=2)
    viewer.show(0, 720, 180, pinned={1: "eka"})
    assert viewer.shown() == {1: "eka", 2: "budi"}
    meeting.speak(seats["gita"])
    assert viewer.shown() == {1: "eka", 2: "gita"}
    seats["eka"].publish("microphone")
    assert viewer.shown() == {2: "gita"}
    seats["eka"].publish("microphone", "camera")
    assert viewer.shown()[1] == "eka"


def test_a_speaker_hears_of_the_layout_that_their_own_voice_makes() -> None:
    """Nobody sees themselves, however loud."""
    meeting = Meeting()
    ana = meeting.enter("ana", "microphone", "camera", "screen", "screen_audio")
    budi = meeting.enter("budi", "microphone", "camera")
    ana.show(720, 180, 180)
    meeting.speak(ana, budi)
    assert ana.shown() == {1: "budi"}
    budi.show(720, 180, 180)
    assert budi.shown() == {0: "ana", 1: "ana"}


def test_the_latest_share_of_somebody_elses_is_on_the_screen() -> None:
    meeting = Meeting()
    ana = meeting.enter("ana", "screen", "screen_audio")
    budi = meeting.enter("budi")
    viewer = meeting.enter("citra")
    for seat in (ana, budi, viewer):
        seat.show(720, 180)
    assert viewer.flowing() == {0: (ana.handle("screen"), 0)}
    assert viewer.voices() == {0: ana.handle("screen_audio")}
    budi.publish("screen")
    assert viewer.shown()[0] == ana.shown()[0] == "budi"
    assert budi.shown()[0] == "ana"
    assert viewer.voices() == {}
    budi.publish()
    assert viewer.shown()[0] == "ana"
    assert ana.shown() == {}


def test_a_right_that_is_taken_away_works_at_once() -> None:
    meeting = Meeting()
    ana = meeting.enter("ana", "microphone", "camera", "screen", "screen_audio")
    viewer = meeting.enter("budi")
    viewer.show(720, 180)
    viewer.mouth.messages.clear()
    ana.permit(Permissions(audio=True))
    assert viewer.flowing() == {}
    on = {source for source in ana.session.tracks if meeting.path.enabled[ana.handle(source)]}
    assert on == {"microphone"}
    messages = [message.WhichOneof("body") for message in viewer.mouth.messages]
    assert messages == ["assignments", "media_states"]
    [told] = viewer.heard("media_states")
    assert told.states[0] == session_pb2.MediaState(
        participant_id="ana", publish=session_pb2.PublishState(microphone=True)
    )
    ana.permit(Permissions())
    assert viewer.heard("media_states")[0].states[0].publish == session_pb2.PublishState()
    ana.permit(Permissions(audio=True, video=True, screen=True))
    assert viewer.shown() == {0: "ana", 1: "ana"}


def test_who_may_not_speak_is_not_heard_whatever_their_client_says() -> None:
    meeting = Meeting()
    ana = meeting.enter("ana", "microphone", "camera")
    viewer = meeting.enter("budi")
    ana.permit(Permissions(video=True))
    viewer.mouth.messages.clear()
    ana.publish("microphone", "camera")
    assert not meeting.path.enabled[ana.handle("microphone")]
    assert meeting.path.enabled[ana.handle("camera")]
    assert viewer.heard("media_states") == []


def test_two_connections_of_one_person() -> None:
    meeting = Meeting()
    viewer = meeting.enter("ana")
    viewer.show(0, 180, 180)
    old = meeting.enter("budi", "microphone", "camera")
    viewer.heard("media_states")
    # Make before break: until the new one carries media, the old one is heard and seen.
    new = meeting.preview("budi")
    new.session.publish = dict(old.session.publish)
    new.admit()
    assert viewer.flowing() == {1: (old.handle("camera"), 0)}
    new.connect()
    assert viewer.flowing() == {1: (new.handle("camera"), 0)}
    enabled = meeting.path.enabled
    assert (enabled[old.handle("microphone")], enabled[new.handle("microphone")]) == (False, True)
    # Nobody is told anything: it is the same person, who sends the same.
    assert viewer.heard("media_states") == []
    # Neither hears the other, and neither is shown the other.
    assert set(meeting.path.denied[old.session.handle]) == {new.handle(s) for s in new.session.tracks}
    assert set(meeting.path.denied[new.session.handle]) == {old.handle(s) for s in old.session.tracks}
    for seat in (old, new):
        seat.show(0, 180, 180)
        assert seat.shown() == {}
    # The new one falls silent: back to the old one, and nobody is lost.
    new.happen(Happening.SILENCE)
    assert viewer.flowing() == {1: (old.handle("camera"), 0)}
    assert not meeting.room.members["budi"].lost
    new.happen(Happening.PAIR)
    old.leave()
    assert viewer.flowing() == {1: (new.handle("camera"), 0)}
    assert meeting.path.denied[new.session.handle] == ()
    assert meeting.room.connected() == ["ana", "budi"]


def test_whoever_is_lost_is_shown_as_lost() -> None:
    meeting = Meeting()
    viewer, budi = meeting.enter("ana"), meeting.enter("budi", "microphone")
    viewer.heard("media_states")
    budi.happen(Happening.SILENCE)
    [told] = viewer.heard("media_states")
    assert (told.whole, [(s.participant_id, s.lost) for s in told.states]) == (False, [("budi", True)])
    assert meeting.room.connected() == ["ana"]
    budi.happen(Happening.SILENCE)
    assert viewer.heard("media_states") == []
    budi.happen(Happening.PAIR)
    assert [s.lost for s in viewer.heard("media_states")[0].states] == [False]
    budi.leave()
    [gone] = viewer.heard("media_states")
    assert gone.states[0] == session_pb2.MediaState(participant_id="budi", publish=session_pb2.PublishState())
    assert "budi" not in meeting.room.members


def test_a_preview_is_nobodys_business() -> None:
    meeting = Meeting()
    viewer = meeting.enter("ana")
    viewer.mouth.messages.clear()
    budi = meeting.preview("budi")
    budi.connect()
    for sources in (("microphone",), ("camera",), ()):
        budi.publish(*sources)
    budi.show(0, 180)
    budi.leave()
    # Only that a camera is to be warm, which says nothing of whom for.
    assert {message.WhichOneof("body") for message in viewer.mouth.messages} == {"publish_request"}
    assert budi.mouth.messages == []
    assert meeting.room.speakers_message().participant_ids == []


def test_publishers_are_asked_for_what_is_watched_and_for_less_after_three_seconds() -> None:
    meeting = Meeting()
    ana = meeting.enter("ana", "camera", "screen")
    one, other = meeting.enter("budi"), meeting.enter("citra")
    ana.heard("publish_request")
    one.show(720, 180)
    [asked] = ana.heard("publish_request")
    assert (asked.camera_layers, asked.screen) == (1, True)
    other.show(0, 720)
    assert ana.heard("publish_request")[0].camera_layers == 3
    # Down again: not before three seconds, and not at all when it was a moment only.
    other.show(0, 180)
    meeting.passes(2000)
    assert ana.heard("publish_request") == []
    other.show(0, 720)
    meeting.passes(5000)
    assert ana.heard("publish_request") == []
    other.show(0, 180)
    meeting.passes(2900)
    assert ana.heard("publish_request") == []
    meeting.passes(1000)
    assert ana.heard("publish_request")[0].camera_layers == 1
    one.leave()
    other.leave()
    meeting.passes(4000)
    asked = ana.heard("publish_request")[-1]
    assert (asked.camera_layers, asked.screen) == (0, False)
    # While nothing is wanted nothing waits for time either.
    assert meeting.room._demands == {}


def test_cameras_are_warm_while_somebody_is_about_to_enter() -> None:
    meeting = Meeting()
    ana = meeting.enter("ana", "camera")
    meeting.passes(4000)
    ana.heard("publish_request")
    # A preview that is not connected yet may never be.
    budi = meeting.preview("budi")
    meeting.passes(1000)
    assert ana.heard("publish_request") == []
    budi.connect()
    assert [asked.camera_layers for asked in ana.heard("publish_request")] == [1]
    # Whoever comes meanwhile is warmed too.
    citra = meeting.enter("citra", "camera")
    assert citra.heard("publish_request")[-1].camera_layers == 1
    # Entered, but watching nobody: off again.
    budi.admit()
    meeting.passes(4000)
    assert ana.heard("publish_request")[-1].camera_layers == 0


def test_a_preview_that_is_left_open_keeps_cameras_warm_for_a_minute_only() -> None:
    meeting = Meeting()
    ana = meeting.enter("ana", "camera")
    budi = meeting.preview("budi")
    budi.connect()
    ana.heard("publish_request")
    meeting.passes(59_000)
    assert ana.heard("publish_request") == []
    meeting.passes(5_000)
    assert [asked.camera_layers for asked in ana.heard("publish_request")] == [0]
    # Another one, which closes: cold after three seconds.
    citra = meeting.preview("citra")
    citra.connect()
    assert [asked.camera_layers for asked in ana.heard("publish_request")] == [1]
    citra.leave()
    meeting.passes(5_000)
    assert [asked.camera_layers for asked in ana.heard("publish_request")] == [0]


def test_why_nothing_is_sent_is_told() -> None:
    meeting = Meeting()
    ana, budi = meeting.enter("ana", "camera", "screen"), meeting.enter("budi", "camera")
    viewer = meeting.enter("citra")
    viewer.show(720, 180, 180)
    assert viewer.causes() == {}
    viewer.show(720, 180, 180, saving=session_pb2.DATA_SAVING_AUDIO_AND_SCREEN)
    saving = session_pb2.PAUSE_CAUSE_DATA_SAVING
    assert viewer.causes() == {1: saving, 2: saving}
    assert viewer.flowing() == {0: (ana.handle("screen"), 0)}
    viewer.show(720, 180, 180, saving=session_pb2.DATA_SAVING_AUDIO_ONLY)
    assert viewer.causes() == {0: saving, 1: saving, 2: saving}
    assert viewer.flowing() == {}
    # Who it would be is told all the same.
    told = viewer.heard("assignments")[-1]
    assert [(slot.participant_id, slot.paused) for slot in told.slots] == [
        ("ana", saving),
        ("ana", saving),
        ("budi", saving),
    ]
    # Nothing is asked of them for somebody who saves data.
    meeting.passes(4000)
    assert ana.heard("publish_request")[-1] == session_pb2.PublishRequest()
    viewer.show(720, 180, 180)
    viewer.session.capacity.report(300_000, 0, meeting.now_ms)
    meeting.room.stale([viewer.session])
    meeting.settle()
    bandwidth = session_pb2.PAUSE_CAUSE_BANDWIDTH
    assert viewer.causes() == {1: bandwidth, 2: bandwidth}
    qualities = viewer.heard("quality")
    assert (qualities[-1].available, qualities[-1].limitation) == (300_000, session_pb2.LIMITATION_NO_FACES)
    assert budi.shown() == {}


def test_a_codec_that_a_viewer_lacks_is_paused_until_the_source_starts_again() -> None:
    meeting = Meeting()
    ana, viewer = meeting.enter("ana", "screen"), meeting.enter("budi")
    viewer.show(720)
    viewer.session.undecodable.add((0, ana.handle("screen")))
    meeting.room.stale([viewer.session])
    meeting.settle()
    assert viewer.causes() == {0: session_pb2.PAUSE_CAUSE_CODEC}
    assert viewer.flowing() == {}
    ana.publish()
    assert viewer.shown() == {}
    # The same m-line may carry another codec next time.
    ana.publish("screen")
    assert viewer.flowing() == {0: (ana.handle("screen"), 0)}


def test_speakers_are_told_when_they_change_and_not_otherwise() -> None:
    meeting = Meeting()
    seats = [meeting.enter(name, "microphone") for name in ("ana", "budi")]
    viewer = meeting.enter("citra")
    viewer.mouth.messages.clear()
    meeting.speak(seats[0])
    assert [list(told.participant_ids) for told in viewer.heard("speakers")] == [["ana"]]
    for _ in range(20):
        meeting.speak(seats[0])
    assert viewer.mouth.messages == []
    # Several changes within one turn of the loop are one message.
    tracks = [seat.handle("microphone") for seat in seats]
    for loud in ((1,), (0, 1), (1, 0)):
        meeting.room.spoke_now(tuple(tracks[i] for i in loud), tuple(seats[i].session.participant for i in loud))
    flushes = meeting.flushes
    meeting.settle()
    assert meeting.flushes == flushes + 1
    assert [list(told.participant_ids) for told in viewer.heard("speakers")] == [["budi", "ana"]]
    meeting.speak()
    assert [list(told.participant_ids) for told in viewer.heard("speakers")] == [[]]


def test_a_viewer_is_recomputed_once_a_turn_whatever_happened() -> None:
    meeting = Meeting()
    seats = [meeting.enter(name, "microphone", "camera") for name in MANY]
    viewer = meeting.enter("ana")
    viewer.show(0, 180, 180, 180, 180)
    viewer.mouth.messages.clear()
    for seat in seats:
        seat.session.publish = dict.fromkeys(seat.session.publish, False)
        meeting.room.refresh(seat.session.participant)
    meeting.settle()
    assert [message.WhichOneof("body") for message in viewer.mouth.messages] == ["assignments", "media_states"]
    assert len(viewer.mouth.messages[1].media_states.states) == len(MANY)


def test_a_voice_is_beside_its_face_and_moves_only_while_silent() -> None:
    meeting = Meeting()
    seats = {name: meeting.enter(name, "microphone", "camera") for name in MANY}
    viewer = meeting.enter("ana", faces=2)
    viewer.show(0, 180, 180)
    voice = {name: seat.handle("microphone") for name, seat in seats.items()}
    assert viewer.voices() == {1: voice["budi"], 2: voice["citra"]}
    # Gita is loud when she comes into view: her voice stays in a free slot until she pauses.
    meeting.speak(seats["gita"])
    assert viewer.shown() == {1: "budi", 2: "gita"}
    assert viewer.voices() == {1: voice["budi"]}
    meeting.speak()
    assert viewer.voices() == {1: voice["budi"], 2: voice["gita"]}
    seats["gita"].publish("camera")
    assert viewer.voices() == {1: voice["budi"]}


def test_what_arrives_is_shown_until_what_was_asked_for_does() -> None:
    meeting = Meeting()
    ana, viewer = meeting.enter("ana", "camera"), meeting.enter("budi")
    ana.measured("camera", 150_000, 0, 0)
    viewer.show(0, 720)
    assert viewer.flowing() == {1: (ana.handle("camera"), 0)}
    assert ana.heard("publish_request")[-1].camera_layers == 3
    ana.measured("camera", 150_000, 400_000, 1_200_000)
    assert viewer.flowing() == {1: (ana.handle("camera"), 2)}
    # A weak uplink: the publisher dropped its top layer.
    ana.measured("camera", 150_000, 400_000, 0)
    assert viewer.flowing() == {1: (ana.handle("camera"), 1)}
    # The same again is no news.
    calls = len(meeting.path.calls)
    ana.measured("camera", 140_000, 410_000, 0)
    assert len(meeting.path.calls) == calls


def test_a_client_that_does_not_read_is_told_everything_when_it_does() -> None:
    meeting = Meeting()
    ana = meeting.enter("ana", "camera")
    viewer = meeting.enter("budi")
    assert not viewer.session.behind
    viewer.mouth.stuck = True
    ana.publish("camera", "microphone")
    assert viewer.session.behind
    viewer.mouth.messages.clear()
    viewer.mouth.stuck = False
    meeting.room.tell_everything(viewer.session)
    assert not viewer.session.behind
    bodies = [message.WhichOneof("body") for message in viewer.mouth.messages]
    assert bodies == ["assignments", "media_states", "speakers", "publish_request", "quality"]
    [states] = viewer.heard("media_states")
    assert states.whole
    assert states.states[0].publish.microphone
    # Where there is no channel yet, there is nothing to make up for.
    viewer.mouth.stuck, viewer.mouth.open = True, False
    ana.publish()
    assert not viewer.session.behind


def test_back_in_the_lobby_nothing_is_left_of_a_session() -> None:
    meeting = Meeting()
    ana = meeting.enter("ana", "microphone", "camera", "screen", "screen_audio")
    budi = meeting.enter("budi", "microphone", "camera")
    for seat in (ana, budi):
        seat.show(720, 180, 180)
    budi.session.admitted = False
    meeting.room.dismiss(budi.session)
    meeting.settle()
    assert (budi.flowing(), budi.voices(), ana.flowing()) == ({}, {}, {})
    assert meeting.path.enabled[budi.handle("microphone")] is False
    meeting.room.dismiss(budi.session)
    budi.admit()
    assert budi.flowing() == {0: (ana.handle("screen"), 0), 1: (ana.handle("camera"), 0)}
    assert ana.shown() == {1: "budi"}
    assert budi.voices() == {0: ana.handle("screen_audio"), 1: ana.handle("microphone")}


def test_a_meeting_that_everybody_left_wants_nothing() -> None:
    meeting = Meeting()
    seats = [meeting.enter(name, "microphone", "camera", "screen") for name in MANY]
    for seat in seats:
        seat.show(720, 180, 180, 180)
    meeting.speak(*seats[:3])
    for seat in seats:
        seat.leave()
    room = meeting.room
    assert (room.sessions, room.members, room.cameras, room.microphones, room.screens) == ({}, {}, {}, {}, {})
    assert (room.spoke, room.seen, room._told, room._demands, room._spoken) == ([], [], {}, {}, {})
    assert meeting.path.video == {}
    assert not any(meeting.path.enabled.values())
