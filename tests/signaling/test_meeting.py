"""A meeting as its clients live it."""

import asyncio

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.signaling.v1 import client_pb2
from tests.signaling.client import OFFER, code_of, is_roster
from tests.signaling.conftest import Meeting, Site
from tests.signaling.neighbours import MediaNode


async def test_two_people_meet(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.connect()
    opened = (await host.open(await site.token(meeting, "Andi", host=True))).opened
    assert opened.meeting_title == "Rapat koordinasi"
    assert opened.answer_sdp.startswith("answer of media-")
    assert opened.preview_expires_in_s == 300
    entered = await host.enter()
    assert entered.participant.name == "Andi"
    assert [person.name for person in entered.snapshot.participants] == ["Andi"]
    assert [slot.slot for slot in entered.assignments.slots] == [1]

    guest = await site.enter(meeting, "Budi")
    joined = await host.event(is_roster("joined"))
    assert joined.roster_event.joined.name == "Budi"
    assert joined.request_id == 0
    said = await guest.request(say=client_pb2.Say(text="Selamat pagi", client_line_id="a1"))
    assert said.WhichOneof("body") == "done"
    for client in (host, guest):
        line = (await client.event(is_roster("said"))).roster_event.said
        assert (line.name, line.text, line.client_line_id) == ("Budi", "Selamat pagi", "a1")
    assert (await guest.request(raise_hand=client_pb2.RaiseHand(raised=True))).WhichOneof("body") == "done"
    assert (await host.event(is_roster("changed"))).roster_event.changed.hand_raised_at_ms > 0
    negotiated = await guest.request(
        negotiate=client_pb2.Negotiate(media_session_id=guest.opened.media_session_id, offer_sdp=OFFER)
    )
    assert negotiated.negotiated.answer_sdp == "second answer"
    assert (await guest.request(ping=client_pb2.Ping())).pong.server_time_ms > 0
    assert (await guest.request(leave=client_pb2.Leave())).WhichOneof("body") == "done"
    assert (await guest.socket.receive(timeout=60)).data == 1000
    left = (await host.event(is_roster("left"))).roster_event.left
    assert left.participant_id == guest.opened.participant_id
    await site.until(lambda: guest.opened.media_session_id in [name for node in site.nodes for name in node.closed])


async def test_the_host_ends_it_for_all(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    guest = await site.enter(meeting, "Budi")
    waiting = await site.connect()
    await waiting.open(await site.token(meeting, "Cici"))
    refused = await guest.request(end_meeting=client_pb2.EndMeeting())
    assert code_of(refused.error) == "PERMISSION_DENIED"
    assert (await host.request(end_meeting=client_pb2.EndMeeting())).WhichOneof("body") == "done"
    for client in (guest, waiting):
        closing = await client.closing()
        assert code_of(closing.error) == "MEETING_ENDED"
        assert not closing.may_resume
    await site.until(lambda: not any(node.admitted for node in site.nodes))
    late = await site.connect()
    assert code_of((await late.open(site.keys.join("luwu", meeting.meeting_id, "Dedi")[0])).error) == "MEETING_ENDED"


async def test_meetings_spread_over_nodes_and_people_stay_together(site: Site) -> None:
    answers = []

    def told(node: MediaNode) -> int:
        load = site.replicas[0].nodes.table.load(node.name)
        assert load is not None
        return load.sessions

    for _ in range(2):
        meeting = await site.meeting()
        for name in ("Andi", "Budi"):
            client = await site.connect()
            answers.append((await client.open(await site.token(meeting, name))).opened.answer_sdp)
        # A report that was on its way when they came would say that nobody has.
        await site.until(lambda: [told(node) for node in site.nodes] == [len(node.admitted) for node in site.nodes])
    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    assert answers[0] != answers[2]


async def test_one_trace_spans_a_join(site: Site) -> None:
    meeting = await site.meeting()
    client = await site.connect()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    context = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    token = await site.token(meeting)
    await client.request(trace=context, open=client_pb2.Open(join_token=token, offer_sdp=OFFER))
    await client.request(trace=context, enter=client_pb2.Enter())
    timings = client_pb2.JoinTimings(token_ms=50, first_frame_ms=80, started_at_ms=1, enter_clicked_at_ms=1000)
    assert (await client.request(trace=context, timings=timings)).WhichOneof("body") == "done"

    def found() -> dict[str, ReadableSpan]:
        spans = site.spans.get_finished_spans()
        return {one.name: one for one in spans if one.context and f"{one.context.trace_id:032x}" == trace}

    await site.until(lambda: {"signaling.open", "signaling.enter", "browser.join"} <= set(found()))
    spans = found()
    browser = spans["browser.join"]
    assert browser.parent is None
    assert browser.context is not None
    assert f"{browser.context.span_id:016x}" == "00f067aa0ba902b7"
    assert browser.attributes is not None
    assert browser.attributes["join.first_frame_ms"] == 80
    assert [event.name for event in browser.events] == ["token", "enter_clicked", "first_frame"]


@pytest.mark.parametrize(("percent", "traced"), [("100", 5), ("0", 0)])
async def test_of_what_all_do_all_the_time_as_much_is_traced_as_is_set(site: Site, percent: str, traced: int) -> None:
    await site.replica(SIPULUNG_TRACE_PERCENT=percent)
    meeting = await site.meeting()
    client = await site.enter(meeting, number=len(site.replicas) - 1)
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    context = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    for number in range(5):
        answer = await client.request(trace=context, say=client_pb2.Say(text="Siap.", client_line_id=f"l{number}"))
        assert answer.WhichOneof("body") == "done"
    # All else is traced whatever is set, and ends after what came before it.
    await client.request(trace=context, leave=client_pb2.Leave())

    def names() -> list[str]:
        spans = site.spans.get_finished_spans()
        return [one.name for one in spans if one.context and f"{one.context.trace_id:032x}" == trace]

    await site.until(lambda: "signaling.leave" in names())
    assert names().count("signaling.say") == traced


async def test_a_dead_node_is_left_within_three_seconds(site: Site) -> None:
    meeting = await site.meeting()
    clients = [await site.enter(meeting, name) for name in ("Andi", "Budi")]
    dead = next(node for node in site.nodes if node.admitted)
    other = next(node for node in site.nodes if node is not dead)
    started = asyncio.get_running_loop().time()
    await dead.stop()
    for client in clients:
        moved = await client.event(lambda one: one.WhichOneof("body") == "media_moved")
        assert moved.media_moved.urgent
    assert asyncio.get_running_loop().time() - started < 3
    for client in clients:
        publish = media_session_pb2.PublishState(microphone=True)
        answer = await client.request(reconnect=client_pb2.Reconnect(offer_sdp=OFFER, publish=publish))
        assert answer.reconnected.answer_sdp == f"answer of {other.name}", answer
        assert other.admitted[answer.reconnected.media_session_id]


async def test_a_restarted_node_gets_its_people_back(site: Site) -> None:
    meeting = await site.meeting()
    client = await site.enter(meeting)
    node = next(node for node in site.nodes if node.admitted)
    await node.restart()
    await client.event(lambda one: one.WhichOneof("body") == "media_moved")
    answer = await client.request(reconnect=client_pb2.Reconnect(offer_sdp=OFFER))
    assert answer.reconnected.answer_sdp == f"answer of {node.name}"
    old = client.opened.media_session_id
    lost = await client.request(negotiate=client_pb2.Negotiate(media_session_id=old, offer_sdp=OFFER))
    assert code_of(lost.error) == "SESSION_GONE"


async def test_make_before_break(site: Site) -> None:
    meeting = await site.meeting()
    client = await site.enter(meeting)
    node = next(node for node in site.nodes if node.admitted)
    node.draining = True
    moved = await client.event(lambda one: one.WhichOneof("body") == "media_moved")
    assert not moved.media_moved.urgent
    answer = await client.request(reconnect=client_pb2.Reconnect(offer_sdp=OFFER))
    assert answer.reconnected.answer_sdp != client.opened.answer_sdp
    assert client.opened.media_session_id in node.admitted
    await site.until(lambda: client.opened.media_session_id in node.closed)


async def test_the_roster_comes_back(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi", host=True), await site.enter(meeting, "Budi")
    assert site.roster is not None
    site.roster.kill()
    site.roster.wait()
    away = await guest.request(say=client_pb2.Say(text="halo?"))
    assert code_of(away.error) in ("UNAVAILABLE", "DEADLINE_EXCEEDED")
    site.start_roster()
    await host.event(lambda one: one.WhichOneof("body") == "snapshot")
    assert (await guest.request(say=client_pb2.Say(text="lanjut"))).WhichOneof("body") == "done"
    assert (await host.event(is_roster("said"))).roster_event.said.text == "lanjut"


async def test_draining_sends_clients_away(site: Site) -> None:
    client = await site.enter(await site.meeting())
    await site.replicas.pop().stop()
    closing = await client.closing()
    assert code_of(closing.error) == "SHUTTING_DOWN"
    assert closing.may_resume


async def test_a_full_meeting_lets_its_host_in_and_who_has_a_seat(site: Site) -> None:
    token = site.keys.access(site.tenant, f"host{site.tenant}")
    status, made = await site.call("POST", "/api/v1/meetings", {"title": "Rapat", "capacity": 1}, token)
    assert status == 201
    meeting = Meeting(site.tenant, made["meeting"]["meeting_id"], made["password"], token)
    body = {"meeting_id": meeting.meeting_id, "password": meeting.password}
    status, joined = await site.call("POST", "/api/v1/join", {**body, "name": "Budi", "device": "d1"})
    assert status == 200
    guest = await site.connect()
    await guest.open(joined["join_token"])
    await guest.enter()
    for name, device, wanted in (("Cici", "d2", 409), ("Budi", "d1", 200)):
        status, answer = await site.call("POST", "/api/v1/join", {**body, "name": name, "device": device})
        assert status == wanted, answer
    host = await site.enter(meeting, "Ani", host=True)
    assert host.opened.present == 1
