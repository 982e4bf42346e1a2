"""Everything stops and starts again: meetings, accounts and attendance are all there."""

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import Devices
from tests.e2e.person import Person
from tests.support.instance import Instance


def test_nothing_is_lost(playwright: Playwright, devices: dict[str, Devices], tmp_path: Path) -> None:
    instance = Instance(tmp_path / "instance")
    instance.start()
    person = Person.at(playwright, "Ani Merah", microphone=devices["red"].microphone)
    try:
        meeting = instance.new_meeting("Rapat sebelum dimulai ulang")
        person.join(instance.url, meeting["id"], meeting["password"])
        before = instance.attendance(meeting["id"])
        assert [record["name"] for record in before["records"] if record["kind"] == "ATTENDANCE_KIND_JOINED"] == [
            "Ani Merah"
        ]
        took_s = instance.stop()
        assert took_s < 5
        instance.start()
        # The account signs in with the password that it had, and sees its meeting and who was there.
        titles = [known["title"] for known in instance.meetings()]
        assert "Rapat sebelum dimulai ulang" in titles
        after = instance.attendance(meeting["id"])
        assert after["intact"]
        assert after["records"][: len(before["records"])] == before["records"]
        # Who was in the meeting is taken back into it, or may join again: ports are the same, nothing was clicked.
        expect(person.control("Keluar")).to_be_visible(timeout=30_000)
        person.page.reload()
        person.join(instance.url, meeting["id"], meeting["password"])
    finally:
        person.close()
        instance.stop()
