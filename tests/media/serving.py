"""A whole media node in this process, but for NATS: real sockets, real RPCs, and what it tells of presence."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
from sipulung_datapath import Datapath

from services.common.config import Address
from services.common.ids import MeetingId, ParticipantId, TenantId, new_id
from services.common.rpc_client import call, channel
from services.common.rpc_server import RpcServer
from services.common.telemetry import Telemetry
from services.common.tenancy import ParticipantPrincipal
from services.common.tokens import FixedKeys, ServiceTokens, TokenVerifier, participant_claims
from services.media.clients.publisher import Publisher
from services.media.core.sdp.answer import Capabilities
from services.media.forwarding.limits import Limits
from services.media.forwarding.node import MediaNode
from services.media.forwarding.room import Room
from services.media.forwarding.session import Session
from services.media.server import MediaServicer
from services.media.transports.dtls import NodeCertificate
from sipulung.common.v1 import common_pb2
from sipulung.media.v1 import media_pb2, media_pb2_grpc, session_pb2
from tests.common.serving import MEETING, SECRET, Signer
from tests.media.core.sdp.offers import PC
from tests.support.media_client import MediaClient, layout

TENANT = "luwu"
CERTIFICATE = NodeCertificate.generateCertificate()
_SIGNER = Signer()


@dataclass
class Person:
    """A client that entered."""

    name: str
    session_id: str
    client: MediaClient
    entered: media_pb2.UpdatePermissionsResponse


@dataclass
class ServedNode:
    path: Datapath
    node: MediaNode
    publisher: Publisher
    channel: grpc.aio.Channel
    # (connected, lost) of each time that presence was told.
    presence: list[tuple[list[str], list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stub = media_pb2_grpc.MediaServiceStub(self.channel)
        self.service = ServiceTokens("signaling", SECRET).issue()

    def session(self, session_id: str) -> Session:
        return self.node.sessions[session_id]

    async def open(
        self,
        participant: str,
        offer: str,
        session_id: str = "",
        *,
        meeting: str = MEETING,
        tenant: str = TENANT,
        tiles: session_pb2.LayoutRequest | None = None,
    ) -> tuple[str, str]:
        """The session's id and the answer. Raises DomainError."""
        session_id = session_id or new_id()
        request = media_pb2.OpenSessionRequest(session_id=session_id, offer_sdp=offer, layout=tiles)
        token = join_token(participant, meeting, tenant)
        response = await call(self.stub.OpenSession, request, timeout_s=60, token=token)
        return session_id, response.answer_sdp

    async def negotiate(self, participant: str, session_id: str, offer: str, meeting: str = MEETING) -> str:
        request = media_pb2.NegotiateRequest(session_id=session_id, offer_sdp=offer)
        response = await call(self.stub.Negotiate, request, timeout_s=60, token=join_token(participant, meeting))
        return response.answer_sdp

    async def permit(
        self,
        session_id: str,
        *,
        admitted: bool = True,
        audio: bool = True,
        video: bool = True,
        screen: bool = True,
        publish: session_pb2.PublishState | None = None,
        stop: session_pb2.PublishState | None = None,
        meeting: str = MEETING,
        tenant: str = TENANT,
    ) -> media_pb2.UpdatePermissionsResponse:
        request = media_pb2.UpdatePermissionsRequest(
            tenant_id=tenant,
            meeting_id=meeting,
            session_id=session_id,
            admitted=admitted,
            may_publish_audio=audio,
            may_publish_video=video,
            may_publish_screen=screen,
            publish=publish,
            stop=stop,
        )
        return await call(self.stub.UpdatePermissions, request, timeout_s=60, token=self.service)

    async def close(self, session_id: str, reason: session_pb2.ClosingReason.ValueType, meeting: str = MEETING) -> None:
        request = media_pb2.CloseSessionRequest(
            tenant_id=TENANT, meeting_id=meeting, session_id=session_id, reason=reason
        )
        await call(self.stub.CloseSession, request, timeout_s=60, token=self.service)

    async def stats(self, meeting: str = MEETING, tenant: str = TENANT) -> media_pb2.GetStatsResponse:
        request = media_pb2.GetStatsRequest(tenant_id=tenant, meeting_id=meeting)
        return await call(self.stub.GetStats, request, timeout_s=60, token=self.service)

    async def drain(self, deadline_ms: int) -> int:
        request = media_pb2.DrainRequest(deadline_ms=deadline_ms)
        return (await call(self.stub.Drain, request, timeout_s=60, token=self.service)).sessions

    async def preview(
        self, name: str, *, template: str = PC, tcp: bool = False, heights: tuple[int, ...] = ()
    ) -> Person:
        """A connected client that was not admitted."""
        client = MediaClient(template, tcp=tcp)
        session_id, answer = await self.open(name, client.offer, tiles=layout(1, *heights) if heights else None)
        await client.connect(answer)
        return Person(name, session_id, client, media_pb2.UpdatePermissionsResponse())

    async def enter(
        self,
        name: str,
        *,
        template: str = PC,
        tcp: bool = False,
        heights: tuple[int, ...] = (),
        publish: session_pb2.PublishState | None = None,
    ) -> Person:
        """A connected client that takes part."""
        person = await self.preview(name, template=template, tcp=tcp, heights=heights)
        person.entered = await self.permit(person.session_id, publish=publish)
        return person


def join_token(participant: str, meeting: str = MEETING, tenant: str = TENANT) -> str:
    who = ParticipantPrincipal(
        TenantId(tenant),
        MeetingId(meeting),
        ParticipantId(participant),
        common_pb2.MEETING_ROLE_PARTICIPANT,
        participant.title(),
    )
    return _SIGNER.sign(participant_claims(who, int(time.time()), 600))


@asynccontextmanager
async def media_node(limits: Limits | None = None, silent_timeout_ms: int = 5000) -> AsyncIterator[ServedNode]:
    """On free ports of 127.0.0.1."""
    path = Datapath("127.0.0.1", 0, silent_timeout_ms=silent_timeout_ms)
    telemetry = Telemetry("media")
    told: list[tuple[list[str], list[str]]] = []

    def on_presence(room: Room, lost: list[str]) -> None:
        told.append((room.connected(), lost))

    capabilities = Capabilities((("127.0.0.1", path.port),), CERTIFICATE.fingerprint)
    node = MediaNode(path, capabilities, CERTIFICATE, limits or Limits(), on_presence)
    node.start()
    publisher = Publisher("media-1", "127.0.0.1:1", path, lambda sessions: None)
    verifier = TokenVerifier(FixedKeys({_SIGNER.kid: _SIGNER.public}))
    server = RpcServer("media", Address("127.0.0.1", 0), verifier, ServiceTokens("media", SECRET), telemetry)
    service = media_pb2.DESCRIPTOR.services_by_name["MediaService"]
    server.add(media_pb2_grpc.add_MediaServiceServicer_to_server, MediaServicer(node, path, publisher), service)
    port = await server.start()
    calls = channel(f"127.0.0.1:{port}")
    try:
        yield ServedNode(path, node, publisher, calls, told)
    finally:
        await calls.close()
        await server.stop(0)
        await node.stop()
        path.stop()
        telemetry.stop()
