"""What a client says over its WebSocket."""

from __future__ import annotations

from services.common.ids import new_id
from sipulung.media.v1 import session_pb2 as media_session_pb2
from sipulung.roster.v1 import moderation_pb2, participant_pb2, poll_pb2
from sipulung.signaling.v1 import client_pb2
from tests.integration.attempts import Control, SocketAttempts
from tests.integration.client_cases.registry import message
from tests.integration.world import ABSENT_ID, ABSENT_MEETING, World, forged
from tests.media.core.sdp.offers import PC


async def _attacker(world: World, *, host: bool = False) -> str:
    """A join token of the attacker's for a meeting of their own, of which nobody else knows."""
    meeting_id, password = await world.meeting(world.attacker)
    if host:
        return (await world.join_token(meeting_id, token=world.attacker.host)).join_token
    return (await world.join_token(meeting_id, password)).join_token


@message("open")
async def open_(world: World, ws: SocketAttempts) -> None:
    victim, attacker = world.victim, world.attacker

    def body(token: str) -> client_pb2.Open:
        return client_pb2.Open(join_token=token, offer_sdp=PC)

    for token, code in (
        (attacker.host, "PERMISSION_DENIED"),
        (victim.host, "PERMISSION_DENIED"),
        (world.service, "UNAUTHENTICATED"),
        (forged(attacker.guest_join, ten=victim.tenant_id, mtg=victim.meeting_id), "UNAUTHENTICATED"),
        (forged(attacker.guest_join, mtg=victim.meeting_id), "UNAUTHENTICATED"),
        (forged(attacker.guest_join, sub=victim.guest_id), "UNAUTHENTICATED"),
    ):
        client = await world.connect()
        await ws.refused(client, body(token), code)
        await client.socket.close()


@message("resume")
async def resume(world: World, ws: SocketAttempts) -> Control:
    victim = world.victim
    theirs = world.resident.opened
    own = await world.opened(await _attacker(world))
    secret = own.opened.resume_token.rpartition(".")[2]

    async def refusal(session_id: str, token: str) -> bytes:
        client = await world.connect()
        body = client_pb2.Resume(session_id=session_id, resume_token=token)
        error = await ws.refused(client, body, "SESSION_GONE")
        await client.socket.close()
        return error.SerializeToString()

    place = f"{victim.tenant_id}.{victim.meeting_id}.{victim.guest_id}"
    elsewhere = f"{victim.tenant_id}.{ABSENT_MEETING}.{victim.guest_id}"
    answers = {
        await refusal(theirs.session_id, own.opened.resume_token),
        await refusal(ABSENT_ID, own.opened.resume_token),
        await refusal(theirs.session_id, f"{place}.{secret}"),
        await refusal(theirs.session_id, f"{elsewhere}.{secret}"),
        await refusal(own.opened.session_id, f"{place}.{secret}"),
    }
    assert len(answers) == 1

    async def control() -> None:
        client = await world.connect()
        answer = await client.resume(own.opened.session_id, own.opened.resume_token)
        assert answer.WhichOneof("body") == "resumed", answer
        await client.socket.close()

    return control


@message("enter")
async def enter(world: World, ws: SocketAttempts) -> None:
    client = await world.opened(await _attacker(world))
    publish = media_session_pb2.PublishState(microphone=True, camera=True)
    answer = await ws.harmless(client, client_pb2.Enter(publish=publish))
    assert len(answer.entered.snapshot.participants) == 1
    await client.socket.close()


@message("negotiate")
async def negotiate(world: World, ws: SocketAttempts) -> Control:
    client = await world.opened(await _attacker(world))

    def body(media_session_id: str) -> client_pb2.Negotiate:
        return client_pb2.Negotiate(media_session_id=media_session_id, offer_sdp=PC)

    theirs = await ws.refused(client, body(world.resident.opened.media_session_id), "SESSION_GONE")
    assert theirs == await ws.refused(client, body(ABSENT_ID), "SESSION_GONE")

    async def control() -> None:
        answer = await client.request(negotiate=body(client.opened.media_session_id))
        assert answer.WhichOneof("body") == "negotiated", answer
        await client.socket.close()

    return control


