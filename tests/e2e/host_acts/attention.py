"""Who is seen large, whose turn it is, what is felt, who is found, and who reads what."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import expect

from tests.e2e.host_acts.room import Room
from tests.e2e.person import Person, wait_for


def somebody_is_spotlit(room: Room) -> None:
    room.act(room.siti, "Sorot untuk semua")
    expect(room.budi.page.get_by_text(f"{room.siti.name} disorot", exact=False).first).to_be_visible()
    for one in (room.budi, room.ani):
        wait_for(f"{room.siti.name} is large for {one.name}", partial(_is_large, room, one), 30)
    room.act(room.siti, "Hentikan sorotan")
    for one in (room.budi, room.ani):
        wait_for(f"{room.siti.name} is as large as others for {one.name}", partial(_is_not_large, room, one), 30)


def _area(viewer: Person, of: Person) -> float:
    """How many square pixels of the viewer's page are somebody's tile; 0 where it is not shown."""
    tile = viewer.tile(of.name)
    box = tile.first.bounding_box() if tile.count() else None
    return box["width"] * box["height"] if box else 0.0


def _areas(room: Room, viewer: Person) -> tuple[float, float]:
    """Siti's, and the largest of the others'."""
    others = [one for one in (room.host, room.budi, room.ani) if one is not viewer]
    return _area(viewer, room.siti), max(_area(viewer, one) for one in others)


def _is_large(room: Room, viewer: Person) -> bool:
    siti, other = _areas(room, viewer)
    return siti > 2 * other


def _is_not_large(room: Room, viewer: Person) -> bool:
    siti, other = _areas(room, viewer)
    return siti <= 2 * other


def hands_in_order(room: Room) -> None:
    raised = (room.budi, room.siti)
    for number, one in enumerate(raised, 1):
        one.control("Angkat tangan").click()
        expect(room.people().get_by_text(f"Tangan ke-{number}", exact=True)).to_be_visible()
    # Whose hand was first is first, whatever they are called.
    for number, one in enumerate(raised, 1):
        row = room.people().get_by_role("listitem").filter(has_text=one.name)
        expect(row).to_contain_text(f"Tangan ke-{number}")
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
    expect(host.page.get_by_text("Hanya untuk Ibu")).to_be_visible()
    siti.page.wait_for_timeout(500)
    assert budi.page.get_by_text("Hanya untuk Ibu").count() == 0
    for one in (host, budi, siti):
        one.page.keyboard.press("Escape")
