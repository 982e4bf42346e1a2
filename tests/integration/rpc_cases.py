"""How one tenant tries to reach another through each RPC: with its own tokens, and the other's ids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.common.ids import new_id
from sipulung.auth.v1 import account_pb2, session_pb2, tenant_pb2
from sipulung.common.v1 import common_pb2
from sipulung.media.v1 import media_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import attendance_pb2, meeting_pb2, participant_pb2
from sipulung.signaling.v1 import signaling_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.world import ABSENT_ID, ABSENT_MEETING, VICTIM, World, password_of
from tests.media.core.sdp.offers import PC

Case = Callable[[World, RpcAttempts], Awaitable[Control | None]]
CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    """Registers the case of sipulung.<name>."""

    def register(function: Case) -> Case:
        assert name not in CASES
        CASES[f"sipulung.{name}"] = function
        return function

    return register


# --- auth


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


# --- roster


@case("roster.v1.MeetingService.CreateMeeting")
async def create_meeting(world: World, rpc: RpcAttempts) -> None:
    request = meeting_pb2.CreateMeetingRequest(title="Rapat baru")
    await rpc.refused(world.attacker.participant, request, "PERMISSION_DENIED")
    made = await rpc.harmless(world.attacker.host, request)
    assert made.meeting.tenant_id == world.attacker.tenant_id


@case("roster.v1.MeetingService.GetMeeting")
async def get_meeting(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.GetMeetingRequest:
        return meeting_pb2.GetMeetingRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.guest_join, world.attacker.host_join):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    return lambda: rpc.works(world.victim.guest_join, request(theirs))


@case("roster.v1.MeetingService.ListMeetings")
async def list_meetings(world: World, rpc: RpcAttempts) -> Control:
    theirs = await rpc.works(world.victim.host, meeting_pb2.ListMeetingsRequest(page_size=1))
    assert theirs.next_page_token
    for page_token in ("", theirs.next_page_token):
        await rpc.harmless(world.attacker.host, meeting_pb2.ListMeetingsRequest(page_token=page_token))
    following = meeting_pb2.ListMeetingsRequest(page_token=theirs.next_page_token)
    return lambda: rpc.works(world.victim.host, following)


@case("roster.v1.MeetingService.UpdateMeeting")
async def update_meeting(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.UpdateMeetingRequest:
        return meeting_pb2.UpdateMeetingRequest(meeting_id=meeting_id, revision=1, capacity=50)

    await rpc.alike(world.attacker.host, request(world.victim.meeting_id), request(ABSENT_MEETING), "NOT_FOUND")

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        await rpc.works(world.victim.host, request(meeting_id))

    return control


@case("roster.v1.MeetingService.EndMeeting")
async def end_meeting(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> meeting_pb2.EndMeetingRequest:
        return meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.host_join, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    await rpc.refused(world.attacker.guest_join, request(theirs), "PERMISSION_DENIED")

    async def control() -> None:
        meeting_id, _ = await world.meeting(world.victim)
        await rpc.works(world.victim.host, request(meeting_id))

    return control


@case("roster.v1.ParticipantService.Join")
async def join(world: World, rpc: RpcAttempts) -> None:
    answer = await rpc.harmless(world.attacker.guest_join, participant_pb2.JoinRequest())
    assert answer.snapshot.meeting.meeting_id == world.attacker.meeting_id


@case("roster.v1.ParticipantService.Leave")
async def leave(world: World, rpc: RpcAttempts) -> None:
    await rpc.harmless(world.attacker.guest_join, participant_pb2.LeaveRequest())


@case("roster.v1.ParticipantService.RaiseHand")
async def raise_hand(world: World, rpc: RpcAttempts) -> None:
    join_request = participant_pb2.JoinRequest()
    await world.ask(participant_pb2, "ParticipantService", "Join", join_request, world.attacker.guest_join)
    answer = await rpc.harmless(world.attacker.guest_join, participant_pb2.RaiseHandRequest(raised=True))
    assert answer.participant.participant_id == world.attacker.guest_id


@case("roster.v1.ParticipantService.Say")
async def say(world: World, rpc: RpcAttempts) -> None:
    join_request = participant_pb2.JoinRequest()
    await world.ask(participant_pb2, "ParticipantService", "Join", join_request, world.attacker.guest_join)
    answer = await rpc.harmless(world.attacker.guest_join, participant_pb2.SayRequest(text="halo"))
    assert answer.line.participant_id == world.attacker.guest_id


@case("roster.v1.ParticipantService.Watch")
async def watch(world: World, rpc: RpcAttempts) -> Control:
    def request(tenant_id: str, meeting_id: str) -> participant_pb2.WatchRequest:
        return participant_pb2.WatchRequest(tenant_id=tenant_id, meeting_id=meeting_id)

    victim, attacker = world.victim, world.attacker
    theirs = request(victim.tenant_id, victim.meeting_id)
    for token in (attacker.host, attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    # A service that mixes tenants up finds nothing either.
    mixed, absent = request(attacker.tenant_id, victim.meeting_id), request(attacker.tenant_id, ABSENT_MEETING)
    await rpc.alike(world.service, mixed, absent, "NOT_FOUND")
    return lambda: rpc.works(world.service, theirs)


@case("roster.v1.ParticipantService.ReportPresence")
async def report_presence(world: World, rpc: RpcAttempts) -> None:
    victim, attacker = world.victim, world.attacker

    def request(tenant_id: str) -> participant_pb2.ReportPresenceRequest:
        report = participant_pb2.PresenceReport(
            tenant_id=tenant_id, meeting_id=victim.meeting_id, disconnected=[victim.guest_id]
        )
        return participant_pb2.ReportPresenceRequest(reports=[report])

    for token in (attacker.host, attacker.host_join, attacker.admin):
        await rpc.refused(token, request(victim.tenant_id), "PERMISSION_DENIED")
    # A service that mixes tenants up changes nothing.
    await rpc.works(world.service, request(attacker.tenant_id))


@case("roster.v1.AttendanceService.GetAttendance")
async def get_attendance(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> attendance_pb2.GetAttendanceRequest:
        return attendance_pb2.GetAttendanceRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    return lambda: rpc.works(world.victim.host, request(theirs))


@case("roster.v1.AttendanceService.GetAttendanceReport")
async def get_attendance_report(world: World, rpc: RpcAttempts) -> Control:
    def request(meeting_id: str) -> attendance_pb2.GetAttendanceReportRequest:
        return attendance_pb2.GetAttendanceReportRequest(meeting_id=meeting_id)

    theirs = world.victim.meeting_id
    for token in (world.attacker.host, world.attacker.admin):
        await rpc.alike(token, request(theirs), request(ABSENT_MEETING), "NOT_FOUND")
    for token in (world.attacker.host_join, world.victim.guest_join, world.victim.participant):
        await rpc.refused(token, request(theirs), "PERMISSION_DENIED")

    async def control() -> None:
        answer = await rpc.works(world.victim.host, request(theirs))
        assert "Tamu" in [line.name for line in answer.lines]

    return control


# --- signaling: for services only


@case("signaling.v1.SignalingService.ListSessions")
async def list_sessions(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    theirs = signaling_pb2.ListSessionsRequest(tenant_id=victim.tenant_id)
    for token in (attacker.admin, attacker.host_join, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    mixed = signaling_pb2.ListSessionsRequest(tenant_id=attacker.tenant_id, meeting_id=victim.meeting_id)
    assert not (await rpc.harmless(world.service, mixed)).sessions

    async def control() -> None:
        assert (await rpc.works(world.service, theirs)).sessions

    return control


@case("signaling.v1.SignalingService.MoveSessions")
async def move_sessions(world: World, rpc: RpcAttempts) -> None:
    victim, attacker = world.victim, world.attacker
    theirs = signaling_pb2.MoveSessionsRequest(tenant_id=victim.tenant_id, meeting_id=victim.meeting_id)
    for token in (attacker.admin, attacker.host_join, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    mixed = signaling_pb2.MoveSessionsRequest(tenant_id=attacker.tenant_id, meeting_id=victim.meeting_id)
    assert (await rpc.harmless(world.service, mixed)).moved == 0


@case("signaling.v1.SignalingService.CloseSession")
async def close_signaling_session(world: World, rpc: RpcAttempts) -> None:
    attacker = world.attacker
    theirs = signaling_pb2.CloseSessionRequest(session_id=world.resident.opened.session_id)
    for token in (attacker.admin, attacker.host_join, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")


# --- media


@case("media.v1.MediaService.OpenSession")
async def open_session(world: World, rpc: RpcAttempts) -> None:
    victim, attacker = world.victim, world.attacker
    theirs = await world.media_session(victim)
    taken = media_pb2.OpenSessionRequest(session_id=theirs, offer_sdp=PC)
    await rpc.refused(attacker.guest_join, taken, "CONFLICT")
    # A layout that pins the victim's guest shows nothing of them.
    layout = media_session_pb2.LayoutRequest(
        number=1, tiles=[media_session_pb2.TileRequest(slot=1, height=360, participant_id=victim.guest_id)]
    )
    own = media_pb2.OpenSessionRequest(session_id=new_id(), offer_sdp=PC, layout=layout)
    await rpc.harmless(attacker.guest_join, own)
    stats = media_pb2.GetStatsRequest(tenant_id=attacker.tenant_id, meeting_id=attacker.meeting_id)
    mine = await world.ask(media_pb2, "MediaService", "GetStats", stats, world.service)
    assert own.session_id in {one.session_id for one in mine.sessions}
    assert theirs not in {one.session_id for one in mine.sessions}


@case("media.v1.MediaService.Negotiate")
async def negotiate(world: World, rpc: RpcAttempts) -> Control:
    def request(session_id: str) -> media_pb2.NegotiateRequest:
        return media_pb2.NegotiateRequest(session_id=session_id, offer_sdp=PC)

    theirs = await world.media_session(world.victim)
    for token in (world.attacker.guest_join, world.attacker.host_join):
        await rpc.alike(token, request(theirs), request(ABSENT_ID), "SESSION_GONE")
    return lambda: rpc.works(world.victim.guest_join, request(theirs))


@case("media.v1.MediaService.UpdatePermissions")
async def update_permissions(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    session_id = await world.media_session(victim)

    def request(session_id: str, tenant_id: str, meeting_id: str) -> media_pb2.UpdatePermissionsRequest:
        return media_pb2.UpdatePermissionsRequest(
            tenant_id=tenant_id, meeting_id=meeting_id, session_id=session_id, admitted=True
        )

    theirs = request(session_id, victim.tenant_id, victim.meeting_id)
    for token in (attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    for tenant_id, meeting_id in (
        (attacker.tenant_id, attacker.meeting_id),
        (attacker.tenant_id, victim.meeting_id),
        (victim.tenant_id, attacker.meeting_id),
    ):
        mixed, absent = request(session_id, tenant_id, meeting_id), request(ABSENT_ID, tenant_id, meeting_id)
        await rpc.alike(world.service, mixed, absent, "SESSION_GONE")
    return lambda: rpc.works(world.service, theirs)


@case("media.v1.MediaService.CloseSession")
async def close_media_session(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    session_id = await world.media_session(victim)

    def request(session_id: str, tenant_id: str, meeting_id: str) -> media_pb2.CloseSessionRequest:
        return media_pb2.CloseSessionRequest(tenant_id=tenant_id, meeting_id=meeting_id, session_id=session_id)

    theirs = request(session_id, victim.tenant_id, victim.meeting_id)
    for token in (attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    mixed = request(session_id, attacker.tenant_id, attacker.meeting_id)
    absent = request(ABSENT_ID, attacker.tenant_id, attacker.meeting_id)
    await rpc.alike(world.service, mixed, absent, "SESSION_GONE")
    return lambda: rpc.works(world.service, theirs)


@case("media.v1.MediaService.GetStats")
async def get_stats(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    await world.media_session(victim)

    def request(tenant_id: str, meeting_id: str) -> media_pb2.GetStatsRequest:
        return media_pb2.GetStatsRequest(tenant_id=tenant_id, meeting_id=meeting_id)

    theirs = request(victim.tenant_id, victim.meeting_id)
    for token in (attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, theirs, "PERMISSION_DENIED")
    for mixed in (request(attacker.tenant_id, victim.meeting_id), request("", "")):
        assert not (await rpc.harmless(world.service, mixed)).sessions

    async def control() -> None:
        assert (await rpc.works(world.service, theirs)).sessions

    return control


@case("media.v1.MediaService.Drain")
async def drain(world: World, rpc: RpcAttempts) -> None:
    for token in (world.attacker.host_join, world.attacker.admin, world.operator):
        await rpc.refused(token, media_pb2.DrainRequest(deadline_ms=1000), "PERMISSION_DENIED")
