"""Nobody needs a camera or a microphone: whoever has none, or lets nobody use them, joins, sees and hears."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import Devices
from tests.e2e.fake_media import RED, TONES_HZ
from tests.e2e.person import Person
from tests.support.instance import Instance


@pytest.fixture(scope="module")
def meeting(playwright: Playwright, devices: dict[str, Devices], instance: Instance) -> Iterator[dict[str, str]]:
    meeting = instance.new_meeting("Rapat terbuka")
    person = Person.at(playwright, "Ani", camera=devices["red"].camera, microphone=devices["red"].microphone)
    try:
        person.join(instance.url, meeting["id"], meeting["password"])
        yield meeting
    finally:
        person.close()


@pytest.mark.parametrize(
    ("have", "told"),
    [
        ("denied", "Kamera dan mikrofon tidak diizinkan di peramban ini. Anda tetap dapat bergabung."),
        ("none", "Kamera dan mikrofon tidak ditemukan. Anda tetap dapat bergabung, mendengar, dan menulis obrolan."),
    ],
)
def test_joining_without_devices(
    playwright: Playwright,
    instance: Instance,
    meeting: dict[str, str],
    have: Literal["denied", "none"],
    told: str,
) -> None:
    person = Person.at(playwright, "Budi", devices=have)
    try:
        person.open_preview(instance.url, meeting["id"], meeting["password"])
        expect(person.page.get_by_text(told)).to_be_visible()
        if have == "denied":
            expect(person.page.get_by_text("Klik tanda di sebelah kiri alamat halaman")).to_have_count(1)
        person.enter()
        person.sees_colour("Ani", RED)
        person.hears(TONES_HZ["red"])
        assert person.errors == []
    finally:
        person.close()
