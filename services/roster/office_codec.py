"""Between the core's own types and protobuf, for office hours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.common.ids import AccountId, TenantId
from services.roster.core.office import Attended, PersonDay, summed
from services.roster.core.office_calendar import Day
from services.roster.core.office_states import Declaration
from sipulung.auth.v1 import directory_pb2
from sipulung.roster.v1 import office_pb2, stored_pb2

# The title of a meeting as the reader may know it.
TitleOf = Callable[[str], str]


def entry_of(tenant_id: TenantId, day: str, account_id: AccountId, one: Declaration) -> office_pb2.OfficeRecord:
    """An office record that is not yet part of the chain."""
    return office_pb2.OfficeRecord(
        tenant_id=tenant_id,
        day=day,
        account_id=account_id,
        state=one.state,
        at_ms=one.at_ms,
        note=one.note,
        client_id=one.client_id,
    )


def declaration_of(record: office_pb2.OfficeRecord | stored_pb2.StoredDeclaration) -> Declaration:
    return Declaration(record.state, record.at_ms, record.note, record.client_id)


def store_day(said: Sequence[Declaration]) -> bytes:
    """The record in Redis."""
    declarations = [
        stored_pb2.StoredDeclaration(state=one.state, at_ms=one.at_ms, note=one.note, client_id=one.client_id)
        for one in said
    ]
    return stored_pb2.StoredOfficeDay(declarations=declarations).SerializeToString(deterministic=True)


def load_day(data: bytes) -> list[Declaration]:
    """The reverse of `store_day`."""
    return [declaration_of(one) for one in stored_pb2.StoredOfficeDay.FromString(data).declarations]


def date_of(day: Day) -> office_pb2.OfficeDate:
    return office_pb2.OfficeDate(
        date=day.date.isoformat(),
        start_ms=day.start_ms,
        end_ms=day.end_ms,
        from_ms=day.from_ms,
        to_ms=day.to_ms,
        tolerance_minutes=day.tolerance_ms // 60_000,
        holiday=day.holiday,
    )


def person_of(person: directory_pb2.Person) -> office_pb2.OfficePerson:
    return office_pb2.OfficePerson(
        account_id=person.account_id, name=person.name, nip=person.nip, unit_id=person.unit_id
    )


def day_of(day: PersonDay, title_of: TitleOf, *, declarations: bool) -> office_pb2.OfficeDay:
    """One person's day as others read it."""
    said = day.declarations if declarations else ()
    return office_pb2.OfficeDay(
        status=day.status,
        since_ms=day.since_ms,
        note=day.note,
        first_ms=day.first_ms,
        done_ms=day.done_ms,
        late_ms=day.late_ms,
        breaks=len(day.breaks),
        break_ms=day.break_ms,
        present_ms=day.present_ms,
        inside_ms=day.inside_ms,
        outside_ms=day.outside_ms,
        meetings=[_meeting_of(one, title_of) for one in day.meetings],
        not_closed=day.not_closed,
        declarations=[office_pb2.OfficeDeclaration(state=one.state, at_ms=one.at_ms, note=one.note) for one in said],
    )


def week_of(
    person: office_pb2.OfficePerson, days: Sequence[PersonDay], title_of: TitleOf
) -> office_pb2.OfficePersonWeek:
    """One person's week as others read it."""
    sums = summed(days)
    return office_pb2.OfficePersonWeek(
        person=person,
        days=[day_of(day, title_of, declarations=False) for day in days],
        days_present=sums.days_present,
        days_late=sums.days_late,
        late_ms=sums.late_ms,
        breaks=sums.breaks,
        break_ms=sums.break_ms,
        present_ms=sums.present_ms,
        inside_ms=sums.inside_ms,
        outside_ms=sums.outside_ms,
        meetings=sums.meetings,
        days_not_closed=sums.days_not_closed,
    )


def _meeting_of(one: Attended, title_of: TitleOf) -> office_pb2.OfficeMeeting:
    return office_pb2.OfficeMeeting(
        meeting_id=one.meeting_id,
        title=title_of(one.meeting_id),
        first_ms=one.spells[0].start_ms,
        last_ms=0 if one.there else one.spells[-1].end_ms,
        present_ms=sum(spell.end_ms - spell.start_ms for spell in one.spells),
    )
