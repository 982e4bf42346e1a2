"""The gRPC edge: for drain and operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.common.errors import InvalidField, NotFound, Removed
from services.signaling.media_nodes import MediaNodes
from services.signaling.sessions import Sessions
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.signaling.v1 import signaling_pb2, signaling_pb2_grpc

if TYPE_CHECKING:
    import grpc


class SignalingServicer(signaling_pb2_grpc.SignalingServiceServicer):
    """Looks at and acts on the sessions of this replica."""

    def __init__(self, sessions: Sessions, nodes: MediaNodes) -> None:
        self._sessions = sessions
        self._nodes = nodes

    async def ListSessions(  # noqa: N802 (gRPC's name)
        self, request: signaling_pb2.ListSessionsRequest, context: grpc.aio.ServicerContext[object, object]
    ) -> signaling_pb2.ListSessionsResponse:
        """Those of a tenant or meeting, or all."""
        sessions = [
            session.describe()
            for session in self._sessions
            if request.tenant_id in ("", session.record.tenant_id)
            and request.meeting_id in ("", session.record.meeting_id)
        ]
        return signaling_pb2.ListSessionsResponse(sessions=sessions)

    async def MoveSessions(  # noqa: N802
        self, request: signaling_pb2.MoveSessionsRequest, context: grpc.aio.ServicerContext[object, object]
    ) -> signaling_pb2.MoveSessionsResponse:
        """Raises InvalidField when nothing says which."""
        if not request.media_node_id and not (request.tenant_id and request.meeting_id):
            raise InvalidField("media_node_id", "a media node, or a tenant and meeting, must be named")
        moved = self._nodes.move(node_id=request.media_node_id, tenant=request.tenant_id, meeting=request.meeting_id)
        return signaling_pb2.MoveSessionsResponse(moved=moved)

    async def CloseSession(  # noqa: N802
        self, request: signaling_pb2.CloseSessionRequest, context: grpc.aio.ServicerContext[object, object]
    ) -> signaling_pb2.CloseSessionResponse:
        """Raises NotFound."""
        for session in self._sessions:
            if session.record.session_id == request.session_id:
                error = Removed("an operator closed the session")
                await self._sessions.end(session, error, media_session_pb2.CLOSING_REASON_REMOVED)
                return signaling_pb2.CloseSessionResponse()
        raise NotFound("no such session at this replica")
