"""Takes pictures of every page and state of the web client, and sheets of several, into web/dev/screenshots/.

(cd web && npm run scenes) && .venv/bin/python tools/screenshots.py --only 'meeting-*,join-*' --themes dark
"""

from __future__ import annotations

import argparse
import fnmatch
import functools
import http.server
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

DEV = Path(__file__).parents[1] / "web/dev"
SIZES = {
    "phone": (360, 640),
    "phone-tall": (412, 892),
    "phone-side": (740, 360),
    "tablet": (820, 1180),
    "pc": (1280, 720),
    "large": (1920, 1080),
}
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")
# Sheets show what does not need to be opened one by one: so many pictures of a size stand on one.
ON_A_SHEET = {"phone": 5, "phone-tall": 4, "phone-side": 4, "tablet": 2, "pc": 4, "large": 2}
# What does not fit: sideways scrolling, controls outside the window, targets smaller than 44 px.
CUT_OFF = """
() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
  const shown = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  for (const element of document.querySelectorAll('button, a, input, select, textarea, summary')) {
    const box = element.getBoundingClientRect();
    if (!shown(element) || box.width === 0) continue;
    const name = (element.getAttribute('aria-label') || element.textContent || element.name || '').trim();
    const what = `${element.tagName.toLowerCase()} "${name.slice(0, 40)}"`;
    // A strip that scrolls; a link in a sentence (WCAG 2.2, 2.5.8); what its label stands for.
    if (element.closest('.faces') || element.matches('p a, .unseen')) continue;
    if (box.left < -0.5 || box.right > width + 0.5) found.push(`${what} leaves the window sideways`);
    const labelled = element.matches('label input[type=radio], label input[type=checkbox]');
    if (!labelled && (box.height < 43.5 || box.width < 43.5)) {
      found.push(`${what} is ${Math.round(box.width)}×${Math.round(box.height)}`);
    }
    if (element.matches('button, a.button') && element.scrollWidth > element.clientWidth + 1) {
      found.push(`${what} is wider than its button`);
    }
  }
  return found;
}
"""


def text_sizes(percent: int) -> tuple[str, dict[str, Any]]:
    """The command of Chromium's protocol that sets the text's size as the browser's settings do: 100 is the default."""
    return "Page.setFontSizes", {"fontSizes": {"standard": 16 * percent // 100, "fixed": 13 * percent // 100}}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Nobody reads it."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def take(
    browser: Browser, address: str, scene: str, size: str, theme: str, language: str, into: Path, text: int = 100
) -> list[str]:
    width, height = SIZES[size]
    phone = size.startswith("phone")
    context = browser.new_context(
        viewport={"width": width, "height": height},
        screen={"width": width, "height": height},
        has_touch=phone,
        is_mobile=phone,
        locale="id-ID" if language == "id" else "en-GB",
        timezone_id="Asia/Makassar",
        color_scheme="dark" if theme == "dark" else "light",
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="reduce",
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("console", lambda line: troubles.append(f"console: {line.text}") if line.type == "error" else None)
    page.goto(f"{address}/?scene={scene}&theme={theme}&language={language}")
    page.wait_for_selector("html[data-scene]", state="attached", timeout=15_000)
    if text != 100:
        context.new_cdp_session(page).send(*text_sizes(text))
    page.wait_for_timeout(350)
    troubles += page.evaluate(CUT_OFF)
    # A dialog and what sticks to the window's edge are only right in the window.
    whole = not scene.startswith(("meeting", "preview")) and page.locator("dialog").count() == 0
    # A window as high as the page: a picture of the "full page" would lose the touch screen, and show what is for keys.
    tall = page.evaluate("document.documentElement.scrollHeight") if whole else height
    if tall > height:
        page.set_viewport_size({"width": width, "height": tall})
    page.screenshot(path=into)
    context.close()
    return troubles


def sheets(browser: Browser, pictures: list[Path], size: str, into: Path, name: str) -> None:
    """Several pictures side by side with their names, as one picture."""
    per = ON_A_SHEET[size]
    wide = SIZES[size][0] if size.startswith("phone") else SIZES[size][0] // 2
    for number, start in enumerate(range(0, len(pictures), per), 1):
        page = browser.new_page(viewport={"width": 100, "height": 100})
        figures = "".join(
            f'<figure><figcaption>{picture.stem}</figcaption><img src="{picture.as_uri()}" width="{wide}"></figure>'
            for picture in pictures[start : start + per]
        )
        columns = per if size.startswith("phone") and size != "phone-side" else 2
        page.set_viewport_size({"width": columns * (wide + 12) + 12, "height": 400})
        sheet = into / f"sheet-{name}-{number:02}.html"
        sheet.write_text(
            "<style>body{margin:6px;display:flex;flex-wrap:wrap;align-items:start;background:#999;font:14px sans-serif}"
            f"figure{{margin:6px;width:{wide}px}}figcaption{{white-space:nowrap;overflow:hidden}}"
            f"img{{display:block}}</style>{figures}",
            encoding="utf-8",
        )
        page.goto(sheet.as_uri())
        page.screenshot(path=sheet.with_suffix(".png"), full_page=True)
        page.close()
        sheet.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="*", help="scenes, as shell patterns with commas")
    parser.add_argument("--sizes", default="phone,pc", help=", ".join(SIZES))
    parser.add_argument("--themes", default="light", help="light, dark")
    parser.add_argument("--languages", default="id", help="id, en")
    parser.add_argument("--text", type=int, default=100, help="size of the text in percent, as a reader sets it")
    parser.add_argument("--into", type=Path, default=DEV / "screenshots")
    asked = parser.parse_args()
    chromium = shutil.which("chromium")
    if not chromium:
        print("Chromium is missing: install the package chromium.", file=sys.stderr)
        return 2
    if not (DEV / "dist/index.html").exists():
        print("The scenes are not built: run npm run scenes first.", file=sys.stderr)
        return 2
    asked.into.mkdir(parents=True, exist_ok=True)
    bad = 0
    with sync_playwright() as playwright, served(DEV / "dist") as address:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        first = browser.new_page()
        first.goto(address)
        scenes: list[str] = first.evaluate("window.scenes")
        first.close()
        chosen = [name for name in scenes if any(fnmatch.fnmatch(name, pattern) for pattern in asked.only.split(","))]
        for size in asked.sizes.split(","):
            for theme in asked.themes.split(","):
                for language in asked.languages.split(","):
                    variant = f"{size}-{theme}-{language}"
                    pictures = []
                    for scene in chosen:
                        picture = asked.into / f"{scene}--{variant}.png"
                        found = take(browser, address, scene, size, theme, language, picture, asked.text)
                        for trouble in dict.fromkeys(found):
                            bad += 1
                            print(f"{scene} {variant}: {trouble}")
                        pictures.append(picture)
                    sheets(browser, pictures, size, asked.into, variant)
        browser.close()
    print(f"{asked.into}: {bad} troubles")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
