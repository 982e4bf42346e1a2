"""A host is lost, and somebody else is in charge: first a co-host, then whoever of the unit has the oldest account."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.person import Person, wait_for
from tests.support.instance import Instance

TITLE = "Rapat tanpa penyelenggara"
HOST_LOST_S = 3
# Twice as long as between two reports of a media node: who is there is not lost, only because the machine is busy.
MEDIA_LEASE_S = 6
# Their media is silent for the lease, then the sweep notices, then HOST_LOST_S pass; the rest is a busy machine.
WITHIN_MS = 20_000


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Instance]:
    """Hosts are lost soon."""
    settings = {"SIPULUNG_HOST_LOST_SECONDS": str(HOST_LOST_S), "SIPULUNG_MEDIA_LEASE_SECONDS": str(MEDIA_LEASE_S)}
    with Instance(tmp_path / "instance", settings) as started:
        yield started


def made_host(person: Person) -> None:
    """They are told, and have what only hosts have."""
    told = person.page.get_by_text("Anda sekarang penyelenggara.", exact=False)
    expect(told.first).to_be_visible(timeout=WITHIN_MS)
    person.control("Keluar").click()
    dialog = person.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Akhiri untuk semua")).to_be_visible()
    dialog.get_by_role("button", name="Tetap di rapat").click()
    person.control("Peserta").click()
    panel = person.page.get_by_role("complementary", name="Peserta")
    expect(panel.get_by_role("button", name="Kendali penyelenggara")).to_be_visible()
    # A phone has no Escape.
    panel.get_by_role("button", name="Tutup", exact=True).click()
    expect(panel).to_be_hidden()


def test_a_lost_host_is_followed(playwright: Playwright, impatient: Instance, figures: list[str]) -> None:
    # The head of the office owns the meeting; of its own unit, the admin is the only other one with an account.
    meeting = impatient.new_meeting(TITLE, "head_of_unit")
    owner, admin = impatient.account("head_of_unit"), impatient.account("tenant_admin")
    people = [Person.at(playwright, name, phone=name == "Rudi Hartono") for name in ("Hj. Nurhayati", "Rudi Hartono")]
    host, heir = people
    try:
        people.append(co_host := Person.at(playwright, "Siti Hijau"))
        host.sign_in(f"{impatient.url}/host", owner)
        host.enter_own(TITLE)
        heir.sign_in(f"{impatient.url}/host", admin)
        expect(heir.page.get_by_role("button", name="Rapat baru").first).to_be_visible()
        heir.page.goto(impatient.url)
        expect(heir.page.get_by_text("Kehadiran Anda dicatat pada akun ini", exact=False)).to_be_visible()
        for one in (co_host, heir):
            one.join(impatient.url, meeting["id"], meeting["password"])
        host.control("Peserta").click()
        host.page.get_by_role("button", name=f"Tindakan untuk {co_host.name}", exact=True).click()
        host.page.get_by_role("dialog").get_by_role("button", name="Jadikan penyelenggara pendamping").click()
        expect(co_host.page.get_by_text("penyelenggara pendamping", exact=False).first).to_be_visible()

        lost = time.monotonic()
        host.crash()
        made_host(co_host)
        figures.append(f"a co-host is host {time.monotonic() - lost:.1f} s after the host's browser was killed")
        co_host.crash()
        made_host(heir)

        # Whoever was host comes back as host, and whoever took over stays one.
        people.append(again := Person.at(playwright, host.name))
        again.sign_in(f"{impatient.url}/host", owner)
        again.enter_own(TITLE)
        for one in (again, heir):
            one.control("Peserta").click()
            panel = one.page.get_by_role("complementary", name="Peserta")
            expect(panel.get_by_role("button", name="Kendali penyelenggara")).to_be_visible()
            # Those who were lost stay in the list for the grace time, and say so.
            hosts = panel.get_by_role("listitem").filter(has_text="Penyelenggara")
            expect(hosts.filter(has_not_text="Jaringan terputus")).to_have_count(2)
            panel.get_by_role("button", name="Tutup", exact=True).click()
        heir.control("Keluar").click()
        heir.page.get_by_role("dialog").get_by_role("button", name="Akhiri untuk semua").click()
        expect(again.page.get_by_text("Rapat sudah berakhir", exact=True)).to_be_visible()

        def ended() -> bool:
            return impatient.audited(meeting["id"])[-1].action == "meeting.end"

        wait_for("the end is in the audit log", ended, 60)
        taken = [one for one in impatient.audited(meeting["id"]) if one.action == "meeting.take_over"]
        assert [(one.actor, one.detail.partition(" (")[0]) for one in taken] == [
            ("service:roster", co_host.name),
            ("service:roster", heir.name),
        ]
        assert again.errors == heir.errors == []
    finally:
        for one in people:
            one.close()
