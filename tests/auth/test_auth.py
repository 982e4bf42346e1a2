"""Auth over real gRPC and a real Valkey."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from google.protobuf.message import Message

from services.auth.bootstrap import bootstrap, main
from services.auth.signing import create_key
from services.auth.store.accounts import Account
from services.common.errors import (
    AccountDisabled,
    Conflict,
    DomainError,
    InvalidField,
    NotFound,
    PermissionDenied,
    Throttled,
    Unauthenticated,
    WrongIdOrPassword,
    WrongUserOrPassword,
)
from services.common.rpc_client import call
from services.common.tenancy import ParticipantPrincipal
from services.common.tokens import RemoteKeys, ServiceTokens, TokenVerifier
from sipulung.auth.v1 import account_pb2, session_pb2, tenant_pb2
from sipulung.common.v1.common_pb2 import AccountRole, MeetingRole
from tests.auth.serving import DOCUMENT, PASSWORD, SECRET, Auth
from tests.support.servers import ValkeyServer

MEETING = "8123456789"


async def test_signing_in_tells_who_one_is(auth: Auth) -> None:
    response = await auth.sign_in("Host@luwu")
    assert response.tenant_name == "Kabupaten Luwu"
    assert response.account.user == "host"
    claims = jwt.decode(response.tokens.access_token, options={"verify_signature": False})
    assert claims["iss"] == "sipulung"
    assert claims["typ"] == "access"
    assert claims["ten"] == response.account.tenant_id


async def test_wrong_user_and_wrong_password_are_one_answer(auth: Auth) -> None:
    answers, times = [], []
    for user, password in (
        ("host@luwu", "wrong"),
        ("nobody@luwu", "wrong"),
        ("host@nowhere", "wrong"),
        ("???", "wrong"),
    ):
        tries = []
        # The best of five, so that what else the machine does counts for nothing.
        for _ in range(5):
            started = time.perf_counter()
            with pytest.raises(WrongUserOrPassword) as raised:
                await auth.sign_in(user, password)
            tries.append(time.perf_counter() - started)
            answers.append(raised.value.to_proto().SerializeToString())
        times.append(min(tries))
    assert len(set(answers)) == 1
    # Each verified a hash: the fastest is no short cut.
    assert min(times) > max(times) / 5


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_family(auth: Auth) -> None:
    first = (await auth.sign_in("host@luwu")).tokens.refresh_token

    async def refresh(token: str) -> session_pb2.RefreshResponse:
        request = session_pb2.RefreshRequest(refresh_token=token)
        return await call(auth.sessions.Refresh, request, timeout_s=30, token=auth.service_token)

    second = await refresh(first)
    assert second.account.user == "host"
    third = (await refresh(second.tokens.refresh_token)).tokens.refresh_token
    with pytest.raises(Unauthenticated):
        await refresh(first)
    with pytest.raises(Unauthenticated):
        await refresh(third)
    with pytest.raises(Unauthenticated):
        await refresh("no token")


async def test_signing_out_ends_the_family(auth: Auth) -> None:
    token = (await auth.sign_in("host@luwu")).tokens.refresh_token
    await call(auth.sessions.SignOut, session_pb2.SignOutRequest(refresh_token=token), timeout_s=30)
    with pytest.raises(Unauthenticated):
        await call(auth.sessions.Refresh, session_pb2.RefreshRequest(refresh_token=token), timeout_s=30)


async def test_a_meetings_password_opens_it_for_guests_and_its_owner_needs_none(auth: Auth) -> None:
    host = await auth.token("host@luwu")
    password = await auth.set_password(host, MEETING)
    guest = await auth.join(MEETING, password, device="phone-1")
    assert guest.role == MeetingRole.MEETING_ROLE_PARTICIPANT
    owner = await auth.join(MEETING, "", host)
    assert owner.role == MeetingRole.MEETING_ROLE_HOST
    keys = RemoteKeys(auth.channel, ServiceTokens("signaling", SECRET))
    who = await TokenVerifier(keys).verify_fresh(guest.join_token)
    assert isinstance(who, ParticipantPrincipal)
    assert (who.meeting_id, who.participant_id, who.account_id, who.device) == (
        MEETING,
        guest.participant_id,
        "",
        "phone-1",
    )


@pytest.mark.parametrize("password", ["a     ", "     a", "  abcde  ", "\u00a0\u00a0\u00a0\u00a0\u00a0a"])
async def test_white_space_makes_no_password_longer(auth: Auth, password: str) -> None:
    host = await auth.token("host@luwu")
    kept = await auth.set_password(host, MEETING, "rapat-pagi")
    for meeting, claim in (("8000000001", True), (MEETING, False)):
        with pytest.raises(InvalidField) as refused:
            await auth.set_password(host, meeting, password, claim=claim)
        assert (refused.value.field, refused.value.message) == (
            "password",
            "at least 6 characters, white space around it not counted",
        )
    await auth.join(MEETING, kept)
    await auth.set_password(host, MEETING, " abcdef ", claim=False)
    await auth.join(MEETING, "abcdef")


async def test_wrong_id_and_wrong_password_are_one_answer(auth: Auth) -> None:
    await auth.set_password(await auth.token("host@luwu"), MEETING)
    stranger = await auth.token("host@utara")
    answers = set()
    for meeting, password, token in (
        (MEETING, "wrong-one", ""),
        ("9999999999", "wrong-one", ""),
        (MEETING, "", stranger),
        ("9999999999", "", stranger),
    ):
        with pytest.raises(WrongIdOrPassword) as raised:
            await auth.join(meeting, password, token)
        answers.add(raised.value.to_proto().SerializeToString())
    assert len(answers) == 1


async def test_wrong_tries_are_throttled_and_right_ones_are_not(auth: Auth) -> None:
    with pytest.raises(Throttled) as raised:  # noqa: PT012 - it takes some tries
        for _ in range(12):
            with pytest.raises(WrongUserOrPassword):
                await auth.sign_in("host@luwu", "wrong")
    assert raised.value.retry_after_ms > 0
    # Another account is not affected.
    for _ in range(12):
        await auth.sign_in("tenant_admin@luwu")


async def test_a_full_room_joins_at_once(auth: Auth) -> None:
    password = await auth.set_password(await auth.token("host@luwu"), MEETING)
    answers = await asyncio.gather(*(auth.join(MEETING, password, address="10.0.0.1") for _ in range(100)))
    assert len({answer.participant_id for answer in answers}) == 100


async def test_only_the_owner_replaces_a_password_and_an_id_is_claimed_once(auth: Auth) -> None:
    host, admin, other = [await auth.token(user) for user in ("host@luwu", "tenant_admin@luwu", "host@utara")]
    old = await auth.set_password(host, MEETING, "rapat-pagi")
    for token in (host, admin, other):
        with pytest.raises(Conflict):
            await auth.set_password(token, MEETING)
    for token in (admin, other):
        with pytest.raises(NotFound):
            await auth.set_password(token, MEETING, claim=False)
    new = await auth.set_password(host, MEETING, claim=False)
    with pytest.raises(WrongIdOrPassword):
        await auth.join(MEETING, old)
    await auth.join(MEETING, new)
    with pytest.raises(PermissionDenied):
        await auth.set_password(await auth.token("participant@luwu"), "8123456780")


async def test_other_tenants_look_like_none(auth: Auth) -> None:
    """Each RPC that names an object: another tenant's answers as one that does not exist."""
    admin = await auth.token("tenant_admin@luwu")
    foreign = (await auth.sign_in("host@utara")).account
    cases: list[tuple[Any, Callable[[str, str], Message]]] = [
        (auth.tenants.GetTenant, lambda tenant, account: tenant_pb2.GetTenantRequest(tenant_id=tenant)),
        (
            auth.tenants.UpdateTenant,
            lambda tenant, account: tenant_pb2.UpdateTenantRequest(tenant_id=tenant, revision=1, name="X"),
        ),
        (auth.accounts.ListAccounts, lambda tenant, account: account_pb2.ListAccountsRequest(tenant_id=tenant)),
        (
            auth.accounts.CreateAccount,
            lambda tenant, account: account_pb2.CreateAccountRequest(tenant_id=tenant, account=new_account()),
        ),
        (
            auth.accounts.UpdateAccount,
            lambda tenant, account: account_pb2.UpdateAccountRequest(account_id=account, revision=1, name="X"),
        ),
        (auth.accounts.DisableAccount, lambda tenant, account: account_pb2.DisableAccountRequest(account_id=account)),
        (auth.accounts.ResetPassword, lambda tenant, account: account_pb2.ResetPasswordRequest(account_id=account)),
    ]
    for method, request in cases:
        answers = set()
        for tenant, account in ((foreign.tenant_id, foreign.account_id), ("nosuch", "nosuch")):
            with pytest.raises(NotFound) as raised:
                await call(method, request(tenant, account), timeout_s=30, token=admin)
            answers.add(raised.value.to_proto().SerializeToString())
        assert len(answers) == 1
    imports = set()
    for tenant in (foreign.tenant_id, "nosuch"):
        with pytest.raises(NotFound) as raised:
            await auth.import_accounts([new_account()], admin, tenant)
        imports.add(raised.value.to_proto().SerializeToString())
    assert len(imports) == 1
    refused: list[tuple[Any, Message]] = [
        (auth.tenants.ListTenants, tenant_pb2.ListTenantsRequest()),
        (auth.tenants.CreateTenant, tenant_pb2.CreateTenantRequest(slug="x", name="X")),
    ]
    for method, message in refused:
        with pytest.raises(PermissionDenied):
            await call(method, message, timeout_s=30, token=admin)
    assert (await auth.sign_in("host@utara")).account == foreign


