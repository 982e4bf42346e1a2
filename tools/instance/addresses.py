"""The addresses at which others on the network reach this machine."""

from __future__ import annotations

import socket

# Documentation addresses (RFC 5737, RFC 3849): connecting a UDP socket to them sends nothing, but picks a route.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def network_addresses() -> list[str]:
    """Addresses of the interfaces that the default routes leave by, IPv4 first; empty without a network."""
    found = []
    for family, target in _ELSEWHERE:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
            except OSError:
                continue
            address = str(probe.getsockname()[0])
            if not address.startswith(("127.", "::1")):
                found.append(address)
    return found
