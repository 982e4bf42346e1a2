"""Many do something in the same moment: over the real gRPC server, NATS and Valkey, in one batch and in few writes."""

from __future__ import annotations

from redis.asyncio import Redis

from services.common.errors import Throttled
from sipulung.common.v1 import batch_pb2, common_pb2
from sipulung.roster.v1 import participant_pb2
from tests.roster.conftest import Site

SAY = "sipulung.roster.v1.ParticipantService/Say"
HAND = "sipulung.roster.v1.ParticipantService/RaiseHand"
JOIN = "sipulung.roster.v1.ParticipantService/Join"
PEOPLE = 60


async def writes(site: Site) -> int:
    """How often the store has run a script."""
    async with Redis(port=site.stores.valkey.port) as redis:
        stats = await redis.info("commandstats")
    return int(stats["cmdstat_evalsha"]["calls"])


async def test_a_batch_is_told_in_order_and_written_in_few_goes(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    meeting_id = (await roster.create(owner)).meeting_id
    tokens = [site.auth.participant(site.tenant, meeting_id, f"Warga {number}") for number in range(PEOPLE)]

    async def do(*calls: batch_pb2.Call) -> list[str]:
        answer = await roster.call(roster.batches.Do, batch_pb2.DoRequest(calls=calls), site.service_token)
        return [common_pb2.ErrorCode.Name(one.error.code) if one.HasField("error") else "" for one in answer.outcomes]

    def said(token: str, text: str) -> batch_pb2.Call:
        request = participant_pb2.SayRequest(text=text, client_line_id=text)
        return batch_pb2.Call(rpc=SAY, token=token, request=request.SerializeToString())

    assert await do(*(batch_pb2.Call(rpc=JOIN, token=token) for token in tokens)) == [""] * PEOPLE
    watch = roster.watch(site.service_token, site.tenant, meeting_id)
    await watch.until(lambda w: len(w.snapshots) == 1)
    assert len(watch.snapshots[0].participants) == PEOPLE

    # The log has them all, and crosses nothing off any more.
    assert len((await roster.attendance(owner, meeting_id)).records) == PEOPLE + 1
    before = await writes(site)
    hand = participant_pb2.RaiseHandRequest(raised=True).SerializeToString()
    outcomes = await do(
        *(said(token, f"baris-{number}") for number, token in enumerate(tokens[:20])),
        # Sent twice, as after a lost answer: said once.
        said(tokens[0], "baris-0"),
        *(batch_pb2.Call(rpc=HAND, token=token, request=hand) for token in tokens[20:]),
        # Raised already: nothing to do, and nothing to tell.
        batch_pb2.Call(rpc=HAND, token=tokens[30], request=hand),
    )
    assert outcomes == [""] * (PEOPLE + 2)
    assert await writes(site) - before <= 6

    await watch.until(lambda w: len(w.events) >= PEOPLE)
    first = watch.snapshots[0].sequence
    assert [event.sequence for event in watch.events] == list(range(first + 1, first + PEOPLE + 1))
    lines = [event.said.text for event in watch.events if event.HasField("said")]
    assert lines == [f"baris-{number}" for number in range(20)], "in the order in which they were asked for"
    assert len({event.changed.participant_id for event in watch.events if event.HasField("changed")}) == 40
    await watch.close()

    # What is written is what was told, to whoever comes now.
    snapshot = (await roster.join(tokens[0])).snapshot
    assert [line.text for line in snapshot.chat] == lines
    assert sum(bool(person.hand_raised_at_ms) for person in snapshot.participants) == 40
    log = await roster.attendance(owner, meeting_id)
    assert log.intact
    assert len(log.records) == PEOPLE + 1


async def test_who_is_too_fast_is_refused_and_the_others_are_not(site: Site) -> None:
    roster = site.replica()
    meeting_id = (await roster.create(site.auth.account(site.tenant))).meeting_id
    fast, other = (site.auth.participant(site.tenant, meeting_id, name) for name in ("Ani", "Budi"))
    for token in (fast, other):
        await roster.join(token)
    request = participant_pb2.SayRequest(text="halo").SerializeToString()
    calls = [batch_pb2.Call(rpc=SAY, token=fast, request=request)] * 60
    calls.append(batch_pb2.Call(rpc=SAY, token=other, request=request))
    answer = await roster.call(roster.batches.Do, batch_pb2.DoRequest(calls=calls), site.service_token)
    *of_fast, of_other = answer.outcomes
    assert not of_other.HasField("error")
    refused = [one.error for one in of_fast if one.HasField("error")]
    assert 0 < len(refused) < 60
    assert {error.code for error in refused} == {Throttled(0).to_proto().code}
    assert all(error.retry_after_ms for error in refused)
