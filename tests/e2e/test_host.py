"""A host signs in, makes a meeting, invites, and ends it; meetings spread over both media nodes."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import Devices
from tests.e2e.person import NODE_PORTS, Person
from tests.support.instance import Instance


def test_a_host_invites_and_ends(playwright: Playwright, devices: dict[str, Devices], instance: Instance) -> None:
    account = instance.account("host")
    host = Person.at(playwright, "Kepala Dinas", microphone=devices["red"].microphone)
    guest = Person.at(playwright, "Siti Hijau", microphone=devices["green"].microphone, phone=True)
    try:
        page = host.page
        host.sign_in(f"{instance.url}/host", account)
        page.get_by_role("button", name="Rapat baru").first.click()
        page.get_by_label("Judul rapat", exact=True).fill("Koordinasi gugus tugas")
        page.get_by_role("button", name="Buat rapat").click()
        link = page.get_by_text("/r/", exact=False).first
        expect(link).to_be_visible()
        invitation = next(word for word in link.inner_text().split() if "/r/" in word)

        guest.open_invitation(invitation)
        expect(guest.join_button).to_be_enabled()
        guest.enter()

        page.get_by_role("button", name="Gabung", exact=True).click()
        expect(host.join_button).to_be_enabled()
        host.enter()
        expect(host.tile(guest.name)).to_be_visible()
        host.control("Keluar").click()
        host.page.get_by_role("dialog").get_by_role("button", name="Akhiri untuk semua").click()
        expect(guest.page.get_by_text("Rapat sudah berakhir", exact=True)).to_be_visible()
        page.goto(f"{instance.url}/host")
        page.get_by_role("button", name="Daftar hadir: Koordinasi gugus tugas", exact=True).click()
        rows = page.get_by_role("table").get_by_role("row")
        expect(rows).to_have_count(3)
        expect(page.get_by_role("rowheader", name=guest.name, exact=True)).to_be_visible()
        name, content = host.downloads("Unduh CSV")
        assert name.startswith("daftar-hadir-")
        file = content.decode("utf-8-sig")
        assert file.startswith('"Daftar hadir";"Koordinasi gugus tugas"')
        assert f'"{guest.name}"' in file
        assert host.errors == guest.errors == []
    finally:
        host.close()
        guest.close()


def test_meetings_spread_over_both_media_nodes(playwright: Playwright, tmp_path: Path) -> None:
    person = Person.at(playwright, "Ani")
    try:
        # Nobody else's sessions weigh here.
        with Instance(tmp_path / "instance") as instance:
            pages = []
            for title in ("Rapat satu", "Rapat dua"):
                meeting = instance.new_meeting(title)
                person.page = person.context.new_page()
                pages.append(person.page)
                person.join(instance.url, meeting["id"], meeting["password"])
                # Placement looks at the load that the nodes report once a second.
                person.page.wait_for_timeout(1500)
            first, second = (set(page.evaluate(NODE_PORTS)) for page in pages)
            assert len(first) == len(second) == 1
            assert first != second
    finally:
        person.close()
