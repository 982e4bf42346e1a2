"""Offers as Chromium makes them on a PC, and what a client needs to know of the answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_RECORDED: Final = Path(__file__).parent.parent / "tests" / "media" / "data" / "chromium_156_pc.sdp"
_CAMERA: Final = 1
_TRANSPORT_CC: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"


@dataclass(frozen=True, slots=True)
class Slot:
    """A video slot of an answer."""

    ssrc: int
    rtx_ssrc: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The node's side of a connection. `slots` are in the order of session.proto: 0 is the screen."""

    host: str
    port: int
    ufrag: str
    pwd: str
    fingerprint: str
    slots: tuple[Slot, ...]
    camera_pt: int
    transport_cc: int


def offer(ufrag: str, pwd: str, fingerprint: str, camera_ssrc: int | None) -> str:
    """With `camera_ssrc` the camera has one layer under that SSRC instead of three, so that every packet is watched."""
    sections = _RECORDED.read_bytes().decode().split("m=")
    if camera_ssrc is not None:
        kept = [line for line in sections[1 + _CAMERA].splitlines() if not line.startswith(("a=rid:", "a=simulcast:"))]
        sections[1 + _CAMERA] = "\r\n".join([*kept, f"a=ssrc:{camera_ssrc} cname:bench", ""])
    own = {"a=ice-ufrag": ufrag, "a=ice-pwd": pwd, "a=fingerprint": f"sha-256 {fingerprint}"}
    lines = []
    for line in "m=".join(sections).splitlines():
        name = line.split(":")[0]
        lines.append(f"{name}:{own[name]}" if name in own else line)
    return "\r\n".join([*lines, ""])


def read_answer(sdp: str) -> Answered:
    """What the node answered. Raises ValueError where something is missing."""
    sections = [section.splitlines() for section in sdp.split("m=")[1:]]

    def first(lines: list[str], start: str) -> str:
        found = next((line for line in lines if line.startswith(start)), None)
        if found is None:
            raise ValueError(f"no {start} in the answer")
        return found.removeprefix(start)

    head, camera = sections[0], sections[_CAMERA]
    candidate = first(head, "a=candidate:1 1 udp ").split(" ")
    groups = [
        first(lines, "a=ssrc-group:FID ").split(" ")
        for lines in sections
        if lines[0].startswith("video ") and "a=sendonly" in lines
    ]
    extension = next((line for line in camera if line.endswith(" " + _TRANSPORT_CC)), "")
    return Answered(
        candidate[1],
        int(candidate[2]),
        first(head, "a=ice-ufrag:"),
        first(head, "a=ice-pwd:"),
        first(head, "a=fingerprint:sha-256 "),
        tuple(Slot(int(ssrc), int(rtx)) for ssrc, rtx in groups),
        int(camera[0].split(" ")[3]),
        int(extension.removeprefix("a=extmap:").split(" ")[0]),
    )
