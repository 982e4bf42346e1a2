"""One instance for all end-to-end tests, and three people with devices of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.e2e import fake_media
from tests.e2e.person import Person
from tests.support.chromium import CHROMIUM, with_devices
from tests.support.collector import Collector
from tests.support.instance import Instance

# What a page shows in the end, it shows at once on a machine that does nothing else. How long something may take is
# asked where that is measured.
expect.set_options(timeout=60_000)


@dataclass(frozen=True)
class Devices:
    camera: Path
    microphone: Path


_FIGURES: list[str] = []


@pytest.fixture
def figures() -> list[str]:
    """What was measured: a line each, printed at the end of the run."""
    return _FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _FIGURES:
        terminalreporter.section("measured")
        for line in _FIGURES:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One for all who need no camera or microphone of their own."""
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=with_devices(None, None))
    yield started
    started.close()


class Arrive(Protocol):
    def __call__(self, name: str, *, phone: bool = False, time_zone: str | None = None) -> Person: ...


@pytest.fixture
def arrive(browser: Browser) -> Iterator[Arrive]:
    """People with windows of their own in that browser; no page of theirs may have had an error."""
    there: list[Person] = []

    def someone(name: str, *, phone: bool = False, time_zone: str | None = None) -> Person:
        there.append(Person.beside(browser, name, phone=phone, time_zone=time_zone))
        return there[-1]

    try:
        yield someone
        assert {one.name: one.errors for one in there if one.errors} == {}
    finally:
        for one in there:
            one.close()


@pytest.fixture(scope="session")
def devices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Devices]:
    folder = tmp_path_factory.mktemp("devices")
    colours = {"red": fake_media.RED, "green": fake_media.GREEN, "blue": fake_media.BLUE}
    return {
        name: Devices(
            fake_media.write_camera(folder / f"{name}.mjpeg", colour),
            fake_media.write_microphone(folder / f"{name}.wav", fake_media.TONES_HZ[name]),
        )
        for name, colour in colours.items()
    }


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Instance]:
    with Instance(tmp_path_factory.mktemp("instance"), {"SIPULUNG_OTLP_ENDPOINT": collector.endpoint}) as started:
        yield started
