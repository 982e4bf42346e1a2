"""Who waits, who is let in or not, and that nothing of theirs is forwarded before."""

from __future__ import annotations

import asyncio

from services.signaling.core.view import MeetingView
from services.signaling.feed import why_over
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import meeting_pb2, participant_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from sipulung.signaling.v1 import client_pb2
from tests.signaling.client import OFFER, Client, code_of, is_roster
from tests.signaling.conftest import Meeting, Site
from tests.signaling.in_charge import ON, WAITING, act, admitted, knock, told_node


async def preview(site: Site, meeting: Meeting, name: str) -> Client:
    client = await site.connect()
    await client.open(await site.token(meeting, name))
    return client


async def test_a_lobby(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    guest = await site.enter(meeting, "Budi")
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    await guest.event(is_roster("moderated"))
    first, second = await knock(site, meeting, "Cici"), await knock(site, meeting, "Dedi")
    for _ in (first, second):
        assert (await host.event(is_roster("changed"))).roster_event.changed.presence == WAITING
    # Others hear only that something has happened.
    blanks = [await guest.event(is_roster(None)) for _ in (first, second)]
    assert all(one.roster_event.sequence and one.roster_event.at_ms for one in blanks)
    assert b"Cici" not in b"".join(one.SerializeToString() for one in blanks)
    # Nothing is forwarded to or from who waits, and they can do nothing.
    assert not admitted(site, first)
    for request in (
        {"say": client_pb2.Say(text="halo?")},
        {"raise_hand": client_pb2.RaiseHand(raised=True)},
        {"moderate": pb.HostAct(mute=pb.Mute())},
        {"react": participant_pb2.ReactRequest(reaction=pb.REACTION_AGREE)},
        {"end_meeting": client_pb2.EndMeeting()},
    ):
        assert code_of((await first.request(**request)).error) == "WRONG_STATE"
    assert (await first.request(ping=client_pb2.Ping())).WhichOneof("body") == "pong"
    # Asked again, as where the answer was lost: they wait, and nothing else.
    assert (await first.enter()).participant.presence == WAITING
    assert not admitted(site, first)
    reconnected = await first.request(reconnect=client_pb2.Reconnect(offer_sdp=OFFER, publish=ON))
    first.opened.media_session_id = reconnected.reconnected.media_session_id
    assert not admitted(site, first)
    # Lost and back: still in the lobby.
    first.drop()
    back = await site.connect()
    resumed = (await back.resume(first.opened.session_id, first.opened.resume_token)).resumed
    assert [one.presence for one in resumed.snapshot.participants] == [WAITING]
    back.opened = first.opened
    assert (await guest.request(say=client_pb2.Say(text="rahasia"))).WhichOneof("body") == "done"
    await act(host, admit=pb.Admit(participant_ids=[back.opened.participant_id]))
    let_in = (await back.event(lambda one: one.WhichOneof("body") == "admitted")).admitted
    assert [one.name for one in let_in.snapshot.participants] == ["Andi", "Budi", "Cici"]
    assert [one.text for one in let_in.snapshot.chat] == ["rahasia"]
    assert [slot.slot for slot in let_in.assignments.slots] == [1]
    assert admitted(site, back)
    assert told_node(site, back)[-1].publish == ON
    assert (await guest.event(is_roster("joined"))).roster_event.joined.name == "Cici"
    assert (await back.request(say=client_pb2.Say(text="terima kasih"))).WhichOneof("body") == "done"
    await act(host, deny=pb.Deny())
    closing = await second.closing()
    assert (code_of(closing.error), closing.may_resume) == ("LOBBY_DENIED", False)
    assert [one.roster_event for one in second.events if is_roster("said")(one)] == []
    await site.until(lambda: second.opened.media_session_id in [name for node in site.nodes for name in node.closed])


async def test_the_lobby_outlives_the_roster(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    other = await site.enter(meeting, "Cici")
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    guest = await knock(site, meeting, "Budi")
    assert site.roster is not None
    site.roster.kill()
    site.roster.wait()
    site.start_roster()
    for client, names in ((host, ["Andi", "Cici", "Budi"]), (other, ["Andi", "Cici"]), (guest, ["Budi"])):
        snapshot = (await client.event(lambda one: one.WhichOneof("body") == "snapshot")).snapshot
        assert sorted(one.name for one in snapshot.participants) == sorted(names)
    await act(host, admit=pb.Admit())
    await guest.event(lambda one: one.WhichOneof("body") == "admitted")


async def test_let_in_while_the_network_was_gone(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    guest = await knock(site, meeting, "Budi")
    guest.drop()
    [session] = [one for one in site.replicas[0].sessions if one.record.name == "Budi"]
    await site.until(lambda: not session.connected)
    await act(host, admit=pb.Admit())
    await site.until(lambda: admitted(site, guest))
    back = await site.connect()
    resumed = (await back.resume(guest.opened.session_id, guest.opened.resume_token)).resumed
    assert [one.name for one in resumed.snapshot.participants] == ["Andi", "Budi"]
    told = (await back.event(lambda one: one.WhichOneof("body") == "admitted")).admitted
    assert [slot.slot for slot in told.assignments.slots] == [1]
    assert (await back.request(say=client_pb2.Say(text="halo"))).WhichOneof("body") == "done"


async def test_let_in_while_another_replica_takes_over(site: Site) -> None:
    await site.replica()
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    guest = await knock(site, meeting, "Budi", 1)
    # The replica that they waited at is gone with all that it knew.
    await site.replicas[1].stop()
    site.replicas.pop()
    await act(host, admit=pb.Admit())
    # What the other replica has not heard of yet, it would tell after the answer.
    await host.event(is_roster("joined"))
    back = await site.connect()
    resumed = (await back.resume(guest.opened.session_id, guest.opened.resume_token)).resumed
    assert [one.name for one in resumed.snapshot.participants] == ["Andi", "Budi"]
    told = (await back.event(lambda one: one.WhichOneof("body") == "admitted")).admitted
    assert [slot.slot for slot in told.assignments.slots] == [1]
    # The client says by itself what it sends: here nobody knows.
    assert [one.admitted for one in told_node(site, guest)] == [True]
    assert not told_node(site, guest)[0].HasField("publish")
    # Told once: whoever is in the meeting and comes back hears nothing of a lobby.
    back.drop()
    await site.replica()
    again = await site.connect(1)
    second = (await again.resume(guest.opened.session_id, resumed.resume_token)).resumed
    assert [one.name for one in second.snapshot.participants] == ["Andi", "Budi"]
    assert (await again.request(say=client_pb2.Say(text="halo"))).WhichOneof("body") == "done"
    await again.event(is_roster("said"))
    assert not any(one.WhichOneof("body") == "admitted" for one in again.events)


async def test_whoever_comes_back_at_another_replica_goes_on_as_they_were(site: Site) -> None:
    await site.replica()
    meeting = await site.meeting()
    guest = await site.enter(meeting, "Budi")
    elsewhere = await site.connect(1)
    await elsewhere.resume(guest.opened.session_id, guest.opened.resume_token)
    await site.until(lambda: len(told_node(site, guest)) > 1)
    again = told_node(site, guest)[-1]
    # Their microphone is not turned off by that.
    assert again.admitted
    assert not again.HasField("publish")


async def test_media_that_expired_in_the_lobby_is_opened_anew(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    guest = await knock(site, meeting, "Budi")
    # The node lets go of media that nobody is admitted with; the client hears it there, and asks for more.
    for node in site.nodes:
        node.admitted.pop(guest.opened.media_session_id, None)
    answer = await guest.request(reconnect=client_pb2.Reconnect(offer_sdp=OFFER, publish=ON))
    assert answer.reconnected.answer_sdp
    guest.opened.media_session_id = answer.reconnected.media_session_id
    assert not admitted(site, guest)
    await act(host, admit=pb.Admit())
    await guest.event(lambda one: one.WhichOneof("body") == "admitted")
    assert admitted(site, guest)
    assert told_node(site, guest)[-1].publish == ON


async def test_nothing_is_forwarded_of_whom_the_roster_refuses_in_this_very_moment(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    inside = 1
    for number in range(6):
        client = await preview(site, meeting, f"Tamu {number}")
        _, answer = await asyncio.gather(
            act(host, change_settings=pb.ChangeSettings(locked=True)),
            client.request(enter=client_pb2.Enter(publish=ON)),
        )
        if answer.WhichOneof("body") == "error":
            assert code_of(answer.error) == "MEETING_LOCKED"
            assert told_node(site, client) == []
        else:
            inside += 1
        await act(host, change_settings=pb.ChangeSettings(locked=False))
    assert sum(one for node in site.nodes for one in node.admitted.values()) == inside


async def test_the_lobby_that_opens_in_this_very_moment_holds_media_back(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    for number in range(6):
        client = await preview(site, meeting, f"Tamu {number}")
        _, answer = await asyncio.gather(
            act(host, change_settings=pb.ChangeSettings(lobby=True)),
            client.request(enter=client_pb2.Enter(publish=ON)),
        )
        if answer.entered.participant.presence == WAITING:
            assert told_node(site, client) == []
        await act(host, change_settings=pb.ChangeSettings(lobby=False))


async def test_removed_before_they_are_in(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    guest = await preview(site, meeting, "Budi")
    for node in site.nodes:
        node.answers.clear()
    entering = asyncio.create_task(guest.request(enter=client_pb2.Enter(publish=ON)))
    joined = (await host.event(is_roster("joined"))).roster_event.joined
    await act(host, remove=pb.Remove(participant_id=joined.participant_id))
    left = (await host.event(is_roster("left"))).roster_event.left
    assert left.reason == participant_pb2.LEAVE_REASON_REMOVED
    for node in site.nodes:
        node.answers.set()
    assert code_of((await entering).error) == "REMOVED"
    assert not admitted(site, guest)
    assert [one.admitted for one in told_node(site, guest)] == [True, False]
    # Asked again, the answer is the same.
    assert code_of((await guest.request(enter=client_pb2.Enter(publish=ON))).error) == "REMOVED"


async def test_a_meeting_that_is_called_off_says_so_to_who_waits_or_looks_at_the_preview(site: Site) -> None:
    meeting = await site.meeting()
    path = f"/api/v1/meetings/{meeting.meeting_id}"
    change = {"revision": 1, "settings": {"lobby": True}}
    status, _ = await site.call("PATCH", path, change, meeting.access_token)
    assert status == 200
    waiting, looking = await knock(site, meeting, "Cici"), await preview(site, meeting, "Dedi")
    status, _ = await site.call("POST", f"{path}/cancel", token=meeting.access_token)
    assert status == 200
    codes = [code_of((await one.closing()).error) for one in (waiting, looking)]
    assert codes == ["MEETING_CANCELLED"] * 2


def test_why_a_meeting_is_over() -> None:
    def over(state: meeting_pb2.MeetingState.ValueType) -> MeetingView:
        return MeetingView(participant_pb2.Snapshot(meeting=meeting_pb2.Meeting(state=state)))

    assert (
        why_over(over(meeting_pb2.MEETING_STATE_CANCELLED)).to_proto().code == common_pb2.ERROR_CODE_MEETING_CANCELLED
    )
    for ended in (None, over(meeting_pb2.MEETING_STATE_ENDED)):
        assert why_over(ended).to_proto().code == common_pb2.ERROR_CODE_MEETING_ENDED
