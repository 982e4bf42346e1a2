"""Losing the connection, the replica, or the place to another connection."""

import asyncio
import time

import pytest

from services.signaling.session import Session
from sipulung.roster.v1 import moderation_pb2, participant_pb2
from sipulung.signaling.v1 import client_pb2, record_pb2
from tests.signaling.client import code_of, is_roster
from tests.signaling.conftest import Site
from tests.support.servers import free_port


async def test_a_dropped_connection_resumes(site: Site) -> None:
    meeting = await site.meeting()
    host, guest = await site.enter(meeting, "Andi"), await site.enter(meeting, "Budi")
    guest.drop()
    await host.request(say=client_pb2.Say(text="Budi?"))
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
    await client.open(await bare_site.token(await bare_site.meeting()))
    started = time.monotonic()
    closing = await client.closing()
    assert 0.5 < time.monotonic() - started < 3
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


async def test_who_may_not_come_back_leaves_nothing_behind(site: Site) -> None:
    """Their replica died with their session's record in the store; a host removed them meanwhile."""
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
    assert [session.record.name for session in replica.sessions] == ["Budi"]
    # Nobody comes back for it: it goes as one does whose connection was lost.
    replica.sessions.sweep(time.monotonic() + 6, time.time_ns() // 1_000_000)
    assert not list(replica.sessions)


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
