"""Files that a test browser's camera and microphone play.

One colour and one tone per person, so that nobody is taken for another.
"""

import io
import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH, HEIGHT, FRAMES = 1280, 720, 20
SAMPLE_RATE = 48_000


@dataclass(frozen=True)
class Colour:
    """A camera picture's colour, and how far a decoded pixel may be from it: JPEG, VP8 and scaling each shift it."""

    red: int
    green: int
    blue: int
    tolerance: int = 45

    def matches(self, pixel: tuple[int, int, int]) -> bool:
        wanted = (self.red, self.green, self.blue)
        return all(abs(have - want) <= self.tolerance for have, want in zip(pixel, wanted, strict=True))


RED = Colour(200, 40, 40)
GREEN = Colour(40, 160, 60)
BLUE = Colour(40, 70, 200)

# Far apart, no harmonics of each other, inside the band that noise suppression takes for speech.
TONES_HZ = {"red": 520, "green": 870, "blue": 1340}


def write_camera(path: Path, colour: Colour, width: int = WIDTH, height: int = HEIGHT) -> Path:
    """Motion JPEG, which Chromium loops: the colour, with a moving square so that each frame gives the encoder work."""
    square = height // 12
    with path.open("wb") as out:
        for frame in range(FRAMES):
            image = Image.new("RGB", (width, height), (colour.red, colour.green, colour.blue))
            x = frame * width // FRAMES
            ImageDraw.Draw(image).rectangle((x, height - square, x + square, height - 1), fill=(255, 255, 255))
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=85)
            out.write(buffer.getvalue())
    return path


def write_microphone(path: Path, hertz: int, seconds: float = 4.0) -> Path:
    """Bursts of a tone, 250 ms of every 400: a steady tone is what noise suppression removes."""
    samples = bytearray()
    for index in range(int(seconds * SAMPLE_RATE)):
        at = index / SAMPLE_RATE
        loud = 0.5 if at % 0.4 < 0.25 else 0.0
        samples += struct.pack("<h", int(32_000 * loud * math.sin(2 * math.pi * hertz * at)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(bytes(samples))
    return path
