"""What auth notes down in JetStream, and that nobody waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from redis.exceptions import ConnectionError as RedisConnectionError

from services.auth import audit as audit_module
from services.auth.audit import AuditLog
from services.auth.store.outbox import Outbox
from services.common import record_chain, subjects
from services.common.bus import Bus
from services.common.errors import (
    AccountDisabled,
    Conflict,
    InvalidField,
    Unauthenticated,
    Unavailable,
    WrongUserOrPassword,
)
from services.common.rpc_client import call
from services.common.store import open_store
from services.common.telemetry import Telemetry
from sipulung.auth.v1 import account_pb2, session_pb2, tenant_pb2, unit_pb2
from sipulung.common.v1.common_pb2 import AccountRole
from sipulung.roster.v1.attendance_pb2 import AuditRecord
from tests.auth.serving import PASSWORD, Auth, running_auth
from tests.support.servers import NatsServer
from tools.instance.ports import free_port

MEETING = "8123456789"
NEW_PASSWORD = "another-long-phrase"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "_AGAIN_S", 0.05)


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """With the stream, as roster makes it."""
    bus = await Bus.connect(nats_url, "test")
    await bus.ensure_stream(subjects.AUDIT_STREAM, [subjects.AUDIT_SUBJECTS], purgeable=True)
    yield bus
    await bus.close()


@pytest.fixture
async def auth(redis_url: str, nats_url: str, tmp_path: Path, bus: Bus) -> AsyncIterator[Auth]:
    async with running_auth(redis_url, tmp_path, nats_url) as auth:
        yield auth


async def records(bus: Bus, tenant_id: str) -> list[AuditRecord]:
    """A tenant's records by auth so far."""
    subject = subjects.audit(tenant_id, "auth")
    found = [record async for record in bus.read_stream(subjects.AUDIT_STREAM, subject, AuditRecord)]
    assert record_chain.intact(found)
    return found


async def actions(bus: Bus, tenant_id: str, count: int) -> list[AuditRecord]:
    """The same without those of the bootstrap, once there are so many."""
    async with asyncio.timeout(60):
        while True:
            found = [one for one in await records(bus, tenant_id) if one.actor != "service:bootstrap"]
            if len(found) >= count:
                break
            await asyncio.sleep(0.05)
    assert len(found) == count, [record.action for record in found]
    return found


def told(found: Sequence[AuditRecord]) -> list[tuple[str, str, str, str]]:
    return [(record.actor, record.action, record.object, record.detail) for record in found]


async def do(method: Any, request: Message, token: str = "") -> Any:
    return await call(method, request, timeout_s=60, token=token)


async def test_who_signs_in_and_who_tries_to(auth: Auth, bus: Bus) -> None:
    signed_in = await auth.sign_in("host@luwu", address="203.0.113.7")
    account = signed_in.account
    who = f"account:{account.account_id}"
    for user in ("host@luwu", "stranger@luwu"):
        with pytest.raises(WrongUserOrPassword):
            await auth.sign_in(user, "wrong", address="203.0.113.8")
    # Nobody's log: there is no such tenant, and nobody with such a number.
    for user in ("host@nowhere", "198503152010012001"):
        with pytest.raises(WrongUserOrPassword):
            await auth.sign_in(user, "wrong")
    first = signed_in.tokens.refresh_token
    second = await do(auth.sessions.Refresh, session_pb2.RefreshRequest(refresh_token=first))
    with pytest.raises(Unauthenticated):
        await do(auth.sessions.Refresh, session_pb2.RefreshRequest(refresh_token=first))
    # Its family has ended: there is nothing left to sign out from.
    await do(auth.sessions.SignOut, session_pb2.SignOutRequest(refresh_token=second.tokens.refresh_token))
    again = (await auth.sign_in("host@luwu")).tokens.refresh_token
    await do(auth.sessions.SignOut, session_pb2.SignOutRequest(refresh_token=again))
    assert told(await actions(bus, account.tenant_id, 6)) == [
        (who, "session.sign_in", who, "from 203.0.113.7"),
        ("nobody", "session.sign_in_failed", who, "wrong password, from 203.0.113.8"),
        ("nobody", "session.sign_in_failed", "user:stranger", "no such user, from 203.0.113.8"),
        ("nobody", "session.refresh_reused", who, "the session was ended"),
        (who, "session.sign_in", who, ""),
        (who, "session.sign_out", who, ""),
    ]


