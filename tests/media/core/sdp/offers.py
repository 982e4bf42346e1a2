"""Offers for the tests: Chromium's own, and small ones to spoil."""

from pathlib import Path

_DATA = Path(__file__).parents[2] / "data"
PC = (_DATA / "chromium_156_pc.sdp").read_bytes().decode()
PHONE = (_DATA / "chromium_156_phone.sdp").read_bytes().decode()

DIGEST = ":".join(["AB"] * 32)
SMALL = "\r\n".join(
    [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE a v d",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuv",
        f"a=fingerprint:sha-256 {DIGEST}",
        "a=setup:actpass",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:a",
        "a=sendonly",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
        "a=mid:v",
        "a=recvonly",
        "a=rtcp-mux",
        "a=rtpmap:96 VP8/90000",
        "a=rtcp-fb:* nack",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:d",
        "a=sctp-port:5000",
        "",
    ]
)


def spoil(old: str, new: str, offer: str = SMALL) -> str:
    assert old in offer
    return offer.replace(old, new)
