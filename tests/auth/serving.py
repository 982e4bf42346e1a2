"""A real auth server in the test's process, on real Valkey, called over real gRPC."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import grpc

from services.auth.__main__ import serve, write_audit
from services.auth.bootstrap import bootstrap
from services.auth.config import Config
from services.auth.server.parts import Parts
from services.auth.signing import SigningKeys
from services.common.config import Address
from services.common.rpc_client import call, channel, stream
from services.common.store import open_store
from services.common.telemetry import Telemetry
from services.common.tokens import ServiceTokens
from sipulung.auth.v1 import (
    account_pb2,
    account_pb2_grpc,
    directory_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
    tenant_pb2_grpc,
    unit_pb2_grpc,
)

SECRET = b"a shared secret of the services in tests"
PASSWORD = "a-long-enough-phrase"


def _tenant(slug: str, name: str, *roles: str) -> dict[str, object]:
    accounts = [{"user": role, "name": role.title(), "role": role, "password": PASSWORD} for role in roles]
    return {"slug": slug, "name": name, "accounts": accounts}


DOCUMENT = {
    "tenants": [
        _tenant("luwu", "Kabupaten Luwu", "host", "participant", "tenant_admin", "province_operator"),
        _tenant("utara", "Kabupaten Luwu Utara", "host", "tenant_admin"),
    ]
}


@dataclasses.dataclass
class Auth:
    """The stubs, and the ways to get a token."""

    parts: Parts
    channel: grpc.aio.Channel
    redis_url: str
    # host:port, for those who connect by themselves.
    address: str

    def __post_init__(self) -> None:
        self.tenants = tenant_pb2_grpc.TenantServiceStub(self.channel)
        self.units = unit_pb2_grpc.UnitServiceStub(self.channel)
        self.directory = directory_pb2_grpc.DirectoryServiceStub(self.channel)
        self.accounts = account_pb2_grpc.AccountServiceStub(self.channel)
        self.sessions = session_pb2_grpc.SessionServiceStub(self.channel)
        self.joins = session_pb2_grpc.JoinServiceStub(self.channel)
        self.keys = session_pb2_grpc.KeyServiceStub(self.channel)
        self.service_token = ServiceTokens("signaling", SECRET).issue()

    async def import_accounts(
        self, accounts: Sequence[account_pb2.NewAccount], token: str, tenant_id: str = ""
    ) -> list[account_pb2.CreateAccountResponse]:
        """All the steps; what was made."""
        request = account_pb2.ImportAccountsRequest(tenant_id=tenant_id, accounts=accounts)
        async with asyncio.timeout(30):
            steps = [step async for step in stream(self.accounts.ImportAccounts, request, token=token)]
        return list(steps[-1].accounts)

    async def sign_in(self, user: str, password: str = PASSWORD, address: str = "") -> session_pb2.SignInResponse:
        request = session_pb2.SignInRequest(user=user, password=password, address=address)
        return await call(self.sessions.SignIn, request, timeout_s=60, token=self.service_token)

    async def token(self, user: str) -> str:
        """An access token."""
        return (await self.sign_in(user)).tokens.access_token

    async def join(
        self, meeting_id: str, password: str, token: str = "", **more: str
    ) -> session_pb2.IssueJoinTokenResponse:
        request = session_pb2.IssueJoinTokenRequest(meeting_id=meeting_id, password=password, name="Budi", **more)
        # A hundred at once queue for the hashes, on a machine that may have other things to do as well.
        return await call(self.joins.IssueJoinToken, request, timeout_s=60, token=token or self.service_token)

    async def set_password(self, token: str, meeting_id: str, password: str = "", claim: bool = True) -> str:
        request = session_pb2.SetMeetingPasswordRequest(meeting_id=meeting_id, password=password, claim=claim)
        return (await call(self.joins.SetMeetingPassword, request, timeout_s=60, token=token)).password


# What the bootstrap of DOCUMENT leaves in an empty store, once it was run: keys, and their values as DUMP has them.
_made: dict[bytes, bytes] = {}


async def make_tenants(redis_url: str) -> None:
    """The two tenants of DOCUMENT, in an empty store. Their passwords are hashed for the first who asks."""
    store = open_store(redis_url)
    try:
        if not _made:
            await bootstrap(DOCUMENT, redis_url)
            async for key in store.scan_iter():
                # What passes by itself belongs to nobody.
                value = await store.dump(key) if await store.pttl(key) < 0 else None
                if value is not None:
                    _made[key] = value
            return
        again = store.pipeline(transaction=False)
        for key, value in _made.items():
            again.restore(key, 0, value)
        await again.execute()
    finally:
        await store.aclose()


@asynccontextmanager
async def running_auth(redis_url: str, folder: Path, nats_url: str = "") -> AsyncIterator[Auth]:
    """Auth with the two tenants of DOCUMENT. Without NATS what it notes down waits in Redis."""
    await make_tenants(redis_url)
    key_file = folder / "service-key"
    key_file.write_bytes(SECRET)
    config = Config(
        grpc_listen=Address("127.0.0.1", 0),
        admin_listen=Address("127.0.0.1", 0),
        redis_url=redis_url,
        nats_url=nats_url,
        service_key_file=key_file,
        signing_keys_dir=folder / "keys",
        create_keys=True,
        access_token_s=600,
        join_token_s=43_200,
        refresh_token_s=3_600,
    )
    redis = open_store(redis_url)
    telemetry = Telemetry("auth")
    parts = Parts.wire(config, redis, SigningKeys.load(config.signing_keys_dir, True), telemetry)
    server = serve(config, parts, telemetry)
    port = await server.start()
    auditing = asyncio.create_task(write_audit(nats_url, parts, telemetry)) if nats_url else None
    address = f"127.0.0.1:{port}"
    connection = channel(address)
    try:
        yield Auth(parts, connection, redis_url, address)
    finally:
        await connection.close()
        await server.stop(0)
        if auditing is not None:
            auditing.cancel()
            await asyncio.gather(auditing, return_exceptions=True)
        parts.hashing.close()
        await redis.aclose()
