"""Units as a tree and the accounts in them, over real gRPC and a real Valkey."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.common.errors import (
    AccountDisabled,
    Conflict,
    DomainError,
    InvalidField,
    NotFound,
    PermissionDenied,
    Unauthenticated,
    WrongState,
    WrongUserOrPassword,
)
from services.common.tenancy import AccountPrincipal, ParticipantPrincipal
from services.common.tokens import RemoteKeys, ServiceTokens, TokenVerifier
from sipulung.auth.v1 import account_pb2, session_pb2, unit_pb2
from sipulung.common.v1.common_pb2 import AccountRole
from tests.auth.frame import do, listed, make_account, make_unit, move, new_account
from tests.auth.serving import PASSWORD, SECRET, Auth

MEETING = "8123456789"


async def test_units_are_made_renamed_moved_and_deleted(auth: Auth, admin: str) -> None:
    office = await make_unit(auth, admin, "Dinas  Kominfo")
    assert (office.name, office.revision) == ("Dinas Kominfo", 1)
    tik, ikp = await make_unit(auth, admin, "TIK", office.unit_id), await make_unit(auth, admin, "IKP", office.unit_id)
    assert await listed(auth, await auth.token("participant@luwu")) == [office, ikp, tik]
    assert await listed(auth, await auth.token("tenant_admin@utara")) == []

    def update(unit: unit_pb2.Unit, **changes: str) -> unit_pb2.UpdateUnitRequest:
        return unit_pb2.UpdateUnitRequest(unit_id=unit.unit_id, revision=unit.revision, **changes)

    renamed = (await do(auth.units.UpdateUnit, update(tik, name="Aptika"), admin)).unit
    assert (renamed.name, renamed.parent_id, renamed.revision) == ("Aptika", office.unit_id, 2)
    moved = (await do(auth.units.UpdateUnit, update(renamed, parent_id=""), admin)).unit
    assert (moved.name, moved.parent_id, moved.revision) == ("Aptika", "", 3)
    # Two people edit the same: the second is told.
    with pytest.raises(Conflict) as stale:
        await do(auth.units.UpdateUnit, update(tik, name="TIK lagi"), admin)
    assert stale.value.field == "revision"
    for request, kind, field in (
        (update(office, parent_id=ikp.unit_id), InvalidField, "parent_id"),
        (update(moved, name="dinas kominfo"), Conflict, "name"),
        (update(moved, name="  "), InvalidField, "name"),
        (update(moved, name=""), InvalidField, "name"),
        (update(moved, parent_id="nosuch"), InvalidField, "parent_id"),
    ):
        with pytest.raises(kind) as refused:
            await do(auth.units.UpdateUnit, request, admin)
        assert refused.value.field == field

    def delete(unit: unit_pb2.Unit) -> unit_pb2.DeleteUnitRequest:
        return unit_pb2.DeleteUnitRequest(unit_id=unit.unit_id, revision=unit.revision)

    with pytest.raises(WrongState, match="1 unit below it"):
        await do(auth.units.DeleteUnit, delete(office), admin)
    await do(auth.units.DeleteUnit, delete(ikp), admin)
    await do(auth.units.DeleteUnit, delete(office), admin)
    with pytest.raises(NotFound):
        await do(auth.units.DeleteUnit, delete(office), admin)
    assert await listed(auth, admin) == [moved]


async def test_only_administrators_change_units_and_only_their_own(auth: Auth, admin: str) -> None:
    office = await make_unit(auth, admin, "Dinas Kominfo")
    stranger, host = await auth.token("tenant_admin@utara"), await auth.token("host@luwu")
    update = unit_pb2.UpdateUnitRequest(unit_id=office.unit_id, revision=1, name="Diambil")
    delete = unit_pb2.DeleteUnitRequest(unit_id=office.unit_id, revision=1)
    create = unit_pb2.CreateUnitRequest(name="Bidang", parent_id=office.unit_id)
    for method, request, kind in (
        (auth.units.UpdateUnit, update, NotFound),
        (auth.units.DeleteUnit, delete, NotFound),
        (auth.units.CreateUnit, create, InvalidField),
    ):
        with pytest.raises(kind):
            await do(method, request, stranger)
        with pytest.raises(PermissionDenied):
            await do(method, request, host)
    with pytest.raises(InvalidField):
        await do(
            auth.accounts.CreateAccount,
            account_pb2.CreateAccountRequest(account=new_account(unit_id=office.unit_id)),
            stranger,
        )
    assert await listed(auth, admin) == [office]


async def test_moves_at_the_same_time_make_no_circle(auth: Auth, admin: str) -> None:
    a, b = await make_unit(auth, admin, "A"), await make_unit(auth, admin, "B")
    moves = [
        do(auth.units.UpdateUnit, unit_pb2.UpdateUnitRequest(unit_id=one.unit_id, revision=1, parent_id=other), admin)
        for one, other in ((a, b.unit_id), (b, a.unit_id))
    ]
    results = await asyncio.gather(*moves, return_exceptions=True)
    assert sorted(isinstance(result, InvalidField) for result in results) == [False, True]
    assert len(await listed(auth, admin)) == 2


async def test_accounts_are_in_units(auth: Auth, admin: str) -> None:
    office, other = await make_unit(auth, admin, "Dinas Kominfo"), await make_unit(auth, admin, "Dinas Lain")
    account = await make_account(auth, admin, office.unit_id)
    assert account.unit_id == office.unit_id
    with pytest.raises(WrongState, match="1 account"):
        await do(auth.units.DeleteUnit, unit_pb2.DeleteUnitRequest(unit_id=office.unit_id, revision=1), admin)
    # What is not named stays as it is.
    renamed = account_pb2.UpdateAccountRequest(account_id=account.account_id, revision=1, name="Ibu Baru")
    account = (await do(auth.accounts.UpdateAccount, renamed, admin)).account
    assert account.unit_id == office.unit_id
    account = await move(auth, admin, account, other.unit_id)
    await do(auth.units.DeleteUnit, unit_pb2.DeleteUnitRequest(unit_id=office.unit_id, revision=1), admin)
    with pytest.raises(InvalidField) as refused:
        await move(auth, admin, account, office.unit_id)
    assert refused.value.field == "unit_id"
    account = await move(auth, admin, account, "")
    assert account.unit_id == ""
    await do(auth.units.DeleteUnit, unit_pb2.DeleteUnitRequest(unit_id=other.unit_id, revision=1), admin)
    with pytest.raises(InvalidField) as refused:
        await auth.import_accounts([new_account("a"), new_account("b", "nosuch")], admin)
    assert refused.value.field == "accounts[1].unit_id"
    accounts = (await do(auth.accounts.ListAccounts, account_pb2.ListAccountsRequest(), admin)).accounts
    assert "a" not in {one.user for one in accounts}


async def test_nobody_moves_into_a_unit_that_is_deleted_meanwhile(auth: Auth, admin: str) -> None:
    for _ in range(5):
        unit = await make_unit(auth, admin, "Sementara")
        account = (await do(auth.accounts.ListAccounts, account_pb2.ListAccountsRequest(), admin)).accounts[0]
        delete = unit_pb2.DeleteUnitRequest(unit_id=unit.unit_id, revision=1)
        results = await asyncio.gather(
            move(auth, admin, account, unit.unit_id), do(auth.units.DeleteUnit, delete, admin), return_exceptions=True
        )
        # One of the two was first, and the other was told.
        assert sum(isinstance(result, DomainError) for result in results) == 1, results
        if left := await listed(auth, admin):
            await move(auth, admin, (await find(auth, admin, account.account_id)), "")
            await do(auth.units.DeleteUnit, unit_pb2.DeleteUnitRequest(unit_id=left[0].unit_id, revision=1), admin)


async def find(auth: Auth, token: str, account_id: str) -> account_pb2.Account:
    accounts = (await do(auth.accounts.ListAccounts, account_pb2.ListAccountsRequest(), token)).accounts
    found: account_pb2.Account = next(account for account in accounts if account.account_id == account_id)
    return found


async def test_accounts_are_found_by_parts_of_names_and_numbers(auth: Auth, admin: str) -> None:
    many = [
        account_pb2.NewAccount(
            user=f"u{index:03}",
            name=f"Hj. Siti {index:03}",
            nip=f"19800101200501{index:04}",
            role=AccountRole.ACCOUNT_ROLE_PARTICIPANT,
            password=PASSWORD,
        )
        for index in range(12)
    ]
    await auth.import_accounts(many, admin)

    async def found(query: str, size: int = 5) -> list[str]:
        users, token = [], ""
        while True:
            request = account_pb2.ListAccountsRequest(query=query, page_size=size, page_token=token)
            answer = await do(auth.accounts.ListAccounts, request, admin)
            assert len(answer.accounts) <= size
            users += [account.user for account in answer.accounts]
            token = answer.next_page_token
            if not token:
                return users

    assert await found("SITI") == [f"u{index:03}" for index in range(12)]
    assert await found("siti", 12) == [f"u{index:03}" for index in range(12)]
    assert await found("0501000") == [f"u{index:03}" for index in range(10)]
    assert await found("tenant_ad") == ["tenant_admin"]
    assert await found("nobody") == []


async def test_a_nip_goes_and_comes(auth: Auth, admin: str) -> None:
    nip = "198001012005011001"
    account = await make_account(auth, admin)

    def update(**changes: Any) -> account_pb2.UpdateAccountRequest:
        return account_pb2.UpdateAccountRequest(account_id=account.account_id, revision=account.revision, **changes)

    for wanted in (nip, nip, "", "", nip):
        account = (await do(auth.accounts.UpdateAccount, update(nip=wanted), admin)).account
        assert account.nip == wanted
        account = (await do(auth.accounts.UpdateAccount, update(name="Sama"), admin)).account
        assert account.nip == wanted
        if wanted:
            assert (await auth.sign_in(nip)).account == account
        else:
            with pytest.raises(WrongUserOrPassword):
                await auth.sign_in(nip)


async def test_a_disabled_account_is_enabled_again(auth: Auth, admin: str) -> None:
    account = await make_account(auth, admin)
    before = (await auth.sign_in("baru@luwu")).tokens.refresh_token
    disable = account_pb2.DisableAccountRequest(account_id=account.account_id)
    account = (await do(auth.accounts.DisableAccount, disable, admin)).account
    for _ in range(2):
        enable = account_pb2.UpdateAccountRequest(account_id=account.account_id, revision=account.revision, enable=True)
        account = (await do(auth.accounts.UpdateAccount, enable, admin)).account
        assert not account.disabled
    await auth.sign_in("baru@luwu")
    with pytest.raises(Unauthenticated):
        await do(auth.sessions.Refresh, session_pb2.RefreshRequest(refresh_token=before), auth.service_token)


async def test_tokens_carry_the_unit_and_follow_it(auth: Auth, admin: str) -> None:
    verifier = TokenVerifier(RemoteKeys(auth.channel, ServiceTokens("signaling", SECRET)))
    unit = await make_unit(auth, admin, "Dinas Kominfo")
    account = await make_account(auth, admin, unit.unit_id)
    signed_in = await auth.sign_in("baru@luwu")
    who = await verifier.verify_fresh(signed_in.tokens.access_token)
    assert isinstance(who, AccountPrincipal)
    assert who.unit_id == unit.unit_id
    access = signed_in.tokens.access_token
    password = await auth.set_password(access, MEETING)

    async def joined(password: str, token: str = "") -> ParticipantPrincipal:
        who = await verifier.verify_fresh((await auth.join(MEETING, password, token)).join_token)
        assert isinstance(who, ParticipantPrincipal)
        return who

    since = account.created_at_ms // 1000
    # As the owner without a password, and with it.
    for one in (await joined("", access), await joined(password, access)):
        assert (one.account_id, one.unit_id, one.account_since_s) == (account.account_id, unit.unit_id, since)
    other = await joined(password, admin)
    assert (other.account_id != "", other.unit_id, other.account_since_s > 0) == (True, "", True)
    for stranger in (await joined(password), await joined(password, await auth.token("host@utara"))):
        assert (stranger.account_id, stranger.unit_id, stranger.account_since_s) == ("", "", 0)
    # Another unit signs nobody out: it counts from the next token on.
    account = await move(auth, admin, account, "")
    refresh = session_pb2.RefreshRequest(refresh_token=signed_in.tokens.refresh_token)
    refreshed = await do(auth.sessions.Refresh, refresh, auth.service_token)
    who = await verifier.verify_fresh(refreshed.tokens.access_token)
    assert isinstance(who, AccountPrincipal)
    assert who.unit_id == ""
    # A disabled account ends at once: its old token joins as nobody's, and is renewed no more.
    await do(auth.accounts.DisableAccount, account_pb2.DisableAccountRequest(account_id=account.account_id), admin)
    assert (await joined(password, access)).account_id == ""
    with pytest.raises(AccountDisabled):
        await auth.join(MEETING, "", access)
    again = session_pb2.RefreshRequest(refresh_token=refreshed.tokens.refresh_token)
    with pytest.raises(Unauthenticated):
        await do(auth.sessions.Refresh, again, auth.service_token)
