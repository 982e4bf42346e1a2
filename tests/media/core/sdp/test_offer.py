import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.media.core.sdp.offer import read_offer
from services.media.core.sdp.refusal import SdpRefused
from tests.media.core.sdp.offers import DIGEST, PC, SMALL, spoil

CAMERA = (
    "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\na=rtpmap:96"
)  # fmt: skip


def test_chromiums_offer() -> None:
    offer = read_offer(PC)
    assert [media.kind for media in offer.media][:5] == ["audio", "video", "video", "audio", "audio"]
    assert len(offer.media) == 5 + 3 + 2 * 10
    assert offer.media[1].rids == ("q", "h", "f")
    assert offer.media[2].codecs[0].pt == 45
    assert len(offer.media[2].ssrcs) == 1
    # Chromium puts the data channel last, wherever it was made.
    assert offer.media[-1].max_message_size == 262144
    assert offer.allows_mixed_extensions


def test_small_offer_with_session_level_attributes() -> None:
    offer = read_offer(SMALL)
    assert offer.ufrag == "abcd"
    assert offer.fingerprints[0].algorithm == "sha-256"
    assert offer.media[1].codecs[0].feedback == {"nack"}
    assert offer.media[2].max_message_size == 65536
    assert not offer.allows_mixed_extensions


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("v=0", "v=1", "v=0"),
        ("s=-", "s", "<letter>=<value>"),
        ("s=-", "s=" + "x" * 2000, "longer"),
        ("m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=audio 9", "needs"),
        ("m=audio 9", "m=@ 9", "no media"),
        ("SAVPF 111", "SAVPF" + " 1" * 129, "formats"),
        ("m=audio 9", "m=audio 70000", "port"),
        ("a=mid:a", "a=mid:a\r\na=mid:b", "twice"),
        ("a=mid:a", "a=nothing", "a=mid is missing"),
        ("a=mid:a", "a=mid:" + "a" * 17, "1 to 16"),
        ("a=mid:v", "a=mid:a", "twice"),
        ("a=rtcp-mux\r\na=rtpmap:111", "a=rtpmap:111", "rtcp-mux"),
        ("BUNDLE a v d", "BUNDLE a v", "not in the BUNDLE"),
        ("a=group:BUNDLE a v d\r\n", "", "exactly one"),
        (f"a=fingerprint:sha-256 {DIGEST}\r\n", "", "fingerprint"),
        ("sha-256 AB", "sha-256 ZZ", "digest"),
        ("sha-256", "md5", "missing"),
        ("a=ice-ufrag:abcd\r\n", "", "ice-ufrag is missing"),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:a b", "ice-ufrag must"),
        ("a=ice-pwd:abcdefghijklmnopqrstuv", "a=ice-pwd:short", "ice-pwd must"),
        ("a=setup:actpass", "a=setup:passive", "setup"),
        ("SAVPF 96 97", "SAVPF 96 96", "twice"),
        ("a=rtpmap:97 rtx/90000", "a=rtpmap:96 rtx/90000", "mapped twice"),
        ("a=rtpmap:97 rtx/90000", "a=rtpmap:97 rtx", "rtpmap must"),
        ("a=rtpmap:97 rtx/90000", "a=rtpmap:97 rtx/0", "clock"),
        ("opus/48000/2", "opus/48000/99", "channels"),
        ("a=fmtp:97", "a=fmtp:x", "payload type"),
        ("a=mid:v", "a=mid:v\r\na=extmap:1 urn:a\r\na=extmap:1 urn:b", "extmap"),
        ("a=rtpmap:96", "a=simulcast:send q;q\r\na=rtpmap:96", "repeats"),
        ("a=rtpmap:96", "a=rid:q recv\r\na=simulcast:send q\r\na=rtpmap:96", "without"),
        ("a=rtpmap:96", "a=ssrc:x cname:a\r\na=rtpmap:96", "ssrc"),
        ("a=rtpmap:96", "".join(f"a=ssrc:{n} cname:a\r\n" for n in range(1, 10)) + "a=rtpmap:96", "ssrcs"),
        ("a=sctp-port:5000", "a=sctp-port:0", "sctp-port"),
    ],
)  # fmt: skip
def test_refused_by_line(old: str, new: str, says: str) -> None:
    with pytest.raises(SdpRefused, match=says):
        read_offer(spoil(old, new))


@pytest.mark.parametrize(
    "offer",
    [
        "v=0\r\n",
        "x" * 200_001,
        "v=0\n" * 6_001,
        SMALL + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" * 64,
        re.sub("m=(audio|video|application) 9", r"m=\1 0", SMALL),
    ],
)  # fmt: skip
def test_refused_as_a_whole(offer: str) -> None:
    with pytest.raises(SdpRefused):
        read_offer(offer)


def test_simulcast_is_read_where_it_is_sent() -> None:
    assert read_offer(spoil("a=rtpmap:96", CAMERA)).media[1].rids == ("q", "h", "f")
    assert read_offer(spoil("a=rtpmap:96", CAMERA.replace("simulcast:send", "simulcast:recv"))).media[1].rids == ()


def test_a_repairing_ssrc_and_unmapped_lines() -> None:
    lines = "a=ssrc-group:FID 1 2\r\na=ssrc-group:SIM 1\r\na=ssrc:1 cname:a\r\na=ssrc:2 cname:a\r\na=rtpmap:96"
    assert read_offer(spoil("a=rtpmap:96", lines)).media[1].ssrcs == (1,)


def test_a_direction_of_the_session_and_an_unknown_section() -> None:
    offer = spoil("a=sendonly\r\n", "", SMALL.replace("a=recvonly\r\n", "").replace("s=-", "s=-\r\na=inactive"))
    assert read_offer(offer).media[0].direction == "inactive"
    assert read_offer(spoil("a=sendonly\r\n", "")).media[0].direction == "sendrecv"
    assert read_offer(spoil("UDP/DTLS/SCTP", "TCP/RFB")).media[2].sctp_port == 0


LINES = PC.split("\r\n")


@given(st.text(max_size=300))
def test_nothing_else_is_ever_raised_by_noise(text: str) -> None:
    with pytest.raises(SdpRefused):
        read_offer(text)


@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from([*LINES[:120], "a=simulcast:send", "a=extmap:", "a=ssrc:", "m=video 0 x 1", "a=rtpmap:1 a/b/c/d"]),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
)
def test_nothing_else_is_ever_raised_by_a_changed_line(index: int, line: str, tail: str) -> None:
    try:
        read_offer("\r\n".join([*LINES[:index], line + tail, *LINES[index + 1 :]]))
    except SdpRefused:
        return
