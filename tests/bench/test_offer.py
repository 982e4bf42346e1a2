"""The bench's offers, answered by the node's own code."""

import pytest

from bench.offer import offer, read_answer
from services.media.core.sdp.answer import Answer, Capabilities, SessionParameters, write_answer
from services.media.core.sdp.offer import Fingerprint, read_offer

_DIGEST = ":".join(["AB"] * 32)
_NODE = ":".join(["CD"] * 32)


def answered(camera_ssrc: int | None) -> Answer:
    text = offer("abcd", "a" * 22, _DIGEST, camera_ssrc)
    read = read_offer(text)
    assert (read.ufrag, read.pwd, read.fingerprints) == ("abcd", "a" * 22, (Fingerprint("sha-256", _DIGEST),))
    capabilities = Capabilities((("127.0.0.1", 7001),), Fingerprint("sha-256", _NODE))
    return write_answer(read, capabilities, SessionParameters("node", "b" * 22, b"seed"))


def test_a_subscriber_is_a_browser_but_for_its_credentials() -> None:
    answer = answered(None)
    camera = next(track for track in answer.tracks if track.source == "camera")
    assert camera.rids == ("q", "h", "f")
    read = read_answer(answer.sdp)
    videos = [slot for slot in answer.slots if slot.kind == "video"]
    assert [(slot.ssrc, slot.rtx_ssrc) for slot in read.slots] == [(slot.ssrc, slot.rtx_ssrc) for slot in videos]
    assert (read.host, read.port, read.ufrag, read.pwd) == ("127.0.0.1", 7001, "node", "b" * 22)
    assert read.fingerprint == _NODE
    assert answer.sctp_port == 5000


def test_a_publisher_has_one_layer_under_an_ssrc_that_the_offer_names() -> None:
    answer = answered(77)
    camera = next(track for track in answer.tracks if track.source == "camera")
    assert (camera.rids, camera.ssrcs) == ((), (77,))
    read = read_answer(answer.sdp)
    assert read.camera_pt == camera.codecs[0].pt
    assert read.transport_cc in camera.extensions.values()


def test_an_answer_without_a_candidate_is_no_answer() -> None:
    answer = answered(None).sdp.replace("a=candidate:1 1 udp ", "a=x:")
    with pytest.raises(ValueError, match="candidate"):
        read_answer(answer)
