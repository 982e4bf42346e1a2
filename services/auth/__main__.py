"""Starts auth: `python -m services.auth`. All construction is here."""

import asyncio
import functools

from services.auth.config import Config
from services.auth.server.accounts import AccountServicer
from services.auth.server.directory import DirectoryServicer
from services.auth.server.joins import JoinServicer
from services.auth.server.keys import KeyServicer
from services.auth.server.parts import Parts
from services.auth.server.sessions import SessionServicer
from services.auth.server.tenants import TenantServicer
from services.auth.server.units import UnitServicer
from services.auth.signing import SigningKeys
from services.common.admin import AdminServer
from services.common.bus import Bus
from services.common.lifecycle import Lifecycle, run
from services.common.rpc_server import RpcServer
from services.common.store import open_store, reachable
from services.common.telemetry import Telemetry
from services.common.tokens import ServiceTokens, TokenVerifier
from sipulung.auth.v1 import (
    account_pb2,
    account_pb2_grpc,
    directory_pb2,
    directory_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
    tenant_pb2,
    tenant_pb2_grpc,
    unit_pb2,
    unit_pb2_grpc,
)

_GRACE_S = 5.0


def serve(config: Config, parts: Parts, telemetry: Telemetry) -> RpcServer:
    """The RPC server with every service of auth, not started yet. Raises ConfigError."""
    tokens = ServiceTokens.from_file("auth", config.service_key_file)
    server = RpcServer("auth", config.grpc_listen, TokenVerifier(parts.keys), tokens, telemetry)
    sessions = session_pb2.DESCRIPTOR.services_by_name
    server.add(
        tenant_pb2_grpc.add_TenantServiceServicer_to_server,
        TenantServicer(parts),
        tenant_pb2.DESCRIPTOR.services_by_name["TenantService"],
    )
    server.add(
        unit_pb2_grpc.add_UnitServiceServicer_to_server,
        UnitServicer(parts),
        unit_pb2.DESCRIPTOR.services_by_name["UnitService"],
    )
    server.add(
        account_pb2_grpc.add_AccountServiceServicer_to_server,
        AccountServicer(parts),
        account_pb2.DESCRIPTOR.services_by_name["AccountService"],
    )
    server.add(
        directory_pb2_grpc.add_DirectoryServiceServicer_to_server,
        DirectoryServicer(parts),
        directory_pb2.DESCRIPTOR.services_by_name["DirectoryService"],
    )
    server.add(
        session_pb2_grpc.add_SessionServiceServicer_to_server, SessionServicer(parts), sessions["SessionService"]
    )
    server.add(session_pb2_grpc.add_JoinServiceServicer_to_server, JoinServicer(parts), sessions["JoinService"])
    server.add(session_pb2_grpc.add_KeyServiceServicer_to_server, KeyServicer(parts.keys), sessions["KeyService"])
    return server


async def write_audit(nats_url: str, parts: Parts, telemetry: Telemetry) -> None:
    """Until cancelled. Auth is ready without NATS: what it notes waits in its store."""
    bus = await Bus.connect(nats_url, "auth", telemetry)
    try:
        await parts.audit.write(bus)
    finally:
        await bus.close()


async def main(lifecycle: Lifecycle) -> None:
    """Until SIGTERM. Auth starts without its store, and is ready when that answers."""
    config = Config.read(lifecycle.environment)
    telemetry = Telemetry.start("auth", lifecycle.environment)
    keys = SigningKeys.load(config.signing_keys_dir, config.create_keys)
    redis = open_store(config.redis_url)
    parts = Parts.wire(config, redis, keys, telemetry)
    server = serve(config, parts, telemetry)
    admin = AdminServer(config.admin_listen, telemetry)
    admin.check("redis", functools.partial(reachable, redis))
    await admin.start()
    await server.start()
    watching = asyncio.create_task(keys.watch(), name="signing-keys")
    auditing = asyncio.create_task(write_audit(config.nats_url, parts, telemetry), name="audit")
    counting = asyncio.create_task(parts.audit.count(), name="audit-count")
    await lifecycle.wait()
    admin.stopping()
    await server.stop(_GRACE_S)
    watching.cancel()
    auditing.cancel()
    counting.cancel()
    await asyncio.gather(watching, auditing, counting, return_exceptions=True)
    parts.hashing.close()
    await redis.aclose()
    await admin.stop()
    await asyncio.to_thread(telemetry.stop)


if __name__ == "__main__":
    run(main)
