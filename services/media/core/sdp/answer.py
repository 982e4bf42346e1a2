"""The answer to an offer: a pure function of the offer, the node's capabilities and the parameters of the session."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal, assert_never

from services.media.core.sdp.codecs import AcceptedCodec, Codec, accept_codecs
from services.media.core.sdp.offer import Fingerprint, Offer, OfferedMedia
from services.media.core.sdp.refusal import SdpRefused
from services.media.core.sdp.roles import Data, Idle, Receives, Rejected, Role, Sends, SourceKind, assign_roles

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
VIDEO_ORIENTATION = "urn:3gpp:video-orientation"

# The dependency descriptor is not taken: its frame numbers would have to be rewritten wherever a slot changes layer or
# person, and VP8, H.264 and AV1 with one spatial layer are decoded without it.
_SENT_EXTENSIONS = {
    "microphone": (MID, AUDIO_LEVEL, TRANSPORT_CC),
    "screen_audio": (MID, AUDIO_LEVEL, TRANSPORT_CC),
    "camera": (MID, RID, REPAIRED_RID, TRANSPORT_CC, VIDEO_ORIENTATION),
    "screen": (MID, TRANSPORT_CC),
}
_RECEIVED_EXTENSIONS = {
    "audio": (MID, AUDIO_LEVEL, ABS_SEND_TIME),
    "video": (MID, ABS_SEND_TIME, VIDEO_ORIENTATION),
}
# VP8 before H264: phones without VP8 offer H264 alone.
# AV1 first on the screen: the smallest key frame of a page of text.
_SENT_CODECS: dict[SourceKind, tuple[Codec, ...]] = {
    "microphone": ("opus",),
    "screen_audio": ("opus",),
    "camera": ("vp8", "h264"),
    "screen": ("av1", "vp8", "h264"),
}
_SENT_FEEDBACK = ("transport-cc", "ccm fir", "nack", "nack pli")
_RECEIVED_FEEDBACK = ("goog-remb", "ccm fir", "nack", "nack pli")

# Opus at 24 kbit/s in packets of 40 ms: 38 kbit/s on the wire instead of 58, at 20 ms more delay; silence costs 4
# with DTX.
_MICROPHONE = {"minptime": "10", "useinbandfec": "1", "usedtx": "1", "maxaveragebitrate": "24000"}
_MICROPHONE_PTIME = 40
# The sound of a shared tab may be music: stereo, and twice the rate.
_SCREEN_AUDIO = _MICROPHONE | {"stereo": "1", "sprop-stereo": "1", "maxaveragebitrate": "64000"}
# The largest message that the node takes on the data channel: a layout request of 32 tiles has less than 4 kB.
MAX_MESSAGE_SIZE = 65_536


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a node can do: the same for all its sessions. Addresses are (ip, UDP and TCP port)."""

    addresses: tuple[tuple[str, int], ...]
    fingerprint: Fingerprint
    tcp: bool = True


@dataclass(frozen=True, slots=True)
class SessionParameters:
    """What the node chose for one session. `seed` fixes the SSRCs, so a later offer gets the same ones."""

    ufrag: str
    pwd: str
    seed: bytes
    version: int = 1


@dataclass(frozen=True, slots=True)
class SentTrack:
    """A source of the offerer's, as the packet path needs to know it. `rids` are lowest layer first."""

    source: SourceKind
    mid: str
    codecs: tuple[AcceptedCodec, ...]
    extensions: dict[str, int]
    rids: tuple[str, ...]
    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReceiveSlot:
    """A slot of the offerer's, in the order of its media sections."""

    kind: Literal["audio", "video"]
    index: int
    free: bool
    mid: str
    codecs: tuple[AcceptedCodec, ...]
    extensions: dict[str, int]
    ssrc: int
    rtx_ssrc: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    sdp: str
    tracks: tuple[SentTrack, ...]
    slots: tuple[ReceiveSlot, ...]
    sctp_port: int
    # Bytes; 0: no limit.
    max_message_size: int


@dataclass(slots=True)
class _Plan:
    """What has been decided while the sections are gone through."""

    seed: bytes
    taken: set[int]
    tracks: list[SentTrack] = field(default_factory=list)
    slots: list[ReceiveSlot] = field(default_factory=list)
    sctp_port: int = 0
    max_message_size: int = 0

    def ssrc(self, mid: str, use: str) -> int:
        """The same for the same session, mid and use; unlike every other of the connection."""
        ssrc, attempt = 0, 0
        # At most 8 · 64 are taken of 2³², so the second attempt is already rare.
        while ssrc == 0 or ssrc in self.taken:
            digest = hashlib.sha256(self.seed + f"/{mid}/{use}/{attempt}".encode()).digest()
            ssrc, attempt = int.from_bytes(digest[:4], "big"), attempt + 1
        self.taken.add(ssrc)
        return ssrc


