"""A poll over the real gRPC server, NATS and Valkey: what everybody hears, and what is kept."""

from __future__ import annotations

from typing import Any, cast

import pytest
from redis.asyncio import Redis

from services.common.errors import Conflict, InvalidField, NotFound, PermissionDenied, WrongState
from services.common.ids import MeetingId, TenantId
from services.roster import keys
from services.roster.keys import MeetingRef
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import poll_pb2, stored_pb2
from tests.roster.conftest import Site
from tests.roster.support.client import RosterClient

OPEN, CLOSED = poll_pb2.POLL_STATE_OPEN, poll_pb2.POLL_STATE_CLOSED


async def ask(roster: RosterClient, token: str, *options: str, question: str = "Setuju?") -> poll_pb2.Poll:
    request = poll_pb2.OpenPollRequest(question=question, options=options or ("ya", "tidak"))
    answer: poll_pb2.OpenPollResponse = await roster.call(roster.people.OpenPoll, request, token)
    return answer.poll


async def vote(roster: RosterClient, token: str, poll_id: str, option: int) -> poll_pb2.Poll:
    request = poll_pb2.VoteRequest(poll_id=poll_id, option=option)
    answer: poll_pb2.VoteResponse = await roster.call(roster.people.Vote, request, token)
    return answer.poll


async def close(roster: RosterClient, token: str, poll_id: str) -> poll_pb2.Poll:
    request = poll_pb2.ClosePollRequest(poll_id=poll_id)
    answer: poll_pb2.ClosePollResponse = await roster.call(roster.people.ClosePoll, request, token)
    return answer.poll


async def test_a_poll_over_two_replicas(site: Site) -> None:
    one, other = site.replica(), site.replica()
    owner = site.auth.account(site.tenant)
    meeting = await one.create(owner)
    host = site.auth.participant(site.tenant, meeting.meeting_id, "Ibu Camat", common_pb2.MEETING_ROLE_HOST)
    budi = site.auth.participant(site.tenant, meeting.meeting_id, "Budi", device="phone")
    again = site.auth.participant(site.tenant, meeting.meeting_id, "Budi", device="phone")
    watch = other.watch(site.service_token, site.tenant, meeting.meeting_id)
    await watch.until(lambda w: len(w.snapshots) == 1)
    await one.join(host)
    await one.join(budi)
    asked = await ask(one, host, "  sangat   setuju ", "tidak", question="Rapat dimulai  pukul 07.45?")
    assert (asked.question, asked.by_name, asked.state) == ("Rapat dimulai pukul 07.45?", "Ibu Camat", OPEN)
    assert [option.text for option in asked.options] == ["sangat setuju", "tidak"]
    assert (await vote(one, host, asked.poll_id, 0)).voters == 1
    assert (await vote(other, budi, asked.poll_id, 0)).voters == 2
    # The same person by another token of the same device.
    await other.join(again)
    voted = await vote(other, again, asked.poll_id, 1)
    assert (voted.voters, [option.votes for option in voted.options]) == (2, [0, 0])
    assert [poll.voters for poll in (await one.join(budi)).snapshot.polls] == [2]
    closed = await close(one, host, asked.poll_id)
    assert (closed.state, closed.voters, [option.votes for option in closed.options]) == (CLOSED, 2, [1, 1])
    assert await close(one, host, asked.poll_id) == closed
    await watch.until(lambda w: w.names.count("polled") == 5)
    heard = [event.polled for event in watch.events if event.WhichOneof("event") == "polled"]
    assert heard[0] == asked
    assert [(news.voters, len(news.options)) for news in heard[1:4]] == [(1, 0), (2, 0), (2, 0)]
    assert heard[4] == closed
    await watch.close()
    late = other.watch(site.service_token, site.tenant, meeting.meeting_id)
    await late.until(lambda w: len(w.snapshots) == 1)
    assert list(late.snapshots[0].polls) == [closed]
    await late.close()


async def test_what_is_refused(site: Site) -> None:
    roster = site.replica()
    meeting = await roster.create(site.auth.account(site.tenant))
    host = site.auth.participant(site.tenant, meeting.meeting_id, "Ibu Camat", common_pb2.MEETING_ROLE_HOST)
    budi = site.auth.participant(site.tenant, meeting.meeting_id, "Budi")
    with pytest.raises(WrongState):
        await ask(roster, host)
    await roster.join(host)
    await roster.join(budi)
    with pytest.raises(PermissionDenied):
        await ask(roster, budi)
    for options, question, field in (
        (("ya",), "Setuju?", "options"),
        (tuple("abcdefghi"), "Setuju?", "options"),
        (("ya", " YA "), "Setuju?", "options[1]"),
        (("ya", "x" * 101), "Setuju?", "options[1]"),
        (("ya", "tidak\u202e"), "Setuju?", "options[1]"),
        (("ya", "tidak"), "x" * 201, "question"),
        (("ya", "tidak"), "", "question"),
    ):
        with pytest.raises(InvalidField) as refused:
            await ask(roster, host, *options, question=question)
        assert refused.value.field == field
    asked = await ask(roster, host)
    with pytest.raises(Conflict):
        await ask(roster, host)
    with pytest.raises(PermissionDenied):
        await close(roster, budi, asked.poll_id)
    with pytest.raises(InvalidField):
        await vote(roster, budi, asked.poll_id, 2)
    with pytest.raises(NotFound):
        await vote(roster, budi, "99", 0)


async def test_votes_are_kept_only_while_they_can_be_changed(site: Site) -> None:
    roster = site.replica()
    meeting = await roster.create(site.auth.account(site.tenant))
    host = site.auth.participant(site.tenant, meeting.meeting_id, "Ibu Camat", common_pb2.MEETING_ROLE_HOST)
    await roster.join(host)
    asked = await ask(roster, host)
    await vote(roster, host, asked.poll_id, 1)
    key = keys.polls(MeetingRef(TenantId(site.tenant), MeetingId(meeting.meeting_id)))
    async with Redis.from_url(site.settings["SIPULUNG_REDIS_URL"]) as redis:

        async def kept() -> dict[str, int]:
            record = await cast(Any, redis.hget(key, asked.poll_id))
            return dict(stored_pb2.StoredPoll.FromString(record).votes)

        assert list((await kept()).values()) == [1]
        await close(roster, host, asked.poll_id)
        assert not await kept()
        assert 0 < await redis.ttl(key) <= 24 * 3600