async def test_a_log_that_retention_has_shortened_goes_on(auth: Auth, bus: Bus) -> None:
    tenant_id = (await auth.sign_in("host@luwu")).account.tenant_id
    await actions(bus, tenant_id, 1)
    before = await bus.last_record(subjects.AUDIT_STREAM, subjects.audit(tenant_id, "auth"), AuditRecord)
    assert before is not None
    # Up to the last but one: the chain goes on from that, which roster remembers.
    await bus.purge(subjects.AUDIT_STREAM, subjects.audit(tenant_id, "auth"), before=before[0])
    await auth.sign_in("host@luwu")
    kept = await stored(bus, tenant_id, 2)
    assert record_chain.intact(kept, (before[1].number - 1, before[1].previous_hash))
    # All of it: auth finds that the end that it remembers is gone, and begins anew.
    await bus.purge(subjects.AUDIT_STREAM, subjects.audit(tenant_id, "auth"))
    await auth.sign_in("host@luwu")
    await auth.sign_in("host@luwu")
    anew = await stored(bus, tenant_id, 2)
    assert [record.number for record in anew] == [1, 2]
    assert record_chain.intact(anew)


async def stored(bus: Bus, tenant_id: str, count: int) -> list[AuditRecord]:
    """What the stream has, once it is so much."""
    subject = subjects.audit(tenant_id, "auth")
    async with asyncio.timeout(10):
        while True:
            found = [record async for record in bus.read_stream(subjects.AUDIT_STREAM, subject, AuditRecord)]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)


async def test_what_administrators_change(auth: Auth, bus: Bus) -> None:
    admin = (await auth.sign_in("tenant_admin@luwu")).account
    token = await auth.token("tenant_admin@luwu")
    new = account_pb2.NewAccount(user="sitti", name="Sitti", role=AccountRole.ACCOUNT_ROLE_HOST, password=PASSWORD)
    request = account_pb2.CreateAccountRequest(account=new)
    created = (await do(auth.accounts.CreateAccount, request, token)).account
    update = account_pb2.UpdateAccountRequest(account_id=created.account_id, revision=1, name="Hj. Sitti")
    await do(auth.accounts.UpdateAccount, update, token)
    await do(auth.accounts.ResetPassword, account_pb2.ResetPasswordRequest(account_id=created.account_id), token)
    for _ in range(2):  # The second time changes nothing, and so is not noted.
        await do(auth.accounts.DisableAccount, account_pb2.DisableAccountRequest(account_id=created.account_id), token)
    tenant = (await do(auth.tenants.GetTenant, tenant_pb2.GetTenantRequest(), token)).tenant
    change = tenant_pb2.UpdateTenantRequest(revision=tenant.revision, name="Kabupaten Luwu Raya")
    await do(auth.tenants.UpdateTenant, change, token)
    by, about = f"account:{admin.account_id}", f"account:{created.account_id}"
    assert told(await actions(bus, admin.tenant_id, 7))[2:] == [
        (by, "account.create", about, "role host"),
        (by, "account.update", about, "name"),
        (by, "account.reset_password", about, ""),
        (by, "account.disable", about, ""),
        (by, "tenant.update", f"tenant:{admin.tenant_id}", "name"),
    ]


async def test_what_is_done_from_outside_stands_in_the_log_of_whom_it_was_done_to(auth: Auth, bus: Bus) -> None:
    operator = (await auth.sign_in("province_operator@luwu")).account
    token = await auth.token("province_operator@luwu")
    victim = (await auth.sign_in("host@utara")).account
    await do(auth.accounts.DisableAccount, account_pb2.DisableAccountRequest(account_id=victim.account_id), token)
    with pytest.raises(AccountDisabled):
        await auth.sign_in("host@utara")
    made = tenant_pb2.CreateTenantRequest(slug="timur", name="Kabupaten Luwu Timur")
    tenant = (await do(auth.tenants.CreateTenant, made, token)).tenant
    by, outside = f"account:{operator.account_id}", f"by tenant:{operator.tenant_id}"
    about = f"account:{victim.account_id}"
    assert told(await actions(bus, victim.tenant_id, 3))[1:] == [
        (by, "account.disable", about, outside),
        ("nobody", "session.sign_in_failed", about, "account disabled"),
    ]
    (creation,) = await actions(bus, tenant.tenant_id, 1)
    assert (creation.tenant_id, creation.action) == (tenant.tenant_id, "tenant.create")
    assert creation.detail == f"timur, {outside}"
    assert [one.action for one in await actions(bus, operator.tenant_id, 2)] == ["session.sign_in"] * 2


