"""The browser of the tests: where it is, and how it is started."""

import shutil
from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
# The same engine without the window around it, a fifth faster with one page after the other, where it is installed.
HEADLESS = shutil.which("chromium-headless-shell") or CHROMIUM

# Loopback candidates are off by default; the background flags keep a machine without internet from waiting for it.
# A faked permission prompt would share a test picture instead of the tab.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--auto-select-tab-capture-source-by-title=Dokumen bersama",
)


def with_devices(camera: Path | None, microphone: Path | None) -> list[str]:
    """ARGUMENTS, and these files as what the camera and the microphone take; None: Chromium's own test picture."""
    arguments = [*ARGUMENTS, "--use-fake-device-for-media-stream"]
    if camera:
        arguments.append(f"--use-file-for-fake-video-capture={camera}")
    if microphone:
        arguments.append(f"--use-file-for-fake-audio-capture={microphone}")
    return arguments
