"""Real services' interfaces behind an RpcServer, with servicers whose handlers a test gives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.common.config import Address
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId
from services.common.rpc_client import channel
from services.common.rpc_server import RpcServer
from services.common.telemetry import Telemetry
from services.common.tenancy import AccountPrincipal, ParticipantPrincipal
from services.common.tokens import FixedKeys, ServiceTokens, TokenVerifier, account_claims, participant_claims
from sipulung.auth.v1 import session_pb2, session_pb2_grpc
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2, meeting_pb2_grpc, participant_pb2, participant_pb2_grpc, poll_pb2

SECRET = b"a shared secret of the services in tests"
KID = "key-1"
MEETING = "8123456789"
OTHER_MEETING = "9123456780"
Handler = Callable[[Any], Awaitable[Any]]


class Signer:
    """An issuer of tokens with one key."""

    def __init__(self, kid: str = KID) -> None:
        self.kid = kid
        self.private = Ed25519PrivateKey.generate()
        self.public = self.private.public_key()

    def sign(self, claims: dict[str, Any], kid: str | None = None) -> str:
        return jwt.encode(claims, self.private, "EdDSA", {"kid": kid or self.kid})

    def access(self, role: int = common_pb2.ACCOUNT_ROLE_HOST, seconds: int = 600, tenant: str = "luwu") -> str:
        who = AccountPrincipal(TenantId(tenant), AccountId("andi"), role, "Andi")
        return self.sign(account_claims(who, int(time.time()), seconds))

    def join(
        self, role: int = common_pb2.MEETING_ROLE_PARTICIPANT, meeting: str = MEETING, tenant: str = "luwu"
    ) -> str:
        who = ParticipantPrincipal(TenantId(tenant), MeetingId(meeting), ParticipantId("budi"), role, "Budi")
        return self.sign(participant_claims(who, int(time.time()), 600))


@dataclass
class Served:
    """A server, the ways to call it, and what it recorded. `handlers`: by the RPC's name, replaced by tests."""

    signer: Signer
    telemetry: Telemetry
    exporter: InMemorySpanExporter
    handlers: dict[str, Handler] = field(default_factory=dict)
    requests: list[Any] = field(default_factory=list)
    service_token: str = field(default_factory=lambda: ServiceTokens("roster", SECRET).issue())
    server: RpcServer = field(init=False)
    channel: grpc.aio.Channel = field(init=False)
    port: int = 0

    def connected(self, port: int) -> None:
        self.port = port
        self.channel = channel(f"127.0.0.1:{port}")
        self.meetings = meeting_pb2_grpc.MeetingServiceStub(self.channel)
        self.participants = participant_pb2_grpc.ParticipantServiceStub(self.channel)
        self.joins = session_pb2_grpc.JoinServiceStub(self.channel)

    async def handle(self, name: str, request: Any, empty: Any) -> Any:
        self.requests.append(request)
        handler = self.handlers.get(name)
        return empty if handler is None else await handler(request)

    async def spans(self, count: int) -> list[ReadableSpan]:
        """The spans that ended, once there are so many: an answer arrives before its span ends."""
        async with asyncio.timeout(60):
            while len(self.exporter.get_finished_spans()) < count:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        return list(self.exporter.get_finished_spans())


class _Meetings(meeting_pb2_grpc.MeetingServiceServicer):
    def __init__(self, served: Served) -> None:
        self._served = served

    async def CreateMeeting(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("CreateMeeting", request, meeting_pb2.CreateMeetingResponse())

    async def GetMeeting(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("GetMeeting", request, meeting_pb2.GetMeetingResponse())

    async def ListMeetings(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("ListMeetings", request, meeting_pb2.ListMeetingsResponse())

    async def UpdateMeeting(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("UpdateMeeting", request, meeting_pb2.UpdateMeetingResponse())

    async def EndMeeting(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("EndMeeting", request, meeting_pb2.EndMeetingResponse())

    async def CancelMeeting(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("CancelMeeting", request, meeting_pb2.CancelMeetingResponse())

    async def GetMeetingCalendar(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("GetMeetingCalendar", request, meeting_pb2.GetMeetingCalendarResponse())

    async def GetInvitationCalendar(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("GetInvitationCalendar", request, meeting_pb2.GetInvitationCalendarResponse())

    async def ListOccurrences(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("ListOccurrences", request, meeting_pb2.ListOccurrencesResponse())


class _Participants(participant_pb2_grpc.ParticipantServiceServicer):
    def __init__(self, served: Served) -> None:
        self._served = served

    async def Join(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("Join", request, participant_pb2.JoinResponse())

    async def Leave(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("Leave", request, participant_pb2.LeaveResponse())

    async def RaiseHand(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("RaiseHand", request, participant_pb2.RaiseHandResponse())

    async def Say(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("Say", request, participant_pb2.SayResponse())

    async def ReportPresence(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("ReportPresence", request, participant_pb2.ReportPresenceResponse())

    async def Moderate(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("Moderate", request, participant_pb2.ModerateResponse())

    async def React(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("React", request, participant_pb2.ReactResponse())

    async def OpenPoll(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("OpenPoll", request, poll_pb2.OpenPollResponse())

    async def ClosePoll(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("ClosePoll", request, poll_pb2.ClosePollResponse())

    async def Vote(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("Vote", request, poll_pb2.VoteResponse())

    async def Watch(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802
        """Two snapshots; then whatever the handler does."""
        for sequence in (1, 2):
            yield participant_pb2.WatchResponse(snapshot=participant_pb2.Snapshot(sequence=sequence))
        await self._served.handle("Watch", request, None)


class _Joins(session_pb2_grpc.JoinServiceServicer):
    def __init__(self, served: Served) -> None:
        self._served = served

    async def IssueJoinToken(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("IssueJoinToken", request, session_pb2.IssueJoinTokenResponse())

    async def SetMeetingPassword(self, request: Any, context: Any) -> Any:  # noqa: N802
        return await self._served.handle("SetMeetingPassword", request, session_pb2.SetMeetingPasswordResponse())


@asynccontextmanager
async def serving(*, batches: bool = True) -> AsyncIterator[Served]:
    """MeetingService, ParticipantService and JoinService on 127.0.0.1, and (`batches`) BatchService for them."""
    exporter = InMemorySpanExporter()
    telemetry = Telemetry("test", span_processor=SimpleSpanProcessor(exporter))
    signer = Signer()
    served = Served(signer, telemetry, exporter)
    verifier = TokenVerifier(FixedKeys({signer.kid: signer.public}))
    server = served.server = RpcServer(
        "test", Address("127.0.0.1", 0), verifier, ServiceTokens("test", SECRET), telemetry
    )
    server.add(
        meeting_pb2_grpc.add_MeetingServiceServicer_to_server,
        _Meetings(served),
        meeting_pb2.DESCRIPTOR.services_by_name["MeetingService"],
    )
    server.add(
        participant_pb2_grpc.add_ParticipantServiceServicer_to_server,
        _Participants(served),
        participant_pb2.DESCRIPTOR.services_by_name["ParticipantService"],
    )
    server.add(
        session_pb2_grpc.add_JoinServiceServicer_to_server,
        _Joins(served),
        session_pb2.DESCRIPTOR.services_by_name["JoinService"],
    )
    if batches:
        server.add_batches()
    served.connected(await server.start())
    try:
        yield served
    finally:
        await served.channel.close()
        await server.stop(0)
        telemetry.stop()
