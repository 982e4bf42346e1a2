"""Auth's KeyService with one key, and the credentials that a client and signaling would bring."""

import json
import time
from types import TracebackType
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.common.config import Address
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId
from services.common.rpc_server import RpcServer
from services.common.telemetry import Telemetry
from services.common.tenancy import ParticipantPrincipal
from services.common.tokens import ServiceTokens, participant_claims
from sipulung.auth.v1 import session_pb2, session_pb2_grpc
from sipulung.common.v1.common_pb2 import MEETING_ROLE_PARTICIPANT

_KID = "bench"
_LIFETIME_S = 3600


class Keys(session_pb2_grpc.KeyServiceServicer):
    """As an async context it serves the key on `port` of 127.0.0.1."""

    def __init__(self, secret: bytes) -> None:
        self._private = Ed25519PrivateKey.generate()
        self._services = ServiceTokens("signaling", secret)
        self._server = RpcServer("auth", Address("127.0.0.1", 0), None, self._services, Telemetry("bench"))
        self.port = 0

    async def __aenter__(self) -> "Keys":
        service = session_pb2.DESCRIPTOR.services_by_name["KeyService"]
        self._server.add(session_pb2_grpc.add_KeyServiceServicer_to_server, self, service)
        self.port = await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop(0.1)

    async def GetKeys(  # noqa: N802 - the proto's name
        self, request: session_pb2.GetKeysRequest, context: Any
    ) -> session_pb2.GetKeysResponse:
        key = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(self._private.public_key()))
        return session_pb2.GetKeysResponse(jwks=json.dumps({"keys": [key | {"kid": _KID, "alg": "EdDSA"}]}))

    def join_token(self, tenant: str, meeting: str, participant: str) -> str:
        """What auth gives to somebody who knows the meeting's password."""
        who = ParticipantPrincipal(
            TenantId(tenant),
            MeetingId(meeting),
            ParticipantId(participant),
            MEETING_ROLE_PARTICIPANT,
            "Peserta",
            AccountId(""),
            "DEVICE_PC",
        )
        claims = participant_claims(who, int(time.time()), _LIFETIME_S)
        return jwt.encode(claims, self._private, "EdDSA", {"kid": _KID})

    def service_token(self) -> str:
        """What signaling shows."""
        return self._services.issue()
