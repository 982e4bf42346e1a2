"""How much of a shared page can be read at a receiver, by tesseract."""

import base64
import io
import re
import shutil
import subprocess
import time

from PIL import Image

from tests.e2e.person import Person

# The largest playing video of the page at its own resolution: that is the shared screen.
_FRAME = """
() => {
  const videos = [...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0);
  videos.sort((a, b) => b.clientWidth * b.clientHeight - a.clientWidth * a.clientHeight);
  if (videos.length === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = videos[0].videoWidth; canvas.height = videos[0].videoHeight;
  canvas.getContext('2d').drawImage(videos[0], 0, 0);
  return canvas.toDataURL('image/png');
}
"""


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.lower()))


def _read(png: bytes) -> set[str]:
    tesseract = shutil.which("tesseract")
    assert tesseract, "tesseract is needed: apt install tesseract-ocr"
    picture = Image.open(io.BytesIO(png)).convert("L")
    picture = picture.resize((picture.width * 3, picture.height * 3))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    done = subprocess.run(
        [tesseract, "stdin", "stdout", "--psm", "6"], input=buffer.getvalue(), capture_output=True, check=True
    )
    return _words(done.stdout.decode())


def words_of(screenshot: bytes) -> set[str]:
    """What can be read in a picture of the page itself: no picture of a video can show more."""
    return _read(screenshot)


def words_legible(reader: Person, wanted: set[str], *, enough: float, seconds: float) -> float:
    """The share (0–1) of the words that can be read in the shared screen: as soon as it is enough, or the best within
    `seconds`."""
    best = 0.0
    end = time.monotonic() + seconds
    while True:
        url = reader.page.evaluate(_FRAME)
        if url:
            best = max(best, len(_read(base64.b64decode(url.split(",", 1)[1])) & wanted) / len(wanted))
        if best >= enough or time.monotonic() > end:
            return best
        time.sleep(0.5)