def new_account(
    user: str = "baru", role: AccountRole.ValueType = AccountRole.ACCOUNT_ROLE_HOST, **more: str
) -> account_pb2.NewAccount:
    return account_pb2.NewAccount(user=user, name="Baru", role=role, **more)


async def test_accounts_are_made_changed_and_disabled(auth: Auth) -> None:
    admin = await auth.token("tenant_admin@luwu")
    nip = "198001012005011001"
    request = account_pb2.CreateAccountRequest(account=new_account(nip=nip))
    made = await call(auth.accounts.CreateAccount, request, timeout_s=30, token=admin)
    signed_in = await auth.sign_in(nip, made.password)
    assert signed_in.account == made.account
    for entry, field in ((new_account(), "account.user"), (new_account("lain", nip=nip), "account.nip")):
        with pytest.raises(Conflict) as raised:
            await call(
                auth.accounts.CreateAccount, account_pb2.CreateAccountRequest(account=entry), timeout_s=30, token=admin
            )
        assert raised.value.field == field
    update = account_pb2.UpdateAccountRequest(account_id=made.account.account_id, revision=1, name="Ibu  Baru")
    changed = await call(auth.accounts.UpdateAccount, update, timeout_s=30, token=admin)
    assert (changed.account.name, changed.account.revision) == ("Ibu Baru", 2)
    with pytest.raises(Conflict):
        await call(auth.accounts.UpdateAccount, update, timeout_s=30, token=admin)
    reset = account_pb2.ResetPasswordRequest(account_id=made.account.account_id)
    password = (await call(auth.accounts.ResetPassword, reset, timeout_s=30, token=admin)).password
    with pytest.raises(WrongUserOrPassword):
        await auth.sign_in(nip, made.password)
    with pytest.raises(Unauthenticated):
        await call(
            auth.sessions.Refresh,
            session_pb2.RefreshRequest(refresh_token=signed_in.tokens.refresh_token),
            timeout_s=30,
        )
    disable = account_pb2.DisableAccountRequest(account_id=made.account.account_id)
    assert (await call(auth.accounts.DisableAccount, disable, timeout_s=30, token=admin)).account.disabled
    with pytest.raises(AccountDisabled):
        await auth.sign_in(nip, password)
    with pytest.raises(AccountDisabled):
        await auth.set_password(signed_in.tokens.access_token, MEETING)


