"""Every value that is out of range is refused at once, by the name of its argument."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import pytest
from sipulung_datapath import Datapath, Extensions, PayloadType, Slot, Track

TYPES = [PayloadType("vp8", 96, 97)]
IDS = Extensions(mid=1)
GCM: Final = "AEAD_AES_128_GCM"


@pytest.fixture(scope="module")
def path() -> Iterator[Datapath]:
    path = Datapath("127.0.0.1", 0)
    yield path
    path.stop()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Datapath("localhost", 0), "host"),
        (lambda: Datapath("", 0), "host"),
        (lambda: Datapath("127.0.0.1", 65_536), "port"),
        (lambda: Datapath("127.0.0.1", -1), "port"),
        (lambda: Datapath("127.0.0.1", 0, silent_timeout_ms=-1), "silent_timeout_ms"),
        (lambda: Datapath("127.0.0.1", 0, silent_timeout_ms=3_600_001), "silent_timeout_ms"),
        (lambda: PayloadType(cast(Any, "h265"), 96), "codec"),
        (lambda: PayloadType("vp8", 128), "pt"),
        (lambda: PayloadType("vp8", -1), "pt"),
        (lambda: PayloadType("vp8", 96, 128), "rtx"),
        (lambda: Extensions(mid=0), "mid"),
        (lambda: Extensions(rid=256), "rid"),
        (lambda: Extensions(repaired_rid=0), "repaired_rid"),
        (lambda: Extensions(audio_level=-1), "audio_level"),
        (lambda: Extensions(transport_cc=0), "transport_cc"),
        (lambda: Extensions(abs_send_time=0), "abs_send_time"),
        (lambda: Extensions(abs_capture_time=0), "abs_capture_time"),
        (lambda: Extensions(video_orientation=0), "video_orientation"),
        (lambda: Extensions(dependency_descriptor=0), "dependency_descriptor"),
        (lambda: Track("", "camera", TYPES, IDS), "mid"),
        (lambda: Track("m" * 33, "camera", TYPES, IDS), "mid"),
        (lambda: Track("1", cast(Any, "video"), TYPES, IDS), "kind"),
        (lambda: Track("1", "camera", [], IDS), "payload_types"),
        (lambda: Track("1", "camera", TYPES, IDS, rids=["r"] * 9), "rids"),
        (lambda: Track("1", "camera", TYPES, IDS, rids=[""]), "rids"),
        (lambda: Track("1", "camera", TYPES, IDS, ssrcs=[1 << 32]), "ssrcs"),
        (lambda: Slot(cast(Any, "camera"), "1", 5, TYPES, IDS), "kind"),
        (lambda: Slot("video", "", 5, TYPES, IDS), "mid"),
        (lambda: Slot("video", "1", -5, TYPES, IDS), "ssrc"),
        (lambda: Slot("video", "1", 5, [], IDS), "payload_types"),
        (lambda: Slot("video", "1", 5, TYPES, IDS, rtx_ssrc=1 << 32), "rtx_ssrc"),
    ],
)  # fmt: skip
def test_when_made(make: Callable[[], object], name: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name} .*allowed (is|are) ") as raised:
        make()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda p: p.add_room(-1), "room"),
        (lambda p: p.remove_room(1 << 32), "room"),
        (lambda p: p.add_transport(-1, 1, "a", "b", "c"), "transport"),
        (lambda p: p.add_transport(1, -1, "a", "b", "c"), "room"),
        (lambda p: p.restart_ice(-1, "a", "b", "c"), "transport"),
        (lambda p: p.remove_transport(-1), "transport"),
        (lambda p: p.send_datagram(-1, b""), "transport"),
        (lambda p: p.set_admitted(-1, True), "transport"),
        (lambda p: p.set_keys(1, "AES", b"", b"", b"", b""), "profile"),
        (lambda p: p.set_keys(1, GCM, b"k" * 15, b"s" * 12, b"k" * 16, b"s" * 12), "local_key"),
        (lambda p: p.set_keys(1, GCM, b"k" * 16, b"s" * 14, b"k" * 16, b"s" * 12), "local_salt"),
        (lambda p: p.set_keys(1, GCM, b"k" * 16, b"s" * 12, b"k" * 32, b"s" * 12), "remote_key"),
        (lambda p: p.set_keys(1, GCM, b"k" * 16, b"s" * 12, b"k" * 16, b""), "remote_salt"),
        (lambda p: p.set_keys(-1, GCM, b"k" * 16, b"s" * 12, b"k" * 16, b"s" * 12), "transport"),
        (lambda p: p.add_track(-1, 1, Track("1", "camera", TYPES, IDS)), "transport"),
        (lambda p: p.add_track(1, -1, Track("1", "camera", TYPES, IDS)), "track"),
        (lambda p: p.remove_track(-1), "track"),
        (lambda p: p.set_track_enabled(-1, True), "track"),
        (lambda p: p.set_slots(-1, []), "transport"),
        (lambda p: p.set_slots(1, [Slot("video", "1", 5, TYPES, IDS)] * 513), "slots"),
        (lambda p: p.assign_video(-1, 0, None), "transport"),
        (lambda p: p.assign_video(1, 512, None), "slot"),
        (lambda p: p.assign_video(1, 0, -1), "track"),
        (lambda p: p.assign_video(1, 0, 1, 8), "layer"),
        (lambda p: p.pair_audio(1, -1, None), "slot"),
        (lambda p: p.pair_audio(1, 0, -1), "track"),
        (lambda p: p.deny_audio(-1, []), "transport"),
        (lambda p: p.deny_audio(1, [-1]), "track"),
        (lambda p: p.set_cap(1, -1), "bitrate"),
        (lambda p: p.transport_stats([-1]), "transport"),
    ],
)  # fmt: skip
def test_when_told(path: Datapath, call: Callable[[Any], object], name: str) -> None:
    before = path.stats()["command_unknown_handle"]
    with pytest.raises(ValueError, match=rf"^{name} .*allowed (is|are) ") as raised:
        call(path)
    assert "\n" not in str(raised.value)
    # Nothing of it reached the thread.
    assert path.stats()["command_unknown_handle"] == before


def test_wrong_types_are_type_errors(path: Datapath) -> None:
    with pytest.raises(TypeError):
        path.add_room(cast(Any, "1"))
    with pytest.raises(TypeError):
        path.send_datagram(1, cast(Any, "text"))
    with pytest.raises(TypeError):
        path.add_track(1, 1, cast(Any, Slot("video", "1", 5, TYPES, IDS)))


def test_what_the_thread_does_not_know_is_counted_and_raises_nothing(path: Datapath) -> None:
    before = path.stats()["command_unknown_handle"]
    path.remove_room(9)
    path.remove_transport(9)
    path.add_transport(9, 9, "a", "b", "c")
    path.restart_ice(9, "a", "b", "c")
    path.send_datagram(9, b"x")
    path.set_keys(9, GCM, b"k" * 16, b"s" * 12, b"k" * 16, b"s" * 12)
    path.set_admitted(9, True)
    path.add_track(9, 9, Track("1", "camera", TYPES, IDS))
    path.remove_track(9)
    path.set_track_enabled(9, True)
    path.set_slots(9, [])
    path.assign_video(9, 0, None)
    path.pair_audio(9, 0, None)
    path.deny_audio(9, [])
    path.set_cap(9, 1)
    assert path.stats()["command_unknown_handle"] == before + 15


@pytest.mark.parametrize(("kind", "name"), [(socket.SOCK_DGRAM, "UDP"), (socket.SOCK_STREAM, "TCP")])
def test_a_port_that_is_taken_is_named(kind: socket.SocketKind, name: str) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"{name} address 127.0.0.1:{port}: ") as raised:
            Datapath("127.0.0.1", port)
        assert isinstance(raised.value, OSError)


def test_an_address_that_is_not_here_is_named() -> None:
    with pytest.raises(OSError, match=r"UDP address 192\.0\.2\.1:0: "):
        Datapath("192.0.2.1", 0)
