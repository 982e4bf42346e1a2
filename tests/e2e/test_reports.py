"""Attendance while a meeting runs, its files afterwards, and on `/periksa` the proof that they match the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.person import Person
from tests.support.instance import Instance

TITLE = "Rapat evaluasi"
LOOKS_AGAIN_MS = 15_000
# A name that a spreadsheet would take for a formula, and one that a page would take for markup.
FORMULA, MARKUP = "=1+1 Budi", "Siti <b>Hijau</b>"


@dataclass
class Held:
    """A meeting that took place, its host at the page that proves reports, and the files by their kind."""

    host: Person
    files: dict[str, bytes]


def row(host: Person, name: str) -> Locator:
    return host.page.get_by_role("row").filter(has=host.page.get_by_role("rowheader", name=name, exact=True))


@pytest.fixture(scope="module")
def held(browser: Browser, instance: Instance) -> Iterator[Held]:
    """Also looks at the attendance while the meeting runs."""
    account = instance.account("host")
    meeting = instance.new_meeting(TITLE)
    host, siti, budi = (Person.beside(browser, name) for name in ("Andi", MARKUP, FORMULA))
    try:
        host.page.clock.install()
        host.sign_in(f"{instance.url}/host", account)
        host.control(f"Daftar hadir: {TITLE}").click()
        expect(host.page.get_by_text("Belum ada yang masuk ke rapat ini.")).to_be_visible()
        for one in (siti, budi):
            one.join(instance.url, meeting["id"], meeting["password"])
        host.control("Muat ulang daftar hadir").click()
        expect(host.page.get_by_text("Masih berlangsung", exact=True)).to_be_visible()
        for name in (MARKUP, FORMULA):
            expect(row(host, name)).to_contain_text("Masih hadir")
        budi.leave()
        # It comes by itself, without a click.
        host.page.clock.fast_forward(LOOKS_AGAIN_MS)
        expect(row(host, FORMULA)).not_to_contain_text("Masih hadir")
        expect(row(host, MARKUP)).to_contain_text("Masih hadir")
        host.control("Kembali").click()
        host.control(f"Akhiri untuk semua: {TITLE}").click()
        host.page.get_by_role("dialog").get_by_role("button", name="Akhiri untuk semua").click()
        expect(siti.page.get_by_text("Rapat sudah berakhir", exact=True)).to_be_visible()
        past = host.page.get_by_role("region", name="Sudah lewat").get_by_role("listitem").filter(has_text=TITLE)
        expect(past).to_contain_text("paling banyak 2 orang")
        past.get_by_role("button").click()
        expect(row(host, MARKUP)).not_to_contain_text("Masih hadir")
        files = {kind: host.downloads(f"Unduh {kind.upper()}")[1] for kind in ("csv", "xlsx", "pdf")}
        host.page.goto(f"{instance.url}/periksa")
        yield Held(host, files)
        assert host.errors == siti.errors == budi.errors == []
    finally:
        for one in (host, siti, budi):
            one.close()


def verdict(person: Person, file: Path, content: bytes) -> Locator:
    """What the page says of a file with that content, to somebody who is there."""
    page = person.page
    file.write_bytes(content)
    page.get_by_label("Berkas laporan", exact=True).set_input_files(file)
    person.control("Periksa").click()
    expect(person.control("Periksa")).to_be_visible()
    return page.get_by_role("main")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_report_is_proven(held: Held, kind: str, tmp_path: Path) -> None:
    said = verdict(held.host, tmp_path / f"daftar-hadir.{kind}", held.files[kind])
    expect(said.get_by_text("Cocok. Laporan ini sesuai dengan catatan yang asli.", exact=True)).to_be_visible()
    expect(said.get_by_text(TITLE, exact=True)).to_be_visible()
    expect(said.get_by_role("definition").filter(has_text=" WITA")).to_have_count(1)


def test_names_are_inert(held: Held) -> None:
    text = held.files["csv"].decode("utf-8-sig")
    assert f'"{FORMULA}"' not in text
    assert f"'{FORMULA}" in text
    assert MARKUP in text


def test_one_changed_letter_is_found(held: Held, tmp_path: Path) -> None:
    changed = held.files["csv"].replace(b"Siti <b>", b"Sita <b>", 1)
    assert changed != held.files["csv"]
    said = verdict(held.host, tmp_path / "daftar-hadir.csv", changed)
    expect(said.get_by_text("Tidak cocok.", exact=False)).to_be_visible()
    difference = said.get_by_role("row").filter(has_text="Sita <b>Hijau</b>")
    expect(difference).to_contain_text(MARKUP)


@pytest.mark.parametrize(
    ("kind", "place", "sentence"),
    [
        # Of a spreadsheet a part: it cannot even be unpacked any more.
        (
            "xlsx",
            lambda file: file.index(b"xl/worksheets/sheet1.xml") + 64,
            "Berkas ini bukan laporan dari Sipulung, atau bagian buktinya",
        ),
        # Of what is printed on paper.
        ("pdf", lambda file: len(file) // 2, "Segel berkas rusak: ada yang diubah setelah laporan dibuat."),
    ],
    ids=["xlsx", "pdf"],
)
def test_one_changed_byte_is_found(
    held: Held, kind: str, place: Callable[[bytes], int], sentence: str, tmp_path: Path
) -> None:
    content = bytearray(held.files[kind])
    content[place(held.files[kind])] ^= 0x20
    said = verdict(held.host, tmp_path / f"daftar-hadir.{kind}", bytes(content))
    expect(said.get_by_role("status").filter(has_text=sentence)).to_be_visible()
    expect(said.get_by_text("Cocok. Laporan ini", exact=False)).to_have_count(0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Notulen rapat", "Berkas ini bukan laporan dari Sipulung"),
        (b"%PDF-1.7\n%%EOF\n", "Berkas ini bukan laporan dari Sipulung"),
        (b"", "Pilih berkasnya dahulu."),
        (bytes(32 * 1024 * 1024 + 1), "Berkas ini terlalu besar. Paling besar 32 MB."),
    ],
)
def test_what_is_no_report_is_told_so(held: Held, content: bytes, sentence: str, tmp_path: Path) -> None:
    said = verdict(held.host, tmp_path / "laporan.csv", content)
    expect(said.get_by_text(sentence, exact=False)).to_be_visible()
