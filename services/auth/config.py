"""Auth's settings."""

from dataclasses import dataclass
from pathlib import Path

from services.common.config import Address, Environment


@dataclass(frozen=True, slots=True)
class Config:
    """Times in seconds."""

    grpc_listen: Address
    admin_listen: Address
    redis_url: str
    nats_url: str
    service_key_file: Path
    signing_keys_dir: Path
    create_keys: bool
    access_token_s: int
    join_token_s: int
    refresh_token_s: int

    @classmethod
    def read(cls, environment: Environment) -> "Config":
        """Raises ConfigError."""
        return cls(
            grpc_listen=environment.address("SIPULUNG_GRPC_LISTEN", "127.0.0.1:7101"),
            admin_listen=environment.address("SIPULUNG_ADMIN_LISTEN", "127.0.0.1:7201"),
            redis_url=environment.url("SIPULUNG_REDIS_URL", "redis://127.0.0.1:7379/0", ("redis", "rediss")),
            nats_url=environment.url("SIPULUNG_NATS_URL", "nats://127.0.0.1:7222", ("nats", "tls")),
            service_key_file=environment.path("SIPULUNG_SERVICE_KEY_FILE"),
            signing_keys_dir=environment.path("SIPULUNG_SIGNING_KEYS_DIR", must_exist=False),
            create_keys=environment.flag("SIPULUNG_CREATE_KEYS"),
            access_token_s=environment.integer("SIPULUNG_ACCESS_TOKEN_SECONDS", 600, 30, 3600),
            join_token_s=environment.integer("SIPULUNG_JOIN_TOKEN_SECONDS", 12 * 3600, 30, 24 * 3600),
            refresh_token_s=environment.integer("SIPULUNG_REFRESH_TOKEN_SECONDS", 14 * 86400, 60, 90 * 86400),
        )
