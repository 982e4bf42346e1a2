"""MediaService: the RPC edge. Each handler finds whose session it is, hands it to the node, and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import Message

from services.common.errors import Unauthenticated
from services.common.tenancy import require_participant
from services.media.clients.publisher import Publisher
from services.media.forwarding.node import MediaNode, Owner
from services.media.forwarding.packet_path import PacketPath
from services.media.forwarding.session import Permissions
from sipulung.media.v1 import media_pb2, media_pb2_grpc

if TYPE_CHECKING:
    # Generic only for the type checker.
    import grpc

    _Context = grpc.aio.ServicerContext[Message, Message]


def _owner() -> Owner:
    """Raises Unauthenticated."""
    who = require_participant()
    if not who.participant_id:
        raise Unauthenticated("the token names no participant")
    return Owner(who.tenant_id, who.meeting_id, who.participant_id)


class MediaServicer(media_pb2_grpc.MediaServiceServicer):
    def __init__(self, node: MediaNode, path: PacketPath, publisher: Publisher) -> None:
        self._node, self._path, self._publisher = node, path, publisher

    async def OpenSession(  # noqa: N802 - the proto's name
        self, request: media_pb2.OpenSessionRequest, context: _Context
    ) -> media_pb2.OpenSessionResponse:
        layout = request.layout if request.HasField("layout") else None
        return media_pb2.OpenSessionResponse(
            answer_sdp=self._node.open(_owner(), request.session_id, request.offer_sdp, layout)
        )

    async def Negotiate(  # noqa: N802 - the proto's name
        self, request: media_pb2.NegotiateRequest, context: _Context
    ) -> media_pb2.NegotiateResponse:
        return media_pb2.NegotiateResponse(
            answer_sdp=self._node.negotiate(_owner(), request.session_id, request.offer_sdp)
        )

    async def UpdatePermissions(  # noqa: N802 - the proto's name
        self, request: media_pb2.UpdatePermissionsRequest, context: _Context
    ) -> media_pb2.UpdatePermissionsResponse:
        session = self._node.find(request.session_id, request.tenant_id, request.meeting_id)
        permissions = Permissions(request.may_publish_audio, request.may_publish_video, request.may_publish_screen)
        publish = request.publish if request.HasField("publish") else None
        assignments, states, speakers = self._node.permit(session, request.admitted, permissions, publish, request.stop)
        return media_pb2.UpdatePermissionsResponse(assignments=assignments, media_states=states, speakers=speakers)

    async def CloseSession(  # noqa: N802 - the proto's name
        self, request: media_pb2.CloseSessionRequest, context: _Context
    ) -> media_pb2.CloseSessionResponse:
        session = self._node.find(request.session_id, request.tenant_id, request.meeting_id)
        self._node.close(session, request.reason)
        return media_pb2.CloseSessionResponse()

    async def GetStats(  # noqa: N802 - the proto's name
        self, request: media_pb2.GetStatsRequest, context: _Context
    ) -> media_pb2.GetStatsResponse:
        response = media_pb2.GetStatsResponse(load=self._publisher.load(), counters=self._path.stats())
        room = self._node.rooms.get((request.tenant_id, request.meeting_id))
        sessions = dict(room.sessions) if room is not None else {}
        for stats in self._path.transport_stats(list(sessions)):
            session = sessions[stats.transport]
            response.sessions.add(
                session_id=session.session_id,
                participant_id=session.participant,
                connected=session.carries,
                remote_address=stats.address,
                packets_received=stats.packets_received,
                packets_sent=stats.packets_sent,
                bytes_received=stats.bytes_received,
                bytes_sent=stats.bytes_sent,
                available=stats.available,
                admitted=session.admitted,
            )
        return response

    async def Drain(  # noqa: N802 - the proto's name
        self, request: media_pb2.DrainRequest, context: _Context
    ) -> media_pb2.DrainResponse:
        return media_pb2.DrainResponse(sessions=self._node.drain(request.deadline_ms))
