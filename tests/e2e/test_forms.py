"""Bad input in the forms of the pages: a sentence at its field, nothing is saved, and nothing typed is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Arrive
from tests.e2e.words import WITA
from tests.support.instance import Instance


def wrong(page: Page, label: str) -> str:
    """What stands at a field and belongs to it for a screen reader."""
    field = page.get_by_label(label, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    return page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()


def test_a_meeting(arrive: Arrive, instance: Instance) -> None:
    account = instance.account("host")

    def titles() -> list[str]:
        listed = instance.call(account, "GET", "/api/v1/meetings?upcoming=1")["meetings"]
        return sorted(meeting["title"] for meeting in listed)

    before, host, now = titles(), arrive("Andi"), datetime.now(WITA)
    page = host.page
    host.sign_in(f"{instance.url}/host", account)
    host.control("Rapat baru").click()
    page.get_by_text("Jadwalkan", exact=False).first.click()
    page.get_by_label("Tanggal", exact=True).fill(f"{now - timedelta(days=1):%Y-%m-%d}")
    page.get_by_label("Paling banyak peserta", exact=True).fill("1001")
    page.get_by_text("Saya tentukan sendiri", exact=True).click()
    page.get_by_label("Kata sandi", exact=True).fill("12345")
    host.control("Buat rapat").click()
    expect(page.get_by_label("Judul rapat", exact=True)).to_be_focused()
    assert wrong(page, "Judul rapat") == "Isi judul rapat."
    assert wrong(page, "Tanggal") == "Isi tanggal yang belum lewat."
    assert wrong(page, "Paling banyak peserta") == "Isi angka dari 2 sampai 1000."
    assert wrong(page, "Kata sandi") == "Kata sandi paling sedikit 6 dan paling banyak 64 huruf."

    page.get_by_text("Berulang", exact=False).first.click()
    page.get_by_label("Judul rapat", exact=True).fill("Rapat dari isian yang keliru")
    page.get_by_label("Mulai tanggal", exact=True).fill(f"{now + timedelta(days=2):%Y-%m-%d}")
    page.get_by_label("Jam", exact=True).fill("")
    page.get_by_text("Hari yang dipilih", exact=True).click()
    page.get_by_label("Sampai tanggal", exact=True).fill(f"{now + timedelta(days=1):%Y-%m-%d}")
    page.get_by_label("Paling banyak peserta", exact=True).fill("30")
    page.get_by_label("Kata sandi", exact=True).fill("123456")
    host.control("Buat rapat").click()
    assert wrong(page, "Jam") == "Isi jam mulai, misalnya 07.45."
    last_date = "Tanggal terakhir tidak boleh sebelum tanggal mulai, dan harus menyisakan hari rapat."
    assert wrong(page, "Sampai tanggal") == last_date
    expect(page.get_by_text("Pilih paling sedikit satu hari.", exact=True)).to_be_visible()
    # What no browser sees, the server refuses at its field too.
    page.get_by_label("Jam", exact=True).fill("09:00")
    page.get_by_label("Jumat", exact=True).check()
    page.get_by_label("Sampai tanggal", exact=True).fill("")
    page.get_by_label("Judul rapat", exact=True).fill("Rapat \u202e keliru")
    host.control("Buat rapat").click()
    assert wrong(page, "Judul rapat")
    assert titles() == before

    page.get_by_label("Judul rapat", exact=True).fill("Rapat dari isian yang benar")
    host.control("Buat rapat").click()
    expect(page.get_by_text("Rapat sudah dibuat", exact=True)).to_be_visible()
    assert titles() == sorted([*before, "Rapat dari isian yang benar"])


def test_a_note_of_the_office(arrive: Arrive, instance: Instance) -> None:
    account, person = instance.account("tenant_admin"), arrive("Rudi", phone=True)
    page, label = person.page, "Sedang mengerjakan (boleh dikosongkan)"
    person.sign_in(f"{instance.url}/kantor", account)
    note = page.get_by_label(label, exact=True)
    note.fill("a" * 201)
    assert wrong(page, label) == "Terlalu panjang 1 huruf. Paling banyak 200 huruf."
    person.control("Hadir").click()
    note.fill("surat\u202e masuk")
    person.control("Hadir").click()
    expect(note).to_have_attribute("aria-invalid", "true")
    assert wrong(page, label) == "Kalimat ini memuat huruf yang tidak dapat dicatat. Tulis dengan huruf biasa."
    expect(note).to_have_value("surat\u202e masuk")
    assert instance.call(account, "GET", "/api/v1/office/day")["day"]["declarations"] == []


def test_an_account(arrive: Arrive, instance: Instance) -> None:
    account = instance.account("tenant_admin")

    def users() -> list[str]:
        return [one["user"] for one in instance.call(account, "GET", "/api/v1/accounts")["accounts"]]

    before, admin = users(), arrive("Rudi")
    page = admin.page
    admin.sign_in(f"{instance.url}/admin/akun", account)
    admin.control("Akun baru").click()
    page.get_by_label("Nama pengguna", exact=True).fill("-siti")
    page.get_by_label("NIP (boleh kosong)", exact=True).fill("1985031520")
    admin.control("Buat akun").click()
    expect(page.get_by_label("Nama lengkap dengan gelar", exact=True)).to_be_focused()
    assert wrong(page, "Nama lengkap dengan gelar") == "Isi nama, paling panjang 64 huruf."
    assert wrong(page, "Nama pengguna").startswith("Nama pengguna diawali huruf kecil atau angka")
    assert wrong(page, "NIP (boleh kosong)") == "NIP terdiri atas 18 angka, atau kosongkan."
    page.get_by_label("Nama lengkap dengan gelar", exact=True).fill("Siti Rohani")
    page.get_by_label("Nama pengguna", exact=True).fill("host")
    page.get_by_label("NIP (boleh kosong)", exact=True).fill("")
    admin.control("Buat akun").click()
    assert wrong(page, "Nama pengguna") == "Nama pengguna ini sudah dipakai akun lain."
    page.get_by_label("Nama pengguna", exact=True).fill("siti.rohani")
    page.get_by_label("NIP (boleh kosong)", exact=True).fill("198503152010012001")
    admin.control("Buat akun").click()
    assert wrong(page, "NIP (boleh kosong)") == "NIP ini sudah dipakai akun lain."
    expect(page.get_by_label("Nama lengkap dengan gelar", exact=True)).to_have_value("Siti Rohani")
    assert users() == before


def test_holidays(arrive: Arrive, instance: Instance) -> None:
    account, admin = instance.account("tenant_admin"), arrive("Rudi")
    page = admin.page
    before = instance.call(account, "GET", "/api/v1/tenant")["tenant"]
    admin.sign_in(f"{instance.url}/admin", account)
    page.get_by_role("link", name="Hari libur", exact=True).click()
    admin.control("Tambah").click()
    assert wrong(page, "Tanggal") == "Isi tanggal yang ada di kalender."
    assert wrong(page, "Nama hari libur") == "Isi nama hari libur, paling panjang 120 huruf."
    page.locator("summary", has_text="Tempel daftar").click()
    lines = page.get_by_label("Tempel daftar", exact=True)
    lines.fill("2027-03-10 Hari Raya Idulfitri\n31-02-2027 Hari yang tidak ada")
    admin.control("Masukkan ke daftar").click()
    assert wrong(page, "Tempel daftar").startswith("Baris 2 tidak dapat dibaca: “31-02-2027 Hari yang tidak ada”.")
    expect(page.get_by_text("Hari Raya Idulfitri", exact=True)).to_have_count(0)
    # Refused by the server: a name with what nobody can see.
    lines.fill("2027-03-10 Hari\u202e Raya")
    admin.control("Masukkan ke daftar").click()
    admin.control("Simpan").click()
    expect(page.get_by_role("alert").filter(has_text="2027-03-10")).to_be_visible()
    assert instance.call(account, "GET", "/api/v1/tenant")["tenant"] == before
