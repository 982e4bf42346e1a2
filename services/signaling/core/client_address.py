"""Where a request comes from, when it came through proxies."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks from "10.0.0.0/8, 192.0.2.1". Raises ValueError when one is none."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The client's address: the rightmost one that is no trusted proxy.

    `forwarded_for` are the values of X-Forwarded-For in order. Each proxy appends whom it heard from, so everything
    left of
    the first untrusted address is what the client itself claims.
    """
    address = _parse(peer)
    if address is None:
        return peer
    hops = [hop.strip() for value in forwarded_for for hop in value.split(",")]
    while hops and any(address in network for network in trusted):
        claimed = _parse(hops.pop())
        if claimed is None:
            break
        address = claimed
    return str(address)


def throttle_key(address: str) -> str:
    """What counts as one client: an IPv4 address, or an IPv6 /64 (the least that a household gets, RFC 6177)."""
    parsed = _parse(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return address


def _parse(text: str) -> IpAddress | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A dual-stack socket shows IPv4 peers as ::ffff:192.0.2.1.
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
