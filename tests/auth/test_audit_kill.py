"""The process of auth is killed while NATS is away: what it had done stands in the audit log all the same."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.common import subjects
from services.common.bus import Bus
from services.common.errors import Unavailable
from services.common.rpc_client import call, channel
from sipulung.auth.v1 import account_pb2, account_pb2_grpc, session_pb2, session_pb2_grpc
from tests.auth.serving import PASSWORD, SECRET, make_tenants
from tests.auth.test_audit import actions, told
from tests.support.servers import NatsServer
from tools.instance.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """`python -m services.auth`."""

    def __init__(self, redis_url: str, nats_url: str, folder: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        (folder / "service-key").write_bytes(SECRET)
        self._folder = folder
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}",
            "SIPULUNG_GRPC_LISTEN": self.address,
            "SIPULUNG_ADMIN_LISTEN": f"127.0.0.1:{free_port()}",
            "SIPULUNG_REDIS_URL": redis_url,
            "SIPULUNG_NATS_URL": nats_url,
            "SIPULUNG_SERVICE_KEY_FILE": str(folder / "service-key"),
            "SIPULUNG_SIGNING_KEYS_DIR": str(folder / "keys"),
            "SIPULUNG_CREATE_KEYS": "1",
        }
        self._running: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        with (self._folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "services.auth"]
            self._running = subprocess.Popen(  # noqa: ASYNC220 - the test's own process may wait that long
                command, env=self._environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(60), self.connected() as (sessions, _):
            while True:
                try:
                    await call(sessions.SignOut, session_pb2.SignOutRequest(refresh_token="x"), timeout_s=1)
                    return
                except Unavailable:
                    assert self._running.poll() is None, (self._folder / "log").read_text()
                    await asyncio.sleep(0.05)

    def kill(self) -> None:
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()
            self._running = None

    @asynccontextmanager
    async def connected(
        self,
    ) -> AsyncIterator[tuple[session_pb2_grpc.SessionServiceAsyncStub, account_pb2_grpc.AccountServiceAsyncStub]]:
        connection = channel(self.address)
        try:
            yield session_pb2_grpc.SessionServiceStub(connection), account_pb2_grpc.AccountServiceStub(connection)
        finally:
            await connection.close()


@pytest.fixture
async def process(redis_url: str, nats_url: str, tmp_path: Path) -> AsyncIterator[Process]:
    await make_tenants(redis_url)
    process = Process(redis_url, nats_url, tmp_path)
    try:
        await process.start()
        yield process
    finally:
        process.kill()


async def test_a_kill_loses_no_record(process: Process, nats_server: NatsServer, nats_url: str) -> None:
    bus = await Bus.connect(nats_url, "test")
    await bus.ensure_stream(subjects.AUDIT_STREAM, [subjects.AUDIT_SUBJECTS], purgeable=True)
    nats_server.kill()
    try:
        async with process.connected() as (sessions, accounts):
            request = session_pb2.SignInRequest(user="tenant_admin@luwu", password=PASSWORD)
            admin = await call(sessions.SignIn, request, timeout_s=60)
            listing = account_pb2.ListAccountsRequest(query="participant")
            token = admin.tokens.access_token
            (one,) = (await call(accounts.ListAccounts, listing, timeout_s=60, token=token)).accounts
            disable = account_pb2.DisableAccountRequest(account_id=one.account_id)
            await call(accounts.DisableAccount, disable, timeout_s=60, token=token)
        process.kill()
    finally:
        nats_server.start()
    await process.start()
    who, about = f"account:{admin.account.account_id}", f"account:{one.account_id}"
    assert told(await actions(bus, admin.account.tenant_id, 2)) == [
        (who, "session.sign_in", who, ""),
        (who, "account.disable", about, ""),
    ]
    await bus.close()