async def test_an_import_is_all_or_nothing_and_lists_come_in_pages(auth: Auth) -> None:
    admin = await auth.token("tenant_admin@luwu")

    with pytest.raises(Conflict) as raised:
        await auth.import_accounts([new_account("a"), new_account("a")], admin)
    assert raised.value.field == "accounts[1].user"
    with pytest.raises(Conflict) as raised:
        await auth.import_accounts([new_account("a"), new_account("host")], admin)
    assert raised.value.field == "accounts[1].user"
    with pytest.raises(InvalidField) as invalid:
        await auth.import_accounts([new_account("a", password="password123")], admin)
    assert invalid.value.field == "accounts[0].password"
    assert len(await auth.import_accounts([new_account("a"), new_account("b")], admin)) == 2
    users, token = [], ""
    while True:
        page = account_pb2.ListAccountsRequest(page_size=2, page_token=token)
        answer = await call(auth.accounts.ListAccounts, page, timeout_s=30, token=admin)
        users += [account.user for account in answer.accounts]
        token = answer.next_page_token
        if not token:
            break
    assert users == ["a", "b", "host", "participant", "province_operator", "tenant_admin"]
    with pytest.raises(InvalidField):
        await call(
            auth.accounts.ListAccounts, account_pb2.ListAccountsRequest(page_token="%"), timeout_s=30, token=admin
        )


