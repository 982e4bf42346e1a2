"""A tenant with units and people, where it is about noon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.common import subjects
from services.common.bus import Bus
from services.common.errors import Unavailable
from services.common.ids import TenantId
from sipulung.auth.v1 import tenant_pb2
from sipulung.common.v1 import common_pb2
from sipulung.roster.v1 import office_pb2
from tests.roster.conftest import Site
from tests.roster.support.client import RosterClient, eventually
from tests.roster.support.noon import noon_zone

HEAD = common_pb2.ACCOUNT_ROLE_HEAD_OF_UNIT
ADMIN = common_pb2.ACCOUNT_ROLE_TENANT_ADMIN


@dataclass(frozen=True, slots=True)
class Town:
    """A tenant where it is about noon, with units and people in them: account ids and tokens by name."""

    site: Site
    roster: RosterClient
    accounts: Mapping[str, str]
    tokens: Mapping[str, str]
    zone: str

    @property
    def tenant_id(self) -> TenantId:
        return TenantId(self.site.tenant)

    def today(self) -> date:
        return datetime.now(ZoneInfo(self.zone)).date()

    def day(self) -> str:
        return self.today().strftime("%Y%m%d")


async def settled(site: Site) -> Town:
    """With office hours on all days. Its streams are there."""
    hours = [tenant_pb2.OfficeDay(weekday=day, from_minute=0, to_minute=1440) for day in range(1, 8)]
    zone = noon_zone()
    site.auth.tenant(site.tenant, time_zone=zone, office_hours=tenant_pb2.OfficeHours(days=hours))
    for unit, name, parent in (("dinas", "Dinas", ""), ("bidang", "Bidang", "dinas"), ("camat", "Kecamatan", "")):
        site.auth.unit(site.tenant, unit, name, parent)
    accounts, tokens = {}, {}
    for name, unit, role in (
        ("kadis", "dinas", HEAD),
        ("ani", "bidang", common_pb2.ACCOUNT_ROLE_HOST),
        ("budi", "camat", common_pb2.ACCOUNT_ROLE_PARTICIPANT),
        ("camat", "camat", HEAD),
        ("admin", "", ADMIN),
    ):
        accounts[name] = f"{name}{site.tenant}"[:20]
        site.auth.person(site.tenant, accounts[name], name.title(), unit_id=unit, role=role)
        tokens[name] = site.auth.account(site.tenant, name.title(), accounts[name], role, unit)
    roster = site.replica()

    async def streams_are_made() -> bool:
        try:
            await roster.own_day(tokens["admin"])
        except Unavailable:
            return False
        return True

    await eventually(streams_are_made)
    return Town(site, roster, accounts, tokens, zone)


async def records(town: Town) -> list[office_pb2.OfficeRecord]:
    bus = await Bus.connect(town.site.settings["SIPULUNG_NATS_URL"], "test")
    try:
        subject = subjects.office(town.tenant_id, town.day())
        stream = bus.read_stream(subjects.OFFICE_STREAM, subject, office_pb2.OfficeRecord)
        return [record async for record in stream]
    finally:
        await bus.close()
