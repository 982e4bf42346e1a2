"""The settings of a roster process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from services.common.config import Address, Environment


@dataclass(frozen=True, slots=True)
class RosterConfig:
    """Durations in milliseconds."""

    grpc_listen: Address
    admin_listen: Address
    nats_url: str
    redis_url: str
    auth_address: Address
    service_key_file: Path
    grace_ms: int
    media_lease_ms: int
    signaling_lease_ms: int
    host_lost_ms: int
    capacity: int
    stream_replicas: int
    attendance_days: int
    audit_days: int
    report_memory_mib: int
    time_zone: ZoneInfo

    @classmethod
    def read(cls, environment: Environment) -> RosterConfig:
        """Raises ConfigError."""
        return cls(
            grpc_listen=environment.address("SIPULUNG_GRPC_LISTEN", "127.0.0.1:7102"),
            admin_listen=environment.address("SIPULUNG_ADMIN_LISTEN", "127.0.0.1:7202"),
            nats_url=environment.url("SIPULUNG_NATS_URL", "nats://127.0.0.1:7222", ("nats", "tls")),
            redis_url=environment.url("SIPULUNG_REDIS_URL", "redis://127.0.0.1:7379", ("redis", "rediss")),
            auth_address=environment.address("SIPULUNG_AUTH_ADDRESS", "127.0.0.1:7101"),
            service_key_file=environment.path("SIPULUNG_SERVICE_KEY_FILE"),
            grace_ms=environment.integer("SIPULUNG_GRACE_SECONDS", 30, 1, 3600) * 1000,
            media_lease_ms=environment.integer("SIPULUNG_MEDIA_LEASE_SECONDS", 10, 1, 600) * 1000,
            signaling_lease_ms=environment.integer("SIPULUNG_SIGNALING_LEASE_SECONDS", 15, 1, 600) * 1000,
            host_lost_ms=environment.integer("SIPULUNG_HOST_LOST_SECONDS", 120, 1, 3600) * 1000,
            capacity=environment.integer("SIPULUNG_MEETING_CAPACITY", 100, 1, 1000),
            # Three in production (a NATS cluster), one on a single machine.
            stream_replicas=environment.integer("SIPULUNG_STREAM_REPLICAS", 1, 1, 5),
            # For tenants that have not set it themselves.
            attendance_days=environment.integer("SIPULUNG_ATTENDANCE_DAYS", 730, 1, 3650),
            audit_days=environment.integer("SIPULUNG_AUDIT_DAYS", 730, 30, 3650),
            # Of the report worker, whatever roster itself takes.
            report_memory_mib=environment.integer("SIPULUNG_REPORT_MEMORY_MIB", 2048, 256, 16384),
            time_zone=environment.time_zone("SIPULUNG_TIME_ZONE", "Asia/Makassar"),
        )
