"""Whose meetings one sees: a host their own, a head of unit those of the unit, an admin all, another tenant none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.person import Person
from tests.support.instance import Instance

INSIDE, OUTSIDE = "Rapat di bidang", "Rapat di puskesmas"


@pytest.fixture(scope="module")
def other_host(instance: Instance) -> Mapping[str, Any]:
    """Of a unit that the head of the other unit has nothing to do with; both hosts have a meeting."""
    admin = instance.account("tenant_admin")
    unit = instance.call(admin, "POST", "/api/v1/units", {"name": "Dinas Kesehatan"})["unit"]
    new = {"user": "puskesmas", "name": "dr. Wahyuni", "role": "HOST", "unit_id": unit["unit_id"]}
    made = instance.call(admin, "POST", "/api/v1/accounts", new)
    account = {"user": "puskesmas@luwu", "password": made["password"]}
    instance.call(account, "POST", "/api/v1/meetings", {"title": OUTSIDE})
    instance.call(instance.account("host"), "POST", "/api/v1/meetings", {"title": INSIDE})
    return account


def sees(person: Person, titles: Collection[str]) -> None:
    """Of the two meetings, once the list is there."""
    page = person.page
    expect(page.get_by_role("region", name="Akan datang").get_by_text("Memuat rapat Anda…")).to_have_count(0)
    for title in (INSIDE, OUTSIDE):
        expect(page.get_by_role("heading", name=title, exact=True)).to_have_count(1 if title in titles else 0)


def test_a_host_sees_their_own(arrive: Arrive, instance: Instance, other_host: Mapping[str, Any]) -> None:
    for account, title in ((instance.account("host"), INSIDE), (other_host, OUTSIDE)):
        host = arrive(account["user"])
        host.sign_in(f"{instance.url}/host", account)
        expect(host.control(f"Ubah {title}")).to_be_visible()
        sees(host, [title])
        expect(host.page.get_by_label("Tampilkan", exact=True)).to_have_count(0)


@pytest.mark.usefixtures("other_host")
@pytest.mark.parametrize(
    ("role", "scope", "titles"),
    [
        ("head_of_unit", "Rapat unit kerja", [INSIDE]),
        ("tenant_admin", "Semua rapat instansi", [INSIDE, OUTSIDE]),
    ],
)
def test_who_is_above_sees_those_below(
    arrive: Arrive, instance: Instance, role: str, scope: str, titles: list[str]
) -> None:
    above = arrive(role)
    above.sign_in(f"{instance.url}/host", instance.account(role))
    expect(above.page.get_by_text("Tidak ada rapat yang akan datang.")).to_be_visible()
    above.page.get_by_label("Tampilkan", exact=True).select_option(label=scope)
    expect(above.page.get_by_role("heading", name=INSIDE, exact=True)).to_be_visible()
    sees(above, titles)
    expect(above.page.get_by_text("Penyelenggara: Andi Tenri Abeng").first).to_be_visible()
    # They look; the meeting stays its host's. An admin may end it: whoever planned it may be gone.
    expect(above.control(f"Daftar hadir: {INSIDE}")).to_be_visible()
    for act in (f"Ubah {INSIDE}", f"Gabung ke {INSIDE}"):
        expect(above.control(act)).to_have_count(0)
    expect(above.control(f"Akhiri untuk semua: {INSIDE}")).to_have_count(1 if role == "tenant_admin" else 0)


@pytest.mark.usefixtures("other_host")
def test_another_tenant_sees_nothing(arrive: Arrive, instance: Instance) -> None:
    stranger = arrive("Dewi")
    stranger.sign_in(f"{instance.url}/host", instance.account("tenant_admin", tenant=1))
    scope = stranger.page.get_by_label("Tampilkan", exact=True)
    expect(scope).to_be_visible()
    scope.select_option(label="Semua rapat instansi")
    expect(stranger.page.get_by_text("Tidak ada rapat yang akan datang.")).to_be_visible()
    sees(stranger, [])
    expect(stranger.page.get_by_text("Belum ada rapat yang sudah lewat.")).to_be_visible()
