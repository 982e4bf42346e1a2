"""The audit log of a tenant says who made, changed and ended its meetings."""

from __future__ import annotations

import asyncio

from services.common import record_chain, subjects
from services.common.bus import Bus
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2, meeting_pb2
from tests.roster.conftest import Site


async def test_who_made_changed_and_ended_a_meeting(site: Site) -> None:
    roster = site.replica()
    owner = site.auth.account(site.tenant)
    first = await roster.create(owner, "Apel pagi")
    second = await roster.create(owner, "Rapat")
    update = meeting_pb2.UpdateMeetingRequest(meeting_id=first.meeting_id, revision=1, title="Apel sore")
    await roster.call(roster.meetings.UpdateMeeting, update, owner)
    host = site.auth.participant(site.tenant, first.meeting_id, "Ibu Camat", common_pb2.MEETING_ROLE_HOST)
    await roster.end(host, first.meeting_id)
    await roster.end(owner, second.meeting_id)

    bus = await Bus.connect(site.settings["SIPULUNG_NATS_URL"], "test")
    subject = subjects.audit(site.tenant, "roster")
    found: list[attendance_pb2.AuditRecord] = []
    async with asyncio.timeout(60):
        while len(found) < 5:
            stream = bus.read_stream(subjects.AUDIT_STREAM, subject, attendance_pb2.AuditRecord)
            found = [record async for record in stream]
    await bus.close()
    assert record_chain.intact(found)
    account, participant = f"account:{first.owner_account_id}", found[3].actor
    assert participant.startswith("participant:")
    assert [(one.actor, one.action, one.object, one.detail) for one in found] == [
        (account, "meeting.create", f"meeting:{first.meeting_id}", "Apel pagi"),
        (account, "meeting.create", f"meeting:{second.meeting_id}", "Rapat"),
        (account, "meeting.update", f"meeting:{first.meeting_id}", "revision 2: title"),
        (participant, "meeting.end", f"meeting:{first.meeting_id}", ""),
        (account, "meeting.end", f"meeting:{second.meeting_id}", ""),
    ]
