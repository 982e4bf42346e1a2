"""A poll as the clients of a meeting live it."""

from sipulung.roster.v1 import poll_pb2
from tests.signaling.client import code_of, is_roster
from tests.signaling.conftest import Site


async def test_from_the_question_to_the_result(site: Site) -> None:
    meeting = await site.meeting()
    host = await site.enter(meeting, "Andi", host=True)
    guest = await site.enter(meeting, "Budi")
    question = poll_pb2.OpenPollRequest(question="Setuju?", options=["ya", "tidak"])
    assert code_of((await guest.request(open_poll=question)).error) == "PERMISSION_DENIED"
    assert (await host.request(open_poll=question)).WhichOneof("body") == "done"
    asked = (await guest.event(is_roster("polled"))).roster_event.polled
    assert (asked.question, [option.text for option in asked.options]) == ("Setuju?", ["ya", "tidak"])
    ballot = poll_pb2.VoteRequest(poll_id=asked.poll_id, option=1)
    assert (await guest.request(vote=ballot)).WhichOneof("body") == "done"
    assert (await host.event(lambda one: one.roster_event.polled.voters == 1)).roster_event.polled.question == ""
    wrong = poll_pb2.VoteRequest(poll_id=asked.poll_id, option=8)
    refused = (await guest.request(vote=wrong)).error
    assert (code_of(refused), refused.field) == ("INVALID_FIELD", "vote.option")
    # Who comes now, or comes back, sees it too.
    late = await site.connect()
    await late.open(await site.token(meeting, "Cici"))
    assert [poll.voters for poll in (await late.enter()).snapshot.polls] == [1]
    guest.drop()
    back = await site.connect()
    resumed = await back.resume(guest.opened.session_id, guest.opened.resume_token)
    assert [(poll.question, poll.voters) for poll in resumed.resumed.snapshot.polls] == [("Setuju?", 1)]
    close = poll_pb2.ClosePollRequest(poll_id=asked.poll_id)
    assert (await host.request(close_poll=close)).WhichOneof("body") == "done"
    for client in (back, late):
        result = (await client.event(is_roster("polled"))).roster_event.polled
        assert [option.votes for option in result.options] == [0, 1]
