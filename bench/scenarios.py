"""What is measured, and how long."""

import asyncio
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.failure import BenchError
from bench.keys import Keys
from bench.load import Floor, Load, kernel_floor
from bench.meeting import Meeting
from bench.node import Node, Reading

PACKETS_PER_SECOND: Final = 240
FRAME_PACKETS: Final = 8
PAYLOAD_BYTES: Final = 1100
# Estimates have come by then, keys have settled, and the load generator's memory is warm.
_SETTLE_S: Final = 2.5
# From CloseSession to the end of a session there may pass half a second for its last words.
_LEFT_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class Lengths:
    """Seconds, and how many of what."""

    fan_outs: tuple[int, ...]
    window_s: float
    windows: int
    idle_participants: int
    idle_s: float
    floor_s: int


FULL: Final = Lengths((10, 30, 50, 150), 4.0, 5, 50, 20.0, 3)
QUICK: Final = Lengths((10,), 2.0, 2, 5, 3.0, 1)


@dataclass(frozen=True, slots=True)
class FanOut:
    """1 publisher to `subscribers`. CPU in µs per delivered packet: the median window, and the least and the most."""

    subscribers: int
    cpu: float
    cpu_range: tuple[float, float]
    datapath: float
    delivered: int
    repaired: int
    lost: int
    gaps: int
    duplicates: int
    unreadable: int
    nacks_received: int
    rtx_sent: int
    drops: dict[str, int]
    send_calls: int
    wakeups: int
    delay_p50_ms: float
    delay_p99_ms: float
    busy_per_cent: float
    floor: Floor


@dataclass(frozen=True, slots=True)
class Joins:
    """CPU ms of the process for each join and each leave, and the time from the first check to the data channel."""

    participants: int
    join_cpu_ms: float
    leave_cpu_ms: float
    connect_ms: float


@dataclass(frozen=True, slots=True)
class Idle:
    """Silent, connected participants: CPU ms each and second, kB of resident memory each."""

    participants: int
    cpu_ms: float
    datapath_ms: float
    empty_node_cpu_ms: float
    kilobytes: float


class Bench:
    """Runs against one node, one scenario after the other."""

    def __init__(self, node: Node, load: Load, keys: Keys, lengths: Lengths, cores: tuple[int, int]) -> None:
        self._node, self._load, self._keys, self._lengths = node, load, keys, lengths
        self._node_core, self._load_core = cores

    async def idle_and_joins(self) -> tuple[Idle, Joins]:
        """First of all: memory that a busier meeting left behind would hide what participants take."""
        count, seconds = self._lengths.idle_participants, self._lengths.idle_s
        meeting = self._meeting()
        # What the first ones ever make is the node's, not theirs.
        await meeting.join(2)
        await meeting.leave()
        await asyncio.sleep(_LEFT_S)
        empty = await self._over(seconds / 2)
        memory = self._node.resident_bytes()
        before = await self._node.read()
        connect_ms = await meeting.join(count)
        await asyncio.sleep(_LEFT_S)
        joined = await self._node.read()
        await asyncio.sleep(_SETTLE_S)
        silent = await self._over(seconds)
        await meeting.require_connected()
        kilobytes = (self._node.resident_bytes() - memory) / count / 1000
        staying = await self._node.read()
        await meeting.leave()
        await asyncio.sleep(_LEFT_S)
        left = await self._node.read()
        idle = Idle(
            count,
            (silent[1].cpu_ns - silent[0].cpu_ns) / 1e6 / count / _seconds(*silent),
            (silent[1].datapath_ns - silent[0].datapath_ns) / 1e6 / count / _seconds(*silent),
            (empty[1].cpu_ns - empty[0].cpu_ns) / 1e6 / _seconds(*empty),
            kilobytes,
        )
        joins = Joins(
            count,
            (joined.cpu_ns - before.cpu_ns) / 1e6 / count,
            (left.cpu_ns - staying.cpu_ns) / 1e6 / count,
            median(connect_ms),
        )
        return idle, joins

    async def fan_out(self, subscribers: int) -> FanOut:
        """Video of one publisher to so many. Raises BenchError when nothing arrives."""
        meeting = self._meeting()
        await meeting.join(subscribers)
        await meeting.join(1, publishes=True)
        publisher = meeting.clients[-1].number
        await asyncio.sleep(_SETTLE_S)
        await self._load.publish(publisher, PACKETS_PER_SECOND, FRAME_PACKETS, PAYLOAD_BYTES)
        await asyncio.sleep(_SETTLE_S)
        await self._load.count()
        first = last = await self._node.read()
        cpu, datapath, delays, total = [], [], [], dict[str, int]()
        for _ in range(self._lengths.windows):
            await asyncio.sleep(self._lengths.window_s)
            counted, before, last = await self._load.count(), last, await self._node.read()
            if not counted["delivered"]:
                raise BenchError(f"nothing reached {subscribers} subscribers: {counted}, {_changes(first, last)}")
            cpu.append((last.cpu_ns - before.cpu_ns) / 1000 / counted["delivered"])
            datapath.append((last.datapath_ns - before.datapath_ns) / 1000 / counted["delivered"])
            delays.append((counted["delay_p50"] / 1000, counted["delay_p99"] / 1000))
            total = {name: total.get(name, 0) + value for name, value in counted.items()}
        await self._load.pause(publisher)
        await meeting.require_connected()
        await meeting.leave()
        await asyncio.sleep(_LEFT_S)
        changes = _changes(first, last)
        datagram = changes["bytes_sent"] // max(1, changes["packets_sent"])
        floor = await kernel_floor(
            subscribers, FRAME_PACKETS, datagram, self._lengths.floor_s, self._node_core, self._load_core
        )
        return FanOut(
            subscribers,
            median(cpu),
            (min(cpu), max(cpu)),
            median(datapath),
            total["delivered"],
            total["repaired"],
            total["lost"],
            total["gaps"],
            total["duplicates"],
            total["unreadable"],
            changes["nacks_received"],
            changes["rtx_sent"],
            {name: value for name, value in changes.items() if name.startswith("drop_") and value},
            changes["send_calls"],
            changes["wakeups"],
            median(p50 for p50, _ in delays),
            median(p99 for _, p99 in delays),
            (last.cpu_ns - first.cpu_ns) / (last.at_ns - first.at_ns) * 100,
            floor,
        )

    def _meeting(self) -> Meeting:
        return Meeting(self._node, self._load, self._keys)

    async def _over(self, seconds: float) -> tuple[Reading, Reading]:
        before = await self._node.read()
        await asyncio.sleep(seconds)
        return before, await self._node.read()


def _seconds(before: Reading, after: Reading) -> float:
    return (after.at_ns - before.at_ns) / 1e9


def _changes(before: Reading, after: Reading) -> dict[str, int]:
    return {name: value - before.counters.get(name, 0) for name, value in after.counters.items()}
