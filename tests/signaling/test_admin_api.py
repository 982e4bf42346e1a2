"""The JSON API of the admin page: what goes to auth and comes back, and what is said of bad input."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sipulung.common.v1 import common_pb2
from tests.signaling.conftest import Site

ADMIN = common_pb2.ACCOUNT_ROLE_TENANT_ADMIN
TOO_LARGE = base64.b64encode(bytes(65_537)).decode()
RAMADAN = {"from_date": "2027-02-08"}
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(60_000)).decode()


def token(site: Site, tenant: str = "luwu", role: int = ADMIN) -> str:
    return site.keys.access(tenant, "admin", role)


async def test_the_settings_of_a_tenant(site: Site) -> None:
    admin = token(site)
    status, body = await site.call("GET", "/api/v1/tenant", token=admin)
    assert (status, body["tenant"]["revision"], body["tenant"]["slug"]) == (200, "1", "luwu")
    hours = {
        "days": [{"weekday": 1, "from_minute": 450, "to_minute": 960}],
        "tolerance_minutes": 15,
        "holidays": [{"date": "2026-08-17", "name": "Hari Kemerdekaan"}],
        "changes": [
            {
                "from_date": "2027-02-08",
                "days": [{"weekday": 1, "from_minute": 480, "to_minute": 900}],
                "tolerance_minutes": 0,
            },
            {"from_date": "2027-03-10", "days": [], "tolerance_minutes": 15},
        ],
    }
    letterhead = {"titles": ["PEMERINTAH KABUPATEN LUWU"], "logo_png": PNG, "place": "Belopa"}
    change = {"revision": 1, "name": "Kabupaten Luwu", "office_hours": hours, "letterhead": letterhead}
    status, body = await site.call("PATCH", "/api/v1/tenant", change, admin)
    assert status == 200, body
    tenant = body["tenant"]
    assert (tenant["revision"], tenant["name"], tenant["office_hours"]) == ("2", "Kabupaten Luwu", hours)
    assert tenant["letterhead"]["logo_png"] == PNG
    # What was not sent stays; what was sent empty is empty.
    status, body = await site.call("PATCH", "/api/v1/tenant", {"revision": 2, "office_hours": {}}, admin)
    assert body["tenant"]["office_hours"]["days"] == []
    assert body["tenant"]["letterhead"]["place"] == "Belopa"
    status, body = await site.call("PATCH", "/api/v1/tenant", {"revision": 2, "name": "Lain"}, admin)
    assert (status, body["error"]["code"]) == (409, "CONFLICT")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "revision"),
        ({"revision": "1"}, "revision"),
        ({"revision": 1, "office_hours": []}, "office_hours"),
        ({"revision": 1, "office_hours": None}, "office_hours"),
        ({"revision": 1, "office_hours": {"day": []}}, "office_hours"),
        ({"revision": 1, "office_hours": {"days": [{"weekday": 8, "to_minute": 9}]}}, "office_hours.days[0].weekday"),
        (
            {"revision": 1, "office_hours": {"holidays": [{"date": "17-8", "name": "x"}]}},
            "office_hours.holidays[0].date",
        ),
        ({"revision": 1, "office_hours": {"changes": [1]}}, "office_hours"),
        ({"revision": 1, "office_hours": {"changes": [{"from": "2027-02-08"}]}}, "office_hours"),
        ({"revision": 1, "office_hours": {"changes": [{}]}}, "office_hours.changes[0].from_date"),
        ({"revision": 1, "office_hours": {"changes": [{"from_date": "8-2"}]}}, "office_hours.changes[0].from_date"),
        (
            {"revision": 1, "office_hours": {"changes": [RAMADAN | {"tolerance_minutes": 241}]}},
            "office_hours.changes[0].tolerance_minutes",
        ),
        (
            {"revision": 1, "office_hours": {"changes": [RAMADAN, RAMADAN | {"days": [{"weekday": 8}]}]}},
            "office_hours.changes[1].days[0].weekday",
        ),
        ({"revision": 1, "office_hours": {"changes": [RAMADAN] * 101}}, "office_hours.changes"),
        ({"revision": 1, "letterhead": {"logo_png": 5}}, "letterhead"),
        ({"revision": 1, "letterhead": {"logo_png": TOO_LARGE}}, "letterhead.logo_png"),
        ({"revision": 1, "letterhead": {"signer_nip": "12"}}, "letterhead.signer_nip"),
        ({"revision": 1, "retention": {"attendance_days": -1}}, "retention"),
        ({"revision": 1, "language": "fr"}, "language"),
    ],
)
async def test_settings_that_are_wrong(site: Site, change: Any, field: str) -> None:
    answered, body = await site.call("PATCH", "/api/v1/tenant", change, token(site))
    assert (answered, body["error"]["code"], body["error"]["field"]) == (400, "INVALID_FIELD", field)


async def test_settings_that_are_too_large(site: Site) -> None:
    change = {"revision": 1, "name": "a" * 200_000}
    status, body = await site.call("PATCH", "/api/v1/tenant", change, token(site))
    assert (status, body["error"]["code"]) == (413, "TOO_LARGE")


async def test_units(site: Site) -> None:
    admin = token(site)
    status, body = await site.call("POST", "/api/v1/units", {"name": "Dinas Kominfo"}, admin)
    assert status == 201
    top = body["unit"]
    _, body = await site.call("POST", "/api/v1/units", {"name": "Bidang IKP", "parent_id": top["unit_id"]}, admin)
    path = f"/api/v1/units/{body['unit']['unit_id']}"
    _, body = await site.call("PATCH", path, {"revision": 1, "name": "Bidang Informasi"}, admin)
    assert (body["unit"]["name"], body["unit"]["parent_id"]) == ("Bidang Informasi", top["unit_id"])
    _, body = await site.call("PATCH", path, {"revision": 2, "parent_id": ""}, admin)
    assert (body["unit"]["name"], body["unit"]["parent_id"]) == ("Bidang Informasi", "")
    status, body = await site.call("PATCH", path, {"revision": 2, "name": "x"}, admin)
    assert (status, body["error"]["field"]) == (409, "revision")
    status, body = await site.call("DELETE", path, token=admin)
    assert (status, body["error"]["field"]) == (400, "revision")
    assert (await site.call("DELETE", f"{path}?revision=2", token=admin))[0] == 409
    assert (await site.call("DELETE", f"{path}?revision=3", token=admin))[0] == 200
    _, body = await site.call("GET", "/api/v1/units", token=admin)
    assert [unit["name"] for unit in body["units"]] == ["Dinas Kominfo"]
    status, body = await site.call("POST", "/api/v1/units", {"name": ""}, admin)
    assert (status, body["error"]["field"]) == (400, "name")


async def test_accounts(site: Site) -> None:
    admin = token(site)
    new = {"user": "budi", "name": "Budi Santoso, S.STP", "role": "HOST", "nip": "198503152010012001"}
    status, body = await site.call("POST", "/api/v1/accounts", new, admin)
    assert (status, body["password"], body["account"]["role"]) == (201, "sirih-pinang", "HOST")
    account = body["account"]
    path = f"/api/v1/accounts/{account['account_id']}"
    assert (await site.call("POST", "/api/v1/accounts", new, admin))[1]["error"]["field"] == "account.user"
    for change, field in (
        ({"user": "Budi"}, "account.user"),
        ({"name": "\u200b"}, "account.name"),
        ({"nip": "1"}, "account.nip"),
        ({"role": ""}, "account.role"),
        ({"role": "UNSPECIFIED"}, "role"),
        ({"password": "pendek"}, "account.password"),
    ):
        status, body = await site.call("POST", "/api/v1/accounts", {**new, **change}, admin)
        assert (status, body["error"]["code"], body["error"]["field"]) == (400, "INVALID_FIELD", field)
    _, body = await site.call("PATCH", path, {"revision": 1, "nip": "", "role": "HEAD_OF_UNIT"}, admin)
    changed = body["account"]
    assert (changed["nip"], changed["role"], changed["name"]) == ("", "HEAD_OF_UNIT", new["name"])
    _, body = await site.call("POST", f"{path}/disable", token=admin)
    assert body["account"]["disabled"]
    _, body = await site.call("PATCH", path, {"revision": 2, "enable": True}, admin)
    assert not body["account"]["disabled"]
    assert (await site.call("PATCH", path, {"revision": 2, "enable": 1}, admin))[1]["error"]["field"] == "enable"
    assert (await site.call("POST", f"{path}/password", token=admin))[1]["password"] == "sirih-pinang"
    for query, count in (("", 1), ("santoso", 1), ("wati", 0)):
        _, body = await site.call("GET", f"/api/v1/accounts?query={query}", token=admin)
        assert len(body["accounts"]) == count
    status, body = await site.call("GET", f"/api/v1/accounts?query={'a' * 65}", token=admin)
    assert (status, body["error"]["field"]) == (400, "query")


async def test_only_an_admin_and_only_from_our_own_page(site: Site) -> None:
    host = token(site, role=common_pb2.ACCOUNT_ROLE_HOST)
    for method, path, body in (
        ("PATCH", "/api/v1/tenant", {"revision": 1, "name": "x"}),
        ("POST", "/api/v1/units", {"name": "x"}),
        ("GET", "/api/v1/accounts", None),
    ):
        assert (await site.call(method, path, body, host))[0] == 403
        assert (await site.call(method, path, body))[0] == 401
        if method != "GET":
            origin = {"Origin": "https://jahat.example"}
            status, answer = await site.call(method, path, body, token(site), **origin)
            assert (status, answer["error"]["code"]) == (403, "PERMISSION_DENIED")
