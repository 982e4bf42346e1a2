"""A host with two participants and one in the lobby does everything that hosts do, on a PC and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Playwright, expect

from tests.e2e.conftest import Devices
from tests.e2e.fake_media import TONES_HZ
from tests.e2e.person import Person, wait_for
from tests.e2e.test_accessibility import AXE, faults
from tests.support.instance import Instance

TITLE = "Rapat koordinasi"


@dataclass
class Room:
    """Everybody, with the host's hands on the controls."""

    host: Person
    siti: Person
    budi: Person
    ani: Person
    meeting: dict[str, str]
    url: str

    def everybody(self) -> tuple[Person, ...]:
        return (self.host, self.siti, self.budi, self.ani)

    def people(self) -> Locator:
        """The host's list of participants, opened."""
        page = self.host.page
        panel = page.get_by_role("complementary", name="Peserta")
        if panel.count() == 0:
            self.close_panel()
            self.host.control("Peserta").click()
        expect(panel).to_be_visible()
        return panel

    def controls(self) -> Locator:
        """The host's controls of the meeting, opened."""
        page = self.host.page
        region = page.get_by_role("region", name="Kendali penyelenggara")
        if region.count() == 0:
            self.people().get_by_role("button", name="Kendali penyelenggara").click()
        expect(region).to_be_visible()
        return region

    def close_panel(self) -> None:
        if self.host.page.get_by_role("complementary").count():
            self.host.page.keyboard.press("Escape")
            expect(self.host.page.get_by_role("complementary")).to_have_count(0)

    def act(self, name: str, what: str) -> None:
        """Something from the menu of one person."""
        self.people().get_by_role("button", name=f"Tindakan untuk {name}", exact=True).click()
        self.host.page.get_by_role("dialog").get_by_role("button", name=what, exact=True).click()

    def switch(self, label: str) -> None:
        box = self.controls().get_by_role("checkbox", name=label, exact=True)
        before = box.is_checked()
        # It shows what holds, so it moves when the roster says so.
        box.click()
        expect(box).to_be_checked(checked=not before)


@pytest.fixture(params=["pc", "phone"])
def room(
    request: pytest.FixtureRequest, playwright: Playwright, devices: dict[str, Devices], instance: Instance
) -> Iterator[Room]:
    phone = request.param == "phone"

    def person(name: str, colour: str, small: bool) -> Person:
        made = Person.at(
            playwright, name, camera=devices[colour].camera, microphone=devices[colour].microphone, phone=small
        )
        made.context.add_init_script(AXE.read_text(encoding="utf-8"))
        return made

    meeting = instance.new_meeting(f"{TITLE} {request.param}")
    made = Room(
        person("Andi Tenri Abeng", "red", phone),
        person("Siti Hijau", "green", False),
        person("Budi Biru", "blue", True),
        Person.at(playwright, "Ani Tamu", phone=phone),
        meeting,
        instance.url,
    )
    try:
        yield made
        assert [one.errors for one in made.everybody()] == [[], [], [], []]
    finally:
        for one in made.everybody():
            one.close()


def sign_in_and_enter(room: Room, instance: Instance, title: str) -> None:
    account, page = instance.account("host"), room.host.page
    room.host.sign_in(f"{instance.url}/host", account)
    page.get_by_role("button", name=f"Gabung ke {title}", exact=True).click()
    expect(room.host.join_button).to_be_enabled(timeout=15_000)
    room.host.enter()


