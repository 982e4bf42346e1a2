"""One person at one browser: what they click, and what they see and hear."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Playwright, ViewportSize, expect

from tests.e2e.fake_media import Colour
from tests.support.chromium import ARGUMENTS, CHROMIUM, with_devices

PC: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 360, "height": 740}

# The client plays sound without an element in the page, so tracks are caught where the browser hands them out.
_CATCH_TRACKS = """
window.remoteTracks = new Set();
window.peerConnections = [];
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(...options) {
    super(...options);
    window.peerConnections.push(this);
    this.addEventListener('track', (event) => window.remoteTracks.add(event.track));
  }
};
"""

# The strongest frequencies of all remote audio tracks, by their spectra: of 1.5 s, or only until all that are wanted
# were heard. Within 30 Hz is as good as the same: one bin of the spectrum is 6.
_PEAKS = """
async (wanted) => {
  const tracks = [...window.remoteTracks].filter((track) => track.kind === 'audio' && track.readyState === 'live');
  const context = new AudioContext({sampleRate: 48000});
  await context.resume();
  const analysers = tracks.map((track) => {
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    return analyser;
  });
  const peaks = new Set();
  const heard = (hertz) => [...peaks].some((peak) => Math.abs(peak - hertz) <= 30);
  const end = performance.now() + 1500;
  while (performance.now() < end && !(wanted.length > 0 && wanted.every(heard))) {
    await new Promise((done) => setTimeout(done, 60));
    for (const analyser of analysers) {
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      let best = 0;
      for (let bin = 1; bin < bins.length; bin++) if (bins[bin] > bins[best]) best = bin;
      if (bins[best] > -60) peaks.add(Math.round(best * 48000 / 8192));
    }
  }
  await context.close();
  return [...peaks];
}
"""

_SENT = """
async (kind) => {
  let packets = 0;
  for (const connection of window.peerConnections) {
    (await connection.getStats()).forEach((report) => {
      if (report.type === 'outbound-rtp' && report.kind === kind) packets += report.packetsSent;
    });
  }
  return packets;
}
"""

# Packets would count those that only probe how much the network takes.
_SENT_PICTURES = """
async () => {
  let pictures = 0;
  for (const connection of window.peerConnections) {
    (await connection.getStats()).forEach((report) => {
      if (report.type === 'outbound-rtp' && report.kind === 'video') pictures += report.framesSent ?? 0;
    });
  }
  return pictures;
}
"""

# The middle of a tile's picture, averaged.
_COLOUR = """
(tile) => {
  const video = tile.querySelector('video');
  if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = 16; canvas.height = 9;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 16, 9);
  const data = context.getImageData(4, 2, 8, 4).data;
  const sum = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sum[c] += data[i + c];
  return sum.map((value) => Math.round(value / (data.length / 4)));
}
"""

# Why there is no picture: what the videos and the connections of the page have come to.
_PICTURES = """
async () => {
  const videos = [...document.querySelectorAll('video')].map((video) => {
    const track = video.srcObject?.getVideoTracks()[0];
    return [video.readyState, video.videoWidth, video.paused, track?.readyState, track?.muted];
  });
  const connections = [];
  for (const connection of window.peerConnections) {
    const streams = [];
    for (const one of (await connection.getStats()).values()) {
      if (one.type !== 'inbound-rtp' || one.kind !== 'video') continue;
      streams.push([one.mid, one.packetsReceived, one.framesReceived, one.framesDecoded, one.pliCount]);
    }
    connections.push([connection.connectionState, streams]);
  }
  return JSON.stringify({videos, connections});
}
"""

# The ports of the candidates in the answer: each node has its own.
NODE_PORTS = r"""
() => {
  const answers = window.peerConnections.map((connection) => connection.remoteDescription?.sdp ?? '');
  const candidates = answers.flatMap((sdp) => [...sdp.matchAll(/a=candidate:\S+ 1 udp \d+ \S+ (\d+) /gi)]);
  return candidates.map((found) => Number(found[1]));
}
"""


T = TypeVar("T")


def wait_for(what: str, look: Callable[[], T | None], seconds: float) -> T:
    """Look until there is something true; fail naming what did not come."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(0.1)


