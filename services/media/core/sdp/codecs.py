"""Which of the offered codecs the node takes on a media section, and with which parameters it answers them."""

from dataclasses import dataclass
from typing import Literal, assert_never

from services.media.core.sdp.offer import OfferedCodec, OfferedMedia

Codec = Literal["opus", "vp8", "vp9", "h264", "av1"]

# RFC 5761 §4: these collide with RTCP packet types when both share a port.
_RTCP_RANGE = range(64, 96)


@dataclass(frozen=True, slots=True)
class AcceptedCodec:
    """A payload type of the answer, under the offerer's own number; `rtx` is the type that repairs it."""

    codec: Codec
    pt: int
    rtx: int | None
    offered: OfferedCodec


def _suits(codec: Codec, offered: OfferedCodec) -> bool:
    if offered.name != codec or offered.pt in _RTCP_RANGE:
        return False
    parameters = offered.parameters
    match codec:
        case "opus":
            return offered.clock == 48000 and offered.channels == 2
        case "h264":
            # RFC 6184: non-interleaved, and constrained baseline or baseline, which every phone decodes.
            return (
                parameters.get("packetization-mode") == "1"
                and parameters.get("profile-level-id", "")[:2].lower() == "42"
            )
        case "av1" | "vp9":
            profile = "profile" if codec == "av1" else "profile-id"
            return parameters.get(profile, "0") == "0"
        case "vp8":
            return True
        case _:
            assert_never(codec)


def _rank(offered: OfferedCodec) -> int:
    """Constrained baseline (42e0…) before baseline (4200…): Safari and Android encoders in hardware have only that."""
    return 0 if offered.parameters.get("profile-level-id", "42e0")[2:4].lower() == "e0" else 1


def accept_codecs(media: OfferedMedia, preference: tuple[Codec, ...]) -> tuple[AcceptedCodec, ...]:
    """The codecs of `preference` that are offered, in the order of `preference`, one payload type each."""
    accepted = []
    for codec in preference:
        fitting = sorted((offered for offered in media.codecs if _suits(codec, offered)), key=_rank)
        if not fitting:
            continue
        chosen = fitting[0]
        repair = [c.pt for c in media.codecs if c.name == "rtx" and c.parameters.get("apt") == str(chosen.pt)]
        rtx = repair[0] if repair and repair[0] not in _RTCP_RANGE else None
        accepted.append(AcceptedCodec(codec, chosen.pt, rtx, chosen))
    return tuple(accepted)