@message("reconnect")
async def reconnect(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    layout = media_session_pb2.LayoutRequest(
        number=1, tiles=[media_session_pb2.TileRequest(slot=1, height=360, participant_id=world.victim.guest_id)]
    )
    answer = await ws.harmless(client, client_pb2.Reconnect(offer_sdp=PC, layout=layout))
    assert answer.WhichOneof("body") == "reconnected"
    await client.socket.close()


@message("raise_hand")
async def raise_hand(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    await ws.harmless(client, client_pb2.RaiseHand(raised=True))
    await client.socket.close()


@message("say")
async def say(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    await ws.harmless(client, client_pb2.Say(text="halo", client_line_id=new_id()))
    await client.socket.close()


@message("moderate")
async def moderate(world: World, ws: SocketAttempts) -> Control:
    def body(participant_id: str) -> moderation_pb2.HostAct:
        return moderation_pb2.HostAct(remove=moderation_pb2.Remove(participant_id=participant_id))

    host = await world.entered(await _attacker(world, host=True))
    theirs = await ws.refused(host, body(world.victim.guest_id), "INVALID_FIELD")
    assert theirs == await ws.refused(host, body(ABSENT_ID), "INVALID_FIELD")
    await host.socket.close()
    guest = await world.entered(await _attacker(world))
    await ws.refused(guest, body(guest.opened.participant_id), "PERMISSION_DENIED")
    await guest.socket.close()

    async def control() -> None:
        meeting_id, password = await world.meeting(world.victim)
        inside = await world.entered((await world.join_token(meeting_id, password)).join_token)
        owner = await world.entered((await world.join_token(meeting_id, token=world.victim.host)).join_token)
        answer = await owner.request(moderate=body(inside.opened.participant_id))
        assert answer.WhichOneof("body") == "done", answer
        await owner.socket.close()
        await inside.socket.close()

    return control


@message("react")
async def react(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    await ws.harmless(client, participant_pb2.ReactRequest(reaction=moderation_pb2.REACTION_THANKS))
    await client.socket.close()


@message("leave")
async def leave(world: World, ws: SocketAttempts) -> None:
    client = await world.entered(await _attacker(world))
    await ws.harmless(client, client_pb2.Leave())


@message("end_meeting")
async def end_the_meeting(world: World, ws: SocketAttempts) -> None:
    guest = await world.entered(await _attacker(world))
    await ws.refused(guest, client_pb2.EndMeeting(), "PERMISSION_DENIED")
    await guest.socket.close()
    host = await world.entered(await _attacker(world, host=True))
    await ws.harmless(host, client_pb2.EndMeeting())


@message("ping")
async def ping(world: World, ws: SocketAttempts) -> None:
    client = await world.opened(await _attacker(world))
    await ws.harmless(client, client_pb2.Ping())
    await client.socket.close()


@message("timings")
async def timings(world: World, ws: SocketAttempts) -> None:
    client = await world.opened(await _attacker(world))
    await ws.harmless(client, client_pb2.JoinTimings(token_ms=5, started_at_ms=1))
    await client.socket.close()


@message("open_poll")
async def open_poll(world: World, ws: SocketAttempts) -> None:
    question = poll_pb2.OpenPollRequest(question="Setuju?", options=["ya", "tidak"])
    guest = await world.entered(await _attacker(world))
    await ws.refused(guest, question, "PERMISSION_DENIED")
    await guest.socket.close()
    host = await world.entered(await _attacker(world, host=True))
    await ws.harmless(host, question)
    await host.socket.close()


@message("close_poll")
async def close_poll(world: World, ws: SocketAttempts) -> None:
    theirs = poll_pb2.ClosePollRequest(poll_id=world.victim.poll_id)
    host = await world.entered(await _attacker(world, host=True))
    one = await ws.refused(host, theirs, "NOT_FOUND")
    assert one == await ws.refused(host, poll_pb2.ClosePollRequest(poll_id=ABSENT_ID), "NOT_FOUND")
    await host.socket.close()


@message("vote")
async def vote(world: World, ws: SocketAttempts) -> None:
    theirs = poll_pb2.VoteRequest(poll_id=world.victim.poll_id)
    client = await world.entered(await _attacker(world))
    one = await ws.refused(client, theirs, "NOT_FOUND")
    assert one == await ws.refused(client, poll_pb2.VoteRequest(poll_id=ABSENT_ID), "NOT_FOUND")
    await client.socket.close()
