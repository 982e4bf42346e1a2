"""Who else is in charge, who cannot come in, who is removed, and the end."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.host_acts.room import Room
from tests.e2e.person import Person
from tests.e2e.test_accessibility import faults


def a_co_host_has_the_controls(room: Room) -> None:
    siti = room.siti
    room.act(siti, "Jadikan penyelenggara pendamping")
    siti.control("Peserta").click()
    expect(siti.page.get_by_role("button", name="Kendali penyelenggara")).to_be_visible()
    siti.page.keyboard.press("Escape")
    assert faults(room.host.page) == []


def locked_and_removed(room: Room) -> None:
    budi, page = room.budi, room.budi.page
    room.switch("Kunci rapat")
    room.ani.leave()
    _nobody_new_comes_in(room)
    room.act(budi, "Keluarkan")
    room.host.page.get_by_role("dialog").get_by_role("button", name="Ya, keluarkan").click()
    expect(page.get_by_text("mengeluarkan Anda", exact=False).first).to_be_visible()
    room.switch("Kunci rapat")
    room.switch("Ruang tunggu")
    # Not back with the same device, whatever the name.
    page.goto(room.instance.url)
    page.get_by_label("Nama", exact=True).fill("Orang lain")
    page.get_by_label("ID rapat", exact=True).fill(room.meeting["id"])
    page.get_by_label("Kata sandi", exact=True).fill(room.meeting["password"])
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_text("mengeluarkan Anda", exact=False).first).to_be_visible()


def _nobody_new_comes_in(room: Room) -> None:
    """But who was in may come back."""
    new = Person.beside(room.ani.browser, "Fitri Baru", phone=room.phone, devices="denied")
    new.page.goto(room.instance.url)
    for label, text in (("Nama", new.name), ("ID rapat", room.meeting["id"]), ("Kata sandi", room.meeting["password"])):
        new.page.get_by_label(label, exact=True).fill(text)
    new.control("Lanjut").click()
    if new.join_button.count():
        new.join_button.click()
    expect(new.page.get_by_text("mengunci rapat ini", exact=False).first).to_be_visible()
    assert room.host.tile(new.name).count() == 0
    assert new.errors == []
    new.close()
    room.ani.join(room.instance.url, room.meeting["id"], room.meeting["password"])
    room.ani.leave()


def ended_for_all(room: Room) -> None:
    room.host.control("Keluar").click()
    room.did("end")
    room.host.page.get_by_role("dialog").get_by_role("button", name="Akhiri untuk semua").click()
    expect(room.siti.page.get_by_text("Rapat sudah berakhir", exact=True)).to_be_visible()
