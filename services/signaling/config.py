"""The environment of the signaling service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from services.common.config import Address, ConfigError, Environment
from services.signaling.core.client_address import Network, parse_networks


@dataclass(frozen=True)
class Config:
    """Everything that can be set. Durations are seconds."""

    http_listen: Address
    grpc_listen: Address
    admin_listen: Address
    auth_address: Address
    roster_address: Address
    nats_url: str
    redis_url: str
    service_key_file: Path
    web_root: Path
    tls_cert_file: Path | None
    tls_key_file: Path | None
    trusted_proxies: tuple[Network, ...]
    preview_s: int
    resume_s: int
    drain_s: int
    time_zone: ZoneInfo
    trace_percent: int

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Config:
        """Raises ConfigError, which names the variable and what is allowed."""
        environment = Environment(values)
        web_root = environment.path("SIPULUNG_WEB_ROOT", "web/dist")
        if not (web_root / "index.html").is_file():
            allowed = "a folder with the built web client (index.html)"
            raise ConfigError(f"SIPULUNG_WEB_ROOT is '{web_root}': allowed is {allowed}")
        certificate, key = (
            _optional_file(environment, values, "SIPULUNG_TLS_CERT_FILE"),
            _optional_file(environment, values, "SIPULUNG_TLS_KEY_FILE"),
        )
        if (certificate is None) != (key is None):
            raise ConfigError("SIPULUNG_TLS_CERT_FILE and SIPULUNG_TLS_KEY_FILE: allowed is both or neither")
        return cls(
            http_listen=environment.address("SIPULUNG_HTTP_LISTEN", "0.0.0.0:8080"),
            grpc_listen=environment.address("SIPULUNG_GRPC_LISTEN", "127.0.0.1:7103"),
            admin_listen=environment.address("SIPULUNG_ADMIN_LISTEN", "127.0.0.1:7203"),
            auth_address=environment.address("SIPULUNG_AUTH_ADDRESS", "127.0.0.1:7101"),
            roster_address=environment.address("SIPULUNG_ROSTER_ADDRESS", "127.0.0.1:7102"),
            nats_url=environment.url("SIPULUNG_NATS_URL", "nats://127.0.0.1:7222", ("nats", "tls")),
            redis_url=environment.url("SIPULUNG_REDIS_URL", "redis://127.0.0.1:7379", ("redis", "rediss", "unix")),
            service_key_file=environment.path("SIPULUNG_SERVICE_KEY_FILE"),
            web_root=web_root,
            tls_cert_file=certificate,
            tls_key_file=key,
            trusted_proxies=_networks(environment, "SIPULUNG_TRUSTED_PROXIES"),
            preview_s=environment.integer("SIPULUNG_PREVIEW_SECONDS", 300, 1, 3600),
            resume_s=environment.integer("SIPULUNG_RESUME_SECONDS", 300, 5, 3600),
            drain_s=environment.integer("SIPULUNG_DRAIN_SECONDS", 2, 0, 600),
            time_zone=environment.time_zone("SIPULUNG_TIME_ZONE", "Asia/Makassar"),
            trace_percent=environment.integer("SIPULUNG_TRACE_PERCENT", 10, 0, 100),
        )


def _optional_file(environment: Environment, values: Mapping[str, str], name: str) -> Path | None:
    return environment.path(name) if values.get(name) else None


def _networks(environment: Environment, name: str) -> tuple[Network, ...]:
    text = environment.text(name, "")
    try:
        return parse_networks(text)
    except ValueError as error:
        raise ConfigError(
            f"{name} is '{text}': allowed are networks like 10.0.0.0/8, separated by commas ({error})"
        ) from None
