"""ICE-TCP (RFC 6544) for networks without UDP, by a real client."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sipulung_datapath import Connected, Datagram, Datapath, Silent

from tests.media.datapath.peer import (
    NODE_PASSWORD,
    RECORD,
    TRANSPORT,
    USER,
    Listener,
    TcpPeer,
    UdpPeer,
    counted,
    datapath,
    settled,
)
from tests.support import stun


def test_a_whole_connection() -> None:
    with datapath() as path:
        peer, listener = TcpPeer(path.port), Listener(path)
        local = peer.socket.getsockname()
        answer = peer.check(nominate=True)
        assert answer.attributes["XOR-MAPPED-ADDRESS"] == local
        event = listener.next(Connected)
        assert (event.protocol, event.address, event.changed) == ("tcp", f"127.0.0.1:{local[1]}", False)
        peer.send(RECORD)
        assert listener.next(Datagram).data == RECORD
        for size in (1, 1200, 1500):
            path.send_datagram(TRANSPORT, b"\x16" * size)
            assert peer.receive() == b"\x16" * size
        assert path.stats()["tcp_accepted"] == 1


def test_frames_may_come_in_pieces_and_together() -> None:
    with datapath() as path:
        peer, listener = TcpPeer(path.port), Listener(path)
        stream = stun.framed(stun.check(USER, NODE_PASSWORD, nominate=True)) + stun.framed(RECORD) * 2
        for byte in stream[:60]:
            peer.socket.sendall(bytes([byte]))
        peer.socket.sendall(stream[60:])
        assert peer.receive()
        listener.next(Connected)
        assert listener.next(Datagram).data == listener.next(Datagram).data == RECORD


def test_over_ipv6() -> None:
    with datapath("::") as path:
        peer, listener = TcpPeer(path.port, "::1"), Listener(path)
        peer.check(nominate=True)
        assert listener.next(Connected).address.startswith("[::1]:")


def test_a_broken_frame_ends_the_connection() -> None:
    with datapath(silent_timeout_ms=400) as path:
        peer, listener = TcpPeer(path.port), Listener(path)
        peer.check(nominate=True)
        listener.next(Connected)
        peer.socket.sendall(b"\xff\xff" + bytes(100))
        assert peer.receive() == b""
        counted(path, "drop_tcp_frame")
        # It was this client's only path.
        assert listener.next(Silent).transport == TRANSPORT
        path.send_datagram(TRANSPORT, b"\x16")
        counted(path, "drop_not_connected")


def test_noise_in_frames_is_counted_like_any_datagram() -> None:
    with datapath() as path:
        peer = TcpPeer(path.port)
        for datagram in (b"", b"\x05" * 30, b"\x16" * 5, RECORD, stun.check(USER, "wrong password of 22 characters")):
            peer.send(datagram)
        peer.check()
        stats = path.stats()
        names = ("drop_empty", "drop_unknown_first_byte", "drop_truncated", "drop_unknown_address")
        assert [stats[name] for name in (*names, "drop_stun_wrong_integrity")] == [1] * 5


def test_a_client_that_closes_is_silent_until_it_comes_back() -> None:
    with datapath(silent_timeout_ms=400) as path:
        first, listener = TcpPeer(path.port), Listener(path)
        first.check(nominate=True)
        listener.next(Connected)
        first.close()
        listener.next(Silent)
        second = TcpPeer(path.port)
        second.check(nominate=True)
        assert listener.next(Connected).protocol == "tcp"
        path.send_datagram(TRANSPORT, b"\x16back")
        assert second.receive() == b"\x16back"


def test_a_client_may_move_between_udp_and_tcp() -> None:
    with datapath() as path:
        tcp, udp, listener = TcpPeer(path.port), UdpPeer(path.port), Listener(path)
        tcp.check(nominate=True)
        listener.next(Connected)
        moved = udp.connect(listener)
        assert (moved.protocol, moved.changed) == ("udp", True)
        path.send_datagram(TRANSPORT, b"\x16udp")
        assert udp.receive() == b"\x16udp"
        tcp.check(nominate=True)
        assert listener.next(Connected).protocol == "tcp"
        path.send_datagram(TRANSPORT, b"\x16tcp")
        assert tcp.receive() == b"\x16tcp"


def test_strangers_are_closed_after_ten_seconds_and_clients_are_not() -> None:
    with datapath(silent_timeout_ms=60_000) as path:
        began = time.monotonic()
        silent, unknown, client = TcpPeer(path.port), TcpPeer(path.port), TcpPeer(path.port)
        client.check(nominate=True)
        unknown.send(stun.check(USER, "q" * 32))
        assert silent.receive(30) == b""
        assert 9 < time.monotonic() - began < 12.5
        assert unknown.receive(30) == b""
        counted(path, "drop_tcp_refused", 2)
        client.check()


def test_a_client_that_does_not_read_loses_datagrams_and_costs_little() -> None:
    with datapath() as path:
        peer, listener = TcpPeer(path.port), Listener(path)
        peer.check(nominate=True)
        listener.next(Connected)
        for _ in range(400):
            for _ in range(25):
                path.send_datagram(TRANSPORT, b"\x16" * 1200)
            path.stats()
        stats = settled(path, lambda stats: stats["drop_tcp_full"] > 0)
        before = stats["wakeups"]
        time.sleep(0.5)
        # It waits for the socket to take more instead of trying.
        assert path.stats()["wakeups"] - before < 20
        received = 0
        while received + path.stats()["drop_tcp_full"] < 10_000:
            assert peer.receive() == b"\x16" * 1200
            received += 1
        assert peer.receive(0.3) is None
        peer.check()


def test_without_tcp_nothing_listens() -> None:
    with datapath(tcp=False) as path, pytest.raises(ConnectionRefusedError):
        TcpPeer(path.port)


@contextmanager
def many(path: Datapath, count: int, before: int = 0) -> Iterator[list[socket.socket]]:
    """That many connections, whose both ends are in this process, after some that there are already."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2 * count + 500)), hard))
    connections: list[socket.socket] = []
    try:
        for number in range(count):
            connections.append(socket.create_connection(("127.0.0.1", path.port), 3))
            if number % 200 == 0:
                path.stats()
        counted(path, "tcp_accepted", before + count)
        yield connections
    finally:
        for connection in connections:
            connection.close()
        path.stop()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_too_many_connections_are_refused_and_counted() -> None:
    with datapath() as path, many(path, 2_047) as connections:
        client = TcpPeer(path.port)
        client.check(nominate=True)
        late = TcpPeer(path.port)
        assert late.receive() == b""
        counted(path, "drop_tcp_refused")
        # Those who are in are not touched by it, nor is UDP.
        UdpPeer(path.port).check()
        client.check()
        # Somebody leaves: there is room again.
        connections.pop().close()
        settled(path, lambda _: TcpPeer(path.port).receive(0.2) is None)