async def test_what_happens_to_units(auth: Auth, bus: Bus) -> None:
    admin = (await auth.sign_in("tenant_admin@luwu")).account
    token = await auth.token("tenant_admin@luwu")
    office = (await do(auth.units.CreateUnit, unit_pb2.CreateUnitRequest(name="Dinas"), token)).unit
    child = (
        await do(auth.units.CreateUnit, unit_pb2.CreateUnitRequest(name="Bidang", parent_id=office.unit_id), token)
    ).unit
    rename = unit_pb2.UpdateUnitRequest(unit_id=child.unit_id, revision=1, name="Bidang A", parent_id="")
    await do(auth.units.UpdateUnit, rename, token)
    await do(auth.units.DeleteUnit, unit_pb2.DeleteUnitRequest(unit_id=office.unit_id, revision=1), token)
    host = (await auth.sign_in("host@luwu")).account
    role = AccountRole.ACCOUNT_ROLE_HEAD_OF_UNIT
    update = account_pb2.UpdateAccountRequest(account_id=host.account_id, revision=1, role=role, unit_id=child.unit_id)
    await do(auth.accounts.UpdateAccount, update, token)
    change = tenant_pb2.UpdateTenantRequest(
        revision=1, office_hours=tenant_pb2.OfficeHours(), letterhead=tenant_pb2.Letterhead(place="Belopa")
    )
    await do(auth.tenants.UpdateTenant, change, token)
    by, unit = f"account:{admin.account_id}", f"unit:{child.unit_id}"
    assert told(await actions(bus, admin.tenant_id, 9))[2:] == [
        (by, "unit.create", f"unit:{office.unit_id}", "Dinas"),
        (by, "unit.create", unit, "Bidang"),
        (by, "unit.update", unit, "name Bidang A, parent none"),
        (by, "unit.delete", f"unit:{office.unit_id}", ""),
        (f"account:{host.account_id}", "session.sign_in", f"account:{host.account_id}", ""),
        (by, "account.update", f"account:{host.account_id}", "role head_of_unit, unit_id"),
        (by, "tenant.update", f"tenant:{admin.tenant_id}", "letterhead, office_hours"),
    ]


async def test_what_bootstrap_made_is_noted_when_auth_and_nats_are_there(auth: Auth, bus: Bus) -> None:
    tenant_id = (await auth.sign_in("tenant_admin@utara")).account.tenant_id
    await actions(bus, tenant_id, 1)
    found = await records(bus, tenant_id)
    assert [(one.actor, one.action, one.detail) for one in found[:3]] == [
        ("service:bootstrap", "tenant.create", "utara"),
        ("service:bootstrap", "account.create", "role host"),
        ("service:bootstrap", "account.create", "role tenant_admin"),
    ]
    assert found[0].at_ms <= found[-1].at_ms


async def test_who_sets_a_meetings_password(auth: Auth, bus: Bus) -> None:
    host = (await auth.sign_in("host@luwu")).account
    token = await auth.token("host@luwu")
    password = await auth.set_password(token, MEETING)
    await auth.set_password(token, MEETING, NEW_PASSWORD, claim=False)
    found = await actions(bus, host.tenant_id, 4)
    assert [record.action for record in found[2:]] == ["meeting.claim", "meeting.set_password"]
    assert {record.object for record in found[2:]} == {f"meeting:{MEETING}"}
    everything = b"".join(record.SerializeToString() for record in found)
    for secret in (password, NEW_PASSWORD, PASSWORD, token):
        assert secret.encode() not in everything


