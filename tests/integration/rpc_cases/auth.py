"""Auth."""

from __future__ import annotations

from services.common.ids import new_id
from sipulung.auth.v1 import account_pb2, session_pb2, tenant_pb2
from sipulung.common.v1 import common_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.rpc_cases.registry import case
from tests.integration.world import ABSENT_ID, ABSENT_MEETING, VICTIM, World, password_of


def _new_account() -> account_pb2.NewAccount:
    role = common_pb2.ACCOUNT_ROLE_PARTICIPANT
    return account_pb2.NewAccount(user=f"u{new_id()}", name="Penyusup", role=role, password=password_of("baru"))


@case("auth.v1.AccountService.CreateAccount")
async def create_account(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> account_pb2.CreateAccountRequest:
        return account_pb2.CreateAccountRequest(tenant_id=tenant_id, account=_new_account())

    victim = world.victim
    await rpc.alike(world.attacker.admin, request(victim.tenant_id), request(ABSENT_ID), "NOT_FOUND")
    await rpc.refused(world.attacker.host, request(victim.tenant_id), "PERMISSION_DENIED")
    # Nor somebody above oneself, in one's own tenant, to come back with.
    above = _new_account()
    above.role = common_pb2.ACCOUNT_ROLE_PROVINCE_OPERATOR
    await rpc.refused(world.attacker.admin, account_pb2.CreateAccountRequest(account=above), "PERMISSION_DENIED")
    return lambda: rpc.works(victim.admin, request(victim.tenant_id))


@case("auth.v1.AccountService.ImportAccounts")
async def import_accounts(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> account_pb2.ImportAccountsRequest:
        return account_pb2.ImportAccountsRequest(tenant_id=tenant_id, accounts=[_new_account()])

    victim = world.victim
    await rpc.alike(world.attacker.admin, request(victim.tenant_id), request(ABSENT_ID), "NOT_FOUND")
    return lambda: rpc.works(victim.admin, request(victim.tenant_id))


@case("auth.v1.AccountService.UpdateAccount")
async def update_account(world: World, rpc: RpcAttempts) -> Control:
    def request(account_id: str) -> account_pb2.UpdateAccountRequest:
        return account_pb2.UpdateAccountRequest(account_id=account_id, revision=1, name="Diubah")

    theirs = world.victim.participant_account
    await rpc.alike(world.attacker.admin, request(theirs), request(ABSENT_ID), "NOT_FOUND")
    return lambda: rpc.works(world.victim.admin, request(theirs))


@case("auth.v1.AccountService.DisableAccount")
async def disable_account(world: World, rpc: RpcAttempts) -> Control:
    def request(account_id: str) -> account_pb2.DisableAccountRequest:
        return account_pb2.DisableAccountRequest(account_id=account_id)

    await rpc.alike(world.attacker.admin, request(world.victim.host_account), request(ABSENT_ID), "NOT_FOUND")

    async def control() -> None:
        creation = account_pb2.CreateAccountRequest(account=_new_account())
        made = await world.ask(account_pb2, "AccountService", "CreateAccount", creation, world.victim.admin)
        await rpc.works(world.victim.admin, request(made.account.account_id))

    return control


@case("auth.v1.AccountService.ListAccounts")
async def list_accounts(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> account_pb2.ListAccountsRequest:
        return account_pb2.ListAccountsRequest(tenant_id=tenant_id, page_size=1)

    victim = world.victim
    await rpc.alike(world.attacker.admin, request(victim.tenant_id), request(ABSENT_ID), "NOT_FOUND")
    theirs = await rpc.works(victim.admin, request(victim.tenant_id))
    assert theirs.next_page_token
    # A page token of the victim's leads to the attacker's own accounts.
    await rpc.harmless(world.attacker.admin, account_pb2.ListAccountsRequest(page_token=theirs.next_page_token))
    return lambda: rpc.works(victim.admin, request(victim.tenant_id))


@case("auth.v1.AccountService.ResetPassword")
async def reset_password(world: World, rpc: RpcAttempts) -> Control:
    def request(account_id: str) -> account_pb2.ResetPasswordRequest:
        return account_pb2.ResetPasswordRequest(account_id=account_id, password=password_of("penyusup"))

    await rpc.alike(world.attacker.admin, request(world.victim.host_account), request(ABSENT_ID), "NOT_FOUND")

    async def control() -> None:
        again = account_pb2.ResetPasswordRequest(
            account_id=world.victim.participant_account, password=password_of(VICTIM)
        )
        await rpc.works(world.victim.admin, again)

    return control


@case("auth.v1.SessionService.SignIn")
async def sign_in(world: World, rpc: RpcAttempts) -> Control:
    def request(user: str, password: str) -> session_pb2.SignInRequest:
        return session_pb2.SignInRequest(user=f"{user}@{VICTIM}", password=password)

    own = password_of(world.attacker.slug)
    for token in ("", world.attacker.admin, world.attacker.guest_join):
        await rpc.alike(token, request("host", own), request("nobody", own), "WRONG_USER_OR_PASSWORD")
    return lambda: rpc.works("", request("host", password_of(VICTIM)))


@case("auth.v1.SessionService.Refresh")
async def refresh(world: World, rpc: RpcAttempts) -> Control:
    theirs = (await world.sign_in("host", VICTIM)).tokens.refresh_token
    untouched = (await world.sign_in("host", VICTIM)).tokens.refresh_token
    own = (await world.sign_in("host", world.attacker.slug)).tokens.refresh_token
    family, secret = theirs.split(".")[0], own.split(".")[1]

    def request(token: str) -> session_pb2.RefreshRequest:
        return session_pb2.RefreshRequest(refresh_token=token)

    for token in ("", world.attacker.host):
        await rpc.alike(token, request(f"{family}.{secret}"), request(f"{ABSENT_ID}.{secret}"), "UNAUTHENTICATED")
    answer = await rpc.harmless(world.victim.host, request(own))
    assert answer.account.tenant_id == world.attacker.tenant_id
    return lambda: rpc.works("", request(untouched))


@case("auth.v1.SessionService.SignOut")
async def sign_out(world: World, rpc: RpcAttempts) -> Control:
    theirs = (await world.sign_in("host", VICTIM)).tokens.refresh_token
    own = (await world.sign_in("host", world.attacker.slug)).tokens.refresh_token
    for token in (own, f"{world.victim.host_account}.{own.split('.')[1]}", "x"):
        await rpc.harmless(world.attacker.host, session_pb2.SignOutRequest(refresh_token=token))

    async def control() -> None:
        request = session_pb2.RefreshRequest(refresh_token=theirs)
        await world.ask(session_pb2, "SessionService", "Refresh", request, "")

    return control


@case("auth.v1.JoinService.SetMeetingPassword")
async def set_meeting_password(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str, claim: bool = False) -> session_pb2.SetMeetingPasswordRequest:
        return session_pb2.SetMeetingPasswordRequest(meeting_id=meeting_id, password="rahasia-baru", claim=claim)

    theirs = world.victim.meeting_id
    await rpc.alike(world.attacker.host, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    await rpc.refused(world.attacker.host, request(theirs, claim=True), "CONFLICT")

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        await rpc.works(world.victim.host, request(meeting_id))

    return control


@case("auth.v1.JoinService.IssueJoinToken")
async def issue_join_token(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str, password: str) -> session_pb2.IssueJoinTokenRequest:
        return session_pb2.IssueJoinTokenRequest(meeting_id=meeting_id, password=password, name="Tamu")

    theirs, own = world.victim.meeting_id, world.attacker.meeting_password
    code = "WRONG_ID_OR_PASSWORD"
    await rpc.alike(world.attacker.host, request(theirs, ""), request(ABSENT_MEETING, ""), code)
    for token in ("", world.attacker.host):
        await rpc.alike(token, request(theirs, own), request(ABSENT_MEETING, own), code)
    return lambda: rpc.works(world.victim.host, request(theirs, ""))


@case("auth.v1.KeyService.GetKeys")
async def get_keys(world: World, rpc: RpcAttempts) -> None:
    answer = await rpc.harmless("", session_pb2.GetKeysRequest())
    # RFC 8037: "d" is the private key.
    assert '"d"' not in answer.jwks


@case("auth.v1.TenantService.CreateTenant")
async def create_tenant(world: World, rpc: RpcAttempts) -> Control:
    request = tenant_pb2.CreateTenantRequest(slug=f"t{new_id()}", name="Kabupaten baru")
    for token in (world.attacker.admin, world.attacker.host):
        await rpc.refused(token, request, "PERMISSION_DENIED")
    return lambda: rpc.works(world.operator, request)


@case("auth.v1.TenantService.GetTenant")
async def get_tenant(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> tenant_pb2.GetTenantRequest:
        return tenant_pb2.GetTenantRequest(tenant_id=tenant_id)

    theirs = world.victim.tenant_id
    for token in (world.attacker.admin, world.attacker.participant):
        await rpc.alike(token, request(theirs), request(ABSENT_ID), "NOT_FOUND")
    return lambda: rpc.works(world.victim.participant, request(theirs))


@case("auth.v1.TenantService.ListTenants")
async def list_tenants(world: World, rpc: RpcAttempts) -> Control:
    await rpc.refused(world.attacker.admin, tenant_pb2.ListTenantsRequest(), "PERMISSION_DENIED")
    return lambda: rpc.works(world.operator, tenant_pb2.ListTenantsRequest())


@case("auth.v1.TenantService.UpdateTenant")
async def update_tenant(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> tenant_pb2.UpdateTenantRequest:
        return tenant_pb2.UpdateTenantRequest(tenant_id=tenant_id, revision=1, language="en")

    theirs = world.victim.tenant_id
    await rpc.alike(world.attacker.admin, request(theirs), request(ABSENT_ID), "NOT_FOUND")
    return lambda: rpc.works(world.victim.admin, request(theirs))
