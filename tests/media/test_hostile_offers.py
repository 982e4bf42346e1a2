"""Whatever is offered gives an answer or OFFER_REFUSED, down to the packet path; never a fault."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sipulung_datapath import Datapath

from services.common.errors import OfferRefused
from services.media.core.sdp.answer import Capabilities
from services.media.forwarding.limits import Limits
from services.media.forwarding.node import MediaNode, Owner
from tests.media.core.sdp.offers import PC, PHONE, SMALL
from tests.media.serving import CERTIFICATE

ANA = Owner("luwu", "8123456789", "ana")
LINES = {name: offer.split("\r\n") for name, offer in {"pc": PC, "phone": PHONE, "small": SMALL}.items()}
TAILS = [
    "",
    "0",
    "1",
    "127",
    "128",
    "255",
    "4351",
    "-1",
    "99999999999",
    ";;",
    "=",
    ":",
    " ",
    "\x00",
    "é",
    "q;h;f",
    "x" * 40,
]


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """A real offer in which some lines were dropped, doubled, moved, cut, or given another value."""
    lines = list(LINES[draw(st.sampled_from(["small", "small", "phone", "pc"]))])
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        match draw(st.integers(0, 5)):
            case 0:
                del lines[place]
            case 1:
                lines.insert(draw(st.integers(0, len(lines))), line)
            case 2:
                lines[place] = line[: draw(st.integers(0, len(line)))]
            case 3:
                words = re.split(r"([ :=;/])", line)
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(TAILS) | st.text(max_size=8))
                lines[place] = "".join(words)
            case 4:
                other = draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
            case _:
                lines[place] = line + draw(st.sampled_from(TAILS))
        if not lines:
            break
    return "\r\n".join(lines)


async def opened(offer: str) -> int:
    """How often it was answered: as a first offer, and as the later one of a good session. Raises what is a fault."""
    path = Datapath("127.0.0.1", 0, tcp=False)
    node = MediaNode(
        path, Capabilities((("127.0.0.1", 7001),), CERTIFICATE.fingerprint), CERTIFICATE, Limits(), lambda *_: None
    )
    node.start()
    answered = 0
    try:
        for session_id, negotiate in (("a", False), ("b", True)):
            try:
                if negotiate:
                    node.open(ANA, session_id, SMALL, None)
                    node.negotiate(ANA, session_id, offer)
                else:
                    node.open(ANA, session_id, offer, None)
                answered += 1
            except OfferRefused:
                # Nothing is left of a session that was refused.
                assert negotiate or session_id not in node.sessions
        stats = path.stats()
        assert (stats["panic"], stats["command_unknown_handle"]) == (0, 0)
    finally:
        await node.stop()
        path.stop()
    return answered


@settings(max_examples=300, deadline=None)
@given(spoiled())
async def test_spoiled_offers(offer: str) -> None:
    await opened(offer)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
@example("")
@example("v=0\r\n")
@example("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=\r\n")
async def test_noise(offer: str) -> None:
    assert await opened(offer) == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=rtpmap:96 VP8/90000", "a=rtpmap:96 VP8/90000\r\na=ssrc:4294967295 cname:x"),
        ("a=mid:v", "a=mid:v\r\na=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid"),
        ("a=mid:v", "a=mid:v\r\na=extmap:255 urn:ietf:params:rtp-hdrext:sdes:mid"),
        ("a=rtpmap:97 rtx/90000", "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=97"),
        ("a=sctp-port:5000", "a=sctp-port:5000\r\na=max-message-size:1"),
        ("a=sctp-port:5000", "a=sctp-port:65535\r\na=max-message-size:0"),
        ("a=recvonly", "a=sendonly\r\na=ssrc:5 cname:x\r\na=ssrc:5 msid:x"),
        ("a=recvonly", "a=sendrecv"),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:" + "a" * 256),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:ab+/"),
    ],
)
async def test_corners(old: str, new: str) -> None:
    assert old in SMALL
    await opened(SMALL.replace(old, new))
