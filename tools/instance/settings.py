"""Every setting of `make run`, with its default, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class SettingsError(Exception):
    """A setting that makes no sense; the message names the variable and what is allowed."""


@dataclass(frozen=True)
class Port:
    """A port that the installation listens on, and the variable that changes it."""

    variable: str
    default: int
    what: str
    udp: bool = False
    public: bool = False


# The admin ports (health and metrics) are the gRPC ports plus 100.
PORTS = (
    Port("HTTP_PORT", 8080, "the web page", public=True),
    Port("MEDIA_1_UDP_PORT", 7001, "media of node 1, UDP and TCP", udp=True, public=True),
    Port("MEDIA_2_UDP_PORT", 7002, "media of node 2, UDP and TCP", udp=True, public=True),
    Port("AUTH_PORT", 7101, "auth, gRPC"),
    Port("ROSTER_PORT", 7102, "roster, gRPC"),
    Port("SIGNALING_PORT", 7103, "signaling, gRPC"),
    Port("MEDIA_1_PORT", 7104, "media node 1, gRPC"),
    Port("MEDIA_2_PORT", 7105, "media node 2, gRPC"),
    Port("AUTH_ADMIN_PORT", 7201, "auth, health and metrics"),
    Port("ROSTER_ADMIN_PORT", 7202, "roster, health and metrics"),
    Port("SIGNALING_ADMIN_PORT", 7203, "signaling, health and metrics"),
    Port("MEDIA_1_ADMIN_PORT", 7204, "media node 1, health and metrics"),
    Port("MEDIA_2_ADMIN_PORT", 7205, "media node 2, health and metrics"),
    Port("NATS_PORT", 7222, "NATS"),
    Port("VALKEY_PORT", 7379, "Valkey"),
)
# Only with HTTPS=1: a page in plain HTTP from which a phone fetches the certificate of the local CA.
CA_PORT = Port("CA_PORT", 8080, "the page that offers the CA certificate", public=True)
HTTPS_PORT_DEFAULT = 8443

ADMIN_PORTS = {
    "auth": "AUTH_ADMIN_PORT",
    "roster": "ROSTER_ADMIN_PORT",
    "signaling": "SIGNALING_ADMIN_PORT",
    "media-1": "MEDIA_1_ADMIN_PORT",
    "media-2": "MEDIA_2_ADMIN_PORT",
}
PROCESSES = ("nats", "valkey", *ADMIN_PORTS)


@dataclass(frozen=True)
class Settings:
    """What an installation runs with: where its state is, its ports (by variable), and who can reach it."""

    state: Path
    https: bool
    host: str
    ports: Mapping[str, int] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[Port, ...]:
        """The ports that this installation listens on."""
        return (*PORTS, CA_PORT) if self.https else PORTS

    @property
    def web_root(self) -> Path:
        return ROOT / "web" / "dist"

    def path(self, *parts: str) -> Path:
        """A path under the state folder."""
        return self.state.joinpath(*parts)


def read_settings(environment: Mapping[str, str], state: Path, chosen: Mapping[str, int] | None = None) -> Settings:
    """Settings from HTTPS, LISTEN and the port variables; `chosen` are ports that were found free.

    Raises SettingsError for a value that is not allowed, or for two uses of one port.
    """
    https = _flag(environment, "HTTPS")
    host = environment.get("LISTEN") or ("0.0.0.0" if https else "127.0.0.1")  # noqa: S104 (HTTPS=1 is for the LAN)
    ports: dict[str, int] = {}
    for port in (*PORTS, CA_PORT) if https else PORTS:
        default = HTTPS_PORT_DEFAULT if https and port.variable == "HTTP_PORT" else port.default
        fallback = (chosen or {}).get(port.variable, default)
        ports[port.variable] = _port(environment, port.variable, fallback)
    by_number: dict[int, str] = {}
    for variable, number in ports.items():
        if number in by_number:
            raise SettingsError(f"{by_number[number]} and {variable} are both {number}: each needs a port of its own.")
        by_number[number] = variable
    return Settings(state=state.resolve(), https=https, host=host, ports=ports)


def _flag(environment: Mapping[str, str], variable: str) -> bool:
    value = environment.get(variable, "")
    if value in ("", "0"):
        return False
    if value == "1":
        return True
    raise SettingsError(f"{variable} is {value!r}: allowed is 0 or 1.")


def _port(environment: Mapping[str, str], variable: str, default: int) -> int:
    value = environment.get(variable, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise SettingsError(f"{variable} is {value!r}: allowed is a port number from 1 to 65535.")
    return int(value)
