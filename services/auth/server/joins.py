"""JoinService: what opens a meeting, and for whom."""

from typing import Any

import grpc

from services.auth.core.throttle import ADDRESS, MEETING, OWNER, TENANT
from services.auth.server.parts import Parts, client_address, generate_meeting_password, now_ms
from services.auth.store.accounts import Account
from services.auth.store.meetings import MeetingCredential
from services.auth.store.throttles import Bucket
from services.common.errors import InvalidField, NotFound, WrongIdOrPassword
from services.common.ids import AccountId, MeetingId, ParticipantId, TenantId, new_id
from services.common.tenancy import AccountPrincipal, ParticipantPrincipal, principal
from services.common.tokens import participant_claims
from services.common.validation import normalise_name
from sipulung.auth.v1 import session_pb2, session_pb2_grpc
from sipulung.common.v1 import options_pb2
from sipulung.common.v1.common_pb2 import AccountRole, MeetingRole

_Context = grpc.aio.ServicerContext[Any, Any]
_PASSWORD = session_pb2.SetMeetingPasswordRequest.DESCRIPTOR.fields_by_name["password"]
_LEAST_PASSWORD = _PASSWORD.GetOptions().Extensions[options_pb2.limits].min_length


class JoinServicer(session_pb2_grpc.JoinServiceServicer):
    """Credentials of meetings."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def SetMeetingPassword(  # noqa: N802 - the name of the RPC
        self, request: session_pb2.SetMeetingPasswordRequest, context: _Context
    ) -> session_pb2.SetMeetingPasswordResponse:
        """Raises Conflict for a claim of an id that is taken; NotFound for a meeting that is not the caller's.

        And InvalidField for a password that only white space around it makes long enough.
        """
        parts = self._parts
        actor = await parts.actor(AccountRole.ACCOUNT_ROLE_HOST)
        password = request.password or generate_meeting_password()
        # The limits of the field have counted the white space too, which is not part of what is hashed.
        if len(_folded(password)) < _LEAST_PASSWORD:
            raise InvalidField("password", f"at least {_LEAST_PASSWORD} characters, white space around it not counted")
        meeting = None
        if not request.claim:
            meeting = await parts.meetings.get(request.meeting_id)
            if meeting is None or (meeting.tenant_id, meeting.account_id) != (actor.tenant_id, actor.account_id):
                raise NotFound()
        encoded = await parts.hashing.meetings.hash(_folded(password))
        action = "meeting.claim" if meeting is None else "meeting.set_password"
        noted = parts.audit.by(actor, actor.tenant_id, action, f"meeting:{request.meeting_id}")
        if meeting is None:
            await parts.meetings.claim(
                MeetingCredential(request.meeting_id, actor.tenant_id, actor.account_id, encoded), [noted]
            )
        else:
            await parts.meetings.replace_password(meeting, encoded, [noted])
        return session_pb2.SetMeetingPasswordResponse(password=password)

    async def IssueJoinToken(  # noqa: N802
        self, request: session_pb2.IssueJoinTokenRequest, context: _Context
    ) -> session_pb2.IssueJoinTokenResponse:
        """Raises WrongIdOrPassword for either, after the same work; Throttled; TokenExpired for an owner."""
        meeting = await self._parts.meetings.get(request.meeting_id)
        if request.password:
            await self._check_password(request, meeting)
        else:
            await self._check_owner(meeting)
        # One of the two has made sure that there is a meeting.
        assert meeting is not None
        account = await self._joining(meeting.tenant_id)
        account_id = account.account_id if account else ""
        is_owner = account_id == meeting.account_id
        participant = ParticipantPrincipal(
            TenantId(meeting.tenant_id),
            MeetingId(meeting.meeting_id),
            ParticipantId(new_id()),
            MeetingRole.MEETING_ROLE_HOST if is_owner else MeetingRole.MEETING_ROLE_PARTICIPANT,
            normalise_name(request.name),
            AccountId(account_id),
            request.device,
            account.unit_id if account else "",
            account.created_at_ms // 1000 if account else 0,
        )
        seconds = self._parts.config.join_token_s
        return session_pb2.IssueJoinTokenResponse(
            join_token=self._parts.keys.sign(participant_claims(participant, now_ms() // 1000, seconds)),
            expires_in_s=seconds,
            participant_id=participant.participant_id,
            role=MeetingRole.ValueType(participant.role),
            name=participant.name,
        )

    async def _check_password(
        self, request: session_pb2.IssueJoinTokenRequest, meeting: MeetingCredential | None
    ) -> None:
        parts = self._parts
        buckets = [Bucket("meeting", request.meeting_id, MEETING)]
        who = principal()
        if isinstance(who, AccountPrincipal):
            # The address is not to be believed here, but the tries of one account can be counted together.
            buckets.append(Bucket("account", f"{who.tenant_id} {who.account_id}", ADDRESS))
        if address := client_address(request.address):
            buckets.append(Bucket("address", address, ADDRESS))
        # Ids that nobody has count against one bucket together, so that both kinds of tries cost the same.
        buckets.append(Bucket("tenant", meeting.tenant_id if meeting else "", TENANT))
        await parts.throttles.take(buckets)
        encoded = meeting.password_hash if meeting else None
        if not await parts.hashing.meetings.verify(encoded, _folded(request.password)):
            raise WrongIdOrPassword()
        await parts.throttles.give_back(buckets)

    async def _joining(self, tenant_id: str) -> Account | None:
        """The account that joins, as it is now; None for guests, also of other tenants.

        Whose account is gone or disabled has the meeting's password like any guest, and joins like one.
        """
        who = principal()
        if not isinstance(who, AccountPrincipal) or who.tenant_id != tenant_id:
            return None
        try:
            account = await self._parts.accounts.get(tenant_id, who.account_id)
        except NotFound:
            return None
        return None if account.disabled else account

    async def _check_owner(self, meeting: MeetingCredential | None) -> None:
        account = await self._parts.caller()
        await self._parts.throttles.take([Bucket("owner", f"{account.tenant_id} {account.account_id}", OWNER)])
        if meeting is None or (meeting.tenant_id, meeting.account_id) != (account.tenant_id, account.account_id):
            raise WrongIdOrPassword()


def _folded(password: str) -> str:
    """As people read it from a slide or a chat: white space around it does not count (a copied line has some)."""
    return password.strip()
