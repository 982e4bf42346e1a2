"""Which ports are free: said before anything starts, with the variable that chooses another."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from pathlib import Path

from tools.instance.settings import Port, Settings


def busy_ports(settings: Settings) -> list[str]:
    """A line for each port that somebody else listens on; empty when all are free."""
    lines = []
    for port in settings.wanted:
        number = settings.ports[port.variable]
        if not _free(number, port.udp):
            lines.append(
                f"Port {number} ({port.what}) is busy. Stop what uses it, or choose another: "
                f"make run {port.variable}=<port>"
            )
    return lines


def _free(number: int, udp: bool) -> bool:
    kinds = [socket.SOCK_STREAM, socket.SOCK_DGRAM] if udp else [socket.SOCK_STREAM]
    for kind in kinds:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                # A connection in TIME_WAIT does not make the port busy; a listener does, also with this option.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", number))
            except OSError:
                return False
    return True


def free_ports(ports: Iterable[Port]) -> dict[str, int]:
    """A free port for each, all different: UDP and TCP under one number where both are needed."""
    held: list[socket.socket] = []
    chosen: dict[str, int] = {}
    try:
        for port in ports:
            while port.variable not in chosen:
                tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                held.append(tcp)
                tcp.bind(("", 0))
                number: int = tcp.getsockname()[1]
                if port.udp:
                    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    held.append(udp)
                    try:
                        udp.bind(("", number))
                    except OSError:
                        continue
                chosen[port.variable] = number
    finally:
        for one in held:
            one.close()
    return chosen


def kept_free_ports(file: Path, ports: Iterable[Port]) -> dict[str, int]:
    """Free ports that an installation keeps over restarts: from `file`, where they are written the first time."""
    wanted = list(ports)
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    missing = [port for port in wanted if port.variable not in kept]
    if missing:
        kept |= free_ports(missing)
        file.write_text(json.dumps(kept, indent=2))
    return kept
