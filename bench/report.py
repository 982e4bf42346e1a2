"""The conditions and the figures, as they are printed."""

import os
import platform
from collections.abc import Sequence
from typing import Final

from bench import machine
from bench.scenarios import FRAME_PACKETS, PACKETS_PER_SECOND, PAYLOAD_BYTES, FanOut, Idle, Joins

# The aims.
_AIM_US: Final = 4.0
_AIM_SUBSCRIBERS: Final = 150
_AIM_IDLE_PARTICIPANTS: Final = 50
_AIM_IDLE_MS: Final = 0.2
_AIM_KILOBYTES: Final = 300.0


def conditions(node_core: int, load_core: int, loss_per_mille: int) -> str:
    """What the figures depend on."""
    lines = [
        f"Processor   {machine.processor()}, {os.cpu_count()} cores;"
        f" node on core {node_core}, load on core {load_core}",
        f"Kernel      {platform.system()} {platform.release()}; load average {os.getloadavg()[0]:.2f} at the start",
        f"Python      {platform.python_version()}",
        f"Commit      {machine.commit()}",
        f"Network     loopback, datagrams not coalesced by the receivers; {loss_per_mille / 10:g} % lost on purpose",
        f"Video       {PACKETS_PER_SECOND} packets/s of {PAYLOAD_BYTES} B in frames of {FRAME_PACKETS}, DTLS-SRTP",
    ]
    if os.getloadavg()[0] > 1:
        lines.append("            Others use this machine: CPU figures come out too high, and delays far too long.")
    return "\n".join(lines)


def fan_outs(measured: Sequence[FanOut]) -> str:
    """CPU by the number of subscribers, beside what the kernel's sending alone takes."""
    lines = [
        "CPU per delivered packet, µs (feedback and retransmissions included)",
        "  subscribers   process  (least–most)  datapath   kernel alone: sendto  sendmmsg  GSO   × GSO",
    ]
    for one in measured:
        span = f"({one.cpu_range[0]:.2f}–{one.cpu_range[1]:.2f})"
        lines.append(
            f"  1 → {one.subscribers:<7} {one.cpu:9.2f}  {span:>12}  {one.datapath:8.2f}"
            f"   {one.floor.sendto:20.2f}  {one.floor.sendmmsg:8.2f} {one.floor.segmented:5.2f}"
            f"  {one.cpu / one.floor.segmented:5.1f}"
        )
    lines += [
        "",
        "  subscribers  core busy  delivered  lost on purpose  repaired  gaps  delay p50 / p99 ms  packets/send call",
    ]
    for one in measured:
        lines.append(
            f"  1 → {one.subscribers:<7} {one.busy_per_cent:8.1f} %  {one.delivered:9}  {one.lost:15}  {one.repaired:8}"
            f"  {one.gaps:4}  {f'{one.delay_p50_ms:.2f} / {one.delay_p99_ms:.2f}':>18}"
            f"  {one.delivered / max(1, one.send_calls):17.1f}"
        )
    for one in measured:
        noted = {"duplicates": one.duplicates, "unreadable": one.unreadable} | one.drops
        noted = {name: value for name, value in noted.items() if value}
        lines.append(
            f"  1 → {one.subscribers}: {one.nacks_received} NACKs, {one.rtx_sent} sent again, {one.wakeups} wake-ups"
            + "".join(f", {name} {value}" for name, value in noted.items())
        )
    aimed = next((one for one in measured if one.subscribers == _AIM_SUBSCRIBERS), None)
    if aimed is not None:
        lines.append(f"  Aim at {_AIM_SUBSCRIBERS}: at most {_AIM_US} µs: {_verdict(aimed.cpu, _AIM_US)}")
    return "\n".join(lines)


def joins(measured: Joins) -> str:
    """CPU of coming and going."""
    both = measured.join_cpu_ms + measured.leave_cpu_ms
    return "\n".join(
        [
            f"Join and leave, {measured.participants} into one meeting, all told of all",
            f"  CPU ms per join {measured.join_cpu_ms:.2f}, per leave {measured.leave_cpu_ms:.2f}, together {both:.2f}",
            f"  From the first check to the data channel {measured.connect_ms:.0f} ms (median; they come at once)",
        ]
    )


def idle(measured: Idle) -> str:
    """CPU and memory of those who are only there."""
    lines = [
        f"Idle, {measured.participants} connected and silent",
        f"  CPU ms per participant and second {measured.cpu_ms:.3f} (datapath thread {measured.datapath_ms:.3f});"
        f" the empty node takes {measured.empty_node_cpu_ms:.1f} ms a second of the sum",
        f"  Memory per participant {measured.kilobytes:.0f} kB",
    ]
    if measured.participants == _AIM_IDLE_PARTICIPANTS:
        cpu = _verdict(measured.cpu_ms, _AIM_IDLE_MS)
        memory = _verdict(measured.kilobytes, _AIM_KILOBYTES)
        lines.append(f"  Aim: at most {_AIM_IDLE_MS} ms: {cpu}; at most {_AIM_KILOBYTES:.0f} kB: {memory}")
    return "\n".join(lines)


def _verdict(value: float, aim: float) -> str:
    return "reached" if value <= aim else f"missed by {value / aim - 1:.0%}"
