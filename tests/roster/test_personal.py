"""What somebody sees of themselves: account, purpose, meetings, and who looked."""

from __future__ import annotations

import pytest

from services.common import rpc_client, subjects
from services.common.bus import Bus
from services.common.errors import InvalidField
from services.common.ids import new_id
from sipulung.auth.v1 import tenant_pb2
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, moderation_pb2, personal_pb2, personal_pb2_grpc
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
            stub.GetOwnAttendance, request, timeout_s=60, token=token
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
    looks = await rpc_client.call(stub.GetOwnAccesses, asked, timeout_s=60, token=me)
    assert [(one.reader_name, one.title) for one in looks.accesses] == [("Pak Camat", "Apel pagi")]
    assert (await rpc_client.call(stub.GetOwnAccesses, asked, timeout_s=60, token=owner)).accesses == []


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


async def test_everybody_sees_what_the_audit_log_has_of_them_and_nothing_of_others(site: Site) -> None:
    roster = site.replica(SIPULUNG_AUDIT_DAYS="400")
    stub = personal_pb2_grpc.PersonalDataServiceStub(roster._channel)
    owner_id, budi_id, cici_id = new_id(), new_id(), new_id()
    site.auth.person(site.tenant, owner_id, "Pak Camat")
    site.auth.person(site.tenant, budi_id, "Budi")
    site.auth.unit(site.tenant, "u", "Dinas Kominfo")
    owner = site.auth.account(site.tenant, "Pak Camat", owner_id)
    budi, cici = (site.auth.account(site.tenant, "x", one) for one in (budi_id, cici_id))
    number = (await roster.create(owner, "Apel pagi")).meeting_id
    host = site.auth.participant(site.tenant, number, "Ibu Sari", common_pb2.MEETING_ROLE_HOST, account_id=owner_id)
    await roster.join(host)
    for name, account_id in (("Budi", budi_id), ("Cici", cici_id), ("Tamu", "")):
        await roster.join(site.auth.participant(site.tenant, number, name, account_id=account_id))
    await roster.moderate(host, mute=moderation_pb2.Mute())

    async def own(token: str, page_token: str = "") -> personal_pb2.GetOwnAuditResponse:
        request = personal_pb2.GetOwnAuditRequest(page_token=page_token)
        answer: personal_pb2.GetOwnAuditResponse = await rpc_client.call(
            stub.GetOwnAudit, request, timeout_s=10, token=token
        )
        return answer

    # Whoever asks for it has what has just happened.
    assert [one.action for one in (await own(owner)).entries] == ["meeting.mute", "meeting.create"]
    bus = await Bus.connect(site.settings["SIPULUNG_NATS_URL"], "test")
    for actor, action, about, detail in (
        (f"account:{budi_id}", "session.sign_in", f"account:{budi_id}", "from 10.0.0.1"),
        ("nobody", "session.sign_in_failed", f"account:{budi_id}", "wrong password, from 10.0.0.2"),
        (f"account:{owner_id}", "account.reset_password", f"account:{budi_id}", ""),
        (f"account:{owner_id}", "unit.create", "unit:u", "Dinas Kominfo"),
        ("account:elsewhere", "account.disable", f"account:{budi_id}", "by tenant:utara"),
        ("service:bootstrap", "account.create", f"account:{cici_id}", "role participant"),
    ):
        record = attendance_pb2.AuditRecord(
            tenant_id=site.tenant, at_ms=5, actor=actor, action=action, object=about, detail=detail
        )
        await bus.record(subjects.audit(site.tenant, "auth"), record, new_id())
    await bus.close()

    person = personal_pb2.AUDIT_ACTOR_PERSON
    nobody, service = personal_pb2.AUDIT_ACTOR_NOBODY, personal_pb2.AUDIT_ACTOR_SERVICE
    seen = (await own(budi)).entries
    assert [(one.action, one.actor, one.actor_name, one.detail) for one in seen] == [
        ("account.disable", person, "", ""),
        ("account.reset_password", person, "Pak Camat", ""),
        ("session.sign_in_failed", nobody, "", "wrong password, from 10.0.0.2"),
        ("session.sign_in", person, "", "from 10.0.0.1"),
        ("meeting.mute", person, "Ibu Sari", ""),
    ]
    assert [one.by_self for one in seen] == [False, False, False, True, False]
    assert all(one.on_self for one in seen)
    assert [(one.meeting_id, one.title) for one in seen if one.meeting_id] == [(number, "Apel pagi")]
    seen = (await own(cici)).entries
    assert [(one.action, one.actor, one.detail) for one in seen] == [
        ("account.create", service, "role participant"),
        ("meeting.mute", person, ""),
    ]
    answer = await own(owner)
    assert [(one.action, one.object_name or one.title, one.detail) for one in answer.entries] == [
        ("unit.create", "Dinas Kominfo", "Dinas Kominfo"),
        ("account.reset_password", "Budi", ""),
        ("meeting.mute", "Apel pagi", ""),
        ("meeting.create", "Apel pagi", "Apel pagi"),
    ]
    assert all(one.by_self and not one.on_self and not one.actor_name for one in answer.entries)
    assert answer.next_page_token == ""
    # What has happened before that record of the stream.
    assert (await own(owner, "1")).entries == []
    with pytest.raises(InvalidField):
        await own(owner, "0")
    asked = personal_pb2.GetOwnRecordRequest()
    mine = await rpc_client.call(stub.GetOwnRecord, asked, timeout_s=10, token=budi)
    assert (mine.attendance_days, mine.audit_days) == (730, 400)
    site.auth.tenant(site.tenant, retention=tenant_pb2.Retention(audit_days=90))
    mine = await rpc_client.call(stub.GetOwnRecord, asked, timeout_s=10, token=budi)
    assert mine.audit_days == 90
