"""Hosts in charge, as the clients of a meeting live it, and as its media node is told."""

from __future__ import annotations

from sipulung.common.v1 import common_pb2
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from sipulung.roster.v1 import participant_pb2
from sipulung.signaling.v1 import client_pb2
from tests.signaling.client import OFFER, code_of, is_roster
from tests.signaling.conftest import Site, listens
from tests.signaling.in_charge import ON, act, admitted, knock, may, told_node


async def test_who_becomes_co_host_sees_the_lobby_and_what_hosts_were_told(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    guest, writer = await site.enter(meeting, "Budi"), await site.enter(meeting, "Cici")
    say = client_pb2.Say(text="hanya untuk penyelenggara", to_hosts=True)
    assert (await writer.request(say=say)).WhichOneof("body") == "done"
    for client in (host, writer):
        assert (await client.event(is_roster("said"))).roster_event.said.to_hosts
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    await knock(site, meeting, "Dedi")
    role = pb.SetRole(participant_id=guest.opened.participant_id, role=common_pb2.MEETING_ROLE_CO_HOST)
    await act(host, set_role=role)
    snapshot = (await guest.event(lambda one: one.WhichOneof("body") == "snapshot")).snapshot
    assert [one.name for one in snapshot.participants] == ["Andi", "Budi", "Cici", "Dedi"]
    assert [one.text for one in snapshot.chat] == [say.text]
    assert not any(is_roster("said")(one) for one in guest.events)
    await act(guest, admit=pb.Admit())
    role.role = common_pb2.MEETING_ROLE_PARTICIPANT
    await act(host, set_role=role)
    snapshot = (await guest.event(lambda one: one.WhichOneof("body") == "snapshot")).snapshot
    assert not snapshot.chat
    assert code_of((await guest.request(moderate=pb.HostAct(mute=pb.Mute()))).error) == "PERMISSION_DENIED"
    late = await site.connect()
    resumed = await late.resume(writer.opened.session_id, writer.opened.resume_token)
    assert [one.text for one in resumed.resumed.snapshot.chat] == [say.text]


async def test_the_node_enforces_what_hosts_decide(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi", host=True), await site.enter(meeting, "Budi")
    someone = guest.opened.participant_id
    await act(host, mute=pb.Mute())
    await act(host, stop_camera=pb.StopCamera(participant_id=someone))
    await act(host, stop_share=pb.StopShare(participant_id=someone))
    told = await guest.event(is_roster("moderated"))
    assert list(told.roster_event.moderated.affected) == [someone]

    def stopped() -> set[str]:
        return {field.name for one in told_node(site, guest) for field, _ in one.stop.ListFields()}

    await site.until(lambda: stopped() == {"microphone", "camera", "screen", "screen_audio"})
    assert {may(one) for one in told_node(site, guest)} == {(True, True, True)}
    strict = pb.ChangeSettings(unmute_forbidden=True, share_mode=pb.SHARE_MODE_HOSTS)
    await act(host, change_settings=strict)
    await site.until(lambda: may(told_node(site, guest)[-1]) == (False, True, False))
    assert told_node(site, guest)[-1].stop.microphone
    assert len(told_node(site, host)) == 1
    # Who comes now, reconnects, or comes back at another replica, comes with the rights as they are.
    late = await site.connect()
    await late.open(await site.token(meeting, "Cici"))
    await late.request(enter=client_pb2.Enter(publish=ON))
    assert may(told_node(site, late)[-1]) == (False, True, False)
    assert told_node(site, late)[-1].publish == media_session_pb2.PublishState(camera=True)
    again = (await late.request(reconnect=client_pb2.Reconnect(offer_sdp=OFFER, publish=ON))).reconnected
    late.opened.media_session_id = again.media_session_id
    assert may(told_node(site, late)[-1]) == (False, True, False)
    await site.replica()
    before = len(told_node(site, late))
    elsewhere = await site.connect(1)
    await elsewhere.resume(late.opened.session_id, late.opened.resume_token)
    await site.until(lambda: len(told_node(site, late)) > before)
    assert may(told_node(site, late)[-1]) == (False, True, False)
    # A co-host may do everything, and the others again when the host allows it.
    role = pb.SetRole(participant_id=late.opened.participant_id, role=common_pb2.MEETING_ROLE_CO_HOST)
    await act(host, set_role=role)
    await site.until(lambda: may(told_node(site, late)[-1]) == (True, True, True))
    await act(host, change_settings=pb.ChangeSettings(unmute_forbidden=False))
    await site.until(lambda: may(told_node(site, guest)[-1]) == (True, True, False))


async def test_removed_and_locked_out(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    token = await site.token(meeting, "Budi")
    guest = await site.connect()
    await guest.open(token)
    await guest.enter()
    await act(host, remove=pb.Remove(participant_id=guest.opened.participant_id))
    closing = await guest.closing()
    assert (code_of(closing.error), closing.may_resume) == ("REMOVED", False)
    again = await site.connect()
    assert code_of((await again.open(token)).error) == "REMOVED"
    preview = await site.connect()
    await preview.open(await site.token(meeting, "Cici"))
    await act(host, change_settings=pb.ChangeSettings(locked=True))
    assert code_of((await preview.request(enter=client_pb2.Enter(publish=ON))).error) == "MEETING_LOCKED"
    await site.until(lambda: not admitted(site, preview))
    body = {"meeting_id": meeting.meeting_id, "password": meeting.password, "name": "Dedi"}
    status, answer = await site.call("POST", "/api/v1/join", body)
    assert (status, answer["error"]["code"]) == (409, "MEETING_LOCKED")


async def test_reactions_and_bad_acts(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi", host=True), await site.enter(meeting, "Budi")
    react = participant_pb2.ReactRequest(reaction=pb.REACTION_APPLAUSE)
    assert (await guest.request(react=react)).WhichOneof("body") == "done"
    reacted = (await host.event(is_roster("reacted"))).roster_event.reacted
    assert reacted == pb.Reacted(participant_id=guest.opened.participant_id, reaction=pb.REACTION_APPLAUSE)
    for wrong, code, path in (
        (pb.Mute(participant_ids=["nobody"]), "INVALID_FIELD", "moderate.mute.participant_ids[0]"),
        (pb.Mute(participant_ids=["!"]), "INVALID_FIELD", "moderate.mute.participant_ids[0]"),
        (
            pb.Mute(participant_ids=[host.opened.participant_id]),
            "PERMISSION_DENIED",
            "moderate.mute.participant_ids[0]",
        ),
    ):
        error = (await host.request(moderate=pb.HostAct(mute=wrong))).error
        assert (code_of(error), error.field) == (code, path)
    assert code_of((await host.request(moderate=pb.HostAct())).error) == "INVALID_FIELD"
    preview = await site.connect()
    await preview.open(await site.token(meeting, "Cici"))
    assert code_of((await preview.request(moderate=pb.HostAct(mute=pb.Mute()))).error) == "WRONG_STATE"
    await act(host, end_for_all=pb.EndForAll())
    assert code_of((await guest.closing()).error) == "MEETING_ENDED"


async def test_the_signed_in_join_with_their_account(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    body = {"meeting_id": meeting.meeting_id, "password": meeting.password, "name": "Budi"}
    account = site.keys.access(site.tenant, "budi", common_pb2.ACCOUNT_ROLE_PARTICIPANT)
    expired = site.keys.access(site.tenant, "budi", common_pb2.ACCOUNT_ROLE_PARTICIPANT, seconds=-60)
    seen = []
    for bearer in ("", account, expired, "x.y.z"):
        status, joined = await site.call("POST", "/api/v1/join", body, bearer)
        assert status == 200, joined
        seen.append(site.auth.accounts[-1])
    assert seen == ["", "budi", "", ""]
    # Alone, it says why it is no good.
    status, answer = await site.call("POST", "/api/v1/join", {**body, "password": ""}, expired)
    assert status in (401, 403), answer


async def test_hosts_and_guests_at_different_replicas(site: Site) -> None:
    await site.replica()
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    inside = await site.enter(meeting, "Cici", number=1)
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    await inside.event(is_roster("updated"))
    guest, other = await knock(site, meeting, "Budi", 1), await knock(site, meeting, "Dedi", 1)
    await act(host, admit=pb.Admit(participant_ids=[guest.opened.participant_id]))
    await guest.event(lambda one: one.WhichOneof("body") == "admitted")
    assert admitted(site, guest)
    await act(host, mute=pb.Mute())
    await site.until(lambda: any(one.stop.microphone for one in told_node(site, guest)))
    await act(host, deny=pb.Deny())
    assert code_of((await other.closing()).error) == "LOBBY_DENIED"
    await act(host, remove=pb.Remove(participant_id=inside.opened.participant_id))
    assert code_of((await inside.closing()).error) == "REMOVED"


async def test_who_took_over_ends_the_meeting(site: Site) -> None:
    assert site.roster is not None
    site.roster.kill()
    site.roster.wait()
    site.environment["SIPULUNG_HOST_LOST_SECONDS"] = "1"
    site.start_roster()
    await site.until(lambda: listens(int(site.environment["SIPULUNG_ROSTER_ADDRESS"].rpartition(":")[2])))
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    heir, guest = await site.enter(meeting, "Budi"), await site.enter(meeting, "Cici")
    role = pb.SetRole(participant_id=heir.opened.participant_id, role=common_pb2.MEETING_ROLE_CO_HOST)
    await act(host, set_role=role)
    assert code_of((await heir.request(end_meeting=client_pb2.EndMeeting())).error) == "PERMISSION_DENIED"
    assert (await host.request(leave=client_pb2.Leave())).WhichOneof("body") == "done"
    taken = await guest.event(lambda one: one.roster_event.moderated.act.set_role.role == common_pb2.MEETING_ROLE_HOST)
    assert taken.roster_event.moderated.by_participant_id == ""
    assert (await heir.request(end_meeting=client_pb2.EndMeeting())).WhichOneof("body") == "done"
    assert code_of((await guest.closing()).error) == "MEETING_ENDED"
