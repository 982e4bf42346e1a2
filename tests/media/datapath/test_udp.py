"""A real UDP client against the extension module: checks, records, and datagrams that are not wanted."""

from __future__ import annotations

import time

import pytest
from aioice.stun import Class
from sipulung_datapath import Connected, Datagram, Datapath, Silent

from tests.media.datapath.peer import (
    CLIENT,
    NODE,
    NODE_PASSWORD,
    RECORD,
    ROOM,
    TRANSPORT,
    USER,
    Listener,
    UdpPeer,
    counted,
    datapath,
    drops,
    settled,
)
from tests.support import stun


def test_a_check_is_answered_and_a_nomination_connects() -> None:
    with datapath() as path:
        peer, listener = UdpPeer(path.port), Listener(path)
        answer = peer.check()
        assert answer.message_class is Class.RESPONSE
        assert answer.attributes["XOR-MAPPED-ADDRESS"] == ("127.0.0.1", peer.port)
        assert listener.nothing()
        event = peer.connect(listener)
        assert (event.transport, event.address) == (TRANSPORT, f"127.0.0.1:{peer.port}")
        assert (event.protocol, event.changed) == ("udp", False)
        [stats] = path.transport_stats([TRANSPORT, 77])
        assert (stats.transport, stats.connected, stats.address) == (TRANSPORT, True, event.address)
        assert drops(path) == {}


def test_records_go_both_ways() -> None:
    with datapath() as path:
        peer, listener = UdpPeer(path.port), Listener(path)
        path.send_datagram(TRANSPORT, b"too early")
        counted(path, "drop_not_connected")
        peer.connect(listener)
        peer.send(RECORD)
        event = listener.next(Datagram)
        assert (event.transport, event.data) == (TRANSPORT, RECORD)
        path.send_datagram(TRANSPORT, b"\x16answer")
        assert peer.receive() == b"\x16answer"


def test_a_handshake_may_begin_before_the_nomination() -> None:
    with datapath() as path:
        peer, listener = UdpPeer(path.port), Listener(path)
        peer.check()
        peer.send(RECORD)
        assert listener.next(Datagram).data == RECORD
        path.send_datagram(TRANSPORT, b"\x16answer")
        assert peer.receive() == b"\x16answer"


UNWANTED = {
    "empty": (b"", "drop_empty"),
    "2000 bytes": (b"\x80" * 2000, "drop_oversized"),
    "1501 bytes": (b"\x80" * 1501, "drop_oversized"),
    "half a STUN header": (b"\x01\x01" + bytes(17), "drop_truncated"),
    "half a record header": (b"\x16" * 12, "drop_truncated"),
    "half an RTP header": (b"\x80" * 11, "drop_truncated"),
    "first byte 5": (b"\x05" * 100, "drop_unknown_first_byte"),
    "first byte 255": (b"\xff" * 100, "drop_unknown_first_byte"),
    "a stranger's record": (RECORD, "drop_unknown_address"),
    "a stranger's RTP": (b"\x80\x60" + bytes(50), "drop_unknown_address"),
    "a stranger's RTCP": (b"\x80\xc8" + bytes(50), "drop_unknown_address"),
    "no magic cookie": (b"\x00\x01" + bytes(18), "drop_malformed_stun"),
    "wrong fingerprint": (stun.check(USER, NODE_PASSWORD)[:-4] + bytes(4), "drop_malformed_stun"),
    "no integrity": (stun.check(USER, None), "drop_stun_without_integrity"),
    "wrong password": (stun.check(USER, "q" * 32), "drop_stun_wrong_integrity"),
    "no such session": (stun.check(f"nobody:{CLIENT}", NODE_PASSWORD), "drop_stun_unknown_user"),
    "another client": (stun.check(f"{NODE}:somebody", NODE_PASSWORD), "drop_stun_unknown_user"),
    "half a user name": (stun.check(NODE, NODE_PASSWORD), "drop_stun_unknown_user"),
    "an answer": (b"\x01\x01\x00\x00\x21\x12\xa4\x42" + bytes(12), "drop_stun_no_request"),
}


@pytest.mark.parametrize(("datagram", "counter"), UNWANTED.values(), ids=UNWANTED)
def test_what_is_not_wanted_has_a_name_and_no_answer(datagram: bytes, counter: str) -> None:
    with datapath() as path:
        peer = UdpPeer(path.port)
        peer.send(datagram)
        counted(path, counter)
        assert drops(path) == {counter: 1}
        assert peer.receive(0.05) is None
        # And everything goes on.
        peer.check()


def test_a_stranger_who_saw_a_check_cannot_steer_media() -> None:
    with datapath() as path:
        peer, stranger, listener = UdpPeer(path.port), UdpPeer(path.port), Listener(path)
        seen = stun.check(USER, NODE_PASSWORD, nominate=True)
        peer.send(seen)
        assert peer.receive() is not None
        listener.next(Connected)
        stranger.send(seen)
        counted(path, "drop_stun_replayed")
        assert stranger.receive(0.05) is None
        path.send_datagram(TRANSPORT, b"\x16for the peer")
        assert peer.receive() == b"\x16for the peer"
        # From its own address it is a repetition, which is answered.
        peer.send(seen)
        assert peer.receive() is not None


