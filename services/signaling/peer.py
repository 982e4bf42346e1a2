"""Who sends an HTTP request: address, origin, and whether the way to them is encrypted."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web

from services.signaling.core.client_address import Network, client_address


def address_of(request: web.Request, trusted: Sequence[Network]) -> str:
    """The client's address, also behind trusted proxies."""
    return client_address(_peer(request), request.headers.getall("X-Forwarded-For", []), trusted)


def same_origin(request: web.Request) -> bool:
    """False when a page of another site sends it. Programs that are no browser send no Origin."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == request.host.lower()


def encrypted(request: web.Request, trusted: Sequence[Network]) -> bool:
    """Whether the browser speaks HTTPS, with us or with a trusted proxy."""
    if request.secure:
        return True
    try:
        peer = ipaddress.ip_address(_peer(request))
    except ValueError:
        return False
    proxied = any(peer in network for network in trusted)
    return proxied and request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def _peer(request: web.Request) -> str:
    peername = request.transport.get_extra_info("peername") if request.transport else None
    return str(peername[0]) if isinstance(peername, tuple) else ""
