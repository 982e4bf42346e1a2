"""Starting, hearing and stopping."""

from __future__ import annotations

import gc
import os
import select
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sipulung_datapath import Connected, Datapath

from tests.media.datapath.peer import NODE_PASSWORD, USER, Listener, UdpPeer, datapath
from tests.support import stun


def readable(path: Datapath, seconds: float = 0) -> bool:
    return bool(select.select([path.event_fd], [], [], seconds)[0])


def threads() -> int:
    """How many of data paths there are, without those that an earlier test has left to be forgotten."""
    gc.collect()
    return sum(_name(one) == "datapath" for one in Path("/proc/self/task").iterdir())


def _name(task: Path) -> str:
    """Empty for a thread that has just ended, whosever it was."""
    try:
        return (task / "comm").read_text().strip()
    except OSError:
        return ""


def ended(before: int) -> bool:
    """Whether there are so many again: who waits for a thread goes on a moment before the system has forgotten it."""
    ends = time.monotonic() + 30
    while threads() != before and time.monotonic() < ends:
        time.sleep(0.001)
    return threads() == before


def test_the_fd_is_readable_while_events_wait() -> None:
    with datapath() as path:
        assert not readable(path, 0.05)
        assert path.poll_events() == []
        UdpPeer(path.port).send(stun.check(USER, NODE_PASSWORD, nominate=True))
        assert readable(path, 30)
        assert readable(path)
        [event] = path.poll_events()
        assert isinstance(event, Connected)
        assert not readable(path, 0.05)
        assert path.poll_events() == []


def test_events_keep_their_order_and_come_once() -> None:
    with datapath() as path:
        listener, peers = Listener(path), [UdpPeer(path.port) for _ in range(5)]
        for peer in peers:
            peer.check(nominate=True)
        assert [listener.next(Connected).address for _ in peers] == [f"127.0.0.1:{peer.port}" for peer in peers]
        assert listener.nothing()


def test_stopping_is_quick_and_may_be_repeated() -> None:
    before = threads()
    path = Datapath("127.0.0.1", 0)
    assert threads() == before + 1
    listener = socket.create_connection(("127.0.0.1", path.port))
    began = time.monotonic()
    path.stop()
    took_s = time.monotonic() - began
    path.stop()
    path.stop()
    assert ended(before)
    # Sockets are closed: the port is free for UDP and TCP, and clients hear of it.
    listener.settimeout(30)
    with suppress(ConnectionError):
        assert listener.recv(1) == b""
    again = Datapath("127.0.0.1", path.port)
    again.stop()
    assert took_s < 0.1


def test_after_the_end_nothing_blocks() -> None:
    path = Datapath("127.0.0.1", 0)
    path.stop()
    path.add_room(1)
    path.send_datagram(1, b"x")
    assert path.poll_events() == []
    assert path.port > 0
    assert os.fstat(path.event_fd)
    began = time.monotonic()
    with pytest.raises(RuntimeError, match="stopped"):
        path.stats()
    with pytest.raises(RuntimeError, match="stopped"):
        path.transport_stats([1])
    # Two seconds is how long it would wait for an answer.
    assert time.monotonic() - began < 0.2


def test_one_that_is_forgotten_ends_by_itself() -> None:
    before = threads()
    path = Datapath("127.0.0.1", 0)
    port = path.port
    del path
    assert ended(before)
    Datapath("127.0.0.1", port).stop()


def test_stopping_while_others_ask() -> None:
    path = Datapath("127.0.0.1", 0)
    outcomes: list[str] = []

    def ask() -> None:
        try:
            while True:
                path.stats()
        except RuntimeError as error:
            outcomes.append(str(error))

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    time.sleep(0.1)
    path.stop()
    for asker in askers:
        asker.join(30)
    assert outcomes == ["the datapath has stopped"] * 2


def test_an_idle_datapath_costs_nothing() -> None:
    with datapath() as path:
        before, began = path.stats(), time.monotonic()
        time.sleep(1)
        # A second, or what a busy machine makes of it.
        after, seconds = path.stats(), time.monotonic() - began
        assert after["wakeups"] - before["wakeups"] < 30 * seconds
        assert after["cpu_ns"] - before["cpu_ns"] < 5_000_000 * seconds


def test_stats_name_what_the_node_reads() -> None:
    with datapath() as path:
        stats = path.stats()
        assert {"cpu_ns", "packets_sent", "packets_received"} <= stats.keys()
        assert min(stats.values()) >= 0
