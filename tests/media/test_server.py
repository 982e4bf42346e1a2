"""MediaService by its RPCs, with the offers of real browsers."""

from __future__ import annotations

import asyncio
import re

import pytest

from services.common.errors import Conflict, InvalidField, OfferRefused, PermissionDenied, SessionGone, Unavailable
from services.common.ids import new_id
from services.common.rpc_client import call
from services.media.forwarding.limits import Limits
from sipulung.media.v1 import media_pb2, session_pb2
from tests.common.serving import MEETING, OTHER_MEETING
from tests.media.core.sdp.offers import PC, PHONE, SMALL
from tests.media.serving import TENANT, join_token, media_node
from tests.support.media_client import MediaClient, layout

ON = session_pb2.PublishState(microphone=True, camera=True, screen=True, screen_audio=True)


def mids(sdp: str) -> list[str]:
    return re.findall(r"^a=mid:(\S+)", sdp, re.MULTILINE)


def attribute(sdp: str, name: str) -> set[str]:
    return set(re.findall(rf"^a={name}:(\S+)", sdp, re.MULTILINE))


@pytest.mark.parametrize("offer", [PC, PHONE, SMALL], ids=["pc", "phone", "small"])
async def test_an_offer_is_answered(offer: str) -> None:
    async with media_node() as served:
        session_id, answer = await served.open("ana", offer)
        assert mids(answer) == mids(offer)
        assert f"127.0.0.1 {served.path.port} typ host" in answer
        assert len(attribute(answer, "ice-ufrag")) == len(attribute(answer, "ice-pwd")) == 1
        stats = await served.stats()
        [session] = stats.sessions
        assert (session.session_id, session.participant_id) == (session_id, "ana")
        assert (session.connected, session.admitted) == (False, False)
        assert stats.counters["command_unknown_handle"] == stats.counters["command_refused"] == 0


async def test_ids_are_taken_once_and_sessions_are_secret() -> None:
    async with media_node() as served:
        session_id, first = await served.open("ana", PHONE)
        with pytest.raises(Conflict):
            await served.open("ana", PHONE, session_id)
        _, second = await served.open("ana", PHONE)
        assert attribute(first, "ice-pwd").isdisjoint(attribute(second, "ice-pwd"))
        for who, meeting in (("budi", MEETING), ("ana", OTHER_MEETING)):
            with pytest.raises(SessionGone):
                await served.negotiate(who, session_id, PHONE, meeting)
        with pytest.raises(SessionGone):
            await served.permit(session_id, tenant="palopo")
        with pytest.raises(SessionGone):
            await served.close(session_id, session_pb2.CLOSING_REASON_REMOVED, OTHER_MEETING)
        assert (await served.stats(OTHER_MEETING)).sessions == []
        assert (await served.stats(tenant="palopo")).sessions == []
        assert len((await served.stats()).sessions) == 2


async def test_unknown_sessions_are_gone() -> None:
    async with media_node() as served:
        with pytest.raises(SessionGone):
            await served.negotiate("ana", new_id(), PHONE)
        with pytest.raises(SessionGone):
            await served.permit(new_id())
        with pytest.raises(SessionGone):
            await served.close(new_id(), session_pb2.CLOSING_REASON_ENDED)
        with pytest.raises(SessionGone):
            # Also when the offer is no good: whoever has no session learns nothing.
            await served.negotiate("ana", new_id(), "v=0")


async def test_participants_may_not_do_what_services_do() -> None:
    async with media_node() as served:
        session_id, _ = await served.open("ana", PHONE)
        request = media_pb2.CloseSessionRequest(tenant_id=TENANT, meeting_id=MEETING, session_id=session_id)
        with pytest.raises(PermissionDenied):
            await call(served.stub.CloseSession, request, timeout_s=60, token=join_token("ana"))
        with pytest.raises(PermissionDenied):
            await call(served.stub.Drain, media_pb2.DrainRequest(), timeout_s=60, token=join_token("ana"))
        offer = media_pb2.OpenSessionRequest(session_id=new_id(), offer_sdp=PHONE)
        with pytest.raises(PermissionDenied):
            await call(served.stub.OpenSession, offer, timeout_s=60, token=served.service)


