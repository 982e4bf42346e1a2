"""Each service but the media node is killed during a meeting: sound and picture go on, and nobody has to click."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from tests.e2e.conftest import Devices
from tests.e2e.fake_media import GREEN, RED, TONES_HZ
from tests.e2e.flow import Gaps
from tests.e2e.person import Person
from tests.support.instance import Instance

# The sockets of the clients end, and come back; the meeting's messages are to arrive again within this.
RESUMED_S = 30.0


@pytest.fixture(scope="module")
def pair(playwright: Playwright, devices: dict[str, Devices], instance: Instance) -> Iterator[tuple[Person, Person]]:
    meeting = instance.new_meeting("Rapat tahan banting")
    two = tuple(
        Person.at(playwright, name, camera=devices[kind].camera, microphone=devices[kind].microphone)
        for name, kind in (("Ani", "red"), ("Budi", "green"))
    )
    first, second = two
    try:
        for each in two:
            each.join(instance.url, meeting["id"], meeting["password"])
            each.control("Obrolan").click()
        for each in two:
            Gaps.watch(each)
        # Both have the other's sound and picture before anything breaks.
        first.sees_colour("Budi", GREEN)
        second.sees_colour("Ani", RED)
        first.hears(TONES_HZ["green"])
        second.hears(TONES_HZ["red"])
        yield first, second
    finally:
        for each in two:
            each.close()


@pytest.mark.parametrize("service", ["auth", "roster", "nats", "valkey", "signaling"])
def test_media_goes_on_and_sessions_resume(
    pair: tuple[Person, Person], instance: Instance, service: str, figures: list[str]
) -> None:
    first, second = pair
    rest = Gaps.at_rest(pair)
    old = instance.kill(service)
    instance.wait_restarted(service, old)
    time.sleep(5)
    worst = Gaps.longest(pair)
    figures.append(
        f"kill -9 {service}: the longest stand-still of sound {worst.audio:.2f} s, of the picture {worst.video:.2f} s; "
        f"before {rest.audio:.2f} and {rest.video:.2f} s"
    )
    assert worst.audio <= 1
    assert worst.video <= 1

    line = f"Setelah {service} dimulai ulang"
    first.page.get_by_role("textbox").fill(line)
    first.page.keyboard.press("Enter")
    expect(second.page.get_by_text(line)).to_be_visible(timeout=RESUMED_S * 1000)
    assert first.errors == second.errors == []
