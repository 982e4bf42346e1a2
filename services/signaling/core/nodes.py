"""The media nodes, as their load reports tell of them: which live, and which takes a new meeting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from sipulung.media.v1 import media_pb2

# Reports come every second.
SUSPECT_AFTER_S: Final = 1.5
DEAD_AFTER_S: Final = 3.0
# A node that was silent that long is forgotten.
FORGET_AFTER_S: Final = 600.0
# CPU loads this close count as equal, so that noise does not send every new meeting to the same idle node.
CPU_STEP_PER_MILLE: Final = 50


class Change(Enum):
    """What a load report says beyond numbers."""

    NONE = "none"
    NEW = "new"
    # Another process under the same name: whatever the one before knew is lost.
    RESTARTED = "restarted"
    DRAINING = "draining"


@dataclass
class _Node:
    load: media_pb2.NodeLoad
    heard_at: float
    dead: bool = False
    # Sessions that were opened here since the last report.
    pending: int = 0
    # Known from a session's record only; nothing was heard of it yet.
    assumed: bool = False


class NodeTable:
    """All nodes heard of. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._nodes: dict[str, _Node] = {}

    def heard(self, load: media_pb2.NodeLoad, now: float) -> Change:
        """Takes in a report."""
        before = self._nodes.get(load.node_id)
        self._nodes[load.node_id] = _Node(load, now)
        self._forget(now)
        if before is None:
            return Change.NEW
        if before.load.boot_id != load.boot_id:
            return Change.RESTARTED
        if before.assumed:
            return Change.NEW
        if load.draining and not before.load.draining:
            return Change.DRAINING
        return Change.NONE

    def assume(self, node_id: str, grpc_address: str, boot_id: str, now: float) -> None:
        """A resumed session is on that node: it becomes a suspect unless it is heard of."""
        if node_id not in self._nodes:
            load = media_pb2.NodeLoad(node_id=node_id, grpc_address=grpc_address, boot_id=boot_id)
            self._nodes[node_id] = _Node(load, now, assumed=True)

    def load(self, node_id: str) -> media_pb2.NodeLoad | None:
        """The last report of that node."""
        node = self._nodes.get(node_id)
        return node.load if node else None

    def opened(self, node_id: str) -> None:
        """Counts a session that was opened on the node since its last report."""
        node = self._nodes.get(node_id)
        if node:
            node.pending += 1

    def suspects(self, now: float) -> list[media_pb2.NodeLoad]:
        """Nodes whose report is overdue: somebody should ask them."""
        return [node.load for node in self._nodes.values() if not node.dead and now - node.heard_at > SUSPECT_AFTER_S]

    def bury(self, node_id: str) -> bool:
        """The node does not answer. False: it was known to be dead already, or never known. It lives again with its
        next report."""
        node = self._nodes.get(node_id)
        if node is None or node.dead:
            return False
        node.dead = True
        return True

    def alive(self, node_id: str) -> bool:
        """False for a node that was buried."""
        node = self._nodes.get(node_id)
        return node is None or not node.dead

    def silence(self, node_id: str, now: float) -> float:
        """For how many seconds nothing was heard of the node; 0 for one never heard of."""
        node = self._nodes.get(node_id)
        return now - node.heard_at if node else 0.0

    def usable(self, node_id: str) -> bool:
        """Whether a meeting that is on this node may stay there. A node never heard of counts as usable: only its
        gRPC can tell."""
        node = self._nodes.get(node_id)
        return node is None or not (node.dead or node.load.draining)

    def choose(
        self, now: float, *, reports_arrive: bool, excluding: frozenset[str] = frozenset()
    ) -> media_pb2.NodeLoad | None:
        """The least loaded live node for a new meeting, or None.

        `reports_arrive` False: the bus is away, so that silence says nothing about a node.
        """
        candidates = [
            node
            for node in self._nodes.values()
            if not (node.dead or node.assumed or node.load.draining)
            and node.load.node_id not in excluding
            and (not reports_arrive or now - node.heard_at <= DEAD_AFTER_S)
        ]
        return min(candidates, key=_burden).load if candidates else None

    def live(self, now: float) -> int:
        """How many nodes reported lately."""
        return sum(
            not (node.dead or node.assumed) and now - node.heard_at <= DEAD_AFTER_S for node in self._nodes.values()
        )

    def _forget(self, now: float) -> None:
        for node_id in [name for name, node in self._nodes.items() if now - node.heard_at > FORGET_AFTER_S]:
            del self._nodes[node_id]


def _burden(node: _Node) -> tuple[int, int, int, str]:
    load = node.load
    return (
        load.datapath_cpu_per_mille // CPU_STEP_PER_MILLE,
        load.sessions + node.pending,
        load.meetings,
        load.node_id,
    )