def _extension_ids(media: OfferedMedia, wanted: tuple[str, ...]) -> dict[str, int]:
    """Those of both sides, under the offerer's ids; 15 and above need the two-byte form, which nobody sends."""
    offered = dict(media.extensions)
    return {uri: offered[uri] for uri in wanted if uri in offered and offered[uri] < 15}


def _codec_lines(
    codecs: tuple[AcceptedCodec, ...], feedback: tuple[str, ...], own: dict[Codec, dict[str, str]]
) -> list[str]:
    lines = []
    for codec in codecs:
        offered = codec.offered
        channels = f"/{offered.channels}" if offered.channels > 1 else ""
        name = {"opus": "opus", "vp8": "VP8", "vp9": "VP9", "h264": "H264", "av1": "AV1"}[codec.codec]
        lines.append(f"a=rtpmap:{codec.pt} {name}/{offered.clock}{channels}")
        lines += [f"a=rtcp-fb:{codec.pt} {kind}" for kind in feedback if kind in offered.feedback]
        parameters = own.get(codec.codec, {})
        if codec.codec != "opus":
            parameters = {k: v for k, v in offered.parameters.items() if k in _ECHOED} | parameters
        if parameters:
            lines.append(f"a=fmtp:{codec.pt} " + ";".join(f"{key}={value}" for key, value in parameters.items()))
        if codec.rtx is not None:
            lines += [f"a=rtpmap:{codec.rtx} rtx/{offered.clock}", f"a=fmtp:{codec.rtx} apt={codec.pt}"]
    return lines


_ECHOED = {
    "level-asymmetry-allowed",
    "packetization-mode",
    "profile-level-id",
    "profile",
    "level-idx",
    "tier",
    "profile-id",
}


def _formats(codecs: tuple[AcceptedCodec, ...]) -> str:
    return " ".join(str(pt) for codec in codecs for pt in (codec.pt, codec.rtx) if pt is not None)


