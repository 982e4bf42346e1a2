# ruff: noqa: N802 - the RPCs have the names of the proto
"""Auth and media nodes as signaling sees them: the real interfaces over gRPC, with the least behind them."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.common import subjects
from services.common.bus import Bus
from services.common.config import Address
from services.common.errors import (
    NotFound,
    OfferRefused,
    SessionGone,
    Unavailable,
    WrongIdOrPassword,
    WrongUserOrPassword,
)
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId, new_id
from services.common.rpc_server import RpcServer
from services.common.telemetry import Telemetry
from services.common.tenancy import (
    AccountPrincipal,
    ParticipantPrincipal,
    principal,
    require_account,
    require_participant,
)
from services.common.tokens import FixedKeys, ServiceTokens, TokenVerifier, account_claims, participant_claims
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
from sipulung.common.v1 import common_pb2
from sipulung.media.v1 import media_pb2, media_pb2_grpc
from sipulung.media.v1 import session_pb2 as media_session_pb2
from tests.signaling.tenant_node import TenantNode

Context = grpc.aio.ServicerContext[Any, Any]


class Keys:
    """One signing key and the tokens that it signs."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()
        self.verifier = TokenVerifier(FixedKeys({"k1": self._private.public_key()}))

    def jwks(self) -> str:
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        return json.dumps(
            {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "use": "sig", "alg": "EdDSA", "x": x}]}
        )

    def access(self, tenant: str, account: str, role: int = common_pb2.ACCOUNT_ROLE_HOST, seconds: int = 600) -> str:
        who = AccountPrincipal(TenantId(tenant), AccountId(account), role, "Andi Host")
        return jwt.encode(account_claims(who, int(time.time()), seconds), self._private, "EdDSA", {"kid": "k1"})

    def join(
        self,
        tenant: str,
        meeting: str,
        name: str,
        role: int = common_pb2.MEETING_ROLE_PARTICIPANT,
        seconds: int = 600,
        device: str = "",
    ) -> tuple[str, str]:
        participant = ParticipantId(new_id())
        who = ParticipantPrincipal(TenantId(tenant), MeetingId(meeting), participant, role, name, device=device)
        claims = participant_claims(who, int(time.time()), seconds)
        return jwt.encode(claims, self._private, "EdDSA", {"kid": "k1"}), participant


