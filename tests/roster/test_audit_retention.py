"""The audit log goes when it is too old: it says so first, and what is left of both chains is whole and goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.common import record_chain as chain
from services.common import subjects
from services.common.bus import StreamState
from services.common.errors import Unavailable
from services.common.ids import AccountId
from services.roster import keys
from services.roster.audit_retention import ACTION, AuditRetention
from services.roster.core.change import AuditNote
from services.roster.core.span import SYSTEM
from services.roster.deletions import Deletion, gone
from tests.roster.conftest import Stores
from tests.roster.support.archive import DAY, Archive, opened

BUDI = AccountId("budi")


@pytest.fixture
async def archive(stores: Stores) -> AsyncIterator[Archive]:
    async with opened(stores) as made:
        await made.redis.sadd(keys.TENANTS, made.tenant)
        yield made


async def signs_in(archive: Archive, *ago_days: float) -> None:
    for days in ago_days:
        await archive.noted_by_auth(int(days * DAY), "account:budi", "session.sign_in", "account:budi")


async def seen(archive: Archive) -> list[str]:
    records, _ = await archive.audited.of(archive.tenant, BUDI, 50, 0)
    return [record.action for record in records]


async def indexed(archive: Archive, account_id: AccountId = BUDI) -> int:
    return int(await archive.redis.llen(keys.audited(archive.tenant, account_id)))


async def test_both_chains_lose_their_beginnings_and_say_so(archive: Archive) -> None:
    await archive.noted(70 * DAY, "account:budi", "meeting.create", "meeting:8123456789")
    await signs_in(archive, 61, 60.9, 5, 1)
    await archive.noted(2 * DAY, "account:budi", "meeting.end", "meeting:8123456789")
    auth, roster = await archive.audit("auth"), await archive.audit("roster")
    assert await archive.retention.sweep()
    kept = await archive.audit("auth")
    assert [record.number for record in kept] == [3, 4]
    first = await archive.deletions.of_audit(archive.tenant, "auth")
    assert first is not None
    assert (first.last_number, first.head, first.last_day) == (2, auth[1].hash, "2026-09-24")
    assert chain.intact(kept, gone(first))
    remains = await archive.audit("roster")
    assert [record.action for record in remains] == ["meeting.end", ACTION, ACTION]
    assert chain.intact(remains, gone(await archive.deletions.of_audit(archive.tenant, "roster")))
    assert await archive.said(ACTION) == [
        ("audit:auth", f"2 records, up to 2026-09-24, head {auth[1].hash.hex()}"),
        ("audit:roster", f"1 records, up to 2026-09-15, head {roster[0].hash.hex()}"),
    ]
    assert await seen(archive) == ["meeting.end", "session.sign_in", "session.sign_in"]
    assert await indexed(archive) == 3
    # What was said is nobody's.
    assert all(record.actor == SYSTEM and not record.accounts for record in remains[1:])


async def test_60_whole_local_days_are_kept(archive: Archive) -> None:
    # 2026-11-24 09:00 WITA: the first day that is kept is 2026-09-25.
    await signs_in(archive, 60 + 9 / 24 - 1e-6)
    assert await archive.retention.sweep()
    assert len(await archive.audit("auth")) == 1
    archive.now_ms += DAY - 9 * 3_600_000 - 1000
    assert await archive.retention.sweep()
    assert len(await archive.audit("auth")) == 1
    archive.now_ms += 10 * 3_600_000
    assert await archive.retention.sweep()
    assert await archive.audit("auth") == []
    assert await indexed(archive) == 0


async def test_a_chain_that_went_whole_begins_anew_and_both_writers_go_on(archive: Archive) -> None:
    await signs_in(archive, 70, 69)
    await archive.noted(70 * DAY, "account:budi", "meeting.create", "meeting:8123456789")
    assert await archive.retention.sweep()
    assert await archive.audit("auth") == []
    # Roster's own has at least what was said of it.
    remains = await archive.audit("roster")
    assert [record.number for record in remains] == [2, 3]
    # Auth remembers where its chain ended, which is not there any more.
    await signs_in(archive, 0)
    await archive.noted(0, "account:budi", "meeting.create", "meeting:8123456789")
    for writer, numbers in (("auth", [1]), ("roster", [2, 3, 4])):
        kept = await archive.audit(writer)
        assert [record.number for record in kept] == numbers
        assert chain.intact(kept, gone(await archive.deletions.of_audit(archive.tenant, writer)))
    assert await seen(archive) == ["meeting.create", "session.sign_in"]
    # And again.
    archive.now_ms += 70 * DAY
    assert await archive.retention.sweep()
    assert await archive.audit("auth") == []
    await signs_in(archive, 0)
    assert [record.number for record in await archive.audit("auth")] == [1]


async def test_a_deletion_that_was_interrupted_is_done_and_not_told_twice(archive: Archive) -> None:
    await signs_in(archive, 70, 69, 1)
    whole = await archive.audit("auth")
    deletion = Deletion(at_ms=archive.now_ms, last_number=2, head=whole[1].hash, last_day="2026-09-16")
    note = AuditNote(archive.now_ms, SYSTEM, ACTION, "audit:auth", "2 records")
    # As if the process had died between the word and the deed.
    await archive.deletions.note_audit(archive.tenant, "auth", deletion, note)
    assert chain.intact(whole, gone(deletion))
    assert await archive.retention.sweep()
    assert await archive.audit("auth") == whole[2:]
    assert await archive.said(ACTION) == [("audit:auth", "2 records")]
    assert await archive.deletions.of_audit(archive.tenant, "auth") == deletion


async def test_an_interrupted_deletion_and_one_more_day_that_is_too_old(archive: Archive) -> None:
    await signs_in(archive, 70, 69, 68, 1)
    whole = await archive.audit("auth")
    first = Deletion(at_ms=archive.now_ms, last_number=2, head=whole[1].hash, last_day="2026-09-16")
    await archive.deletions.note_audit(
        archive.tenant, "auth", first, AuditNote(archive.now_ms, SYSTEM, ACTION, "audit:auth", "2 records")
    )
    assert await archive.retention.sweep()
    assert await archive.audit("auth") == whole[3:]
    said = [("audit:auth", "2 records"), ("audit:auth", f"1 records, up to 2026-09-17, head {whole[2].hash.hex()}")]
    assert await archive.said(ACTION) == said


async def test_another_time_counts_at_the_next_look(archive: Archive) -> None:
    await signs_in(archive, 50)
    assert await archive.retention.sweep()
    assert len(await archive.audit("auth")) == 1
    archive.audit_days = 45
    assert await archive.retention.sweep()
    assert await archive.audit("auth") == []
    # 0 is the instance's default.
    archive.audit_days = 0
    await signs_in(archive, 700)
    assert await archive.retention.sweep()
    assert len(await archive.audit("auth")) == 1


async def test_a_tenant_without_any_meeting_is_swept_too(archive: Archive) -> None:
    await archive.redis.delete(keys.TENANTS)
    await signs_in(archive, 70)
    assert await archive.retention.sweep()
    assert await archive.audit("auth") == []


async def test_lists_of_people_who_have_no_account_any_more_are_trimmed(archive: Archive) -> None:
    await archive.noted_by_auth(70 * DAY, "account:gone", "session.sign_in", "account:gone")
    await archive.audited.complete(archive.tenant)
    assert await indexed(archive, AccountId("gone")) == 1
    assert await archive.retention.sweep()
    assert await indexed(archive, AccountId("gone")) == 0


async def test_a_log_that_lets_nothing_go_is_left_as_it_is(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await signs_in(archive, 70)
    state = await archive.bus.stream_state(subjects.AUDIT_STREAM)

    async def stubborn(name: str) -> StreamState:
        return state._replace(purgeable=False)

    monkeypatch.setattr(archive.bus, "stream_state", stubborn)
    # What else is too old goes nevertheless, and it is tried again the next day.
    assert await archive.retention.sweep()
    assert await archive.redis.get(keys.retained(archive.tenant)) is not None
    assert len(await archive.audit("auth")) == 1
    assert await archive.said(ACTION) == []
    assert "the audit log cannot be shortened" in caplog.text


async def test_it_waits_while_the_log_is_away(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    await signs_in(archive, 70)

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(AuditRetention, "shorten", away)
        assert not await archive.retention.sweep()
    with monkeypatch.context() as patch:
        patch.setattr(archive.bus, "subjects_of", away)
        assert not await archive.retention.sweep()
    assert await archive.retention.sweep()
    assert await archive.audit("auth") == []


async def test_the_index_is_completed_by_every_sweep(archive: Archive) -> None:
    assert await archive.retention.sweep()
    await signs_in(archive, 0)
    # Nothing is due again on the same day.
    assert await archive.retention.sweep()
    assert await indexed(archive) == 1
