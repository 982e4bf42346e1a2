"""Auth."""

from __future__ import annotations

from services.common.ids import new_id
from sipulung.auth.v1 import account_pb2, directory_pb2, session_pb2, tenant_pb2, unit_pb2
from sipulung.common.v1 import common_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.rpc_cases.registry import case
from tests.integration.world import ABSENT_ID, ABSENT_MEETING, VICTIM, World, password_of


def _new_account(unit_id: str = "") -> account_pb2.NewAccount:
    role = common_pb2.ACCOUNT_ROLE_PARTICIPANT
    return account_pb2.NewAccount(
        user=f"u{new_id()}", name="Penyusup", role=role, password=password_of("baru"), unit_id=unit_id
    )


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

    def into(unit_id: str) -> account_pb2.CreateAccountRequest:
        return account_pb2.CreateAccountRequest(account=_new_account(unit_id))

    await rpc.alike(world.attacker.admin, into(victim.unit_id), into(ABSENT_ID), "INVALID_FIELD")
    return lambda: rpc.works(victim.admin, request(victim.tenant_id))


@case("auth.v1.AccountService.ImportAccounts")
async def import_accounts(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> account_pb2.ImportAccountsRequest:
        return account_pb2.ImportAccountsRequest(tenant_id=tenant_id, accounts=[_new_account()])

    def into(unit_id: str) -> account_pb2.ImportAccountsRequest:
        return account_pb2.ImportAccountsRequest(accounts=[_new_account(unit_id)])

    victim = world.victim
    await rpc.alike(world.attacker.admin, request(victim.tenant_id), request(ABSENT_ID), "NOT_FOUND")
    await rpc.alike(world.attacker.admin, into(victim.unit_id), into(ABSENT_ID), "INVALID_FIELD")
    return lambda: rpc.works(victim.admin, request(victim.tenant_id))


@case("auth.v1.AccountService.UpdateAccount")
async def update_account(world: World, rpc: RpcAttempts) -> Control:
    def request(account_id: str) -> account_pb2.UpdateAccountRequest:
        return account_pb2.UpdateAccountRequest(account_id=account_id, revision=1, name="Diubah")

    theirs = world.victim.participant_account
    await rpc.alike(world.attacker.admin, request(theirs), request(ABSENT_ID), "NOT_FOUND")

    def into(unit_id: str) -> account_pb2.UpdateAccountRequest:
        return account_pb2.UpdateAccountRequest(
            account_id=world.attacker.participant_account, revision=1, unit_id=unit_id
        )

    await rpc.alike(world.attacker.admin, into(world.victim.unit_id), into(ABSENT_ID), "INVALID_FIELD")
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


@case("auth.v1.UnitService.CreateUnit")
async def create_unit(world: World, rpc: RpcAttempts) -> Control:
    def request(parent_id: str) -> unit_pb2.CreateUnitRequest:
        return unit_pb2.CreateUnitRequest(name=f"Bidang {new_id()}", parent_id=parent_id)

    theirs = world.victim.unit_id
    await rpc.alike(world.attacker.admin, request(theirs), request(ABSENT_ID), "INVALID_FIELD")
    await rpc.refused(world.victim.host, request(theirs), "PERMISSION_DENIED")
    return lambda: rpc.works(world.victim.admin, request(theirs))


@case("auth.v1.UnitService.UpdateUnit")
async def update_unit(world: World, rpc: RpcAttempts) -> Control:
    def request(unit_id: str, parent_id: str = "") -> unit_pb2.UpdateUnitRequest:
        return unit_pb2.UpdateUnitRequest(unit_id=unit_id, revision=1, name=f"Diubah {new_id()}", parent_id=parent_id)

    theirs, own = world.victim.unit_id, world.attacker.unit_id
    await rpc.alike(world.attacker.admin, request(theirs), request(ABSENT_ID), "NOT_FOUND")
    await rpc.alike(world.attacker.admin, request(own, theirs), request(own, ABSENT_ID), "INVALID_FIELD")
    await rpc.refused(world.victim.host, request(theirs), "PERMISSION_DENIED")

    async def control() -> None:
        made = await _unit(world)
        await rpc.works(world.victim.admin, request(made.unit_id))

    return control


@case("auth.v1.UnitService.DeleteUnit")
async def delete_unit(world: World, rpc: RpcAttempts) -> Control:
    def request(unit_id: str) -> unit_pb2.DeleteUnitRequest:
        return unit_pb2.DeleteUnitRequest(unit_id=unit_id, revision=1)

    await rpc.alike(world.attacker.admin, request(world.victim.unit_id), request(ABSENT_ID), "NOT_FOUND")

    async def control() -> None:
        made = await _unit(world)
        await rpc.works(world.victim.admin, request(made.unit_id))

    return control


async def _unit(world: World) -> unit_pb2.Unit:
    """A new one of the victim's."""
    request = unit_pb2.CreateUnitRequest(name=f"Bidang {new_id()}")
    made = await world.ask(unit_pb2, "UnitService", "CreateUnit", request, world.victim.admin)
    unit: unit_pb2.Unit = made.unit
    return unit


@case("auth.v1.UnitService.ListUnits")
async def list_units(world: World, rpc: RpcAttempts) -> Control:
    for token in (world.attacker.admin, world.attacker.participant):
        answer = await rpc.harmless(token, unit_pb2.ListUnitsRequest())
        assert [unit.unit_id for unit in answer.units] == [world.attacker.unit_id]
    return lambda: rpc.works(world.victim.participant, unit_pb2.ListUnitsRequest())


@case("auth.v1.DirectoryService.GetFrame")
async def get_frame(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> directory_pb2.GetFrameRequest:
        return directory_pb2.GetFrameRequest(tenant_id=tenant_id)

    theirs = world.victim.tenant_id
    for token in (world.attacker.admin, world.victim.admin, world.operator):
        await rpc.alike(token, request(theirs), request(ABSENT_ID), "PERMISSION_DENIED")
    return lambda: rpc.works(world.service, request(theirs))


@case("auth.v1.DirectoryService.LookUpPeople")
async def look_up_people(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> directory_pb2.LookUpPeopleRequest:
        return directory_pb2.LookUpPeopleRequest(tenant_id=tenant_id, account_ids=[world.victim.host_account])

    for token in (world.attacker.admin, world.victim.admin, world.operator):
        await rpc.refused(token, request(world.victim.tenant_id), "PERMISSION_DENIED")
    # A service that asks for the wrong tenant learns nothing either.
    assert not (await rpc.harmless(world.service, request(world.attacker.tenant_id))).people
    return lambda: rpc.works(world.service, request(world.victim.tenant_id))


@case("auth.v1.DirectoryService.ListPeople")
async def list_people(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str) -> directory_pb2.ListPeopleRequest:
        return directory_pb2.ListPeopleRequest(tenant_id=tenant_id)

    for token in (world.attacker.admin, world.victim.admin, world.operator):
        await rpc.refused(token, request(world.victim.tenant_id), "PERMISSION_DENIED")
    await rpc.harmless(world.service, request(world.attacker.tenant_id))
    return lambda: rpc.works(world.service, request(world.victim.tenant_id))
