"""A tenant's admin makes a unit and an account; its owner signs in, begins where people of their role begin, and sees
what is recorded on them."""

from __future__ import annotations

import re

from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import Arrive
from tests.e2e.person import Person
from tests.support.instance import Instance


def test_an_admin_sets_up_a_unit_and_an_account(playwright: Playwright, instance: Instance) -> None:
    account = instance.account("tenant_admin")
    admin, clerk = Person.at(playwright, "Admin"), Person.at(playwright, "Siti", phone=True)
    try:
        page = admin.page
        admin.sign_in(f"{instance.url}/admin", account)
        page.get_by_role("button", name="Unit baru", exact=True).click()
        page.get_by_label("Nama unit", exact=True).fill("Dinas Perhubungan Laut")
        page.get_by_role("button", name="Simpan", exact=True).click()
        expect(page.get_by_role("treeitem", name="Dinas Perhubungan Laut")).to_be_visible()

        page.get_by_role("link", name="Akun", exact=True).click()
        page.get_by_role("button", name="Akun baru", exact=True).click()
        page.get_by_label("Nama lengkap dengan gelar", exact=True).fill("Siti Aminah, S.Kom")
        page.get_by_label("Nama pengguna", exact=True).fill("siti.aminah")
        page.get_by_label("Unit kerja", exact=True).select_option(label="Dinas Perhubungan Laut")
        page.get_by_role("button", name="Buat akun", exact=True).click()
        given = page.get_by_role("dialog", name="Kata sandi akun").locator("dd")
        expect(given).to_have_count(2)
        user, password = given.all_inner_texts()
        page.get_by_role("button", name="Selesai", exact=True).click()

        page.get_by_role("link", name="Instansi", exact=True).click()
        page.get_by_label("Tujuan pencatatan", exact=True).fill("Pembuktian kehadiran.")
        page.get_by_role("button", name="Simpan", exact=True).click()
        expect(page.get_by_text("Sudah disimpan.", exact=True)).to_be_visible()

        # What is typed and not saved is not lost by a click.
        page.get_by_label("Nama instansi", exact=True).fill("Kabupaten lain")
        page.get_by_role("link", name="Kop surat", exact=True).click()
        page.get_by_role("button", name="Tetap di sini", exact=True).click()
        expect(page.get_by_label("Nama instansi", exact=True)).to_have_value("Kabupaten lain")

        clerk.sign_in(f"{instance.url}/masuk", {"user": user, "password": password})
        expect(clerk.page).to_have_url(re.compile("/kantor$"))
        clerk.page.goto(f"{instance.url}/admin")
        expect(clerk.page.get_by_text("tidak dapat membuka halaman", exact=False)).to_be_visible()
        clerk.page.get_by_role("button", name="Menu", exact=True).click()
        clerk.page.get_by_role("link", name="Data saya", exact=True).first.click()
        for text in ("Siti Aminah, S.Kom", "Dinas Perhubungan Laut", "Pembuktian kehadiran."):
            expect(clerk.page.get_by_role("main").get_by_text(text, exact=True)).to_be_visible()
        expect(clerk.page.get_by_text("Belum ada rapat yang Anda ikuti dengan akun ini.")).to_be_visible()
        assert admin.errors == clerk.errors == []
    finally:
        admin.close()
        clerk.close()


