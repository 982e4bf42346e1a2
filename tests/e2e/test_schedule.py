"""A host plans meetings on `/host`, once and as a series, with calendar file and QR code; moves one, calls it off."""

from __future__ import annotations

import io
import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qs, urlparse

from icalendar import Calendar, vDDDLists, vRecur
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pypdfium2 import PdfDocument

from tests.e2e.conftest import Arrive
from tests.e2e.words import WITA, said
from tests.support.instance import Instance
from tests.support.qr import says


def plan(page: Page, kind: str, title: str, starts: datetime) -> None:
    """The form of a new meeting, filled in but for what is special to the test."""
    page.get_by_role("button", name="Rapat baru", exact=True).first.click()
    page.get_by_label("Judul rapat", exact=True).fill(title)
    page.get_by_role("radio", name=re.compile(f"^{kind}")).check()
    page.get_by_label(re.compile("^(Tanggal|Mulai tanggal)$")).fill(f"{starts:%Y-%m-%d}")
    page.get_by_label("Jam", exact=True).fill(f"{starts:%H:%M}")


def card(page: Page, title: str) -> Locator:
    """The meeting in the list of those to come."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=title, exact=True))


def facts(page: Page) -> list[str]:
    """Link, ID and password of an invitation."""
    given = page.locator("dl.invitation dd")
    expect(given).to_have_count(3)
    return given.all_inner_texts()


def in_minutes(minutes: int) -> datetime:
    return datetime.now(WITA).replace(second=0, microsecond=0) + timedelta(minutes=minutes)


def network_returns(page: Page) -> None:
    page.context.set_offline(True)
    page.context.set_offline(False)


def tallest(page: Image.Image) -> bytes:
    """Of the rows of a page that white parts from the others, the tallest: a picture among lines of text."""
    dark = page.convert("L").point(lambda level: 255 if level < 128 else 0)
    filled = [dark.crop((0, y, dark.width, y + 1)).getbbox() is not None for y in range(dark.height)]
    begins = [y for y in range(1, dark.height) if filled[y] and not filled[y - 1]]
    ends = [y for y in range(1, dark.height) if filled[y - 1] and not filled[y]]
    top, bottom = max(zip(begins, ends, strict=True), key=lambda band: band[1] - band[0])
    picture = io.BytesIO()
    page.crop((0, top, page.width, bottom)).save(picture, "PNG")
    return picture.getvalue()


def test_a_meeting_is_planned_moved_and_called_off(arrive: Arrive, instance: Instance) -> None:
    # Neither of their devices is in the tenant's zone.
    host, guest = arrive("Andi", time_zone="Asia/Jakarta"), arrive("Siti Hijau", phone=True, time_zone="Asia/Tokyo")
    page, starts = host.page, in_minutes(20)
    host.sign_in(f"{instance.url}/host", instance.account("host"))
    plan(page, "Jadwalkan", "Rapat anggaran", starts)
    here = said(starts - timedelta(hours=1)).replace("WITA", "WIB")
    expect(page.get_by_text(f"Waktu WITA. Di perangkat Anda: {here}.", exact=True)).to_be_visible()
    page.get_by_label("Dibuka lebih awal", exact=True).select_option(label="5 menit")
    page.get_by_role("button", name="Buat rapat", exact=True).click()
    link, _, _ = facts(page)
    expect(page.get_by_text(said(starts), exact=True)).to_be_visible()
    host.control("Selesai").click()
    expect(card(page, "Rapat anggaran")).to_contain_text("Belum dibuka")
    expect(card(page, "Rapat anggaran")).to_contain_text(f"Mulai {said(starts)}")

    guest.open_invitation(link)
    expect(guest.page.get_by_text("Rapat belum dibuka", exact=True)).to_be_visible()
    opens = said(starts - timedelta(minutes=5))
    expect(guest.page.get_by_text(f"Dibuka {opens}.", exact=True)).to_be_visible()

    # Moved: whoever waits looks by themselves, at the latest when their network is back.
    host.control("Ubah Rapat anggaran").click()
    page.get_by_label("Dibuka lebih awal", exact=True).select_option(label="10 menit")
    host.control("Simpan").click()
    expect(card(page, "Rapat anggaran")).to_contain_text("Belum dibuka")
    network_returns(guest.page)
    sooner = said(starts - timedelta(minutes=10))
    expect(guest.page.get_by_text("Penyelenggara mengubah waktu rapat", exact=True)).to_be_visible()
    expect(guest.page.get_by_text(f"Sekarang dibuka {sooner}.", exact=True)).to_be_visible()

    # It opens half an hour early now, so it is open.
    host.control("Ubah Rapat anggaran").click()
    page.get_by_label("Dibuka lebih awal", exact=True).select_option(label="30 menit")
    host.control("Simpan").click()
    expect(card(page, "Rapat anggaran")).to_contain_text("Terbuka")
    network_returns(guest.page)
    expect(guest.join_button).to_be_enabled()

    host.control("Batalkan Rapat anggaran").click()
    page.get_by_role("dialog").get_by_role("button", name="Batalkan", exact=True).click()
    row = page.get_by_role("region", name="Sudah lewat").get_by_role("listitem").filter(has_text="Rapat anggaran")
    expect(row).to_contain_text("Dibatalkan")
    expect(row).to_contain_text(said(starts))

    # Found by words of its title; one step back from a form leads to what was found, one more to all.
    box = page.get_by_role("search").get_by_role("searchbox", name="Cari rapat menurut judul", exact=True)
    box.fill("ANGGARAN rapat")
    found = "Ditemukan 0 rapat yang akan datang dan 1 yang sudah lewat."
    expect(page.get_by_role("status").filter(has_text=found)).to_be_visible()
    expect(page).to_have_url(f"{instance.url}/host?cari=ANGGARAN+rapat")
    expect(row).to_be_visible()
    host.control("Rapat baru").click()
    expect(page.get_by_label("Judul rapat", exact=True)).to_be_visible()
    page.go_back()
    expect(box).to_have_value("ANGGARAN rapat")
    expect(row).to_be_visible()
    box.fill("anggaran bencana")
    nothing = page.get_by_text("Tidak ada rapat yang judulnya memuat “anggaran bencana”.", exact=True)
    expect(nothing).to_be_visible()
    page.go_back()
    expect(box).to_have_value("")
    expect(nothing).to_have_count(0)
    expect(row).to_be_visible()

    guest.page.reload()
    guest.open_invitation(link)
    expect(guest.page.get_by_text("Rapat ini dibatalkan oleh penyelenggara", exact=False)).to_be_visible()


def test_a_roll_call_of_every_workday(arrive: Arrive, instance: Instance) -> None:
    host = arrive("Andi", time_zone="Asia/Jayapura")
    page, today = host.page, datetime.now(WITA)
    host.sign_in(f"{instance.url}/host", instance.account("host"))
    plan(page, "Berulang", "Apel pagi", datetime.combine(today.date(), time(7, 45), WITA))
    page.get_by_label("Lama rapat", exact=True).select_option(label="30 menit")
    page.get_by_label("Dibuka lebih awal", exact=True).select_option(label="15 menit")
    host.control("Buat rapat").click()
    link, spaced, password = facts(page)
    every = "Setiap hari kerja pukul 07.45 WITA, kecuali hari libur"
    sentence = page.get_by_text(every)
    expect(sentence).to_be_visible()
    # With the first or next time, or the one that is open now.
    when = sentence.inner_text()
    which = r"(mulai|berikutnya|kali ini)"
    assert re.fullmatch(re.escape(every) + rf"; {which} \w+, \d+ \w+ \d{{4}} pukul 07\.45 WITA", when), when

    # As a text: what the messenger is given, and what is copied.
    href = page.get_by_role("link", name="Kirim lewat WhatsApp").get_attribute("href") or ""
    (text,) = parse_qs(urlparse(href).query)["text"]
    for part in ("*Apel pagi*", when, link, spaced, password):
        assert part in text.splitlines() or f": {part}" in text, part
    host.control("Salin undangan").click()
    expect(page.get_by_text("Undangan sudah disalin.", exact=False)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text

    # As a calendar file, with the holidays left out.
    tenant = instance.call(instance.account("tenant_admin"), "GET", "/api/v1/tenant")["tenant"]
    holidays = {date.fromisoformat(one["date"]) for one in tenant["office_hours"]["holidays"]}
    name, file = host.downloads("Unduh untuk kalender (.ics)")
    assert name == f"rapat-{spaced.replace(' ', '')}.ics"
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    first = event.decoded("dtstart")
    assert (first.timetz(), first.utcoffset()) == (time(7, 45, tzinfo=first.tzinfo), timedelta(hours=8))
    assert event.decoded("dtend") - first == timedelta(minutes=30)
    rule = event["rrule"]
    assert isinstance(rule, vRecur)
    assert rule["BYDAY"] == ["MO", "TU", "WE", "TH", "FR"]
    left_out = event["exdate"]
    assert isinstance(left_out, vDDDLists)
    free = {f"{one.to_ical().decode():.8}" for one in left_out.dts}
    soon = first.date() + timedelta(days=300)
    ahead = {f"{day:%Y%m%d}" for day in holidays if first.date() < day < soon and day.weekday() < 5}
    assert ahead <= free
    assert str(event["url"]) == link.partition("#")[0]
    assert password.encode() not in file

    # As a QR code: without the password unless the host wants that.
    host.control("Kode QR").click()
    code = page.get_by_role("img", name="Kode QR")
    assert says(code.screenshot(), link.partition("#")[0])
    page.get_by_role("checkbox", name=re.compile("^Sertakan kata sandi")).check()
    assert says(code.screenshot(), link)
    assert says(host.downloads("Unduh PNG")[1], link)
    assert password.encode() in host.downloads("Unduh untuk kalender (.ics)")[1].replace(b"\r\n ", b"")

    host.control("Selesai").click()
    expect(card(page, "Apel pagi")).to_contain_text(every)
    # A time of it may have begun or ended, and even a day, while all this was done.
    said_now = {next_of_roll_call(moment, holidays) for moment in (today, datetime.now(WITA))}
    expect(card(page, "Apel pagi")).to_contain_text(re.compile("|".join(map(re.escape, said_now))))


def next_of_roll_call(now: datetime, holidays: Collection[date]) -> str:
    """What is said of its times then."""
    # It ends at a quarter past eight, and may be joined for half an hour more.
    day = now.date() if now.time() < time(8, 45) else now.date() + timedelta(days=1)
    while day.weekday() > 4 or day in holidays:
        day += timedelta(days=1)
    following = datetime.combine(day, time(7, 45), WITA)
    opened = following - timedelta(minutes=15) <= now
    return f"{'Mulai' if opened else 'Berikutnya'} {said(following)}"


def test_one_time_of_a_series_is_called_off_and_held_after_all(arrive: Arrive, instance: Instance) -> None:
    host, guest = arrive("Andi"), arrive("Siti Hijau", phone=True)
    page = host.page
    first = datetime.combine(datetime.now(WITA).date() + timedelta(days=1), time(7, 45), WITA)
    second = first + timedelta(days=1)
    host.sign_in(f"{instance.url}/host", instance.account("host"))
    plan(page, "Berulang", "Piket harian", first)
    page.get_by_role("radio", name="Hari yang dipilih", exact=True).check()
    for day in ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"):
        page.get_by_role("checkbox", name=day, exact=True).check()
    page.get_by_role("checkbox", name="Tidak pada hari libur instansi", exact=True).uncheck()
    page.get_by_label("Dibuka lebih awal", exact=True).select_option(label="15 menit")
    host.control("Buat rapat").click()
    link, _, _ = facts(page)
    host.control("Selesai").click()
    series = card(page, "Piket harian")
    expect(series).to_contain_text(f"Berikutnya {said(first)}")
    guest.open_invitation(link)
    expect(guest.page.get_by_text(f"Dibuka {said(first - timedelta(minutes=15))}.", exact=True)).to_be_visible()

    # Only the next one, unless somebody asks for more.
    host.control("Batalkan Piket harian").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name=f"Hanya {said(first)}", exact=True)).to_be_checked()
    dialog.get_by_role("button", name="Batalkan", exact=True).click()
    expect(series).to_contain_text(f"Berikutnya {said(second)}")
    day = said(first).partition(" pukul")[0]
    expect(series).to_contain_text(f"Tidak diadakan pada {day}")
    network_returns(guest.page)
    later = said(second - timedelta(minutes=15))
    expect(guest.page.get_by_text(f"Sekarang dibuka {later}.", exact=True)).to_be_visible()

    host.control("Ubah Piket harian").click()
    page.get_by_role("group", name="Tidak diadakan pada").get_by_role("checkbox", name=day, exact=True).uncheck()
    host.control("Simpan").click()
    expect(series).to_contain_text(f"Berikutnya {said(first)}")
    expect(series).not_to_contain_text("Tidak diadakan pada")


def test_the_second_of_two_editors_is_told_and_loses_nothing(arrive: Arrive, instance: Instance) -> None:
    account = instance.account("host")
    made = instance.call(account, "POST", "/api/v1/meetings", {"title": "Rapat dua tangan"})["meeting"]
    both = [arrive("Andi di kantor"), arrive("Andi di rumah")]
    for one in both:
        one.sign_in(f"{instance.url}/host", account)
        one.control("Ubah Rapat dua tangan").click()
    first, second = both
    first.page.get_by_label("Paling banyak peserta", exact=True).fill("40")
    first.control("Simpan").click()
    expect(first.control("Ubah Rapat dua tangan")).to_be_visible()

    second.page.get_by_label("Judul rapat", exact=True).fill("Rapat dua tangan, ruang atas")
    second.control("Simpan").click()
    expect(second.page.get_by_text("Rapat ini diubah dari tempat lain", exact=False)).to_be_visible()
    second.control("Muat yang terbaru").click()
    expect(second.page.get_by_text("Yang terbaru sudah dimuat.", exact=False)).to_be_visible()
    expect(second.page.get_by_label("Judul rapat", exact=True)).to_have_value("Rapat dua tangan, ruang atas")
    expect(second.page.get_by_label("Paling banyak peserta", exact=True)).to_have_value("40")
    second.control("Simpan").click()
    expect(second.control("Ubah Rapat dua tangan, ruang atas")).to_be_visible()
    listed = instance.call(account, "GET", "/api/v1/meetings?upcoming=1")["meetings"]
    (now,) = [one for one in listed if one["meeting_id"] == made["meeting_id"]]
    assert (now["title"], now["capacity"]) == ("Rapat dua tangan, ruang atas", 40)


def test_the_sheet_for_the_door_is_one_page_of_a4(arrive: Arrive, instance: Instance) -> None:
    host = arrive("Andi")
    page, starts = host.page, in_minutes(90)
    host.sign_in(f"{instance.url}/host", instance.account("host"))
    plan(page, "Jadwalkan", "Rapat koordinasi penanggulangan banjir", starts)
    host.control("Buat rapat").click()
    link, spaced, password = facts(page)
    host.control("Kode QR").click()
    expect(page.get_by_role("img", name="Kode QR")).to_be_visible()
    file = PdfDocument(page.pdf(prefer_css_page_size=True, format="Letter"))
    assert [[round(side) for side in file[place].get_size()] for place in range(len(file))] == [[595, 842]]
    text = " ".join(file[0].get_textpage().get_text_range().split())
    for part in (
        "Rapat koordinasi penanggulangan banjir",
        said(starts),
        "Arahkan kamera ponsel",
        f"ID rapat: {spaced}",
    ):
        assert part in text
    assert password not in text
    assert says(tallest(file[0].render(scale=3).to_pil()), link.partition("#")[0])
