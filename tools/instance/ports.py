"""Which ports are free: said before anything starts, with the variable that chooses another."""

from __future__ import annotations

import errno
import json
import random
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tools.instance.settings import Port, Settings

# Below the ports that Linux gives to outgoing connections (32768 on): one of those could take a port between our look
# and the start of the server that it is for, or while that server is started again.
_CLAIMABLE: Final = range(10_000, 32_000)
_claims: Final[list[socket.socket]] = []


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


def free_port(*, udp: bool = False) -> int:
    """A port that nobody listens on now, nor gets from here while this process lives: for TCP, and UDP when told.

    Raises OSError when none is left.
    """
    for number in random.sample(_CLAIMABLE, len(_CLAIMABLE)):
        if _claim(number) and _free(number, udp):
            return number
    raise OSError(errno.EADDRINUSE, f"every port from {_CLAIMABLE.start} to {_CLAIMABLE.stop - 1} is in use")


def _claim(number: int) -> bool:
    """False when some process has it. An abstract socket (unix(7)) leaves nothing behind, however its process ends."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0sipulung-port-{number}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def free_ports(ports: Iterable[Port]) -> dict[str, int]:
    """A free port for each, all different: UDP and TCP under one number where both are needed."""
    return {port.variable: free_port(udp=port.udp) for port in ports}


def kept_free_ports(file: Path, ports: Iterable[Port]) -> dict[str, int]:
    """Free ports that an installation keeps over restarts: from `file`, where they are written the first time."""
    wanted = list(ports)
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    missing = [port for port in wanted if port.variable not in kept]
    if missing:
        kept |= free_ports(missing)
        file.write_text(json.dumps(kept, indent=2))
    return kept