def test_strangers_yield_to_clients_when_all_places_are_taken() -> None:
    with datapath() as path:
        client = TcpPeer(path.port)
        client.check(nominate=True)
        with many(path, 2_047, before=1) as connections:
            time.sleep(2.1)
            late = TcpPeer(path.port)
            late.check()
            counted(path, "drop_tcp_refused")
            # The first stranger went, the client that came before it stays.
            connections[0].settimeout(30)
            assert connections[0].recv(1) == b""
            client.check()


def test_connections_that_say_nothing_cost_nothing() -> None:
    def cost(path: Datapath) -> float:
        """Processor time of a round, in ns."""
        before, peer = path.stats(), UdpPeer(path.port)
        for _ in range(500):
            peer.send(b"\x05")
            time.sleep(0.0005)
        after = path.stats()
        return (after["cpu_ns"] - before["cpu_ns"]) / (after["wakeups"] - before["wakeups"])

    with datapath() as path:
        alone = cost(path)
        with many(path, 1_500):
            # It was sixty times as much when all of them were looked at in each round.
            assert cost(path) < 4 * alone + 10_000


def test_no_file_descriptors_left_costs_connections_not_the_processor() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with datapath() as path:
        waiting = [socket.socket() for _ in range(3)]
        probe = socket.socket()
        taken = probe.fileno()
        probe.close()
        udp = UdpPeer(path.port)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (taken + 1, hard))
            for connection in waiting:
                connection.connect(("127.0.0.1", path.port))
            before, began = path.stats(), time.monotonic()
            time.sleep(1)
            after, seconds = path.stats(), time.monotonic() - began
            udp.check()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert after["wakeups"] - before["wakeups"] < 20 * seconds
        assert after["cpu_ns"] - before["cpu_ns"] < 100_000_000 * seconds
        counted(path, "tcp_accepted", 3)
        for connection in waiting:
            connection.close()
