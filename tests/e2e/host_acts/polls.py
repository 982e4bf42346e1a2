"""A question of the host's: two vote, one changes their mind, and everybody sees what came out of it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.host_acts.room import Room
from tests.e2e.test_accessibility import faults

QUESTION = "Kapan rapat berikutnya?"


def asked_voted_and_closed(room: Room) -> None:
    host, siti, budi, ani = room.everybody()
    panel = room.panel("Jajak pendapat")
    panel.get_by_role("button", name="Buat jajak pendapat").click()
    for label, text in (("Pertanyaan", QUESTION), ("Pilihan 1", "Senin"), ("Pilihan 2", "Kamis")):
        panel.get_by_label(label, exact=True).fill(text)
    room.did("poll.open")
    panel.get_by_role("button", name="Buka untuk semua").click()
    expect(panel.get_by_text("0 dari 4 orang sudah memilih.")).to_be_visible()

    for one, option in ((siti, "Senin"), (budi, "Senin"), (budi, "Kamis")):
        _vote(one.page, option)
    expect(panel.get_by_text("2 dari 4 orang sudah memilih.")).to_be_visible()
    # Nobody knows the counts before it is closed.
    assert all(one.page.get_by_text("persen", exact=False).count() == 0 for one in room.everybody())

    room.did("poll.close")
    panel.get_by_role("button", name="Tutup dan tampilkan hasil").click()
    ani.page.get_by_role("button", name="Lihat hasil").click()
    for one in (host, siti, budi, ani):
        results = one.page.get_by_role("region", name="Hasil")
        expect(results.get_by_text(QUESTION)).to_be_visible()
        for option in ("Senin", "Kamis"):
            expect(results.get_by_role("listitem").filter(has_text=option)).to_contain_text("1 suara, 50 persen")
        expect(results.get_by_text("2 orang memilih.", exact=False)).to_be_visible()
    assert faults(host.page) == faults(ani.page) == []
    room.close_panel()
    for one in (siti, budi, ani):
        one.page.keyboard.press("Escape")


def _vote(page: Page, option: str) -> None:
    answer = page.get_by_role("button", name="Jawab", exact=True)
    if page.get_by_role("complementary", name="Jajak pendapat").count() == 0:
        answer.click()
    page.get_by_role("radio", name=option, exact=True).check()
    page.get_by_role("button", name="Ubah pilihan").or_(page.get_by_role("button", name="Kirim pilihan")).click()
    expect(page.get_by_text(f"Pilihan Anda sudah dihitung: {option}")).to_be_visible()
