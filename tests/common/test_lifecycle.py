"""How a process begins and ends, as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen' / 'python'}"}
BEGIN = "import asyncio, sys\nfrom services.common import lifecycle\nfrom services.common.config import ConfigError\n"


def started(script: str) -> subprocess.Popen[str]:
    """A process that runs `script` and has said that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN + script],
        env=ENVIRONMENT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()
    return process


WAITS = """
async def main(lifecycle):
    print("ready", flush=True)
    await lifecycle.wait()
    print("tidied up", flush=True)
lifecycle.run(main)
"""
STUCK = """
lifecycle._STOP_S = 0.3
async def main(lifecycle):
    print("ready", flush=True)
    try:
        await asyncio.sleep(600)
    finally:
        print("cancelled", flush=True)
lifecycle.run(main)
"""
# Says when it has heard the first signal: two at once are one.
DEAF = """
lifecycle._STOP_S = 600
async def main(lifecycle):
    print("ready", flush=True)
    await lifecycle.wait()
    print("heard", flush=True)
    await asyncio.sleep(600)
lifecycle.run(main)
"""
DRAINS = """
lifecycle._STOP_S = 0.3
async def main(lifecycle):
    lifecycle.drain_s = 60
    print("ready", flush=True)
    await lifecycle.wait()
    await asyncio.sleep(1)
    print("everybody moved", flush=True)
lifecycle.run(main)
"""
FAILS = """
async def main(lifecycle):
    print("ready", flush=True)
    raise RuntimeError("a bug")
lifecycle.run(main)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    process = started(WAITS)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "tidied up\n", "")


def test_what_does_not_end_is_cancelled() -> None:
    process = started(STUCK)
    begun = time.monotonic()
    process.terminate()
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "cancelled\n")
    assert time.monotonic() - begun < 5


def test_a_drain_is_waited_for() -> None:
    process = started(DRAINS)
    process.terminate()
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "everybody moved\n", "")


def test_a_second_signal_ends_it_at_once() -> None:
    process = started(DEAF)
    process.terminate()
    assert process.stdout is not None
    assert process.stdout.readline() == "heard\n"
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_a_bug_is_a_traceback_and_a_failure() -> None:
    process = started(FAILS)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "RuntimeError: a bug" in errors


@pytest.mark.parametrize(
    ("service", "settings", "line"),
    [
        ("auth", {"SIPULUNG_GRPC_LISTEN": "7101"}, "SIPULUNG_GRPC_LISTEN is '7101': allowed is host:port"),
        ("auth", {}, "SIPULUNG_SERVICE_KEY_FILE is not set: allowed is a path"),
        ("roster", {"SIPULUNG_GRACE_SECONDS": "0"}, "SIPULUNG_GRACE_SECONDS is '0': allowed is a whole number from 1"),
        ("signaling", {"SIPULUNG_LOG_LEVEL": "loud"}, "SIPULUNG_LOG_LEVEL is 'loud': allowed is debug, error, info"),
    ],
)
def test_a_setting_that_makes_no_sense_is_one_line(
    service: str, settings: dict[str, str], line: str, tmp_path: Path
) -> None:
    key = tmp_path / "service.key"
    key.write_bytes(b"k" * 32)
    environment = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("SIPULUNG_")}
    if settings:
        environment["SIPULUNG_SERVICE_KEY_FILE"] = str(key)
        environment["SIPULUNG_SIGNING_KEYS_DIR"] = str(tmp_path)
        environment["SIPULUNG_WEB_ROOT"] = str(tmp_path)
        (tmp_path / "index.html").touch()
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}"],
        env={**environment, **settings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(line), done.stderr
    assert len(done.stderr.splitlines()) == 1
