# ruff: noqa: N802 - the RPCs have the names of the proto
"""An auth that keeps passwords in memory: the same RPCs, tokens and server as the real one, without its stores."""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from typing import Any

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.common.config import Address
from services.common.errors import Conflict, PermissionDenied
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId, new_id
from services.common.rpc_server import RpcServer
from services.common.telemetry import Telemetry
from services.common.tenancy import AccountPrincipal, ParticipantPrincipal, require_account
from services.common.tokens import FixedKeys, ServiceTokens, TokenVerifier, account_claims, participant_claims
from sipulung.auth.v1 import (
    directory_pb2,
    directory_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
    tenant_pb2,
    unit_pb2,
)
from sipulung.common.v1 import common_pb2

_KID = "test"


class SmallAuth(
    session_pb2_grpc.JoinServiceServicer,
    session_pb2_grpc.KeyServiceServicer,
    directory_pb2_grpc.DirectoryServiceServicer,
):
    """Makes tokens for anybody whom a test asks for."""

    def __init__(self, service_tokens: ServiceTokens) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._owners: dict[str, str] = {}
        self._tenants: dict[str, tenant_pb2.Tenant] = {}
        self._units: dict[str, list[unit_pb2.Unit]] = {}
        self._people: dict[str, list[directory_pb2.Person]] = {}
        # How often each RPC of the directory was called.
        self.asked: Counter[str] = Counter()
        keys = FixedKeys({_KID: self._key.public_key()})
        self._server = RpcServer(
            "auth", Address("127.0.0.1", 0), TokenVerifier(keys), service_tokens, Telemetry("auth")
        )

    async def start(self) -> int:
        services = session_pb2.DESCRIPTOR.services_by_name
        self._server.add(session_pb2_grpc.add_JoinServiceServicer_to_server, self, services["JoinService"])
        self._server.add(session_pb2_grpc.add_KeyServiceServicer_to_server, self, services["KeyService"])
        self._server.add(
            directory_pb2_grpc.add_DirectoryServiceServicer_to_server,
            self,
            directory_pb2.DESCRIPTOR.services_by_name["DirectoryService"],
        )
        return await self._server.start()

    async def stop(self) -> None:
        await self._server.stop(0)

    def tenant(self, tenant_id: str, **fields: Any) -> tenant_pb2.Tenant:
        """The tenant's frame from now on. A tenant that no test set has a plain one."""
        made = {"slug": "luwu", "name": "Kabupaten Luwu", "time_zone": "Asia/Makassar", "language": "id", **fields}
        tenant = self._tenants[tenant_id] = tenant_pb2.Tenant(tenant_id=tenant_id, **made)
        return tenant

    def unit(self, tenant_id: str, unit_id: str, name: str, parent_id: str = "") -> None:
        """One more unit."""
        unit = unit_pb2.Unit(unit_id=unit_id, parent_id=parent_id, name=name)
        self._units.setdefault(tenant_id, []).append(unit)

    def person(self, tenant_id: str, account_id: str, name: str, **fields: Any) -> directory_pb2.Person:
        """One more account."""
        fields.setdefault("role", common_pb2.ACCOUNT_ROLE_PARTICIPANT)
        person = directory_pb2.Person(account_id=account_id, name=name, **fields)
        self._people.setdefault(tenant_id, []).append(person)
        return person

    def account(
        self,
        tenant: str,
        name: str = "Andi",
        account_id: str = "",
        role: common_pb2.AccountRole.ValueType = common_pb2.ACCOUNT_ROLE_HOST,
        unit_id: str = "",
    ) -> str:
        """An access token."""
        who = AccountPrincipal(TenantId(tenant), AccountId(account_id or new_id()), role, name, unit_id)
        return self._signed(account_claims(who, int(time.time()), 600))

    def participant(
        self,
        tenant: str,
        meeting_id: str,
        name: str,
        role: common_pb2.MeetingRole.ValueType = common_pb2.MEETING_ROLE_PARTICIPANT,
        participant_id: str = "",
        device: str = "",
        account_id: str = "",
        unit_id: str = "",
        account_since_s: int = 0,
        seconds: int = 600,
    ) -> str:
        """A join token."""
        who = ParticipantPrincipal(
            TenantId(tenant),
            MeetingId(meeting_id),
            ParticipantId(participant_id or new_id()),
            role,
            name,
            AccountId(account_id),
            device,
            unit_id,
            account_since_s,
        )
        return self._signed(participant_claims(who, int(time.time()), seconds))

    async def SetMeetingPassword(
        self, request: session_pb2.SetMeetingPasswordRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> session_pb2.SetMeetingPasswordResponse:
        who = require_account()
        if request.claim and request.meeting_id in self._owners:
            raise Conflict()
        self._owners[request.meeting_id] = who.account_id
        return session_pb2.SetMeetingPasswordResponse(password=request.password or "dibuat-sendiri")

    async def IssueJoinToken(
        self, request: session_pb2.IssueJoinTokenRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> session_pb2.IssueJoinTokenResponse:
        raise PermissionDenied("tests make their tokens themselves")

    async def GetFrame(
        self, request: directory_pb2.GetFrameRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> directory_pb2.GetFrameResponse:
        self.asked["GetFrame"] += 1
        tenant = self._tenants.get(request.tenant_id) or self.tenant(request.tenant_id)
        return directory_pb2.GetFrameResponse(tenant=tenant, units=self._units.get(request.tenant_id, ()))

    async def LookUpPeople(
        self, request: directory_pb2.LookUpPeopleRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> directory_pb2.LookUpPeopleResponse:
        self.asked["LookUpPeople"] += 1
        people = self._people.get(request.tenant_id, ())
        wanted = set(request.account_ids)
        return directory_pb2.LookUpPeopleResponse(people=[one for one in people if one.account_id in wanted])

    async def ListPeople(
        self, request: directory_pb2.ListPeopleRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> directory_pb2.ListPeopleResponse:
        self.asked["ListPeople"] += 1
        people, begin = self._people.get(request.tenant_id, []), int(request.page_token or 0)
        end = begin + request.page_size
        following = str(end) if end < len(people) else ""
        return directory_pb2.ListPeopleResponse(people=people[begin:end], next_page_token=following)

    async def GetKeys(
        self, request: session_pb2.GetKeysRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> session_pb2.GetKeysResponse:
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = base64.urlsafe_b64encode(public).decode().rstrip("=")
        key = {"kty": "OKP", "crv": "Ed25519", "kid": _KID, "use": "sig", "alg": "EdDSA", "x": x}
        return session_pb2.GetKeysResponse(jwks=json.dumps({"keys": [key]}))

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": _KID})
