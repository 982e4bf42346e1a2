"""Losing the connection, the replica, or the place to another connection."""

import asyncio
import time

import pytest

from services.signaling.session import Session
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import moderation_pb2, participant_pb2
from sipulung.signaling.v1 import client_pb2, record_pb2
from tests.signaling.client import code_of, is_roster
from tests.signaling.conftest import Site
from tests.signaling.in_charge import act, closed_for, told_node
from tools.instance.ports import free_port


async def test_a_dropped_connection_resumes(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi"), await site.enter(meeting, "Budi")
    guest.drop()
    await host.request(say=client_pb2.Say(text="Budi?"))
    # What this replica has not heard of yet, it would tell after the answer.
    await host.event(is_roster("said"))
    again = await site.connect()
    resumed = (await again.resume(guest.opened.session_id, guest.opened.resume_token)).resumed
    assert {person.name for person in resumed.snapshot.participants} == {"Andi", "Budi"}
    assert [line.text for line in resumed.snapshot.chat] == ["Budi?"]
    assert resumed.resume_token != guest.opened.resume_token
    assert (await again.request(say=client_pb2.Say(text="di sini"))).WhichOneof("body") == "done"
    await host.event(lambda one: one.roster_event.said.text == "di sini")
    assert not any(is_roster("left")(one) for one in host.events)


async def test_the_token_before_works_once_more_when_the_answer_was_lost(site: Site) -> None:
    guest = await site.enter(await site.meeting())
    guest.drop()
    first = await site.connect()
    await first.resume(guest.opened.session_id, guest.opened.resume_token)
    second = await site.connect()
    answer = await second.resume(guest.opened.session_id, guest.opened.resume_token)
    assert answer.WhichOneof("body") == "resumed"
    assert code_of((await first.closing()).error) == "REPLACED"
    third = await site.connect()
    await third.resume(guest.opened.session_id, answer.resumed.resume_token)
    fourth = await site.connect()
    refused = await fourth.resume(guest.opened.session_id, guest.opened.resume_token)
    assert code_of(refused.error) == "SESSION_GONE"


async def test_a_preview_resumes_as_a_preview(site: Site) -> None:
    client = await site.connect()
    await client.open(await site.token(await site.meeting()))
    client.drop()
    again = await site.connect()
    resumed = await again.resume(client.opened.session_id, client.opened.resume_token)
    assert not resumed.resumed.HasField("snapshot")
    await again.enter()


async def test_an_enter_whose_answer_was_lost_is_answered_again(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi"), await site.connect()
    await guest.open(await site.token(meeting, "Budi"))
    await guest.enter()
    guest.drop()
    await host.event(is_roster("joined"))
    await host.request(say=client_pb2.Say(text="Budi?"))
    await host.event(is_roster("said"))
    again = await site.connect()
    await again.resume(guest.opened.session_id, guest.opened.resume_token)
    told = await again.enter()
    assert [person.name for person in told.snapshot.participants] == ["Andi", "Budi"]
    assert [line.text for line in told.snapshot.chat] == ["Budi?"]
    # Nobody hears of them twice, and they hear of what follows.
    await host.request(say=client_pb2.Say(text="Halo."))
    await again.event(lambda one: one.roster_event.said.text == "Halo.")
    assert not any(is_roster("joined")(one) for one in host.events)


async def test_any_replica_resumes(site: Site) -> None:
    await site.replica()
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi"), await site.enter(meeting, "Budi")
    moved = await site.connect(1)
    resumed = await moved.resume(guest.opened.session_id, guest.opened.resume_token)
    assert len(resumed.resumed.snapshot.participants) == 2
    # The old replica hears of it and lets go of the connection that it still held.
    assert code_of((await guest.closing()).error) == "REPLACED"
    await host.request(raise_hand=client_pb2.RaiseHand(raised=True))
    assert (await moved.event(is_roster("changed"))).roster_event.changed.hand_raised_at_ms


async def test_kill_9_of_signaling(site: Site) -> None:
    port = free_port()
    process = await site.process(port)
    meeting = await site.meeting()
    client = await site.connect(port=port)
    opened = (await client.open(await site.token(meeting))).opened
    await client.enter()
    process.kill()
    process.wait()
    # Auth is away as well: the new process verifies nothing here, and needs no keys to resume.
    await site.auth.stop()
    await site.process(port)
    again = await site.connect(port=port)
    resumed = await again.resume(opened.session_id, opened.resume_token)
    assert [person.presence for person in resumed.resumed.snapshot.participants] == [participant_pb2.PRESENCE_PRESENT]
    assert (await again.request(say=client_pb2.Say(text="kembali"))).WhichOneof("body") == "done"


async def test_a_replica_that_starts_without_auth_lets_people_in(site: Site) -> None:
    meeting = await site.meeting()
    token = await site.token(meeting)
    await site.replicas[0].keys.exchange()
    await site.auth.stop()
    await site.replica()
    await site.until(lambda: site.replicas[1].keys.ready)
    client = await site.connect(1)
    assert (await client.open(token)).WhichOneof("body") == "opened"


async def test_a_second_open_replaces_the_first(site: Site) -> None:
    meeting = await site.meeting()
    token = await site.token(meeting)
    first = await site.connect()
    await first.open(token)
    await first.enter()
    second = await site.connect()
    await second.open(token)
    closing = await first.closing()
    assert code_of(closing.error) == "REPLACED"
    assert not closing.may_resume
    await site.until(lambda: any(first.opened.media_session_id in node.closed for node in site.nodes))
    gone = await (await site.connect()).resume(first.opened.session_id, first.opened.resume_token)
    assert code_of(gone.error) == "SESSION_GONE"
    await second.enter()


async def test_an_idle_preview_expires(bare_site: Site) -> None:
    await bare_site.replica(SIPULUNG_PREVIEW_SECONDS="1")
    client = await bare_site.connect()
    token = await bare_site.token(await bare_site.meeting())
    started = time.monotonic()
    await client.open(token)
    closing = await client.closing()
    assert 0.9 < time.monotonic() - started < 3
    assert code_of(closing.error) == "PREVIEW_EXPIRED"
    await bare_site.until(lambda: any(client.opened.media_session_id in node.closed for node in bare_site.nodes))
    gone = await (await bare_site.connect()).resume(client.opened.session_id, client.opened.resume_token)
    assert code_of(gone.error) == "SESSION_GONE"


async def test_without_redis_meetings_go_on_and_nobody_new_comes(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi"), await site.enter(meeting, "Budi")
    token = await site.token(meeting, "Cici")
    site.stores.valkey.kill()
    try:
        late = await site.connect()
        assert code_of((await late.open(token)).error) in ("UNAVAILABLE", "DEADLINE_EXCEEDED")
        assert (await guest.request(ping=client_pb2.Ping())).WhichOneof("body") == "pong"
        assert host.socket.closed is False
    finally:
        site.stores.valkey.start()
    assert (await late.open(token)).WhichOneof("body") == "opened"


async def test_who_may_not_come_back_leaves_nothing_behind(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their replica died with their session's record in the store; a host removed them meanwhile."""
    # They are back before anybody has looked for their media.
    monkeypatch.setattr("services.signaling.media_closing.HOLDER_S", 60.0)
    replica = await site.replica(SIPULUNG_RESUME_SECONDS="5")
    port = free_port()
    process = await site.process(port)
    meeting = await site.meeting()
    host = await site.enter(meeting, "Ani", host=True)
    guest = await site.connect(port=port)
    await guest.open(await site.token(meeting))
    await guest.enter()
    process.kill()
    remove = moderation_pb2.Remove(participant_id=guest.opened.participant_id)
    await host.request(moderate=moderation_pb2.HostAct(remove=remove))
    again = await site.connect(1)
    refused = await again.resume(guest.opened.session_id, guest.opened.resume_token)
    assert code_of(refused.error) == "REMOVED"
    await site.until(lambda: closed_for(site, guest) == media_session_pb2.CLOSING_REASON_REMOVED)
    assert not list(replica.sessions)


async def test_media_goes_on_without_a_connection_and_hosts_still_reach_it(site: Site) -> None:
    sessions, store = site.replicas[0].sessions, site.replicas[0].sessions._store
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Ani", host=True), await site.enter(meeting, "Budi")
    [session] = [one for one in sessions if one.record.name == "Budi"]
    guest.drop()
    await site.until(lambda: not session.connected)
    sessions.sweep(time.monotonic() + 3600, time.time_ns() // 1_000_000)
    await asyncio.sleep(0.1)
    assert closed_for(site, guest) is None
    # Its record has expired meanwhile, and is written again for as long as the participant is in the meeting.
    await store.drop(session.record, session.attachment_id)
    await sessions.keep()
    assert await store.load(*session.meeting, session.record.participant_id) is not None
    await act(host, mute=moderation_pb2.Mute())
    await site.until(lambda: told_node(site, guest)[-1].stop.microphone)
    back = await site.connect()
    resumed = (await back.resume(guest.opened.session_id, guest.opened.resume_token)).resumed
    assert len(resumed.snapshot.participants) == 2
    back.drop()
    await site.until(lambda: not session.connected)
    sessions.sweep(time.monotonic() + 3600, time.time_ns() // 1_000_000)
    await act(host, remove=moderation_pb2.Remove(participant_id=guest.opened.participant_id))
    await site.until(lambda: closed_for(site, guest) == media_session_pb2.CLOSING_REASON_REMOVED)
    assert sessions.find(*session.meeting, session.record.participant_id) is None


async def test_media_ends_with_a_session_that_nobody_came_back_to(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = site.replicas[0].sessions
    meeting = await site.meeting()
    guest, other = await site.enter(meeting, "Budi"), await site.enter(meeting, "Cici")
    guest.drop()
    await site.until(lambda: not all(session.connected for session in sessions))
    # The roster has given them up.
    monkeypatch.setattr(sessions, "in_meeting", lambda session: session.record.name == "Cici")
    sessions.sweep(time.monotonic() + 299, time.time_ns() // 1_000_000)
    await asyncio.sleep(0.1)
    assert closed_for(site, guest) is None
    sessions.sweep(time.monotonic() + 301, time.time_ns() // 1_000_000)
    await site.until(lambda: closed_for(site, guest) == media_session_pb2.CLOSING_REASON_EXPIRED)
    assert closed_for(site, other) is None


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("remove", media_session_pb2.CLOSING_REASON_REMOVED),
        ("end_for_all", media_session_pb2.CLOSING_REASON_ENDED),
    ],
)
async def test_put_out_while_no_replica_has_their_session(
    site: Site, what: str, reason: media_session_pb2.ClosingReason.ValueType
) -> None:
    """Their replica died, and they do not come back to signaling, only their media goes on."""
    port = free_port()
    process = await site.process(port)
    meeting = await site.meeting()
    host, other = await site.enter(meeting, "Ani", host=True), await site.enter(meeting, "Cici")
    guest = await site.connect(port=port)
    await guest.open(await site.token(meeting))
    await guest.enter()
    process.kill()
    process.wait()
    if what == "remove":
        await act(host, remove=moderation_pb2.Remove(participant_id=guest.opened.participant_id))
    else:
        await act(host, end_for_all=moderation_pb2.EndForAll())
    await site.until(lambda: closed_for(site, guest) == reason)
    assert (closed_for(site, other) is None) is (what == "remove")
    gone = await (await site.connect()).resume(guest.opened.session_id, guest.opened.resume_token)
    assert code_of(gone.error) == "SESSION_GONE"


async def test_another_replica_takes_the_session_while_it_enters(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It was the only one of its meeting here, whose feed goes with it."""
    sessions = site.replicas[0].sessions
    client = await site.connect()
    await client.open(await site.token(await site.meeting()))
    save = sessions.save

    async def saved_and_taken(session: Session, record: record_pb2.SessionRecord | None = None) -> None:
        await save(session, record)
        tenant, meeting = session.meeting
        participant = session.record.participant_id
        taken = record_pb2.SessionTaken(tenant_id=tenant, meeting_id=meeting, participant_id=participant)
        sessions.taken(taken)

    monkeypatch.setattr(sessions, "save", saved_and_taken)
    await client.socket.send_bytes(client_pb2.ClientMessage(request_id=7, enter=client_pb2.Enter()).SerializeToString())
    assert code_of((await client.closing()).error) == "REPLACED"
    await site.until(lambda: not list(sessions))
    await asyncio.sleep(0.1)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
