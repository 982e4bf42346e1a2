"""KeyService: the public keys that everybody verifies tokens with."""

from typing import Any

import grpc

from services.auth.signing import SigningKeys
from sipulung.auth.v1 import session_pb2, session_pb2_grpc


class KeyServicer(session_pb2_grpc.KeyServiceServicer):
    """JWKS."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    async def GetKeys(  # noqa: N802 - the name of the RPC
        self, request: session_pb2.GetKeysRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> session_pb2.GetKeysResponse:
        """All of them, two during a rotation."""
        return session_pb2.GetKeysResponse(jwks=self._keys.jwks)
