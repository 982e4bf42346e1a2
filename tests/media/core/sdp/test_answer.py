import pytest

from services.media.core.sdp.answer import Answer, Capabilities, SessionParameters, write_answer
from services.media.core.sdp.offer import Fingerprint, read_offer
from services.media.core.sdp.refusal import SdpRefused
from tests.media.core.sdp.offers import PC, PHONE, SMALL, spoil

NODE = Capabilities((("192.0.2.1", 7001), ("2001:db8::1", 7001)), Fingerprint("sha-256", "AA:BB"))
SESSION = SessionParameters("nodeufrag", "p" * 32, b"0123456789abcdef")


def answer(offer: str, session: SessionParameters = SESSION, capabilities: Capabilities = NODE) -> Answer:
    return write_answer(read_offer(offer), capabilities, session)


def sections(sdp: str) -> list[str]:
    return sdp.split("m=")[1:]


def test_chromiums_offer_is_answered_line_for_line() -> None:
    answered = answer(PC)
    microphone, camera, screen, sound, *slots, data = sections(answered.sdp)
    assert microphone.startswith("audio 9 UDP/TLS/RTP/SAVPF 111\r\n")
    assert "usedtx=1" in microphone
    assert "a=ptime:40" in microphone
    assert "stereo=1" in sound
    assert "a=simulcast:recv q;h;f" in camera
    assert "a=rtcp-fb:96 transport-cc" in camera
    assert "goog-remb" not in camera
    assert screen.startswith("video 9 UDP/TLS/RTP/SAVPF 45 46 96 97 108 109\r\n")
    assert "x-google-max-quantization=63" in screen
    assert "a=sctp-port:5000" in data
    assert "a=msid:free-0 free-0-audio" in slots[0]
    assert "a=msid:slot-0 slot-0-audio" in slots[3]
    assert "a=msid:slot-0 slot-0-video" in slots[4]
    assert "transport-cc" not in slots[4]
    assert "a=rtcp-fb:45 goog-remb" in slots[4]
    assert "quantization" not in slots[4]
    assert all("a=setup:passive" in section for section in sections(answered.sdp))
    assert answered.sdp.count("a=end-of-candidates") == 1
    assert "a=candidate:1 1 udp 2130706431 192.0.2.1 7001 typ host\r\n" in microphone
    assert "tcptype passive" in microphone
    assert [track.source for track in answered.tracks] == ["microphone", "camera", "screen", "screen_audio"]
    assert len(answered.slots) == 23
    ssrcs = [ssrc for slot in answered.slots for ssrc in (slot.ssrc, slot.rtx_ssrc) if ssrc]
    assert len(set(ssrcs)) == len(ssrcs) == 23 + 10


def test_a_later_offer_keeps_what_was_answered() -> None:
    """The phone's offer grows by the slots of a PC."""
    first = answer(PHONE)
    mids = tuple(media.mid for media in read_offer(PHONE).media)
    later = write_answer(read_offer(PC), NODE, SESSION, mids)
    assert [slot.ssrc for slot in later.slots][: len(first.slots)] == [slot.ssrc for slot in first.slots]
    with pytest.raises(SdpRefused, match="append"):
        write_answer(read_offer(SMALL), NODE, SESSION, mids)


def test_no_tcp() -> None:
    assert "tcptype" not in answer(SMALL, capabilities=Capabilities(NODE.addresses, NODE.fingerprint, tcp=False)).sdp


def test_what_is_rejected_keeps_its_place() -> None:
    offer = spoil("m=video 9", "m=video 0")
    answered = answer(offer)
    assert "m=video 0 UDP/TLS/RTP/SAVPF 96 97" in answered.sdp
    assert "a=group:BUNDLE a d\r\n" in answered.sdp
    assert answered.slots == ()


def test_nothing_to_answer() -> None:
    offer = spoil("opus", "speex", SMALL.replace("VP8", "H261").replace("UDP/DTLS/SCTP", "TCP/RFB"))
    with pytest.raises(SdpRefused, match="no media section"):
        answer(offer)


def test_inactive_sections_stay_in_the_bundle() -> None:
    assert "a=inactive\r\na=rtcp-mux" in answer(spoil("a=recvonly", "a=inactive")).sdp
    assert "a=inactive\r\na=rtcp-mux" in answer(spoil("a=sendonly", "a=inactive")).sdp
    assert "m=video 0" in answer(spoil("a=recvonly", "a=inactive", SMALL.replace("VP8", "H261"))).sdp


def test_more_sources_than_there_are_and_a_second_data_channel() -> None:
    extra = "".join(
        f"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:x{n}\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
        for n in range(2)
    )
    data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:e\r\na=sctp-port:5000\r\n"
    answered = answer(spoil("BUNDLE a v d", "BUNDLE a v d x0 x1 e") + extra + data)
    assert [track.source for track in answered.tracks] == ["microphone", "screen_audio"]
    assert answered.sdp.count("m=audio 0") == 1
    assert answered.sdp.count("m=application 0") == 1


def test_codecs_that_do_not_suit() -> None:
    collides = spoil("SAVPF 96 97", "SAVPF 70 97", SMALL.replace("rtpmap:96 VP8", "rtpmap:70 VP8"))
    assert "m=video 0" in answer(collides).sdp
    lonely = answer(spoil("a=fmtp:97 apt=96", "a=fmtp:97 apt=98"))
    assert lonely.slots[0].rtx_ssrc is None
    squeezed = answer(spoil("96 97", "96 66", SMALL.replace("rtpmap:97", "rtpmap:66").replace("fmtp:97", "fmtp:66")))
    assert squeezed.slots[0].rtx_ssrc is None


def test_h264_where_vp8_is_missing() -> None:
    lines = "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=42E01F"
    assert answer(spoil("a=rtpmap:96 VP8/90000", lines)).slots[0].codecs[0].codec == "h264"
    old = lines.replace("mode=1", "mode=0")
    assert "m=video 0" in answer(spoil("a=rtpmap:96 VP8/90000", old)).sdp


def test_an_ssrc_that_is_taken_is_not_given() -> None:
    ssrc = answer(SMALL).slots[0].ssrc
    taken = answer(spoil("a=rtpmap:111", f"a=ssrc:{ssrc} cname:a\r\na=rtpmap:111"))
    assert taken.slots[0].ssrc != ssrc
