"""A day at the office: an employee says what they do, the head of the unit sees it, and the employee sees that."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, expect
from pypdfium2 import PdfDocument

from tests.e2e.conftest import Arrive
from tests.e2e.person import Person
from tests.e2e.test_reports import verdict
from tests.support.instance import Instance

LOOKS_AGAIN_MS = 15_000
NAME, NIP, WORK = "Baso Amiruddin", "199001102015031003", "Menyusun laporan triwulan"


@pytest.fixture
def employee(arrive: Arrive, instance: Instance) -> Person:
    person = arrive("Baso", phone=True, time_zone="Asia/Jakarta")
    person.sign_in(f"{instance.url}/kantor", instance.account("participant"))
    return person


@pytest.fixture
def head(arrive: Arrive, instance: Instance) -> Person:
    person = arrive("Hj. Nurhayati")
    person.page.clock.install()
    person.sign_in(f"{instance.url}/kantor/unit", instance.account("head_of_unit"))
    return person


def says(person: Person, what: str) -> None:
    """One of the three buttons, until it is recorded."""
    person.page.get_by_role("button", name=what, exact=True).click()
    expect(person.page.get_by_text(f"Tercatat: {what}, pukul ", exact=False)).to_be_visible()


def row_of(head: Person, span: str) -> Locator:
    head.control(span).click()
    row = head.page.get_by_role("row").filter(has=head.page.get_by_role("rowheader", name=NAME))
    expect(row).to_have_count(1)
    return row


def test_a_day_that_the_head_of_the_unit_follows(
    employee: Person, head: Person, instance: Instance, tmp_path: Path
) -> None:
    people = head.page.get_by_role("listitem").filter(has=head.page.get_by_text(NAME, exact=True))
    expect(people).to_contain_text("Belum hadir")

    page = employee.page
    expect(page.get_by_text("Anda belum menyatakan hadir hari ini.")).to_be_visible()
    seen_by = "Dilihat oleh kepala unit kerja Anda dan unit di atasnya, serta admin instansi."
    expect(page.get_by_text(seen_by, exact=False)).to_be_visible()
    page.get_by_label("Sedang mengerjakan (boleh dikosongkan)", exact=True).fill(WORK)
    says(employee, "Hadir")
    # It comes by itself, without a click of the head of the unit.
    head.page.clock.fast_forward(LOOKS_AGAIN_MS)
    expect(people).to_contain_text(WORK)
    expect(head.page.get_by_text("Hadir: 1", exact=True)).to_be_visible()
    says(employee, "Istirahat")
    says(employee, "Hadir")
    says(employee, "Selesai")
    expect(page.get_by_role("status").filter(has_text="Anda selesai pukul")).to_be_visible()
    records = page.get_by_role("listitem").filter(has_text=f"Hadir: {WORK}")
    expect(records.first).to_be_visible()

    day = row_of(head, "Per hari")
    expect(day).to_contain_text("Selesai")
    expect(day).to_contain_text("1 kali,")
    expect(day).to_contain_text(NIP)
    files = {kind: head.downloads(f"Unduh {kind}") for kind in ("CSV", "XLSX", "PDF")}
    expect(row_of(head, "Per minggu")).to_contain_text("1 hari")
    # Printed, it takes the long side of the sheet: else seven days would be set in letters of 6 pt.
    (sheet,) = PdfDocument(head.page.pdf(prefer_css_page_size=True))
    assert [round(side) for side in sheet.get_size()] == [842, 595]
    for kind, (name, content) in files.items():
        assert name.startswith("kehadiran-kantor")
        assert name.endswith(f".{kind.lower()}")
        cells = _cells(kind, content)
        assert any(NAME in cell for cell in cells), kind
        assert any(NIP in cell.replace(" ", "") for cell in cells), (kind, cells)
    # On paper there is room to sign for the head of the unit.
    assert any("Kepala Dinas" in line for line in _cells("PDF", files["PDF"][1]))

    # Its files are proven like any report.
    head.page.goto(f"{instance.url}/periksa")
    for name, content in files.values():
        said = verdict(head, tmp_path / name, content)
        expect(said.get_by_text("Cocok. Laporan ini sesuai dengan catatan yang asli.", exact=True)).to_be_visible()
    changed = files["CSV"][1].replace(NAME.encode(), b"Baso Amirudin", 1)
    expect(verdict(head, tmp_path / "kehadiran.csv", changed).get_by_text("Tidak cocok.", exact=False)).to_be_visible()

    page.goto(f"{instance.url}/saya")
    own = page.get_by_role("region", name="Kehadiran kantor").get_by_role("listitem").filter(has_text=WORK)
    expect(own.first).to_be_visible()
    looked = page.get_by_role("region", name="Siapa yang melihat").get_by_role("listitem")
    expect(looked.filter(has_text="Hj. Nurhayati").filter(has_text="Kehadiran kantor").first).to_be_visible()
    expect(looked.filter(has_text="diunduh sebagai berkas").first).to_be_visible()
    for kept in ("catatan siapa yang melihatnya, disimpan 730 hari", "Setiap catatan audit disimpan 730 hari"):
        expect(page.get_by_text(kept, exact=False)).to_be_visible()
    acts = page.get_by_role("region", name="Catatan audit").get_by_role("listitem")
    expect(acts.filter(has_text="Anda masuk ke akun").filter(has_text="Alamat jaringan (IP)").first).to_be_visible()


def _cells(kind: str, content: bytes) -> list[str]:
    """All texts of a file."""
    if kind == "CSV":
        return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";") for cell in row]
    if kind == "XLSX":
        sheets = load_workbook(io.BytesIO(content)).worksheets
        return [str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    pages = PdfDocument(content)
    return [line for at in range(len(pages)) for line in pages[at].get_textpage().get_text_range().splitlines()]
