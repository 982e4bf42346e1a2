"""Outgoing calls to auth, roster and media nodes, each with its deadline and credential."""

from __future__ import annotations

from typing import Final

import grpc

from services.common import rpc_client
from services.common.errors import DomainError
from services.common.rpc_gather import Gatherer
from services.common.telemetry import Telemetry
from services.common.tenancy import AccountPrincipal
from services.common.tokens import ServiceTokens, TokenVerifier
from services.signaling.core.rights import Rights
from services.signaling.session import Meeting
from sipulung.auth.v1 import session_pb2 as auth_pb2
from sipulung.auth.v1 import session_pb2_grpc as auth_grpc
from sipulung.media.v1 import media_pb2, media_pb2_grpc
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import (
    meeting_pb2,
    meeting_pb2_grpc,
    moderation_pb2,
    participant_pb2,
    participant_pb2_grpc,
    poll_pb2,
)
from sipulung.signaling.v1 import record_pb2

# argon2 of many who join at once queues up in auth.
AUTH_S: Final = 10.0
ROSTER_S: Final = 4.0
MEDIA_S: Final = 4.0
PROBE_S: Final = 1.0
# Hands, lines, reactions and votes that follow one another within that time in a meeting go to the roster together. It
# may hold what it tells back for 50 ms (services/roster/feeds.py), and people have to hear within 200 ms.
GATHER_S: Final = 0.1


class AuthClient:
    """Auth, for people who have no socket yet."""

    def __init__(self, channel: grpc.aio.Channel, tokens: ServiceTokens, verifier: TokenVerifier) -> None:
        self._tokens = tokens
        self._verifier = verifier
        self._sessions: auth_grpc.SessionServiceAsyncStub = auth_grpc.SessionServiceStub(channel)
        self._joins: auth_grpc.JoinServiceAsyncStub = auth_grpc.JoinServiceStub(channel)

    async def issue_join_token(
        self, request: auth_pb2.IssueJoinTokenRequest, access_token: str
    ) -> auth_pb2.IssueJoinTokenResponse:
        """With the meeting's password in the request, or as its owner with an access token.

        With both, a signed-in person joins with their account. Beside a right password an access token that is no good
        says nothing: it may have expired while the form was filled in.
        """
        token = access_token
        if request.password and not await self._is_account(access_token):
            # And as a service we may say from which address the try comes.
            token = self._tokens.issue()
        return await rpc_client.call(self._joins.IssueJoinToken, request, timeout_s=AUTH_S, token=token)

    async def _is_account(self, access_token: str) -> bool:
        try:
            return isinstance(await self._verifier.verify_fresh(access_token), AccountPrincipal)
        except DomainError:
            return False

    async def sign_in(self, user: str, password: str, address: str) -> auth_pb2.SignInResponse:
        """`address` is the client's, for the throttle."""
        request = auth_pb2.SignInRequest(user=user, password=password, address=address)
        return await rpc_client.call(self._sessions.SignIn, request, timeout_s=AUTH_S, token=self._tokens.issue())

    async def refresh(self, refresh_token: str) -> auth_pb2.RefreshResponse:
        """New tokens for a refresh token, which works once."""
        request = auth_pb2.RefreshRequest(refresh_token=refresh_token)
        return await rpc_client.call(self._sessions.Refresh, request, timeout_s=AUTH_S, token=self._tokens.issue())

    async def sign_out(self, refresh_token: str) -> None:
        """Ends the sign-in that the token belongs to."""
        request = auth_pb2.SignOutRequest(refresh_token=refresh_token)
        await rpc_client.call(self._sessions.SignOut, request, timeout_s=AUTH_S, token=self._tokens.issue())

    async def set_meeting_password(self, meeting_id: str, password: str, access_token: str) -> str:
        """Replaces the password of the caller's own meeting; returns it."""
        request = auth_pb2.SetMeetingPasswordRequest(meeting_id=meeting_id, password=password)
        response = await rpc_client.call(self._joins.SetMeetingPassword, request, timeout_s=AUTH_S, token=access_token)
        return response.password


