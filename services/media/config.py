"""The settings of a media node."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.common.config import Address, Environment


@dataclass(frozen=True, slots=True)
class MediaConfig:
    node_id: str
    grpc_listen: Address
    grpc_advertise: str
    admin_listen: Address
    media_listen: Address
    media_advertise: str
    address_source: str
    pod: str
    namespace: str
    nats_url: str
    auth_address: Address
    service_key_file: Path
    max_sessions: int
    max_sessions_per_meeting: int
    drain_ms: int

    @classmethod
    def read(cls, environment: Environment) -> MediaConfig:
        """Raises ConfigError."""
        source = environment.choice("SIPULUNG_ADDRESS_SOURCE", "environment", ("environment", "kubernetes"))
        pod_default = None if source == "kubernetes" else ""
        return cls(
            node_id=environment.text("SIPULUNG_NODE_ID", "media-1", "[A-Za-z0-9_-]{1,64}"),
            grpc_listen=environment.address("SIPULUNG_GRPC_LISTEN", "127.0.0.1:7104"),
            grpc_advertise=environment.text("SIPULUNG_GRPC_ADVERTISE", "", r"\S+:[0-9]{1,5}"),
            admin_listen=environment.address("SIPULUNG_ADMIN_LISTEN", "127.0.0.1:7204"),
            media_listen=environment.address("SIPULUNG_MEDIA_LISTEN", "0.0.0.0:7001"),
            media_advertise=environment.text("SIPULUNG_MEDIA_ADVERTISE", "auto"),
            address_source=source,
            pod=environment.text("POD_NAME", pod_default),
            namespace=environment.text("POD_NAMESPACE", pod_default),
            nats_url=environment.url("SIPULUNG_NATS_URL", "nats://127.0.0.1:7222", ("nats", "tls")),
            auth_address=environment.address("SIPULUNG_AUTH_ADDRESS", "127.0.0.1:7101"),
            service_key_file=environment.path("SIPULUNG_SERVICE_KEY_FILE"),
            max_sessions=environment.integer("SIPULUNG_MAX_SESSIONS", 1000, 1, 10_000),
            max_sessions_per_meeting=environment.integer("SIPULUNG_MAX_SESSIONS_PER_MEETING", 300, 1, 3_000),
            drain_ms=environment.integer("SIPULUNG_DRAIN_SECONDS", 2, 0, 3600) * 1000,
        )
