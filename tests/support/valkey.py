"""A real Valkey on a configuration file of its own."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.instance.readiness import valkey_answers
from tools.instance.stores import valkey_server

START_TIMEOUT_S = 60.0


@contextmanager
def started_valkey(configuration: Path, port: int, password: str, *arguments: str) -> Iterator[None]:
    """Run Valkey until the block ends; it answers on `port` when the block begins."""
    process = subprocess.Popen(
        [valkey_server(), configuration, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not valkey_answers(port, password):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, "Valkey did not answer"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=60)
