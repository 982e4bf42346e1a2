"""A meeting with its host's hands on the controls, and all that the host did, to be found in the audit log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Locator, Playwright, expect

from tests.e2e.conftest import Devices
from tests.e2e.person import Person
from tests.e2e.test_accessibility import AXE
from tests.support.instance import Instance

# What stands in the menu of a person, and how the audit log calls it.
ACTIONS: Final = {
    "Bisukan": "mute",
    "Matikan kamera": "stop_camera",
    "Hentikan berbagi": "stop_share",
    "Sorot untuk semua": "spotlight",
    "Hentikan sorotan": "spotlight",
    "Jadikan penyelenggara pendamping": "set_role",
    "Keluarkan": "remove",
}


@dataclass(frozen=True)
class Done:
    """An act of the host's: what the audit log has to say of it. `since_ms`: Unix time, just before."""

    action: str
    concerned: frozenset[str]
    since_ms: int


@dataclass
class Room:
    """Everybody. Ani has not come yet; who else does sits at a tab of her browser."""

    host: Person
    siti: Person
    budi: Person
    ani: Person
    title: str
    meeting: dict[str, str]
    instance: Instance
    phone: bool
    done: list[Done] = field(default_factory=list)

    def everybody(self) -> tuple[Person, ...]:
        return (self.host, self.siti, self.budi, self.ani)

    def knocks(self, person: Person) -> None:
        """From the first page to the lobby."""
        person.open_preview(self.instance.url, self.meeting["id"], self.meeting["password"])
        person.join_button.click()
        expect(person.page.get_by_text("Anda di ruang tunggu")).to_be_visible()

    def did(self, action: str, *concerned: Person) -> None:
        """The host is about to do that; `action` as the audit log calls it, "meeting." left out."""
        names = frozenset(one.name for one in concerned)
        whole = action if "." in action else f"meeting.{action}"
        self.done.append(Done(whole, names, time.time_ns() // 1_000_000))

    def panel(self, name: str) -> Locator:
        """A panel of the host's page, opened by its control."""
        panel = self.host.page.get_by_role("complementary", name=name)
        if panel.count() == 0:
            self.close_panel()
            self.host.control(name).click()
        expect(panel).to_be_visible()
        return panel

    def people(self) -> Locator:
        """The list of participants."""
        return self.panel("Peserta")

    def controls(self) -> Locator:
        """The host's controls of the meeting."""
        region = self.host.page.get_by_role("region", name="Kendali penyelenggara")
        if region.count() == 0:
            self.people().get_by_role("button", name="Kendali penyelenggara").click()
        expect(region).to_be_visible()
        return region

    def close_panel(self) -> None:
        if self.host.page.get_by_role("complementary").count():
            self.host.page.keyboard.press("Escape")
            expect(self.host.page.get_by_role("complementary")).to_have_count(0)

    def act(self, person: Person, what: str) -> None:
        """Something from the menu of one person."""
        self.people().get_by_role("button", name=f"Tindakan untuk {person.name}", exact=True).click()
        self.did(ACTIONS[what], *(() if what == "Hentikan sorotan" else (person,)))
        self.host.page.get_by_role("dialog").get_by_role("button", name=what, exact=True).click()

    def press(self, what: str, action: str, *concerned: Person) -> None:
        """One of the controls of the meeting."""
        self.did(action, *concerned)
        self.controls().get_by_role("button", name=what, exact=True).click()

    def switch(self, label: str) -> None:
        box = self.controls().get_by_role("checkbox", name=label, exact=True)
        before = box.is_checked()
        lock = "unlock" if before else "lock"
        self.did(lock if label == "Kunci rapat" else "change_settings")
        # It shows what holds, so it moves when the roster says so.
        box.click()
        expect(box).to_be_checked(checked=not before)


@contextmanager
def gathered(playwright: Playwright, devices: dict[str, Devices], instance: Instance, layout: str) -> Iterator[Room]:
    """Host, Siti on a PC and Budi on a phone are in; the host and Ani have the layout that is asked for."""
    phone = layout == "phone"

    def person(name: str, colour: str, small: bool) -> Person:
        chosen = devices[colour]
        return Person.at(playwright, name, camera=chosen.camera, microphone=chosen.microphone, phone=small)

    title = f"Rapat koordinasi {layout}"
    room = Room(
        person("Andi Tenri Abeng", "red", phone),
        person("Siti Hijau", "green", False),
        person("Budi Biru", "blue", True),
        Person.at(playwright, "Ani Tamu", phone=phone),
        title,
        instance.new_meeting(title),
        instance,
        phone,
    )
    try:
        for one in (room.host, room.ani):
            one.context.add_init_script(AXE.read_text(encoding="utf-8"))
        room.host.sign_in(f"{instance.url}/host", instance.account("host"))
        room.host.enter_own(title)
        for one in (room.siti, room.budi):
            one.join(instance.url, room.meeting["id"], room.meeting["password"])
        expect(room.host.tile(room.siti.name)).to_be_visible()
        yield room
        assert [one.errors for one in room.everybody()] == [[], [], [], []]
    finally:
        for one in room.everybody():
            one.close()
