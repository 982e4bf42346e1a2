"""Who is seen large, whose turn it is, what is felt, who is found, and who reads what."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.host_acts.room import Room


def somebody_is_spotlit(room: Room) -> None:
    room.act(room.siti, "Sorot untuk semua")
    expect(room.budi.page.get_by_text(f"{room.siti.name} disorot", exact=False).first).to_be_visible()
    room.act(room.siti, "Hentikan sorotan")


def hands_in_order(room: Room) -> None:
    for number, one in enumerate((room.budi, room.siti), 1):
        one.control("Angkat tangan").click()
        expect(room.people().get_by_text(f"Tangan ke-{number}", exact=True)).to_be_visible()
    room.press("Turunkan semua tangan (2)", "lower_hand", room.budi, room.siti)
    expect(room.controls().get_by_text("Tidak ada tangan yang terangkat.")).to_be_visible()


def a_reaction_is_seen(room: Room) -> None:
    siti, budi = room.siti, room.budi
    siti.control("Reaksi").click()
    siti.page.get_by_role("group", name="Pilih reaksi").get_by_role("button", name="Tepuk tangan").click()
    expect(budi.page.get_by_role("list", name="Reaksi peserta").get_by_text(siti.name, exact=False)).to_be_attached()


def people_are_found_by_name(room: Room) -> None:
    search = room.people().get_by_role("searchbox", name="Cari nama")
    search.fill("siti")
    expect(room.people().get_by_role("button", name=f"Tindakan untuk {room.siti.name}")).to_be_visible()
    expect(room.people().get_by_role("button", name=f"Tindakan untuk {room.budi.name}")).to_have_count(0)
    search.fill("")


def chat_to_hosts_only(room: Room) -> None:
    host, siti, budi = room.host, room.siti, room.budi
    room.switch("Peserta boleh menulis ke semua orang")
    room.panel("Obrolan")
    for one in (budi, siti):
        one.control("Obrolan").click()
    siti.page.get_by_role("textbox").last.fill("Hanya untuk Ibu")
    siti.page.keyboard.press("Enter")
    expect(host.page.get_by_text("Hanya untuk Ibu")).to_be_visible(timeout=5_000)
    siti.page.wait_for_timeout(500)
    assert budi.page.get_by_text("Hanya untuk Ibu").count() == 0
    for one in (host, budi, siti):
        one.page.keyboard.press("Escape")
