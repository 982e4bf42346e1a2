"""What each offered media section is for, by kind, direction and order."""

from dataclasses import dataclass
from typing import Literal

from services.media.core.sdp.offer import DATA_PROTOCOLS, RTP_PROTOCOL, Offer, OfferedMedia

SourceKind = Literal["microphone", "camera", "screen", "screen_audio"]

_SENT: dict[str, tuple[SourceKind, ...]] = {"audio": ("microphone", "screen_audio"), "video": ("camera", "screen")}
# The first audio slots are for speakers who are not seen; the next are paired with the video slots in order.
FREE_AUDIO_SLOTS = 3


@dataclass(frozen=True, slots=True)
class Sends:
    """The offerer's own source."""

    source: SourceKind


@dataclass(frozen=True, slots=True)
class Receives:
    """A slot. Video: `index` 0 is the screen, faces follow. Audio: paired with the video slot `index`, or free."""

    kind: Literal["audio", "video"]
    index: int
    free: bool = False

    @property
    def stream(self) -> str:
        """The media stream id that a browser keeps lips in sync by (RFC 8830)."""
        return f"free-{self.index}" if self.free else f"slot-{self.index}"


@dataclass(frozen=True, slots=True)
class Data:
    pass


@dataclass(frozen=True, slots=True)
class Idle:
    """In the bundle, but nothing flows: `a=inactive`."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Port 0 in the answer: stopped by the offerer, or nothing that the node takes."""


Role = Sends | Receives | Data | Idle | Rejected


def _receives(kind: str, position: int) -> Receives:
    if kind == "video":
        return Receives("video", position)
    if position < FREE_AUDIO_SLOTS:
        return Receives("audio", position, free=True)
    return Receives("audio", position - FREE_AUDIO_SLOTS)


def _rtp_role(media: OfferedMedia, sent: dict[str, int], received: dict[str, int]) -> Role:
    if media.direction == "inactive":
        return Idle()
    if media.direction == "recvonly":
        position = received[media.kind]
        received[media.kind] += 1
        return _receives(media.kind, position)
    position = sent[media.kind]
    sent[media.kind] += 1
    sources = _SENT[media.kind]
    return Sends(sources[position]) if position < len(sources) else Rejected()


def assign_roles(offer: Offer) -> tuple[Role, ...]:
    """One role for each media section of the offer, in its order."""
    sent = {"audio": 0, "video": 0}
    received = {"audio": 0, "video": 0}
    roles: list[Role] = []
    data = False
    for media in offer.media:
        if media.rejected:
            roles.append(Rejected())
        elif media.kind in sent and media.protocol == RTP_PROTOCOL:
            roles.append(_rtp_role(media, sent, received))
        elif media.kind == "application" and media.protocol in DATA_PROTOCOLS and not data:
            data = True
            roles.append(Data())
        else:
            roles.append(Rejected())
    return tuple(roles)
