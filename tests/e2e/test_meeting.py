"""Three people, three browsers, one of them a phone: they hear, see and read each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import Devices
from tests.e2e.fake_media import BLUE, GREEN, RED, TONES_HZ
from tests.e2e.person import Person, wait_for
from tests.e2e.screen_text import words_legible, words_of
from tests.support.instance import Instance

SHARED_PAGE = Path(__file__).with_name("shared_page.html")


@pytest.fixture(scope="module")
def people(
    playwright: Playwright, devices: dict[str, Devices], instance: Instance
) -> Iterator[tuple[Person, Person, Person]]:
    def person(name: str, kind: str, phone: bool = False) -> Person:
        return Person.at(
            playwright, name, camera=devices[kind].camera, microphone=devices[kind].microphone, phone=phone
        )

    three = (
        person("Drs. H. Andi Merah", "red"),
        person("Siti Hijau", "green"),
        person("Budi Biru", "blue", phone=True),
    )
    meeting = instance.demo["meeting"]
    try:
        for each in three:
            each.join(instance.url, meeting["id"], meeting["password"])
        yield three
        assert [each.errors for each in three] == [[], [], []]
    finally:
        for each in three:
            each.close()


COLOURS = (RED, GREEN, BLUE)
# Of the words of a shared page.
LEGIBLE = 0.95
TONES = (TONES_HZ["red"], TONES_HZ["green"], TONES_HZ["blue"])


def test_each_sees_the_right_colour_in_the_tile_with_the_right_name(people: tuple[Person, Person, Person]) -> None:
    for me in people:
        for other, colour in zip(people, COLOURS, strict=True):
            if other is not me:
                me.sees_colour(other.name, colour)


def test_each_hears_the_tones_of_the_others_and_not_their_own(people: tuple[Person, Person, Person]) -> None:
    for me, own in zip(people, TONES, strict=True):
        me.hears(*(tone for tone in TONES if tone != own))
        assert not [peak for peak in me.heard_hz() if abs(peak - own) <= 30]


def test_a_chat_line_reaches_the_others(people: tuple[Person, Person, Person]) -> None:
    first, second, third = people
    first.control("Obrolan").click()
    first.page.get_by_role("textbox").fill("Selamat pagi, <b>semua</b> \N{WAVING HAND SIGN}")
    first.page.keyboard.press("Enter")
    for reader in (second, third):
        reader.control("Obrolan").click()
        expect(reader.page.get_by_text("Selamat pagi, <b>semua</b>")).to_be_visible()
    for each in people:
        each.page.keyboard.press("Escape")


def test_a_shared_page_of_text_is_legible(people: tuple[Person, Person, Person]) -> None:
    sharer, *readers = people
    document = sharer.context.new_page()
    document.set_viewport_size({"width": 1280, "height": 720})
    document.goto(SHARED_PAGE.as_uri())
    wanted = words_of(document.screenshot())
    assert len(wanted) >= 40, "the page itself must be legible"
    sharer.page.bring_to_front()
    sharer.control("Bagikan layar").click()
    try:
        for reader in readers:
            expect(reader.page.get_by_role("group", name=f"Layar {sharer.name}", exact=True)).to_be_visible()
            legible = words_legible(reader, wanted, enough=LEGIBLE, seconds=60)
            assert legible >= LEGIBLE, f"{reader.name}: only {legible:.0%} of the words are legible"
    finally:
        sharer.page.bring_to_front()
        sharer.control("Bagikan layar").click()
        document.close()
    for reader in readers:
        expect(reader.page.get_by_role("group", name=f"Layar {sharer.name}", exact=True)).to_have_count(0)


def test_a_raised_hand_is_seen_and_goes_down(people: tuple[Person, Person, Person]) -> None:
    first, second, third = people
    for raised in (1, 0):
        second.control("Angkat tangan").click()
        for watcher in (first, third):
            expect(watcher.tile(second.name).get_by_text("Angkat tangan")).to_have_count(raised)


def test_who_is_muted_is_seen_and_not_heard(people: tuple[Person, Person, Person]) -> None:
    first, second, third = people
    second.control("Mikrofon").click()
    for watcher in (first, third):
        expect(watcher.tile(second.name).get_by_text("Mikrofon mati")).to_be_attached()
    wait_for("silence", lambda: not [peak for peak in first.heard_hz() if abs(peak - TONES[1]) <= 30], 60)
    second.stops_sending("audio")
    second.control("Mikrofon").click()
    first.hears(TONES[1])


def test_leaving_and_coming_back(people: tuple[Person, Person, Person], instance: Instance) -> None:
    stayer, leaver, _ = people
    leaver.leave()
    expect(stayer.tile(leaver.name)).to_have_count(0)
    meeting = instance.demo["meeting"]
    leaver.join(instance.url, meeting["id"], meeting["password"])
    stayer.sees_colour(leaver.name, GREEN)
    leaver.sees_colour(stayer.name, RED)
