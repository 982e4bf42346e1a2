"""Who comes waits, sees why, and goes in without a click once let in; whoever is denied hears it, and may ask again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.host_acts.room import Room
from tests.e2e.person import Person
from tests.e2e.test_accessibility import faults


def one_some_and_all(room: Room) -> None:
    """Ani is in afterwards; the others who came have left again."""
    host, ani = room.host, room.ani
    # Ani waits with camera and microphone; three more pictures would only keep the machine busy.
    cici, dedi, eko = others = [
        Person.beside(ani.browser, name, phone=room.phone, devices="denied") for name in ("Cici", "Dedi", "Eko")
    ]
    room.switch("Ruang tunggu")
    for one in (ani, *others):
        room.knocks(one)
    _what_they_see(room)

    waiting = room.people().get_by_role("region", name="Ruang tunggu")
    expect(waiting.get_by_text("4 orang menunggu")).to_be_visible()
    # In the order of coming.
    rows = waiting.get_by_role("list", name="Ruang tunggu").get_by_role("listitem")
    expect(rows.first).to_contain_text(ani.name)
    assert faults(host.page) == []

    room.did("deny", cici)
    waiting.get_by_role("button", name=f"Tolak {cici.name}", exact=True).click()
    expect(cici.page.get_by_role("heading", name="Anda belum diterima di rapat ini")).to_be_visible()
    expect(cici.page.get_by_text("Hubungi penyelenggara", exact=False)).to_be_visible()

    for one in (ani, dedi):
        waiting.get_by_role("checkbox", name=f"Pilih {one.name}", exact=True).check()
    room.did("admit", ani, dedi)
    waiting.get_by_role("button", name="Terima 2 orang", exact=True).click()
    for one in (ani, dedi):
        expect(one.control("Keluar")).to_be_visible()
    expect(eko.page.get_by_text("Anda di ruang tunggu")).to_be_visible()

    cici.page.get_by_role("button", name="Ke halaman awal").click()
    room.knocks(cici)
    room.did("admit", cici, eko)
    waiting.get_by_role("button", name="Terima semua", exact=True).click()
    for one in (cici, eko):
        expect(one.control("Keluar")).to_be_visible()
    expect(waiting).to_have_count(0)
    assert [one.errors for one in others] == [[], [], []]
    for one in others:
        one.leave()
        one.close()
    # Only the three loudest are heard.
    ani.control("Mikrofon").click()


def _what_they_see(room: Room) -> None:
    """Calm, true, and nothing of the meeting."""
    page = room.ani.page
    expect(page.get_by_text("Penyelenggara sudah diberi tahu", exact=False)).to_be_visible()
    expect(page.get_by_text("Menunggu sejak pukul", exact=False)).to_be_visible()
    expect(page.get_by_text(room.title, exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Keluar dari ruang tunggu")).to_be_visible()
    assert page.get_by_text(room.siti.name).count() == 0
    for inside in (room.host, room.siti):
        assert inside.tile(room.ani.name).count() == 0
    assert faults(page) == []
