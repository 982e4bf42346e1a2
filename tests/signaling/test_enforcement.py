"""What hosts decide reaches a media node that does not answer at once, or whose session changes at that moment."""

from __future__ import annotations

import asyncio

import pytest

from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from sipulung.roster.v1 import participant_pb2
from sipulung.signaling.v1 import client_pb2
from tests.signaling.client import OFFER, code_of
from tests.signaling.conftest import Site
from tests.signaling.in_charge import ON, act, admitted, closed_for, knock, told_node


def reach(site: Site, reachable: bool) -> None:
    for node in site.nodes:
        node.reachable = reachable


async def test_removed_while_the_node_is_cut_off(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi", host=True), await site.enter(meeting, "Budi")
    reach(site, False)
    await act(host, remove=pb.Remove(participant_id=guest.opened.participant_id))
    assert code_of((await guest.closing()).error) == "REMOVED"
    await site.until(lambda: any(node.unreached for node in site.nodes))
    assert len(list(site.replicas[0].sessions)) == 1
    assert admitted(site, guest)
    reach(site, True)
    await site.until(lambda: closed_for(site, guest) == media_session_pb2.CLOSING_REASON_REMOVED)
    assert not admitted(site, guest)


async def test_a_node_that_stays_away_is_not_asked_for_ever(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("services.signaling.media_closing.AGAIN_S", (0.01, 0.01))
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi", host=True), await site.enter(meeting, "Budi")
    reach(site, False)
    await act(host, remove=pb.Remove(participant_id=guest.opened.participant_id))
    await site.until(lambda: "a media session was not closed" in caplog.messages)
    reach(site, True)
    await asyncio.sleep(0.1)
    assert closed_for(site, guest) is None


async def test_what_was_given_up_is_told_later(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("services.signaling.enforcement.TRIES", 1)
    monkeypatch.setattr("services.signaling.enforcement.RETRY_S", 0.01)
    sessions = site.replicas[0].sessions
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi", host=True), await site.enter(meeting, "Budi")
    [session] = [one for one in sessions if one.record.name == "Budi"]
    reach(site, False)
    await act(host, mute=pb.Mute())
    await site.until(lambda: "a media node was not told what hosts decided" in caplog.messages)
    await site.until(lambda: not session.settling)
    reach(site, True)
    await sessions.keep()
    await site.until(lambda: told_node(site, guest)[-1].stop.microphone)
    # Once, and whoever has been told everything is told nothing.
    told = len(told_node(site, guest))
    await sessions.keep()
    await asyncio.sleep(0.1)
    assert (len(told_node(site, guest)), len(told_node(site, host))) == (told, 1)


async def test_a_mute_that_comes_with_the_admission_holds(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    await act(host, change_settings=pb.ChangeSettings(lobby=True))
    guest = await knock(site, meeting, "Budi")
    feed = site.replicas[0]._feeds.feed((meeting.tenant, meeting.meeting_id))
    await site.until(lambda: feed.view is not None and feed.view.waits(guest.opened.participant_id))
    assert feed.view is not None
    person = participant_pb2.Participant()
    waiting = feed.view.person(guest.opened.participant_id)
    assert waiting is not None
    person.CopyFrom(waiting)
    person.presence = participant_pb2.PRESENCE_PRESENT
    muted = pb.Moderated(act=pb.HostAct(mute=pb.Mute()), affected=[person.participant_id])
    sequence = feed.view.sequence
    # As the roster tells them when both happen within the time that it gathers.
    together = [
        participant_pb2.RosterEvent(sequence=sequence + 1, joined=person),
        participant_pb2.RosterEvent(sequence=sequence + 2, moderated=muted),
    ]
    assert feed._events(together)
    await guest.event(lambda one: one.WhichOneof("body") == "admitted")
    await site.until(lambda: told_node(site, guest)[-1].stop.microphone)
    assert told_node(site, guest)[0].publish == ON


async def test_removed_while_their_media_reconnects(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi", host=True), await site.enter(meeting, "Budi")
    before = {name for node in site.nodes for name in node.admitted}
    for node in site.nodes:
        node.answers.clear()
    request = client_pb2.ClientMessage(request_id=9, reconnect=client_pb2.Reconnect(offer_sdp=OFFER, publish=ON))
    await guest.socket.send_bytes(request.SerializeToString())

    def opened() -> set[str]:
        return {name for node in site.nodes for name in node.admitted} - before

    await site.until(opened)
    [name] = opened()
    await act(host, remove=pb.Remove(participant_id=guest.opened.participant_id))
    await site.until(lambda: closed_for(site, guest) == media_session_pb2.CLOSING_REASON_REMOVED)
    for node in site.nodes:
        node.answers.set()
    await site.until(lambda: any(name in node.closed for node in site.nodes))
    assert not opened()