def test_a_host_is_in_charge(room: Room, instance: Instance, request: pytest.FixtureRequest) -> None:
    host, siti, budi, ani = room.everybody()
    title = f"{TITLE} {request.node.callspec.params['room']}"
    sign_in_and_enter(room, instance, title)
    for one in (siti, budi):
        one.join(room.url, room.meeting["id"], room.meeting["password"])
    expect(host.tile(siti.name)).to_be_visible()

    # The lobby: who comes waits, sees why, and goes in by themself once they are let in.
    room.switch("Ruang tunggu")
    ani.open_preview(room.url, room.meeting["id"], room.meeting["password"])
    ani.join_button.click()
    expect(ani.page.get_by_text("Anda di ruang tunggu")).to_be_visible(timeout=10_000)
    expect(ani.page.get_by_text("Penyelenggara sudah diberi tahu", exact=False)).to_be_visible()
    assert host.tile(ani.name).count() == siti.tile(ani.name).count() == 0
    room.people().get_by_role("button", name=f"Terima {ani.name}", exact=True).click()
    expect(ani.control("Keluar")).to_be_visible(timeout=10_000)
    # Only the three loudest are heard.
    ani.control("Mikrofon").click()

    # Muted by the host, and free to unmute.
    siti_tone = TONES_HZ["green"]
    budi.hears(siti_tone)
    room.act(siti.name, "Bisukan")
    expect(siti.page.get_by_text("mematikan mikrofon Anda", exact=False).first).to_be_visible()
    wait_for("silence", lambda: not [hz for hz in budi.heard_hz() if abs(hz - siti_tone) <= 30], 6)
    siti.control("Mikrofon").click()
    budi.hears(siti_tone)
    # Everybody, and not free any more.
    room.controls().get_by_role("button", name="Bisukan semua", exact=True).click()
    wait_for("silence", lambda: not [hz for hz in budi.heard_hz() if abs(hz - siti_tone) <= 30], 6)
    room.switch("Peserta boleh menyalakan mikrofon")
    expect(siti.control("Mikrofon")).to_have_attribute("aria-disabled", "true")
    siti.control("Mikrofon").click(force=True)
    siti.page.wait_for_timeout(1000)
    sent = siti.sent_packets("audio")
    siti.page.wait_for_timeout(1000)
    assert siti.sent_packets("audio") == sent
    room.switch("Peserta boleh menyalakan mikrofon")

    # Camera, sharing, spotlight.
    room.act(budi.name, "Matikan kamera")
    expect(budi.page.get_by_text("mematikan kamera Anda", exact=False).first).to_be_visible()
    room.switch("Peserta boleh membagikan layar")
    expect(siti.control("Bagikan layar")).to_have_attribute("aria-disabled", "true")
    room.switch("Peserta boleh membagikan layar")
    room.act(siti.name, "Sorot untuk semua")
    expect(budi.page.get_by_text(f"{siti.name} disorot", exact=False).first).to_be_visible()
    room.act(siti.name, "Hentikan sorotan")

    # Hands in their order; reactions; a list that can be searched.
    for one in (budi, siti):
        one.control("Angkat tangan").click()
        expect(room.people().get_by_text(f"Tangan ke-{1 if one is budi else 2}", exact=True)).to_be_visible()
    room.controls().get_by_role("button", name="Turunkan semua tangan (2)", exact=True).click()
    expect(room.controls().get_by_text("Tidak ada tangan yang terangkat.")).to_be_visible()
    siti.control("Reaksi").click()
    siti.page.get_by_role("group", name="Pilih reaksi").get_by_role("button", name="Tepuk tangan").click()
    expect(budi.page.get_by_role("list", name="Reaksi peserta").get_by_text(siti.name, exact=False)).to_be_attached()
    search = room.people().get_by_role("searchbox", name="Cari nama")
    search.fill("siti")
    expect(room.people().get_by_role("button", name=f"Tindakan untuk {siti.name}")).to_be_visible()
    expect(room.people().get_by_role("button", name=f"Tindakan untuk {budi.name}")).to_have_count(0)
    search.fill("")

    # Chat to hosts only.
    room.switch("Peserta boleh menulis ke semua orang")
    for one in (host, budi, siti):
        if one is host:
            room.close_panel()
        one.control("Obrolan").click()
    siti.page.get_by_role("textbox").last.fill("Hanya untuk Ibu")
    siti.page.keyboard.press("Enter")
    expect(host.page.get_by_text("Hanya untuk Ibu")).to_be_visible(timeout=5_000)
    siti.page.wait_for_timeout(500)
    assert budi.page.get_by_text("Hanya untuk Ibu").count() == 0
    for one in (host, budi, siti):
        one.page.keyboard.press("Escape")

    # A co-host has the controls too.
    room.act(siti.name, "Jadikan penyelenggara pendamping")
    siti.control("Peserta").click()
    expect(siti.page.get_by_role("button", name="Kendali penyelenggara")).to_be_visible()
    siti.page.keyboard.press("Escape")
    assert faults(host.page) == []

    # Locked: nobody new. Removed: not back with the same device.
    room.switch("Kunci rapat")
    ani.leave()
    room.act(budi.name, "Keluarkan")
    host.page.get_by_role("dialog").get_by_role("button", name="Ya, keluarkan").click()
    expect(budi.page.get_by_text("mengeluarkan Anda", exact=False).first).to_be_visible(timeout=10_000)
    room.switch("Kunci rapat")
    room.switch("Ruang tunggu")
    budi.page.goto(room.url)
    budi.page.get_by_label("Nama", exact=True).fill("Orang lain")
    budi.page.get_by_label("ID rapat", exact=True).fill(room.meeting["id"])
    budi.page.get_by_label("Kata sandi", exact=True).fill(room.meeting["password"])
    budi.page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(budi.page.get_by_text("mengeluarkan Anda", exact=False).first).to_be_visible(timeout=10_000)

    # The end.
    host.control("Keluar").click()
    host.page.get_by_role("dialog").get_by_role("button", name="Akhiri untuk semua").click()
    expect(siti.page.get_by_text("Rapat sudah berakhir", exact=True)).to_be_visible(timeout=10_000)