async def test_nobody_rises(auth: Auth) -> None:
    admin = await auth.sign_in("tenant_admin@luwu")
    operator = (await auth.sign_in("province_operator@luwu")).account
    me, token = admin.account, admin.tokens.access_token
    top = AccountRole.ACCOUNT_ROLE_PROVINCE_OPERATOR
    tries: list[tuple[Any, Message]] = [
        (auth.accounts.CreateAccount, account_pb2.CreateAccountRequest(account=new_account(role=top))),
        (auth.accounts.UpdateAccount, account_pb2.UpdateAccountRequest(account_id=me.account_id, revision=1, role=top)),
        (auth.accounts.ResetPassword, account_pb2.ResetPasswordRequest(account_id=operator.account_id)),
        (auth.accounts.DisableAccount, account_pb2.DisableAccountRequest(account_id=operator.account_id)),
        (auth.accounts.DisableAccount, account_pb2.DisableAccountRequest(account_id=me.account_id)),
    ]
    for method, request in tries:
        with pytest.raises(PermissionDenied):
            await call(method, request, timeout_s=30, token=token)


async def test_two_admins_who_disable_each_other_at_once_leave_one(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await auth.sign_in("tenant_admin@luwu")
    role = AccountRole.ACCOUNT_ROLE_TENANT_ADMIN
    request = account_pb2.CreateAccountRequest(account=new_account("kedua", role, password=PASSWORD))
    await call(auth.accounts.CreateAccount, request, timeout_s=30, token=admin.tokens.access_token)
    second = await auth.sign_in("kedua@luwu")
    # Both have been found to be admins before either is disabled.
    both, update = asyncio.Barrier(2), auth.parts.accounts.update

    async def together(*arguments: Any, **more: Any) -> Account:
        await both.wait()
        return await update(*arguments, **more)

    monkeypatch.setattr(auth.parts.accounts, "update", together)

    async def disable(who: session_pb2.SignInResponse, whom: session_pb2.SignInResponse) -> bool:
        aimed = account_pb2.DisableAccountRequest(account_id=whom.account.account_id)
        try:
            await call(auth.accounts.DisableAccount, aimed, timeout_s=30, token=who.tokens.access_token)
        except (AccountDisabled, PermissionDenied):
            return False
        return True

    assert sorted(await asyncio.gather(disable(admin, second), disable(second, admin))) == [False, True]


async def test_operators_keep_tenants(auth: Auth) -> None:
    operator = await auth.token("province_operator@luwu")
    request = tenant_pb2.CreateTenantRequest(slug="palopo", name="Kota Palopo")
    made = (await call(auth.tenants.CreateTenant, request, timeout_s=30, token=operator)).tenant
    assert (made.time_zone, made.language) == ("Asia/Makassar", "id")
    with pytest.raises(Conflict):
        await call(auth.tenants.CreateTenant, request, timeout_s=30, token=operator)
    update = tenant_pb2.UpdateTenantRequest(tenant_id=made.tenant_id, revision=1, time_zone="Asia/Jakarta")
    assert (await call(auth.tenants.UpdateTenant, update, timeout_s=30, token=operator)).tenant.revision == 2
    with pytest.raises(Conflict):
        await call(auth.tenants.UpdateTenant, update, timeout_s=30, token=operator)
    # Python lists the last two, but browsers have no such zones.
    for zone in ("Asia/Nowhere", "Factory", "localtime"):
        wrong = tenant_pb2.CreateTenantRequest(slug="x", name="X", time_zone=zone)
        with pytest.raises(InvalidField) as refused:
            await call(auth.tenants.CreateTenant, wrong, timeout_s=30, token=operator)
        assert refused.value.field == "time_zone"
        wrong_update = tenant_pb2.UpdateTenantRequest(tenant_id=made.tenant_id, revision=2, time_zone=zone)
        with pytest.raises(InvalidField) as refused:
            await call(auth.tenants.UpdateTenant, wrong_update, timeout_s=30, token=operator)
        assert refused.value.field == "time_zone"
    listed = await call(auth.tenants.ListTenants, tenant_pb2.ListTenantsRequest(), timeout_s=30, token=operator)
    assert {tenant.slug for tenant in listed.tenants} == {"luwu", "utara", "palopo"}
    account = account_pb2.CreateAccountRequest(tenant_id=made.tenant_id, account=new_account(password=PASSWORD))
    await call(auth.accounts.CreateAccount, account, timeout_s=30, token=operator)
    assert (await auth.sign_in("baru@palopo")).tenant_name == "Kota Palopo"


async def test_a_new_key_signs_and_old_tokens_stay_good(auth: Auth) -> None:
    keys = RemoteKeys(auth.channel, ServiceTokens("signaling", SECRET))
    verifier = TokenVerifier(keys)
    old = await auth.token("host@luwu")
    await verifier.verify_fresh(old)
    await asyncio.sleep(1.1)  # A key's name begins with its second.
    kid = create_key(auth.parts.config.signing_keys_dir)
    auth.parts.keys.reread()
    new = await auth.token("host@luwu")
    assert jwt.get_unverified_header(new)["kid"] == kid
    await asyncio.sleep(1.0)  # Unknown ids cause a fetch every 2 s at most.
    await verifier.verify_fresh(new)
    await verifier.verify_fresh(old)
    assert len(json.loads(keys.jwks)["keys"]) == 2


async def test_kill_9_of_the_store_loses_nothing_acknowledged(auth: Auth, valkey_server: ValkeyServer) -> None:
    host = await auth.token("host@luwu")
    password = await auth.set_password(host, MEETING)
    valkey_server.kill()
    with pytest.raises(DomainError) as raised:
        await auth.join(MEETING, password)
    assert raised.value.code in (2, 13)
    valkey_server.start()
    assert (await auth.join(MEETING, password)).join_token
    await auth.sign_in("host@luwu")


async def test_bootstrapping_again_changes_nothing(auth: Auth) -> None:
    lines = await bootstrap(DOCUMENT, auth.redis_url)
    assert len(lines) == 8
    assert all(line.endswith("exists") for line in lines)
    changed = {"tenants": [{"slug": "luwu", "name": "Another"}]}
    assert await bootstrap(changed, auth.redis_url) == ["tenant luwu: exists, differs from the file, not changed"]


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"tenants": 1}, "tenants"),
        ({"tenants": [{"slug": "Luwu", "name": "x"}]}, "tenants[0].slug"),
        (
            {"tenants": [{"slug": "luwu", "name": "x", "accounts": [{"user": "a", "name": "a", "role": "king"}]}]},
            "tenants[0].accounts[0].role",
        ),
        ({"tenants": [{"slug": "luwu", "name": "x", "time_zone": "Mars"}]}, "tenants[0].time_zone"),
        ({"tenants": [{"slug": "luwu", "name": "x", "time_zone": "Factory"}]}, "tenants[0].time_zone"),
        ([], "object"),
    ],
)
def test_a_file_that_makes_no_sense(
    document: object, where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps(document))
    assert main(["--file", str(path)]) == 2
    assert where in capsys.readouterr().err