def _rtp_head(
    media: OfferedMedia, codecs: tuple[AcceptedCodec, ...], extensions: dict[str, int], direction: str
) -> list[str]:
    return [
        f"m={media.kind} 9 {media.protocol} {_formats(codecs)}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=mid:{media.mid}",
        *(f"a=extmap:{number} {uri}" for uri, number in extensions.items()),
        f"a={direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]


def _sends(media: OfferedMedia, role: Sends, plan: _Plan) -> list[str] | None:
    codecs = accept_codecs(media, _SENT_CODECS[role.source])
    extensions = _extension_ids(media, _SENT_EXTENSIONS[role.source])
    if not codecs:
        return None
    rids = media.rids if role.source == "camera" and MID in extensions and RID in extensions else ()
    plan.tracks.append(SentTrack(role.source, media.mid, codecs, extensions, rids, media.ssrcs))
    own: dict[Codec, dict[str, str]] = {
        "opus": _MICROPHONE if role.source == "microphone" else _SCREEN_AUDIO,
        # Makes a key frame of a page fit a weak link; other codecs ignore it or turn text unreadable.
        "av1": {"x-google-max-quantization": "63"},
    }
    lines = _rtp_head(media, codecs, extensions, "recvonly") + _codec_lines(codecs, _SENT_FEEDBACK, own)
    if role.source == "microphone":
        lines.append(f"a=ptime:{_MICROPHONE_PTIME}")
    if rids:
        lines += [f"a=rid:{rid} recv" for rid in rids] + [f"a=simulcast:recv {';'.join(rids)}"]
    return lines


def _receives(media: OfferedMedia, role: Receives, plan: _Plan) -> list[str] | None:
    preference: tuple[Codec, ...] = ("opus",) if role.kind == "audio" else ("vp8", "h264")
    if role.kind == "video" and role.index == 0:
        preference = _SENT_CODECS["screen"]
    codecs = accept_codecs(media, preference)
    if not codecs:
        return None
    extensions = _extension_ids(media, _RECEIVED_EXTENSIONS[role.kind])
    ssrc = plan.ssrc(media.mid, "media")
    rtx_ssrc = plan.ssrc(media.mid, "rtx") if any(codec.rtx is not None for codec in codecs) else None
    plan.slots.append(ReceiveSlot(role.kind, role.index, role.free, media.mid, codecs, extensions, ssrc, rtx_ssrc))
    own: dict[Codec, dict[str, str]] = {"opus": {"minptime": "10", "useinbandfec": "1", "stereo": "1"}}
    lines = _rtp_head(media, codecs, extensions, "sendonly") + _codec_lines(codecs, _RECEIVED_FEEDBACK, own)
    # RFC 8830: one stream id for a face and its voice.
    lines.append(f"a=msid:{role.stream} {role.stream}-{role.kind}")
    # Chromium takes the first a=ssrc for the media, whatever the group says.
    of_media = f"a=ssrc:{ssrc} cname:{role.stream}"
    if rtx_ssrc is None:
        return [*lines, of_media]
    return [*lines, f"a=ssrc-group:FID {ssrc} {rtx_ssrc}", of_media, f"a=ssrc:{rtx_ssrc} cname:{role.stream}"]


def _section(media: OfferedMedia, role: Role, plan: _Plan) -> list[str] | None:
    """The lines of an answered section; None: rejected."""
    match role:
        case Sends():
            return _sends(media, role, plan)
        case Receives():
            return _receives(media, role, plan)
        case Idle():
            preference: tuple[Codec, ...] = ("opus",) if media.kind == "audio" else _SENT_CODECS["screen"]
            codecs = accept_codecs(media, preference)
            return _rtp_head(media, codecs, {}, "inactive") + _codec_lines(codecs, (), {}) if codecs else None
        case Data():
            plan.sctp_port, plan.max_message_size = media.sctp_port, media.max_message_size
            return [
                f"m=application 9 {media.protocol} webrtc-datachannel",
                "c=IN IP4 0.0.0.0",
                f"a=mid:{media.mid}",
                "a=sctp-port:5000",
                f"a=max-message-size:{MAX_MESSAGE_SIZE}",
            ]
        case Rejected():
            return None
        case _:
            assert_never(role)


def _candidates(capabilities: Capabilities) -> list[str]:
    """RFC 8839 §5.1 and RFC 6544 §4.5, priorities by RFC 8445 §5.1.2.1: UDP first, then in the order advertised."""
    lines = []
    for index, (ip, port) in enumerate(capabilities.addresses):
        priority = (126 << 24) + ((65535 - index) << 8) + 255
        lines.append(f"a=candidate:{index + 1} 1 udp {priority} {ip} {port} typ host")
    for index, (ip, port) in enumerate(capabilities.addresses if capabilities.tcp else ()):
        priority = (90 << 24) + ((65535 - index) << 8) + 255
        foundation = len(capabilities.addresses) + index + 1
        lines.append(f"a=candidate:{foundation} 1 tcp {priority} {ip} {port} typ host tcptype passive")
    return [*lines, "a=end-of-candidates"]


def write_answer(
    offer: Offer, capabilities: Capabilities, parameters: SessionParameters, answered: tuple[str, ...] = ()
) -> Answer:
    """Answer an offer. `answered` are the mids of the offer before, whose sections must keep their places.

    Raises SdpRefused when nothing of the offer can be answered, or when a later offer moved its sections
    (RFC 8829 §5.2.2).
    """
    mids = tuple(media.mid for media in offer.media)
    if mids[: len(answered)] != answered:
        raise SdpRefused(0, "a later offer must keep the media sections of the one before, and may only append")
    plan = _Plan(parameters.seed, {ssrc for media in offer.media for ssrc in media.ssrcs})
    sections = [_section(media, role, plan) for media, role in zip(offer.media, assign_roles(offer), strict=True)]
    live = [media.mid for media, lines in zip(offer.media, sections, strict=True) if lines is not None]
    if not live:
        raise SdpRefused(0, "no media section has a codec that the node takes")
    transport = [
        f"a=ice-ufrag:{parameters.ufrag}",
        f"a=ice-pwd:{parameters.pwd}",
        f"a=fingerprint:{capabilities.fingerprint.algorithm} {capabilities.fingerprint.value}",
        "a=setup:passive",
    ]
    lines = [
        "v=0",
        # RFC 8866 §5.2: the version grows with each description of a session.
        f"o=- {int.from_bytes(parameters.seed[:7], 'big')} {parameters.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(live)}",
        *(["a=extmap-allow-mixed"] if offer.allows_mixed_extensions else []),
        "a=msid-semantic: WMS *",
        "a=ice-lite",
    ]
    for media, section in zip(offer.media, sections, strict=True):
        if section is None:
            lines += [
                f"m={media.kind} 0 {media.protocol} {' '.join(media.formats)}",
                "c=IN IP4 0.0.0.0",
                f"a=mid:{media.mid}",
                "a=inactive",
            ]
            continue
        lines += section + transport
        if media.mid == live[0]:
            lines += _candidates(capabilities)
    return Answer(
        "\r\n".join(lines) + "\r\n", tuple(plan.tracks), tuple(plan.slots), plan.sctp_port, plan.max_message_size
    )
