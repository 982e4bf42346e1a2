"""Addresses from a setting: a list, or this machine's own."""

import asyncio
import ipaddress
import socket

from aioice.ice import get_host_addresses

from services.common.config import Address, ConfigError

_NAME = "SIPULUNG_MEDIA_ADVERTISE"


def parse_advertised(text: str, port: int) -> tuple[tuple[str, int], ...]:
    """A comma list of ip, ip:port or [ip6]:port. Raises ConfigError."""
    found: dict[tuple[str, int], None] = {}
    for part in (part.strip() for part in text.split(",")):
        try:
            found[str(ipaddress.ip_address(part)), port] = None
            continue
        except ValueError:
            pass
        try:
            address = Address.parse(part)
            ipaddress.ip_address(address.host)
        except ValueError:
            raise ConfigError(f"{_NAME} is {text!r}: allowed is auto, or a comma list of ip or ip:port") from None
        found[address.host, address.port or port] = None
    return tuple(found)


class EnvironmentAddresses:
    """`advertise` is "auto" or the list; `listen` the host listened on, whose own address wins over auto."""

    def __init__(self, advertise: str, listen: str) -> None:
        self._advertise, self._listen = advertise, listen

    async def addresses(self, port: int) -> tuple[tuple[str, int], ...]:
        if self._advertise != "auto":
            return parse_advertised(self._advertise, port)
        listen = await asyncio.get_running_loop().getaddrinfo(self._listen, port, type=socket.SOCK_DGRAM)
        bound = ipaddress.ip_address(listen[0][4][0])
        if not bound.is_unspecified:
            return ((str(bound), port),)
        own = get_host_addresses(use_ipv4=True, use_ipv6=bound.version == 6)
        return tuple((ip, port) for ip in [*own, "127.0.0.1"])

    def deletion_cost(self, sessions: int) -> None:
        """Nobody asks for it."""