class AuthNode(
    session_pb2_grpc.JoinServiceServicer,
    session_pb2_grpc.KeyServiceServicer,
    session_pb2_grpc.SessionServiceServicer,
    directory_pb2_grpc.DirectoryServiceServicer,
):
    """Accounts "host@<tenant>" with the password "rahasia-sekali"; passwords of meetings in memory."""

    def __init__(self, keys: Keys, tokens: ServiceTokens) -> None:
        self._keys = keys
        self._tokens = tokens
        self._meetings: dict[str, tuple[str, str, str]] = {}
        self._refresh: dict[str, str] = {}
        self.addresses: list[str] = []
        # Whom join tokens were issued for: accounts, "" for guests.
        self.accounts: list[str] = []
        self.port = 0
        self._server: RpcServer | None = None
        self.frame = TenantNode()

    async def start(self) -> None:
        listen = Address("127.0.0.1", self.port)
        self._server = RpcServer("auth", listen, self._keys.verifier, self._tokens, Telemetry("auth"))
        services = session_pb2.DESCRIPTOR.services_by_name
        add = self._server.add
        add(session_pb2_grpc.add_JoinServiceServicer_to_server, self, services["JoinService"])
        add(session_pb2_grpc.add_KeyServiceServicer_to_server, self, services["KeyService"])
        add(session_pb2_grpc.add_SessionServiceServicer_to_server, self, services["SessionService"])
        directory = directory_pb2.DESCRIPTOR.services_by_name["DirectoryService"]
        add(directory_pb2_grpc.add_DirectoryServiceServicer_to_server, self, directory)
        add(
            tenant_pb2_grpc.add_TenantServiceServicer_to_server,
            self.frame,
            tenant_pb2.DESCRIPTOR.services_by_name["TenantService"],
        )
        add(
            unit_pb2_grpc.add_UnitServiceServicer_to_server,
            self.frame,
            unit_pb2.DESCRIPTOR.services_by_name["UnitService"],
        )
        add(
            account_pb2_grpc.add_AccountServiceServicer_to_server,
            self.frame,
            account_pb2.DESCRIPTOR.services_by_name["AccountService"],
        )
        self.port = await self._server.start()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop(0)

    async def GetKeys(self, request: session_pb2.GetKeysRequest, context: Context) -> session_pb2.GetKeysResponse:
        return session_pb2.GetKeysResponse(jwks=self._keys.jwks())

    async def GetFrame(
        self, request: directory_pb2.GetFrameRequest, context: Context
    ) -> directory_pb2.GetFrameResponse:
        tenant = tenant_pb2.Tenant(tenant_id=request.tenant_id, name="Luwu", time_zone="Asia/Makassar", language="id")
        return directory_pb2.GetFrameResponse(tenant=tenant)

    async def LookUpPeople(
        self, request: directory_pb2.LookUpPeopleRequest, context: Context
    ) -> directory_pb2.LookUpPeopleResponse:
        return directory_pb2.LookUpPeopleResponse()

    async def ListPeople(
        self, request: directory_pb2.ListPeopleRequest, context: Context
    ) -> directory_pb2.ListPeopleResponse:
        return directory_pb2.ListPeopleResponse()

    async def SetMeetingPassword(
        self, request: session_pb2.SetMeetingPasswordRequest, context: Context
    ) -> session_pb2.SetMeetingPasswordResponse:
        who = require_account()
        before = self._meetings.get(request.meeting_id)
        if not request.claim and (before is None or before[1:] != (who.tenant_id, who.account_id)):
            raise NotFound("no such meeting")
        password = request.password or "sirih-pinang"
        self._meetings[request.meeting_id] = (password, who.tenant_id, who.account_id)
        return session_pb2.SetMeetingPasswordResponse(password=password)

    async def IssueJoinToken(
        self, request: session_pb2.IssueJoinTokenRequest, context: Context
    ) -> session_pb2.IssueJoinTokenResponse:
        self.addresses.append(request.address)
        password, tenant, owner = self._meetings.get(request.meeting_id, ("", "", ""))
        who = principal()
        host = isinstance(who, AccountPrincipal) and (who.tenant_id, who.account_id) == (tenant, owner)
        if not password or not (host or request.password == password):
            raise WrongIdOrPassword()
        same_tenant = isinstance(who, AccountPrincipal) and who.tenant_id == tenant
        self.accounts.append(who.account_id if isinstance(who, AccountPrincipal) and same_tenant else "")
        role = common_pb2.MEETING_ROLE_HOST if host else common_pb2.MEETING_ROLE_PARTICIPANT
        token, participant = self._keys.join(tenant, request.meeting_id, request.name, role, device=request.device)
        return session_pb2.IssueJoinTokenResponse(
            join_token=token, expires_in_s=600, participant_id=participant, role=role, name=request.name
        )

    async def SignIn(self, request: session_pb2.SignInRequest, context: Context) -> session_pb2.SignInResponse:
        self.addresses.append(request.address)
        name, _, tenant = request.user.partition("@")
        if name != "host" or request.password != "rahasia-sekali":
            raise WrongUserOrPassword()
        return session_pb2.SignInResponse(tokens=self._new(tenant), account=self._account(tenant), tenant_name=tenant)

    async def Refresh(self, request: session_pb2.RefreshRequest, context: Context) -> session_pb2.RefreshResponse:
        tenant = self._refresh.pop(request.refresh_token, "")
        if not tenant:
            raise WrongUserOrPassword("an old refresh token")
        return session_pb2.RefreshResponse(tokens=self._new(tenant), account=self._account(tenant), tenant_name=tenant)

    async def SignOut(self, request: session_pb2.SignOutRequest, context: Context) -> session_pb2.SignOutResponse:
        self._refresh.pop(request.refresh_token, None)
        return session_pb2.SignOutResponse()

    def _new(self, tenant: str) -> session_pb2.Tokens:
        refresh = new_id()
        self._refresh[refresh] = tenant
        access = self._keys.access(tenant, f"host{tenant}")
        return session_pb2.Tokens(
            access_token=access, access_expires_in_s=600, refresh_token=refresh, refresh_expires_in_s=3600
        )

    def _account(self, tenant: str) -> account_pb2.Account:
        return account_pb2.Account(
            account_id=f"host{tenant}", user="host", name="Andi Host", role=common_pb2.ACCOUNT_ROLE_HOST
        )


