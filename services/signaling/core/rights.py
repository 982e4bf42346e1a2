"""What a participant's media may send, from their role and the meeting's settings."""

from __future__ import annotations

from dataclasses import dataclass

from sipulung.common.v1 import common_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import moderation_pb2

_SOURCES = ("microphone", "camera", "screen", "screen_audio")


@dataclass(frozen=True, slots=True)
class Rights:
    """Of somebody who is in the meeting."""

    audio: bool = True
    video: bool = True
    screen: bool = True


def rights_of(role: int, settings: moderation_pb2.MeetingSettings) -> Rights:
    """Hosts and co-hosts may do everything."""
    if role >= common_pb2.MEETING_ROLE_CO_HOST:
        return Rights()
    return Rights(
        audio=not settings.unmute_forbidden,
        screen=settings.share_mode != moderation_pb2.SHARE_MODE_HOSTS,
    )


def within(publish: media_session_pb2.PublishState, rights: Rights) -> media_session_pb2.PublishState:
    """Of what the client wants to send, what it may: so that it is not on at once when the right is given later."""
    allowed = media_session_pb2.PublishState()
    # With what it says besides, as which of the node's stops the client has heard of.
    allowed.CopyFrom(publish)
    allowed.microphone &= rights.audio
    allowed.camera &= rights.video
    allowed.screen &= rights.screen
    allowed.screen_audio &= rights.screen
    return allowed


def taken_away(before: Rights, after: Rights) -> frozenset[str]:
    """The sources that have to be turned off: what was allowed and is not any more."""
    gone: set[str] = set()
    if before.audio and not after.audio:
        gone.add("microphone")
    if before.video and not after.video:
        gone.add("camera")
    if before.screen and not after.screen:
        gone |= {"screen", "screen_audio"}
    return frozenset(gone)


def stopped_by(act: moderation_pb2.HostAct) -> frozenset[str]:
    """The sources that a host act turns off, once, of those whom it concerns."""
    kind = act.WhichOneof("act")
    if kind == "mute":
        return frozenset({"microphone"})
    if kind == "stop_camera":
        return frozenset({"camera"})
    if kind == "stop_share":
        return frozenset({"screen", "screen_audio"})
    return frozenset()


def publish_state(sources: frozenset[str]) -> media_session_pb2.PublishState:
    """These sources as a message."""
    return media_session_pb2.PublishState(**{source: source in sources for source in _SOURCES})
