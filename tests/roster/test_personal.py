"""What somebody sees of themselves: account, purpose, meetings, and who looked."""

from __future__ import annotations

from services.common import rpc_client
from services.common.ids import new_id
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import personal_pb2, personal_pb2_grpc
from tests.roster.conftest import Site


async def test_everybody_sees_their_own_meetings_and_who_looked(site: Site) -> None:
    roster = site.replica()
    stub = personal_pb2_grpc.PersonalDataServiceStub(roster._channel)
    budi, owner_id = new_id(), new_id()
    owner = site.auth.account(site.tenant, "Pak Camat", owner_id)
    me = site.auth.account(site.tenant, "Budi", budi, common_pb2.ACCOUNT_ROLE_PARTICIPANT)
    titles = ["Apel pagi", "Rapat"]
    for title in titles:
        meeting = await roster.create(owner, title)
        token = site.auth.participant(site.tenant, meeting.meeting_id, "Budi", account_id=budi)
        await roster.join(token)
        await roster.join(site.auth.participant(site.tenant, meeting.meeting_id, "Tamu"))
        await roster.leave(token)
        if title == "Apel pagi":
            await roster.report(owner, meeting.meeting_id)

    async def own(token: str, page: str = "") -> personal_pb2.GetOwnAttendanceResponse:
        request = personal_pb2.GetOwnAttendanceRequest(page_token=page)
        answer: personal_pb2.GetOwnAttendanceResponse = await rpc_client.call(
            stub.GetOwnAttendance, request, timeout_s=10, token=token
        )
        return answer

    found = await own(me)
    assert [one.title for one in found.meetings] == ["Rapat", "Apel pagi"]
    assert {one.owner_name for one in found.meetings} == {"Pak Camat"}
    assert all(one.line.last_leave_ms for one in found.meetings)
    assert found.next_page_token == ""
    # Nothing of the guests', and nothing for those who were not there.
    assert (await own(owner)).meetings == []
    earlier = await own(me, str(found.meetings[0].line.first_join_ms))
    assert [one.title for one in earlier.meetings] == ["Apel pagi"]
    asked = personal_pb2.GetOwnAccessesRequest()
    looks = await rpc_client.call(stub.GetOwnAccesses, asked, timeout_s=10, token=me)
    assert [(one.reader_name, one.title) for one in looks.accesses] == [("Pak Camat", "Apel pagi")]
    assert (await rpc_client.call(stub.GetOwnAccesses, asked, timeout_s=10, token=owner)).accesses == []


async def test_ones_meetings_come_in_pages(site: Site) -> None:
    roster = site.replica()
    ani = site.auth.account(site.tenant, "Ani", "ani")
    meetings = [(await roster.create(ani, f"Rapat {number}")).meeting_id for number in range(53)]
    for meeting_id in meetings:
        token = site.auth.participant(site.tenant, meeting_id, "Ani", account_id="ani")
        await roster.join(token)
        await roster.leave(token)
    stub = personal_pb2_grpc.PersonalDataServiceStub(roster._channel)
    found, page, pages = [], "", 0
    while pages == 0 or page:
        request = personal_pb2.GetOwnAttendanceRequest(page_token=page)
        answer = await roster.call(stub.GetOwnAttendance, request, ani)
        found += answer.meetings
        page, pages = answer.next_page_token, pages + 1
    assert [one.meeting_id for one in found] == meetings[::-1]
    assert all(one.line.present_ms > 0 and one.line.last_leave_ms for one in found)
    assert pages == 2
