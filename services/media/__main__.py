"""One media node: everything is made here."""

import asyncio
import logging
import resource
from contextlib import AsyncExitStack

from sipulung_datapath import Datapath

from services.common import rpc_client
from services.common.admin import AdminServer
from services.common.bus import Bus
from services.common.config import Address, ConfigError
from services.common.lifecycle import Lifecycle, run
from services.common.rpc_server import RpcServer
from services.common.telemetry import Telemetry
from services.common.tokens import RemoteKeys, ServiceTokens, TokenVerifier
from services.media import metrics
from services.media.addresses.environment import EnvironmentAddresses
from services.media.addresses.source import AddressSource
from services.media.clients.publisher import Publisher
from services.media.config import MediaConfig
from services.media.core.sdp.answer import Capabilities
from services.media.forwarding.limits import Limits
from services.media.forwarding.node import MediaNode
from services.media.forwarding.room import Room
from services.media.server import MediaServicer
from services.media.transports.dtls import NodeCertificate
from sipulung.media.v1 import media_pb2, media_pb2_grpc

_log = logging.getLogger(__name__)


def _addresses(config: MediaConfig) -> AddressSource:
    if config.address_source == "kubernetes":
        # Its client library takes a second and 100 MB to import, which a node elsewhere does without.
        from services.media.addresses.kubernetes import KubernetesAddresses

        return KubernetesAddresses(config.namespace, config.pod, config.media_advertise)
    return EnvironmentAddresses(config.media_advertise, config.media_listen.host)


def _datapath(listen: Address) -> Datapath:
    try:
        return Datapath(listen.host, listen.port)
    except ValueError:
        raise ConfigError(f"SIPULUNG_MEDIA_LISTEN is '{listen}': allowed is an IP address and a port") from None
    except OSError as error:
        raise ConfigError(f"SIPULUNG_MEDIA_LISTEN is '{listen}': allowed is a free address ({error})") from None


def _allow_files() -> None:
    """Each client without UDP is a file; a shell's usual limit of 1024 is fewer than a node may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def main(lifecycle: Lifecycle) -> None:
    """Serves until the process is told to stop. Raises ConfigError."""
    config = MediaConfig.read(lifecycle.environment)
    _allow_files()
    lifecycle.drain_s = config.drain_ms / 1000
    telemetry = Telemetry.start("media", lifecycle.environment)
    tokens = ServiceTokens.from_file("media", config.service_key_file)
    async with AsyncExitStack() as stack:
        stack.callback(telemetry.stop)
        admin = AdminServer(config.admin_listen, telemetry)
        await admin.start()
        stack.push_async_callback(admin.stop)

        path = _datapath(config.media_listen)
        stack.callback(path.stop)
        source = _addresses(config)
        certificate = NodeCertificate.generateCertificate()
        addresses = await source.addresses(path.port)
        capabilities = Capabilities(addresses, certificate.fingerprint)

        auth_channel = rpc_client.channel(str(config.auth_address), telemetry)
        stack.push_async_callback(auth_channel.close)
        keys = RemoteKeys(auth_channel, tokens)
        await keys.start()
        stack.push_async_callback(keys.close)

        grpc_address = config.grpc_advertise or str(config.grpc_listen)
        publisher = Publisher(config.node_id, grpc_address, path, source.deletion_cost)

        def on_presence(room: Room, lost: list[str]) -> None:
            publisher.presence(node, room, lost)

        limits = Limits(config.max_sessions, config.max_sessions_per_meeting)
        node = MediaNode(path, capabilities, certificate, limits, on_presence)
        node.start()
        stack.push_async_callback(node.stop)
        metrics.observe(telemetry, node, path, publisher)

        server = RpcServer("media", config.grpc_listen, TokenVerifier(keys), tokens, telemetry)
        servicer = MediaServicer(node, path, publisher)
        service = media_pb2.DESCRIPTOR.services_by_name["MediaService"]
        server.add(media_pb2_grpc.add_MediaServiceServicer_to_server, servicer, service)
        await server.start()
        stack.push_async_callback(server.stop, 1.0)

        async def keys_known() -> bool:
            return keys.ready

        async def takes_meetings() -> bool:
            return not node.draining

        admin.check("keys", keys_known)
        admin.check("not_draining", takes_meetings)
        # NATS is no condition of readiness: the node decides alone, and tells others when it can.
        connecting = asyncio.create_task(_connect(config, telemetry, publisher, stack))
        ticking = asyncio.create_task(publisher.run(node))
        _log.info(
            "media node is up", extra={"node": config.node_id, "candidates": [f"{ip}:{p}" for ip, p in addresses]}
        )
        await lifecycle.wait()
        admin.stopping()
        node.drain(config.drain_ms)
        publisher.announce(node)
        await _moved(node, config.drain_ms)
        connecting.cancel()
        ticking.cancel()


async def _connect(config: MediaConfig, telemetry: Telemetry, publisher: Publisher, stack: AsyncExitStack) -> None:
    bus = await Bus.connect(config.nats_url, config.node_id, telemetry)
    stack.push_async_callback(bus.close)
    publisher.bus = bus


async def _moved(node: MediaNode, deadline_ms: int) -> None:
    """Until everybody moved, or the deadline."""
    for _ in range(deadline_ms // 100):
        if not node.sessions:
            return
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    run(main)
