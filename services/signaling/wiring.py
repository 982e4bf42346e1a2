"""The signaling service put together. All of its construction is here."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Coroutine
from typing import Any, Final

from aiohttp import web

from services.common import rpc_client, subjects
from services.common.admin import AdminServer
from services.common.bus import Bus
from services.common.config import ConfigError
from services.common.rpc_server import RpcServer
from services.common.store import open_store
from services.common.telemetry import Telemetry
from services.common.tokens import RemoteKeys, ServiceTokens, TokenVerifier
from services.signaling.admin_api import AdminApi
from services.signaling.admin_client import AdminClient
from services.signaling.clients import AuthClient, MediaClient, RosterClient
from services.signaling.config import Config
from services.signaling.enforcement import Enforcement
from services.signaling.feed import Feeds
from services.signaling.http_api import LARGEST_BODY, HttpApi
from services.signaling.invitation_api import InvitationApi
from services.signaling.media_nodes import MediaNodes
from services.signaling.meetings_api import MeetingsApi
from services.signaling.metrics import Metrics
from services.signaling.office_api import OfficeApi
from services.signaling.office_client import OfficeClient
from services.signaling.own_data_api import OwnDataApi
from services.signaling.own_data_client import OwnDataClient
from services.signaling.presence import Presence
from services.signaling.remembered_keys import RememberedKeys
from services.signaling.reports_api import ReportsApi
from services.signaling.reports_client import ReportsClient
from services.signaling.requests import Requests, taken_subject
from services.signaling.routes import routes
from services.signaling.server import SignalingServicer
from services.signaling.sessions import KEEP_EVERY_S, Sessions
from services.signaling.store import Store
from services.signaling.web_client import WebClient
from services.signaling.websocket import WebSockets
from sipulung.media.v1 import media_pb2
from sipulung.signaling.v1 import record_pb2, signaling_pb2, signaling_pb2_grpc

log: Final = logging.getLogger(__name__)

# RPCs of operators; nobody's meeting waits for them.
RPC_GRACE_S: Final = 1.0


class Signaling:
    """One replica. `start` returns when it listens; it serves as soon as its neighbours answer."""

    def __init__(self, config: Config, telemetry: Telemetry) -> None:
        self._config = config
        self._telemetry = telemetry
        self._tokens = ServiceTokens.from_file("signaling", config.service_key_file)
        # Read before anything is connected: a wrong folder stops the start.
        self._web = WebClient(config.web_root)
        self._tls = _tls(config)
        self._tasks: list[asyncio.Task[None]] = []
        self.http_port = 0
        self.grpc_port = 0
        self.admin_port = 0

    async def start(self) -> None:
        """Raises OSError when an address is taken."""
        config, telemetry = self._config, self._telemetry
        self._metrics = metrics = Metrics(telemetry.meter)
        self._redis = open_store(config.redis_url)
        store = Store(self._redis, record_s=config.resume_s + 2 * int(KEEP_EVERY_S))
        self._auth_channel = rpc_client.channel(str(config.auth_address), telemetry)
        self._roster_channel = rpc_client.channel(str(config.roster_address), telemetry)
        roster = RosterClient(self._roster_channel, self._tokens)
        self._media = MediaClient(telemetry, self._tokens)
        self._remote_keys = RemoteKeys(self._auth_channel, self._tokens)
        self.keys = keys = RememberedKeys(self._remote_keys, store)
        verifier = TokenVerifier(keys)
        auth = AuthClient(self._auth_channel, self._tokens, verifier)
        self.sessions = sessions = Sessions(store, self._media, metrics, config.resume_s)
        enforcement = Enforcement(self._media, sessions, metrics)
        self._feeds = feeds = Feeds(roster, sessions, enforcement, metrics)
        presence = Presence(roster, sessions)
        sessions.on_meeting = feeds.on_meeting
        sessions.on_presence = presence.changed
        self._admin = AdminServer(config.admin_listen, telemetry)
        self.admin_port = await self._admin.start()
        await self._remote_keys.start()
        self._bus = bus = await Bus.connect(config.nats_url, "signaling", telemetry)
        self.nodes = nodes = MediaNodes(store, self._media, sessions, metrics, lambda: bus.connected)
        await bus.subscribe(subjects.node_load("*"), media_pb2.NodeLoad, nodes.on_load)

        async def taken(_subject: str, event: record_pb2.SessionTaken) -> None:
            sessions.taken(event)

        await bus.subscribe(taken_subject("*", "*"), record_pb2.SessionTaken, taken)
        requests = Requests(
            verifier=verifier,
            keys_ready=lambda: keys.ready,
            store=store,
            roster=roster,
            media=self._media,
            nodes=nodes,
            sessions=sessions,
            feeds=feeds,
            enforcement=enforcement,
            bus=bus,
            telemetry=telemetry,
            preview_s=config.preview_s,
        )
        self._sockets = WebSockets(requests, sessions, telemetry, metrics, config.trusted_proxies, config.trace_percent)
        api = HttpApi(auth, roster, telemetry, config.trusted_proxies)

        meetings_api = MeetingsApi(auth, roster, config.trusted_proxies)
        admin_api = AdminApi(AdminClient(self._auth_channel))
        own_data_api = OwnDataApi(OwnDataClient(self._roster_channel))

        async def jwks(_request: web.Request) -> web.Response:
            if not keys.jwks:
                return web.Response(status=503, text="the keys are not known yet\n", headers={"Retry-After": "1"})
            headers = {"Cache-Control": "public, max-age=60"}
            return web.Response(text=keys.jwks, content_type="application/jwk-set+json", headers=headers)

        async def ready_keys() -> bool:
            return keys.ready

        async def ready_media() -> bool:
            return not bus.connected or nodes.table.live(time.monotonic()) > 0

        self._admin.check("store", store.answers)
        self._admin.check("keys", ready_keys)
        self._admin.check("media", ready_media)
        self._rpc = RpcServer("signaling", config.grpc_listen, verifier, self._tokens, telemetry)
        self._rpc.add(
            signaling_pb2_grpc.add_SignalingServiceServicer_to_server,
            SignalingServicer(sessions, nodes),
            signaling_pb2.DESCRIPTOR.services_by_name["SignalingService"],
        )
        self.grpc_port = await self._rpc.start()
        application = web.Application(middlewares=[api.middleware], client_max_size=LARGEST_BODY)
        apis = (
            api,
            meetings_api,
            InvitationApi(auth, roster, config.trusted_proxies),
            admin_api,
            own_data_api,
            OfficeApi(OfficeClient(self._roster_channel)),
            ReportsApi(ReportsClient(self._roster_channel), config.time_zone),
        )
        application.add_routes(routes(self._sockets.serve, jwks, self._web.serve, *apis))
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        listen = config.http_listen
        await web.TCPSite(self._runner, listen.host, listen.port, ssl_context=self._tls).start()
        self.http_port = int(self._runner.addresses[0][1])
        self._run("keys", keys.remember_forever())
        self._run("keep", sessions.keep_forever())
        self._run("sweep", sessions.sweep_forever())
        self._run("nodes", nodes.watch_forever())
        self._run("presence", presence.report_forever())
        log.info("listening", extra={"http": self.http_port, "grpc": self.grpc_port, "tls": self._tls is not None})

    async def stop(self) -> None:
        """Sends the clients to another replica, then closes everything."""
        self._admin.stopping()
        await self._sockets.drain(self._config.drain_s)
        await self._runner.cleanup()
        await self._rpc.stop(RPC_GRACE_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._feeds.stop()
        await self.sessions.stop()
        await self._remote_keys.close()
        await self._bus.close()
        await self._media.close()
        await self._auth_channel.close()
        await self._roster_channel.close()
        await self._redis.aclose()
        await self._admin.stop()

    def _run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(_logged(name, work), name=name))


async def _logged(name: str, work: Coroutine[Any, Any, None]) -> None:
    """A loop that ends is a bug: it is logged at once, with its stack, and not only when the service stops."""
    try:
        await work
    except Exception:
        log.exception("the task '%s' ended", name)
        raise


def _tls(config: Config) -> ssl.SSLContext | None:
    """Raises ConfigError when the files are no certificate and its key."""
    if config.tls_cert_file is None or config.tls_key_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.tls_cert_file, config.tls_key_file)
    except OSError as error:
        raise ConfigError(
            f"SIPULUNG_TLS_CERT_FILE is '{config.tls_cert_file}': allowed is a PEM certificate chain, with its key in "
            f"SIPULUNG_TLS_KEY_FILE ({error})"
        ) from None
    context.set_alpn_protocols(["http/1.1"])
    return context
