"""Meetings on the node: sessions opened as signaling opens them, connected by the load generator."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any, Final

from bench.failure import BenchError
from bench.keys import Keys
from bench.load import Load
from bench.node import Node
from bench.offer import Answered, offer, read_answer
from services.common.ids import new_id, new_meeting_id
from services.common.rpc_client import call
from sipulung.media.v1 import media_pb2, session_pb2

_CALL_S: Final = 10.0
# Calls in flight: a meeting's beginning, not a flood.
_AT_ONCE: Final = 8
_FACE_SLOT: Final = 1
_TILE_HEIGHT: Final = 720


@dataclass(frozen=True, slots=True)
class Client:
    """A participant with one session. `number` is the load generator's."""

    number: int
    session: str
    participant: str
    token: str
    publishes: bool


class Meeting:
    """One meeting. Clients join in the steps of a browser: preview, connection, admission."""

    _numbers = 0

    def __init__(self, node: Node, load: Load, keys: Keys) -> None:
        self._node, self._load, self._keys = node, load, keys
        self._tenant, self._meeting = new_id(), new_meeting_id()
        self._few = asyncio.Semaphore(_AT_ONCE)
        self.clients: list[Client] = []

    async def join(self, count: int, publishes: bool = False) -> list[float]:
        """Let so many in; milliseconds that each connection took. Raises BenchError, DomainError."""
        clients = [self._client(publishes) for _ in range(count)]
        descriptions = await asyncio.gather(*(self._open(client) for client in clients))
        milliseconds = await self._load.open(list(descriptions))
        await asyncio.gather(*(self._admit(client) for client in clients))
        self.clients += clients
        return milliseconds

    async def leave(self) -> None:
        """Everybody leaves, as signaling has it: the session is closed, then the browser closes the connection."""
        clients, self.clients = self.clients, []
        await asyncio.gather(*(self._close(client) for client in clients))
        await self._load.close([client.number for client in clients])

    async def require_connected(self) -> None:
        """Raises BenchError unless the node says that everybody is connected and admitted."""
        request = media_pb2.GetStatsRequest(tenant_id=self._tenant, meeting_id=self._meeting)
        stats = await call(self._node.stub.GetStats, request, timeout_s=_CALL_S, token=self._keys.service_token())
        connected = {session.session_id for session in stats.sessions if session.connected and session.admitted}
        missing = [client for client in self.clients if client.session not in connected]
        if missing:
            raise BenchError(f"{len(missing)} of {len(self.clients)} participants are not connected any more")

    def _client(self, publishes: bool) -> Client:
        Meeting._numbers += 1
        participant = new_id()
        token = self._keys.join_token(self._tenant, self._meeting, participant)
        return Client(Meeting._numbers, new_id(), participant, token, publishes)

    async def _open(self, client: Client) -> dict[str, Any]:
        ufrag, pwd = secrets.token_hex(4), secrets.token_hex(16)
        camera = 0x2000_0000 + client.number if client.publishes else None
        tiles = [] if client.publishes else [session_pb2.TileRequest(slot=_FACE_SLOT, height=_TILE_HEIGHT)]
        request = media_pb2.OpenSessionRequest(
            session_id=client.session,
            offer_sdp=offer(ufrag, pwd, self._load.fingerprint, camera),
            layout=session_pb2.LayoutRequest(number=1, tiles=tiles, data_saving=session_pb2.DATA_SAVING_OFF),
        )
        async with self._few:
            response = await call(self._node.stub.OpenSession, request, timeout_s=_CALL_S, token=client.token)
        return _description(client, ufrag, read_answer(response.answer_sdp), camera)

    async def _admit(self, client: Client) -> None:
        request = media_pb2.UpdatePermissionsRequest(
            tenant_id=self._tenant,
            meeting_id=self._meeting,
            session_id=client.session,
            admitted=True,
            may_publish_audio=True,
            may_publish_video=True,
            may_publish_screen=True,
            publish=session_pb2.PublishState(camera=client.publishes),
        )
        async with self._few:
            await call(self._node.stub.UpdatePermissions, request, timeout_s=_CALL_S, token=self._keys.service_token())

    async def _close(self, client: Client) -> None:
        request = media_pb2.CloseSessionRequest(
            tenant_id=self._tenant, meeting_id=self._meeting, session_id=client.session
        )
        async with self._few:
            await call(self._node.stub.CloseSession, request, timeout_s=_CALL_S, token=self._keys.service_token())


def _description(client: Client, ufrag: str, answered: Answered, camera: int | None) -> dict[str, Any]:
    slot = answered.slots[_FACE_SLOT]
    publishes = {"ssrc": camera, "pt": answered.camera_pt, "transport_cc": answered.transport_cc}
    return {
        "client": client.number,
        "node": f"{answered.host}:{answered.port}",
        "local_ufrag": ufrag,
        "remote_ufrag": answered.ufrag,
        "remote_pwd": answered.pwd,
        "fingerprint": answered.fingerprint,
        "watches": [] if client.publishes else [{"ssrc": slot.ssrc, "rtx_ssrc": slot.rtx_ssrc}],
        "publishes": publishes if client.publishes else None,
    }
