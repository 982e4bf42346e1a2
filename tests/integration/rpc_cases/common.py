"""What roster serves beside its own interface."""

from __future__ import annotations

from sipulung.common.v1 import batch_pb2, common_pb2
from sipulung.roster.v1 import meeting_pb2, participant_pb2
from tests.integration.attempts import Control, RpcAttempts
from tests.integration.rpc_cases.registry import case
from tests.integration.world import World
from tests.signaling.client import code_of

SAY = "sipulung.roster.v1.ParticipantService/Say"
GET = "sipulung.roster.v1.MeetingService/GetMeeting"


@case("common.v1.BatchService.Do")
async def do(world: World, rpc: RpcAttempts) -> Control:
    victim, attacker = world.victim, world.attacker
    said = participant_pb2.SayRequest(text="halo").SerializeToString()
    theirs = meeting_pb2.GetMeetingRequest(meeting_id=victim.meeting_id).SerializeToString()

    def outcomes(answer: batch_pb2.DoResponse) -> list[str]:
        return [code_of(one.error) if one.HasField("error") else "" for one in answer.outcomes]

    own = batch_pb2.Call(rpc=SAY, token=attacker.guest_join, request=said)
    for token in (attacker.host, attacker.host_join, attacker.admin, world.operator):
        await rpc.refused(token, batch_pb2.DoRequest(calls=[own]), "PERMISSION_DENIED")
    # Whoever brings a batch lends nothing to those who call in it, not even a trace.
    trace = common_pb2.TraceContext(traceparent="x" * 100)
    calls = [
        batch_pb2.Call(rpc=GET, token=attacker.guest_join, request=theirs, trace=trace),
        batch_pb2.Call(rpc=GET, token=world.service, request=theirs),
        batch_pb2.Call(rpc=GET, request=theirs),
        batch_pb2.Call(rpc=GET, token=victim.guest_join, request=theirs),
    ]
    answer = await rpc.harmless(world.service, batch_pb2.DoRequest(calls=calls))
    assert outcomes(answer) == ["NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED", ""]

    async def control() -> None:
        calls = [batch_pb2.Call(rpc=GET, token=victim.guest_join, request=theirs)]
        assert outcomes(await rpc.works(world.service, batch_pb2.DoRequest(calls=calls))) == [""]

    return control
