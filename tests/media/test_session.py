"""A whole session over real sockets: ICE, DTLS, data channel and media, against a client that is no browser."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

import pytest
from aiortc.rtcsctptransport import serialize_packet

from services.common.errors import OfferRefused, SessionGone
from services.media.core.session_state import State
from services.media.forwarding.limits import Limits
from sipulung.media.v1 import media_pb2, session_pb2
from tests.media.core.sdp.offers import PC, PHONE
from tests.media.serving import ServedNode, media_node
from tests.support.media_client import MediaClient, layout

ON = session_pb2.PublishState(microphone=True, camera=True)
GRID = (0, 180, 180)


def people(assignments: session_pb2.Assignments) -> dict[int, str]:
    return {slot.slot: slot.participant_id for slot in assignments.slots if slot.participant_id}


async def until(served: ServedNode, wanted: str) -> None:
    """Wait for presence to be told like that: "ana budi" connected, "-citra" lost."""
    connected = {name for name in wanted.split() if not name.startswith("-")}
    lost = [name[1:] for name in wanted.split() if name.startswith("-")]
    async with asyncio.timeout(60):
        while not any(set(entry[0]) == connected and entry[1] == lost for entry in served.presence[-3:]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("tcp", [False, True])
async def test_a_layout_is_answered_with_who_is_shown(tcp: bool) -> None:
    async with media_node() as served:
        ana = await served.enter("ana", publish=ON)
        budi = await served.enter("budi", tcp=tcp, heights=GRID)
        # What the answer to the click says already.
        assert people(budi.entered.assignments) == {1: "ana"}
        assert [state.participant_id for state in budi.entered.media_states.states] == ["ana", "budi"]
        assert budi.entered.media_states.states[0].publish == ON
        await until(served, "ana budi")
        budi.client.show(7, 0, 360, 0, 0)
        told = await budi.client.hear("assignments", lambda told: told.layout_number == 7)
        assert people(told) == {1: "ana"}
        assert [slot.slot for slot in told.slots] == [0, 1, 2, 3]
        # Ana is asked for the layers that Budi's tile needs, and hears that Budi came.
        assert (await ana.client.hear("publish_request", lambda told: told.camera_layers == 2)).screen is False
        # A layout that was overtaken changes nothing.
        budi.client.show(6, 0, 0, 0)
        budi.client.show(8, 0, 0, 180)
        assert (await budi.client.hear("assignments")).layout_number == 8
        for person in (ana, budi):
            await person.client.close()


async def test_what_a_host_turned_off_stays_off_until_the_client_knows() -> None:
    def publishing(heard: int) -> session_pb2.PublishState:
        return session_pb2.PublishState(microphone=True, camera=True, stops_heard=heard)

    def of_ana(answer: media_pb2.UpdatePermissionsResponse) -> session_pb2.PublishState:
        return next(state.publish for state in answer.media_states.states if state.participant_id == "ana")

    async with media_node() as served:
        ana = await served.enter("ana", publish=publishing(0))
        stop = session_pb2.PublishState(microphone=True)
        assert not of_ana(await served.permit(ana.session_id, stop=stop)).microphone
        told = await ana.client.hear("stopped")
        assert (told.number, told.sources) == (1, stop)
        # A state that was on its way does not turn it on again, nor does a connection that takes this one's place.
        ana.client.say(session_pb2.ClientToNode(publish=publishing(0)))
        again = await served.enter("ana", publish=publishing(0))
        assert not of_ana(again.entered).microphone
        assert (await again.client.hear("stopped")).number == 1
        # Who knows of it may turn it on.
        assert of_ana(await served.permit(again.session_id, publish=publishing(1))).microphone
        for person in (ana, again):
            await person.client.close()


async def test_media_flows_between_two() -> None:
    async with media_node() as served:
        ana = await served.enter("ana", publish=ON)
        budi = await served.enter("budi", heights=GRID)
        speaking = asyncio.create_task(ana.client.speak(1.5))
        filming = asyncio.create_task(ana.client.film(1.5))
        voice = picture = None
        async with asyncio.timeout(60):
            while voice is None or picture is None:
                packet = await budi.client.media.get()
                voice = packet if packet.payload == b"voice" else voice
                picture = packet if packet.payload[:1] == b"\x10" and packet.pt == 96 else picture
        assert voice.ssrc != picture.ssrc
        assert (await budi.client.hear("speakers", lambda told: len(told.participant_ids) > 0)).participant_ids == [
            "ana"
        ]
        await asyncio.gather(speaking, filming)
        stats = await served.stats()
        assert all(session.connected and session.admitted for session in stats.sessions)
        assert stats.counters["rtp_forwarded"] > 0
        assert ana.client.media.empty()
        for person in (ana, budi):
            await person.client.close()


async def test_nothing_flows_to_or_from_a_preview() -> None:
    async with media_node() as served:
        ana = await served.enter("ana", publish=ON)
        budi = await served.preview("budi", heights=GRID)
        budi.client.publish(microphone=True)
        await asyncio.sleep(0.1)
        ana.client.heard()
        await asyncio.gather(ana.client.speak(0.4), budi.client.speak(0.4))
        budi.client.publish(microphone=False)
        budi.client.publish(camera=True)
        await asyncio.sleep(0.2)
        assert budi.client.media.empty()
        assert ana.client.media.empty()
        assert budi.client.heard() == []
        # Nobody inside learns that somebody waits outside.
        assert all("budi" not in str(message) for message in ana.client.heard())
        assert (await served.stats()).counters["drop_not_admitted"] > 0
        assert all("budi" not in connected for connected, _ in served.presence)
        for person in (ana, budi):
            await person.client.close()


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (b"\xff\xff\xff", ""),
        ("no message", ""),
        (b"", "body"),
        (b"\x0a" + b"\x00" * 20_000, ""),
        (session_pb2.ClientToNode(layout=session_pb2.LayoutRequest(tiles=[session_pb2.TileRequest(slot=64)])), "slot"),
        (session_pb2.ClientToNode(layout=session_pb2.LayoutRequest(tiles=[session_pb2.TileRequest()] * 33)), "tiles"),
        (
            session_pb2.ClientToNode(
                layout=session_pb2.LayoutRequest(number=2, tiles=[session_pb2.TileRequest(slot=1)] * 2)
            ),
            "layout.tiles[1].slot",
        ),
        (
            session_pb2.ClientToNode(
                layout=session_pb2.LayoutRequest(
                    number=2,
                    tiles=[session_pb2.TileRequest(slot=slot, participant_id="ana") for slot in (1, 2)]
                )
            ),
            "layout.tiles[1].participant_id",
        ),
        (session_pb2.ClientToNode(report=session_pb2.ClientReport(concealed_per_mille=1001)), "concealed_per_mille"),
    ],
    ids=["bytes", "text", "empty", "long", "slot", "tiles", "slot twice", "person twice", "report"],
)  # fmt: skip
async def test_hostile_messages_are_refused_and_the_session_goes_on(
    message: session_pb2.ClientToNode | bytes | str, field: str
) -> None:
    async with media_node() as served:
        person = await served.enter("ana", heights=GRID)
        person.client.say(message)
        refused = await person.client.hear("refused")
        assert field in refused.field
        assert refused.message
        person.client.show(3, 0, 180)
        assert (await person.client.hear("assignments", lambda told: told.layout_number == 3)).layout_number == 3
        await person.client.close()


async def test_too_many_messages_are_refused_for_a_while() -> None:
    async with media_node() as served:
        person = await served.enter("ana")
        for number in range(80):
            person.client.show(number + 1, 0, 180)
        refused = await person.client.hear("refused")
        assert "20 a second" in refused.message
        # Also where some of them are still on their way.
        await asyncio.sleep(2)
        person.client.heard()
        person.client.show(200, 0, 180)
        assert (await person.client.hear("assignments", lambda told: told.layout_number == 200)).slots
        await person.client.close()


async def test_a_client_that_says_goodbye_is_gone_at_once() -> None:
    # By silence they would be gone after ten minutes only.
    async with media_node(silent_timeout_ms=600_000) as served:
        ana, budi = await served.enter("ana"), await served.enter("budi", publish=ON)
        await until(served, "ana budi")
        began = time.monotonic()
        await budi.client.close()
        await until(served, "ana -budi")
        assert time.monotonic() - began < 1
        await ana.client.hear("media_states", lambda told: not (told.whole or told.states[0].publish.camera))
        with pytest.raises(SessionGone):
            await served.permit(budi.session_id)
        await ana.client.close()


async def test_a_client_whose_network_is_gone_is_lost_and_comes_back() -> None:
    # Longer than a busy machine keeps those waiting who are there.
    async with media_node(silent_timeout_ms=4000) as served:
        ana = await served.enter("ana")
        kept = asyncio.create_task(ana.client.stay_silent())
        budi = await served.enter("budi")
        await until(served, "ana budi")
        await budi.client.vanish()
        await until(served, "ana -budi")
        lost = await ana.client.hear("media_states", lambda told: any(s.lost for s in told.states))
        assert [state.participant_id for state in lost.states] == ["budi"]
        # Back by an ICE restart, from another address.
        answer = await served.negotiate("budi", budi.session_id, budi.client.restart())
        await budi.client.connect_ice(answer)
        await until(served, "ana budi")
        back = await ana.client.hear("media_states", lambda told: told.states[0].participant_id == "budi")
        assert not back.states[0].lost
        budi.client.show(9, 0, 180)
        assert await budi.client.hear("assignments", lambda told: told.layout_number == 9)
        kept.cancel()
        for person in (ana, budi):
            await person.client.close()


async def test_the_newest_connection_of_a_person_takes_over_without_an_echo() -> None:
    async with media_node(silent_timeout_ms=4000) as served:
        ana = await served.enter("ana", publish=ON)
        old = await served.enter("budi", heights=GRID, publish=ON)
        new = await served.enter("budi", heights=GRID, publish=ON)
        # Nobody is shown or heard twice, and nobody sees or hears themselves.
        assert people(new.entered.assignments) == {1: "ana"}
        assert [state.participant_id for state in new.entered.media_states.states] == ["ana", "budi"]
        await asyncio.gather(new.client.speak(0.6), old.client.speak(0.6))
        async with asyncio.timeout(60):
            while ana.client.media.empty():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        voices = set()
        while not ana.client.media.empty():
            voices.add(ana.client.media.get_nowait().ssrc)
        assert len(voices) == 1
        assert old.client.media.empty()
        assert new.client.media.empty()
        # The old one falls silent: its person is not lost.
        told = len(served.presence)
        await old.client.vanish()
        async with asyncio.timeout(60):
            while served.session(old.session_id).state is not State.SILENT:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert all(not lost and set(connected) == {"ana", "budi"} for connected, lost in served.presence[told:])
        ana.client.heard()
        await served.close(old.session_id, session_pb2.CLOSING_REASON_UNSPECIFIED)
        async with asyncio.timeout(60):
            while old.session_id in served.node.sessions:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert served.session(new.session_id).carries
        for person in (ana, new):
            await person.client.close()


async def test_a_closed_session_says_why_and_ends() -> None:
    async with media_node() as served:
        ana, budi = await served.enter("ana"), await served.enter("budi")
        await served.close(budi.session_id, session_pb2.CLOSING_REASON_REMOVED)
        assert (await budi.client.hear("closing")).reason == session_pb2.CLOSING_REASON_REMOVED
        # Whoever was closed cannot be let in again in its last moment.
        with pytest.raises(SessionGone):
            await served.permit(budi.session_id)
        with pytest.raises(SessionGone):
            await served.negotiate("budi", budi.session_id, budi.client.offer)
        await asyncio.wait_for(budi.client.ended.wait(), 60)
        await until(served, "ana")
        # Closed by us: nobody was lost.
        assert all(not lost for _, lost in served.presence)
        await ana.client.close()


async def test_the_last_one_hears_the_end_as_well() -> None:
    """The room goes with its last session, but not before the goodbye."""
    async with media_node() as served:
        ana = await served.enter("ana")
        await served.close(ana.session_id, session_pb2.CLOSING_REASON_ENDED)
        assert (await ana.client.hear("closing")).reason == session_pb2.CLOSING_REASON_ENDED
        await asyncio.wait_for(ana.client.ended.wait(), 60)
        assert served.node.rooms == {}
        assert served.path.stats()["command_unknown_handle"] == 0


async def test_draining_tells_everybody_and_takes_nobody() -> None:
    async with media_node() as served:
        ana, budi = await served.enter("ana"), await served.preview("budi")
        assert await served.drain(2500) == 2
        for person in (ana, budi):
            closing = await person.client.hear("closing")
            assert (closing.reason, closing.deadline_ms) == (session_pb2.CLOSING_REASON_DRAIN, 2500)
        assert ana.client.dtls.state == "connected"
        for person in (ana, budi):
            await person.client.close()


async def test_a_thief_of_ice_credentials_gets_no_further() -> None:
    async with media_node() as served:
        owner, thief = MediaClient(PHONE), MediaClient(PHONE)
        thief.ufrag = owner.ufrag
        session_id, answer = await served.open("ana", owner.offer)
        stolen = asyncio.create_task(thief.connect(answer))
        async with asyncio.timeout(60):
            while session_id in served.node.sessions:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        stolen.cancel()
        await asyncio.gather(stolen, return_exceptions=True)
        await thief.close()


async def test_a_codec_that_the_viewer_lacks_is_said() -> None:
    async with media_node() as served:
        ana = await served.enter("ana", publish=ON)
        budi = await served.enter("budi", template=PC.replace("VP8/90000", "H263/90000"), heights=GRID)
        filming = asyncio.create_task(ana.client.film(2))
        told = await budi.client.hear("assignments", lambda told: told.slots[1].paused != 0)
        assert (told.slots[1].participant_id, told.slots[1].paused) == ("ana", session_pb2.PAUSE_CAUSE_CODEC)
        filming.cancel()
        assert (await served.stats()).counters["drop_codec_missing"] >= 0
        for person in (ana, budi):
            await person.client.close()


async def test_layers_that_arrive_are_measured() -> None:
    async with media_node() as served:
        ana = await served.enter("ana", publish=ON)
        filming = asyncio.create_task(ana.client.film(60, "h"))
        track = served.session(ana.session_id).tracks["camera"]
        async with asyncio.timeout(60):
            while not any(rate > 10_000 for rate in track.bitrates):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert (len(track.bitrates), track.bitrates[0], track.bitrates[2]) == (3, 0, 0)
        assert track.bitrates[1] > 10_000
        filming.cancel()
        await asyncio.gather(filming, return_exceptions=True)
        await ana.client.close()


async def test_a_preview_that_is_left_idle_expires() -> None:
    async with media_node(Limits(preview_ms=200)) as served:
        ana, budi = await served.preview("ana"), await served.enter("budi")
        await asyncio.sleep(0.25)
        served.node.tick()
        assert (await ana.client.hear("closing")).reason == session_pb2.CLOSING_REASON_EXPIRED
        await asyncio.wait_for(ana.client.ended.wait(), 60)
        assert list(served.node.sessions) == [budi.session_id]
        await budi.client.close()


async def test_whoever_connects_while_the_node_drains_hears_it() -> None:
    async with media_node() as served:
        client = MediaClient(PHONE)
        session_id, answer = await served.open("ana", client.offer)
        await served.drain(2000)
        await client.connect(answer)
        assert (await client.hear("closing")).reason == session_pb2.CLOSING_REASON_DRAIN
        assert served.session(session_id).carries
        await client.close()


async def test_a_client_that_fell_behind_is_told_everything_in_the_next_second() -> None:
    async with media_node() as served:
        ana = await served.enter("ana", publish=ON)
        served.session(ana.session_id).behind = True
        served.node.tick()
        assert await ana.client.hear("media_states", lambda told: told.whole)
        assert not served.session(ana.session_id).behind
        served.node.tick()
        # Its answer comes after all that was said before.
        ana.client.show(9, 0, 180)
        kinds: list[str | None] = []
        async with asyncio.timeout(60):
            while "assignments" not in kinds:
                await asyncio.sleep(0.02)
                kinds += [message.WhichOneof("body") for message in ana.client.heard()]
        assert "media_states" not in kinds
        await ana.client.close()


async def test_an_offer_without_a_data_channel_carries_media() -> None:
    async with media_node() as served:
        sections = PC.split("\r\nm=")
        without = "\r\nm=".join(section for section in sections if not section.startswith("application"))
        client = MediaClient(without.rstrip("\r\n") + "\r\n")
        session_id, answer = await served.open("ana", client.offer)
        connecting = asyncio.create_task(client.connect(answer))
        async with asyncio.timeout(60):
            while not served.session(session_id).carries:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await served.permit(session_id, publish=ON)
        assert not served.session(session_id).behind
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await client.close()


async def test_one_session_in_trouble_leaves_the_others_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with media_node() as served:
        ana, budi = await served.enter("ana"), await served.enter("budi")
        broken = served.session(ana.session_id).connection.ice

        def raises(data: bytes) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(broken, "feed", raises)
        ana.client.show(3, 0, 180)
        budi.client.show(4, 0, 180)
        assert await budi.client.hear("assignments", lambda told: told.layout_number == 4)
        assert "event not handled" in caplog.text
        monkeypatch.undo()
        for person in (ana, budi):
            await person.client.close()


async def test_admitted_before_the_connection_is_there() -> None:
    async with media_node() as served:
        ana = await served.enter("ana")
        client = MediaClient(PC)
        session_id, answer = await served.open("budi", client.offer, tiles=layout(1, *GRID))
        await served.permit(session_id, publish=ON)
        assert served.presence[-1] == (["ana"], [])
        await client.connect(answer)
        await until(served, "ana budi")
        assert (await client.hear("assignments")).layout_number == 1
        assert (await client.hear("media_states")).whole
        assert (await client.hear("speakers")).participant_ids == []
        await client.close()
        await ana.client.close()


async def test_what_was_not_taken_is_counted_by_name() -> None:
    async with media_node() as served:
        ana = await served.enter("ana")
        assert sum(served.node.refusals().values()) == 0
        ana.client.say(b"\xff")
        await ana.client.hear("refused")
        with pytest.raises(OfferRefused):
            await served.open("budi", "v=0")
        ana.client.send_datagram(b"\x14" * 13)
        # A parameter without a length.
        await ana.client.dtls._send_data(
            serialize_packet(
                5000, 5000, ana.client.sctp._remote_verification_tag, cast(Any, b"\x04\x00\x00\x08" + bytes(4))
            )
        )
        async with asyncio.timeout(60):
            while served.node.refusals()["sctp_packet"] == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        wanted = {"message": 1, "offer": 1, "sctp_packet": 1, "dtls_record": 0}
        assert served.node.refusals() == wanted
        # What ended is still counted.
        await ana.client.close()
        async with asyncio.timeout(60):
            while served.node.sessions:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert served.node.refusals() == wanted
