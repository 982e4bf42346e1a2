"""Two tenants with everything that one could try to take from the other: accounts, tokens, meetings, sessions."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from services.auth.bootstrap import bootstrap
from services.common.ids import new_id
from services.common.rpc_client import call, channel, stream
from services.common.tokens import ServiceTokens
from sipulung.auth.v1 import account_pb2, session_pb2, tenant_pb2, unit_pb2
from sipulung.media.v1 import media_pb2
from sipulung.roster.v1 import meeting_pb2, participant_pb2, poll_pb2
from sipulung.signaling.v1 import signaling_pb2
from tests.media.core.sdp.offers import PC
from tests.signaling.client import Client
from tests.support.instance import Instance

VICTIM, ATTACKER, PROVINCE = "satu", "dua", "provinsi"
TITLES = {VICTIM: "Rapat tertutup satu", ATTACKER: "Rapat dua"}
# Nobody has these.
ABSENT_MEETING = "1000000001"
ABSENT_ID = "a" * 20
_PORTS = {"auth": "AUTH_PORT", "roster": "ROSTER_PORT", "signaling": "SIGNALING_PORT", "media": "MEDIA_1_PORT"}


def password_of(slug: str) -> str:
    return f"kata-sandi-{slug}-panjang"


def _tenant(slug: str, *roles: str) -> dict[str, Any]:
    accounts = [{"user": role, "name": f"{role} {slug}", "role": role, "password": password_of(slug)} for role in roles]
    units = [{"name": f"Dinas {slug}"}]
    return {"slug": slug, "name": f"Kabupaten {slug}", "units": units, "accounts": accounts}


DOCUMENT = {
    "tenants": [
        _tenant(VICTIM, "host", "participant", "tenant_admin"),
        _tenant(ATTACKER, "host", "participant", "tenant_admin"),
        _tenant(PROVINCE, "province_operator"),
    ]
}


@dataclass
class Side:
    """One tenant: its ids, the tokens of its people, and a meeting with a guest in it."""

    slug: str
    tenant_id: str = ""
    host: str = ""
    admin: str = ""
    participant: str = ""
    host_account: str = ""
    participant_account: str = ""
    unit_id: str = ""
    meeting_id: str = ""
    meeting_password: str = ""
    host_join: str = ""
    guest_join: str = ""
    guest_id: str = ""
    # Open, in the meeting.
    poll_id: str = ""

    @property
    def marks(self) -> list[bytes]:
        """What nobody outside of the tenant may ever read."""
        texts = (
            self.tenant_id,
            self.host_account,
            self.participant_account,
            self.unit_id,
            f"Dinas {self.slug}",
            self.guest_id,
            self.meeting_password,
            TITLES[self.slug],
        )
        return [text.encode() for text in texts]


@dataclass
class World:
    """The installation as a client, a service and a stranger see it."""

    url: str
    channels: Mapping[str, grpc.aio.Channel]
    service_tokens: ServiceTokens
    http: aiohttp.ClientSession
    secrets: list[bytes]
    victim: Side = field(default_factory=lambda: Side(VICTIM))
    attacker: Side = field(default_factory=lambda: Side(ATTACKER))
    operator: str = ""
    # The victim's guest, connected and in the meeting, and the last event that they were told of when they entered.
    resident: Client = field(init=False)
    entered_at: int = 0

    @property
    def service(self) -> str:
        """What signaling shows the others. Good for a minute only, and these tests take longer."""
        return self.service_tokens.issue()

    async def rpc(self, method: MethodDescriptor, request: Message, token: str) -> Any:
        """The answer (of a stream, its first). Raises DomainError."""
        service = method.containing_service.full_name
        path = f"/{service}/{method.name}"
        connection = self.channels[service.split(".")[1]]
        parse = GetMessageClass(method.output_type).FromString
        if method.server_streaming:
            streaming: Any = connection.unary_stream(path, _serialised, parse)
            answers = stream(streaming, request, token=token)
            try:
                return await anext(answers)
            finally:
                await answers.aclose()
        unary: Any = connection.unary_unary(path, _serialised, parse)
        return await call(unary, request, timeout_s=30, token=token)

    async def ask(self, file: Any, service: str, name: str, request: Message, token: str) -> Any:
        """The same by names."""
        return await self.rpc(file.DESCRIPTOR.services_by_name[service].methods_by_name[name], request, token)

    async def sign_in(self, user: str, slug: str) -> session_pb2.SignInResponse:
        request = session_pb2.SignInRequest(user=f"{user}@{slug}", password=password_of(slug))
        answer: session_pb2.SignInResponse = await self.ask(
            session_pb2, "SessionService", "SignIn", request, self.service
        )
        return answer

    async def meeting(self, side: Side) -> tuple[str, str]:
        """A new meeting of that tenant's host; id and password."""
        request = meeting_pb2.CreateMeetingRequest(title=TITLES[side.slug])
        created = await self.ask(meeting_pb2, "MeetingService", "CreateMeeting", request, side.host)
        return created.meeting.meeting_id, created.password

    async def join_token(
        self, meeting_id: str, password: str = "", token: str = ""
    ) -> session_pb2.IssueJoinTokenResponse:
        request = session_pb2.IssueJoinTokenRequest(meeting_id=meeting_id, password=password, name="Tamu")
        answer: session_pb2.IssueJoinTokenResponse = await self.ask(
            session_pb2, "JoinService", "IssueJoinToken", request, token or self.service
        )
        return answer

    async def poll(self, side: Side) -> None:
        """The tenant's host asks something in their meeting, and leaves it again."""
        question = poll_pb2.OpenPollRequest(question="Setuju?", options=["ya", "tidak"])
        service, token = "ParticipantService", side.host_join
        await self.ask(participant_pb2, service, "Join", participant_pb2.JoinRequest(), token)
        side.poll_id = (await self.ask(participant_pb2, service, "OpenPoll", question, token)).poll.poll_id
        await self.ask(participant_pb2, service, "Leave", participant_pb2.LeaveRequest(), token)

    async def media_session(self, side: Side) -> str:
        """A new session of the guest's on the first media node."""
        session_id = new_id()
        request = media_pb2.OpenSessionRequest(session_id=session_id, offer_sdp=PC)
        await self.ask(media_pb2, "MediaService", "OpenSession", request, side.guest_join)
        return session_id

    async def connect(self) -> Client:
        return Client(await self.http.ws_connect(f"{self.url}/ws", protocols=("sipulung.v1",)))

    async def opened(self, join_token: str) -> Client:
        """A client in its preview."""
        client = await self.connect()
        answer = await client.open(join_token, PC)
        assert answer.WhichOneof("body") == "opened", answer
        return client

    async def entered(self, join_token: str) -> Client:
        client = await self.opened(join_token)
        await client.enter()
        return client

    async def state_of(self, side: Side) -> list[bytes]:
        """All that others could have changed."""
        one = side.tenant_id
        answers = [
            await self.ask(tenant_pb2, "TenantService", "GetTenant", tenant_pb2.GetTenantRequest(), side.admin),
            await self.ask(
                account_pb2, "AccountService", "ListAccounts", account_pb2.ListAccountsRequest(), side.admin
            ),
            await self.ask(unit_pb2, "UnitService", "ListUnits", unit_pb2.ListUnitsRequest(), side.admin),
            await self.ask(meeting_pb2, "MeetingService", "ListMeetings", meeting_pb2.ListMeetingsRequest(), side.host),
            await self.ask(
                participant_pb2,
                "ParticipantService",
                "Watch",
                participant_pb2.WatchRequest(tenant_id=one, meeting_id=side.meeting_id),
                self.service,
            ),
            await self.ask(
                signaling_pb2,
                "SignalingService",
                "ListSessions",
                signaling_pb2.ListSessionsRequest(tenant_id=one),
                self.service,
            ),
        ]
        return [answer.SerializeToString(deterministic=True) for answer in answers]

    async def listen(self) -> None:
        """Hear what reaches the victim's guest, until cancelled."""
        while True:
            self.resident.events.append(await self.resident.receive(timeout_s=600))

    async def heard_by_resident(self) -> int:
        """How many events have reached the victim's guest, once all have that the roster knows of."""
        watch = participant_pb2.WatchRequest(tenant_id=self.victim.tenant_id, meeting_id=self.victim.meeting_id)
        known = (await self.ask(participant_pb2, "ParticipantService", "Watch", watch, self.service)).snapshot.sequence
        async with asyncio.timeout(60):
            while self._told_of() < known:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        # There is nothing to wait for where others than the roster send something.
        await asyncio.sleep(0.15)
        # That their own media never came up is no event that others cause.
        return sum(event.WhichOneof("body") != "media_moved" for event in self.resident.events)

    def _told_of(self) -> int:
        """The number of the last event of the roster's that has reached them."""
        return max([self.entered_at, *(event.roster_event.sequence for event in self.resident.events)])

    def assert_tells_nothing(self, answer: bytes) -> None:
        """Nothing of the victim's, and no key of the installation, is in what somebody else was told."""
        for mark in (*self.victim.marks, *self.secrets):
            assert mark not in answer, f"{mark!r} was told"