@dataclass
class Person:
    name: str
    browser: Browser
    context: BrowserContext
    page: Page
    errors: list[str] = field(default_factory=list)
    alone: bool = True

    @classmethod
    def at(
        cls,
        playwright: Playwright,
        name: str,
        *,
        camera: Path | None = None,
        microphone: Path | None = None,
        phone: bool = False,
        locale: str = "id-ID",
        devices: Literal["given", "denied", "none"] = "given",
    ) -> Self:
        """Start a browser of their own, with `camera` and `microphone` files as its devices; without: test pictures.

        `devices`: whether there are any, and whether the person lets the page use them.
        """
        arguments = [*ARGUMENTS] if devices == "none" else with_devices(camera, microphone)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        # Without a grant a browser that shows no prompt denies.
        granted = ["camera", "microphone"] if devices != "denied" else []
        return cls._with_page(browser, name, granted, phone=phone, locale=locale)

    @classmethod
    def beside(
        cls,
        browser: Browser,
        name: str,
        *,
        phone: bool = False,
        locale: str = "id-ID",
        time_zone: str | None = None,
        devices: Literal["given", "denied"] = "given",
    ) -> Self:
        """Open a window of their own in a browser that others use too: nothing of theirs is known in it."""
        granted = ["clipboard-read", "clipboard-write"]
        if devices == "given":
            granted += ["camera", "microphone"]
        person = cls._with_page(browser, name, granted, phone=phone, locale=locale, time_zone=time_zone)
        person.alone = False
        return person

    @classmethod
    def _with_page(
        cls,
        browser: Browser,
        name: str,
        granted: list[str],
        *,
        phone: bool,
        locale: str,
        time_zone: str | None = None,
    ) -> Self:
        context = browser.new_context(
            viewport=PHONE if phone else PC,
            has_touch=phone,
            is_mobile=phone,
            locale=locale,
            timezone_id=time_zone,
            ignore_https_errors=True,
        )
        context.grant_permissions(granted)
        context.add_init_script(_CATCH_TRACKS)
        page = context.new_page()
        person = cls(name, browser, context, page)
        page.on("pageerror", lambda error: person.errors.append(str(error)))
        return person

    def close(self) -> None:
        # One that was killed has nothing to close.
        if self.browser.is_connected():
            self.context.close()
        if self.alone:
            self.browser.close()

    def crash(self) -> None:
        """Their browser is killed: no page hears of it, nobody says good-bye."""
        with contextlib.suppress(Error):
            self.browser.new_browser_cdp_session().send("Browser.crash")

    # What they do.

    def sign_in(self, url: str, account: Mapping[str, str]) -> None:
        """On a page that needs an account: `user` and `password`."""
        self.page.goto(url)
        self.page.get_by_label("Nama pengguna atau NIP", exact=True).fill(account["user"])
        self.page.get_by_label("Kata sandi", exact=True).fill(account["password"])
        self.control("Masuk").click()

    def enter_own(self, title: str) -> None:
        """A meeting of theirs, from the page of hosts."""
        self.control(f"Gabung ke {title}").click()
        expect(self.join_button).to_be_enabled()
        self.enter()

    def downloads(self, button: str) -> tuple[str, bytes]:
        """What a button saves: the name of the file, and what is in it."""
        with self.page.expect_download() as download:
            self.control(button).click()
        return download.value.suggested_filename, download.value.path().read_bytes()

    def open_invitation(self, link: str) -> None:
        """The link of an invitation, and what it asks for."""
        self.page.goto(link)
        self.page.get_by_label("Nama", exact=True).fill(self.name)
        self.control("Lanjut").click()

    def open_preview(self, url: str, meeting_id: str, password: str) -> None:
        self.page.goto(url)
        self.page.get_by_label("Nama", exact=True).fill(self.name)
        self.page.get_by_label("ID rapat", exact=True).fill(meeting_id)
        self.page.get_by_label("Kata sandi", exact=True).fill(password)
        self.page.get_by_role("button", name="Lanjut", exact=True).click()
        expect(self.join_button).to_be_enabled()

    def enter(self) -> None:
        self.join_button.click()
        expect(self.control("Keluar")).to_be_visible()

    def join(self, url: str, meeting_id: str, password: str) -> None:
        self.open_preview(url, meeting_id, password)
        self.enter()

    def leave(self) -> None:
        self.control("Keluar").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Keluar").click()
        expect(self.control("Keluar")).to_have_count(0)

    # What they see and hear.

    @property
    def join_button(self) -> Locator:
        return self.page.get_by_role("button", name="Gabung", exact=True)

    def control(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def tile(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=name, exact=True)

    def sees_colour(self, name: str, colour: Colour, seconds: float = 60) -> None:
        """The tile that is called `name` shows `colour`."""
        last: list[Any] = []

        def look() -> bool:
            tile = self.tile(name)
            if tile.count() == 0:
                last[:] = ["no tile"]
                return False
            pixel = tile.first.evaluate(_COLOUR)
            last[:] = [pixel]
            return pixel is not None and colour.matches((pixel[0], pixel[1], pixel[2]))

        try:
            wait_for(f"{self.name} sees {colour} in the tile of {name}", look, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; saw {last}; {self.page.evaluate(_PICTURES)}") from None

    def sent_packets(self, kind: Literal["audio", "video"]) -> int:
        return int(self.page.evaluate(_SENT, kind))

    def stops_sending(self, kind: Literal["audio", "video"]) -> None:
        """Nothing for a second, not even silence."""

        def nothing() -> bool:
            before = self.sent_packets(kind)
            self.page.wait_for_timeout(1000)
            return self.sent_packets(kind) == before

        wait_for(f"{self.name} sends no {kind}", nothing, 30)

    def sent_pictures(self) -> int:
        return int(self.page.evaluate(_SENT_PICTURES))

    def heard_hz(self, *wanted: int) -> set[int]:
        """During 1.5 s; only until all that are `wanted` were heard."""
        return set(self.page.evaluate(_PEAKS, list(wanted)))

    def hears(self, *hertz: int, seconds: float = 60) -> None:
        """Remote tracks whose strongest frequencies are within 30 Hz of these."""
        missing, heard = list(hertz), set[int]()

        def look() -> bool:
            heard.update(self.heard_hz(*missing))
            missing[:] = [wanted for wanted in missing if not any(abs(peak - wanted) <= 30 for peak in heard)]
            return not missing

        try:
            wait_for(f"{self.name} hears {hertz} Hz", look, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; heard {sorted(heard)}") from None
