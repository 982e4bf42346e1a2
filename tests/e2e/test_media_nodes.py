"""A media node that ends or dies: the meeting goes on at the other one, and nobody has to click."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.e2e.conftest import Devices
from tests.e2e.fake_media import GREEN, RED, TONES_HZ
from tests.e2e.flow import Gaps
from tests.e2e.person import NODE_PORTS, Person, wait_for
from tests.support.instance import Instance

# The browser's congestion control starts anew with its connection; the picture comes back with the first key frame.
_BACK_S = 20


@pytest.fixture
def pair(
    playwright: Playwright, devices: dict[str, Devices], tmp_path: Path
) -> Iterator[tuple[Instance, Person, Person]]:
    with Instance(tmp_path / "instance") as instance:
        first, second = (
            Person.at(playwright, name, camera=devices[kind].camera, microphone=devices[kind].microphone)
            for name, kind in (("Ani", "red"), ("Budi", "green"))
        )
        try:
            meeting = instance.new_meeting("Rapat yang pindah")
            for each in (first, second):
                each.join(instance.url, meeting["id"], meeting["password"])
            first.sees_colour("Budi", GREEN)
            second.sees_colour("Ani", RED)
            yield instance, first, second
        finally:
            first.close()
            second.close()


def _node(instance: Instance, person: Person) -> str:
    """Which node the newest connection of a person is on."""
    port = person.page.evaluate(NODE_PORTS)[-1]
    return next(f"media-{number}" for number in (1, 2) if instance.port(f"MEDIA_{number}_UDP_PORT") == port)


def test_a_dead_node_is_replaced(pair: tuple[Instance, Person, Person], figures: list[str]) -> None:
    instance, first, second = pair
    for each in (first, second):
        Gaps.watch(each)
    instance.kill(_node(instance, first))
    first.hears(TONES_HZ["green"], seconds=_BACK_S)
    second.hears(TONES_HZ["red"], seconds=_BACK_S)
    first.sees_colour("Budi", GREEN, _BACK_S)
    second.sees_colour("Ani", RED, _BACK_S)
    worst = max(Gaps.take(each).audio for each in (first, second))
    figures.append(f"kill -9 of the media node: silence for {worst:.1f} s")
    assert first.errors == second.errors == []


def test_a_node_that_is_stopped_lets_everybody_move_first(
    pair: tuple[Instance, Person, Person], figures: list[str]
) -> None:
    instance, first, second = pair
    before = _node(instance, first)
    for each in (first, second):
        Gaps.watch(each)
    rest = Gaps.at_rest((first, second))
    instance.kill(before, signal.SIGTERM)

    def moved() -> bool:
        return _node(instance, first) == _node(instance, second) != before

    wait_for("both are at the other node", moved, 60)
    # What the end of the old one would do to them, it has done by then.
    first.page.wait_for_timeout(5_000)
    worst = Gaps.longest((first, second))
    assert _node(instance, first) == _node(instance, second) != before
    figures.append(
        f"media node stopped: silence for {worst.audio:.1f} s, picture for {worst.video:.1f} s; "
        f"before {rest.audio:.1f} and {rest.video:.1f} s"
    )
    assert worst.audio <= 1
    first.hears(TONES_HZ["green"])
    second.sees_colour("Ani", RED)
    assert first.errors == second.errors == []