def _serialised(message: Message) -> bytes:
    return message.SerializeToString()


def forged(token: str, **claims: Any) -> str:
    """The token with other claims under its old signature."""
    header, body, signature = token.split(".")
    changed = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | claims
    encoded = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    return f"{header}.{encoded}.{signature}"


@asynccontextmanager
async def open_world(instance: Instance) -> AsyncIterator[World]:
    """Both tenants, signed in, each with a meeting; the victim's guest is in theirs."""
    keys = instance.state / "keys"
    password = (keys / "valkey.password").read_text()
    await bootstrap(DOCUMENT, f"redis://:{password}@127.0.0.1:{instance.port('VALKEY_PORT')}/0")
    channels = {name: channel(f"127.0.0.1:{instance.port(variable)}") for name, variable in _PORTS.items()}
    # What is of no service alone, roster serves.
    channels["common"] = channels["roster"]
    service_tokens = ServiceTokens.from_file("signaling", keys / "service.key")
    secrets = [(keys / name).read_bytes().strip() for name in ("service.key", "valkey.password", "nats.token")]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        world = World(instance.url, channels, service_tokens, http, secrets)
        try:
            for side in (world.victim, world.attacker):
                await _fill(world, side)
            await world.poll(world.victim)
            world.operator = (await world.sign_in("province_operator", PROVINCE)).tokens.access_token
            world.resident = await world.opened(world.victim.guest_join)
            world.entered_at = (await world.resident.enter()).snapshot.sequence
            said = await world.resident.request(say={"text": "rahasia"})
            assert said.WhichOneof("body") == "done", said
            listening = asyncio.create_task(world.listen())
            yield world
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
            await world.resident.socket.close()
        finally:
            for one in channels.values():
                await one.close()


async def _fill(world: World, side: Side) -> None:
    host = await world.sign_in("host", side.slug)
    participant = await world.sign_in("participant", side.slug)
    side.tenant_id, side.host_account = host.account.tenant_id, host.account.account_id
    side.participant_account = participant.account.account_id
    side.host, side.participant = host.tokens.access_token, participant.tokens.access_token
    side.admin = (await world.sign_in("tenant_admin", side.slug)).tokens.access_token
    (unit,) = (await world.ask(unit_pb2, "UnitService", "ListUnits", unit_pb2.ListUnitsRequest(), side.admin)).units
    side.unit_id = unit.unit_id
    # An older one, so that lists have more than one page.
    await world.meeting(side)
    side.meeting_id, side.meeting_password = await world.meeting(side)
    side.host_join = (await world.join_token(side.meeting_id, token=side.host)).join_token
    guest = await world.join_token(side.meeting_id, side.meeting_password)
    side.guest_join, side.guest_id = guest.join_token, guest.participant_id
