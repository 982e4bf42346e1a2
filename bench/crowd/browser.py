"""People at a real browser: pages of one Chromium that join by the web client's own buttons and time it themselves."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Error, Page, async_playwright

from bench.crowd.figures import PageJoin
from bench.failure import BenchError
from tests.e2e.fake_media import GREEN, write_camera, write_microphone
from tests.support.chromium import CHROMIUM, with_devices

# As small as a camera that nobody looks at closely: what is measured is the join, on a machine that all share.
_WIDTH, _HEIGHT = 320, 180
_TONE_HZ: Final = 520
_TYPED_MS: Final = 15_000

# From the click on Lanjut to the frame in which the meeting is there; Gabung is clicked in the frame that shows it.
_JOIN: Final = """
() => new Promise((done, failed) => {
  const button = (name) =>
    [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === name && one.checkVisibility());
  const clicked = performance.now();
  let preview = 0;
  const look = () => {
    const now = performance.now() - clicked;
    if (!preview && button('Gabung')) { preview = now; button('Gabung').click(); }
    if (preview && button('Keluar')) done([preview, now]);
    else if (now > 20000) failed(new Error('after 20 s it shows: ' + document.body.innerText.slice(0, 300)));
    else requestAnimationFrame(look);
  };
  button('Lanjut').click();
  requestAnimationFrame(look);
})
"""


class BrowserPage:
    """One of them, with storage of their own."""

    def __init__(self, page: Page, name: str) -> None:
        self._page = page
        self._name = name
        self._inside = False

    async def fill_in(self, url: str, meeting_id: str, password: str) -> None:
        """The join form, all but the click. Raises BenchError."""
        try:
            await self._page.goto(url)
            await self._page.get_by_label("ID rapat", exact=True).fill(meeting_id)
            await self._page.get_by_label("Kata sandi", exact=True).fill(password)
            await self._page.get_by_label("Nama", exact=True).fill(self._name)
        except Error as error:
            raise BenchError(f"{self._name} has no join form: {error.message}") from None

    async def join(self) -> PageJoin:
        """From the click on Lanjut until the meeting is shown. Raises BenchError."""
        try:
            preview, entered = await self._page.evaluate(_JOIN)
        except Error as error:
            raise BenchError(f"{self._name} is not in the meeting: {error.message}") from None
        self._inside = True
        return PageJoin(preview, entered)

    async def leave(self) -> None:
        """As a person does, who is then gone at once. Raises BenchError."""
        if not self._inside:
            return
        leave = self._page.get_by_role("button", name="Keluar", exact=True)
        try:
            await leave.click()
            await self._page.get_by_role("dialog").get_by_role("button", name="Keluar", exact=True).click()
            await leave.first.wait_for(state="detached")
        except Error as error:
            raise BenchError(f"{self._name} could not leave: {error.message}") from None


@asynccontextmanager
async def open_pages(count: int) -> AsyncIterator[list[BrowserPage]]:
    """So many pages, and no browser when there are none. Raises BenchError."""
    if count == 0:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="sipulung-devices-") as folder:
        camera = write_camera(Path(folder) / "camera.mjpeg", GREEN, _WIDTH, _HEIGHT)
        microphone = write_microphone(Path(folder) / "microphone.wav", _TONE_HZ)
        async with async_playwright() as playwright:
            try:
                browser = await playwright.chromium.launch(
                    executable_path=CHROMIUM, args=with_devices(camera, microphone)
                )
            except Error as error:
                raise BenchError(f"{CHROMIUM} does not start (--browsers 0 goes without): {error.message}") from None
            try:
                yield [BrowserPage(await _page(browser), f"Peramban {number + 1}") for number in range(count)]
            finally:
                await browser.close()


async def _page(browser: Browser) -> Page:
    context = await browser.new_context(locale="id-ID", permissions=["camera", "microphone"], ignore_https_errors=True)
    context.set_default_timeout(_TYPED_MS)
    return await context.new_page()