async def test_signing_in_neither_fails_nor_waits_without_nats(auth: Auth, bus: Bus, nats_server: NatsServer) -> None:
    tenant_id = (await auth.sign_in("host@luwu")).account.tenant_id
    await actions(bus, tenant_id, 1)
    nats_server.kill()
    try:
        started = time.perf_counter()
        for _ in range(3):
            await auth.sign_in("host@luwu")
        # One of them that waited for NATS would take 5 s.
        assert time.perf_counter() - started < 5
    finally:
        nats_server.start()
    found = await actions(bus, tenant_id, 4)
    assert [one.number - found[0].number for one in found] == [0, 1, 2, 3]


async def test_nats_that_was_never_there(redis_url: str, tmp_path: Path) -> None:
    async with running_auth(redis_url, tmp_path, f"nats://127.0.0.1:{free_port()}") as auth:
        await auth.sign_in("host@luwu")


async def test_records_wait_for_the_stream(redis_url: str, nats_url: str, tmp_path: Path) -> None:
    async with running_auth(redis_url, tmp_path, nats_url) as auth:
        tenant_id = (await auth.sign_in("host@luwu")).account.tenant_id
        await asyncio.sleep(0.2)
        bus = await Bus.connect(nats_url, "test")
        await bus.ensure_stream(subjects.AUDIT_STREAM, [subjects.AUDIT_SUBJECTS], purgeable=True)
        await actions(bus, tenant_id, 1)
        await bus.close()


async def test_nothing_is_noted_of_what_was_refused(auth: Auth, bus: Bus) -> None:
    admin = await auth.sign_in("tenant_admin@luwu")
    token = admin.tokens.access_token
    other = (await auth.sign_in("host@luwu")).account
    for request in (
        account_pb2.UpdateAccountRequest(account_id=other.account_id, revision=7, name="X"),
        account_pb2.UpdateAccountRequest(account_id=other.account_id, revision=1, unit_id="nosuch"),
    ):
        with pytest.raises((Conflict, InvalidField)):
            await do(auth.accounts.UpdateAccount, request, token)
    taken = account_pb2.NewAccount(user="host", name="X", role=AccountRole.ACCOUNT_ROLE_HOST, password=PASSWORD)
    fresh = account_pb2.NewAccount(user="baru", name="X", role=AccountRole.ACCOUNT_ROLE_HOST, password=PASSWORD)
    with pytest.raises(Conflict):
        await auth.import_accounts([fresh, taken], token)
    await auth.sign_in("host@luwu")
    assert [one.action for one in await actions(bus, admin.account.tenant_id, 3)] == ["session.sign_in"] * 3


@pytest.fixture
async def outbox(redis_url: str) -> AsyncIterator[Outbox]:
    redis = open_store(redis_url)
    yield Outbox(redis)
    await redis.aclose()


def failed(tenant_id: str, about: str) -> AuditRecord:
    return audit_module.note(1, tenant_id, "nobody", "session.sign_in_failed", about)


def counted(telemetry: Telemetry, name: str) -> dict[str, float]:
    """A metric's values by action."""
    samples = (sample for metric in telemetry.registry.collect() for sample in metric.samples)
    return {one.labels.get("action", ""): one.value for one in samples if one.name == name}


@asynccontextmanager
async def writing(*pairs: tuple[AuditLog, Bus]) -> AsyncIterator[None]:
    writers = [asyncio.create_task(log.write(bus)) for log, bus in pairs]
    try:
        yield
    finally:
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)


async def test_strangers_do_not_fill_the_store(outbox: Outbox) -> None:
    telemetry = Telemetry("auth")
    log = AuditLog(outbox, telemetry, lambda: 1, capacity=2)
    for place in range(5):
        await log.put(failed("luwu", f"user:{place}"))
    await log.put(failed("utara", "user:x"))
    assert await outbox.tenants() == {"luwu": 2, "utara": 1}
    assert counted(telemetry, "audit_dropped_total") == {"session.sign_in_failed": 3}
    telemetry.stop()