def test_office_hours_hold_for_a_while_and_come_back(arrive: Arrive, instance: Instance) -> None:
    """Ramadan 1449 Hijriah, announced a day late, and called off again: on a phone, and by keyboard."""
    account = instance.account("tenant_admin")
    before = instance.call(account, "GET", "/api/v1/tenant")["tenant"]["office_hours"]

    def planned() -> list[tuple[str, int]]:
        hours = instance.call(account, "GET", "/api/v1/tenant")["tenant"]["office_hours"]
        assert hours["days"] == before["days"]
        assert hours["changes"][: len(before["changes"])] == before["changes"]
        return [(one["from_date"], one["days"][0]["to_minute"]) for one in hours["changes"][len(before["changes"]) :]]

    admin = arrive("Rudi", phone=True)
    page = admin.page
    page.set_viewport_size({"width": 360, "height": 640})
    admin.sign_in(f"{instance.url}/admin/jam-kerja", account)
    saved = page.get_by_text("Sudah disimpan.", exact=True)
    page.get_by_label("Berlaku mulai", exact=True).fill("2028-01-28")
    page.get_by_label("Hanya sampai tanggal", exact=True).press("Space")
    admin.control("Simpan").click()
    expect(page.get_by_label("Hari terakhir", exact=True)).to_be_focused()
    page.get_by_label("Hari terakhir", exact=True).fill("2028-02-25")
    page.get_by_label("Selesai Senin", exact=True).fill("15:00")
    expect(page.get_by_text(re.compile("^Mulai 26 Februari 2028 berlaku lagi: Senin–Kamis"))).to_be_visible()
    page.get_by_label("Selesai Senin", exact=True).press("Enter")
    expect(saved).to_be_visible()
    usual = before["days"][0]["to_minute"]
    assert planned() == [("2028-01-28", 900), ("2028-02-26", usual)]

    admin.control("Ubah jam kerja: 28 Januari 2028 sampai 25 Februari 2028").click()
    expect(page.get_by_role("heading", name="Ubah jam kerja: 28 Januari")).to_be_focused()
    page.get_by_label("Berlaku mulai", exact=True).fill("2028-01-29")
    admin.control("Simpan").click()
    expect(saved).to_be_visible()
    assert planned() == [("2028-01-29", 900), ("2028-02-26", usual)]

    admin.control("Hapus jam kerja: 29 Januari 2028 sampai 25 Februari 2028").click()
    page.get_by_role("dialog").get_by_role("button", name="Hapus", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Berlaku sekarang")).to_be_focused()
    assert planned() == []

    # Days that are over are counted anew only by whoever says yes to it.
    page.get_by_label("Berlaku mulai", exact=True).fill("2026-01-05")
    page.get_by_label("Toleransi keterlambatan (menit)", exact=True).fill("20")
    admin.control("Simpan").click()
    expect(page.get_by_role("dialog").get_by_text(re.compile("dihitung ulang: "))).to_be_visible()
    admin.control("Batal").click()
    assert planned() == []
    page.reload()
    assert admin.errors == []


def test_who_comes_second_is_told_where_they_look(arrive: Arrive, instance: Instance) -> None:
    """On a phone the notice in the dialog of an account would be below the fold."""
    account = instance.account("tenant_admin")
    made = instance.call(
        account, "POST", "/api/v1/accounts", {"user": "dua.tangan", "name": "Dua Tangan", "role": "PARTICIPANT"}
    )["account"]
    admin = arrive("Rudi", phone=True)
    page = admin.page
    page.set_viewport_size({"width": 360, "height": 480})
    admin.sign_in(f"{instance.url}/admin/akun", account)
    admin.control("Ubah akun Dua Tangan").click()
    change = {"revision": int(made["revision"]), "name": "Dua Tangan, S.Sos"}
    instance.call(account, "PATCH", f"/api/v1/accounts/{made['account_id']}", change)
    page.get_by_label("NIP (boleh kosong)", exact=True).fill("198503152010012009")
    admin.control("Simpan").click()
    told = page.get_by_role("dialog").get_by_role("alert")
    expect(told).to_be_in_viewport(ratio=1)
    expect(told.locator("..")).to_be_focused()
    # The next Tab is at the choice.
    page.keyboard.press("Tab")
    expect(admin.control("Muat yang terbaru")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Nama lengkap dengan gelar", exact=True)).to_have_value("Dua Tangan, S.Sos")
    expect(admin.control("Simpan")).to_be_focused()
