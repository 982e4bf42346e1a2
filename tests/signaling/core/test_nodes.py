"""Media nodes by their reports, in virtual time."""

from services.signaling.core.nodes import DEAD_AFTER_S, FORGET_AFTER_S, SUSPECT_AFTER_S, Change, NodeTable
from sipulung.media.v1 import media_pb2


def load(
    node: str, cpu: int = 0, sessions: int = 0, boot: str = "1", draining: bool = False, meetings: int = 0
) -> media_pb2.NodeLoad:
    return media_pb2.NodeLoad(
        node_id=node,
        grpc_address=f"{node}:1",
        datapath_cpu_per_mille=cpu,
        sessions=sessions,
        boot_id=boot,
        draining=draining,
        meetings=meetings,
    )


def chosen(
    table: NodeTable, now: float = 0, *, reports_arrive: bool = True, excluding: frozenset[str] = frozenset()
) -> str:
    found = table.choose(now, reports_arrive=reports_arrive, excluding=excluding)
    return found.node_id if found else ""


def test_least_cpu_then_sessions_then_meetings_then_name() -> None:
    table = NodeTable()
    assert chosen(table) == ""
    table.heard(load("a", cpu=500), 0)
    table.heard(load("b", cpu=100, sessions=3), 0)
    assert chosen(table) == "b"
    table.heard(load("c", cpu=140, sessions=2), 0)
    assert chosen(table) == "c"
    table.heard(load("b", cpu=100, sessions=2, meetings=1), 0)
    assert chosen(table) == "c"
    table.heard(load("b", cpu=100, sessions=2), 0)
    assert chosen(table) == "b"
    assert chosen(table, excluding=frozenset("b")) == "c"


def test_meetings_opened_within_one_report_spread() -> None:
    table = NodeTable()
    table.heard(load("a"), 0)
    table.heard(load("b"), 0)
    order = []
    for _ in range(4):
        order.append(chosen(table))
        table.opened(order[-1])
    assert order == ["a", "b", "a", "b"]
    table.opened("unknown")
    table.heard(load("a"), 1)
    assert chosen(table, 1) == "a"


def test_silent_nodes_get_nothing_new_unless_nobody_can_be_heard() -> None:
    table = NodeTable()
    table.heard(load("a"), 0)
    late = DEAD_AFTER_S + 0.1
    assert chosen(table, late) == ""
    assert chosen(table, late, reports_arrive=False) == "a"
    assert table.live(1) == 1
    assert table.live(late) == 0


def test_draining() -> None:
    table = NodeTable()
    assert table.heard(load("a"), 0) is Change.NEW
    assert table.heard(load("a"), 1) is Change.NONE
    assert table.heard(load("a", draining=True), 2) is Change.DRAINING
    assert table.heard(load("a", draining=True), 3) is Change.NONE
    assert chosen(table, 3) == ""
    assert not table.usable("a")
    assert table.alive("a")


def test_restart_and_death() -> None:
    table = NodeTable()
    table.heard(load("a"), 0)
    assert table.heard(load("a", boot="2"), 1) is Change.RESTARTED
    assert table.suspects(1 + SUSPECT_AFTER_S) == []
    assert [one.node_id for one in table.suspects(1.1 + SUSPECT_AFTER_S)] == ["a"]
    assert table.silence("a", 4) == 3
    assert table.silence("unknown", 4) == 0
    assert table.bury("a")
    assert not table.bury("a")
    assert not table.bury("unknown")
    assert not table.alive("a")
    assert not table.usable("a")
    assert table.suspects(100) == []
    table.heard(load("a", boot="3"), 5)
    assert table.alive("a")


def test_what_was_never_heard_of_may_be_good() -> None:
    table = NodeTable()
    assert table.usable("a")
    assert table.alive("a")
    assert table.load("a") is None


def test_a_node_known_by_a_session_only() -> None:
    table = NodeTable()
    table.assume("a", "a:1", "1", 0)
    table.assume("a", "b:1", "2", 1)
    assert chosen(table) == ""
    assert table.live(0) == 0
    known = table.load("a")
    assert known is not None
    assert known.grpc_address == "a:1"
    assert [one.node_id for one in table.suspects(SUSPECT_AFTER_S + 0.1)] == ["a"]
    assert table.heard(load("a"), 2) is Change.NEW
    table.assume("b", "b:1", "1", 2)
    assert table.heard(load("b", boot="2"), 3) is Change.RESTARTED


def test_old_nodes_are_forgotten() -> None:
    table = NodeTable()
    table.heard(load("a"), 0)
    table.heard(load("b"), FORGET_AFTER_S + 1)
    assert table.load("a") is None
