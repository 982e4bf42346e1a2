from __future__ import annotations

from services.signaling.core.rights import Rights, publish_state, rights_of, stopped_by, taken_away, within
from sipulung.common.v1 import common_pb2
from sipulung.media.v1.session_pb2 import PublishState
from sipulung.roster.v1 import moderation_pb2 as pb

STRICT = pb.MeetingSettings(unmute_forbidden=True, share_mode=pb.SHARE_MODE_HOSTS)
EVERYTHING = PublishState(microphone=True, camera=True, screen=True, screen_audio=True)


def test_rights_follow_from_role_and_settings() -> None:
    assert rights_of(common_pb2.MEETING_ROLE_PARTICIPANT, pb.MeetingSettings()) == Rights()
    assert rights_of(common_pb2.MEETING_ROLE_PARTICIPANT, STRICT) == Rights(audio=False, screen=False)
    assert rights_of(common_pb2.MEETING_ROLE_CO_HOST, STRICT) == Rights()


def test_what_may_not_be_sent_is_off() -> None:
    assert within(EVERYTHING, Rights()) == EVERYTHING
    assert within(EVERYTHING, Rights(audio=False, screen=False)) == PublishState(camera=True)
    assert within(EVERYTHING, Rights(video=False)) == PublishState(microphone=True, screen=True, screen_audio=True)
    assert within(PublishState(stops_heard=0), Rights()).HasField("stops_heard")


def test_what_is_taken_away_is_turned_off() -> None:
    nothing = Rights(audio=False, video=False, screen=False)
    assert taken_away(Rights(), nothing) == {"microphone", "camera", "screen", "screen_audio"}
    assert taken_away(nothing, Rights()) == taken_away(nothing, nothing) == set()
    assert publish_state(frozenset({"screen"})) == PublishState(screen=True)


def test_acts_turn_sources_off() -> None:
    assert stopped_by(pb.HostAct(mute=pb.Mute())) == {"microphone"}
    assert stopped_by(pb.HostAct(stop_camera=pb.StopCamera())) == {"camera"}
    assert stopped_by(pb.HostAct(stop_share=pb.StopShare())) == {"screen", "screen_audio"}
    assert stopped_by(pb.HostAct(remove=pb.Remove())) == set()
