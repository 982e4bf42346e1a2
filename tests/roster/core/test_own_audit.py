"""Whom a record of the audit log concerns, and that nobody reads there of somebody else."""

from __future__ import annotations

import pytest

from services.common.ids import AccountId, ParticipantId
from services.roster import codec
from services.roster.core import commands, polling
from services.roster.core.change import Change
from services.roster.core.moderation import moderate
from services.roster.core.own_audit import concerned, detail_for, done_by, done_to
from services.roster.core.succession import take_over
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import attendance_pb2
from sipulung.roster.v1 import moderation_pb2 as pb
from tests.roster.core.scene import NOON, meeting, person, with_people

Record = attendance_pb2.AuditRecord
ANDI, BUDI, CICI = AccountId("account-andi"), AccountId("account-budi"), AccountId("account-cici")
ROOM = with_people(
    person("Andi", account=ANDI, host=True),
    person("Budi", account=BUDI),
    person("Cici", account=CICI),
    state=meeting(capacity=10),
)


def recorded(change: Change) -> Record:
    (note,) = change.audit
    return codec.audit_entry(note, ROOM.definition.tenant_id)


def act(which: pb.HostAct) -> Record:
    return recorded(moderate(ROOM, ParticipantId("andi"), which, NOON))


def test_an_act_on_everybody_concerns_each_and_tells_nobody_of_the_others() -> None:
    muted = act(pb.HostAct(mute=pb.Mute()))
    assert (muted.actor_account_id, muted.actor_name) == (ANDI, "Andi")
    assert list(muted.accounts) == [BUDI, CICI]
    assert concerned(muted) == {ANDI, BUDI, CICI}
    assert [done_by(muted, one) for one in (ANDI, BUDI)] == [True, False]
    assert [done_to(muted, one) for one in (ANDI, BUDI)] == [False, True]
    assert "Cici" in muted.detail
    assert [detail_for(muted, one) for one in (ANDI, BUDI, CICI)] == ["", "", ""]


def test_guests_and_those_without_an_account_are_in_it_by_name_only() -> None:
    room = with_people(person("Andi", host=True), person("Tamu"))
    change = moderate(room, ParticipantId("andi"), pb.HostAct(mute=pb.Mute()), NOON)
    record = recorded(change)
    assert (record.actor_account_id, record.actor_name, list(record.accounts)) == ("", "Andi", [])
    assert concerned(record) == frozenset()


def test_who_got_a_role_reads_which() -> None:
    given = act(pb.HostAct(set_role=pb.SetRole(participant_id="budi", role=common_pb2.MEETING_ROLE_CO_HOST)))
    assert [detail_for(given, one) for one in (ANDI, BUDI)] == ["co_host", "co_host"]
    given.detail = "Andi: Budi → Cici"
    assert detail_for(given, BUDI) == ""


def test_who_changed_the_meeting_reads_how() -> None:
    changed = act(pb.HostAct(change_settings=pb.ChangeSettings(lobby=True)))
    assert detail_for(changed, ANDI) == "lobby True"
    assert detail_for(changed, BUDI) == ""
    asked = recorded(polling.open_poll(ROOM, ParticipantId("andi"), "1", "Andi: setuju?", ("Ya", "Tidak"), NOON))
    assert (detail_for(asked, ANDI), list(asked.accounts)) == ("Andi: setuju?", [])


def test_who_became_host_by_themselves_and_who_ended_a_meeting() -> None:
    heir = recorded(take_over(ROOM, ParticipantId("budi"), NOON))
    assert (heir.actor, list(heir.accounts), detail_for(heir, BUDI)) == ("service:roster", [BUDI], "")
    ended = recorded(commands.end(ROOM, "participant:andi", NOON))
    assert (ended.actor_account_id, ended.actor_name, detail_for(ended, ANDI)) == (ANDI, "Andi", "")
    by_account = recorded(commands.end(ROOM, "account:owner", NOON))
    assert (by_account.actor_account_id, by_account.actor_name) == ("", "")
    assert concerned(by_account) == {"owner"}


@pytest.mark.parametrize(
    ("actor", "action", "about", "detail", "seen"),
    [
        ("account:budi", "session.sign_in", "account:budi", "from 10.0.0.1", "from 10.0.0.1"),
        ("nobody", "session.sign_in_failed", "account:budi", "wrong password, from ::1", "wrong password, from ::1"),
        ("account:ani", "account.update", "account:budi", "name, nip, by tenant:utara", "name, nip"),
        ("account:ani", "account.disable", "account:budi", "by tenant:utara", ""),
        ("account:budi", "attendance.read", "unit:u", "office, 3 people", "office, 3 people"),
        ("account:ani", "attendance.read", "account:budi", "meetings, 30 people", ""),
        ("account:budi", "unit.create", "unit:u", "Bidang IKP", "Bidang IKP"),
    ],
)
def test_what_accounts_and_services_did(actor: str, action: str, about: str, detail: str, seen: str) -> None:
    record = Record(actor=actor, action=action, object=about, detail=detail)
    budi = AccountId("budi")
    assert budi in concerned(record)
    assert detail_for(record, budi) == seen
    assert done_by(record, budi) is (actor == "account:budi")
    assert done_to(record, budi) is (about == "account:budi")


def test_what_concerns_nobody() -> None:
    assert concerned(Record(actor="service:roster", object="meeting:8123456789")) == frozenset()
    assert concerned(Record(actor="nobody", object="user:budi")) == frozenset()