def test_a_client_that_changes_its_network_goes_on() -> None:
    with datapath() as path:
        wifi, mobile, listener = UdpPeer(path.port), UdpPeer(path.port), Listener(path)
        assert not wifi.connect(listener).changed
        event = mobile.connect(listener)
        assert (event.changed, event.address) == (True, f"127.0.0.1:{mobile.port}")
        path.send_datagram(TRANSPORT, b"\x16here")
        assert mobile.receive() == b"\x16here"
        assert wifi.receive(0.05) is None
        counted(path, "address_changes")


def test_a_client_that_says_it_is_controlled_hears_of_the_conflict() -> None:
    with datapath() as path:
        answer = UdpPeer(path.port).check(controlled=True)
        assert answer.message_class is Class.ERROR
        assert answer.attributes["ERROR-CODE"][0] == 487


def test_an_ice_restart_takes_new_credentials_and_keeps_the_old_pair() -> None:
    with datapath() as path:
        peer, listener = UdpPeer(path.port), Listener(path)
        peer.connect(listener)
        path.restart_ice(TRANSPORT, "again", "r" * 32, "newer")
        peer.send(stun.check(USER, NODE_PASSWORD))
        counted(path, "drop_stun_unknown_user")
        path.send_datagram(TRANSPORT, b"\x16still")
        assert peer.receive() == b"\x16still"
        peer.send(stun.check("again:newer", "r" * 32, nominate=True))
        answer = peer.receive()
        assert answer is not None
        stun.read(answer, "r" * 32)


def test_silence_is_told_once_and_ends_with_a_check() -> None:
    with datapath(silent_timeout_ms=300) as path:
        peer, listener = UdpPeer(path.port), Listener(path)
        # Before the last that it hears: how long that takes to get back here is no part of its silence.
        began = time.monotonic()
        peer.connect(listener)
        assert listener.next(Silent).transport == TRANSPORT
        assert 0.3 <= time.monotonic() - began < 1.0
        assert listener.nothing(0.5)
        assert not path.transport_stats([TRANSPORT])[0].connected
        peer.check()
        again = listener.next(Connected)
        assert (again.changed, again.address) == (False, f"127.0.0.1:{peer.port}")


def test_nothing_of_a_removed_transport_is_left() -> None:
    with datapath() as path:
        peer, listener = UdpPeer(path.port), Listener(path)
        peer.connect(listener)
        path.remove_transport(TRANSPORT)
        peer.send(RECORD)
        counted(path, "drop_unknown_address")
        peer.send(stun.check(USER, NODE_PASSWORD))
        counted(path, "drop_stun_unknown_user")
        assert path.transport_stats([TRANSPORT]) == []
        path.remove_transport(TRANSPORT)
        path.send_datagram(TRANSPORT, b"x")
        path.set_admitted(TRANSPORT, True)
        counted(path, "command_unknown_handle", 3)
        path.remove_room(ROOM)
        path.add_transport(TRANSPORT, ROOM, NODE, NODE_PASSWORD, CLIENT)
        counted(path, "command_unknown_handle", 4)


@pytest.mark.parametrize("host", ["::", "::1"])
def test_ipv6(host: str) -> None:
    with datapath(host) as path:
        peer, listener = UdpPeer(path.port, "::1"), Listener(path)
        assert peer.check().attributes["XOR-MAPPED-ADDRESS"] == ("::1", peer.port)
        assert peer.connect(listener).address == f"[::1]:{peer.port}"
        peer.send(RECORD)
        assert listener.next(Datagram).data == RECORD
        path.send_datagram(TRANSPORT, b"\x16six")
        assert peer.receive() == b"\x16six"


def test_one_socket_serves_both_families() -> None:
    with datapath("::") as path:
        six, four, listener = UdpPeer(path.port, "::1"), UdpPeer(path.port), Listener(path)
        six.connect(listener)
        event = four.connect(listener)
        # An IPv4 peer goes by its own address, not by the mapped one.
        assert (event.address, event.changed) == (f"127.0.0.1:{four.port}", True)
        path.send_datagram(TRANSPORT, b"\x16four")
        assert four.receive() == b"\x16four"


def test_a_burst_of_noise_stops_nothing() -> None:
    with datapath() as path:
        noise, peer, listener = UdpPeer(path.port), UdpPeer(path.port), Listener(path)
        for number in range(2000):
            noise.send(bytes([number % 256]) * (number % 64))
            # No more at once than a socket holds: what the system drops, nobody counts.
            if number % 100 == 99:
                settled(path, lambda stats, sent=number + 1: stats["packets_received"] >= sent)  # type: ignore[misc]
        peer.connect(listener)
        stats = settled(path, lambda stats: stats["packets_received"] >= 2001)
        assert stats["panic"] == 0
        assert sum(value for name, value in stats.items() if name.startswith("drop_")) == 2000


def test_two_datapaths_share_no_state() -> None:
    with datapath() as one, datapath() as other:
        assert one.port != other.port
        UdpPeer(one.port).connect(Listener(one))
        assert Listener(other).nothing(0.05)
        assert isinstance(other, Datapath)
        assert other.stats()["stun_received"] == 0
