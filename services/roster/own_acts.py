"""What the audit log has of one person, a page at a time: for themselves, with names in place of ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.common.ids import AccountId, MeetingId, TenantId
from services.roster.audited import Audited, Record
from services.roster.core.own_audit import detail_for, done_by, done_to
from services.roster.core.units import paths
from services.roster.directory import Directory
from services.roster.office_store import OfficeStore
from sipulung.roster.v1 import personal_pb2

_PAGE: Final = 50
_ACTORS: Final = {
    "account": personal_pb2.AUDIT_ACTOR_PERSON,
    "participant": personal_pb2.AUDIT_ACTOR_PERSON,
    "service": personal_pb2.AUDIT_ACTOR_SERVICE,
}
_KINDS: Final = ("meeting", "account", "unit")


@dataclass(frozen=True, slots=True)
class OwnActs:
    """Every method may raise what the stores raise, and Unavailable."""

    audited: Audited
    meetings: OfficeStore
    directory: Directory

    async def page(
        self, tenant_id: TenantId, account_id: AccountId, page_token: str
    ) -> tuple[list[personal_pb2.OwnAudit], str]:
        """What was written down last comes first; and the next page's token ("" for none)."""
        records, following = await self.audited.of(tenant_id, account_id, _PAGE, int(page_token or 0))
        names = await self._names(tenant_id, account_id, records)
        return [_entry(record, account_id, names) for record in records], str(following) if following else ""

    async def _names(self, tenant_id: TenantId, account_id: AccountId, records: Sequence[Record]) -> dict[str, str]:
        """What meetings, units and other accounts of the records are called now, by how they stand there."""
        named = {name for record in records for name in (record.object, record.actor)}
        ids = {kind: {one.partition(":")[2] for one in named if one.startswith(f"{kind}:")} for kind in _KINDS}
        meetings = await self.meetings.described(tenant_id, sorted(map(MeetingId, ids["meeting"])))
        names = {f"meeting:{meeting_id}": meeting.title for meeting_id, meeting in meetings.items()}
        if others := ids["account"] - {account_id}:
            people = await self.directory.people(tenant_id, others)
            names |= {f"account:{other}": person.name for other, person in people.items()}
        if ids["unit"]:
            units = (await self.directory.frame(tenant_id)).units
            names |= {f"unit:{unit_id}": path for unit_id, path in paths(units).items()}
        return names


def _entry(record: Record, account_id: AccountId, names: dict[str, str]) -> personal_pb2.OwnAudit:
    by_self = done_by(record, account_id)
    kind, _, number = record.object.partition(":")
    called = names.get(record.object, "")
    return personal_pb2.OwnAudit(
        at_ms=record.at_ms,
        action=record.action,
        by_self=by_self,
        on_self=done_to(record, account_id),
        actor=_ACTORS.get(record.actor.partition(":")[0], personal_pb2.AUDIT_ACTOR_NOBODY),
        actor_name="" if by_self else record.actor_name or names.get(record.actor, ""),
        meeting_id=number if kind == "meeting" else "",
        title=called if kind == "meeting" else "",
        object_name=called if kind != "meeting" else "",
        detail=detail_for(record, account_id),
    )
