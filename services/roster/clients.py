"""What roster asks of auth."""

from __future__ import annotations

import grpc

from services.common import rpc_client
from services.common.ids import MeetingId
from sipulung.auth.v1 import session_pb2, session_pb2_grpc

# argon2id takes some tenths of a second on a small machine, more when many sign in.
_TIMEOUT_S = 5.0


class AuthClient:
    """Calls on behalf of a caller, with the caller's own token."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = session_pb2_grpc.JoinServiceStub(channel)

    async def claim(self, meeting_id: MeetingId, password: str, token: str) -> str:
        """Claims the id and sets the meeting's password (a generated one for ""); returns it.

        Raises Conflict for an id that is taken, Unavailable, and what else auth answers.
        """
        request = session_pb2.SetMeetingPasswordRequest(meeting_id=meeting_id, password=password, claim=True)
        answer = await rpc_client.call(self._stub.SetMeetingPassword, request, timeout_s=_TIMEOUT_S, token=token)
        return answer.password
