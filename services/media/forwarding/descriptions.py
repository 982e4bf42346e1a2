"""The answer's tracks and slots in the packet path's words."""

from typing import Final, Literal

from sipulung_datapath import Extensions, PayloadType, Slot, Track

from services.media.core.sdp import answer
from services.media.core.sdp.answer import ReceiveSlot, SentTrack
from services.media.core.sdp.codecs import AcceptedCodec

_KINDS: Final[dict[str, Literal["audio", "camera", "screen", "sound"]]] = {
    "microphone": "audio",
    "screen_audio": "sound",
    "camera": "camera",
    "screen": "screen",
}


def _payload_types(codecs: tuple[AcceptedCodec, ...]) -> list[PayloadType]:
    return [PayloadType(codec.codec, codec.pt, codec.rtx) for codec in codecs]


def _extensions(ids: dict[str, int]) -> Extensions:
    return Extensions(
        mid=ids.get(answer.MID),
        rid=ids.get(answer.RID),
        repaired_rid=ids.get(answer.REPAIRED_RID),
        audio_level=ids.get(answer.AUDIO_LEVEL),
        transport_cc=ids.get(answer.TRANSPORT_CC),
        abs_send_time=ids.get(answer.ABS_SEND_TIME),
        video_orientation=ids.get(answer.VIDEO_ORIENTATION),
    )


def track(sent: SentTrack) -> Track:
    return Track(
        sent.mid,
        _KINDS[sent.source],
        _payload_types(sent.codecs),
        _extensions(sent.extensions),
        rids=sent.rids,
        ssrcs=sent.ssrcs,
    )


def slot(received: ReceiveSlot) -> Slot:
    return Slot(
        received.kind,
        received.mid,
        received.ssrc,
        _payload_types(received.codecs),
        _extensions(received.extensions),
        rtx_ssrc=received.rtx_ssrc,
        paired=received.kind == "audio" and not received.free,
    )
