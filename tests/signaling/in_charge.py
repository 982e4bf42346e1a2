"""What hosts do by their clients, and what a meeting's media node was told of it."""

from __future__ import annotations

from typing import Any

from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from sipulung.roster.v1 import participant_pb2
from sipulung.signaling.v1 import client_pb2
from tests.signaling.client import Client
from tests.signaling.conftest import Meeting, Site

WAITING = participant_pb2.PRESENCE_WAITING
ON = media_session_pb2.PublishState(microphone=True, camera=True, screen=True)


async def act(client: Client, **what: Any) -> None:
    answer = await client.request(moderate=pb.HostAct(**what))
    assert answer.WhichOneof("body") == "done", answer


def told_node(site: Site, client: Client) -> list[media_pb2.UpdatePermissionsRequest]:
    """What the node was told of this client's media."""
    name = client.opened.media_session_id
    return next((node.permitted[name] for node in site.nodes if name in node.permitted), [])


def admitted(site: Site, client: Client) -> bool:
    return any(node.admitted.get(client.opened.media_session_id, False) for node in site.nodes)


def closed_for(site: Site, client: Client) -> int | None:
    """Why the node closed this client's media; None: it has not."""
    name = client.opened.media_session_id
    return next((node.reasons[name] for node in site.nodes if name in node.reasons), None)


def may(request: media_pb2.UpdatePermissionsRequest) -> tuple[bool, bool, bool]:
    return request.may_publish_audio, request.may_publish_video, request.may_publish_screen


async def knock(site: Site, meeting: Meeting, name: str, number: int = 0) -> Client:
    """Somebody who waits in the lobby."""
    client = await site.connect(number)
    await client.open(await site.token(meeting, name))
    entered = (await client.request(enter=client_pb2.Enter(publish=ON))).entered
    assert entered.participant.presence == WAITING
    assert [one.participant_id for one in entered.snapshot.participants] == [client.opened.participant_id]
    return client