class MediaNode(media_pb2_grpc.MediaServiceServicer):
    """Keeps sessions and answers offers; every transport is up at once. Reports its load twice a second."""

    def __init__(self, name: str, keys: Keys, tokens: ServiceTokens, nats_url: str) -> None:
        self.name = name
        self.port = 0
        self.boot = new_id()
        self.draining = False
        self.admitted: dict[str, bool] = {}
        self.permitted: dict[str, list[media_pb2.UpdatePermissionsRequest]] = {}
        self.closed: list[str] = []
        # Why, by session.
        self.reasons: dict[str, int] = {}
        # Whether it carries out what it is told of sessions: False is a node that signaling does not reach.
        self.reachable = True
        self.unreached = 0
        # Permissions are answered while it is set.
        self.answers = asyncio.Event()
        self.answers.set()
        self._keys = keys
        self._tokens = tokens
        self._nats_url = nats_url
        self._server: RpcServer | None = None
        self._bus: Bus | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        listen = Address("127.0.0.1", self.port)
        self._server = RpcServer("media", listen, self._keys.verifier, self._tokens, Telemetry("media"))
        service = media_pb2.DESCRIPTOR.services_by_name["MediaService"]
        self._server.add(media_pb2_grpc.add_MediaServiceServicer_to_server, self, service)
        self.port = await self._server.start()
        self._bus = await Bus.connect(self._nats_url, self.name)
        self._task = asyncio.create_task(self._report(self._bus))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if self._server is not None:
            await self._server.stop(0)
        if self._bus is not None:
            await self._bus.close()
        self._server = self._bus = self._task = None

    async def restart(self) -> None:
        """Another process on the same port: it knows no session."""
        await self.stop()
        self.boot = new_id()
        self.admitted.clear()
        await self.start()

    def load(self) -> media_pb2.NodeLoad:
        return media_pb2.NodeLoad(
            node_id=self.name,
            grpc_address=f"127.0.0.1:{self.port}",
            sessions=len(self.admitted),
            boot_id=self.boot,
            draining=self.draining,
        )

    async def _report(self, bus: Bus) -> None:
        while True:
            await bus.publish(subjects.node_load(self.name), self.load())
            # Each test waits for the first that its replica hears.
            await asyncio.sleep(0.1)

    async def OpenSession(
        self, request: media_pb2.OpenSessionRequest, context: Context
    ) -> media_pb2.OpenSessionResponse:
        require_participant()
        if "refuse" in request.offer_sdp:
            raise OfferRefused("line 1: refused")
        self.admitted[request.session_id] = False
        return media_pb2.OpenSessionResponse(answer_sdp=f"answer of {self.name}")

    async def Negotiate(self, request: media_pb2.NegotiateRequest, context: Context) -> media_pb2.NegotiateResponse:
        self._known(request.session_id)
        return media_pb2.NegotiateResponse(answer_sdp="second answer")

    async def UpdatePermissions(
        self, request: media_pb2.UpdatePermissionsRequest, context: Context
    ) -> media_pb2.UpdatePermissionsResponse:
        self._reached()
        self._known(request.session_id)
        await self.answers.wait()
        self.admitted[request.session_id] = request.admitted
        self.permitted.setdefault(request.session_id, []).append(request)
        slots = [media_session_pb2.Assignment(slot=1)]
        return media_pb2.UpdatePermissionsResponse(assignments=media_session_pb2.Assignments(slots=slots))

    async def CloseSession(
        self, request: media_pb2.CloseSessionRequest, context: Context
    ) -> media_pb2.CloseSessionResponse:
        self._reached()
        self.admitted.pop(request.session_id, None)
        self.closed.append(request.session_id)
        self.reasons.setdefault(request.session_id, request.reason)
        return media_pb2.CloseSessionResponse()

    async def GetStats(self, request: media_pb2.GetStatsRequest, context: Context) -> media_pb2.GetStatsResponse:
        sessions = [media_pb2.SessionStats(session_id=name, connected=True) for name in self.admitted]
        return media_pb2.GetStatsResponse(load=self.load(), sessions=sessions)

    async def Drain(self, request: media_pb2.DrainRequest, context: Context) -> media_pb2.DrainResponse:
        self.draining = True
        return media_pb2.DrainResponse(sessions=len(self.admitted))

    def _reached(self) -> None:
        if not self.reachable:
            self.unreached += 1
            raise Unavailable("cut off")

    def _known(self, session_id: str) -> None:
        if session_id not in self.admitted:
            raise SessionGone()
