"""The gRPC service for operators: what it does, and whom it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from services.common import rpc_client
from services.common.errors import InvalidField, NotFound, PermissionDenied, Unauthenticated
from sipulung.signaling.v1 import signaling_pb2 as pb
from sipulung.signaling.v1 import signaling_pb2_grpc
from tests.signaling.client import code_of
from tests.signaling.conftest import Site

if TYPE_CHECKING:
    Stub = signaling_pb2_grpc.SignalingServiceAsyncStub


@pytest.fixture
async def stub(site: Site) -> AsyncIterator[Stub]:
    async with rpc_client.channel(f"127.0.0.1:{site.replicas[0].grpc_port}") as channel:
        yield signaling_pb2_grpc.SignalingServiceStub(channel)


async def test_list_move_and_close(site: Site, stub: Stub) -> None:
    meeting, other = await site.meeting(), await site.meeting("utara")
    client = await site.enter(meeting)
    await site.enter(other)
    token = site.tokens.issue()
    every = await rpc_client.call(stub.ListSessions, pb.ListSessionsRequest(), timeout_s=60, token=token)
    assert len(every.sessions) == 2
    request = pb.ListSessionsRequest(tenant_id=meeting.tenant, meeting_id=meeting.meeting_id)
    mine = (await rpc_client.call(stub.ListSessions, request, timeout_s=60, token=token)).sessions
    assert [session.session_id for session in mine] == [client.opened.session_id]
    assert mine[0].entered
    move = pb.MoveSessionsRequest(media_node_id=mine[0].media_node_id)
    assert (await rpc_client.call(stub.MoveSessions, move, timeout_s=60, token=token)).moved == 1
    assert not (await client.event(lambda one: one.WhichOneof("body") == "media_moved")).media_moved.urgent
    with pytest.raises(InvalidField):
        await rpc_client.call(stub.MoveSessions, pb.MoveSessionsRequest(), timeout_s=60, token=token)
    close = pb.CloseSessionRequest(session_id=client.opened.session_id)
    await rpc_client.call(stub.CloseSession, close, timeout_s=60, token=token)
    assert code_of((await client.closing()).error) == "REMOVED"
    with pytest.raises(NotFound):
        await rpc_client.call(stub.CloseSession, close, timeout_s=60, token=token)


async def test_services_only(site: Site, stub: Stub) -> None:
    meeting = await site.meeting()
    for token in (meeting.access_token, await site.token(meeting), "no.such.token", ""):
        with pytest.raises((PermissionDenied, Unauthenticated)):
            await rpc_client.call(stub.ListSessions, pb.ListSessionsRequest(), timeout_s=60, token=token)
        move = pb.MoveSessionsRequest(media_node_id="media-1")
        with pytest.raises((PermissionDenied, Unauthenticated)):
            await rpc_client.call(stub.MoveSessions, move, timeout_s=60, token=token)
        close = pb.CloseSessionRequest(session_id="a")
        with pytest.raises((PermissionDenied, Unauthenticated)):
            await rpc_client.call(stub.CloseSession, close, timeout_s=60, token=token)
