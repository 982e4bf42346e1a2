"""No page or state has a serious fault that axe-core knows of (WCAG 2.2 A and AA), in the phone layout and on a PC.

The pages are those of web/dev (`npm run scenes`): the real ones, in every state, with nobody behind them.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.e2e.person import PC, PHONE
from tools.instance.settings import ROOT
from tools.screenshots import DEV, served

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = ("serious", "critical")

_RUN = """
async (tags) => {
  const {violations} = await axe.run(document, {runOnly: tags, resultTypes: ['violations']});
  return violations.map(({id, impact, help, nodes}) =>
    ({id, impact, help, where: nodes.map((node) => node.target.join(' ')).slice(0, 3)}));
}
"""


def faults(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it is now."""
    found: list[dict[str, Any]] = page.evaluate(_RUN, TAGS)
    return [f"{one['id']} ({one['help']}): {one['where']}" for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize(("layout", "theme", "language"), [("phone", "light", "id"), ("pc", "dark", "en")])
def test_no_page_has_a_serious_fault(browser: Browser, layout: str, theme: str, language: str) -> None:
    assert (DEV / "dist/index.html").exists(), "the scenes are not built: run `npm run scenes` in web/ first"
    size: ViewportSize = PHONE if layout == "phone" else PC
    context = browser.new_context(
        viewport=size,
        screen=size,
        is_mobile=layout == "phone",
        has_touch=layout == "phone",
        reduced_motion="reduce",
        timezone_id="Asia/Makassar",
    )
    context.add_init_script(AXE.read_text(encoding="utf-8"))
    page = context.new_page()
    found: list[str] = []
    with served(DEV / "dist") as address:
        page.goto(address)
        scenes: list[str] = page.evaluate("window.scenes")
        assert len(scenes) > 50, "the list of scenes has shrunk"
        for scene in scenes:
            page.goto(f"{address}/?scene={scene}&theme={theme}&language={language}")
            page.wait_for_selector("html[data-scene=ready]", state="attached", timeout=15_000)
            found += [f"{scene}: {fault}" for fault in faults(page)]
    context.close()
    assert found == [], "\n".join(found)