async def test_a_larger_layout_appends_slots() -> None:
    async with media_node() as served:
        client = MediaClient(PHONE)
        session_id, first = await served.open("ana", client.offer)
        slots = len(served.session(session_id).slots)
        second = await served.negotiate("ana", session_id, client.offer_of(PC))
        assert attribute(first, "ice-pwd") == attribute(second, "ice-pwd")
        session = served.session(session_id)
        assert len(session.slots) == 23 > slots
        assert sorted(session.video_slots) == list(range(10))
        assert sorted(session.audio_slots) == list(range(10))
        # The versions grow, as RFC 8866 wants it.
        assert [re.findall(r"^o=- \d+ (\d+)", sdp, re.MULTILINE) for sdp in (first, second)] == [["1"], ["2"]]
        assert (await served.stats()).counters["command_refused"] == 0
        # Fewer sections than before is no later offer.
        with pytest.raises(OfferRefused, match="append"):
            await served.negotiate("ana", session_id, client.offer)


async def test_an_ice_restart_changes_the_nodes_credentials_too() -> None:
    async with media_node() as served:
        client = MediaClient(PHONE)
        session_id, first = await served.open("ana", client.offer)
        same = await served.negotiate("ana", session_id, client.offer)
        assert attribute(first, "ice-ufrag") == attribute(same, "ice-ufrag")
        later = await served.negotiate("ana", session_id, client.restart())
        assert attribute(first, "ice-ufrag").isdisjoint(attribute(later, "ice-ufrag"))
        assert attribute(first, "ice-pwd").isdisjoint(attribute(later, "ice-pwd"))
        assert attribute(first, "ssrc") == attribute(later, "ssrc")


async def test_another_fingerprint_is_another_session() -> None:
    async with media_node() as served:
        client = MediaClient(PHONE)
        session_id, _ = await served.open("ana", client.offer)
        with pytest.raises(OfferRefused, match="fingerprint changed"):
            await served.negotiate("ana", session_id, MediaClient(PHONE).offer)
        with pytest.raises(OfferRefused, match="line"):
            await served.negotiate("ana", session_id, client.offer.replace("a=setup:actpass", "a=setup:passive"))
        # What was refused changed nothing.
        assert served.session(session_id).version == 1
        await served.negotiate("ana", session_id, client.offer)


async def test_a_source_that_is_offered_later_is_heard_without_another_word() -> None:
    """What a client said that it sends counts as soon as there is a section for it."""
    async with media_node() as served:
        ana, _ = await served.open("ana", PHONE)
        await served.permit(ana, publish=ON)
        client = MediaClient(PC)
        audio_only = client.offer.split("\r\nm=")[0] + "\r\nm=" + client.offer.split("\r\nm=")[1]
        budi, _ = await served.open(
            "budi", re.sub(r"BUNDLE.*", f"BUNDLE {mids(client.offer)[0]}", audio_only, count=1) + "\r\n"
        )
        response = await served.permit(budi, publish=ON)
        assert [state.publish.camera for state in response.media_states.states] == [True, False]
        await served.negotiate("budi", budi, client.offer)
        response = await served.permit(ana, publish=ON)
        assert [state.publish.camera for state in response.media_states.states] == [True, True]
        assert list(served.node.rooms[TENANT, MEETING].screens) == ["ana", "budi"]


async def test_permissions_say_what_is_shown_and_heard() -> None:
    async with media_node() as served:
        tiles = layout(4, 720, 180, 180)
        ana, _ = await served.open("ana", PC, tiles=tiles)
        budi, _ = await served.open("budi", PC, tiles=tiles)
        alone = await served.permit(ana, publish=ON)
        assert (alone.assignments.layout_number, len(alone.assignments.slots)) == (4, 3)
        both = await served.permit(budi, publish=ON)
        shown = {slot.slot: (slot.participant_id, slot.source) for slot in both.assignments.slots}
        assert shown == {0: ("ana", session_pb2.SOURCE_SCREEN), 1: ("ana", session_pb2.SOURCE_CAMERA), 2: ("", 0)}
        # A right that is taken away takes effect at once, whatever the client says that it sends.
        await served.permit(ana, video=False, screen=False)
        again = await served.permit(budi)
        assert [slot.participant_id for slot in again.assignments.slots] == ["", "", ""]
        states = {state.participant_id: state.publish for state in again.media_states.states}
        assert states["ana"] == session_pb2.PublishState(microphone=True)
        # What is turned off once may be turned on again by the client, and takes nothing else with it.
        off = await served.permit(ana, video=False, screen=False, stop=session_pb2.PublishState(microphone=True))
        assert {state.participant_id: state.publish for state in off.media_states.states}["ana"] == (
            session_pb2.PublishState()
        )
        await served.permit(ana, publish=ON, video=False, screen=False)
        # Given back, what was on is on: nobody has to say it again.
        await served.permit(ana)
        assert (await served.permit(budi)).assignments.slots[1].participant_id == "ana"
        # Back to the lobby: nothing is shown, and nothing of theirs.
        lobby = await served.permit(budi, admitted=False)
        assert lobby.media_states.whole
        assert len(lobby.assignments.slots) == len(lobby.media_states.states) == 0
        last = await served.permit(ana)
        assert [state.participant_id for state in last.media_states.states] == ["ana"]
        assert [session.admitted for session in (await served.stats()).sessions] == [True, False]