class RosterClient:
    """Roster. `token` is a join token or an access token: roster authorises by itself."""

    def __init__(self, channel: grpc.aio.Channel, tokens: ServiceTokens) -> None:
        self._tokens = tokens
        self._meetings: meeting_pb2_grpc.MeetingServiceAsyncStub = meeting_pb2_grpc.MeetingServiceStub(channel)
        self.participants: participant_pb2_grpc.ParticipantServiceAsyncStub = (
            participant_pb2_grpc.ParticipantServiceStub(channel)
        )
        self._gatherer = Gatherer(channel, tokens, GATHER_S, ROSTER_S)

    def service_token(self) -> str:
        """For Watch."""
        return self._tokens.issue()

    async def get_meeting(self, meeting_id: str, token: str) -> meeting_pb2.Meeting:
        request = meeting_pb2.GetMeetingRequest(meeting_id=meeting_id)
        response = await rpc_client.call(self._meetings.GetMeeting, request, timeout_s=ROSTER_S, token=token)
        return response.meeting

    async def list_meetings(
        self, request: meeting_pb2.ListMeetingsRequest, token: str
    ) -> meeting_pb2.ListMeetingsResponse:
        return await rpc_client.call(self._meetings.ListMeetings, request, timeout_s=ROSTER_S, token=token)

    async def list_occurrences(
        self, request: meeting_pb2.ListOccurrencesRequest, token: str
    ) -> meeting_pb2.ListOccurrencesResponse:
        return await rpc_client.call(self._meetings.ListOccurrences, request, timeout_s=ROSTER_S, token=token)

    async def meeting_calendar(
        self, request: meeting_pb2.GetMeetingCalendarRequest, token: str
    ) -> meeting_pb2.GetMeetingCalendarResponse:
        return await rpc_client.call(self._meetings.GetMeetingCalendar, request, timeout_s=ROSTER_S, token=token)

    async def invitation_calendar(
        self, request: meeting_pb2.GetInvitationCalendarRequest, join_token: str
    ) -> meeting_pb2.GetMeetingCalendarResponse:
        method = self._meetings.GetInvitationCalendar
        return (await rpc_client.call(method, request, timeout_s=ROSTER_S, token=join_token)).calendar

    async def update_meeting(self, request: meeting_pb2.UpdateMeetingRequest, token: str) -> meeting_pb2.Meeting:
        response = await rpc_client.call(self._meetings.UpdateMeeting, request, timeout_s=ROSTER_S, token=token)
        return response.meeting

    async def cancel_meeting(self, request: meeting_pb2.CancelMeetingRequest, token: str) -> meeting_pb2.Meeting:
        response = await rpc_client.call(self._meetings.CancelMeeting, request, timeout_s=ROSTER_S, token=token)
        return response.meeting

    async def create_meeting(
        self, request: meeting_pb2.CreateMeetingRequest, token: str
    ) -> meeting_pb2.CreateMeetingResponse:
        # Roster has auth hash the password.
        return await rpc_client.call(self._meetings.CreateMeeting, request, timeout_s=AUTH_S, token=token)

    async def moderate(self, act: moderation_pb2.HostAct, token: str) -> None:
        request = participant_pb2.ModerateRequest(act=act)
        await rpc_client.call(self.participants.Moderate, request, timeout_s=ROSTER_S, token=token)

    async def react(self, meeting: Meeting, request: participant_pb2.ReactRequest, token: str) -> None:
        await self._gatherer.call(meeting, _rpc("React"), self.participants.React, request, token)

    async def end_meeting(self, meeting_id: str, token: str) -> meeting_pb2.Meeting:
        request = meeting_pb2.EndMeetingRequest(meeting_id=meeting_id)
        response = await rpc_client.call(self._meetings.EndMeeting, request, timeout_s=ROSTER_S, token=token)
        return response.meeting

    async def join(self, token: str) -> participant_pb2.JoinResponse:
        request = participant_pb2.JoinRequest()
        return await rpc_client.call(self.participants.Join, request, timeout_s=ROSTER_S, token=token)

    async def leave(self, token: str) -> None:
        request = participant_pb2.LeaveRequest()
        await rpc_client.call(self.participants.Leave, request, timeout_s=ROSTER_S, token=token)

    async def raise_hand(self, meeting: Meeting, raised: bool, token: str) -> None:
        request = participant_pb2.RaiseHandRequest(raised=raised)
        await self._gatherer.call(meeting, _rpc("RaiseHand"), self.participants.RaiseHand, request, token)

    async def say(self, meeting: Meeting, request: participant_pb2.SayRequest, token: str) -> None:
        await self._gatherer.call(meeting, _rpc("Say"), self.participants.Say, request, token)

    async def open_poll(self, request: poll_pb2.OpenPollRequest, token: str) -> None:
        await rpc_client.call(self.participants.OpenPoll, request, timeout_s=ROSTER_S, token=token)

    async def close_poll(self, request: poll_pb2.ClosePollRequest, token: str) -> None:
        await rpc_client.call(self.participants.ClosePoll, request, timeout_s=ROSTER_S, token=token)

    async def vote(self, meeting: Meeting, request: poll_pb2.VoteRequest, token: str) -> None:
        await self._gatherer.call(meeting, _rpc("Vote"), self.participants.Vote, request, token)

    async def report_presence(self, reports: list[participant_pb2.PresenceReport]) -> list[str]:
        """Returns "<meeting>/<participant>" of those whom the roster does not know as present."""
        request = participant_pb2.ReportPresenceRequest(reports=reports)
        response = await rpc_client.call(
            self.participants.ReportPresence, request, timeout_s=ROSTER_S, token=self._tokens.issue()
        )
        return list(response.unknown)


