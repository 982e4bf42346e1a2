"""Microphones, cameras and shared screens that a host turns off, once or for good."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.fake_media import TONES_HZ
from tests.e2e.host_acts.room import Room
from tests.e2e.person import Person, wait_for

SHARED_PAGE = Path(__file__).parents[1] / "shared_page.html"
SITIS_TONE = TONES_HZ["green"]


def muted_and_free_to_unmute(room: Room) -> None:
    room.budi.hears(SITIS_TONE)
    room.act(room.siti, "Bisukan")
    expect(room.siti.page.get_by_text("mematikan mikrofon Anda", exact=False).first).to_be_visible()
    _is_silent(room.budi)
    room.siti.control("Mikrofon").click()
    room.budi.hears(SITIS_TONE)


def all_muted_and_not_free_any_more(room: Room) -> None:
    siti = room.siti
    room.press("Bisukan semua", "mute", siti, room.budi, room.ani)
    _is_silent(room.budi)
    room.switch("Peserta boleh menyalakan mikrofon")
    expect(siti.control("Mikrofon")).to_have_attribute("aria-disabled", "true")
    siti.control("Mikrofon").click(force=True)
    siti.stops_sending("audio")
    room.switch("Peserta boleh menyalakan mikrofon")


def a_camera_is_stopped(room: Room) -> None:
    room.act(room.budi, "Matikan kamera")
    expect(room.budi.page.get_by_text("mematikan kamera Anda", exact=False).first).to_be_visible()
    expect(room.budi.control("Kamera")).to_have_attribute("aria-pressed", "false")
    for one in (room.siti, room.ani):
        wait_for(f"no picture of {room.budi.name} for {one.name}", partial(_has_no_picture, one, room.budi), 60)
    assert room.budi.sent_pictures() > 0

    def no_more() -> bool:
        sent = room.budi.sent_pictures()
        room.budi.page.wait_for_timeout(1000)
        return room.budi.sent_pictures() == sent

    wait_for(f"no picture of {room.budi.name}'s is sent", no_more, 30)


def a_share_is_stopped_and_only_hosts_may(room: Room) -> None:
    siti = room.siti
    document = siti.context.new_page()
    document.goto(SHARED_PAGE.as_uri())
    siti.page.bring_to_front()
    siti.control("Bagikan layar").click()
    for one in (room.budi, room.ani):
        expect(one.page.get_by_role("group", name=f"Layar {siti.name}", exact=True)).to_be_visible()
    room.act(siti, "Hentikan berbagi")
    expect(siti.page.get_by_text("menghentikan layar Anda", exact=False).first).to_be_visible()
    expect(siti.control("Bagikan layar")).to_have_attribute("aria-pressed", "false")
    for one in (room.budi, room.ani):
        expect(one.page.get_by_role("group", name=f"Layar {siti.name}", exact=True)).to_have_count(0)
    document.close()
    room.switch("Peserta boleh membagikan layar")
    expect(siti.control("Bagikan layar")).to_have_attribute("aria-disabled", "true")
    room.switch("Peserta boleh membagikan layar")


def _has_no_picture(viewer: Person, of: Person) -> bool:
    return viewer.tile(of.name).first.locator("video").count() == 0


def _is_silent(hearer: Person) -> None:
    wait_for("silence", lambda: not [hz for hz in hearer.heard_hz() if abs(hz - SITIS_TONE) <= 30], 60)
