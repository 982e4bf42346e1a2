"""A tenant's frame over real gRPC and a real Valkey: office hours, letterhead, retention, directory, bootstrap file."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from services.auth.bootstrap import bootstrap
from services.auth.bootstrap_file import read_plans
from services.auth.core.office_hours import default_hours
from services.common.errors import Conflict, InvalidField, NotFound, PermissionDenied
from services.common.office_week import format_week
from services.common.store import open_store
from sipulung.auth.v1 import account_pb2, directory_pb2, tenant_pb2
from tests.auth.core.pictures import chunk, png
from tests.auth.frame import do, listed, make_account, make_unit, move
from tests.auth.serving import PASSWORD, Auth


async def tenant_of(auth: Auth, token: str) -> tenant_pb2.Tenant:
    tenant: tenant_pb2.Tenant = (await do(auth.tenants.GetTenant, tenant_pb2.GetTenantRequest(), token)).tenant
    return tenant


async def test_a_tenant_that_never_said_has_the_usual_hours(auth: Auth, admin: str) -> None:
    tenant = await tenant_of(auth, admin)
    assert tenant.office_hours == default_hours()
    assert not tenant.HasField("letterhead")
    # Free on every day, once somebody says so.
    none = tenant_pb2.UpdateTenantRequest(revision=tenant.revision, office_hours=tenant_pb2.OfficeHours())
    await do(auth.tenants.UpdateTenant, none, admin)
    assert not (await tenant_of(auth, admin)).office_hours.days


async def test_hours_letterhead_and_retention(auth: Auth, admin: str) -> None:
    tenant = await tenant_of(auth, admin)
    hours = tenant_pb2.OfficeHours(
        days=[tenant_pb2.OfficeDay(weekday=day, from_minute=480, to_minute=960) for day in (5, 1)],
        tolerance_minutes=15,
        holidays=[tenant_pb2.Holiday(date="2027-08-17", name="Hari Proklamasi")],
    )
    letterhead = tenant_pb2.Letterhead(
        titles=["PEMERINTAH KABUPATEN LUWU"], logo_png=png(), place="Belopa", signer_nip="197002281995032005"
    )
    retention = tenant_pb2.Retention(attendance_days=365, audit_days=30, purpose="Disiplin pegawai\nUU 27/2022")
    update = tenant_pb2.UpdateTenantRequest(
        revision=tenant.revision, office_hours=hours, letterhead=letterhead, retention=retention
    )
    changed = (await do(auth.tenants.UpdateTenant, update, admin)).tenant
    assert await tenant_of(auth, await auth.token("participant@luwu")) == changed
    assert format_week(changed.office_hours.days) == "mon 08:00-16:00, fri 08:00-16:00"
    assert (changed.letterhead, changed.retention) == (letterhead, retention)
    with pytest.raises(Conflict):
        await do(auth.tenants.UpdateTenant, update, admin)
    # One part at a time: the others stay.
    renamed = tenant_pb2.UpdateTenantRequest(revision=changed.revision, name="Kabupaten Luwu Raya")
    changed = (await do(auth.tenants.UpdateTenant, renamed, admin)).tenant
    assert (changed.name, changed.letterhead) == ("Kabupaten Luwu Raya", letterhead)
    cleared = tenant_pb2.UpdateTenantRequest(revision=changed.revision, letterhead=tenant_pb2.Letterhead())
    changed = (await do(auth.tenants.UpdateTenant, cleared, admin)).tenant
    assert changed.letterhead == tenant_pb2.Letterhead()
    # Lists of tenants have no pictures in them.
    operator = await auth.token("province_operator@luwu")
    short = (await do(auth.tenants.ListTenants, tenant_pb2.ListTenantsRequest(), operator)).tenants
    assert not any(one.HasField("office_hours") or one.HasField("letterhead") for one in short)


async def test_a_logo_is_kept_without_what_is_not_printed(auth: Auth, admin: str) -> None:
    before = await tenant_of(auth, admin)
    with_resolution = png()[:33] + chunk(b"pHYs", bytes(9)) + png()[33:]
    picture = tenant_pb2.Letterhead(titles=["PEMERINTAH"], logo_png=with_resolution)
    update = tenant_pb2.UpdateTenantRequest(revision=before.revision, letterhead=picture)
    changed = (await do(auth.tenants.UpdateTenant, update, admin)).tenant
    assert (list(changed.letterhead.titles), changed.letterhead.logo_png) == (["PEMERINTAH"], png())


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"office_hours": {"days": [{"weekday": 8, "to_minute": 960}]}}, "office_hours.days[0].weekday"),
        ({"office_hours": {"days": [{"weekday": 1, "to_minute": 960}] * 2}}, "office_hours.days[1].weekday"),
        ({"office_hours": {"holidays": [{"date": "17-08-2027", "name": "x"}]}}, "office_hours.holidays[0].date"),
        ({"office_hours": {"tolerance_minutes": 241}}, "office_hours.tolerance_minutes"),
        ({"office_hours": {"changes": [{}]}}, "office_hours.changes[0].from_date"),
        ({"office_hours": {"changes": [{"from_date": "8-2-2027"}]}}, "office_hours.changes[0].from_date"),
        ({"office_hours": {"changes": [{"from_date": "2019-12-31"}]}}, "office_hours.changes[0].from_date"),
        ({"office_hours": {"changes": [{"from_date": "2027-02-08"}] * 2}}, "office_hours.changes[1].from_date"),
        (
            {"office_hours": {"changes": [{"from_date": "2027-02-08", "tolerance_minutes": 241}]}},
            "office_hours.changes[0].tolerance_minutes",
        ),
        (
            {"office_hours": {"changes": [{"from_date": "2027-02-08", "days": [{"weekday": 1, "from_minute": 9}]}]}},
            "office_hours.changes[0].days[0].to_minute",
        ),
        (
            {"office_hours": {"changes": [{"from_date": f"{2020 + n // 2}-0{n % 2 + 1}-01"} for n in range(101)]}},
            "office_hours.changes",
        ),
        ({"letterhead": {"logo_png": b"GIF89a"}}, "letterhead.logo_png"),
        ({"letterhead": {"logo_png": bytes(65537)}}, "letterhead.logo_png"),
        ({"letterhead": {"titles": ["x"] * 4}}, "letterhead.titles"),
        ({"letterhead": {"signer_nip": "12"}}, "letterhead.signer_nip"),
        ({"retention": {"attendance_days": 3651}}, "retention.attendance_days"),
        ({"retention": {"audit_days": 3651}}, "retention.audit_days"),
        ({"retention": {"audit_days": 29}}, "retention.audit_days"),
        ({"retention": {"purpose": "\u202e"}}, "retention.purpose"),
    ],
)
async def test_what_makes_no_sense_is_named_and_nothing_is_saved(
    auth: Auth, admin: str, part: dict[str, Any], field: str
) -> None:
    before = await tenant_of(auth, admin)
    update = tenant_pb2.UpdateTenantRequest(revision=before.revision, name="Diubah", **part)
    with pytest.raises(InvalidField) as refused:
        await do(auth.tenants.UpdateTenant, update, admin)
    assert refused.value.field == field
    assert await tenant_of(auth, admin) == before


async def test_the_directory_of_services(auth: Auth, admin: str) -> None:
    tenant_id = (await tenant_of(auth, admin)).tenant_id
    office = await make_unit(auth, admin, "Dinas Kominfo")
    section = await make_unit(auth, admin, "Bidang IKP", office.unit_id)
    account = await make_account(auth, admin, section.unit_id)
    frame = await do(auth.directory.GetFrame, directory_pb2.GetFrameRequest(tenant_id=tenant_id), auth.service_token)
    assert frame.tenant == await tenant_of(auth, admin)
    assert list(frame.units) == [office, section]
    with pytest.raises(NotFound):
        await do(auth.directory.GetFrame, directory_pb2.GetFrameRequest(tenant_id="nosuch"), auth.service_token)
    with pytest.raises(PermissionDenied):
        await do(auth.directory.GetFrame, directory_pb2.GetFrameRequest(tenant_id=tenant_id), admin)
    foreign = (await auth.sign_in("host@utara")).account.account_id
    ids = [account.account_id, "nosuch", foreign, account.account_id]
    look_up = directory_pb2.LookUpPeopleRequest(tenant_id=tenant_id, account_ids=ids)
    (person,) = (await do(auth.directory.LookUpPeople, look_up, auth.service_token)).people
    assert (person.account_id, person.unit_id, person.role) == (account.account_id, section.unit_id, 2)
    assert (person.name, person.created_at_ms) == ("Baru", account.created_at_ms)
    nobody = directory_pb2.LookUpPeopleRequest(tenant_id=tenant_id)
    assert not (await do(auth.directory.LookUpPeople, nobody, auth.service_token)).people
    names, token = [], ""
    while True:
        request = directory_pb2.ListPeopleRequest(tenant_id=tenant_id, page_size=2, page_token=token)
        answer = await do(auth.directory.ListPeople, request, auth.service_token)
        names += [one.name for one in answer.people]
        token = answer.next_page_token
        if not token:
            break
    assert names == ["Baru", "Host", "Participant", "Province_Operator", "Tenant_Admin"]


async def test_records_of_an_older_version_still_load(auth: Auth, admin: str) -> None:
    """Accounts and tenants that were stored before there were units have none of the new fields."""
    account = await make_account(auth, admin)
    redis = open_store(auth.redis_url)
    await redis.hdel(f"auth:account:{account.tenant_id}:{account.account_id}", "unit_id")
    await redis.aclose()
    assert (await auth.sign_in("baru@luwu")).account == account
    unit = await make_unit(auth, admin, "Dinas Kominfo")
    assert (await move(auth, admin, account, unit.unit_id)).unit_id == unit.unit_id


FRAME = {
    "slug": "timur",
    "name": "Kabupaten Luwu Timur",
    "office_hours": "mon-fri 08:00-16:00",
    "tolerance_minutes": 5,
    "office_changes": [
        {"from": "2027-03-10", "office_hours": "mon-fri 08:00-16:00", "tolerance_minutes": 5},
        {"from": "2027-02-08", "office_hours": "mon-thu 08:00-15:00, fri 08:00-15:30"},
    ],
    "holidays": [{"date": "2027-08-17", "name": "Hari Proklamasi"}],
    "letterhead": {"titles": ["PEMERINTAH"], "logo_png": base64.b64encode(png()).decode()},
    "units": [{"name": "Dinas", "units": [{"name": "Bidang A"}, {"name": "Bidang B"}]}, {"name": "Badan"}],
    "accounts": [
        {"user": "a", "name": "A", "role": "tenant_admin", "password": PASSWORD, "unit": ["Dinas", "bidang b"]},
        {"user": "b", "name": "B", "role": "host", "password": PASSWORD, "unit": "Badan"},
        {"user": "c", "name": "C", "role": "host", "password": PASSWORD},
    ],
}


RAMADAN = {"from": "2027-02-08", "office_hours": "mon-thu 08:00-15:00, fri 08:00-15:30"}


async def test_the_bootstrap_file_has_a_frame(auth: Auth) -> None:
    lines = await bootstrap({"tenants": [FRAME]}, auth.redis_url)
    assert len(lines) == 8
    assert all(line.endswith("created") for line in lines)
    token = await auth.token("a@timur")
    tenant = await tenant_of(auth, token)
    assert format_week(tenant.office_hours.days) == "mon-fri 08:00-16:00"
    assert (tenant.office_hours.tolerance_minutes, tenant.office_hours.holidays[0].date) == (5, "2027-08-17")
    assert [(one.from_date, format_week(one.days), one.tolerance_minutes) for one in tenant.office_hours.changes] == [
        ("2027-02-08", "mon-thu 08:00-15:00, fri 08:00-15:30", 0),
        ("2027-03-10", "mon-fri 08:00-16:00", 5),
    ]
    assert tenant.letterhead.logo_png == png()
    found = await listed(auth, token)
    assert [unit.name for unit in found] == ["Badan", "Dinas", "Bidang A", "Bidang B"]
    accounts = (await do(auth.accounts.ListAccounts, account_pb2.ListAccountsRequest(), token)).accounts
    assert [one.unit_id for one in accounts] == [found[3].unit_id, found[0].unit_id, ""]
    again = await bootstrap({"tenants": [FRAME]}, auth.redis_url)
    assert all(line.endswith("exists") for line in again)
    less = {"slug": "timur", "name": "Kabupaten Luwu Timur"}
    assert (await bootstrap({"tenants": [less]}, auth.redis_url))[0].endswith("differs from the file, not changed")
    later = FRAME | {"office_changes": []}
    assert (await bootstrap({"tenants": [later]}, auth.redis_url))[0].endswith("differs from the file, not changed")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"office_hours": "always"}, "tenants[0].office_hours"),
        ({"tolerance_minutes": "many"}, "tenants[0]"),
        ({"tolerance_minutes": 999}, "tenants[0].tolerance_minutes"),
        ({"holidays": [{"date": "2027-02-30", "name": "x"}]}, "tenants[0].holidays[0].date"),
        ({"holidays": 1}, "tenants[0].holidays"),
        ({"office_changes": 1}, "tenants[0].office_changes"),
        ({"office_changes": ["2027-02-08"]}, "tenants[0].office_changes[0]"),
        ({"office_changes": [{"office_hours": "none"}]}, "tenants[0].office_changes[0].from"),
        ({"office_changes": [{"from": "2027-02-08"}]}, "tenants[0].office_changes[0].office_hours"),
        ({"office_changes": [RAMADAN | {"until": "2027-03-09"}]}, "tenants[0].office_changes[0].until"),
        ({"office_changes": [RAMADAN | {"from": 2027}]}, "tenants[0].office_changes[0].from"),
        ({"office_changes": [RAMADAN | {"from": "8 Februari"}]}, "tenants[0].office_changes[0].from"),
        ({"office_changes": [RAMADAN, RAMADAN | {"from": "2027-02-30"}]}, "tenants[0].office_changes[1].from"),
        ({"office_changes": [RAMADAN, RAMADAN]}, "tenants[0].office_changes[1].from"),
        ({"office_changes": [RAMADAN] * 101}, "tenants[0].office_changes"),
        ({"office_changes": [RAMADAN | {"office_hours": "short"}]}, "tenants[0].office_changes[0].office_hours"),
        ({"office_changes": [RAMADAN | {"tolerance_minutes": "x"}]}, "tenants[0].office_changes[0]"),
        (
            {"office_changes": [RAMADAN | {"tolerance_minutes": 241}]},
            "tenants[0].office_changes[0].tolerance_minutes",
        ),
        ({"letterhead": {"colour": "red"}}, "tenants[0].letterhead"),
        ({"letterhead": "x"}, "tenants[0].letterhead"),
        ({"letterhead": {"logo_png": "AAAA"}}, "tenants[0].letterhead.logo_png"),
        ({"units": [{"name": "A"}, {"name": "a"}]}, "tenants[0].units[1].name"),
        ({"units": [{"name": "A", "units": [{"name": ""}]}]}, "tenants[0].units[0].units[0].name"),
        ({"units": ["A"]}, "tenants[0].units[0].name"),
        ({"accounts": [FRAME["accounts"][0] | {"unit": "Bidang B"}]}, "tenants[0].accounts[0].unit"),  # type: ignore[index]
        ({"accounts": [FRAME["accounts"][0] | {"unit": 1}]}, "tenants[0].accounts[0].unit"),  # type: ignore[index]
    ],
)
def test_a_frame_that_makes_no_sense_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        read_plans({"tenants": [FRAME | changes]})
    assert refused.value.field == field
