"""No page or state has a serious fault that axe-core knows of (WCAG 2.2 A and AA), in the phone layout and on a PC.
With text at twice its size (1.4.4) nothing scrolls sideways, no control leaves the window or is too small for its word.

The pages are those of web/dev (`npm run scenes`): the real ones, in every state, with nobody behind them. One follows
the other as in the product, without loading the page anew: what the pages before it left behind is there, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright
from playwright.sync_api import Page

from tests.e2e.person import PC, PHONE
from tests.support.chromium import HEADLESS, with_devices
from tools.instance.settings import ROOT
from tools.screenshots import CUT_OFF, DEV, served, text_sizes

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = ("serious", "critical")
# A scene mostly waits for what its page does later: so many are looked at at once.
AT_ONCE = 4

_DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
_RUN = """
async (tags) => {
  const {violations} = await axe.run(document, {runOnly: tags, resultTypes: ['violations']});
  return violations.map(({id, impact, help, nodes}) =>
    ({id, impact, help, where: nodes.map((node) => node.target.join(' ')).slice(0, 3)}));
}
"""


def faults(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it is now."""
    return _serious(page.evaluate(_RUN, TAGS))


def _serious(violations: list[dict[str, Any]]) -> list[str]:
    return [f"{one['id']} ({one['help']}): {one['where']}" for one in violations if one["impact"] in SERIOUS]


async def _scenes(browser: Browser, address: str) -> list[str]:
    page = await browser.new_page()
    await page.goto(address)
    scenes: list[str] = await page.evaluate("window.scenes")
    await page.close()
    return scenes


async def _look(browser: Browser, address: str, scenes: Iterator[str], phone: bool, said: str) -> dict[str, list[str]]:
    """Takes scenes until there are none; what is wrong with each. `said`: theme and language, for the address."""
    context = await browser.new_context(
        viewport=PHONE if phone else PC,
        screen=PHONE if phone else PC,
        is_mobile=phone,
        has_touch=phone,
        reduced_motion="reduce",
        timezone_id="Asia/Makassar",
    )
    await context.add_init_script(AXE.read_text(encoding="utf-8"))
    page = await context.new_page()
    protocol = await context.new_cdp_session(page)
    await page.goto(f"{address}/?{said}")
    found: dict[str, list[str]] = {}
    for scene in scenes:
        await protocol.send(*text_sizes(100))
        await page.evaluate("(scene) => show(scene)", scene)
        wrong = _serious(await page.evaluate(_RUN, TAGS))
        await protocol.send(*text_sizes(200))
        await page.evaluate(_DRAWN)
        found[scene] = wrong + [f"text at 200 %: {trouble}" for trouble in await page.evaluate(CUT_OFF)]
    await context.close()
    return found


async def _look_at_all(address: str, phone: bool, said: str) -> dict[str, list[str]]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=HEADLESS, args=with_devices(None, None))
        scenes = await _scenes(browser, address)
        left = iter(scenes)
        looks = await asyncio.gather(*(_look(browser, address, left, phone, said) for _ in range(AT_ONCE)))
        await browser.close()
    found = {scene: faults for look in looks for scene, faults in look.items()}
    assert found.keys() == set(scenes)
    return found


@pytest.mark.parametrize(("layout", "theme", "language"), [("phone", "light", "id"), ("pc", "dark", "en")])
def test_no_page_has_a_serious_fault(layout: str, theme: str, language: str) -> None:
    assert (DEV / "dist/index.html").exists(), "the scenes are not built: run `npm run scenes` in web/ first"
    # In a thread, because the browsers of the other tests keep this one's event loop.
    with served(DEV / "dist") as address, ThreadPoolExecutor(1) as thread:
        looking = _look_at_all(address, layout == "phone", f"theme={theme}&language={language}")
        found = thread.submit(asyncio.run, looking).result()
    assert len(found) > 50, "the list of scenes has shrunk"
    wrong = [f"{scene}: {fault}" for scene, faults in found.items() for fault in faults]
    assert wrong == [], "\n".join(wrong)
