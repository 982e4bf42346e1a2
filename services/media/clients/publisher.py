"""What others hear of this node: its load each second, and who is connected. Nothing waits for NATS."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final, Protocol

from google.protobuf.message import Message

from services.common import subjects
from services.common.ids import new_id
from services.media.forwarding.node import MediaNode
from services.media.forwarding.packet_path import PacketPath
from services.media.forwarding.room import Room
from sipulung.media.v1 import media_pb2

_LEASE_S: Final = 3
_log = logging.getLogger(__name__)


class Announcer(Protocol):
    """The bus, once it is there."""

    async def publish(self, subject: str, message: Message) -> None: ...


class Publisher:
    """`bus` is None until NATS was reached the first time."""

    def __init__(self, node_id: str, grpc_address: str, path: PacketPath, deletion_cost: Callable[[int], None]) -> None:
        self._node_id, self._grpc_address, self._path = node_id, grpc_address, path
        self._deletion_cost = deletion_cost
        self._boot_id = new_id()
        self.bus: Announcer | None = None
        self._load = media_pb2.NodeLoad(node_id=node_id, grpc_address=grpc_address, boot_id=self._boot_id)
        self._seen = (time.monotonic(), time.process_time(), 0, 0)
        self._tasks: set[asyncio.Task[None]] = set()
        # Seconds by which the last tick came too late.
        self.lag_s = 0.0

    def load(self) -> media_pb2.NodeLoad:
        return self._load

    def presence(self, node: MediaNode, room: Room, lost: list[str]) -> None:
        """Tell it without waiting."""
        self._tell(
            subjects.media_event(room.tenant, room.meeting, "presence"),
            media_pb2.MediaPresence(
                tenant_id=room.tenant,
                meeting_id=room.meeting,
                node_id=self._node_id,
                connected=room.connected(),
                lost=lost,
            ),
        )

    def announce(self, node: MediaNode) -> None:
        """Measure and tell the load."""
        self._measure(node)
        self._tell(subjects.node_load(self._node_id), self._load)

    async def run(self, node: MediaNode) -> None:
        """The node's only timer: each second its load and what waits for time, each third second the leases."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        for second in range(1 << 62):
            self.lag_s = max(0.0, loop.time() - due)
            due = loop.time() + 1
            try:
                self._second(node, second)
            except Exception:  # Whatever was wrong this time, without leases everybody would count as lost.
                _log.exception("the node's second failed")
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _second(self, node: MediaNode, second: int) -> None:
        if second % _LEASE_S == 0:
            for room in node.rooms.values():
                if room.members:
                    self.presence(node, room, [])
        node.tick()
        self.announce(node)
        self._deletion_cost(len(node.sessions))

    def _measure(self, node: MediaNode) -> None:
        stats = self._path.stats()
        now = (time.monotonic(), time.process_time(), stats.get("cpu_ns", 0), stats.get("packets_sent", 0))
        elapsed = max(now[0] - self._seen[0], 0.001)
        self._load = media_pb2.NodeLoad(
            node_id=self._node_id,
            grpc_address=self._grpc_address,
            boot_id=self._boot_id,
            sessions=len(node.sessions),
            meetings=len(node.rooms),
            cpu_per_mille=int((now[1] - self._seen[1]) / elapsed * 1000),
            datapath_cpu_per_mille=max(0, int((now[2] - self._seen[2]) / 1e6 / elapsed)),
            packets_out_per_s=max(0, int((now[3] - self._seen[3]) / elapsed)),
            draining=node.draining,
        )
        self._seen = now

    def _tell(self, subject: str, message: Message) -> None:
        if self.bus is None:
            return
        task = asyncio.create_task(self.bus.publish(subject, message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