async def test_a_layout_is_checked_with_the_offer() -> None:
    async with media_node() as served:
        twice = session_pb2.LayoutRequest(tiles=[session_pb2.TileRequest(slot=1)] * 2)
        with pytest.raises(InvalidField) as raised:
            await served.open("ana", PC, tiles=twice)
        assert raised.value.field == "layout.tiles[1].slot"
        assert served.node.sessions == {}
        assert served.node.rooms == {}


async def test_closing_frees_everything() -> None:
    async with media_node() as served:
        sessions = [(await served.open(name, PC))[0] for name in ("ana", "budi")]
        for session_id in sessions:
            await served.permit(session_id, publish=ON)
            await served.close(session_id, session_pb2.CLOSING_REASON_ENDED)
        async with asyncio.timeout(60):
            while served.node.sessions or served.node._ends:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        node = served.node
        assert (node.rooms, node._by_handle, node._tracks, node._rooms_by_handle) == ({}, {}, {}, {})
        stats = await served.stats()
        assert (stats.counters["command_unknown_handle"], stats.counters["command_refused"]) == (0, 0)
        with pytest.raises(SessionGone):
            await served.close(sessions[0], session_pb2.CLOSING_REASON_ENDED)


async def test_the_oldest_session_of_a_participant_makes_room() -> None:
    async with media_node(Limits(per_participant=2)) as served:
        opened = [(await served.open("ana", PHONE))[0] for _ in range(3)]
        await served.open("budi", PHONE)
        assert list(served.node.sessions)[:2] == opened[1:]
        # A bad offer takes nothing away.
        with pytest.raises(OfferRefused):
            await served.open("ana", "v=0")
        assert list(served.node.sessions)[:2] == opened[1:]


@pytest.mark.parametrize("limits", [Limits(sessions=2), Limits(per_meeting=2)])
async def test_full_is_full_but_for_those_who_are_in_it(limits: Limits) -> None:
    async with media_node(limits) as served:
        await served.open("ana", PHONE)
        budi, _ = await served.open("budi", PHONE)
        with pytest.raises(Unavailable, match=r"no (new|more) sessions"):
            await served.open("citra", PHONE)
        again, _ = await served.open("ana", PHONE)
        assert set(served.node.sessions) == {budi, again}
        if limits.sessions > 2:
            await served.open("citra", PHONE, meeting=OTHER_MEETING)


async def test_draining_takes_nobody_but_serves_on() -> None:
    async with media_node() as served:
        session_id, _ = await served.open("ana", PHONE)
        assert await served.drain(1000) == 1
        assert await served.drain(500) == 1
        with pytest.raises(Unavailable, match="about to stop"):
            await served.open("budi", PHONE)
        await served.permit(session_id, publish=ON)


async def test_what_nobody_connects_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with media_node() as served:
        await served.open("ana", PHONE)
        served.node.tick()
        assert len(served.node.sessions) == 1
        now = served.node.now()
        monkeypatch.setattr(served.node, "now", lambda: now + 30_001)
        served.node.tick()
        async with asyncio.timeout(60):
            while served.node.sessions:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_meeting_of_the_same_number_in_another_tenant_is_another() -> None:
    async with media_node() as served:
        ana, _ = await served.open("ana", PC)
        other, _ = await served.open("ana", PC, tenant="palopo")
        await served.permit(ana, publish=ON)
        response = await served.permit(other, publish=ON, tenant="palopo")
        assert len(response.media_states.states) == 1
        assert len(served.node.rooms) == 2