async def test_a_store_that_is_away_changes_no_answer() -> None:
    telemetry = Telemetry("auth")
    redis = open_store(f"redis://127.0.0.1:{free_port()}/0")
    await AuditLog(Outbox(redis), telemetry, lambda: 1).put(failed("luwu", "user:x"))
    assert counted(telemetry, "audit_dropped_total") == {"session.sign_in_failed": 1}
    await redis.aclose()
    telemetry.stop()


async def test_replicas_append_to_one_chain(nats_url: str, bus: Bus, outbox: Outbox, redis_url: str) -> None:
    redis = open_store(redis_url)
    boxes, buses = [outbox, Outbox(redis)], [bus, await Bus.connect(nats_url, "second")]
    logs = [AuditLog(box, Telemetry("auth"), lambda: 1) for box in boxes]
    async with writing(*zip(logs, buses, strict=True)):
        for number in range(30):
            for index, log in enumerate(logs):
                await log.put(log.of("luwu", f"account:{index}", "session.sign_in", f"account:{number}"))
        found = await actions(bus, "luwu", 60)
        await emptied(outbox)
    for index in range(2):
        assert [one.object for one in found if one.actor == f"account:{index}"] == [f"account:{n}" for n in range(30)]
    await buses[1].close()
    await redis.aclose()


async def emptied(outbox: Outbox) -> None:
    """The last one is crossed off after it is stored."""
    async with asyncio.timeout(60):
        while "luwu" in await outbox.tenants():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def test_two_that_say_the_same_are_two(bus: Bus, outbox: Outbox) -> None:
    log = AuditLog(outbox, Telemetry("auth"), lambda: 1)
    for _ in range(3):
        await log.put(failed("luwu", "user:x"))
    async with writing((log, bus)):
        await actions(bus, "luwu", 3)


async def test_a_record_whose_confirmation_was_lost_is_there_once(
    bus: Bus, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, lost = bus.record, 0

    async def unlucky(subject: str, message: Message, message_id: str, *, after: int | None = None) -> int:
        nonlocal lost
        sequence = await store(subject, message, message_id, after=after)
        lost += 1
        if lost % 2:
            raise Unavailable("the record was not confirmed")
        return sequence

    monkeypatch.setattr(bus, "record", unlucky)
    log = AuditLog(outbox, Telemetry("auth"), lambda: 1)
    for number in range(4):
        await log.put(failed("luwu", f"account:{number}"))
    async with writing((log, bus)):
        await emptied(outbox)
    assert [one.object for one in await actions(bus, "luwu", 4)] == [f"account:{number}" for number in range(4)]


async def test_a_writer_that_dies_before_it_crosses_off_leaves_no_record_twice(
    bus: Bus, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(tenant_id: str, entry: bytes) -> None:
        raise RedisConnectionError

    log = AuditLog(outbox, Telemetry("auth"), lambda: 1)
    for number in range(2):
        await log.put(failed("luwu", f"account:{number}"))
    with monkeypatch.context() as dying:
        dying.setattr(outbox, "cross_off", dies)
        async with writing((log, bus)):
            await actions(bus, "luwu", 1)
    assert await outbox.tenants() == {"luwu": 2}
    async with writing((AuditLog(outbox, Telemetry("auth"), lambda: 1), bus)):
        await emptied(outbox)
    assert [one.object for one in await actions(bus, "luwu", 2)] == ["account:0", "account:1"]


async def test_what_cannot_be_written_waits_and_does_not_stop_other_tenants(bus: Bus, outbox: Outbox) -> None:
    telemetry = Telemetry("auth")
    log = AuditLog(outbox, telemetry, lambda: 1)
    # No tenant has such an id; if one ever had, its records could not reach other tenants' subjects.
    for tenant_id in ("a.b", "luwu"):
        await log.put(failed(tenant_id, "account:1"))
    async with writing((log, bus)):
        await actions(bus, "luwu", 1)
        await log.put(failed("luwu", "account:2"))
        await actions(bus, "luwu", 2)
        await emptied(outbox)
    counting = asyncio.create_task(log.count())
    async with asyncio.timeout(60):
        while counted(telemetry, "audit_waiting") != {"": 1}:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
    counting.cancel()
    await asyncio.gather(counting, return_exceptions=True)
    telemetry.stop()