class MediaClient:
    """All media nodes; one channel for each address that was ever used."""

    def __init__(self, telemetry: Telemetry, tokens: ServiceTokens) -> None:
        self._telemetry = telemetry
        self._tokens = tokens
        self._channels: dict[str, tuple[grpc.aio.Channel, media_pb2_grpc.MediaServiceAsyncStub]] = {}

    async def open_session(
        self, address: str, session_id: str, offer: str, layout: media_session_pb2.LayoutRequest | None, join_token: str
    ) -> str:
        """Returns the answer's SDP."""
        request = media_pb2.OpenSessionRequest(session_id=session_id, offer_sdp=offer, layout=layout)
        stub = self._stub(address)
        response = await rpc_client.call(stub.OpenSession, request, timeout_s=MEDIA_S, token=join_token)
        return response.answer_sdp

    async def negotiate(self, place: record_pb2.MediaPlace, offer: str, join_token: str) -> str:
        """Returns the answer's SDP."""
        request = media_pb2.NegotiateRequest(session_id=place.media_session_id, offer_sdp=offer)
        stub = self._stub(place.grpc_address)
        response = await rpc_client.call(stub.Negotiate, request, timeout_s=MEDIA_S, token=join_token)
        return response.answer_sdp

    async def permit(
        self,
        record: record_pb2.SessionRecord,
        place: record_pb2.MediaPlace,
        rights: Rights | None,
        *,
        publish: media_session_pb2.PublishState | None = None,
        stop: media_session_pb2.PublishState | None = None,
    ) -> media_pb2.UpdatePermissionsResponse:
        """Lets the session's media in with these rights, or (None) back into the preview."""
        request = media_pb2.UpdatePermissionsRequest(
            tenant_id=record.tenant_id,
            meeting_id=record.meeting_id,
            session_id=place.media_session_id,
            admitted=rights is not None,
            may_publish_audio=rights is not None and rights.audio,
            may_publish_video=rights is not None and rights.video,
            may_publish_screen=rights is not None and rights.screen,
            publish=publish,
            stop=stop,
        )
        stub = self._stub(place.grpc_address)
        return await rpc_client.call(stub.UpdatePermissions, request, timeout_s=MEDIA_S, token=self._tokens.issue())

    async def close_session(
        self,
        record: record_pb2.SessionRecord,
        place: record_pb2.MediaPlace,
        reason: media_session_pb2.ClosingReason.ValueType,
    ) -> None:
        request = media_pb2.CloseSessionRequest(
            tenant_id=record.tenant_id,
            meeting_id=record.meeting_id,
            session_id=place.media_session_id,
            reason=reason,
        )
        stub = self._stub(place.grpc_address)
        await rpc_client.call(stub.CloseSession, request, timeout_s=MEDIA_S, token=self._tokens.issue())

    async def connected(self, record: record_pb2.SessionRecord, place: record_pb2.MediaPlace) -> bool:
        """Whether that session's transport is up."""
        request = media_pb2.GetStatsRequest(tenant_id=record.tenant_id, meeting_id=record.meeting_id)
        stub = self._stub(place.grpc_address)
        response = await rpc_client.call(stub.GetStats, request, timeout_s=PROBE_S, token=self._tokens.issue())
        return any(stats.session_id == place.media_session_id and stats.connected for stats in response.sessions)

    async def probe(self, address: str) -> media_pb2.NodeLoad:
        """Asks a node that was not heard of. Raises Unavailable or DeadlineExceeded when it is not there."""
        request = media_pb2.GetStatsRequest()
        stub = self._stub(address)
        response = await rpc_client.call(stub.GetStats, request, timeout_s=PROBE_S, token=self._tokens.issue())
        return response.load

    async def close(self) -> None:
        for channel, _ in self._channels.values():
            await channel.close()

    def _stub(self, address: str) -> media_pb2_grpc.MediaServiceAsyncStub:
        known = self._channels.get(address)
        if known is None:
            channel = rpc_client.channel(address, self._telemetry)
            known = self._channels[address] = (channel, media_pb2_grpc.MediaServiceStub(channel))
        return known[1]


def _rpc(name: str) -> str:
    return f"{participant_pb2.DESCRIPTOR.services_by_name['ParticipantService'].full_name}/{name}"
